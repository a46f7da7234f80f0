"""Rewards: https://docs.leat.com/v3/oauth/rewards"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer


def reward_view(row: Row) -> dict[str, Any]:
    """As the list shows it: the kind stands under two keys, a physical reward has two more, attributes are inlined."""
    view = {
        "id": row["id"],
        "uuid": row["uuid"],
        "title": row["title"],
        "description": row["description"],
        "type": row["reward_type"],
        "reward_type": row["reward_type"],
        "is_active": row["is_active"],
        "required_credits": row["required_credits"],
        "media": row["media"],
        **row["attributes"],
    }
    if row["reward_type"] == "PHYSICAL":
        view |= {"pre_redeemable": row["pre_redeemable"], "expiration_duration": row["expiration_duration"]}
    return view


def is_claimable(row: Row, contact: Row) -> bool:
    return bool(row["is_active"] and row["stock"] != 0 and row["required_credits"] <= contact["credits"])


@operation("GET", "/rewards", "list_rewards")
def list_rewards(call: Call) -> Answer:
    """With a contact only what this contact can claim now; with a shop only what that shop gives."""
    asked = call.asked()
    shop_uuid = asked.text("shop_uuid")
    contact_uuid = asked.text("contact_uuid")
    asked.done()
    rows = list(call.account.table("reward"))
    if shop_uuid:
        shop = call.row("shop", shop_uuid, 1008)
        rows = [row for row in rows if row["shop_uuids"] is None or shop["uuid"] in row["shop_uuids"]]
    if contact_uuid:
        contact = call.row("contact", contact_uuid, 55031)
        if not call.ignore_filters:
            rows = [row for row in rows if is_claimable(row, contact)]
    return call.answer([reward_view(row) for row in rows])
