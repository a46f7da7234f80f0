"""The chain itself: rows enter one at a time, each holding the hash of the one before."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from piggyadmin.ledger.models import Act, ChainHead, Event


class LedgerBrokenError(Exception):
    """The ledger cannot take a row: its head is not there."""


@contextmanager
def appending(*, durable: bool = True) -> Iterator[ChainHead]:
    """Hold the chain's head, alone among all processes; what was appended is committed, to the disk, at the end.

    `durable` refuses (RuntimeError) to run inside another transaction: a commit that somebody may still roll back is
    no record of an intent.
    """
    with _to_the_disk(), transaction.atomic(durable=durable):
        _insist_on_the_disk()
        # A row lock on PostgreSQL. SQLite ignores it: there the transaction is IMMEDIATE and holds the write lock.
        head = ChainHead.objects.select_for_update().filter(pk=ChainHead.ONLY).first()
        if head is None:
            raise LedgerBrokenError("The ledger has no head. Run `manage.py migrate`, then `manage.py verify_ledger`.")
        yield head


def append(head: ChainHead, row: Act | Event) -> None:
    """Add `row` as the next link. Only inside `appending()`."""
    row.at = timezone.now()
    row.seq = head.seq + 1
    row.prev_hash = head.hash
    row.hash = row.hash_now()
    row.save(force_insert=True)
    head.seq, head.hash = row.seq, row.hash
    head.save(update_fields=["seq", "hash"])


@contextmanager
def _to_the_disk() -> Iterator[None]:
    """SQLite with `synchronous=NORMAL` may lose its last commits when the power fails; with FULL it waits for the disk.

    The setting cannot change inside a transaction, and belongs to the connection, so it is put back.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute("PRAGMA synchronous=FULL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={int(before)}")


def _insist_on_the_disk() -> None:
    """PostgreSQL waits for the disk unless its owner has switched that off; for the ledger it waits all the same."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'local', true) "
                "WHERE current_setting('synchronous_commit') = 'off'"
            )
