"""Send one call of a run, once, and follow what came of it. Only what is known not to be done is ever sent again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.codes import last_four
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, How, State
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyRejected
from piggyadmin.templatetags.words import thousands
from vouchers import marks
from vouchers.batches import settling
from vouchers.batches.actions import BATCH_CHUNK, CODE_CREATE
from vouchers.models import BatchChunk, BatchRun, Progress

OPEN = (Progress.SENT, Progress.UNKNOWN)  # called, and what came of it is not known or not seen yet
LIMIT, TAKEN = "80008", "80003"
EXISTS = "A voucher with this code exists already."
UNAUTHORIZED = 401
MOST_TRIES = 8  # of a call that is turned away without a code of Piggy's
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 300.0  # s between two tries, each twice the one before


def claim(chunk: BatchChunk) -> bool:
    """Take a planned chunk for sending: of all who try at once one gets it. It counts as sent from here on."""
    planned = BatchChunk.objects.filter(pk=chunk.pk, state=Progress.PLANNED, attempt=chunk.attempt, made=chunk.made)
    claimed = planned.filter(run__state=BatchRun.State.RUNNING).update(
        state=Progress.SENT,
        attempt=chunk.attempt + 1,
        sent_at=_by_then(),
        answered=False,
        not_before=None,
        act=None,
        code="",
        reason="",
    )
    if claimed:
        chunk.refresh_from_db()
    return bool(claimed)


def send(run: BatchRun, chunk: BatchChunk) -> Outcome:
    """Make the call of a chunk just claimed: a batch of what it lacks, or the voucher with its code."""
    attempt, quantity = chunk.attempt, chunk.quantity - chunk.made
    mark = marks.mark_for(run_id=run.pk, chunk=chunk.number, attempt=attempt)
    common: dict[str, Any] = {
        "promotion_uuid": run.promotion_uuid,
        "contact_uuid": run.contact_uuid or None,
        "activation_date": run.activation_date,
        "expiration_date": run.expiration_date,
        "custom_attributes": {**run.attributes, MARK: mark},
    }
    figures: dict[str, Any] = {"chunk": chunk.number, "attempt": attempt, "quantity": quantity}
    write: Callable[[Piggy], Any]
    if chunk.own_code:
        action, figures["code_end"] = CODE_CREATE, last_four(chunk.own_code)
        write = lambda client: client.create_voucher(code=chunk.own_code, **common)  # noqa: E731
    else:
        action = BATCH_CHUNK
        write = lambda client: client.create_voucher_batch(quantity=quantity, **common)  # noqa: E731

    def call(act: Act) -> Any:
        # The last look before the call: whoever was held up for long may not be the one to send it any more.
        ours = BatchChunk.objects.filter(pk=chunk.pk, state=Progress.SENT, attempt=attempt, run__ended_at=None)
        if not ours.update(act=act, sent_at=_by_then()):
            raise PiggyRejected("Somebody else went on with this part of the run.")
        return write(piggy.get_client())

    outcome = perform(
        action,
        by=None,
        target=Target("batch", str(run.pk), contact_id=run.contact_uuid),
        figures=figures,
        form_token=settling.token_of(run_id=run.pk, chunk=chunk.number, attempt=attempt),
        parent=run.act,
        call=call,
    )
    follow(run, chunk, outcome, at=timezone.now())
    return outcome


def recover(run: BatchRun) -> None:
    """Put the chunks right whose process died between two steps: the ledger knows how far each came."""
    for chunk in BatchChunk.objects.filter(run=run, state=Progress.SENT, answered=False):
        act = settling.act_of(chunk, chunk.attempt)
        if act is None:
            # The intent is kept before anything is sent, so without an act nothing was. Whoever is about to send it
            # all the same finds it planned and does not, or has named the act in the chunk by now.
            _ours(chunk).filter(act=None).update(state=Progress.PLANNED)
        else:
            BatchChunk.objects.filter(pk=chunk.pk, act=None).update(act=act)
            follow(run, chunk, outcome_of(act), at=chunk.sent_at)


def follow(run: BatchRun, chunk: BatchChunk, outcome: Outcome, *, at: datetime | None) -> None:
    """Move the chunk as its latest call went; `at` is when that was over."""
    ours = _ours(chunk)
    if outcome.done:
        ours.update(state=Progress.SENT, answered=True, sent_at=at)
    elif outcome.unknown:
        ours.update(state=Progress.UNKNOWN, sent_at=at)
    elif outcome.outcome == State.PLANNED:
        settling.give_up(Act.objects.get(pk=outcome.act_id))
        _wait(ours, outcome.not_before or timezone.now())
    elif outcome.refused:
        _refused(run, chunk, outcome)


def _refused(run: BatchRun, chunk: BatchChunk, outcome: Outcome) -> None:
    last = Act.objects.get(pk=outcome.act_id).events.order_by("-seq").first()
    never_left = last is not None and last.how == How.UNSENT and outcome.code == "not_sent"
    at_the_door = last is not None and (last.status in (None, UNAUTHORIZED) or not outcome.code)
    turned_away = _turned_away(run, chunk)
    at_the_door = at_the_door and not isinstance(outcome.error, PiggyInvalid) and turned_away < MOST_TRIES
    if never_left or at_the_door:
        pause = min(FIRST_PAUSE * 2**turned_away, LONGEST_PAUSE)
        _wait(_ours(chunk), timezone.now() + timedelta(seconds=pause))
        return
    code, reason = outcome.code[:20], outcome.reason or "Piggy turned the call away."
    if chunk.own_code and code == TAKEN:
        if _may_be_earlier(chunk):
            _ours(chunk).update(state=Progress.UNKNOWN)  # look whose it is
        else:
            _ours(chunk).update(state=Progress.REFUSED, code=code, reason=EXISTS)
        return
    if code == LIMIT:
        reason = _limit_words(run)
    _ours(chunk).update(state=Progress.REFUSED, code=code, reason=reason)
    going = BatchRun.objects.filter(pk=run.pk, state__in=(BatchRun.State.RUNNING, BatchRun.State.PAUSED))
    going.update(state=BatchRun.State.REFUSED, code=code, reason=reason)


def _may_be_earlier(chunk: BatchChunk) -> bool:
    """Whether an earlier call of this chunk, of which it is not known that it made nothing, may have made it."""
    acts = (settling.act_of(chunk, attempt) for attempt in range(1, chunk.attempt))
    return any(act is not None and act.outcome != State.REFUSED for act in acts)


def _turned_away(run: BatchRun, chunk: BatchChunk) -> int:
    """How often a call of this chunk was refused before anything was done; to be told to wait is no refusal."""
    prefix = settling.token_of(run_id=run.pk, chunk=chunk.number, attempt=0)[:-1]
    refused = Act.objects.filter(parent=run.act, form_token__startswith=prefix, state__outcome=State.REFUSED)
    return min(refused.exclude(state__code__in=(settling.ABSENT, settling.TOLD_TO_WAIT)).count(), 20)


def _limit_words(run: BatchRun) -> str:
    """Which limit it is, with its figure where Piggy tells it."""
    limit = own = None
    with contextlib.suppress(PiggyError):
        promotion = piggy.get_client().get_promotion(promotion_uuid=run.promotion_uuid)
        limit, own = promotion.voucher_limit, promotion.limit_per_contact
    told = []
    if limit is not None:
        told.append(f"of {thousands(limit)} vouchers for this promotion")
    if own is not None and run.contact_uuid:
        told.append(f"of {thousands(own)} vouchers for one customer")
    return f"Piggy’s limit {' or '.join(told) or 'of vouchers for this promotion'} is reached."


def _wait(ours: Any, until: datetime) -> None:
    ours.update(state=Progress.PLANNED, not_before=until, act=None)


def _ours(chunk: BatchChunk) -> Any:
    """The chunk, if this is still its latest call and that is not over."""
    return BatchChunk.objects.filter(pk=chunk.pk, attempt=chunk.attempt, state__in=OPEN)


def _by_then() -> datetime:
    """When a call that begins now has surely left here: it may have to wait for its turn."""
    return timezone.now() + timedelta(seconds=settings.PIGGY_TIMEOUT)
