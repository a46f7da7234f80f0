"""Merging two contacts for good: https://docs.leat.com/v3/oauth/contacts

A call only schedules it ("may take a few minutes"), and so does a claim whose address belongs to somebody already."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account, work
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import invalid
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

BELONGINGS = ("identifier", "voucher", "loyalty_transaction", "prepaid_transaction", "booking")
"""Kinds of rows that go with a contact, each with an index by ``contact_uuid``."""
ADDED_UP = ("credits", "transactions", "credits_received", "prepaid_in_cents")


@operation("POST", "/contacts/merge", "merge_contacts")
def merge_contacts(call: Call) -> Answer:
    """No answer is documented: null, as with delete. Nothing is said of a contact that is being merged already, so a
    second call is taken as well, and what is left to do is decided when its time has come."""
    sent = call.sent()
    source_uuid = sent.text("source_contact_uuid", required=True)
    destination_uuid = sent.text("destination_contact_uuid", required=True)
    sent.done()
    source = call.row("contact", source_uuid or "", 55031)
    destination = call.row("contact", destination_uuid or "", 55031)
    if source is destination:
        raise invalid("destination_contact_uuid", "The source and the destination contact must be different.")
    plan_merge(call.account, source=source, destination=destination)
    return call.answer(None)


def plan_merge(account: Account, *, source: Row, destination: Row) -> None:
    """Until it is done both contacts go on as if nothing were coming."""
    account.put("contact", {**source, "merging": True})
    due = moments.exact(account.epoch() + setting(account, "merge_seconds"))
    account.plan(due, "merge_contacts", source=source["uuid"], destination=destination["uuid"])


@work("merge_contacts")
def carry_out_merge(account: Account, what: dict[str, Any]) -> None:
    """The destination gets all that the source has, and the source is no more. When either went meanwhile (deleted, or
    merged itself) nothing happens: a source whose destination is gone stays as it was."""
    source = account.table("contact").get(what["source"])
    destination = account.table("contact").get(what["destination"])
    if source is None:
        return
    if destination is None:
        account.put("contact", {**source, "merging": False})
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
