"""PostgreSQL: pg_trgm indexes over the copy's two texts, and b-trees (by bytes) for first letters and last digits."""

# ruff: noqa: S608 - only names of our own tables stand in these statements; whatever was typed is a parameter

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from contacts.search.index import Asked, Candidate

COPY, CARDS, PIECES = "contacts_contactcopy", "contacts_cardcopy", "contacts_namepiece"
FIELDS = "search_name, search_email"
LAST = "\U0010ffff"  # stands behind every letter
MANY = 1_000  # that many fit at least: then the newest are near the end of the table
INDEXES = {
    "copy_name_trigrams": f"ON {COPY} USING gin (search_name gin_trgm_ops)",
    "copy_email_trigrams": f"ON {COPY} USING gin (search_email gin_trgm_ops)",
    # In the order of bytes, so that both databases sort names alike.
    "copy_by_name": f'ON {COPY} (search_name COLLATE "C", id)',
    "card_by_end": f"ON {CARDS} (right(value, 4), contact_id)",
}
MAY_NOT = (
    "Search needs PostgreSQL's extension pg_trgm, and this database user may not make it. Let an administrator of the "
    'database run "CREATE EXTENSION pg_trgm;" in it once (the package is often called postgresql-contrib), then '
    "migrate again."
)


class ExtensionMissing(RuntimeError):
    """pg_trgm is not there and cannot be made; the message says who must do what."""


class PostgreSQLIndex:
    def candidates(self, asked: Asked, *, limit: int, phone: str = "") -> list[Candidate]:
        fits, values = _condition(asked, phone)
        # All that fit, if they are few. Asked for in an order, the planner would walk the whole table for a rare name;
        # so that is only done for a common one, whose bearers are met soon.
        few = (
            f"WITH few AS MATERIALIZED (SELECT id, {FIELDS} FROM {COPY} WHERE {fits} LIMIT %s) "
            f"SELECT id, {FIELDS}, count(*) OVER () FROM few ORDER BY id DESC LIMIT %s"
        )
        found = _rows(few, [*values, MANY, limit])
        if found and found[0][-1] == MANY:
            sql = f"SELECT id, {FIELDS} FROM {COPY} WHERE {fits} ORDER BY id DESC LIMIT %s"
            return [Candidate(*row) for row in _rows(sql, [*values, limit])]
        return [Candidate(*row[:3]) for row in found]

    def everybody(self, asked: Asked, *, most: int, phone: str = "") -> list[Candidate] | None:
        fits, values = _condition(asked, phone)
        found = [
            Candidate(*row)
            for row in _rows(f"SELECT id, {FIELDS} FROM {COPY} WHERE {fits} LIMIT %s", [*values, most + 1])
        ]
        return sorted(found, reverse=True) if len(found) <= most else None

    def beginning(self, text: str, *, limit: int) -> list[Candidate]:
        field = 'search_name COLLATE "C"'
        sql = f"SELECT id, {FIELDS} FROM {COPY} WHERE {field} >= %s AND {field} < %s ORDER BY {field}, id LIMIT %s"
        return [Candidate(*row) for row in _rows(sql, [text, text + LAST, limit])]

    def cards_beginning(self, text: str, *, limit: int) -> list[int]:
        sql = f'SELECT contact_id FROM {CARDS} WHERE value LIKE %s ORDER BY value COLLATE "C" LIMIT %s'
        return [row[0] for row in _rows(sql, [f"{_plainly(text)}%", limit])]

    def cards_ending(self, text: str, *, limit: int) -> list[int]:
        ends, values = "right(value, 4) = %s", [text[-4:]]
        if len(text) > 4:
            ends, values = f"{ends} AND value LIKE %s", [*values, f"%{_plainly(text)}"]
        sql = f"SELECT contact_id FROM {CARDS} WHERE {ends} ORDER BY contact_id DESC LIMIT %s"
        return [row[0] for row in _rows(sql, [*values, limit])]

    def pieces_among(self, words: Sequence[str]) -> set[str]:
        # As one text, for hundreds of parameters cost more than the answer; a word has no blank in it. And out of a
        # query: if the planner saw how many there are, it might read the whole table.
        sql = f"SELECT piece FROM {PIECES} WHERE piece = ANY(ARRAY(SELECT unnest(string_to_array(%s, ' '))))"
        return {row[0] for row in _rows(sql, [" ".join(words)])}

    def create(self, database: BaseDatabaseWrapper) -> None:
        with database.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            standing = cursor.fetchone() is not None
        if not standing:
            _make_extension(database)
        with database.cursor() as cursor:
            for name, body in INDEXES.items():
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} {body}")

    def drop(self, database: BaseDatabaseWrapper) -> None:
        with database.cursor() as cursor:
            for name in INDEXES:
                cursor.execute(f"DROP INDEX IF EXISTS {name}")

    def missing(self, database: BaseDatabaseWrapper) -> list[str]:
        with database.cursor() as cursor:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename IN (%s, %s)", [COPY, CARDS])
            standing = {row[0] for row in cursor.fetchall()}
        return sorted(set(INDEXES) - standing)


def _make_extension(database: BaseDatabaseWrapper) -> None:
    try:
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:  # no right to, or not installed on the server
        raise ExtensionMissing(f"{MAY_NOT} It said: {error}") from error


def _rows(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _condition(asked: Asked, phone: str) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for needles in asked:
        conditions.append("(" + " OR ".join(f"{needle.where} LIKE %s" for needle in needles) + ")")
        values += [f"%{_plainly(needle.text)}%" for needle in needles]
    if phone:
        conditions.append("strpos(phone_e164, %s) > 0")
        values.append(phone)
    return " AND ".join(conditions), values


def _plainly(text: str) -> str:
    """For LIKE: its own signs stand for themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
