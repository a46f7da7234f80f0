"""Deleting a contact for good: https://docs.leat.com/v3/oauth/contacts

A call only schedules it. Its transactions, vouchers and bookings stay, and are nobody's from then on."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account, work
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.wire import Answer

TYPES = ("DEFAULT", "GDPR")


@operation("POST", "/contacts/{contact_uuid}/delete", "delete_contact")
def delete_contact(call: Call) -> Answer:
    """Until it is done the contact goes on as if nothing were coming. Its ``meta`` is documented as an object."""
    sent = call.sent()
    kind = sent.choice("type", TYPES, required=True)
    sent.done()
    contact = call.contact()
    account = call.account
    account.put("contact", {**contact, "deleting": kind})
    due = moments.exact(account.epoch() + setting(account, "delete_seconds"))
    account.plan(due, "delete_contact", uuid=contact["uuid"])
    return Answer(None, meta={})


@work("delete_contact")
def carry_out_deletion(account: Account, what: dict[str, Any]) -> None:
    """Its cards are nobody's, its address is free. One that was merged away meanwhile leaves nothing to do."""
    if account.table("contact").get(what["uuid"]) is None:
        return
    for card in account.table("identifier").where("contact_uuid", what["uuid"]):
        account.put("identifier", {**card, "contact_uuid": None, "default": False})
    account.drop("contact", what["uuid"])
