"""Orders, found and simulated: https://docs.leat.com/v3/oauth/orders

Making and processing them is the tills' own and not there; the list has neither documented parameters nor an answer."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contacts import contact_reference
from piggyadmin.sandbox.resources.units import credits_for, unit_named
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

STATUSES = ("CREATED", "PENDING", "COMPLETED", "CANCELLED")
PAYMENTS = ("UNPAID", "PENDING", "PAID")
AMOUNTS = ("order_amount", "total_charges_amount", "total_discount_amount", "total_order_amount")
LISTS = ("line_items", "applied_discounts", "charges")
MOST_LINES = 500
"""Lines of one order; no bound is documented."""


def order_view(account: Account, row: Row) -> dict[str, Any]:
    shop = account.table("shop").get(row["shop_uuid"])
    cents = row["total_order_amount"]
    view = {
        "uuid": row["uuid"],
        "contact": contact_reference(account.table("contact").get(row["contact_uuid"])),
        "business_profile": shop and {"uuid": shop["uuid"], "name": shop["name"]},
        **{name: row[name] for name in ("external_identifier", "reference", "status", "payment_status", "currency")},
        "formatted_total_order_amount": f"€ {cents // 100},{cents % 100:02d}",
        **{name: row[name] for name in (*AMOUNTS, *LISTS)},
        **{name: moments.shown(row[name]) for name in ("paid_at", "completed_at", "created_at", "updated_at")},
    }
    return {name: value for name, value in view.items() if value is not None or name in _NULLABLE}


_NULLABLE = ("reference", "paid_at", "completed_at")


@operation("GET", "/orders/find", "find_order")
def find_order(call: Call) -> Answer:
    """By the till's number. No code for a number nobody has is documented: the one for any model."""
    asked = call.asked()
    number = asked.text("external_identifier", required=True)
    asked.done()
    found = call.account.table("order").where("external_identifier", number)
    if not found:
        raise ApiError(60013)
    return call.answer(order_view(call.account, found[-1]))


@operation("GET", "/orders/{order_uuid}", "get_order")
def get_order(call: Call) -> Answer:
    return call.answer(order_view(call.account, call.row("order", call.value("order_uuid"), 60013)))


@operation("POST", "/orders/simulate", "simulate_order", writes=False)
def simulate_order(call: Call) -> Answer:
    """What such an order would give by the rule of the default unit. Nothing comes about."""
    sent = call.sent()
    cents = sent.whole("total_order_amount", required=True, low=0)
    shop_uuid = _uuid_in(sent, "business_profile", required=True)
    contact_uuid = _uuid_in(sent, "contact", required=False)
    _check_lines(sent)
    sent.choice("status", STATUSES)
    sent.choice("payment_status", PAYMENTS)
    sent.done()
    call.row("shop", shop_uuid or "", 1008)
    if contact_uuid:
        call.row("contact", contact_uuid, 55031)
    points = credits_for(unit_named(call.account, None), (cents or 0) / 100)
    return call.answer({"type": "points_transaction", "data": {"points": points}})


def _uuid_in(sent: Inputs, name: str, *, required: bool) -> str | None:
    """``{"uuid": ...}``, which is how newer calls name a row."""
    value = sent.fields.get(name)
    if value is None or value == "":
        if required:
            sent.wrong(name, "field is required.")
        return None
    if not isinstance(value, dict):
        sent.wrong(name, "must be an array.")
        return None
    inner = Inputs(value)
    uuid = inner.text("uuid", required=True)
    for message in inner.errors.get("uuid", ()):
        sent.errors.setdefault(f"{name}.uuid", []).append(message)
    return uuid


def _check_lines(sent: Inputs) -> None:
    """There have to be some named lines with a price; their total is not held against the order's."""
    lines = sent.fields.get("line_items")
    if not isinstance(lines, list) or len(lines) > MOST_LINES:
        sent.wrong("line_items", "field is required and must be an array.")
        return
    for number, line in enumerate(lines):
        if not isinstance(line, dict):
            sent.errors.setdefault(f"line_items.{number}", []).append("The line item must be an array.")
            continue
        inner = Inputs(line)
        for name in ("external_identifier", "name"):
            inner.text(name, required=True)
        inner.number("quantity", required=True)
        for name in ("price", "total_amount"):
            inner.whole(name, required=True)
        for name, messages in inner.errors.items():
            sent.errors[f"line_items.{number}.{name}"] = messages
