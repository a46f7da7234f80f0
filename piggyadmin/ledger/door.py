"""The one door for every write. Nothing reaches Piggy but through `perform`, nothing of ours is told but by `record`.

    outcome = perform(
        REDEEM,
        by=actor,
        target=Target("voucher", voucher.uuid, contact_id=contact.uuid),
        figures={"code_end": last_four(code)},
        form_token=form.cleaned_data["form_token"],
        call=lambda act: client.redeem_voucher(...),
        done_figures=lambda answer: {"redemption_uuid": answer.uuid},
    )

The intent is committed before the call. A form sent twice is done once. What was not answered is unknown, and stays so
until it has been looked up: it is never sent again by itself.
"""

from __future__ import annotations

import logging
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical, mark_of
from piggyadmin.ledger.chain import appending
from piggyadmin.ledger.details import refuse_words_in
from piggyadmin.ledger.models import Act, ActDetail, ActState, ChainHead, Event, How, State
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.projection import begin, tell
from piggyadmin.piggy.errors import PiggyError, PiggyNotSent, PiggyRateLimited, PiggyRejected

logger = logging.getLogger(__name__)

PATIENCE = 6.0  # seconds that a form sent twice waits for the answer to the first
LONGEST_WAIT = timedelta(days=1)
NOTHING: Mapping[str, Any] = {}


class TokenRefused(PermissionDenied):
    """This form was used before, for something else, by somebody else, or with other values."""


class OtherValues(TokenRefused):
    """The form began an act that Piggy asked us to send later, and now says something else. Nothing was sent."""


class NoShop(PermissionDenied):
    """A write to Piggy is done in a shop, and none is picked."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is acted on. `id` is opaque. `contact_id` is the customer on whose page the act shows as well."""

    kind: str
    id: str
    contact_id: str = ""

    def __post_init__(self) -> None:
        if self.kind == "contact" and not self.contact_id:
            object.__setattr__(self, "contact_id", self.id)


def form_token() -> str:
    """A new one-time token for a form's hidden field."""
    return secrets.token_urlsafe(24)


def perform(
    action: Action,
    *,
    by: Actor | None,
    target: Target,
    call: Callable[[Act], Any],
    figures: Mapping[str, Any] = NOTHING,
    detail: Mapping[str, Any] | None = None,
    form_token: str = "",
    parent: Act | None = None,
    done_figures: Callable[[Any], Mapping[str, Any]] | None = None,
) -> Outcome:
    """Write to Piggy: commit the intent, make the one `call`, keep what came of it.

    `call` gets the act (its `mark` and `figures`) and makes exactly one writing call. `figures` are uuids, numbers and
    names of fields; `detail` is words about a person (a reason, old and new values). `done_figures` makes more figures
    out of Piggy's answer. `by=None` is the dashboard's own doing, a job's.

    A second submit with the same `form_token`, however close behind, never calls: it returns what the first came to,
    `repeated`. Only an act known not to be done (`planned`) is sent again, after its `not_before`, once.

    Raises PermissionDenied (also NoShop, TokenRefused), and whatever is not a PiggyError out of `call`: then the act is
    unknown. Must not run inside a transaction (RuntimeError).
    """
    if by is not None:
        check_may(action, by)
    act, ours = _begin(action, by, target, dict(figures), detail, form_token, parent)
    if not ours:
        _wait_for(act, action)
        return outcome_of(act, repeated=True)
    try:
        answer = call(act)
    except PiggyError as error:
        _tell(act, *_event_for(error))
        return outcome_of(act, error=error)
    except Exception:
        # A fault of ours, perhaps after the call was sent: nobody knows, and the fault goes on to be reported.
        _tell(act, Event(outcome=State.UNKNOWN, how=How.FAULT, code="our_fault"))
        raise
    _tell(act, Event(outcome=State.DONE, how=How.ANSWER, figures=_figures_of(answer, done_figures)))
    return outcome_of(act, answer=answer)


def record(
    action: Action,
    *,
    by: Actor | None,
    target: Target,
    figures: Mapping[str, Any] = NOTHING,
    detail: Mapping[str, Any] | None = None,
    form_token: str = "",
    parent: Act | None = None,
) -> Act:
    """Tell of something that we did ourselves and that is done: staff changed, a code shown, rows exported.

    Runs inside the transaction that does it, so that both stand or neither. `by=None` is the command line. A form sent
    twice returns the first act; put what it does after `record`, or make it harmless to repeat.
    """
    if by is not None:
        check_may(action, by)
    with appending(durable=False) as head:
        refuse_words_in(figures)
        known = _known(form_token, action, by, target)
        if known is not None:
            return known
        act = _new_act(action, by, target, dict(figures), form_token, parent)
        begin(head, act, detail)
        tell(head, act, Event(outcome=State.DONE, how=How.OWN))
    return act


def begun_with(
    token: str, *, action: Action | None = None, by: Actor | None = None, target_id: str | None = None
) -> Act | None:
    """The act that the form with this token began before, if any; also only if it is such an act, by them, on that.

    Without a token nothing was begun: acts that came from no form have an empty one. One with a NUL is none of ours,
    and PostgreSQL would not even look for it.
    """
    if not token or "\0" in token:
        return None
    asked = {
        "action": action.name if action else None,
        "staff": by.staff if by else None,
        "target_id": target_id,
    }
    narrowed = {name: value for name, value in asked.items() if value is not None}
    return Act.objects.filter(form_token=token, **narrowed).first()


def was_begun(
    token: str, *, action: Action | None = None, by: Actor | None = None, target_id: str | None = None
) -> bool:
    """Whether this very form was sent before: then it only tells what became of that. Narrowed as `begun_with`."""
    return begun_with(token, action=action, by=by, target_id=target_id) is not None


def give_up(token: str, *, by: Actor) -> bool:
    """Put away this person's act of this form that Piggy asked us to send later. False: there is none."""
    with appending() as head:
        act = begun_with(token, by=by)
        if act is None or act.outcome != State.PLANNED:
            return False
        tell(head, act, Event(outcome=State.REFUSED, how=How.UNSENT, code="given_up"))
        return True


def check_may(action: Action, by: Actor) -> None:
    """Raise PermissionDenied unless this person may do this action here."""
    if not by.may(action.permission):
        raise PermissionDenied(f"{action.name} needs {action.permission}.")
    if action.needs_shop and action.writes_to_piggy and by.shop is None:
        raise NoShop("Pick a shop first.")


def _begin(
    action: Action,
    by: Actor | None,
    target: Target,
    figures: dict[str, Any],
    detail: Mapping[str, Any] | None,
    token: str,
    parent: Act | None,
) -> tuple[Act, bool]:
    """The act, and whether it is ours to send now. Holding the head makes both one step for all who race here."""
    refuse_words_in(figures)
    with appending() as head:
        known = _known(token, action, by, target)
        if known is not None:
            return known, _take_planned(head, known, by, target, figures, detail)
        act = _new_act(action, by, target, figures, token, parent)
        begin(head, act, detail)
        return act, True


def _new_act(
    action: Action, by: Actor | None, target: Target, figures: dict[str, Any], token: str, parent: Act | None
) -> Act:
    act_id = uuid.uuid4()
    return Act(
        id=act_id,
        mark=mark_of(act_id),
        staff=by.staff if by else None,
        role=by.role if by else "",
        shop=by.shop if by else None,
        action=action.name,
        target_kind=target.kind,
        target_id=target.id,
        contact_id=target.contact_id,
        figures=figures,
        form_token=token,
        parent=parent,
    )


def _known(token: str, action: Action, by: Actor | None, target: Target) -> Act | None:
    """The act that this form began before, if any; TokenRefused when it was another form's."""
    act = begun_with(token)
    if act is None:
        return None
    asked = (action.name, by.staff.pk if by else None, target.kind, target.id)
    if (act.action, act.staff_id, act.target_kind, act.target_id) != asked:
        raise TokenRefused("This form was used before, for something else. Open the page again.")
    return act


def _take_planned(
    head: ChainHead,
    act: Act,
    by: Actor | None,
    target: Target,
    figures: dict[str, Any],
    detail: Mapping[str, Any] | None,
) -> bool:
    """Claim an act that Piggy asked us to send later, if its time has come. Of all who race here, one gets it."""
    due = ActState.objects.filter(act=act, outcome=State.PLANNED, not_before__lte=timezone.now())
    if not due.exists():
        return False
    kept = ActDetail.objects.filter(act=act, event=None).first()
    asked = (target.contact_id, canonical(figures), dict(detail or {}), by.shop.pk if by and by.shop else None)
    if asked != (act.contact_id, canonical(act.figures), kept.words if kept else {}, act.shop_id):
        # The act says what will be sent; another customer, other values or another shop are another act.
        raise OtherValues("This form was sent before with other values. Open the page again.")
    tell(head, act, Event(outcome=State.SENT, how=How.AGAIN))
    return True


def _wait_for(act: Act, action: Action) -> None:
    """Give the first submit a moment to be answered, so that a double click shows what it came to."""
    until = time.monotonic() + PATIENCE
    fresh = timezone.now() - act.at < timedelta(seconds=action.settle_after)
    while fresh and time.monotonic() < until and ActState.objects.filter(act=act, outcome=State.SENT).exists():
        time.sleep(0.1)


def _tell(act: Act, event: Event, detail: Mapping[str, Any] | None = None) -> None:
    """Keep what came of the call. "Nobody knows" says nothing against what was found out in the meantime."""
    with appending() as head:
        if event.outcome == State.UNKNOWN and not ActState.objects.filter(act=act, outcome=State.SENT).exists():
            return
        tell(head, act, event, detail)


def _event_for(error: PiggyError) -> tuple[Event, dict[str, Any] | None]:
    """The event that a failed call is, and the words that came with it (Piggy's own may name a person)."""
    event = Event(how=How.ANSWER, status=error.status, request_id=error.request_id[:64])
    event.code = "" if error.code is None else str(error.code)[:40]
    words = {"message": error.message, "piggy_message": error.piggy_message}
    detail = {name: text for name, text in words.items() if text}
    if error.status is None and isinstance(error, PiggyRejected | PiggyNotSent):
        event.how = How.UNSENT  # refused by ourselves, by our budget or by the network: Piggy never heard of it
    if isinstance(error, PiggyRateLimited):
        wait = min(timedelta(seconds=max(error.retry_after, 0)), LONGEST_WAIT)
        event.outcome, event.not_before = State.PLANNED, timezone.now() + wait
        event.code = event.code or "rate_limited"
    elif isinstance(error, PiggyNotSent):
        event.outcome, event.how, event.code = State.REFUSED, How.UNSENT, "not_sent"
    elif isinstance(error, PiggyRejected):
        event.outcome = State.REFUSED
    else:
        event.outcome, event.code = State.UNKNOWN, event.code or "no_answer"
        event.how = How.SILENCE if error.status is None else How.ANSWER
    return event, detail


def _figures_of(answer: Any, done_figures: Callable[[Any], Mapping[str, Any]] | None) -> dict[str, Any]:
    if done_figures is None:
        return {}
    try:
        figures = dict(done_figures(answer))
        refuse_words_in(figures)
        canonical(figures)
    except Exception:
        # It is done, whatever our own reading of the answer trips over: that must not make it unknown.
        logger.exception("the figures of a done act could not be read")
        return {"figures_lost": True}
    return figures
