"""The text index over the copy's names and addresses: one small interface, SQLite or PostgreSQL behind it.

Both look for pieces of three letters or more, and answer the newest contacts first. How alike two names are is none of
the index's business: `ranking` decides that, the same for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple, Protocol

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


class Where(StrEnum):
    NAME = "search_name"
    EMAIL = "search_email"


@dataclass(frozen=True, slots=True)
class Needle:
    """Folded text to be found somewhere within a field; a blank in a name is where a word begins or ends."""

    where: Where
    text: str  # three characters or more


# All of them must be found; each by one of its needles.
Asked = Sequence[Sequence[Needle]]


class Candidate(NamedTuple):
    """A contact that may be meant: its key, and its two folded texts to be judged by."""

    id: int
    search_name: str
    search_email: str


class Index(Protocol):
    def candidates(self, asked: Asked, *, limit: int, phone: str = "") -> list[Candidate]:
        """The newest `limit` contacts that fit, and whose number has the digits `phone` in it."""

    def everybody(self, asked: Asked, *, most: int, phone: str = "") -> list[Candidate] | None:
        """All contacts that fit, the newest first; None when they are more than `most`."""

    def beginning(self, text: str, *, limit: int) -> list[Candidate]:
        """The first `limit` contacts, by the alphabet, whose name begins with `text` (with its blank before)."""

    def cards_beginning(self, text: str, *, limit: int) -> list[int]:
        """Keys of contacts with a card whose number begins with `text`."""

    def cards_ending(self, text: str, *, limit: int) -> list[int]:
        """Keys of the newest contacts with a card whose number ends with `text`, of four characters or more."""

    def pieces_among(self, words: Sequence[str]) -> set[str]:
        """Those of the words that stand among the pieces of names."""

    def create(self, database: BaseDatabaseWrapper) -> None:
        """Make what is not there; harmless to repeat."""

    def drop(self, database: BaseDatabaseWrapper) -> None: ...

    def missing(self, database: BaseDatabaseWrapper) -> list[str]:
        """Names of what should stand in the database and does not."""


def current() -> Index:
    """The index of the database in use."""
    return of(connection.vendor)


@cache
def of(vendor: str) -> Index:
    if vendor == "sqlite":
        from contacts.search.index_sqlite import SQLiteIndex

        return SQLiteIndex()
    from contacts.search.index_postgresql import PostgreSQLIndex

    return PostgreSQLIndex()
