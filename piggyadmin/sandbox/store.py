"""The SQLite file behind the state. What an answer says is in the file before the answer leaves, so that neither a
restart nor kill -9 loses anything a caller was told."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Change = tuple[str, str, Row | None]
"""Kind, key and the row as it is now; None for a row that is gone."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (
  account TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (account, kind, key)
);
"""
_SAVE = (
    "INSERT INTO rows (account, kind, key, body) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (account, kind, key) DO UPDATE SET body = excluded.body"
)
_DROP = "DELETE FROM rows WHERE account = ? AND kind = ? AND key = ?"


class Store:
    """Rows of all accounts in one table; the order of first insertion is kept."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=20)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")  # enough for a killed process; only a power cut needs more
        self._db.executescript(_SCHEMA)

    def load(self, account: str) -> Iterator[tuple[str, Row]]:
        """Kind and row of everything the account has."""
        with self._lock:
            found = self._db.execute(
                "SELECT kind, body FROM rows WHERE account = ? ORDER BY rowid", (account,)
            ).fetchall()
        for kind, body in found:
            yield kind, json.loads(body)

    def save(self, account: str, changes: list[Change]) -> None:
        """All of them or none."""
        saved = [(account, kind, key, json.dumps(row)) for kind, key, row in changes if row is not None]
        dropped = [(account, kind, key) for kind, key, row in changes if row is None]
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(_SAVE, saved)
                self._db.executemany(_DROP, dropped)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        with self._lock:
            self._db.close()
