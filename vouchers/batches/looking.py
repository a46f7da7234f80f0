"""A voucher with a code of one's own can be found by that code: after a lost answer its mark tells whose it is."""

from __future__ import annotations

from piggyadmin import piggy
from piggyadmin.ledger.models import State
from piggyadmin.piggy.errors import PiggyNotFound
from piggyadmin.piggy.payloads import Voucher
from vouchers import marks
from vouchers.batches import settling
from vouchers.batches.reading import take
from vouchers.batches.sending import EXISTS, OPEN, TAKEN
from vouchers.models import BatchChunk, BatchRun, Progress

UNMARKED = "There is a voucher with this code, but without our mark: nobody can tell who made it."


def look(run: BatchRun, chunk: BatchChunk) -> None:
    """Find out what became of a chunk whose answer was lost. One call. Raises PiggyError.

    Where there is no such voucher it is planned again at once: if the lost call is still under way, the next is refused
    because the code exists.
    """
    ours = BatchChunk.objects.filter(pk=chunk.pk, state__in=OPEN)
    try:
        voucher = piggy.get_client().find_voucher(code=chunk.own_code)
    except PiggyNotFound:
        ours.filter(attempt=chunk.attempt).update(state=Progress.PLANNED)
        return
    known = marks.chunk_and_attempt(voucher.mark, run_id=run.pk)
    if known is not None and known[0] == chunk.number:
        take(run, [(voucher, *known)])
        _settle_others(chunk, made_by=known[1])
    elif voucher.mark:
        ours.update(state=Progress.REFUSED, code=TAKEN, reason=EXISTS)
        _settle_others(chunk, made_by=None)
    elif chunk.answered:
        keep(run, chunk, voucher)
    else:
        ours.update(reason=UNMARKED)


def keep(run: BatchRun, chunk: BatchChunk, voucher: Voucher) -> None:
    """The voucher that Piggy answered with is this chunk's, whether or not it shows its mark."""
    take(run, [(voucher, chunk.number, chunk.attempt)])
    _settle_others(chunk, made_by=chunk.attempt)


def _settle_others(chunk: BatchChunk, *, made_by: int | None) -> None:
    """The chunk's other calls made nothing, now that it is known which one did."""
    for attempt in range(1, chunk.attempt + 1):
        act = settling.act_of(chunk, attempt) if attempt != made_by else None
        if act is not None and act.outcome in (State.SENT, State.UNKNOWN):
            settling.settle(act, happened=False)
