"""The worker's part: write the files that are too large to wait for, and empty them a day later."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import IO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin.runs import leases, tasks
from vouchers.files.rows import SLICE, Row, rows_of
from vouchers.files.workbook import write_workbook
from vouchers.models import ExportFile, ExportPart

KEPT = timedelta(days=1)
PATIENCE = timedelta(hours=1)  # a file that is not there by then cannot be written
LEASE = timedelta(seconds=20)  # renewed while it is written: after a killed worker the next one begins soon
PART = 256 * 1024  # bytes of a file that are held in memory at once
LONGEST = 300  # seconds that one file may take
WRITE = "vouchers.files.jobs.write"


def enqueue(file: ExportFile) -> None:
    tasks.ask(WRITE, str(file.pk), timeout=LONGEST, group="exports")


def write(file_id: str) -> bool:
    """Write one file, unless somebody else is at it or it is there already. Answers whether it was written now."""
    lease = leases.take(_unwritten(), UUID(file_id), lambda: LEASE)
    if lease is None:
        return False
    file = ExportFile.objects.select_related("run", "act__shop").get(pk=file_id)
    shop = file.act.shop
    zone = ZoneInfo(shop.time_zone) if shop else timezone.get_default_timezone()
    rows = rows_of(file.run, upto=file.rows, at=file.asked_at, zone=zone)
    with tempfile.TemporaryFile() as target:
        write_workbook(target, _renewing(lease, rows))
        target.seek(0)
        return _keep(file, target)


def enqueue_waiting() -> int:
    """Ask again for what nobody is writing: the worker that was at it is gone. Answers how many files that were.

    In tasks of their own, for this one may take no longer than any other. Two tasks for one file do no harm.
    """
    since = timezone.now() - PATIENCE
    waiting = list(_unwritten().filter(leases.free(timezone.now()), asked_at__gt=since))
    for file in waiting:
        enqueue(file)
    return len(waiting)


def empty_old() -> int:
    """Take the content out of files a day after they were ready: they hold codes. Answers how many were emptied."""
    old = ExportPart.objects.filter(file__ready_at__lt=timezone.now() - KEPT)
    emptied = old.values("file").distinct().count()
    old.delete()
    return emptied


def _unwritten() -> QuerySet[ExportFile]:
    return ExportFile.objects.filter(ready_at=None)


def _keep(file: ExportFile, content: IO[bytes]) -> bool:
    """Put a written file where whoever asked can take it, unless somebody else was quicker."""
    with transaction.atomic():
        if not _unwritten().filter(pk=file.pk).update(ready_at=timezone.now(), claimed_until=None):
            return False
        for number, part in enumerate(iter(lambda: content.read(PART), b"")):
            ExportPart.objects.create(file=file, number=number, content=part)
    return True


def _renewing(lease: leases.Lease[ExportFile], rows: Iterator[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number % SLICE == 0:
            lease.renew()  # lost or not: of two that write it, whoever is quicker keeps it
        yield row
