"""The work of runs in the background: django-q tasks that each go on with one run for some seconds."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from piggyadmin.runs import leases, tasks
from vouchers.batches import running
from vouchers.models import BatchRun

ADVANCE = "vouchers.batches.jobs.advance"


def enqueue(run_id: UUID, *, patient: bool = False) -> None:
    """Have a worker go on with this run. Too many of these do no harm: one worker at a time is at a run."""
    tasks.ask(ADVANCE, str(run_id), patient, group=f"batch {run_id}")


def advance(run_id: str, patient: bool = False) -> None:
    """The task: go on with the run, and leave another task if there is more to do at once."""
    if running.advance(UUID(run_id), patient=patient):
        enqueue(UUID(run_id))


def nudge(run_id: UUID) -> None:
    """Enqueue the run if it has work that is due and nobody is at it; for pages that show it every few seconds."""
    tasks.nudge(due(), run_id, enqueue)


def advance_open() -> int:
    """The minute's job: a task for every run that has work to do and nobody at it; how many."""
    return tasks.enqueue_all(due(), enqueue)


def advance_after_start(**kwargs: Any) -> None:
    tasks.enqueue_after_start(BatchRun.objects.filter(ended_at=None), partial(enqueue, patient=True))


def due() -> QuerySet[BatchRun]:
    """The runs with work that is due, and nobody at it."""
    unfinished = BatchRun.objects.filter(Q(ended_at=None) | Q(watch_until__isnull=False))
    return unfinished.filter(leases.due(timezone.now()))
