"""Shops: https://docs.leat.com/v3/oauth/shops"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer


def shop_view(row: Row) -> dict[str, Any]:
    return {
        "uuid": row["uuid"],
        "name": row["name"],
        "type": row["type"],
        "reference": row["reference"],
        "opening_hours": None,  # an extra key: servers add them
    }


def shop_with_address(row: Row | None) -> dict[str, Any] | None:
    """As loyalty transactions embed it: some address keys are there twice, one of them always null."""
    if row is None:
        return None
    address = {
        "id": row["id"],
        "shop_id": row["id"],
        "street": row["street"],
        "housenumber": row["housenumber"],
        "postalcode": row["postalcode"],
        "city": row["city"],
        "state": "",
        "country": "NL",
        "latitude": None,
        "longitude": None,
        "house_number": None,
        "postal_code": None,
    }
    return {"id": row["id"], "uuid": row["uuid"], "type": row["type"], "name": row["name"], "address": address}


def shop_reference(row: Row | None) -> dict[str, Any] | None:
    """As prepaid transactions embed it."""
    if row is None:
        return None
    return {"id": row["id"], "uuid": row["uuid"], "reference": row["reference"], "name": row["name"]}


@operation("GET", "/shops", "list_shops")
def list_shops(call: Call) -> Answer:
    return call.answer([shop_view(row) for row in call.account.table("shop")])


@operation("GET", "/shops/{shop_uuid}", "get_shop")
def get_shop(call: Call) -> Answer:
    return call.answer(shop_view(call.row("shop", call.value("shop_uuid"), 1008)))
