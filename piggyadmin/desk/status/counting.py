"""Counting how Piggy answers, in every process, for next to nothing.

A call adds one to a number in memory, in whatever thread it ends. A thread of its own writes those numbers into
`AnswerCount` some seconds after the first of them, and sleeps while nothing is counted: no page waits for it, and no
pool thread touches the database. A process that is killed takes the counts of its last `ANSWERS_EVERY_SECONDS` with
it; one that ends in order writes them first. Figures for people to look at, not for any account.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from piggyadmin.desk.models import AnswerCount, PiggyLimit
from piggyadmin.piggy.log import CallRecord

logger = logging.getLogger(__name__)

# ms. Each is at most 1.7 times the one before: that is how exact a percentile can be. The last one takes what is over.
BOUNDS = (5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10_000)
OVER = 60_000
KEPT = timedelta(days=8)
MOST = 10_000  # numbers held in memory while the database cannot be reached; what comes then is not counted

Key = tuple[int, str, str, int, int, str, int]  # as the columns of AnswerCount, the minute counted from 1970
ADD = (
    "INSERT INTO desk_answercount (minute, kind, operation, status, code, error, within, count)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (minute, kind, operation, status, code, error, within)"
    " DO UPDATE SET count = desk_answercount.count + excluded.count"
)


class Counter:
    """The counts of one process that are not written yet."""

    def __init__(self, *, every: float = 0.0) -> None:
        """`every` is how many seconds after the first count they are written; 0: only when `write` is called."""
        self._every = every
        self._counts: dict[Key, int] = {}
        self._limit: tuple[int, int, float] | None = None
        self._lock = threading.Lock()
        self._counted = threading.Event()
        self._pid = 0

    def observe(self, record: CallRecord) -> None:
        """Count one call. An observer of `piggy.log`: may run in any thread."""
        now, within = time.time(), bisect_left(BOUNDS, record.milliseconds)
        key = (
            int(now // 60),
            record.kind,
            record.operation,
            record.status or 0,
            _held(record.code or 0),
            record.error,
            BOUNDS[within] if within < len(BOUNDS) else OVER,
        )
        with self._lock:
            if key in self._counts or len(self._counts) < MOST:
                self._counts[key] = self._counts.get(key, 0) + 1
            if record.limit is not None and record.left is not None:
                self._limit = (record.limit, record.left, now)
        if self._every and not self._counted.is_set():
            self._counted.set()
            if self._pid != os.getpid():
                self._begin()

    def write(self) -> int:
        """Add what was counted to the tables; how many calls that were. What could not be written is kept."""
        with self._lock:
            counts, self._counts = self._counts, {}
            limit, self._limit = self._limit, None
        try:
            with transaction.atomic():
                _add(counts)
                _note(limit)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("how Piggy answered could not be written: %s", type(error).__name__)
            with self._lock:
                for key, number in counts.items():
                    self._counts[key] = self._counts.get(key, 0) + number
                self._limit = self._limit or limit
            return 0
        return sum(counts.values())

    def after_fork(self) -> None:
        """In a child: what the parent counted is the parent's to write, and a lock may have been held just then."""
        self._lock, self._counted = threading.Lock(), threading.Event()
        self._counts, self._limit, self._pid = {}, None, 0

    def _begin(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
        atexit.register(self.write)
        threading.Thread(target=self._keep_writing, name="piggy-answers", daemon=True).start()

    def _keep_writing(self) -> None:
        while True:
            self._counted.wait()
            time.sleep(self._every)
            self._counted.clear()  # before the counts are taken: what is counted from here on wakes it again
            try:
                self.write()
            except Exception:  # the thread is the only one there is
                logger.exception("how Piggy answered could not be written")
            finally:
                connection.close()


def _add(counts: dict[Key, int]) -> None:
    """In one order everywhere, so that two processes never wait for each other."""
    if not counts:
        return
    at = connection.ops.adapt_datetimefield_value
    rows: list[tuple[Any, ...]] = [
        (at(datetime.fromtimestamp(minute * 60, UTC)), *rest, number)
        for (minute, *rest), number in sorted(counts.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(ADD, rows)


def _note(limit: tuple[int, int, float] | None) -> None:
    if limit is not None:
        total, left, at = limit
        seen = {"limit": _held(total), "left": _held(left), "at": datetime.fromtimestamp(at, UTC)}
        PiggyLimit.objects.update_or_create(pk=PiggyLimit.ONLY, defaults=seen)


def _held(number: int) -> int:
    """A number from outside, as far as a column holds it: one odd answer must not keep the others from the table."""
    return max(-(2**31), min(number, 2**31 - 1))


def forget_old() -> int:
    """Every hour: throw away what is older than `KEPT`; how many rows went."""
    return AnswerCount.objects.filter(minute__lt=timezone.now() - KEPT).delete()[0]


counter = Counter(every=settings.ANSWERS_EVERY_SECONDS)
os.register_at_fork(after_in_child=counter.after_fork)
