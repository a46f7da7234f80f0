"""Claiming an anonymous contact: https://docs.leat.com/v3/oauth/contacts

With an address that nobody has, the contact gets it. With one that belongs to a contact already, Piggy MERGES the two:
the answer names the other contact, the work itself comes minutes later, and there is no way back."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account, work
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contact_writes import by_email
from piggyadmin.sandbox.resources.contacts import contact_view
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

BELONGINGS = ("identifier", "voucher", "loyalty_transaction", "prepaid_transaction", "booking")
"""Kinds of rows that go with a contact, each with an index by ``contact_uuid``."""
ADDED_UP = ("credits", "transactions", "credits_received", "prepaid_in_cents")


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


def plan_merge(account: Account, *, source: Row, destination: Row) -> None:
    """Until it is done both contacts go on as if nothing were coming."""
    account.put("contact", {**source, "merging": True})
    due = account.after(setting(account, "merge_seconds"))
    account.plan(due, "merge_contacts", source=source["uuid"], destination=destination["uuid"])


@work("merge_contacts")
def merge_contacts(account: Account, what: dict[str, Any]) -> None:
    """The destination gets all that the source has, and the source is no more. A contact that went meanwhile, or was
    merged itself, leaves nothing to do."""
    source = account.table("contact").get(what["source"])
    destination = account.table("contact").get(what["destination"])
    if source is None or destination is None:
        return
    for kind in BELONGINGS:
        for row in account.table(kind).where("contact_uuid", source["uuid"]):
            moved = {**row, "contact_uuid": destination["uuid"]}
            account.put(kind, {**moved, "default": False} if kind == "identifier" else moved)
    for redemption in [row for row in account.table("redemption") if row["contact_uuid"] == source["uuid"]]:
        account.put("redemption", {**redemption, "contact_uuid": destination["uuid"]})
    account.put("contact", {**destination, **_together(source, destination), "updated_at": account.now()})
    account.drop("contact", source["uuid"])


def _together(source: Row, destination: Row) -> dict[str, Any]:
    firsts = [row["first_transaction_at"] for row in (source, destination) if row["first_transaction_at"]]
    lasts = [row["last_transaction_at"] for row in (source, destination) if row["last_transaction_at"]]
    return {
        **{name: source[name] + destination[name] for name in ADDED_UP},
        "previous_credits": destination["credits"],
        "first_transaction_at": min(firsts, default=None),
        "last_transaction_at": max(lasts, default=None),
        "shop_uuids": list(dict.fromkeys([*destination["shop_uuids"], *source["shop_uuids"]])),
    }
