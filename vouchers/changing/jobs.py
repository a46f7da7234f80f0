"""Carry a change of many vouchers on: one voucher, one act, at the pace of jobs.

The rows are the change; a task is thin and may be killed at any line, or run twice. A voucher is taken by a
conditional UPDATE, and its act is begun under a token made of its row and the attempt, so that one attempt is one call
whoever makes it. What got no answer is looked up before it is tried again.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger import settling
from piggyadmin.ledger.door import begun_with
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.runs import leases, tasks
from vouchers.changing.writing import change_voucher, open_changes
from vouchers.models import Progress, RunVoucher, VoucherChange, VoucherChangeItem

ADVANCE = "vouchers.changing.jobs.advance"
JOB_SECONDS = 20.0  # a task of the worker is ended at 30 s
SILENCES = 3  # answers lost one after another, before the change takes a pause
PAUSE = timedelta(seconds=30)
SOON = timedelta(seconds=5)
OPEN = (Progress.SENT, Progress.UNKNOWN)


def enqueue(change_id: UUID, *, patient: bool = False) -> None:
    tasks.ask(ADVANCE, str(change_id), patient, group=f"change {change_id}")


def nudge(change: VoucherChange) -> None:
    """Have somebody go on with it, if it is due and nobody is at it: for the page that is being watched."""
    tasks.nudge(_due(), change.pk, enqueue)


def advance_open() -> int:
    """The minute's safety net: go on with every change that is due and that nobody is at; how many there were."""
    return tasks.enqueue_all(_due().order_by("created_at"), enqueue)


def advance_after_start(**kwargs: Any) -> None:
    """A worker has just started, perhaps after it was killed in the midst of a change: go on at once."""
    tasks.enqueue_after_start(_unfinished(), partial(enqueue, patient=True))


def advance(change_id: str, patient: bool = False) -> int:
    """Go on with one change for a while; how many vouchers were sent. What is left is another task's.

    Nothing happens while another worker is at it; `patient` waits once for its lease, which a dead one left behind.
    """
    lease = leases.take(_unfinished(), UUID(change_id), _lease, only_due=True, patient=patient)
    if lease is None:
        return 0
    try:
        with piggy.as_job():
            sent, has_more = _work(lease, time.monotonic() + JOB_SECONDS)
    finally:
        lease.end()
    if has_more:
        enqueue(lease.pk)
    return sent


def _lease() -> timedelta:
    """Longer than one call may take: after a kill nobody waits longer for the change to go on."""
    return timedelta(seconds=settings.PIGGY_TIMEOUT + 2)


def _due() -> QuerySet[VoucherChange]:
    """Those that it is worth going on with by now, and that nobody is at."""
    return _unfinished().filter(leases.due(timezone.now()))


def _unfinished() -> QuerySet[VoucherChange]:
    return VoucherChange.objects.filter(ended_at=None)


def _work(lease: leases.Lease[VoucherChange], until: float) -> tuple[int, bool]:
    """How many were sent, and whether there is more to do at once."""
    change, sent, silences = VoucherChange.objects.select_related("act").get(pk=lease.pk), 0, 0
    for item in change.items.filter(state__in=OPEN).order_by("number")[:500]:
        if time.monotonic() > until or not lease.renew():
            return 0, False
        _look(item)
    while time.monotonic() < until and lease.renew():
        change.refresh_from_db(fields=["is_stopped"])
        due = None if change.is_stopped else _next(change)
        if due is None:
            _end_or_wait(lease, change)
            return sent, False
        item = due
        if open_changes(item.piggy_uuid).exists():
            _put_back(item, timezone.now() + PAUSE, "An earlier change of it is not settled yet.")
            continue
        outcome = _send(item, change)
        if outcome is None:
            continue
        sent += 1
        wait = _keep(item, outcome)
        silences = silences + 1 if outcome.unknown else 0
        if silences >= SILENCES:
            wait = timezone.now() + PAUSE
        if wait is not None:
            lease.mine().update(not_before=wait)
            return sent, False
    return sent, True


def _next(change: VoucherChange) -> VoucherChangeItem | None:
    now = timezone.now()
    due = Q(not_before=None) | Q(not_before__lte=now)
    return change.items.filter(due, state=Progress.PLANNED).order_by("number").first()


def _send(item: VoucherChangeItem, change: VoucherChange) -> Outcome | None:
    """Take the voucher and change it; None when somebody else was faster."""
    mine = VoucherChangeItem.objects.filter(pk=item.pk, attempt=item.attempt)
    if not mine.filter(state=Progress.PLANNED).update(state=Progress.SENT):
        return None

    def note(act: Act) -> None:
        if not mine.filter(state=Progress.SENT).update(act=act):
            raise PiggyRejected("Another worker is at it.")
        withdrawn = RunVoucher.objects.filter(piggy_uuid=item.piggy_uuid, status="DEACTIVATED")
        if change.kind == VoucherChange.Kind.EXPIRY and withdrawn.exists():
            # ACTIVE goes with a new end: should Piggy take it at its word, a stolen sheet would be good again.
            raise PiggyRejected("It was withdrawn in the meantime.")

    return change_voucher(
        kind=change.kind,
        voucher_uuid=item.piggy_uuid,
        code_end=item.code_end,
        actor=None,
        token=_token(item),
        until=change.expiration_date,
        parent=change.act,
        before=note,
    )


def _keep(item: VoucherChangeItem, outcome: Outcome) -> datetime | None:
    """Write down what came of it. A moment is returned when nothing more should be sent before it."""
    now = timezone.now()
    mine = VoucherChangeItem.objects.filter(pk=item.pk, attempt=item.attempt, state__in=OPEN)
    told = {"code": outcome.code[:20], "reason": outcome.reason}
    if outcome.done:
        mine.update(state=Progress.DONE, code="", reason="")
    elif outcome.unknown or outcome.under_way:
        mine.update(state=Progress.UNKNOWN, **told)
    elif outcome.not_before is not None:  # Piggy is busy: the same act is sent again, and so is the attempt
        told["reason"] = "Piggy is busy."
        mine.update(state=Progress.PLANNED, not_before=outcome.not_before, **told)
        return max(outcome.not_before, now)
    elif outcome.code == "did_not_happen":
        mine.update(state=Progress.PLANNED, attempt=F("attempt") + 1, **told)
    elif outcome.code == "not_sent" or _is_our_key(outcome):
        mine.update(state=Progress.PLANNED, attempt=F("attempt") + 1, not_before=now + PAUSE, **told)
        return now + PAUSE
    else:
        mine.update(state=Progress.REFUSED, **told)
    return None


def _is_our_key(outcome: Outcome) -> bool:
    """Whether Piggy refused us and not this change: that goes for all vouchers, until somebody has seen to it."""
    return outcome.error is not None and outcome.error.status in (401, 403)


def _look(item: VoucherChangeItem) -> None:
    """Find out what became of a voucher that was taken and not answered for."""
    act = begun_with(_token(item))
    mine = VoucherChangeItem.objects.filter(pk=item.pk, attempt=item.attempt, state__in=OPEN)
    if act is None:  # the worker died before it began the act: nothing was sent
        mine.update(state=Progress.PLANNED)
        return
    mine.update(act=act)  # should the worker have died before it noted that
    outcome = settling.look(act.pk, only_due=True)
    if outcome.outcome == State.SENT:
        return
    item.refresh_from_db()
    if item.state in OPEN:  # otherwise settling has put it right
        _keep(item, outcome)


def _put_back(item: VoucherChangeItem, not_before: datetime, reason: str) -> None:
    planned = VoucherChangeItem.objects.filter(pk=item.pk, state=Progress.PLANNED)
    planned.update(not_before=not_before, reason=reason)


def _end_or_wait(lease: leases.Lease[VoucherChange], change: VoucherChange) -> None:
    """Nothing is due now: the change is over when nothing is open, else it waits for whatever comes first."""
    waiting = (Progress.PLANNED, *OPEN) if not change.is_stopped else OPEN
    if not change.items.filter(state__in=waiting).exists():
        VoucherChange.objects.filter(pk=change.pk, ended_at=None).update(ended_at=timezone.now())
        return
    now = timezone.now()
    first = change.items.filter(state=Progress.PLANNED, not_before__gt=now).order_by("not_before").first()
    soonest = now + SOON if change.items.filter(state__in=OPEN).exists() else now + PAUSE
    if first is not None and first.not_before is not None and not change.is_stopped:
        soonest = min(soonest, first.not_before)
    lease.mine().update(not_before=soonest)


def _token(item: VoucherChangeItem) -> str:
    return f"{item.pk.hex}-{item.attempt}"
