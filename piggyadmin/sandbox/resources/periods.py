"""``created_at[gt|gte|lt|lte]`` filters."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable

from piggyadmin.sandbox.store import Row

_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def within(rows: Iterable[Row], bounds: list[tuple[str, str]]) -> list[Row]:
    """The rows whose ``created_at`` keeps to every bound."""
    return [row for row in rows if all(_COMPARE[name](row["created_at"], moment) for name, moment in bounds)]
