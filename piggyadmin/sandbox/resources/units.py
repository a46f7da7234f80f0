"""Units, what credits are counted from: https://docs.leat.com/v3/oauth/units"""

from __future__ import annotations

import math
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
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
    return [*([UNIT] if setting(account, "default_unit") else []), *account.table("unit")]


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
