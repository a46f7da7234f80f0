"""Perks: https://docs.leat.com/v3/oauth/perks

Deleting one stands in the older pages alone (https://docs.piggy.eu/v3/oauth/perks). No call tells which tier has what.
"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.inputs import Inputs, truth, unfit
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import NO_META, Answer

KIND = "perk"
BOOLEAN, SINGLE_SELECT = "boolean", "single_select"
DATA_TYPES = (SINGLE_SELECT, BOOLEAN)
MISSING = 110000


def perk_view(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("uuid", "label", "name", "data_type", "options")}


@operation("GET", "/perks", "list_perks")
def list_perks(call: Call) -> Answer:
    """The page's example has no ``meta`` at all."""
    return Answer([perk_view(row) for row in call.account.table(KIND)], meta=NO_META)


@operation("POST", "/perks", "create_perk")
def create_perk(call: Call) -> Answer:
    """The answer shows no options, as the page's example does: they are read with ``get_perk``. Names are the account's
    own key, so a second one is refused, though no page names a code for it."""
    sent = call.sent()
    data_type = sent.choice("data_type", DATA_TYPES, required=True)
    wanted = {
        "label": sent.text("label", required=True),
        "name": sent.text("name", required=True),
        "data_type": data_type,
        "options": _options(sent, data_type),
    }
    if any(row["name"] == wanted["name"] for row in call.account.table(KIND)):
        sent.wrong("name", "has already been taken.")
    sent.done()
    account = call.account
    frame = {"uuid": account.new_uuid(), "id": account.number(KIND), "created_at": account.now()}
    return call.answer({**perk_view(account.put(KIND, {**frame, **wanted})), "options": []})


@operation("GET", "/perks/{perk_uuid}", "get_perk")
def get_perk(call: Call) -> Answer:
    return call.answer(perk_view(_in_path(call)))


@operation("PUT", "/perks/{perk_uuid}", "update_perk")
def update_perk(call: Call) -> Answer:
    """The label alone; all else that is sent is passed over."""
    row = _in_path(call)
    sent = call.sent()
    label = sent.text("label", required=True)
    sent.done()
    return call.answer(perk_view(call.account.put(KIND, {**row, "label": label})))


@operation("DELETE", "/perks/{perk_uuid}", "delete_perk")
def delete_perk(call: Call) -> Answer:
    call.account.drop(KIND, _in_path(call)["uuid"])
    return call.answer(None)


def _in_path(call: Call) -> Row:
    return call.row(KIND, call.value("perk_uuid"), MISSING)


def _options(sent: Inputs, data_type: str | None) -> list[dict[str, Any]]:
    """One or more, exactly one of them the default; those of a boolean are true and false."""
    value = sent.fields.get("options")
    listed = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(listed, list) or not listed:
        sent.wrong("options", "field is required.")
        return []
    options = [_option(each) for each in listed]
    told = [each for each in options if each is not None]
    values = [each["value"] for each in told]
    if len(told) < len(options):
        sent.wrong("options", "must each have a label, a value and a default.")
    elif sum(each["default"] for each in told) != 1:
        sent.wrong("options", "must have exactly one default.")
    elif len(set(values)) < len(values):
        sent.wrong("options", "must have different values.")
    elif data_type == BOOLEAN and set(values) != {"true", "false"}:
        sent.wrong("options", "of a boolean perk must be true and false.")
    return told


def _option(value: Any) -> dict[str, Any] | None:
    """One option as it is kept, None for one that is none."""
    if not isinstance(value, dict):
        return None
    label, chosen, default = value.get("label"), value.get("value"), truth(value.get("default"))
    if isinstance(chosen, bool):
        chosen = "true" if chosen else "false"
    texts = (label, chosen)
    if default is None or not all(isinstance(text, str) and text and not unfit(text) for text in texts):
        return None
    return {"label": label, "value": chosen, "default": default}
