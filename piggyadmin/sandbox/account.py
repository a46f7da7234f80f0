"""One account: everything a bearer token can see, behind one lock, on a clock of its own."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from random import Random
from typing import Any
from uuid import UUID

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.dice import dice
from piggyadmin.sandbox.faults import Fault, Faults
from piggyadmin.sandbox.store import Row, Store
from piggyadmin.sandbox.tables import Table

logger = logging.getLogger(__name__)

MAX_CALLS = 10_000
"""Calls that are remembered; older ones are forgotten."""

Work = Callable[["Account", dict[str, Any]], None]
WORK: dict[str, Work] = {}


def work(name: str) -> Callable[[Work], Work]:
    """Register what ``Account.plan`` can plan by name. It runs in a commit of its own, once its time has come."""

    def register(function: Work) -> Work:
        WORK[name] = function
        return function

    return register


Change = tuple[str, Row | None, Row | None]
"""Kind, the row before the commit (None: it is new) and after it (None: it is gone)."""
Listener = Callable[["Account", list[Change]], None]
LISTENERS: list[Listener] = []


def after_commit(listener: Listener) -> Listener:
    """Register what is to see the changes of every commit. It runs while the lock is held and must not write."""
    LISTENERS.append(listener)
    return listener


@dataclass(frozen=True, slots=True)
class Delivered:
    """A try to deliver a webhook. ``status`` is the listener's answer, None without one; ``outcome`` is "arrived",
    "to be retried", "given up" or "dropped"."""

    event: str
    url: str
    status: int | None
    tries: int
    outcome: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Recorded:
    """A call as ``/_sandbox/calls`` shows it. ``status`` is None when no answer was sent."""

    operation: str
    method: str
    path: str
    query: dict[str, Any]
    body: dict[str, Any]
    status: int | None
    request_id: str
    at: str
    fault: str | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Account:
    """State of one account. Read and write it only while holding ``lock``; write inside ``commit()``."""

    def __init__(self, key: str, store: Store | None = None) -> None:
        self.key = key
        self.lock = threading.RLock()
        self.faults = Faults()
        self.calls: deque[Recorded] = deque(maxlen=MAX_CALLS)
        self.deliveries: deque[Delivered] = deque(maxlen=MAX_CALLS)
        self.deliveries_waiting = 0
        self.rng = dice(key)  # the traps: the same run of [] and {} for the same account
        self._names = dice()  # uuids: different in every account
        self._store = store
        self._tables: dict[str, Table] = {}
        self._undo: list[tuple[str, str, Row | None]] = []
        self._committing = False
        self._due: list[tuple[str, str]] = []
        self._window = (0, 0)
        if store is not None:
            self._load(store)

    # --- rows

    def table(self, kind: str) -> Table:
        table = self._tables.get(kind)
        if table is None:
            table = self._tables[kind] = Table(kind)
        return table

    @property
    def is_new(self) -> bool:
        return not any(len(table) for table in self._tables.values())

    def put(self, kind: str, row: Row) -> Row:
        """Insert or replace a row. Rows are never changed in place: give a new dict."""
        table = self.table(kind)
        self._undo.append((kind, table.key_of(row), table.put(row)))
        return row

    def drop(self, kind: str, key: str) -> None:
        before = self.table(kind).drop(key)
        if before is not None:
            self._undo.append((kind, key, before))

    def number(self, kind: str) -> int:
        return self.table(kind).next_number()

    def new_uuid(self) -> str:
        return str(UUID(int=self._names.getrandbits(128), version=4))

    def choose(self, options: str) -> str:
        """One character, by the same dice as the uuids."""
        return self._names.choice(options)

    @contextmanager
    def seeded(self, seed: int) -> Iterator[Random]:
        """Uuids made inside come from the seed, and so does the generator it gives."""
        names = self._names
        self._names = dice(f"uuids {seed}")
        try:
            yield dice(f"choices {seed}")
        finally:
            self._names = names

    @contextmanager
    def commit(self) -> Iterator[None]:
        """All the writes inside, or none: in memory and, when there is a file, in the file before this returns.
        Inside another commit it is part of that one."""
        with self.lock:
            if self._committing:
                yield
                return
            self._committing = True
            try:
                yield
                self._save()
                self._tell()
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._undo.clear()
                self._committing = False

    def _save(self) -> None:
        if self._store is not None and self._undo:
            touched = dict.fromkeys((kind, key) for kind, key, _ in self._undo)
            self._store.save(self.key, [(kind, key, self.table(kind).get(key)) for kind, key in touched])

    def _tell(self) -> None:
        """What is saved cannot be taken back: whatever a listener meets is logged and no more."""
        if not self._undo:
            return
        firsts: dict[tuple[str, str], Row | None] = {}
        for kind, key, before in self._undo:
            firsts.setdefault((kind, key), before)
        changes = [(kind, before, self.table(kind).get(key)) for (kind, key), before in firsts.items()]
        for listener in LISTENERS:
            try:
                listener(self, changes)
            except Exception:
                logger.exception("A listener failed.")

    def _roll_back(self) -> None:
        for kind, key, before in reversed(self._undo):
            if before is None:
                self.table(kind).drop(key)
            else:
                self.table(kind).put(before)

    def _load(self, store: Store) -> None:
        for kind, row in store.load(self.key):
            self.table(kind).put(row)
        self._due = [(row["due"], row["uuid"]) for row in self.table("scheduled")]
        heapq.heapify(self._due)

    # --- time

    def now(self) -> str:
        """This account's moment: the real one, shifted by ``advance``."""
        return moments.iso(self.epoch())

    def epoch(self) -> float:
        clock = self.table("clock").get("clock")
        return time.time() + (clock["offset"] if clock else 0)

    def after(self, seconds: float) -> str:
        return moments.iso(self.epoch() + seconds)

    def advance(self, seconds: float) -> None:
        with self.commit():
            clock = self.table("clock").get("clock") or {"uuid": "clock", "offset": 0}
            self.put("clock", {**clock, "offset": clock["offset"] + seconds})

    def plan(self, due: str, name: str, **what: Any) -> None:
        """Do ``WORK[name]`` at a moment of this account's clock, or with the first call after it."""
        row = self.put("scheduled", {"uuid": self.new_uuid(), "due": due, "name": name, "what": what})
        heapq.heappush(self._due, (due, row["uuid"]))

    def catch_up(self) -> None:
        """Do what has fallen due, in the order of its times. Called before each call; costs nothing when nothing is."""
        while self._due and self._due[0][0] <= moments.exact(self.epoch()):
            with self.commit():
                _, uuid = heapq.heappop(self._due)
                row = self.table("scheduled").get(uuid)
                if row is None:  # planned inside a commit that was taken back
                    continue
                self.drop("scheduled", uuid)
                WORK[row["name"]](self, row["what"])

    # --- how often

    def take_call(self, rate: int) -> int:
        """How many calls are left of this second's ``rate`` after this one; -1 when it is one too many."""
        second = int(time.monotonic())
        with self.lock:
            count = self._window[1] + 1 if self._window[0] == second else 1
            self._window = (second, count)
        return rate - count if count <= rate else -1

    def add_fault(self, fault: Fault) -> None:
        with self.lock:
            self.faults.add(fault)
