"""Promotions: https://docs.leat.com/v3/oauth/promotions"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

TYPES = ("SINGLE_USE", "MULTI_USE")


def new_promotion(account: Account) -> Row:
    """A promotion that limits nothing; not put yet."""
    return {
        "uuid": account.new_uuid(),
        "id": account.number("promotion"),
        "created_at": account.now(),
        "name": "Free coffee",
        "description": "One coffee of your choice.",
        "voucher_limit": None,
        "limit_per_contact": None,
        "expiration_duration": None,
        "type": "SINGLE_USE",
        "redemptions_per_voucher": 1,
        "attributes": {},
        "media": None,
    }


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


@operation("POST", "/promotions", "create_promotion")
def create_promotion(call: Call) -> Answer:
    """Without a type that follows from the uses a voucher has. The page names no bounds: numbers are 1 or more."""
    sent = call.sent()
    uses = sent.whole("redemptions_per_voucher", low=1) or 1
    wanted = {
        "name": sent.text("name", required=True),
        "description": sent.text("description", required=True),
        "voucher_limit": sent.whole("voucher_limit", low=1),
        "limit_per_contact": sent.whole("limit_per_contact", low=1),
        "expiration_duration": sent.whole("expiration_duration", low=1),
        "redemptions_per_voucher": uses,
        "type": sent.choice("type", TYPES) or TYPES[uses > 1],
    }
    sent.done()
    return call.answer(promotion_view(call.account.put("promotion", {**new_promotion(call.account), **wanted})))
