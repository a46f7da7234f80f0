"""Units, what credits are counted from: https://docs.leat.com/v3/oauth/units"""

from __future__ import annotations

import math
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

UNIT: Row = {
    "uuid": "purchase_amount",
    "id": 12,
    "name": "purchase_amount",
    "label": "Purchase amount",
    "prefix": "€",
    "is_default": True,
    "rate": 1,
}
"""Every account begins with it: a credit for each whole euro."""


def units(account: Account) -> list[Row]:
    """Piggy's own, unless the setting ``default_unit`` takes it away, and those the account has made."""
    own = list(account.table("unit"))
    if not setting(account, "default_unit"):
        return own
    return [{**UNIT, "is_default": not any(unit["is_default"] for unit in own)}, *own]


def unit_named(account: Account, name: str | None) -> Row:
    """By name, or the default one; 60007 and 55046 when there is none."""
    for unit in units(account):
        if unit["name"] == name if name else unit["is_default"]:
            return unit
    raise ApiError(60007 if name else 55046)


def unit_view(row: Row) -> dict[str, Any]:
    """As transactions embed it."""
    return {"id": row["id"], **listed_view(row)}


def listed_view(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("name", "label", "prefix", "is_default")}


def credits_for(unit: Row, unit_value: float) -> int:
    """The programme's rule: so many credits for each whole unit. A negative value takes as many as its opposite
    gives."""
    return int(math.trunc(unit_value) * unit["rate"])


@operation("GET", "/units", "list_units")
def list_units(call: Call) -> Answer:
    return call.answer([listed_view(unit) for unit in units(call.account)])


@operation("POST", "/units", "create_unit")
def create_unit(call: Call) -> Answer:
    """The name is the unit's key, so a second one of it is refused (55045). A new default one takes the place of the
    one before; without a prefix it is the first character of the name."""
    sent = call.sent()
    name, label = sent.text("name", required=True), sent.text("label", required=True)
    prefix, is_default = sent.text("prefix"), _yes(sent)
    sent.done()
    account = call.account
    if any(unit["name"] == name for unit in units(account)):
        raise ApiError(55045)
    now = account.now()
    row = account.put(
        "unit",
        {
            "uuid": account.new_uuid(),
            "id": max(account.number("unit"), UNIT["id"] + 1),
            "created_at": now,
            "name": name,
            "label": label,
            "prefix": (name or "")[:1] if prefix is None else prefix,
            "is_default": False,
            "rate": 1,
        },
    )
    if is_default:
        row = _the_default(account, row)
    made = {
        "id": row["id"],
        "loyalty_program_id": 64,
        **listed_view(row),
        "format": "int",
        "created_at": now,
        "updated_at": now,
    }
    return call.answer(made)


def _the_default(account: Account, row: Row) -> Row:
    """No page says what becomes of the default one before: an account has one, as "No default unit found" has it."""
    for unit in account.table("unit"):
        if unit["is_default"]:
            account.put("unit", {**unit, "is_default": False})
    return account.put("unit", {**row, "is_default": True})


def _yes(sent: Inputs) -> bool:
    """true, 1 or yes, and their opposites, also as text; nothing is no."""
    value = sent.fields.get("is_default")
    if isinstance(value, str) and value in ("yes", "no"):
        return value == "yes"
    return sent.flag("is_default") or False
