"""Portal sessions, the sign-in link, and session tokens: what the client asks for and what comes back."""

from typing import Any

from piggyadmin.piggy.portal import SessionOptions

CONTACT = "3f0c1a52-7d3e-4c0b-9f6a-1b2c3d4e5f60"
SESSION = {
    "uuid": "ps-1",
    "url": "https://api.piggy.eu/portal-sessions?uuid=ps-1",
    "contact": {"uuid": CONTACT},
    "shop": {"id": 15, "uuid": "s-1", "reference": None, "name": "Harbour Street"},
    "events": [],
    "created_at": "2026-03-03T12:00:00+00:00",
}
PLAIN: dict[str, Any] = {
    "scanner_type": "camera",
    "enable_email_identification": False,
    "enable_registration": False,
    "enable_on_screen_keyboard": False,
    "camera_service": 3,
    "facing_mode": "user",
    "primary_identification_method": "identifier",
}
AT: dict[str, Any] = {"shop_uuid": "s-1", "contact_uuid": CONTACT}
TABLET = SessionOptions(scanner_type="hand_scanner", facing_mode="environment", enable_registration=True)
TOKEN = {"token": "tok123", "contact": {"uuid": CONTACT, "email": "mila.jansen@example.com"}, "status": "active"}
KINDS = {
    "create_credit_reception_portal_session": "credit-reception",
    "create_top_up_giftcard_portal_session": "top-up-giftcards",
    "create_pay_prepaid_portal_session": "pay-prepaid",
    "create_top_up_prepaid_portal_session": "top-up-prepaid",
    "create_voucher_portal_session": "vouchers",
}

READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("get_portal_session", {"portal_session_uuid": "ps-1"}, "/portal-sessions/ps-1", SESSION),
    ("find_contact_session_token", {"token": "tok123"}, "/contact-session-tokens/tok123", TOKEN),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    ("get_contacts_portal_auth_url", {"contact_uuid": "c-1"}, "GET", "/contacts-portal/auth-url?contact_uuid=c-1", None,
     {"url": "https://portal.example.com/home?token=abc"}),
    ("use_contact_session_token", {"token": "tok123"}, "POST", "/contact-session-tokens/tok123/use", None,
     {**TOKEN, "status": "used"}),
    ("create_portal_session", {"shop_uuid": "s-1", "options": TABLET}, "POST", "/portal-sessions",
     {"shop_uuid": "s-1", **PLAIN, "scanner_type": "hand_scanner", "facing_mode": "environment",
      "enable_registration": True},
     {**SESSION, "contact": None}),
    ("create_redeem_giftcard_portal_session", {**AT, "amount_in_cents": 1250, "allow_multiple_giftcards": False},
     "POST", "/portal-sessions/redeem-giftcards",
     {**AT, **PLAIN, "amount_in_cents": 1250, "allow_multiple_giftcards": False}, SESSION),
    *((name, AT, "POST", f"/portal-sessions/{path}", {**AT, **PLAIN}, SESSION) for name, path in KINDS.items()),
]  # fmt: skip
