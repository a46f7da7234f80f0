"""Visits: https://docs.leat.com/v3/oauth/visits"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import invalid
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.pages import wanted
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contacts import contact_reference
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

TEXTS = ("external_id", "source")
MOMENTS = ("starts_at", "ends_at")
FIELDS = (*TEXTS, *MOMENTS)


def visit_view(account: Account, row: Row) -> dict[str, Any]:
    """The shop is in no answer."""
    return {
        "uuid": row["uuid"],
        "contact": contact_reference(account.table("contact").get(row["contact_uuid"])),
        **{name: row[name] for name in TEXTS},
        **{name: moments.shown(row[name]) for name in (*MOMENTS, "created_at")},
    }


def _fields(sent: Inputs) -> dict[str, Any]:
    """No order of the two times is documented, so none is asked for."""
    return {**{name: sent.text(name) for name in TEXTS}, **{name: sent.moment(name) for name in MOMENTS}}


def _refuse_taken(account: Account, external_id: str | None, own_uuid: str = "") -> None:
    """An external id is unique; no code of its own is documented."""
    if external_id and any(row["uuid"] != own_uuid for row in account.table("visit").where("external_id", external_id)):
        raise invalid("external_id", "The external id has already been taken.")


@operation("GET", "/visits", "list_visits")
def list_visits(call: Call) -> Answer:
    """Pages of at most 500, in the order they were made. No order is documented and none can be asked for."""
    asked = call.asked()
    page_wanted = wanted(asked, low=0, high=500, default=30)
    contact_uuid = asked.text("contact_uuid")
    asked.done()
    table = call.account.table("visit")
    rows = table.by_age()
    if contact_uuid and not call.ignore_filters:
        rows = sorted(table.where("contact_uuid", contact_uuid), key=lambda row: row["created_at"])
    page = page_wanted.of(rows)
    meta = {"current_page": page.number, "last_page": page.last, "per_page": page.limit, "total": page.total}
    return Answer([visit_view(call.account, row) for row in page.cut(rows)], meta=meta)


@operation("POST", "/visits", "create_visit")
def create_visit(call: Call) -> Answer:
    sent = call.sent()
    shop_uuid = sent.text("shop_uuid", required=True)
    contact_uuid = sent.text("contact_uuid", required=True)
    fields = _fields(sent)
    sent.done()
    shop = call.row("shop", shop_uuid or "", 1008)
    contact = call.row("contact", contact_uuid or "", 55031)
    _refuse_taken(call.account, fields["external_id"])
    row = {
        "uuid": call.account.new_uuid(),
        "shop_uuid": shop["uuid"],
        "contact_uuid": contact["uuid"],
        **fields,
        "created_at": call.account.now(),
    }
    return call.answer(visit_view(call.account, call.account.put("visit", row)))


@operation("GET", "/visits/{visit_uuid}", "get_visit")
def get_visit(call: Call) -> Answer:
    return call.answer(visit_view(call.account, call.row("visit", call.value("visit_uuid"), 60013)))


@operation("PUT", "/visits/{visit_uuid}", "update_visit")
def update_visit(call: Call) -> Answer:
    """Only what is sent changes; what is sent empty becomes empty. Shop and contact stay whatever is sent."""
    sent = call.sent()
    fields = _fields(sent)
    sent.done()
    row = call.row("visit", call.value("visit_uuid"), 60013)
    wanted_fields = {name: value for name, value in fields.items() if name in sent.fields}
    _refuse_taken(call.account, wanted_fields.get("external_id"), row["uuid"])
    return call.answer(visit_view(call.account, call.account.put("visit", {**row, **wanted_fields})))
