"""Who brought whom: what the client asks for and what comes back."""

from typing import Any

CONTACT = "8b7e1d52"
REFERRAL = {
    "uuid": "rf-1",
    "referring_contact": {"uuid": CONTACT, "email": "mila.jansen@example.com"},
    "referred_contact": {"uuid": "c-2", "email": ""},
    "status": "pending",
}
SETTINGS = {
    "completion_event": {"type": "loyalty_transaction", "data": []},
    "limit_per_contact": "10",
    "referred_contact_incentive": {"type": "voucher", "data": {"promotion": {"uuid": "pr-1", "name": "Free coffee"}}},
    "referring_contact_incentive": {"type": "loyalty_points", "data": {"points": 50, "business_profile": None}},
}
READS: list[tuple[str, dict[str, Any], str, Any]] = [
    (
        "list_referrals",
        {"referring_contact_uuid": CONTACT, "status": "pending", "limit": 100},
        f"/referrals?referring_contact_uuid={CONTACT}&status=pending&page=1&limit=100",
        [REFERRAL],
    ),
    ("get_referral_settings", {}, "/referrals/settings", SETTINGS),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = []
