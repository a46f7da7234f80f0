"""Rewards: https://docs.leat.com/v3/oauth/rewards"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import attribute_values
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.attribute_values import UnfitError
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.attributes import definitions
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


def whole_reward_view(row: Row) -> dict[str, Any]:
    """As getting and changing one answers it: whether it is active stands under two keys."""
    return {
        **row["attributes"],
        "uuid": row["uuid"],
        "title": row["title"],
        "description": row["description"],
        "cost_price": row.get("cost_price"),
        "required_credits": row["required_credits"],
        "media": row["media"],
        "is_active": row["is_active"],
        "active": row["is_active"],
        "reward_type": row["reward_type"],
        "stock": row["stock"],
    }


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


@operation("GET", "/rewards/{reward_uuid}", "get_reward")
def get_reward(call: Call) -> Answer:
    return call.answer(whole_reward_view(call.row("reward", call.value("reward_uuid"), 6003)))


@operation("PUT", "/rewards/{reward_uuid}", "update_reward")
def update_reward(call: Call) -> Answer:
    """What is not sent stays. Attributes stand among the other keys; unknown ones are passed over in silence."""
    row = call.row("reward", call.value("reward_uuid"), 6003)
    sent = call.sent()
    wanted: dict[str, Any] = {
        "title": sent.text("title"),
        "description": sent.lines("description"),
        "required_credits": sent.whole("required_credits", low=0),
    }
    attributes = _attributes(call.account, sent)
    sent.done()
    changed: Row = {name: value for name, value in wanted.items() if value is not None}
    changed["attributes"] = {**row["attributes"], **attributes}
    return call.answer(whole_reward_view(call.account.put("reward", {**row, **changed})))


def _attributes(account: Account, sent: Inputs) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, definition in definitions(account, "reward").items():
        if name not in sent.fields:
            continue
        try:
            values[name] = attribute_values.fitting(sent.fields[name], definition)
        except UnfitError as unfit_value:
            sent.wrong(name, str(unfit_value))
    return values
