"""Rows in memory: plain dicts that are replaced, never changed in place, with indexes for what calls look up by."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from piggyadmin.sandbox.store import Row

Index = Callable[[Row], Hashable]


def _lower_email(row: Row) -> Hashable:
    return (row["email"] or "").lower()


KEYS: dict[str, str] = {"identifier": "value", "unit": "name", "session_token": "token", "claimed_token": "unique_id"}
"""What a row is known by, where that is not its uuid."""

INDEXES: dict[str, dict[str, Index]] = {
    "contact": {"email": _lower_email},
    "identifier": {"contact_uuid": itemgetter("contact_uuid")},
    "voucher": {
        "code": itemgetter("code"),
        "contact_uuid": itemgetter("contact_uuid"),
        "promotion_uuid": itemgetter("promotion_uuid"),
    },
    "voucher_batch": {"promotion_uuid": itemgetter("promotion_uuid")},
    "redemption": {"voucher_uuid": itemgetter("voucher_uuid")},
    "loyalty_transaction": {"contact_uuid": itemgetter("contact_uuid")},
    "prepaid_transaction": {"contact_uuid": itemgetter("contact_uuid")},
    "reward_redemption": {"loyalty_transaction_uuid": itemgetter("loyalty_transaction_uuid")},
    "giftcard": {"hash": itemgetter("hash"), "giftcard_program_uuid": itemgetter("giftcard_program_uuid")},
    "giftcard_transaction": {"giftcard_uuid": itemgetter("giftcard_uuid")},
    "booking": {"contact_uuid": itemgetter("contact_uuid")},
    "order": {"external_identifier": itemgetter("external_identifier")},
    "visit": {"contact_uuid": itemgetter("contact_uuid"), "external_id": itemgetter("external_id")},
    "attribute": {"entity": itemgetter("entity")},
    "attribute_group": {"entity": itemgetter("entity")},
    "verification": {"email": itemgetter("email")},
    "product": {"external_identifier": itemgetter("external_identifier")},
    "product_category": {"external_identifier": itemgetter("external_identifier")},
}


class Window(Sequence[Row]):
    """Rows by their keys, each looked at only when it is cut out: of 100,000 a page needs 500."""

    def __init__(self, rows: dict[str, Row], keys: Collection[str]) -> None:
        self._rows = rows
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Row]:
        return map(self._rows.__getitem__, self._keys)

    def __getitem__(self, part: Any) -> Any:
        """A slice from the front, which is all that pages need."""
        return [self._rows[key] for key in islice(self._keys, part.start, part.stop)]


Age = tuple[str, int, str]
"""When a row was made, the how manieth it was, and its key: rows of one second keep their order."""


class Ages(Sequence[Row]):
    """A stretch of rows, oldest first: a page costs its own rows, however many there are. Good until the next write."""

    def __init__(self, rows: dict[str, Row], ages: list[Age], low: int, high: int, *, reverse: bool = False) -> None:
        self._rows = rows
        self._ages = ages
        self._low, self._high = low, max(low, high)
        self._reverse = reverse

    def __len__(self) -> int:
        return self._high - self._low

    def __getitem__(self, part: Any) -> Any:
        if isinstance(part, slice):
            return [self[number] for number in range(*part.indices(len(self)))]
        if not -len(self) <= part < len(self):
            raise IndexError(part)
        place = part % len(self)
        return self._rows[self._ages[self._high - 1 - place if self._reverse else self._low + place][2]]


class Table:
    """All rows of one kind, in the order they came."""

    def __init__(self, kind: str) -> None:
        self._key = KEYS.get(kind, "uuid")
        self._rows: dict[str, Row] = {}
        self._index = INDEXES.get(kind, {})
        self._found: dict[str, dict[Hashable, dict[str, None]]] = {name: {} for name in self._index}
        self._ages: list[Age] | None = None
        self._arrived: dict[str, int] = {}
        self._arrivals = 0
        self._number = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def key_of(self, row: Row) -> str:
        return str(row[self._key])

    def get(self, key: str) -> Row | None:
        return self._rows.get(key)

    def all(self) -> Window:
        """All rows, for a page of them."""
        return Window(self._rows, self._rows)

    def under(self, name: str, value: Hashable) -> Window:
        """The rows an index has under a value, in the order they came to it. Good until the next write."""
        return Window(self._rows, self._found[name].get(value, {}))

    def where(self, name: str, value: Hashable) -> list[Row]:
        """The same as a list of its own."""
        return list(self.under(name, value))

    def by_age(self) -> list[Row]:
        """All rows, oldest ``created_at`` first."""
        return [self._rows[key] for _, _, key in self._in_order()]

    def aged(self, bounds: Sequence[tuple[str, str]] = (), *, newest_first: bool = False) -> Ages:
        """The rows within bounds such as ``("gte", moment)``, by age. Nothing is copied."""
        ages = self._in_order()
        low, high = 0, len(ages)
        for operator, moment in bounds:
            if operator in ("gt", "lte"):
                place = bisect_right(ages, moment, key=itemgetter(0))
            else:
                place = bisect_left(ages, moment, key=itemgetter(0))
            low, high = (max(low, place), high) if operator in ("gt", "gte") else (low, min(high, place))
        return Ages(self._rows, ages, low, high, reverse=newest_first)

    def _in_order(self) -> list[Age]:
        """Sorted once it is asked for, and kept so from then on."""
        if self._ages is None:
            self._ages = sorted(self._age(key, row) for key, row in self._rows.items())
        return self._ages

    def _age(self, key: str, row: Row) -> Age:
        return str(row["created_at"]), self._arrived[key], key

    def next_number(self) -> int:
        """The numeric id of a new row."""
        return self._number + 1

    def put(self, row: Row) -> Row | None:
        """Insert or replace; returns the row that stood there before."""
        key = self.key_of(row)
        before = self._rows.get(key)
        self._rows[key] = row
        self._number = max(self._number, row.get("id", 0))
        for name, value_of in self._index.items():
            value = value_of(row)
            if before is not None:
                if value_of(before) == value:
                    continue
                self._forget(name, value_of(before), key)
            self._found[name].setdefault(value, {})[key] = None
        if before is None:
            self._arrivals += 1
            self._arrived[key] = self._arrivals
        if self._ages is not None and (before is None or before["created_at"] != row["created_at"]):
            if before is not None:
                self._forget_age(key, before)
            insort(self._ages, self._age(key, row))
        return before

    def drop(self, key: str) -> Row | None:
        before = self._rows.pop(key, None)
        if before is not None:
            for name, value_of in self._index.items():
                self._forget(name, value_of(before), key)
            if self._ages is not None:
                self._forget_age(key, before)
            del self._arrived[key]
        return before

    def _forget_age(self, key: str, row: Row) -> None:
        assert self._ages is not None
        del self._ages[bisect_left(self._ages, self._age(key, row))]

    def _forget(self, name: str, value: Hashable, key: str) -> None:
        keys = self._found[name][value]
        del keys[key]
        if not keys:
            del self._found[name][value]
