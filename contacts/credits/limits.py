"""What may be awarded alone: the limit, the pause between two awards, and nothing while an earlier one is open.

Everything that must hold when two tabs or two tills race is judged inside the act's own call, against the acts that
were sent before it: the ledger has put them in one order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from contacts.credits.actions import AWARD, REVERSE
from piggyadmin.accounts.limits.services import limit_for
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import OPEN, still_open
from piggyadmin.ledger.outcomes import outcome_of
from piggyadmin.ledger.services import acts_of
from piggyadmin.templatetags.words import moment_words, thousands

COUNTS = (*OPEN, State.DONE)  # an award that was made, or may have been


@dataclass(frozen=True, slots=True)
class Needs:
    """Why an award needs a second person: it is over the limit, or the pause lasts until then; or both."""

    limit: int | None = None
    until: datetime | None = None

    @property
    def words(self) -> str:
        told = []
        if self.limit is not None:
            told.append(f"That is more than the {thousands(self.limit)} credits you may award alone here.")
        if self.until is not None:
            told.append(pause_words(self.until))
        return " ".join(told)


def pause_words(until: datetime) -> str:
    at = moment_words(until, seconds=True)
    return f"You gave this customer credits a moment ago. Alone you may again at {at}."


def award_limit(actor: Actor) -> int | None:
    """The most credits this person may award alone here; None: no limit."""
    return limit_for(Limit.Kind.AWARD_CREDITS, actor.role, actor.shop)


def needs_second(*, actor: Actor, contact_uuid: str, credits: int) -> Needs | None:
    """Why `credits` for this customer need a second person as things stand now; None when they do not."""
    limit = award_limit(actor)
    needs = Needs(
        limit=limit if limit is not None and credits > limit else None,
        until=pause_until(actor, recent_awards(actor, contact_uuid)),
    )
    return needs if needs != Needs() else None


def open_awards(contact_uuid: str) -> QuerySet[Act]:
    """Awards to this customer that are under way, or of which nobody knows whether they were made."""
    return still_open(_awards(contact_uuid))


def recent_awards(actor: Actor, contact_uuid: str) -> QuerySet[Act]:
    """This person's awards to this customer that the pause may count."""
    since = timezone.now() - timedelta(seconds=_pause(actor))
    own = _awards(contact_uuid).filter(staff=actor.staff, state__outcome__in=COUNTS)
    return own.filter(state__updated_at__gte=since)


def pause_until(actor: Actor, awards: Iterable[Act]) -> datetime | None:
    """When this person may award again alone, after these awards; None when they may now.

    An award that was taken back whole does not count: whoever mends a mistake need not wait.
    """
    pause = timedelta(seconds=_pause(actor))
    ends = [act.sent_at + pause for act in awards if not _was_taken_back(act)]
    until = max(ends, default=None)
    return until if until is not None and until > timezone.now() else None


def _awards(contact_uuid: str) -> QuerySet[Act]:
    return acts_of(target=Target("contact", contact_uuid)).filter(action=AWARD.name)


def _pause(actor: Actor) -> int:
    """Seconds."""
    return limit_for(Limit.Kind.AWARD_PAUSE, actor.role, actor.shop) or 0


def _was_taken_back(award: Act) -> bool:
    if award.outcome != State.DONE:
        return False
    given = outcome_of(award).figures.get("reception_uuid")
    back = acts_of(target=Target("award", str(given))) if given else acts_of()
    return back.filter(action=REVERSE.name, state__outcome=State.DONE).exists()
