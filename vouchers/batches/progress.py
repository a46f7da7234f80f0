"""A run as its page shows it, out of its rows alone: how far it is, what is not certain, what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from piggyadmin.templatetags.words import moment_words, thousands
from vouchers.batches import surplus
from vouchers.models import BatchChunk, BatchRun, Progress, RunVoucher
from vouchers.promotions.wording import STATUSES, status_words

GRID = 200  # chunks drawn one by one; of more there are counts alone
OPEN_SHOWN = 50
ON_ITS_WAY = timedelta(seconds=5)  # a call this young has no answer yet; that says nothing
USUAL_WAIT = timedelta(seconds=60)  # before a chunk that Piggy took counts as slow
QUICK, SLOW = 2, 10  # s between two looks of the page
State = BatchRun.State


@dataclass(frozen=True, slots=True)
class Cell:
    """One chunk of the grid. `is_open` leads to its row in the list below."""

    number: int
    state: str
    is_open: bool

    @property
    def shown(self) -> str:
        return f"{self.number}{ {'unknown': '?', 'refused': '×'}.get(self.state, '') }"


@dataclass(frozen=True, slots=True)
class OpenChunk:
    """A chunk that is not certain: what happened to it, and what happens next."""

    chunk: BatchChunk
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the run's vouchers are in one of Piggy's states. `begin` and `width` are percent, for the bar."""

    status: str
    words: str
    number: int
    begin: float
    width: float

    @property
    def percent(self) -> str:
        return "under 1 %" if 0 < self.width < 1 else f"{self.width:.0f} %"


@dataclass(frozen=True, slots=True)
class Picture:
    """`counts` are chunks by state. `poll` is how often the page asks again, in seconds; 0: it need not."""

    run: BatchRun
    made: int
    counts: dict[str, int]
    cells: list[Cell]
    open_chunks: list[OpenChunk]
    open_total: int
    surplus: int
    surplus_open: int
    surplus_stuck: int  # of them that could not be withdrawn: nobody tries any more
    left: str
    shares: list[Share]
    read_at: datetime | None  # when the last of its vouchers was read
    as_of: datetime | None  # every voucher was read since then
    poll: int

    @property
    def chunks(self) -> int:
        return sum(self.counts.values())

    @property
    def percent(self) -> int:
        return 100 * self.made // self.run.quantity

    @property
    def quarter(self) -> int:
        """The last of 25, 50, 75 and 100 percent that was passed: then the figures are said aloud."""
        return self.percent // 25 * 25

    @property
    def seen(self) -> str:
        """What the page that asks again has on it; where this differs, more than the figures is drawn anew."""
        return f"{self.run.state}-{self.quarter}-{'over' if self.run.ended_at else 'open'}"

    @property
    def said(self) -> str:
        """A sentence for whoever hears the page."""
        words = f"{thousands(self.made)} of {thousands(self.run.quantity)} made"
        return f"{words}: {end_words(self.run)}" if self.run.ended_at else f"{words}."

    @property
    def is_own_codes(self) -> bool:
        return self.run.kind == BatchRun.Kind.OWN_CODES

    @property
    def tallies(self) -> list[tuple[str, int]]:
        """The states that occur, with their counts, in the order of work."""
        return [(state, self.counts[state]) for state in Progress.values if self.counts.get(state)]


def picture(run: BatchRun) -> Picture:
    """Everything the page of this run shows of its progress."""
    counts = dict(run.chunks.order_by().values_list("state").annotate(n=Count("pk")))
    vouchers = RunVoucher.objects.filter(run=run)
    told = vouchers.exclude(number=None).aggregate(made=Count("pk"), latest=Max("read_at"), oldest=Min("read_at"))
    made = told["made"]
    doubtful = _open_chunks(run)
    stuck = surplus.given_up(run).count()
    shown = [OpenChunk(chunk, _look(chunk), _words(chunk)) for chunk in doubtful[:OPEN_SHOWN]]
    return Picture(
        run=run,
        made=made,
        counts=counts,
        cells=_cells(run, sum(counts.values()), {each.chunk.number for each in shown}),
        open_chunks=shown,
        open_total=doubtful.count(),
        surplus=surplus.surplus(run).count(),
        surplus_open=surplus.pending(run).count() - stuck,
        surplus_stuck=stuck,
        left=_left(run, made, counts),
        shares=_shares(vouchers, made) if run.ended_at else [],
        read_at=told["latest"],
        as_of=told["oldest"],
        poll=_poll(run),
    )


def duration_words(seconds: float) -> str:
    """ "less than a minute", "about 4 minutes", "about 2 hours": never closer than it can be known."""
    if seconds < 50:
        return "less than a minute"
    minutes = max(1, round(seconds / 60))
    if minutes < 100:
        return f"about {minutes} minute{'' if minutes == 1 else 's'}"
    return f"about {round(minutes / 60)} hours"


def end_words(run: BatchRun) -> str:
    """How a run ended, or what it waits for; "" while it runs."""
    if run.state == State.DONE:
        return "it is done."
    if run.state == State.CANCELLED:
        return "it was cancelled."
    if run.state == State.REFUSED:
        return "Piggy ended it."
    return "a person decides." if run.state == State.DOUBT else ""


def _open_chunks(run: BatchRun) -> QuerySet[BatchChunk]:
    """Chunks of which it is not certain what they made, or that made nothing; those that simply wait are not."""
    slow = Q(state=Progress.SENT, answered=True, sent_at__lt=timezone.now() - USUAL_WAIT)
    lost = Q(state=Progress.SENT, answered=False, sent_at__lt=timezone.now() - ON_ITS_WAY)
    again = Q(state=Progress.PLANNED, attempt__gt=0)
    asked = BatchChunk.objects.filter(run=run).select_related("run")
    return asked.filter(slow | lost | again | Q(state__in=(Progress.UNKNOWN, Progress.REFUSED))).order_by("number")


def _look(chunk: BatchChunk) -> str:
    return "planned again" if chunk.state == Progress.PLANNED else str(chunk.state)


def _words(chunk: BatchChunk) -> str:
    """What happened to a chunk, and what happens next, with the times."""
    if chunk.state == Progress.REFUSED:
        return chunk.reason or "Piggy refused it. Nothing was made."
    if chunk.state == Progress.PLANNED:
        told = chunk.reason or "Nothing of it was made."
        if chunk.run.ended_at:
            return told
        if chunk.not_before and chunk.not_before > timezone.now():
            return f"{told} Sent again at {moment_words(chunk.not_before, seconds=True)}."
        return f"{told} It is sent again."
    sent = moment_words(chunk.sent_at, seconds=True) if chunk.sent_at else "just now"
    if chunk.run.ended_at:
        heard = "Piggy took it" if chunk.answered else "no answer"
        seen = "only a part" if chunk.made else "nothing"
        return f"Sent {sent}, {heard}, but {seen} of it was seen. Nobody can tell what was made."
    if chunk.answered:
        return f"Piggy took it {sent} and is making it. Its vouchers are read back as they appear."
    if chunk.own_code:
        return f"Sent {sent}, no answer. The code is looked up before anything is sent again."
    if chunk.made:
        return f"Sent {sent}, no answer, and its vouchers appear. What is missing is made once no more come."
    settled = (chunk.sent_at or timezone.now()) + timedelta(seconds=settings.BATCH_SETTLE_SECONDS)
    if settled > timezone.now():
        until = moment_words(settled, seconds=True)
        return f"Sent {sent}, no answer. Not sent again before {until}, and only if none of it was seen by then."
    return f"Sent {sent}, no answer. All vouchers are read once more before it is sent again."


def _cells(run: BatchRun, total: int, shown: set[int]) -> list[Cell]:
    if run.kind == BatchRun.Kind.OWN_CODES or total > GRID:
        return []
    rows = run.chunks.order_by("number").values_list("number", "state")
    return [Cell(number, state, number in shown) for number, state in rows]


def _left(run: BatchRun, made: int, counts: dict[str, int]) -> str:
    """How long it may still take, by the pace so far; "" where nobody can say."""
    if run.state != State.RUNNING or run.ended_at is not None:
        return ""
    planned = counts.get(Progress.PLANNED, 0)
    rate = settings.PIGGY_JOB_RATE_PER_SECOND
    least = 2 * planned / rate if rate > 0 else 0.0
    if run.begun_at is None or not made:
        return f"{duration_words(least)} left"
    spent = (timezone.now() - run.begun_at).total_seconds()
    return f"{duration_words(max(least, spent * (run.quantity - made) / made))} left"


def _shares(vouchers: QuerySet[RunVoucher], made: int) -> list[Share]:
    """The run's own vouchers by state, the redeemed ones first."""
    counts = dict(vouchers.exclude(number=None).order_by().values_list("status").annotate(n=Count("pk")))
    order = ["REDEEMED", *(status for status in STATUSES if status != "REDEEMED")]
    order += [status for status in counts if status not in order]
    shares, begin = [], 0.0
    for status in order:
        if number := counts.get(status, 0):
            width = 100 * number / made
            shares.append(Share(status, status_words(status), number, begin, width))
            begin += width
    return shares


def _poll(run: BatchRun) -> int:
    if run.ended_at is not None:
        return SLOW if run.read_page else 0  # all its vouchers are being read once more
    return SLOW if run.state in (State.PAUSED, State.DOUBT) else QUICK


def finished_for(staff_id: UUID) -> list[tuple[BatchRun, str]]:
    """This person's runs that ended since they last looked, and those that wait for a decision; and what to say."""
    ended, in_doubt = Q(ended_at__isnull=False, told_at=None), Q(state=State.DOUBT, ended_at=None)
    mine = BatchRun.objects.filter(ended | in_doubt, staff_id=staff_id)
    runs = mine.only("id", "label", "promotion_name", "quantity", "state").order_by("-created_at")[:3]
    return [(run, end_words(run)) for run in runs]


def tell(run: BatchRun, *, at: datetime) -> None:
    """Its maker has seen how it ended."""
    BatchRun.objects.filter(pk=run.pk, told_at=None).update(told_at=at)
