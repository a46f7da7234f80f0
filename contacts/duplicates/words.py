"""Why two contacts are a pair, in words: the weights of the engine's fields and levels, the reasons people give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Reasons of the engine that are no field: who is known to be family, and who may well be.
OTHER = {"family": "one family", "household": "may be two of one household"}
# How the engine's levels are told; "{field}" is the field's own name. One that is not here is told by its name.
LEVELS = {
    "same": "same {field}",
    "alike": "{field} alike",
    "roughly alike": "{field} roughly alike",
    "initial": "initial fits the {field}",
    "swapped": "first and last name swapped",
    "other": "other {field}",
}

# What a reviewer gives as the reason, by its key. The codes stand in the ledger's figures.
WHY = {
    "said": "The customer told us",
    "known": "We know them",
    "details": "Their details say so",
    "shared": "Only the phone, address or card is shared",
    "namesake": "Only the name is alike",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for (`weight` above zero) or against one person."""

    words: str
    weight: float

    @property
    def signed(self) -> str:
        return signed(self.weight)

    @property
    def speaks_against(self) -> bool:
        return self.weight < 0


def signed(weight: float) -> str:
    """+6.1, −2.0, 0.0: in bits, with a true minus."""
    shown = round(weight, 1)
    return f"{shown:+.1f}".replace("-", "−") if shown else "0.0"


def told(score: float) -> str:
    """28.5, −3.0: a score with a true minus."""
    return f"{score:.1f}".replace("-", "−")


def reasons_of(rows: Sequence[Sequence[Any]]) -> tuple[Reason, ...]:
    """A pair's `reasons` in words, as they are ordered. What cannot be read is left out: it is told, not decided by."""
    return tuple(found for row in rows if (found := _reason(row)) is not None)


def _reason(row: Sequence[Any]) -> Reason | None:
    try:
        field, level, weight = str(row[0]), str(row[1]), float(row[2])
    except (IndexError, KeyError, OverflowError, TypeError, ValueError):
        return None
    if field in OTHER:
        return Reason(OTHER[field], weight)
    return Reason(LEVELS.get(level, f"{{field}} {level}").replace("{field}", field), weight)
