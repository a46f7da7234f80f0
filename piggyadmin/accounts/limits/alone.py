"""What one person may do alone for one customer, or one gift card: up to a limit, and not again within a pause.

What must hold when two tabs or two tills race is judged inside the act's own call, against the acts that were sent
before it: the ledger has put them in one order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin.accounts.limits.services import limit_for
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import OPEN, sent_before
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.templatetags.words import moment_words

COUNTS = (*OPEN, State.DONE)  # it was done, or may have been


@dataclass(frozen=True, slots=True)
class Needs:
    """Why an act needs a second person: it is over the limit, or the pause lasts until then; or both."""

    alone: Alone
    limit: int | None = None
    until: datetime | None = None

    @property
    def words(self) -> str:
        told = []
        if self.limit is not None:
            told.append(self.alone.over_words(self.limit))
        if self.until is not None:
            told.append(f"{self.alone.before} Alone you may again at {moment_words(self.until, seconds=True)}.")
        return " ".join(told)


@dataclass(frozen=True, slots=True)
class Alone:
    """The rule for one action that is done to a customer, or to another kind of `target`.

    `amount` says a limit in words ("500 credits"), `what` the act ("award"), `before` that it was done just now. An act
    that `was_taken_back` whole begins no pause: whoever mends a mistake need not wait.
    """

    action: Action
    most: Limit.Kind
    pause: Limit.Kind
    amount: Callable[[int], str]
    what: str
    before: str
    was_taken_back: Callable[[Act], bool]
    target: str = "contact"

    def limit(self, actor: Actor) -> int | None:
        """The most this person may do alone; None: no limit."""
        return limit_for(self.most, actor.role, actor.shop)

    def needs(self, *, actor: Actor, target_id: str, amount: int) -> Needs | None:
        """Why so much for this one needs a second person as things stand now; None when it does not."""
        limit, until = self.limit(actor), self.until(actor, self.recent(actor, target_id))
        over = limit if limit is not None and amount > limit else None
        return None if over is None and until is None else Needs(self, over, until)

    def over_words(self, limit: int) -> str:
        return f"That is more than the {self.amount(limit)} you may {self.what} alone here."

    def acts(self, target_id: str) -> QuerySet[Act]:
        return acts_of(target=Target(self.target, target_id)).filter(action=self.action.name)

    def recent(self, actor: Actor, target_id: str) -> QuerySet[Act]:
        """This person's acts for this one that the pause may count."""
        since = timezone.now() - timedelta(seconds=self._seconds(actor))
        own = self.acts(target_id).filter(staff=actor.staff, state__outcome__in=COUNTS)
        return own.filter(state__updated_at__gte=since)

    def until(self, actor: Actor, acts: Iterable[Act]) -> datetime | None:
        """When this person may do it again alone, after these acts; None when they may now."""
        pause = timedelta(seconds=self._seconds(actor))
        ends = [act.sent_at + pause for act in acts if not self.was_taken_back(act)]
        until = max(ends, default=None)
        return until if until is not None and until > timezone.now() else None

    def insist_on_pause(self, act: Act, *, actor: Actor) -> None:
        """Raise PiggyRejected when this act comes too soon after one that was sent before it."""
        until = self.until(actor, sent_before(act, self.recent(actor, act.target_id)))
        if until is not None:
            at = moment_words(until, seconds=True)
            raise PiggyRejected(f"{self.before} Wait until {at}, or ask a second person.")

    def _seconds(self, actor: Actor) -> int:
        return limit_for(self.pause, actor.role, actor.shop) or 0
