"""Referrals: https://docs.leat.com/v3/oauth/referrals"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.pages import wanted, window_meta
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contacts import contact_reference
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

STATUSES = ("pending", "completed", "failed")
SETTINGS: dict[str, Any] = {
    "completion_event": {"type": "loyalty_transaction", "data": {}},
    "limit_per_contact": None,
    "referred_contact_incentive": {"type": "loyalty_points", "data": {"points": 0}},
    "referring_contact_incentive": {"type": "loyalty_points", "data": {"points": 0}},
}
"""Of an account where nobody set anything; a row of ``referral_settings`` lies over it."""


def referral_view(account: Account, row: Row) -> dict[str, Any]:
    contacts = account.table("contact")
    view = {
        "uuid": row["uuid"],
        "referring_contact": contact_reference(contacts.get(row["referring_contact_uuid"])),
        "referred_contact": contact_reference(contacts.get(row["referred_contact_uuid"])),
        "status": row["status"],
    }
    return {name: value for name, value in view.items() if value is not None}  # of a contact that is gone: nothing


@operation("GET", "/referrals", "list_referrals")
def list_referrals(call: Call) -> Answer:
    """Pages of at most 100, oldest first; no order is documented."""
    asked = call.asked()
    page_wanted = wanted(asked, low=1, high=100, default=30)
    referring = asked.text("referring_contact_uuid")
    status = asked.choice("status", STATUSES)
    asked.done()
    rows = call.account.table("referral").by_age()
    if not call.ignore_filters:
        rows = [
            row
            for row in rows
            if referring in (None, row["referring_contact_uuid"]) and status in (None, row["status"])
        ]
    page = page_wanted.of(rows)
    return Answer([referral_view(call.account, row) for row in page.cut(rows)], meta=window_meta(page))


@operation("GET", "/referrals/settings", "get_referral_settings")
def get_referral_settings(call: Call) -> Answer:
    row: Row = next(iter(call.account.table("referral_settings")), {})
    return call.answer({name: row.get(name, default) for name, default in SETTINGS.items()})
