"""Vouchers that are one too many, because a call thought lost came about after all: withdrawn, one act each."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.codes import last_four
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act, State
from piggyadmin.piggy.errors import PiggyNotFound, PiggyRateLimited, PiggyRejected, PiggyUnexpected
from vouchers.batches import settling
from vouchers.batches.actions import SURPLUS
from vouchers.models import BatchRun, RunVoucher

WITHDRAWN: Final = "DEACTIVATED"
USABLE = ("ACTIVE", "INACTIVE", "LOCKED")
MOST_TRIES = 8  # at one voucher; about twenty minutes
UNHEARD = ("rate_limited", "not_sent")  # codes of tries that Piggy never judged


def surplus(run: BatchRun) -> QuerySet[RunVoucher]:
    """All vouchers of the run beyond what was asked for."""
    return RunVoucher.objects.filter(run=run, number=None)


def pending(run: BatchRun) -> QuerySet[RunVoucher]:
    """Those of them that somebody could still use, the one that was looked at longest ago first."""
    return surplus(run).filter(status__in=USABLE).order_by("read_at")


def given_up(run: BatchRun) -> QuerySet[RunVoucher]:
    """Those of them that nobody tries to withdraw any more."""
    if run.ended_at is not None and run.watch_until is None:
        return pending(run)
    tried: QuerySet[RunVoucher] = _with_tries(run).filter(tries__gte=MOST_TRIES)
    return tried


def next_one(run: BatchRun, *, but: Collection[UUID] = ()) -> RunVoucher | None:
    """The one to try next, the least tried first. None: all are withdrawn, or were tried often enough."""
    left = _with_tries(run).filter(tries__lt=MOST_TRIES).exclude(pk__in=but)
    voucher: RunVoucher | None = left.select_related("chunk").order_by("tries", "read_at").first()
    return voucher


def waits_for(voucher: RunVoucher, *, first: float) -> float:
    """Seconds until it is worth another try: `first` after the first, twice as long after each one more."""
    tries: int = getattr(voucher, "tries", 0)
    if not tries:
        return 0.0
    return math.ldexp(first, tries - 1) - (timezone.now() - voucher.read_at).total_seconds()


def _with_tries(run: BatchRun) -> Any:
    acts = Act.objects.filter(action=SURPLUS.name, target_kind="voucher", target_id=OuterRef("piggy_uuid"))
    tries = acts.exclude(state__code__in=UNHEARD).order_by().values("target_id").annotate(n=Count("pk")).values("n")
    return pending(run).annotate(tries=Coalesce(Subquery(tries), 0))


def withdraw(run: BatchRun, voucher: RunVoucher) -> bool:
    """Withdraw it; whether it cannot be used any more. Two calls at most. Raises PiggyError.

    Withdrawing twice does no harm. Where an earlier try left doubt, it is looked at first.
    """
    tries = Act.objects.filter(action=SURPLUS.name, target_kind="voucher", target_id=voucher.piggy_uuid)
    number = tries.count()
    if number:
        # Piggy not knowing its code any more is no reason to stop trying, and no proof either.
        with contextlib.suppress(PiggyNotFound, PiggyUnexpected):
            _keep(voucher, piggy.get_client().find_voucher(code=voucher.code).status)
        if voucher.status not in USABLE:
            _settle(tries, withdrawn=voucher.status == WITHDRAWN)
            return True

    def call(act: Act) -> object:
        # The last look: meanwhile it may have got a number, to fill what is short elsewhere.
        if not RunVoucher.objects.filter(pk=voucher.pk, number=None).update(read_at=timezone.now()):
            raise PiggyRejected("It is not one too many any more.")
        return piggy.get_client().update_voucher(voucher_uuid=voucher.piggy_uuid, status=WITHDRAWN)

    outcome = perform(
        SURPLUS,
        by=None,
        target=Target("voucher", voucher.piggy_uuid, contact_id=run.contact_uuid),
        figures={"code_end": last_four(voucher.code), "chunk": voucher.chunk.number, "attempt": voucher.attempt},
        form_token=f"{run.pk.hex}-{voucher.pk.hex}-{number + 1}",
        parent=run.act,
        call=call,
    )
    if outcome.outcome == State.PLANNED:
        settling.give_up(Act.objects.get(pk=outcome.act_id))
        wait = outcome.not_before - timezone.now() if outcome.not_before else timedelta()
        raise PiggyRateLimited("Piggy wants us to wait.", retry_after=max(wait.total_seconds(), 0.0))
    _keep(voucher, WITHDRAWN if outcome.done else voucher.status)
    if outcome.done:
        _settle(tries, withdrawn=True)
    return outcome.done


def settle_read(run: BatchRun) -> None:
    """Settle what was in doubt of withdrawals whose vouchers a reading has shown since, of no use to anybody."""
    doubtful = Act.objects.filter(parent=run.act, action=SURPLUS.name, state__outcome__in=(State.SENT, State.UNKNOWN))
    for voucher in surplus(run).filter(piggy_uuid__in=doubtful.values("target_id")).exclude(status__in=USABLE):
        _settle(doubtful.filter(target_id=voucher.piggy_uuid), withdrawn=voucher.status == WITHDRAWN)


def _settle(tries: QuerySet[Act], *, withdrawn: bool) -> None:
    """Whichever of them it was: what was in doubt is how the voucher stands, and that is known now."""
    for act in tries.filter(state__outcome__in=(State.SENT, State.UNKNOWN)):
        settling.settle(act, happened=withdrawn)


def _keep(voucher: RunVoucher, status: str) -> None:
    voucher.status, voucher.read_at = status, timezone.now()
    voucher.save(update_fields=["status", "read_at"])
