"""A call thought lost may come about after all: its vouchers fill what is short elsewhere before any is withdrawn.

Else a run near Piggy's limit would withdraw what it lacks, for what is withdrawn may count towards the limit too.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from piggyadmin.ledger.models import Act
from piggyadmin.ledger.models import State as Outcome
from vouchers.batches.actions import SURPLUS
from vouchers.batches.surplus import pending
from vouchers.models import BatchChunk, BatchRun, Progress, RunVoucher

State = BatchRun.State
WANTING = (State.RUNNING, State.PAUSED, State.REFUSED)  # in these more vouchers are wanted than there are
CALLED = (Progress.SENT, Progress.UNKNOWN)
IDLE = (Progress.PLANNED, Progress.REFUSED)


def waits(run: BatchRun) -> bool:
    """Whether a call is under way that may come to nothing: until that is known nothing is withdrawn."""
    if run.ended_at is not None or run.state not in WANTING or run.kind != BatchRun.Kind.BATCH:
        return False
    return run.chunks.filter(state__in=CALLED, made__lt=F("quantity")).exists()


def fill(run: BatchRun) -> bool:
    """Count vouchers that are one too many towards what no call is under way for; whether there were any of both."""
    with transaction.atomic():
        # As in a reading: the run's row lets in one at a time, and whoever claims a chunk meanwhile finds it changed.
        locked = BatchRun.objects.select_for_update().get(pk=run.pk)
        if locked.state not in WANTING or locked.kind != BatchRun.Kind.BATCH:
            return False
        short = BatchChunk.objects.select_for_update().filter(run=locked, state__in=IDLE, made__lt=F("quantity"))
        places = [chunk for chunk in short for _ in range(chunk.quantity - chunk.made)]
        spare = list(pending(locked).select_for_update()) if places else []
        # What somebody set out to withdraw may be of no use any moment.
        tried = Act.objects.filter(parent=locked.act, action=SURPLUS.name).exclude(state__outcome=Outcome.REFUSED)
        leaving = set(tried.values_list("target_id", flat=True)) if spare else set()
        pairs = list(zip(places, (row for row in spare if row.piggy_uuid not in leaving), strict=False))
        last = RunVoucher.objects.filter(run=locked).aggregate(last=Max("number"))["last"] or 0
        for number, (chunk, voucher) in enumerate(pairs, start=last + 1):
            voucher.number = number
            chunk.made, chunk.seen_at = chunk.made + 1, timezone.now()
            if chunk.made >= chunk.quantity:
                chunk.state, chunk.code, chunk.reason = Progress.DONE, "", ""
        RunVoucher.objects.bulk_update([voucher for _, voucher in pairs], ["number"], batch_size=100)
        for chunk in {chunk.pk: chunk for chunk, _ in pairs}.values():
            chunk.save(update_fields=["made", "seen_at", "state", "code", "reason"])
    done_after_all(run)
    return bool(pairs)


def done_after_all(run: BatchRun) -> None:
    """A run that Piggy ended is done all the same once everything that was asked for is there."""
    lacking = BatchChunk.objects.filter(run=run).exclude(state=Progress.DONE)
    ended = BatchRun.objects.filter(pk=run.pk, state=State.REFUSED, ended_at__isnull=False)
    ended.exclude(pk__in=lacking.values("run_id")).update(state=State.DONE, code="", reason="")
