"""Promotions: https://docs.leat.com/v3/oauth/promotions"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer


def promotion_view(row: Row) -> dict[str, Any]:
    """Without attributes PHP's empty map comes as a list."""
    return {**_common(row), "attributes": row["attributes"] or [], "media": row["media"]}


def promotion_in_voucher(row: Row) -> dict[str, Any]:
    """As vouchers embed it: its attributes stand among its own keys."""
    return {**_common(row), **row["attributes"]}


def _common(row: Row) -> dict[str, Any]:
    return {
        "uuid": row["uuid"],
        "name": row["name"],
        "description": row["description"],
        "voucher_limit": row["voucher_limit"],
        "limit_per_contact": row["limit_per_contact"],
        "expiration_duration": row["expiration_duration"],
        "type": row["type"],
        "redemptions_per_voucher": row["redemptions_per_voucher"],
    }


@operation("GET", "/promotions", "list_promotions")
def list_promotions(call: Call) -> Answer:
    """All of them: Piggy's SDK sends ``page`` and ``limit``, but a call without them was seen to return every row."""
    return call.answer([promotion_view(row) for row in call.account.table("promotion")])


@operation("GET", "/promotions/{promotion_uuid}", "get_promotion")
def get_promotion(call: Call) -> Answer:
    return call.answer(promotion_view(call.row("promotion", call.value("promotion_uuid"), 80002)))
