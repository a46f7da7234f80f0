"""Where the call budgets are kept: a SQLite file of its own, or a PostgreSQL table on a connection of its own.

Never the connection of the request: its transaction may be rolled back, and the row would stay locked until its end.
One connection per process, used by one thread at a time; opened at the first use and anew after a fork.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from .budget import Spent, Store, StoreError

BUSY_SECONDS = 5.0  # the longest wait for the row or the file

_stores: dict[str, Store] = {}
_lock = threading.Lock()


def store_for(url: str) -> Store:
    """The process's store for `sqlite:////path/file` or `postgres://user@host/name`. ValueError for anything else."""
    with _lock:
        if url not in _stores:
            _stores[url] = _open(url)
        return _stores[url]


def _open(url: str) -> Store:
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and len(parts.path) > 1:
        return SqliteStore(unquote(parts.path[1:]))
    if parts.scheme in ("postgres", "postgresql"):
        return PostgresStore(url)
    raise ValueError("PIGGY_BUDGET_URL is sqlite:////path/file or postgres://user@host/name.")


class SqliteStore:
    """One small file; the row is locked by `BEGIN IMMEDIATE`. The clock is the machine's, as the file is."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._pid = 0

    def change(self, account: str, how: Callable[[float, Spent], Spent]) -> None:
        with self._lock:
            try:
                connection = self._connected()
                connection.execute("BEGIN IMMEDIATE")
                try:
                    row = connection.execute(
                        "SELECT people, jobs, paused, jobs_paused FROM piggy_call_budget WHERE account = ?",
                        (account,),
                    ).fetchone()
                    after = how(time.time(), Spent(*row) if row else Spent())
                    connection.execute(
                        "INSERT OR REPLACE INTO piggy_call_budget (account, people, jobs, paused, jobs_paused)"
                        " VALUES (?, ?, ?, ?, ?)",
                        (account, after.people, after.jobs, after.paused, after.jobs_paused),
                    )
                    connection.execute("COMMIT")
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as exc:
                self._connection = None
                raise StoreError(type(exc).__name__) from exc

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None or self._pid != os.getpid():
            self._connection, self._pid = _sqlite(self._path), os.getpid()
        return self._connection


def _sqlite(path: str) -> sqlite3.Connection:
    """An open file with its table. Going over to WAL does not wait for another process that does the same: we do."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            # What is lost when the power fails is a second of counting, so nothing waits for the disk.
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS piggy_call_budget (account TEXT PRIMARY KEY, people REAL NOT NULL,"
                " jobs REAL NOT NULL, paused REAL NOT NULL, jobs_paused REAL NOT NULL)"
            )
            return connection
        except sqlite3.OperationalError as exc:
            connection.close()
            if "locked" not in str(exc) or time.monotonic() > until:
                raise
            time.sleep(0.01)


class PostgresStore:
    """One table, made at the first use; the row is locked by `FOR UPDATE`. The clock is the server's."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: Any = None
        self._pid = 0

    def change(self, account: str, how: Callable[[float, Spent], Spent]) -> None:
        import psycopg  # only installed where PostgreSQL is used

        with self._lock:
            try:
                connection = self._connected()
                with connection.transaction():
                    row = self._locked_row(connection, account)
                    now = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()[0]
                    after = how(now, Spent(*row))
                    connection.execute(
                        "UPDATE piggy_call_budget SET people = %s, jobs = %s, paused = %s, jobs_paused = %s"
                        " WHERE account = %s",
                        (after.people, after.jobs, after.paused, after.jobs_paused, account),
                    )
            except psycopg.Error as exc:
                self._forget()
                raise StoreError(type(exc).__name__) from exc

    def _locked_row(self, connection: Any, account: str) -> Any:
        find = "SELECT people, jobs, paused, jobs_paused FROM piggy_call_budget WHERE account = %s FOR UPDATE"
        row = connection.execute(find, (account,)).fetchone()
        if row is None:
            connection.execute(
                "INSERT INTO piggy_call_budget (account, people, jobs, paused, jobs_paused)"
                " VALUES (%s, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
                (account,),
            )
            row = connection.execute(find, (account,)).fetchone()
        return row

    def _connected(self) -> Any:
        import psycopg

        if self._connection is None or self._pid != os.getpid():
            connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=int(BUSY_SECONDS),
                application_name="piggyadmin call budget",
            )
            connection.execute("SELECT set_config('statement_timeout', %s, false)", (f"{BUSY_SECONDS:g}s",))
            with connection.transaction():  # two processes that start at once must not both create it
                connection.execute("SELECT pg_advisory_xact_lock(hashtext('piggy_call_budget'))")
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS piggy_call_budget (account text PRIMARY KEY, people float8 NOT NULL,"
                    " jobs float8 NOT NULL, paused float8 NOT NULL, jobs_paused float8 NOT NULL)"
                )
            self._connection, self._pid = connection, os.getpid()
        return self._connection

    def _forget(self) -> None:
        """Drop the connection. Not closed if it is another process's: that would end theirs too."""
        connection, self._connection = self._connection, None
        if connection is not None and self._pid == os.getpid():
            connection.close()
