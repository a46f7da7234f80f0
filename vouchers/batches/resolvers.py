"""Find out whether a call of a run happened whose answer was lost.

Runs read their vouchers back all the time, so most is known here already: these functions ask our own rows. Only a
single voucher with a known code is looked up at Piggy.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyNotFound
from vouchers import marks
from vouchers.models import BatchChunk, BatchRun, Progress, RunVoucher


def resolve_chunk(act: Act) -> Settlement | None:
    """What the run's own readings say: all seen is done, none seen in a whole reading after the settle time is not."""
    chunk = chunk_of(act)
    if chunk is None:
        return None
    seen = RunVoucher.objects.filter(chunk=chunk, attempt=act.figures["attempt"]).count()
    reading = {"vouchers with our mark": seen, "asked for": act.figures["quantity"]}
    if seen >= act.figures["quantity"]:
        return Settlement(True, reading, {"made": seen})
    run = chunk.run
    # The call itself left later than its act was begun: it may have had to wait for its turn.
    read_since = act.sent_at + timedelta(seconds=settings.PIGGY_TIMEOUT) + settle_time()
    if run.marks != BatchRun.Marks.SEEN or run.read_at is None or run.read_at < read_since:
        return Settlement(None, reading)
    if not seen:
        return Settlement(False, reading)
    grew = chunk.seen_at is not None and run.read_at < chunk.seen_at + settle_time()
    return Settlement(None if grew else True, reading, {} if grew else {"made": seen})


def settled_chunk(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    """The chunk follows what was settled: taken by Piggy, or to be sent again."""
    chunk = BatchChunk.objects.filter(act=act, state__in=(Progress.SENT, Progress.UNKNOWN))
    if happened:
        chunk.update(state=Progress.SENT, answered=True)
    else:
        chunk.filter(made=0).update(state=Progress.PLANNED, act=None, answered=False)


def resolve_code(act: Act) -> Settlement | None:
    """Whether there is a voucher with the code, and our mark on it."""
    chunk = chunk_of(act)
    if chunk is None:
        return None
    try:
        voucher = piggy.get_client().find_voucher(code=chunk.own_code)
    except PiggyNotFound:
        return Settlement(None if lateness.may_still_come(act) else False, {"voucher with this code": "none"})
    known = marks.chunk_and_attempt(voucher.mark, run_id=chunk.run_id)
    reading = {"voucher with this code": voucher.status, "our mark": "found" if voucher.mark else "not there"}
    if known is not None and known[0] == chunk.number:
        return Settlement(True, reading, {"voucher_uuid": voucher.uuid})
    return Settlement(False if voucher.mark else None, reading)


def resolve_surplus(act: Act) -> Settlement | None:
    """Whether the voucher that is one too many is withdrawn now."""
    kept = RunVoucher.objects.filter(piggy_uuid=act.target_id).first()
    if kept is None:
        return None
    status = piggy.get_client().find_voucher(code=kept.code).status
    happened = True if status == "DEACTIVATED" else None if lateness.may_still_come(act) else False
    return Settlement(happened, {"status": status})


def chunk_of(act: Act) -> BatchChunk | None:
    """The chunk that this act is a call of."""
    return (
        BatchChunk.objects.filter(run_id=UUID(act.target_id), number=act.figures["chunk"]).select_related("run").first()
    )


def settle_time() -> timedelta:
    """How long none of its vouchers must have been seen before a call counts as not made."""
    return timedelta(seconds=settings.BATCH_SETTLE_SECONDS)
