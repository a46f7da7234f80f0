"""The work of runs in the background: django-q tasks that each go on with one run for some seconds."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from vouchers.batches import running
from vouchers.models import BatchRun

logger = logging.getLogger(__name__)

ADVANCE = "vouchers.batches.jobs.advance"
NUDGE_EVERY = 5  # s


def enqueue(run_id: UUID, *, patient: bool = False) -> None:
    """Have a worker go on with this run. Too many of these do no harm: one worker at a time is at a run."""
    async_task(ADVANCE, str(run_id), patient, group=f"batch {run_id}")  # type: ignore[no-untyped-call]  # it has no types


def advance(run_id: str, patient: bool = False) -> None:
    """The task: go on with the run, and leave another task if there is more to do at once."""
    if running.advance(UUID(run_id), patient=patient):
        enqueue(UUID(run_id))


def nudge(run_id: UUID) -> None:
    """Enqueue the run if it has work that is due and nobody is at it; for pages that show it every few seconds."""
    if due().filter(pk=run_id).exists() and cache.add(f"batch-nudge:{run_id}", True, NUDGE_EVERY):
        enqueue(run_id)


def advance_open() -> int:
    """The minute's job: a task for every run that has work to do and nobody at it; how many."""
    runs = list(due().values_list("pk", flat=True))
    for run_id in runs:
        enqueue(run_id)
    return len(runs)


def advance_after_start(**kwargs: Any) -> None:
    """A worker has just started, perhaps after it was killed in the midst of a run: go on at once."""
    try:
        for run_id in _unfinished().filter(ended_at=None).values_list("pk", flat=True):
            enqueue(run_id, patient=True)
    except Exception:
        # A worker that cannot do this can still do all else, and the minute's job comes soon.
        logger.exception("the open runs could not be taken up at the start of a worker")


def due() -> QuerySet[BatchRun]:
    """The runs with work that is due, and nobody at it."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return _unfinished().filter(free, Q(not_before=None) | Q(not_before__lte=now))


def _unfinished() -> QuerySet[BatchRun]:
    return BatchRun.objects.filter(Q(ended_at=None) | Q(watch_until__isnull=False))
