"""Rows in memory: plain dicts that are replaced, never changed in place, with indexes for what calls look up by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from piggyadmin.sandbox.store import Row

Index = Callable[[Row], Hashable]


def _lower_email(row: Row) -> Hashable:
    return (row["email"] or "").lower()


KEYS: dict[str, str] = {"identifier": "value", "unit": "name"}
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
    "giftcard": {"hash": itemgetter("hash"), "giftcard_program_uuid": itemgetter("giftcard_program_uuid")},
    "giftcard_transaction": {"giftcard_uuid": itemgetter("giftcard_uuid")},
    "booking": {"contact_uuid": itemgetter("contact_uuid")},
    "attribute": {"entity": itemgetter("entity")},
    "attribute_group": {"entity": itemgetter("entity")},
    "verification": {"email": itemgetter("email")},
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


class Table:
    """All rows of one kind, in the order they came."""

    def __init__(self, kind: str) -> None:
        self._key = KEYS.get(kind, "uuid")
        self._rows: dict[str, Row] = {}
        self._index = INDEXES.get(kind, {})
        self._found: dict[str, dict[Hashable, dict[str, None]]] = {name: {} for name in self._index}
        self._by_age: list[str] | None = None
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
        """All rows, oldest ``created_at`` first. Sorted once and kept until a row comes, goes or changes its date."""
        if self._by_age is None:
            self._by_age = [self.key_of(row) for row in sorted(self, key=itemgetter("created_at"))]
        return [self._rows[key] for key in self._by_age]

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
        if before is None or before.get("created_at") != row.get("created_at"):
            self._by_age = None
        return before

    def drop(self, key: str) -> Row | None:
        before = self._rows.pop(key, None)
        if before is not None:
            for name, value_of in self._index.items():
                self._forget(name, value_of(before), key)
            self._by_age = None
        return before

    def _forget(self, name: str, value: Hashable, key: str) -> None:
        keys = self._found[name][value]
        del keys[key]
        if not keys:
            del self._found[name][value]
