"""Claiming an anonymous contact: https://docs.leat.com/v3/oauth/contacts

With an address that nobody has, the contact gets it. With one that belongs to a contact already, Piggy MERGES the two:
the answer names the other contact, the work itself comes minutes later, and there is no way back."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contact_writes import by_email
from piggyadmin.sandbox.resources.contacts import contact_view
from piggyadmin.sandbox.resources.merging import plan_merge
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.wire import Answer


@operation("PUT", "/contacts/{anonymous_contact_uuid}/claim", "claim_anonymous_contact")
def claim_anonymous_contact(call: Call) -> Answer:
    """In either case ``current_values`` trail behind: they hold the old address and ``is_anonymous`` true."""
    sent = call.sent()
    email = sent.email("email", required=True)
    sent.done()
    account = call.account
    contact = call.row("contact", call.value("anonymous_contact_uuid"), 55031)
    if not contact["is_anonymous"]:
        raise ApiError(60016)
    if contact.get("merging"):
        raise invalid("anonymous_contact_uuid", "The contact is being merged.")
    before = {"email": contact["email"], "is_anonymous": True}
    holder = by_email(account, email or "")
    if holder is not None and holder["uuid"] != contact["uuid"]:
        plan_merge(account, source=contact, destination=holder)
        return call.answer(contact_view(account, {**holder, "trail": _trail(account, before)}))
    claimed = {
        **contact,
        "email": email,
        "is_anonymous": False,
        "updated_at": account.now(),
        "trail": _trail(account, before),
    }
    return call.answer(contact_view(account, account.put("contact", claimed)))


def _trail(account: Account, before: dict[str, Any]) -> dict[str, Any]:
    return {"until": account.after(setting(account, "trail_seconds")), "values": before}
