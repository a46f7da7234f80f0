"""The older lists of attributes, of promotions (https://docs.leat.com/v3/oauth/promotion-attributes) and of rewards
(https://docs.piggy.eu/v3/oauth/reward-attributes). Both look at the definitions of ``attributes``, in shapes of their
own: a promotion's has a number, a reward's spells its keys in camelCase and its flags as 0 and 1."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.attribute_values import TYPES
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.attributes import attribute_name, definitions, new_definition, options_of
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

MISSING = 60013
CHOICES = ("select", "multi_select")


def _define(call: Call, entity: str) -> Row:
    """As both take it. The placeholder is taken and shown nowhere."""
    sent = call.sent()
    name = attribute_name(sent)
    label = sent.text("label", required=True)
    kind = sent.choice("type", TYPES, required=True)
    description = sent.text("description")
    sent.text("placeholder")
    options = options_of(sent)
    sent.done()
    assert name is not None
    assert kind is not None
    if name in definitions(call.account, entity):
        raise ApiError(60009)
    fitting = options if options and kind in CHOICES else []
    return new_definition(call.account, entity, name, kind, label=label, description=description, options=fitting)


# --- promotions


def promotion_attribute_view(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "label": row["label"],
        "type": row["type"],
        "description": row["description"] or "",
        "position": row["id"],
        "options": [{**option, "description": None, "media": None} for option in row["options"]],
        "group_name": row["group_name"],
        "created_at": moments.shown(row["created_at"]),
        "last_used_date": None,
        "created_by_user": None,
        "meta": [],
    }


@operation("GET", "/promotion-attributes", "list_promotion_attributes")
def list_promotion_attributes(call: Call) -> Answer:
    rows = definitions(call.account, "promotion").values()
    return call.answer([promotion_attribute_view(row) for row in rows])


@operation("POST", "/promotion-attributes", "create_promotion_attribute")
def create_promotion_attribute(call: Call) -> Answer:
    return call.answer(promotion_attribute_view(_define(call, "promotion")))


@operation("GET", "/promotion-attributes/{promotion_attribute_id}", "get_promotion_attribute")
def get_promotion_attribute(call: Call) -> Answer:
    return call.answer(promotion_attribute_view(_in_path(call)))


@operation("PUT", "/promotion-attributes/{promotion_attribute_id}", "update_promotion_attribute")
def update_promotion_attribute(call: Call) -> Answer:
    """Name and type are taken and stay what they are: values are kept under the one and in the form of the other."""
    sent = call.sent()
    sent.text("name")
    sent.choice("type", TYPES)
    wanted: dict[str, Any] = {"label": sent.text("label"), "description": sent.text("description")}
    sent.text("placeholder")
    options = options_of(sent)
    sent.done()
    row = _in_path(call)
    if row["type"] in CHOICES:
        wanted["options"] = options
    changed = {key: value for key, value in wanted.items() if value is not None}
    return call.answer(promotion_attribute_view(call.account.put("attribute", {**row, **changed})))


def _in_path(call: Call) -> Row:
    wanted = call.value("promotion_attribute_id")
    row = _by_number(call.account, wanted)
    if row is None:
        raise ApiError(MISSING)
    return row


def _by_number(account: Account, number: str) -> Row | None:
    rows = definitions(account, "promotion").values()
    return next((row for row in rows if str(row["id"]) == number), None)


# --- rewards


def reward_attribute_view(row: Row, *, listed: bool) -> dict[str, Any]:
    """The flags are 0 and 1 in the list, booleans in the answer to making one."""
    flag: Any = int if listed else bool
    return {
        "name": row["name"],
        "label": row["label"],
        "placeholder": None,
        "description": row["description"],
        "type": row["type"],
        "fieldType": row["type"],
        "options": row["options"],
        "isPiggyDefined": flag(row["system"]),
        "isSoftReadOnly": flag(row["soft"]),
        "isHardReadOnly": flag(row["hard"]),
    }


@operation("GET", "/reward-attributes", "list_reward_attributes")
def list_reward_attributes(call: Call) -> Answer:
    """``page`` and ``limit`` are sent by the SDK and change nothing: its answer tells of no pages."""
    rows = definitions(call.account, "reward").values()
    return call.answer([reward_attribute_view(row, listed=True) for row in rows])


@operation("POST", "/reward-attributes", "create_reward_attribute")
def create_reward_attribute(call: Call) -> Answer:
    return call.answer(reward_attribute_view(_define(call, "reward"), listed=False))
