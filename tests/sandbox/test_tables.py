"""Rows by age: what pages of contacts are cut from, however rows come, go and change."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from piggyadmin.sandbox.resources.periods import within
from piggyadmin.sandbox.tables import Table

KEYS = st.sampled_from("abcdefgh")
MOMENTS = st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"])
CHANGES = st.lists(st.tuples(KEYS, st.none() | MOMENTS), max_size=40)
BOUNDS = st.lists(st.tuples(st.sampled_from(["gt", "gte", "lt", "lte"]), MOMENTS), max_size=3)


@given(before=CHANGES, after=CHANGES, bounds=BOUNDS, newest_first=st.booleans())
def test_it_is_what_sorting_and_comparing_each_row_would_give(
    before: list[Any], after: list[Any], bounds: list[Any], newest_first: bool
) -> None:
    table, kept = Table("contact"), {}

    def change(changes: list[Any]) -> None:
        for key, moment in changes:
            if moment is None:
                table.drop(key)
                kept.pop(key, None)
            else:
                kept[key] = {"uuid": key, "email": key, "created_at": moment}
                table.put(kept[key])

    change(before)
    table.by_age()  # sorted once; from here on it has to stay so
    change(after)
    expected = within(sorted(kept.values(), key=lambda row: row["created_at"]), bounds)
    found = table.aged(bounds, newest_first=newest_first)
    assert list(found) == (expected[::-1] if newest_first else expected)
    assert found[1:3] == list(found)[1:3]
    assert len(found) == len(expected)
