"""The codes of a run as files, and who took them. Handing codes over is an act: it is told before the first byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Length
from django.utils import timezone

from piggyadmin.csv_lines import lines_of
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.services import acts_of
from vouchers.files import actions, jobs
from vouchers.files.ready import check, why_not
from vouchers.files.rows import COLUMNS, file_name, rows_of
from vouchers.files.workbook import write_workbook
from vouchers.models import BatchRun, ExportFile, ExportPart

AT_ONCE = 5000  # rows of a workbook that are made while somebody waits
LISTED = 50
TOLD = (actions.EXPORTED.name, actions.ASKED.name, actions.TAKEN.name)


class NoFile(Exception):
    """This file is not there: not yet written, emptied after its day, or never asked for."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    name: str
    lines: Iterator[str]


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A workbook of `size` bytes; its parts are read as they are sent."""

    name: str
    size: int
    parts: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Export:
    """One entry of the list. `state` is "" for a file that went at once, else "writing", "late", "ready" or "gone"."""

    act: Act
    file: ExportFile | None
    state: str
    ready_until: datetime | None


@dataclass(frozen=True, slots=True)
class Files:
    """What the page of a run's files shows. `why_not` is empty when the codes may be handed over."""

    run: BatchRun
    rows: int
    why_not: str
    exports: list[Export]

    @property
    def is_writing(self) -> bool:
        return any(export.state == "writing" for export in self.exports)

    @property
    def by_job(self) -> bool:
        return self.rows > AT_ONCE


def find_run(run_id: UUID) -> BatchRun | None:
    return BatchRun.objects.select_related("shop").filter(pk=run_id).first()


def batch_target(run: BatchRun) -> Target:
    return Target("batch", str(run.pk))


def rows_in(run: BatchRun) -> int:
    """How many vouchers the run has in hand: those with a number, which runs from 1 without gaps."""
    return run.vouchers.filter(number__isnull=False).count()


def files_of(*, run: BatchRun) -> Files:
    return Files(run, rows_in(run), why_not(run), _exports_of(run))


def export_csv(*, run: BatchRun, actor: Actor, separator: str) -> CsvFile:
    """Every voucher of the run as CSV. Raises NotReady, PermissionDenied."""
    check(run)
    at, rows = timezone.now(), rows_in(run)
    _tell(actions.EXPORTED, run, actor, rows, "CSV")
    # Now, not when the stream is read: the zone of the shop is gone by then.
    found = rows_of(run, upto=rows, at=at, zone=timezone.get_current_timezone())
    return CsvFile(file_name(run, rows=rows, at=at, ending="csv"), lines_of(COLUMNS, found, separator=separator))


def export_xlsx(*, run: BatchRun, actor: Actor, token: str) -> WholeFile | ExportFile:
    """A workbook of every voucher: at once up to 5,000 rows, else a file that a job writes.

    A form sent twice asks for one file. Raises NotReady, PermissionDenied.
    """
    check(run)
    at, rows = timezone.now(), rows_in(run)
    name = file_name(run, rows=rows, at=at, ending="xlsx")
    if rows <= AT_ONCE:
        _tell(actions.EXPORTED, run, actor, rows, "XLSX")
        content = BytesIO()
        write_workbook(content, rows_of(run, upto=rows, at=at, zone=timezone.get_current_timezone()))
        return WholeFile(name, content.tell(), [content.getvalue()])
    with transaction.atomic():
        act = _tell(actions.ASKED, run, actor, rows, "XLSX", token=token)
        file, is_new = ExportFile.objects.get_or_create(
            act=act, defaults={"run": run, "staff": actor.staff, "name": name, "rows": rows, "asked_at": at}
        )
        if is_new:
            transaction.on_commit(lambda: jobs.enqueue(file))
    return file


def take_file(*, run: BatchRun, file_id: UUID, actor: Actor) -> WholeFile:
    """A file that a job has written. Raises NoFile, PermissionDenied."""
    file = ExportFile.objects.filter(run=run, pk=file_id).first()
    parts = ExportPart.objects.filter(file=file).aggregate(count=Count("pk"), size=Sum(Length("content")))
    if file is None or not parts["count"]:
        raise NoFile
    _tell(actions.TAKEN, run, actor, file.rows, "XLSX")
    return WholeFile(file.name, parts["size"], _parts_of(file, parts["count"]))


def _parts_of(file: ExportFile, count: int) -> Iterator[bytes]:
    contents = ExportPart.objects.filter(file=file).values_list("content", flat=True)
    for number in range(count):
        yield bytes(contents.get(number=number))


def _tell(action: Action, run: BatchRun, actor: Actor, rows: int, kind: str, *, token: str = "") -> Act:
    figures = {"rows": rows, "kind": kind, "promotion_uuid": run.promotion_uuid}
    return record(action, by=actor, target=batch_target(run), figures=figures, form_token=token)


def _exports_of(run: BatchRun) -> list[Export]:
    """Who took the codes, the latest first, with the files that jobs write."""
    told = list(acts_of(target=batch_target(run)).filter(action__in=TOLD)[:LISTED])
    files = {file.act_id: file for file in ExportFile.objects.filter(act__in=told)}
    return [_export(act, files.get(act.pk)) for act in told]


def _export(act: Act, file: ExportFile | None) -> Export:
    if file is None:
        return Export(act, None, "", None)
    now = timezone.now()
    if file.ready_at is None:
        return Export(act, file, "writing" if now - file.asked_at < jobs.PATIENCE else "late", None)
    until = file.ready_at + jobs.KEPT
    return Export(act, file, "ready" if now < until else "gone", until)
