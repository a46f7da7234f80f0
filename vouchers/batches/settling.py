"""What the readings of a run say about its calls, told to the ledger: each act ends as what truly came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from piggyadmin.ledger.chain import appending
from piggyadmin.ledger.door import begun_with
from piggyadmin.ledger.models import Act, ActState, Event, How, State
from piggyadmin.ledger.projection import tell
from vouchers.models import BatchChunk, RunVoucher

ABSENT, TOLD_TO_WAIT = "did_not_happen", "rate_limited"


def token_of(*, run_id: UUID, chunk: int, attempt: int) -> str:
    """The form token of one call's act: whoever comes second with it does not call."""
    return f"{run_id.hex}-{chunk}-{attempt}"


def act_of(chunk: BatchChunk, attempt: int) -> Act | None:
    """The act of this call; None when it was never begun."""
    token = token_of(run_id=chunk.run_id, chunk=chunk.number, attempt=attempt)
    return begun_with(token)


def settle(act: Act, *, happened: bool, figures: Mapping[str, Any] | None = None) -> None:
    """Tell what was read back. Also against what was told before: vouchers may be there after all, or never come."""
    outcome = State.DONE if happened else State.REFUSED
    with appending() as head:
        if ActState.objects.get(act=act).outcome != outcome:
            code = "" if happened else ABSENT
            tell(head, act, Event(outcome=outcome, how=How.LOOK, code=code, figures=dict(figures or {})))


def give_up(act: Act) -> None:
    """Piggy had us wait with this call: the next one is an act of its own, so this one is over, and was never done."""
    with appending() as head:
        if ActState.objects.get(act=act).outcome == State.PLANNED:
            tell(head, act, Event(outcome=State.REFUSED, how=How.UNSENT, code=TOLD_TO_WAIT))


def settle_seen(calls: Iterable[tuple[BatchChunk, int]]) -> None:
    """Settle the acts of these calls (chunk, attempt) whose vouchers have all been seen.

    Of one that was told as not made any voucher is enough: it was made in part at least.
    """
    tokens = {token_of(run_id=chunk.run_id, chunk=chunk.number, attempt=n): (chunk, n) for chunk, n in calls}
    open_acts = Act.objects.filter(form_token__in=tokens).exclude(state__outcome=State.DONE)
    for act in open_acts.select_related("state"):
        chunk, attempt = tokens[act.form_token]
        seen = RunVoucher.objects.filter(chunk=chunk, attempt=attempt).count()
        if seen >= act.figures["quantity"] or (seen and act.outcome == State.REFUSED):
            settle(act, happened=True, figures={"made": seen})


def settle_missing(chunk: BatchChunk) -> None:
    """Settle the chunk's latest act, the rest of whose vouchers will not come: made in part, or not at all."""
    act = act_of(chunk, chunk.attempt)
    if act is None:
        return
    seen = RunVoucher.objects.filter(chunk=chunk, attempt=chunk.attempt).count()
    settle(act, happened=seen > 0, figures={"made": seen} if seen else None)
