"""Have a worker go on with runs: when there is more to do, when a page is watched, each minute, and after a kill.

Asking too often does no harm: one worker at a time is at a run, and the other tasks end at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django_q.tasks import async_task

logger = logging.getLogger(__name__)

NUDGE_EVERY = 5  # s


def ask(path: str, *args: str | bool, group: str, **options: Any) -> None:
    """Put a task into the worker's queue: the function at `path`, with these arguments."""
    async_task(path, *args, group=group, **options)  # type: ignore[no-untyped-call]  # it has no types


def nudge(waiting: QuerySet[Any], pk: UUID, enqueue: Callable[[UUID], None], *, every: int = NUDGE_EVERY) -> None:
    """Enqueue this run if it is one of those that wait for a worker; for pages that show it every few seconds."""
    if waiting.filter(pk=pk).exists() and cache.add(f"nudge:{waiting.model._meta.label}:{pk}", True, every):
        enqueue(pk)


def enqueue_all(waiting: QuerySet[Any], enqueue: Callable[[UUID], None]) -> int:
    """The minute's job: a task for every run that waits for a worker; how many."""
    runs = list(waiting.values_list("pk", flat=True))
    for pk in runs:
        enqueue(pk)
    return len(runs)


def enqueue_after_start(unfinished: QuerySet[Any], enqueue: Callable[[UUID], None]) -> None:
    """A worker has just started, perhaps after it was killed in the midst of a run: go on with each at once."""
    try:
        enqueue_all(unfinished, enqueue)
    except Exception:
        # A worker that cannot do this can still do all else, and the minute's job comes soon.
        logger.exception("open runs could not be taken up at the start of a worker: %s", unfinished.model._meta.label)
