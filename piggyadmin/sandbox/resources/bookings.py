"""Bookings: https://docs.leat.com/v3/oauth/bookings

They can be made and changed and neither listed nor read, and answers leave out half of what was sent."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contacts import contact_reference
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

TEXTS = ("external_id", "source", "company_name", "status")
MOMENTS = ("starts_at", "ends_at", "checked_in_at")
NUMBERS = ("number_of_people", "prepaid_amount")
FIELDS = (*TEXTS, *MOMENTS, *NUMBERS)


def booking_view(account: Account, row: Row, *, changed: bool) -> dict[str, Any]:
    """Shop, status, number of people, company and prepaid amount are in no answer; the check-in only in those to a
    change."""
    view = {
        "uuid": row["uuid"],
        "contact": contact_reference(account.table("contact").get(row["contact_uuid"])),
        "external_id": row["external_id"],
        "source": row["source"],
        "starts_at": moments.shown(row["starts_at"]),
        "ends_at": moments.shown(row["ends_at"]),
    }
    if changed:
        view["checked_in_at"] = moments.shown(row["checked_in_at"])
    return {**view, "created_at": moments.shown(row["created_at"])}


def _fields(sent: Inputs) -> dict[str, Any]:
    """What a caller says of a booking. No order of times, no bounds and no list of statuses are documented."""
    return {
        **{name: sent.text(name) for name in TEXTS},
        **{name: sent.moment(name) for name in MOMENTS},
        **{name: sent.whole(name) for name in NUMBERS},
    }


@operation("POST", "/bookings", "create_booking")
def create_booking(call: Call) -> Answer:
    sent = call.sent()
    shop_uuid = sent.text("shop_uuid", required=True)
    contact_uuid = sent.text("contact_uuid", required=True)
    fields = _fields(sent)
    sent.done()
    shop = call.row("shop", shop_uuid or "", 1008)
    contact = call.row("contact", contact_uuid or "", 55031)
    row = {
        "uuid": call.account.new_uuid(),
        "shop_uuid": shop["uuid"],
        "contact_uuid": contact["uuid"],
        **fields,
        "created_at": call.account.now(),
    }
    return call.answer(booking_view(call.account, call.account.put("booking", row), changed=False))


@operation("PUT", "/bookings/{booking_uuid}", "update_booking")
def update_booking(call: Call) -> Answer:
    """Only what is sent changes; what is sent empty becomes empty. Shop and contact stay whatever is sent."""
    sent = call.sent()
    fields = _fields(sent)
    sent.done()
    row = call.row("booking", call.value("booking_uuid"), 60013)
    wanted = {name: value for name, value in fields.items() if name in sent.fields}
    return call.answer(booking_view(call.account, call.account.put("booking", {**row, **wanted}), changed=True))
