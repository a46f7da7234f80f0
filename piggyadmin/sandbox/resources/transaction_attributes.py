"""Loyalty transaction attributes: https://docs.leat.com/v3/oauth/loyalty-transaction-attributes"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import attribute_values
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.attribute_values import TYPES, UnfitError
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.inputs import Inputs, unfit
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.attributes import (
    LOYALTY_TRANSACTION,
    attribute_name,
    definitions,
    new_definition,
    options_of,
)
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

OWN_KEYS = frozenset(
    (
        *("type", "uuid", "credits", "created_at", "contact", "shop", "contact_identifier", "channel", "unit"),
        *("unit_value", "unit_name", "title", "reward", "expires_at", "has_been_collected", "shop_uuid"),
        *("contact_uuid", "contact_identifier_value", "pos_transaction_uuid"),
    )
)
"""Keys a transaction or the call that makes one has already: an attribute by such a name could not be told apart."""


def transaction_attribute_view(row: Row) -> dict[str, Any]:
    """Options come as a map of value to label, and as an empty list where there are none."""
    return {
        "name": row["name"],
        "label": row["label"],
        "placeholder": "" if row["type"] == "text" else None,
        "type": row["type"],
        "field_type": row["type"],
        "options": {option["value"]: option["label"] for option in row["options"]} or [],
        "is_piggy_defined": False,
        "is_soft_read_only": False,
        "is_hard_read_only": False,
    }


def transaction_values(account: Account, sent: Inputs) -> dict[str, Any]:
    """The values of the attributes that are defined, null for those not sent; other keys are passed over in silence.

    Misfits are noted in ``sent``. An account with the setting ``marks`` off keeps none of them."""
    values: dict[str, Any] = {}
    for name, row in definitions(account, LOYALTY_TRANSACTION).items():
        try:
            values[name] = attribute_values.fitting(sent.fields.get(name), row)
        except UnfitError as unfit_value:
            sent.wrong(name, str(unfit_value))
    return values if setting(account, "marks") else {}


@operation("GET", "/loyalty-transaction-attributes", "list_loyalty_transaction_attributes")
def list_loyalty_transaction_attributes(call: Call) -> Answer:
    rows = definitions(call.account, LOYALTY_TRANSACTION).values()
    return call.answer([transaction_attribute_view(row) for row in rows])


@operation("POST", "/loyalty-transaction-attributes", "create_loyalty_transaction_attribute")
def create_loyalty_transaction_attribute(call: Call) -> Answer:
    """The type is sent as ``data_type``; a missing label is the name."""
    sent = call.sent()
    name = attribute_name(sent)
    kind = sent.choice("data_type", TYPES, required=True)
    label = sent.text("label")
    description = sent.text("description")
    options = _options(sent)
    if name in OWN_KEYS:
        sent.wrong("name", "is reserved.")
    sent.done()
    assert name is not None
    assert kind is not None
    if name in definitions(call.account, LOYALTY_TRANSACTION):
        raise ApiError(60009)
    row = new_definition(
        call.account,
        LOYALTY_TRANSACTION,
        name,
        kind,
        label=label or name,
        description=description,
        options=options if kind in ("select", "multi_select") else [],
    )
    return call.answer(transaction_attribute_view(row))


def _options(sent: Inputs) -> list[dict[str, str]]:
    """A map of value to label, or the list of other attributes."""
    value = sent.fields.get("options")
    if not isinstance(value, dict) or any(isinstance(label, dict) for label in value.values()):
        return options_of(sent) or []
    if any(not isinstance(label, str) or unfit(label) or unfit(key) for key, label in value.items()):
        sent.wrong("options", "must each have a label and a value.")
        return []
    return [{"value": key, "label": label} for key, label in value.items()]
