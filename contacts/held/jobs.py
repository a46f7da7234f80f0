"""The work of held acts in the background: django-q tasks that each go on with one of them for some seconds."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.held.kinds import KINDS, HeldKind, kind_named
from contacts.models import HeldAct
from piggyadmin.runs import leases, tasks

ADVANCE = "contacts.held.jobs.advance"
NUDGE_EVERY = 3  # s

State = HeldAct.State


def enqueue(action: str, row_id: UUID) -> None:
    """Have a worker go on with this one. Too many of these do no harm: one worker at a time is at a row."""
    tasks.ask(ADVANCE, action, str(row_id), group=f"held {row_id}")


def advance(action: str, row_id: str) -> None:
    """The task: go on with it, and leave another task if there is more to do at once."""
    from contacts.held import running

    if running.advance(kind_named(action), UUID(row_id)):
        enqueue(action, UUID(row_id))


def nudge(kind: HeldKind[Any], row_id: UUID) -> None:
    """Enqueue it if it has work that is due and nobody is at it; for pages that show it every few seconds."""
    tasks.nudge(due(kind), row_id, partial(enqueue, kind.action.name), every=NUDGE_EVERY)


def advance_open() -> int:
    """The minute's job: a task for each that has work to do and nobody at it; how many."""
    return sum(tasks.enqueue_all(due(kind_named(action)), partial(enqueue, action)) for action in KINDS)


def due(kind: HeldKind[Any]) -> QuerySet[Any]:
    """Those with work that is due, and nobody at it."""
    now = timezone.now()
    ripe = Q(state=State.HELD, hold_until__lte=now)
    at_work = Q(state__in=(State.SENDING, State.UNKNOWN, State.SCHEDULED, State.INCIDENT))
    in_time = Q(look_at=None) | Q(look_at__lte=now)
    found: QuerySet[Any] = kind.model.objects.filter(leases.free(now), in_time, ripe | at_work, ended_at=None)
    return found
