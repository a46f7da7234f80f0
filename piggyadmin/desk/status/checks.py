"""One line of the status page: what is looked at, how it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class How(StrEnum):
    """How something is. A fact is neither good nor bad."""

    FINE = "fine"
    FACT = "fact"
    UNDER_WAY = "under way"
    NOT_KNOWN = "not known"
    LOOK = "look"


# The look and the word of each; a fact has none.
SHOWN = {
    How.FINE: ("done", "fine"),
    How.UNDER_WAY: ("", "under way"),
    How.NOT_KNOWN: ("unknown", "not known"),
    How.LOOK: ("refused", "look at this"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """`figures` are for the monitor: numbers, moments in ISO 8601 and short words, never anything about a person."""

    key: str
    label: str
    says: str
    how: How = How.FACT
    todo: str = ""  # what to do, where something is to be done
    url: str = ""  # where
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def look(self) -> str:
        return SHOWN[self.how][0] if self.how in SHOWN else ""

    @property
    def word(self) -> str:
        return SHOWN[self.how][1] if self.how in SHOWN else ""

    @property
    def needs_somebody(self) -> bool:
        return self.how in (How.LOOK, How.NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    title: str
    checks: list[Check]
