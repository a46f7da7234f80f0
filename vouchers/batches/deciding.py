"""What the readings of a run mean: made, not made, or beyond telling; and when it is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, F
from django.utils import timezone

from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyNotFound
from piggyadmin.templatetags.words import thousands
from vouchers.batches import filling, settling
from vouchers.batches.actions import BATCH_PAUSED, BATCH_RESUMED
from vouchers.batches.resolvers import settle_time
from vouchers.batches.sending import OPEN
from vouchers.models import BatchChunk, BatchRun, Progress

State = BatchRun.State
WATCH_TIMES = 144  # settle times that a run is watched after its end: 24 h with the usual ten minutes
EARLY, LATE = 0.1, 6  # settle times between two looks: at first (1 min), at most (1 h)


def judge(run: BatchRun, chunk: BatchChunk, *, total: int | None) -> None:
    """A whole reading, begun after the settle time, did not show (all of) the chunk's vouchers: the rest was not made.

    Unless vouchers came that carry no mark while none of this run's did: then nobody can tell.
    """
    if run.marks != BatchRun.Marks.SEEN and (total is None or run.count_before is None or total > run.count_before):
        doubt_unmarked(run, total=total)
        return
    settling.settle_missing(chunk)
    same = BatchChunk.objects.filter(pk=chunk.pk, attempt=chunk.attempt, made=chunk.made, state__in=OPEN)
    same.update(state=Progress.PLANNED, answered=False, act=None)


def has_risen_unmarked(run: BatchRun, chunks: Iterable[BatchChunk], *, total: int | None) -> bool:
    """Whether as many vouchers have come as we wait for, and none has our mark."""
    if run.marks == BatchRun.Marks.SEEN or total is None or run.count_before is None:
        return False
    return total - run.count_before >= sum(chunk.quantity - chunk.made for chunk in chunks)


def doubt_unmarked(run: BatchRun, *, total: int | None) -> None:
    """Stop: marks do not come back from this account. All that is left are counts, and a person who judges them."""
    asked = sum(run.chunks.filter(state__in=OPEN).values_list("quantity", flat=True))
    before, now = (("an unknown number of" if n is None else thousands(n)) for n in (run.count_before, total))
    _doubt(
        run,
        "Piggy does not give our marks back, so nobody can tell which vouchers are ours. The promotion had "
        f"{before} vouchers before, has {now} now, and we asked for {thousands(asked)}. Nothing more is sent.",
    )


def doubt_unmarkable(run: BatchRun) -> None:
    _doubt(
        run,
        "Piggy does not let vouchers carry our mark, so what is made could not be told from other vouchers. "
        "Nothing was sent.",
    )


def doubt_codes(run: BatchRun, number: int) -> None:
    _doubt(
        run,
        f"{thousands(number)} of the codes exist at Piggy without our mark, after a call whose answer was lost. "
        "Nobody can tell whether this run made them.",
    )


def _doubt(run: BatchRun, reason: str) -> None:
    marks = BatchRun.Marks.MISSING if run.marks != BatchRun.Marks.SEEN else run.marks
    same = BatchRun.objects.filter(pk=run.pk, ended_at=None, marks=run.marks)  # else they were seen meanwhile
    if same.filter(state__in=(State.RUNNING, State.PAUSED)).update(state=State.DOUBT, marks=marks, reason=reason):
        return
    # What sends no more anyway needs nobody's decision: it ends as it stands, and says why it cannot be told.
    now = timezone.now()
    same.filter(state__in=(State.CANCELLED, State.REFUSED)).update(
        marks=marks,
        reason=f"{run.reason} {reason}".strip(),
        ended_at=now,
        read_page=0,
        watch_until=now + WATCH_TIMES * settle_time(),
    )


def doubt_over(run: BatchRun) -> None:
    """The marks were seen after all: the run goes on by itself, unless a person had paused it."""
    told = Act.objects.filter(parent=run.act, action__in=(BATCH_PAUSED.name, BATCH_RESUMED.name)).first()
    state = State.PAUSED if told is not None and told.action == BATCH_PAUSED.name else State.RUNNING
    BatchRun.objects.filter(pk=run.pk, state=State.DOUBT).update(state=state, reason="")


def doubt_vanished(run: BatchRun) -> None:
    """The marks had come back, and do not any more."""
    _doubt(
        run,
        "Piggy shows vouchers of this batch without our marks, so nobody can tell which of the others are ours. "
        "Nothing more is sent.",
    )


def promotion_is_gone(run: BatchRun, error: PiggyNotFound, *, is_quiet: bool) -> bool:
    """Piggy does not know the promotion (any more): nothing more is sent. False: wait, it may come back.

    `is_quiet` says that nothing was heard of the run's calls for the settle time: then it ends as it stands.
    """
    same = BatchRun.objects.filter(pk=run.pk)
    if run.ended_at is not None:
        return bool(same.update(watch_until=None, read_page=0))
    code = str(error.code or "")
    if same.filter(state__in=(State.RUNNING, State.PAUSED)).update(
        state=State.REFUSED, code=code, reason=error.message
    ):
        return True
    if not is_quiet:
        return False
    ended = same.filter(ended_at=None, state__in=(State.REFUSED, State.CANCELLED)).update(
        ended_at=timezone.now(), watch_until=None, read_page=0, reason=run.reason or error.message
    )
    if ended:
        run.chunks.filter(state=Progress.SENT).update(state=Progress.UNKNOWN)
    return bool(ended)


def end(run: BatchRun) -> None:
    """Nothing more is sent, and all that was sent is settled."""
    state, code, reason = run.state, run.code, run.reason
    may_send = state in (State.RUNNING, State.PAUSED)  # a pause after the last call holds nothing back
    if may_send:
        refused = run.chunks.filter(state=Progress.REFUSED).first() if run.kind == BatchRun.Kind.BATCH else None
        state = State.REFUSED if refused else State.DONE
        code, reason = (refused.code, refused.reason) if refused else ("", "")
    called = run.chunks.filter(attempt__gt=0)
    now = timezone.now()
    short = called.exclude(state__in=(Progress.DONE, Progress.REFUSED)).exists()
    # Filled by others' vouchers: its own may come yet.
    filled = called.filter(state=Progress.DONE).annotate(own=Count("vouchers")).filter(own__lt=F("quantity")).exists()
    twice = run.chunks.filter(attempt__gt=1).exists() or run.vouchers.filter(number=None).exists()
    may_come_late = run.kind == BatchRun.Kind.BATCH and (short or filled or twice)
    # Another worker may have gone on since this one looked: what is still to be done keeps the run open.
    to_do = [*OPEN, Progress.PLANNED] if may_send else OPEN
    unfinished = BatchChunk.objects.filter(run=run, state__in=to_do)
    over = BatchRun.objects.filter(pk=run.pk, state=run.state, ended_at=None).exclude(
        pk__in=unfinished.values("run_id")
    )
    over.update(
        state=state,
        code=code,
        reason=reason,
        ended_at=now,
        watch_until=now + WATCH_TIMES * settle_time() if may_come_late else None,
    )
    filling.done_after_all(run)


def gap_after(since: datetime) -> float:
    """Seconds until the next look for what comes late: soon at first, then ever rarer."""
    settle = settle_time()
    gap = min(max(settle * EARLY, (timezone.now() - since) / 2), settle * LATE)
    return max(gap, timedelta(seconds=0.05)).total_seconds()
