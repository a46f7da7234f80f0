"""SQLite: an FTS5 table of trigrams over the copy, kept by triggers, and b-trees for first letters and last digits."""

# ruff: noqa: S608 - only names of our own tables stand in these statements; whatever was typed is a parameter

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from contacts.search.index import Asked, Candidate, Needle

COPY, CARDS, PIECES, TEXTS = "contacts_contactcopy", "contacts_cardcopy", "contacts_namepiece", "contacts_search"
AT_ONCE = 900  # parameters of one statement
FIELDS = "search_name, search_email"
LAST = "\U0010ffff"  # stands behind every letter

# `content` points at the copy itself, so its texts are stored once. Texts come folded already.
TABLE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {TEXTS} USING fts5({FIELDS}, "
    f"content='{COPY}', content_rowid='id', tokenize='trigram case_sensitive 1')"
)
ENTER = f"INSERT INTO {TEXTS}(rowid, {FIELDS}) VALUES (NEW.id, NEW.search_name, NEW.search_email);"
LEAVE = f"INSERT INTO {TEXTS}({TEXTS}, rowid, {FIELDS}) VALUES ('delete', OLD.id, OLD.search_name, OLD.search_email);"
CHANGED = "OLD.search_name <> NEW.search_name OR OLD.search_email <> NEW.search_email OR OLD.id <> NEW.id"
TRIGGERS = {
    f"{TEXTS}_enter": f"AFTER INSERT ON {COPY} BEGIN {ENTER} END",
    f"{TEXTS}_leave": f"AFTER DELETE ON {COPY} BEGIN {LEAVE} END",
    f"{TEXTS}_change": f"AFTER UPDATE ON {COPY} WHEN {CHANGED} BEGIN {LEAVE} {ENTER} END",
}
INDEXES = {
    "copy_by_name": f"ON {COPY} (search_name, id)",
    "card_by_end": f"ON {CARDS} (substr(value, -4), contact_id)",
}


class SQLiteIndex:
    def candidates(self, asked: Asked, *, limit: int, phone: str = "") -> list[Candidate]:
        also = ""
        values: list[str | int] = []
        if phone:
            also = f"JOIN {COPY} ON {COPY}.id = {TEXTS}.rowid AND instr({COPY}.phone_e164, %s)"
            values = [phone]
        columns = f"{TEXTS}.rowid, {TEXTS}.search_name, {TEXTS}.search_email"
        sql = f"SELECT {columns} FROM {TEXTS} {also} WHERE {TEXTS} MATCH %s ORDER BY {TEXTS}.rowid DESC LIMIT %s"
        return [Candidate(*row) for row in _rows(sql, [*values, _match(asked), limit])]

    def everybody(self, asked: Asked, *, most: int, phone: str = "") -> list[Candidate] | None:
        found = self.candidates(asked, limit=most + 1, phone=phone)
        return found if len(found) <= most else None

    def cards_beginning(self, text: str, *, limit: int) -> list[int]:
        sql = f"SELECT contact_id FROM {CARDS} WHERE value >= %s AND value < %s ORDER BY value LIMIT %s"
        return [row[0] for row in _rows(sql, [text, text + LAST, limit])]

    def cards_ending(self, text: str, *, limit: int) -> list[int]:
        ends = "substr(value, -4) = %s"  # word for word as in the index
        values: list[str | int] = [text[-4:]]
        if len(text) > 4:
            ends += " AND substr(value, %s) = %s"
            values += [-len(text), text]
        sql = f"SELECT contact_id FROM {CARDS} WHERE {ends} ORDER BY contact_id DESC LIMIT %s"
        return [row[0] for row in _rows(sql, [*values, limit])]

    def beginning(self, text: str, *, limit: int) -> list[Candidate]:
        found = "search_name >= %s AND search_name < %s ORDER BY search_name, id LIMIT %s"
        sql = f"SELECT id, {FIELDS} FROM {COPY} WHERE {found}"
        return [Candidate(*row) for row in _rows(sql, [text, text + LAST, limit])]

    def pieces_among(self, words: Sequence[str]) -> set[str]:
        known: set[str] = set()
        for start in range(0, len(words), AT_ONCE):
            some = words[start : start + AT_ONCE]
            places = ", ".join(["%s"] * len(some))
            known.update(row[0] for row in _rows(f"SELECT piece FROM {PIECES} WHERE piece IN ({places})", some))
        return known

    def create(self, database: BaseDatabaseWrapper) -> None:
        lacking = set(self.missing(database)) - set(INDEXES)
        with database.cursor() as cursor:
            cursor.execute(TABLE)
            for name, body in INDEXES.items():
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} {body}")
            for name, body in TRIGGERS.items():
                cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {body}")
            if lacking:  # rows may have come and gone unseen
                cursor.execute(f"INSERT INTO {TEXTS}({TEXTS}) VALUES ('rebuild')")

    def drop(self, database: BaseDatabaseWrapper) -> None:
        with database.cursor() as cursor:
            for name in TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"DROP TABLE IF EXISTS {TEXTS}")
            for name in INDEXES:
                cursor.execute(f"DROP INDEX IF EXISTS {name}")

    def missing(self, database: BaseDatabaseWrapper) -> list[str]:
        with database.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master")
            standing = {row[0] for row in cursor.fetchall()}
        return sorted({*TRIGGERS, TEXTS, *INDEXES} - standing)


def _rows(sql: str, values: Sequence[str | int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _match(asked: Asked) -> str:
    """FTS5's own language. Folded text holds no quotation mark, so nothing typed can be read as that language."""
    return " AND ".join(f"({' OR '.join(_phrase(needle) for needle in needles)})" for needles in asked)


def _phrase(needle: Needle) -> str:
    words = needle.text.replace('"', "")
    return f'{needle.where} : "{words}"'
