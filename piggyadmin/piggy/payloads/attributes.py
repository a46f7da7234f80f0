"""Definitions of attributes: of contacts, of loyalty transactions, of whatever else custom attributes belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .base import Payload

CAMEL = re.compile(r"(?<=[a-z0-9])[A-Z]")


class AttributeOption(Payload, frozen=True):
    """One choice of a select. `value` is what is sent and stored, always text here: numbers occur."""

    value: str
    label: str = ""
    description: str | None = None
    media: Any = None


class AttributeGroup(Payload, frozen=True):
    name: str | None = None
    position: int | None = None


class AttributeGroupDefinition(Payload, frozen=True):
    """A group as its own list tells it. Definitions name theirs by `name`."""

    name: str
    label: str | None = None
    entity: str | None = None
    created_at: datetime | None = None

    @property
    def title(self) -> str:
        return self.label or self.name


class AttributeDefinition(Payload, frozen=True):
    """What an attribute is called and holds. `type` is one of `attributes.ATTRIBUTE_TYPES`, or a newer word.

    One shape for all the lists that Piggy has of these: some write their keys in camelCase, options come as a list
    (with `label`, older `name`) or as an object from value to label, the type of an older list stands in `data_type`.
    """

    name: str
    type: str = ""
    id: str | None = None  # a number: promotions' older list is changed by it
    label: str | None = None
    description: str | None = None
    placeholder: str | None = None
    entity: str | None = None  # of custom attributes only
    field_type: str | None = None
    group_name: str | None = None
    group: AttributeGroup | None = None
    options: list[AttributeOption] = []
    position: int | None = None
    has_unique_value: bool | None = None
    is_piggy_defined: bool | None = None
    is_soft_read_only: bool | None = None
    is_hard_read_only: bool | None = None
    can_be_deleted: bool | None = None
    created_at: datetime | None = None

    @property
    def is_read_only(self) -> bool:
        """Whether Piggy fills it in itself."""
        return bool(self.is_soft_read_only or self.is_hard_read_only)

    @property
    def title(self) -> str:
        """What to call it for people: its label, else its name."""
        return self.label or self.name

    @property
    def group_title(self) -> str:
        return (self.group.name if self.group else None) or self.group_name or ""

    @staticmethod
    def tidied(told: Mapping[str, Any]) -> Mapping[str, Any]:
        """The keys in snake_case (as they stand where both are there), the options as a list of objects."""
        snake = {CAMEL.sub(lambda found: f"_{found[0].lower()}", key): value for key, value in told.items()}
        tidy = {**snake, **told}
        if not tidy.get("type"):
            tidy["type"] = tidy.get("data_type")
        tidy["options"] = _options(tidy.get("options"))
        return tidy


def _options(told: Any) -> Any:
    """`{"a": "A"}` and `[{"name": "A", "value": 1}]` as `[{"value": ..., "label": ...}]`; all else as it is."""
    if isinstance(told, Mapping):
        return [{"value": value, "label": label} for value, label in told.items()]
    if not isinstance(told, list):
        return told
    return [_labelled(option) for option in told]


def _labelled(option: Any) -> Any:
    if isinstance(option, Mapping) and "label" not in option and "name" in option:
        return {**option, "label": option["name"]}
    return {"value": option, "label": option} if isinstance(option, str | int | float) else option
