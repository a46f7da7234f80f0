"""The copied contacts as columns, straight from the table: a million of them are read in some seconds."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from contacts.duplicates.engine.columns import Columns, Ints, gather
from contacts.duplicates.engine.model import too_common, without
from contacts.models import CardCopy, ContactCopy

AT_ONCE = 20_000  # rows
FIELDS = (
    "c.id, c.firstname, c.lastname, c.email, CASE WHEN c.phone_e164 = '' THEN c.phone ELSE c.phone_e164 END, "
    "COALESCE(CAST(c.birthdate AS TEXT), ''), c.address"
)
COPY, CARD = ContactCopy._meta.db_table, CardCopy._meta.db_table
# Nothing to find an anonymous contact by but its cards: without those it is left out.
NAMED = "(c.firstname <> '' OR c.lastname <> '' OR c.email <> '' OR c.phone <> '' OR c.address <> '')"


@dataclass(frozen=True)
class Everybody:
    """Every contact of which something is known, as they were at one moment. `shared` are values that too many have.

    `stamps` stand for what each was compared by: one whose stamp is another by now has changed since, and was compared
    by itself then.
    """

    columns: Columns
    shared: dict[str, list[int]]
    stamps: Ints

    def unchanged(self, contacts: dict[int, tuple[str, str]]) -> set[int]:
        """Those of these contacts, (uuid, digest) by their ids, that are as they were."""
        ids = np.fromiter(contacts, np.int64, len(contacts))
        rows = np.searchsorted(self.columns.ids, ids)
        before = self.stamps[np.minimum(rows, len(self.stamps) - 1)].tolist()
        return {
            key for (key, (_, digest)), stamp in zip(contacts.items(), before, strict=True) if hash(digest) == stamp
        }


def everybody() -> Everybody:
    stamps = array("q")

    def stamped(rows: Iterator[Any]) -> Iterator[Any]:
        for row in rows:
            stamps.append(hash(row[7]))
            yield row[:7]

    sql = f"SELECT {FIELDS}, c.matched FROM {COPY} c WHERE c.id > %s AND {NAMED} ORDER BY c.id LIMIT {AT_ONCE}"  # noqa: S608  # our own words
    columns = gather(stamped(_walk(sql)), _moved_cards())
    shared = too_common(columns)
    return Everybody(without(columns, shared), shared, np.array(stamps, np.int64))


def columns_of(ids: Sequence[int]) -> Columns:
    """Of these contacts, as far as they are copied, in the order of their ids."""
    kept = [int(each) for each in ids]
    rows = list(_some(f"SELECT {FIELDS} FROM {COPY} c WHERE c.id IN ({{}}) ORDER BY c.id", kept))  # noqa: S608
    cards = f"SELECT contact_id, value FROM {CARD} WHERE contact_id IN ({{0}})"  # noqa: S608
    default = f"SELECT id, default_card FROM {COPY} WHERE id IN ({{0}}) AND default_card <> ''"  # noqa: S608
    return gather(sorted(rows), _some(f"{cards} UNION {default}", kept, twice=True))


def _moved_cards() -> Iterator[tuple[int, str]]:
    """The cards that stand with two contacts: one had it by its last page, another has it now."""
    sql = (
        f"SELECT c.id, c.default_card, k.contact_id FROM {CARD} k JOIN {COPY} c ON c.default_card = k.value "  # noqa: S608
        "AND c.id <> k.contact_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for one, card, other in cursor:
            yield from ((one, card), (other, card))


def _walk(sql: str) -> Iterator[Any]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, [last])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _some(sql: str, ids: Sequence[int], *, twice: bool = False) -> Iterator[Any]:
    for begin in range(0, len(ids), 500):
        part = list(ids[begin : begin + 500])
        with connection.cursor() as cursor:
            cursor.execute(sql.format(", ".join(["%s"] * len(part))), part * (2 if twice else 1))
            yield from cursor.fetchall()
