"""Go on with a run, one small step after the other, each safe by itself: at any line the process may die.

What to do next is read from the rows each time: send the next call, read back, judge what has been waited for, end.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, How, State
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyError, PiggyNotFound, PiggyRateLimited, PiggyUnavailable
from piggyadmin.runs import leases
from vouchers import marks
from vouchers.batches import deciding, filling, looking, reading, sending, settling, surplus
from vouchers.batches.actions import BATCH_RESUMED
from vouchers.batches.resolvers import settle_time
from vouchers.batches.sending import OPEN
from vouchers.models import BatchChunk, BatchRun, Progress

SECONDS = 20.0  # that one task goes on; a worker ends it at 30
SHORT = 12.0  # s that a task sleeps; for a longer wait it ends, and the minute's job goes on
LONGEST_GAP = 60.0  # s between two readings while vouchers are waited for
FIRST_GAP = 0.35
STUBBORN = 10.0  # s until the second try at a voucher too many that could not be withdrawn; twice that to the third
RECENT = timedelta(seconds=60)  # or twice the settle time: so old a reading may be when what it missed is sent again
BELIEVE = 3  # so often a page whose vouchers show no attribute at all is read before it is believed


def advance(run_id: UUID, *, seconds: float = SECONDS, patient: bool = False) -> bool:
    """Go on with a run for `seconds` at most. True: there is more to do at once.

    Nothing happens while another worker is at it; `patient` waits once for its lease, which a dead one left behind.
    """
    lease = leases.take(BatchRun.objects.all(), run_id, _lease, patient=patient)
    if lease is None:
        return False
    with piggy.as_job():
        try:
            return _Work(lease).go(seconds)
        except BaseException:
            lease.end(not_before=None)
            raise


def _lease() -> timedelta:
    """A little longer than a call to Piggy may take: after a kill nobody waits longer for the run to go on."""
    return timedelta(seconds=settings.PIGGY_TIMEOUT + 2)


class _Work:
    """One task's work at a run, with what it need not remember longer than that."""

    def __init__(self, lease: leases.Lease[BatchRun]) -> None:
        self.lease = lease
        self.failures = 0  # calls that failed, one after another
        self.bare = 0  # readings of the same page without any attribute
        self.unmarked = 0  # readings of the same page that showed vouchers without the marks they had
        self.read_after = 0.0  # when the next quick reading is worth its call, by `time.monotonic`
        self.caught_up = False  # the last page that was read was the end of the list
        self.total: int | None = None  # vouchers of the promotion at the last reading
        self.stubborn: set[UUID] = set()  # surplus that could not be withdrawn just now

    def go(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        run = self._run()
        if run.not_before is not None and run.not_before > timezone.now():
            self.lease.end(not_before=run.not_before)
            return False
        sending.recover(run)
        while self.lease.renew():
            run = self._run()
            try:
                wait = self.step(run)
                self.failures = 0
            except PiggyError as error:
                self.failures += 1
                wait = min(sending.FIRST_PAUSE * 2**self.failures, LONGEST_GAP)
                if isinstance(error, PiggyRateLimited):
                    wait = max(error.retry_after, 0.1)
                elif self._has_settled(run, error):
                    wait = 0.0
            if wait is None:
                self.lease.end(not_before=None)
                return False
            rests = run.ended_at is not None or run.state == BatchRun.State.DOUBT
            if wait > SHORT or (wait and rests):  # to watch is no reason to keep a worker
                self.lease.end(not_before=timezone.now() + timedelta(seconds=wait))
                return False
            if time.monotonic() + wait > until:
                self.lease.end(not_before=None)
                return True
            if wait:
                self.lease.renew()
                time.sleep(wait)
        return False

    def _has_settled(self, run: BatchRun, error: PiggyError) -> bool:
        """Whether this failure tells how it goes on with the run; else the same is worth another try later."""
        now = timezone.now()
        is_quiet = all(_quiet_until(chunk) <= now for chunk in run.chunks.filter(state__in=OPEN))
        if isinstance(error, PiggyNotFound) and error.operation == "list_vouchers":
            return deciding.promotion_is_gone(run, error, is_quiet=is_quiet)
        if isinstance(error, reading.Unmarked):
            self.unmarked += 1
            if is_quiet and self.unmarked >= BELIEVE and run.state != BatchRun.State.DOUBT:
                deciding.doubt_vanished(run)
                return True
        return False

    def step(self, run: BatchRun) -> float | None:
        """Do the next thing. Returns the seconds until the one after it, None when there is none for now."""
        if self._withdraw_one(run):
            return 0.0
        if run.ended_at is not None:
            return self._watch(run)
        if run.begun_at is None and run.state == BatchRun.State.RUNNING:
            return self._prepare(run)
        if run.kind == BatchRun.Kind.OWN_CODES:
            return self._step_codes(run)
        if run.state == BatchRun.State.DOUBT:
            return self._look_again(run)
        waiting = self._send_next(run)
        if waiting == 0.0:
            return 0.0
        chunks = _awaited(run)
        if chunks:
            wait = self._read(run, chunks)
            return wait if waiting is None else min(wait, waiting)
        return waiting if waiting is not None else self._finish(run)

    # The beginning -------------------------------------------------------------------------------------------------

    def _prepare(self, run: BatchRun) -> float:
        """See to it that marks can be sent, and count what the promotion has before the first call."""
        if not marks.ATTRIBUTE.ensure():
            marks.ATTRIBUTE.forget()
            making = acts_of(target=Target("voucher_attribute", MARK)).first()
            last = making.events.order_by("-seq").first() if making else None
            if last is None or last.outcome != State.REFUSED or last.how != How.ANSWER or not last.code.isdigit():
                raise PiggyUnavailable("We cannot tell yet whether vouchers can carry our marks.")
            deciding.doubt_unmarkable(run)
            return 0.0
        if not self.lease.renew():  # what was just seen to may have taken long
            return 0.0
        before = reading.count(run)
        BatchRun.objects.filter(pk=run.pk, begun_at=None).update(
            count_before=before,
            tail_page=0 if before is None else before // reading.SIZE + 1,
            begun_at=timezone.now(),
        )
        return 0.0

    # Sending -------------------------------------------------------------------------------------------------------

    def _send_next(self, run: BatchRun) -> float | None:
        """Send the next planned chunk: 0.0 then. Else the seconds until one may go, None when none may for now."""
        if run.state != BatchRun.State.RUNNING:
            return None
        chunk = run.chunks.filter(state=Progress.PLANNED).order_by("number").first()
        if chunk is None or not (
            chunk.own_code or _trusts_marks(run) or not run.chunks.filter(state__in=OPEN).exists()
        ):
            return None
        if chunk.not_before is not None and chunk.not_before > timezone.now():
            return max(0.05, (chunk.not_before - timezone.now()).total_seconds())
        if _was_absent(run, chunk):  # that was found long ago: by now its vouchers may be there
            if not run.read_page:
                reading.start_whole(run)
            self._read_page(run)
            return 0.0
        if sending.claim(chunk):
            outcome = sending.send(run, chunk)
            if chunk.own_code and outcome.done and not outcome.repeated:
                looking.keep(run, chunk, outcome.answer)
        return 0.0

    # Reading back --------------------------------------------------------------------------------------------------

    def _read(self, run: BatchRun, chunks: list[BatchChunk]) -> float:
        """Read the next page, or judge the chunks whose time is over; the seconds until the next step."""
        now = timezone.now()
        if not run.read_page:
            due = [chunk for chunk in chunks if chunk.state in OPEN and _quiet_until(chunk) <= now]
            judged = [chunk for chunk in due if run.read_at is not None and run.read_at >= _quiet_until(chunk)]
            for chunk in judged:
                deciding.judge(run, chunk, total=self._total(run))
            if judged:
                return 0.0
            if due and self.caught_up:  # a quick reading that is not at its end yet may show them for fewer calls
                reading.start_whole(run)
            elif time.monotonic() < self.read_after:
                return self.read_after - time.monotonic()
        sight = self._read_page(run)
        if sight is None or sight.new or not sight.at_end:
            return 0.0
        risen = deciding.has_risen_unmarked(run, chunks, total=sight.total)
        if risen and sight.whole:
            deciding.doubt_unmarked(run, total=sight.total)
            return 0.0
        if risen:
            reading.start_whole(run)
            return 0.0
        return self._until_next_reading(chunks)

    def _read_page(self, run: BatchRun) -> reading.Sight | None:
        """One page; None when it has to be read again."""
        sight = reading.read_on(run, believe_bare=self.bare >= BELIEVE)
        self.bare = self.bare + 1 if sight.bare else 0
        if sight.bare:
            return None
        self.unmarked = 0
        self.total = sight.total
        self.caught_up = sight.at_end or sight.whole
        if sight.at_end:
            surplus.settle_read(run)
        return sight

    def _until_next_reading(self, chunks: list[BatchChunk]) -> float:
        """The longer nothing has come, the rarer it is looked for; but a chunk is judged when its time is over."""
        now = timezone.now()
        latest = max(_heard(chunk) for chunk in chunks)
        gap = min(max(FIRST_GAP, (now - latest).total_seconds() / 2), LONGEST_GAP)
        gap = min([gap, *((_quiet_until(chunk) - now).total_seconds() for chunk in chunks)])
        gap = max(gap, 0.05)
        self.read_after = time.monotonic() + gap
        return gap

    def _total(self, run: BatchRun) -> int | None:
        return self.total if self.total is not None else reading.count(run)

    def _look_again(self, run: BatchRun) -> float | None:
        """Marks that did not come back may yet: Piggy had left them out of an answer, or vouchers came late."""
        chunks = _awaited(run)
        if not chunks:
            return None
        if not run.read_page:
            reading.start_whole(run)
        sight = self._read_page(run)
        had_vanished = run.marks == BatchRun.Marks.SEEN  # and a whole reading missed none of them
        if sight is not None and (sight.new or (had_vanished and sight.whole and sight.at_end)):
            deciding.doubt_over(run)
        if sight is None or not sight.at_end:
            return 0.0
        return deciding.gap_after(max(_heard(chunk) for chunk in chunks))

    # Codes of one's own --------------------------------------------------------------------------------------------

    def _step_codes(self, run: BatchRun) -> float | None:
        lost = run.chunks.filter(state__in=OPEN).order_by("number")
        chunk = lost.exclude(reason=looking.UNMARKED).first()
        if chunk is not None:
            in_flight = 0.0 if chunk.sent_at is None else (chunk.sent_at - timezone.now()).total_seconds()
            if in_flight > 0 and not chunk.answered:
                return in_flight
            looking.look(run, chunk)
            return 0.0
        waiting = self._send_next(run)
        if waiting is not None:
            return waiting
        chunk = lost.first()
        if chunk is None:
            return self._finish(run)
        if run.state != BatchRun.State.DOUBT and _quiet_until(chunk) <= timezone.now():
            deciding.doubt_codes(run, lost.count())
        for unmarked in lost[:20]:
            looking.look(run, unmarked)
        if not lost.exists():
            deciding.doubt_over(run)
            return 0.0
        return deciding.gap_after(_heard(chunk)) if run.state == BatchRun.State.DOUBT else FIRST_GAP

    # The end -------------------------------------------------------------------------------------------------------

    def _withdraw_one(self, run: BatchRun) -> bool:
        """Withdraw one voucher that is too many; whether there was one."""
        voucher = surplus.next_one(run, but=self.stubborn)
        if voucher is None or filling.waits(run):
            return False
        if filling.fill(run):
            return True
        if surplus.waits_for(voucher, first=STUBBORN) > 0:
            return False
        try:
            if not surplus.withdraw(run, voucher):
                self.stubborn.add(voucher.pk)
        except PiggyError:
            self.stubborn.add(voucher.pk)
            raise
        return True

    def _finish(self, run: BatchRun) -> float | None:
        """Nothing is under way any more: the run is over, unless it is in doubt, or paused with calls yet to send."""
        if run.state == BatchRun.State.DOUBT:
            return None
        if run.state == BatchRun.State.PAUSED and run.chunks.filter(state=Progress.PLANNED).exists():
            return None
        withdrawing = _withdrawing(run)
        if withdrawing is not None:
            return withdrawing
        deciding.end(run)
        return 0.0

    def _watch(self, run: BatchRun) -> float | None:
        """After the end: look for vouchers that surface late, at last in a whole reading."""
        if run.watch_until is None or run.ended_at is None:
            return None
        now = timezone.now()
        is_over = now >= run.watch_until
        if is_over and not run.read_page:
            if run.read_at is not None and run.read_at >= run.watch_until:
                withdrawing = _withdrawing(run)
                if withdrawing is not None:
                    return withdrawing
                BatchRun.objects.filter(pk=run.pk).update(watch_until=None)
                return None
            reading.start_whole(run)
        sight = self._read_page(run)
        if sight is None or not sight.at_end or is_over or sight.new:
            return 0.0
        gap = min(deciding.gap_after(run.ended_at), max(0.05, (run.watch_until - now).total_seconds()))
        withdrawing = _withdrawing(run)
        return gap if withdrawing is None else min(gap, withdrawing)

    def _run(self) -> BatchRun:
        return BatchRun.objects.select_related("act").get(pk=self.lease.pk)


def _awaited(run: BatchRun) -> list[BatchChunk]:
    """The chunks of which vouchers are still to be seen; also those full already of whose latest call none came yet."""
    twice = run.chunks.filter(
        state=Progress.DONE, attempt__gt=1, answered=True, sent_at__gt=timezone.now() - settle_time()
    )
    owed = [chunk for chunk in twice if not chunk.vouchers.filter(attempt=chunk.attempt).exists()]
    return [*run.chunks.filter(state__in=OPEN), *owed]


def _heard(chunk: BatchChunk) -> datetime:
    """When the chunk last moved: its call, or its last new voucher."""
    moments = [moment for moment in (chunk.sent_at, chunk.seen_at) if moment is not None]
    return max(moments, default=timezone.now())


def _quiet_until(chunk: BatchChunk) -> datetime:
    """From then on a chunk that has not moved is judged."""
    return _heard(chunk) + settle_time()


def _withdrawing(run: BatchRun) -> float | None:
    """Seconds until another try at a voucher too many; None when there is none to be made."""
    voucher = surplus.next_one(run)
    return None if voucher is None else max(surplus.waits_for(voucher, first=STUBBORN), STUBBORN)


def _was_absent(run: BatchRun, chunk: BatchChunk) -> bool:
    """Whether vouchers of an earlier call were read as missing, but too long ago to send for them again now."""
    if chunk.own_code or not chunk.attempt:
        return False
    prefix = settling.token_of(run_id=run.pk, chunk=chunk.number, attempt=0)[:-1]
    read = Q(state__outcome=State.DONE) | Q(state__code=settling.ABSENT)
    if not Act.objects.filter(read, parent=run.act, form_token__startswith=prefix).exists():
        return False
    resumed = Act.objects.filter(parent=run.act, action=BATCH_RESUMED.name).first()
    since = timezone.now() - max(2 * settle_time(), RECENT)
    since = since if resumed is None else max(since, resumed.at)
    return run.read_at is None or run.read_at < since


def _trusts_marks(run: BatchRun) -> bool:
    """Whether marks have been seen coming back from this account, in this run or in one before."""
    return run.marks == BatchRun.Marks.SEEN or BatchRun.objects.filter(marks=BatchRun.Marks.SEEN).exists()
