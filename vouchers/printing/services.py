"""The sheets of a run: what has been printed, and the labels themselves, which are shown once that is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.db.models.functions import Length
from django.utils import timezone

from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import record
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.services import acts_of
from piggyadmin.qr import Qr, qr_of
from vouchers.files import ready
from vouchers.files.services import batch_target, rows_in
from vouchers.models import BatchRun, RunVoucher
from vouchers.printing import actions
from vouchers.printing.layouts import LAYOUTS, Layout

MOST_SHEETS = 20  # a page
GOOD_FOR = timedelta(minutes=10)  # a form sent twice shows its labels again; much later that is another reveal
USABLE = ("ACTIVE", "INACTIVE", "LOCKED")
LISTED = 25
LONG_CODE = 16  # characters; longer ones are set smaller


class NoSheet(Exception):
    """There is no such sheet."""


class OldForm(Exception):
    """The page was open for too long, or the layout was changed meanwhile. Nothing was shown."""


@dataclass(frozen=True, slots=True)
class Printed:
    """How often one sheet was opened for printing, and the first time."""

    times: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Sheets:
    """A run as sheets of its layout. `printed` is by sheet number, for this layout alone."""

    run: BatchRun
    rows: int
    layout: Layout
    why_not: str
    printed: dict[int, Printed]
    acts: list[Act]

    @property
    def total(self) -> int:
        return sheets_in(self.rows, self.layout.size)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One sheet without its codes: the numbers of its vouchers, how many can still be used, when it was printed."""

    number: int
    first: int
    last: int
    usable: int
    printed: Printed | None


@dataclass(frozen=True, slots=True)
class Label:
    """One voucher on paper. A voucher that cannot be used any more has no code and no QR."""

    number: int
    status: str
    code: str
    qr: Qr | None

    @property
    def is_long(self) -> bool:
        return len(self.code) > LONG_CODE


@dataclass(frozen=True, slots=True)
class Sheet:
    """`reprint` is 0 the first time."""

    number: int
    labels: list[Label]
    reprint: int


@dataclass(frozen=True, slots=True)
class Paper:
    """What comes out of the printer. `until` is the last day on which the vouchers are good, None for no end."""

    run: BatchRun
    layout: Layout
    sheets: list[Sheet]
    total: int
    act: Act
    until: datetime | None
    place: str

    @property
    def first(self) -> int:
        return self.sheets[0].number

    @property
    def last(self) -> int:
        return self.sheets[-1].number


def sheets_in(rows: int, size: int) -> int:
    return -(-rows // size)


def sheets_of(*, run: BatchRun) -> Sheets:
    layout, acts = LAYOUTS[run.sheet_size], list(_prints(run))
    return Sheets(run, rows_in(run), layout, _why_not(run), _printed(acts, layout.size), acts[:LISTED])


def sheet_facts(sheets: Sheets, *, number: int) -> SheetFacts:
    """Raises NoSheet."""
    if not 1 <= number <= sheets.total:
        raise NoSheet
    size = sheets.layout.size
    first, last = (number - 1) * size + 1, min(number * size, sheets.rows)
    usable = sheets.run.vouchers.filter(number__range=(first, last), status__in=USABLE).count()
    return SheetFacts(number, first, last, usable, sheets.printed.get(number))


def too_long_for(run: BatchRun) -> set[int]:
    """The sizes of the layouts that this run's longest code does not fit."""
    longest = run.vouchers.filter(number__isnull=False).aggregate(longest=Max(Length("code")))["longest"] or 0
    return {layout.size for layout in LAYOUTS.values() if layout.longest < longest}


def choose_layout(*, run: BatchRun, size: int) -> None:
    """Lay the run out anew: the same vouchers get other sheet numbers."""
    BatchRun.objects.filter(pk=run.pk).update(sheet_size=size)


def print_sheets(*, run: BatchRun, size: int, first: int, last: int, actor: Actor, token: str) -> Paper:
    """The labels of sheets `first` to `last`. That they are shown is written down before.

    A form sent twice shows what the first one asked for. Raises NotReady, NoSheet, OldForm, PermissionDenied.
    """
    if reason := _why_not(run):
        raise ready.NotReady(reason)
    rows = rows_in(run)
    if size != run.sheet_size:
        raise OldForm
    if not 1 <= first <= last <= sheets_in(rows, size) or last - first >= MOST_SHEETS:
        raise NoSheet
    labels = min(last * size, rows) - (first - 1) * size
    figures = {"first": first, "last": last, "size": size, "labels": labels}
    act = record(actions.SHEETS, by=actor, target=batch_target(run), figures=figures, form_token=token)
    _refuse_old(act, figures)
    before = _printed((each for each in _prints(run) if each.seq < act.seq), size)
    sheets = [
        Sheet(number, _labels(run, (number - 1) * size + 1, number * size), _times(before, number))
        for number in range(first, last + 1)
    ]
    return _paper(run, LAYOUTS[size], sheets, sheets_in(rows, size), act)


def print_receipt(*, run: BatchRun, number: int, actor: Actor, token: str) -> Paper:
    """One voucher as a receipt, whatever the layout of its run. Raises as `print_sheets`."""
    ready.check(run)
    rows = rows_in(run)
    if not 1 <= number <= rows:
        raise NoSheet
    figures = {"number": number, "labels": 1}
    act = record(actions.RECEIPT, by=actor, target=batch_target(run), figures=figures, form_token=token)
    _refuse_old(act, figures)
    told = acts_of(target=batch_target(run)).filter(action=actions.RECEIPT.name, seq__lt=act.seq)
    before = sum(each.figures.get("number") == number for each in told)
    return _paper(run, LAYOUTS[1], [Sheet(number, _labels(run, number, number), before)], rows, act)


def _why_not(run: BatchRun) -> str:
    if run.sheet_size in too_long_for(run):
        return "The codes of this batch are too long for these labels. Choose another layout."
    return ready.why_not(run)


def _paper(run: BatchRun, layout: Layout, sheets: list[Sheet], total: int, act: Act) -> Paper:
    # The end is a moment at which the vouchers are over: at midnight the day before was the last.
    until = run.expiration_date - timedelta(seconds=1) if run.expiration_date else None
    place = settings.PIGGYADMIN_ACCOUNT or (run.shop.name if run.shop else "")
    return Paper(run, layout, sheets, total, act, until, place)


def _refuse_old(act: Act, figures: dict[str, int]) -> None:
    if timezone.now() - act.at > GOOD_FOR or act.figures != figures:
        raise OldForm


def _labels(run: BatchRun, first: int, last: int) -> list[Label]:
    found = RunVoucher.objects.filter(run=run, number__range=(first, last)).order_by("number")
    return [_label(voucher) for voucher in found]


def _label(voucher: RunVoucher) -> Label:
    number = voucher.number or 0
    if voucher.status not in USABLE:
        return Label(number, voucher.status, "", None)
    return Label(number, voucher.status, voucher.code, qr_of(voucher.code))


def _prints(run: BatchRun) -> Iterable[Act]:
    return acts_of(target=batch_target(run)).filter(action=actions.SHEETS.name)


def _printed(acts: Iterable[Act], size: int) -> dict[int, Printed]:
    """Each sheet's count, of the acts in this layout. The latest act comes first, so the last one read is the first."""
    printed: dict[int, Printed] = {}
    for act in acts:
        if act.figures.get("size") != size:
            continue
        for number in range(act.figures["first"], act.figures["last"] + 1):
            printed[number] = Printed(_times(printed, number) + 1, act.at)
    return printed


def _times(printed: dict[int, Printed], number: int) -> int:
    return printed[number].times if number in printed else 0
