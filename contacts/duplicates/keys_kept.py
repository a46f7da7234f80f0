"""Keys in the database, for finding at once those whom one new or changed contact resembles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Exists, OuterRef

from contacts.duplicates.engine.blocks import CAP
from contacts.duplicates.engine.columns import Columns, Ints
from contacts.duplicates.engine.keys import CARD, KINDS, kept_keys
from contacts.models import BlockingKey, ContactCopy

TABLE = BlockingKey._meta.db_table
KeyRow = tuple[int, int, int]  # contact, kind, key
TERMS = 200  # keys that are looked up in one query


def key_rows(columns: Columns) -> list[KeyRow]:
    """(contact, kind, key) of every kept key."""
    return rows_of(columns, kept_keys(columns), np.ones(len(columns), bool))


def rows_of(columns: Columns, made: Mapping[int, Ints], wanted: npt.NDArray[np.bool_]) -> list[KeyRow]:
    """The same of the wanted rows only, out of keys that were made already. In the order of the index they go into."""
    found: list[KeyRow] = []
    for kind in KINDS:
        if kind.kept:
            column = made[kind.number]
            known = np.flatnonzero(wanted & (column != 0))
            known = known[np.argsort(column[known], kind="stable")]
            found += zip(columns.ids[known].tolist(), repeat(kind.number), column[known].tolist(), strict=False)
    mine = wanted[columns.card_rows]
    owners = columns.ids[columns.card_rows[mine]].tolist()
    return found + sorted(
        {(owner, CARD, card) for owner, card in zip(owners, columns.cards[mine].tolist(), strict=True)}
    )


def rewrite(ids: Sequence[int], rows: Sequence[KeyRow]) -> None:
    """These rows are all the keys that these contacts have."""
    BlockingKey.objects.filter(contact_id__in=ids).delete()
    insert(rows)


def insert(rows: Sequence[KeyRow]) -> None:
    if not rows:
        return
    into = f"INSERT INTO {TABLE} (contact_id, kind, key)"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            owners, kinds, values = (list(column) for column in zip(*rows, strict=True))
            cursor.execute(
                f"{into} SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[])",  # noqa: S608
                [owners, kinds, values],
            )
        else:
            cursor.executemany(f"{into} VALUES (%s, %s, %s)", rows)


def sharing(rows: Sequence[KeyRow]) -> Iterator[tuple[int, int]]:
    """(contact of `rows`, another that shares a key with it). A key that more than `CAP` share is passed over."""
    owners: dict[tuple[int, int], list[int]] = {}
    for owner, kind, key in rows:
        owners.setdefault((kind, key), []).append(owner)
    wanted = list(owners)
    # A limit of its own for each key: one that 100,000 share must not bring them all here.
    term = f"SELECT * FROM (SELECT kind, key, contact_id FROM {TABLE} WHERE kind = %s AND key = %s LIMIT {CAP + 1}) t"  # noqa: S608
    for begin in range(0, len(wanted), TERMS):
        part = wanted[begin : begin + TERMS]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([term] * len(part)), [number for pair in part for number in pair])
            met: dict[tuple[int, int], list[int]] = {}
            for kind, key, contact in cursor.fetchall():
                met.setdefault((kind, key), []).append(contact)
        for shared, contacts in met.items():
            if len(contacts) <= CAP:
                yield from ((owner, other) for owner in owners[shared] for other in contacts if other != owner)


def without_keys(after: int, most: int) -> list[int]:
    """Contacts, by their ids from `after` on, that have no keys: they are new, or there is nothing to find them by."""
    bare = ContactCopy.objects.filter(~Exists(BlockingKey.objects.filter(contact_id=OuterRef("pk"))), pk__gt=after)
    return list(bare.order_by("pk").values_list("pk", flat=True)[:most])
