"""Scans in the background: django-q tasks that each go on with one scan for some seconds."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from contacts.duplicates import scanning
from contacts.models import ContactCopy, DuplicateScan
from piggyadmin.runs import leases, tasks

logger = logging.getLogger(__name__)

ADVANCE = "contacts.duplicates.jobs.advance"
LONGEST = 600  # s after which a worker ends the task
EVERY = timedelta(days=7)


def begin(by: Any = None) -> DuplicateScan:
    """Start a scan, or go on with the one that is under way."""
    scan = scanning.start(by=by)
    enqueue(scan.pk)
    return scan


def enqueue(scan_id: UUID) -> None:
    """Have a worker go on with this scan. Too many of these do no harm: one worker at a time is at a scan."""
    # Reading a million takes longer than a task may; a second copy of it, after the broker's retry, ends at once.
    tasks.ask(ADVANCE, str(scan_id), group=f"duplicates {scan_id}", timeout=LONGEST)


def advance(scan_id: str) -> None:
    """The task: go on with the scan, and leave another task if there is more to do."""
    if scanning.advance(UUID(scan_id)):
        enqueue(UUID(scan_id))


def nudge(scan_id: UUID) -> None:
    """Enqueue the scan if nobody is at it; for pages that show it every few seconds."""
    tasks.nudge(idle(), scan_id, enqueue)


def advance_open() -> int:
    """The minute's job: a task for every scan that nobody is at; and a new scan when the last is a week old."""
    if is_due():
        scanning.start()
    return tasks.enqueue_all(idle(), enqueue)


def is_due() -> bool:
    """Whether it is time for a scan: the last one began a week ago. The first begins when all contacts are copied."""
    last = DuplicateScan.objects.order_by("-started_at").first()
    return last is not None and last.started_at <= timezone.now() - EVERY and ContactCopy.objects.exists()


def after_first_sweep() -> None:
    """All contacts have been copied: look through them, if that was never done."""
    if not DuplicateScan.objects.exists():
        begin()


def idle() -> QuerySet[DuplicateScan]:
    """The scans that have more to do, and nobody at them."""
    return scanning.unfinished().filter(leases.free(timezone.now()))
