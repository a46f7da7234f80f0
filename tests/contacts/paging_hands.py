"""A Piggy that pages less helpfully than the stand-in."""

import pytest

from piggyadmin.piggy import paging


def tells_no_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages come without a count of all, as the contract allows."""
    count = paging._count
    monkeypatch.setattr(paging, "_count", lambda told, *names: None if names == ("total",) else count(told, *names))
