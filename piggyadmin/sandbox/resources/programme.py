"""The loyalty programme and its tiers: https://docs.leat.com/v3/oauth/loyalty-program and .../tiers"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.units import UNIT
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer


def tier_view(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "description": row["description"],
        "position": row["position"],
        "media": row["media"],
        "uuid": row["uuid"],
    }


@operation("GET", "/tiers", "list_tiers")
def list_tiers(call: Call) -> Answer:
    tiers = sorted(call.account.table("tier"), key=lambda row: row["position"])
    return call.answer([tier_view(row) for row in tiers])


@operation("GET", "/contacts/{contact_uuid}/tier", "get_contact_tier")
def get_contact_tier(call: Call) -> Answer:
    """Without a tier the answer is null, or a tier of nulls: both are told of."""
    contact = call.contact()
    tier = call.account.table("tier").get(contact["tier_uuid"] or "")
    if tier is not None:
        return call.answer(tier_view(tier))
    nothing = {"name": None, "description": None, "position": None, "media": None, "uuid": None}
    return call.answer(nothing if call.account.rng.random() < 0.5 else None)


@operation("GET", "/loyalty-program", "get_loyalty_program")
def get_loyalty_program(call: Call) -> Answer:
    programme = {
        "id": 64,
        "name": "Koffie & Co punten",
        "max_amount": setting(call.account, "max_amount"),
        "custom_credit_name": "Credits",
        "unit": {key: UNIT[key] for key in ("name", "label", "prefix")},
    }
    return call.answer(programme)
