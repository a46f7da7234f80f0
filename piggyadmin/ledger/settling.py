"""Finding out whether an unknown act happened: by looking at Piggy, and where that does not help, by a person."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils import timezone

from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Action, Settlement, action_named
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.chain import appending
from piggyadmin.ledger.details import refuse_words_in
from piggyadmin.ledger.models import Act, ActState, Event, How, State
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.projection import tell
from piggyadmin.piggy.errors import PiggyError, PiggyRateLimited
from piggyadmin.runs import leases
from piggyadmin.runs.leases import Lease

logger = logging.getLogger(__name__)

CLAIM = timedelta(seconds=30)  # how long one look may take before another may begin
BLIND = timedelta(seconds=60)  # the wait after a look that Piggy did not answer; such a look does not count
BLIND_FOR = timedelta(days=1)  # after so long without an answer a person decides
PATIENCE = timedelta(minutes=15)  # after so long a person may decide although looks are still to come
JOB_SECONDS = 20.0  # a task of the worker is ended at 30 s
LONGEST_REASON = 1000

SETTLE = "ledger.settle_act"


def look(act_id: UUID, *, only_due: bool = False) -> Outcome:
    """Look at Piggy once for an act without a known outcome, and settle it if the reading decides.

    `only_due` looks only if the schedule says that it is time: for pages that ask every few seconds. Of all who ask at
    once, one looks. Nothing happens for an act that is settled, has no resolver, or is still being sent.
    """
    act = Act.objects.get(pk=act_id)
    action = action_named(act.action)
    _give_up_waiting(act, action)
    claim = _claim(act, only_due=only_due) if action.resolve else None
    if claim is None:
        return outcome_of(act)
    try:
        settlement = action.resolve(act) if action.resolve else None
    except PiggyError as error:
        _look_again_later(act, claim, error)
        return outcome_of(act)
    except Exception:
        # A resolver that trips must not stop the others' settling: it counts as a look that told nothing.
        logger.exception("the resolver of %s failed", act.action)
        settlement = None
    _keep_reading(act, action, claim, settlement)
    return outcome_of(act)


def settle_open() -> int:
    """The minute's job: acts that went silent become unknown, and every look that is due is taken; how many were.

    Stops after `JOB_SECONDS`; the next minute goes on with what is left.
    """
    until = time.monotonic() + JOB_SECONDS
    for act in Act.objects.filter(state__outcome=State.SENT).order_by("seq"):
        _give_up_waiting(act, action_named(act.action))
    due = ActState.objects.filter(outcome=State.UNKNOWN, next_look_at__lte=timezone.now()).order_by("next_look_at")
    looked = 0
    for act_id in due.values_list("act_id", flat=True):
        if time.monotonic() > until:
            break
        look(act_id, only_due=True)
        looked += 1
    return looked


def may_settle(act: Act, by: Actor) -> bool:
    """A person decides about an unknown act when nobody looks any more, or when the looks take too long."""
    state = act.state
    if state.outcome != State.UNKNOWN or not by.may(SETTLE):
        return False
    if lateness.may_still_come(act):
        return False  # the request may still be on its way: nobody can know yet
    return state.next_look_at is None or timezone.now() - state.updated_at > PATIENCE


def settle_by_person(act_id: UUID, *, by: Actor, happened: bool, reason: str) -> Outcome:
    """A person's word on an unknown act, with the reading they saw and a reason.

    Raises PermissionDenied without `ledger.settle_act`, ValidationError without a reason or while looks are still to
    come. An act that was settled in the meantime stays as it is: see the outcome.
    """
    if not by.may(SETTLE):
        raise PermissionDenied(SETTLE)
    reason = reason.strip()
    if not reason:
        raise ValidationError("Write how you know it.", code="required")
    if len(reason) > LONGEST_REASON:
        raise ValidationError(f"Write at most {LONGEST_REASON} characters.", code="max_length")
    with appending() as head:
        act = Act.objects.select_related("state").get(pk=act_id)
        if act.state.outcome != State.UNKNOWN:
            return outcome_of(act, repeated=True)
        if not may_settle(act, by):
            raise ValidationError("We are still looking. Wait for the last look, then decide.", code="too_early")
        event = Event(
            outcome=State.DONE if happened else State.REFUSED,
            how=How.PERSON,
            code="" if happened else "did_not_happen",
            staff=by.staff,
            figures={"reading": act.state.reading} if act.state.reading else {},
        )
        action = action_named(act.action)
        if action.on_settled:
            action.on_settled(act, happened, act.state.reading)
        tell(head, act, event, {"reason": reason})
    return outcome_of(act)


def _give_up_waiting(act: Act, action: Action) -> None:
    """An act that has been "sent" for longer than any call may take lost its process: now it is unknown."""
    silent_since = timezone.now() - timedelta(seconds=action.settle_after)
    silent = ActState.objects.filter(act=act, outcome=State.SENT, updated_at__lt=silent_since)
    if not silent.exists():
        return
    with appending() as head:
        if silent.exists():
            tell(head, act, Event(outcome=State.UNKNOWN, how=How.SILENCE, code="no_answer"))


def _claim(act: Act, *, only_due: bool) -> Lease[ActState] | None:
    """The right to look; None when nothing is to be seen or somebody looks already."""
    unknown = ActState.objects.filter(outcome=State.UNKNOWN)
    if only_due:
        unknown = unknown.filter(next_look_at__lte=timezone.now())
    return leases.take(unknown, act.pk, lambda: CLAIM)


def _keep_reading(act: Act, action: Action, claim: Lease[ActState], settlement: Settlement | None) -> None:
    reading = dict(settlement.reading) if settlement else {}
    refuse_words_in(reading)
    if settlement is None or settlement.happened is None:
        _plan_next(act, action, claim, reading)
        return
    figures = {**settlement.figures, **({"reading": reading} if reading else {})}
    refuse_words_in(figures)
    with appending() as head:
        if not ActState.objects.filter(act=act, outcome=State.UNKNOWN).exists():
            return  # somebody settled it while we looked
        code = settlement.code or ("" if settlement.happened else "did_not_happen")
        outcome = State.DONE if settlement.happened else State.REFUSED
        if action.on_settled:
            action.on_settled(act, settlement.happened, reading)
        state = tell(head, act, Event(outcome=outcome, how=How.LOOK, code=code, figures=figures))
        state.reading, state.read_at = reading, timezone.now()
        state.save(update_fields=["reading", "read_at"])


def _plan_next(act: Act, action: Action, claim: Lease[ActState], reading: dict[str, object]) -> None:
    """One look more is used up. After the last, nobody looks by themselves any more.

    A look before its time (somebody pressed a button) shows its reading and uses up nothing: impatience must not end
    the looking.
    """
    now = timezone.now()
    mine = claim.mine().filter(outcome=State.UNKNOWN)
    state = mine.first()
    if state is None:
        return
    early = state.next_look_at is not None and state.next_look_at > now
    if early or state.next_look_at is None:
        mine.update(claimed_until=None, reading=reading or state.reading, read_at=now if reading else state.read_at)
        return
    taken = state.looks + 1
    wait = action.looks[taken] if taken < len(action.looks) else None
    mine.update(
        looks=F("looks") + 1,
        next_look_at=None if wait is None else now + timedelta(seconds=wait),
        claimed_until=None,
        reading=reading or state.reading,
        read_at=now if reading else state.read_at,
    )


def _look_again_later(act: Act, claim: Lease[ActState], error: PiggyError) -> None:
    """Piggy did not let us look. That says nothing about the act, so it uses up no look, for a day at most."""
    now = timezone.now()
    wait = BLIND
    if isinstance(error, PiggyRateLimited):
        wait = max(wait, timedelta(seconds=error.retry_after))
    mine = claim.mine().filter(outcome=State.UNKNOWN)
    state = mine.first()
    if state is None:
        return
    for_good = now - state.updated_at > BLIND_FOR
    still = state.next_look_at is not None and not for_good
    mine.update(claimed_until=None, next_look_at=now + wait if still else None)
