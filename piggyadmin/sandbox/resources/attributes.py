"""Attribute definitions: https://docs.leat.com/v3/oauth/custom-attributes, and for contacts the older pair
https://docs.piggy.eu/v3/oauth/contact-attributes. Both look at the same definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from piggyadmin.sandbox import attribute_values, moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.attribute_values import MAX_CHOICES, TYPES, UnfitError
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.inputs import Inputs, unfit
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.system_attributes import SYSTEM
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import NO_META, Answer

ENTITIES = (
    "business_profiles",
    "contact",
    "reward",
    "promotion",
    "voucher",
    "giftcard",
    "giftcard_transaction",
    "prepaid",
    "booking",
    "visit",
    "shift",
)
LOYALTY_TRANSACTION = "loyalty_transaction"
"""An entity too, though with calls of its own."""


def definitions(account: Account, entity: str) -> dict[str, Row]:
    """All attributes of an entity by name, Piggy's own first."""
    system = SYSTEM if entity == "contact" else {}
    return {**system, **{row["name"]: row for row in account.table("attribute").where("entity", entity)}}


def own_names(account: Account, entity: str) -> Iterator[str]:
    """The names of the attributes the account has defined itself."""
    return (row["name"] for row in account.table("attribute").where("entity", entity))


def new_definition(account: Account, entity: str, name: str, kind: str, **rest: Any) -> Row:
    return account.put(
        "attribute",
        {
            "uuid": f"{entity}/{name}",
            "id": max(101, account.number("attribute")),
            "entity": entity,
            "name": name,
            "label": name,
            "type": kind,
            "description": None,
            "options": [],
            "group_name": None,
            "soft": False,
            "hard": False,
            "system": False,
            "created_at": account.now(),
            **rest,
        },
    )


def take_values(account: Account, entity: str, sent: Any, *, field: str = "attributes") -> dict[str, Any]:
    """Attribute values as they are kept. 1003 for names that are unknown, cannot be written, or do not fit."""
    if not isinstance(sent, dict) or not sent:
        raise invalid(field, f"The {field.replace('_', ' ')} field is required.")
    known = definitions(account, entity)
    errors = Inputs({})
    values: dict[str, Any] = {}
    for name, value in sent.items():
        row = known.get(name)
        place = f"{field}.{name[:100]}"
        if row is None:
            errors.wrong(place, "does not exist.")
        elif row["hard"] or row["soft"]:
            errors.wrong(place, "is read-only.")
        else:
            try:
                values[name] = attribute_values.fitting(value, row)
            except UnfitError as unfit_value:
                errors.wrong(place, str(unfit_value))
    errors.done()
    return values


# --- what is shown


def _common(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "label": row["label"],
        "type": row["type"],
        "is_piggy_defined": row["system"],
        "is_soft_read_only": row["soft"],
        "is_hard_read_only": row["hard"],
        "has_unique_value": False,
        "description": row["description"],
        "created_at": moments.shown(row["created_at"]),
    }


def definition_view(row: Row) -> dict[str, Any]:
    """As lists show it."""
    group = row["group_name"]
    return {
        "id": row["id"],
        **_common(row),
        "group_name": group,
        "group": None if group is None else {"id": 1, "name": group, "created_by_user": None, "position": 1},
        "field_type": None,
        "options": [{**option, "description": None, "media": None} for option in row["options"]],
        "position": row["id"],
        "meta": [],
        "can_be_deleted": not row["system"],
        "last_used_date": None,
        "created_by_user": None,
    }


def slim_view(row: Row) -> dict[str, Any]:
    """As creating and changing answer it."""
    group = row["group_name"]
    return {
        "entity": row["entity"],
        **_common(row),
        "group": None if group is None else {"name": group},
        "options": row["options"],
    }


# --- input


def attribute_name(sent: Inputs) -> str | None:
    """Required, and nothing that would change the shape of a path or of an answer."""
    name = sent.text("name", required=True)
    if name is not None and (name != name.strip() or "/" in name):
        sent.wrong("name", "format is invalid.")
    return name


def options_of(sent: Inputs) -> list[dict[str, str]] | None:
    """``options[]{label or name, value}``; a form sends them as a map. Numbers become texts. None when not sent."""
    value = sent.fields.get("options")
    if value is None or value == "":
        return None
    items = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(items, list) or len(items) > MAX_CHOICES:
        sent.wrong("options", "must be an array.")
        return None
    options = [_option(item) for item in items]
    if None in options:
        sent.wrong("options", "must each have a label and a value.")
    return [option for option in options if option is not None]


def _option(item: Any) -> dict[str, str] | None:
    if not isinstance(item, dict):
        return None
    value, label = item.get("value"), item.get("label", item.get("name"))
    label = value if label is None else label
    for part in (value, label):
        if isinstance(part, bool) or not isinstance(part, str | int | float) or unfit(str(part)) or part == "":
            return None
    return {"value": str(value), "label": str(label)}


def _define(call: Call, entity: str | None, sent: Inputs, kind_field: str) -> Row:
    """Check what was sent and put the definition. The entity is checked with the rest when it is None."""
    entity = entity or sent.choice("entity", ENTITIES, required=True)
    name = attribute_name(sent)
    label = sent.text("label", required=True)
    kind = sent.choice(kind_field, TYPES, required=True)
    description = sent.text("description")
    group = sent.text("group_name")
    options = options_of(sent)
    sent.done()
    assert entity is not None
    assert name is not None
    assert kind is not None
    if name in definitions(call.account, entity):
        raise ApiError(60009)
    _check_group(call.account, entity, group)
    return new_definition(
        call.account,
        entity,
        name,
        kind,
        label=label,
        description=description,
        group_name=group,
        options=options if options and kind in ("select", "multi_select") else [],
    )


def _check_group(account: Account, entity: str, group: str | None) -> None:
    """No page says what becomes of a group that is not there; a server that keeps groups apart refuses it."""
    if group is not None and account.table("attribute_group").get(f"{entity}/{group}") is None:
        raise invalid("group_name", "The selected group name is invalid.")


# --- contact attributes


@operation("GET", "/contact-attributes", "list_contact_attributes")
def list_contact_attributes(call: Call) -> Answer:
    return call.answer([definition_view(row) for row in definitions(call.account, "contact").values()])


@operation("POST", "/contact-attributes", "create_contact_attribute")
def create_contact_attribute(call: Call) -> Answer:
    """The type is sent as ``data_type`` and comes back as ``type``."""
    return call.answer(definition_view(_define(call, "contact", call.sent(), "data_type")))


# --- custom attributes


def _asked_entity(call: Call) -> str:
    asked = call.asked()
    entity = asked.choice("entity", ENTITIES, required=True)
    asked.done()
    assert entity is not None
    return entity


@operation("GET", "/custom-attributes", "list_custom_attributes")
def list_custom_attributes(call: Call) -> Answer:
    """Alone among the lists, its example has no ``meta`` at all."""
    entity = _asked_entity(call)
    rows = definitions(call.account, entity).values()
    return Answer([{"entity": entity, **definition_view(row)} for row in rows], meta=NO_META)


@operation("POST", "/custom-attributes", "create_custom_attribute")
def create_custom_attribute(call: Call) -> Answer:
    return call.answer(slim_view(_define(call, None, call.sent(), "type")), status=201)


@operation("PUT", "/custom-attributes/{custom_attribute_name}", "update_custom_attribute")
def update_custom_attribute(call: Call) -> Answer:
    """Name and type stay what they are. Only 1003 is listed, so that is what an unknown name gets."""
    name = call.value("custom_attribute_name")
    sent = call.sent()
    entity = sent.choice("entity", ENTITIES, required=True)
    wanted = {
        "label": sent.text("label"),
        "description": sent.text("description"),
        "group_name": sent.text("group_name"),
        "options": options_of(sent),
    }
    sent.done()
    assert entity is not None
    row = definitions(call.account, entity).get(name)
    if row is None:
        raise invalid("name", "The selected name is invalid.")
    if row["system"]:
        raise invalid("name", "The name belongs to a system attribute.")
    if row["type"] not in ("select", "multi_select"):
        wanted["options"] = None
    _check_group(call.account, entity, sent.fields.get("group_name") or None)
    changed = {key: value for key, value in wanted.items() if value is not None}
    return call.answer(slim_view(call.account.put("attribute", {**row, **changed})))


# --- groups


def group_view(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("entity", "name", "label", "created_at")}


@operation("GET", "/custom-attribute-groups", "list_custom_attribute_groups")
def list_custom_attribute_groups(call: Call) -> Answer:
    entity = _asked_entity(call)
    return call.answer([group_view(row) for row in call.account.table("attribute_group").where("entity", entity)])


@operation("POST", "/custom-attribute-groups", "create_custom_attribute_group")
def create_custom_attribute_group(call: Call) -> Answer:
    sent = call.sent()
    entity = sent.choice("entity", ENTITIES, required=True)
    name = attribute_name(sent)
    label = sent.text("label")
    sent.done()
    key = f"{entity}/{name}"
    if call.account.table("attribute_group").get(key) is not None:
        raise ApiError(60009)
    row = {"uuid": key, "entity": entity, "name": name, "label": label, "created_at": call.account.now()}
    return call.answer(group_view(call.account.put("attribute_group", row)), status=201)
