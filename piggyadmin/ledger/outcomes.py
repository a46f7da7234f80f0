"""What a write came to, as pages and services see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from piggyadmin.ledger.actions import Action, action_named
from piggyadmin.ledger.models import Act, ActState, Event, State
from piggyadmin.ledger.phrases import phrase
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.templatetags.words import moment_words


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known about one act.

    `outcome` is "done", "refused", "unknown", "planned" (known not done; may be sent again from `not_before` on) or
    "sent" (under way). `answer` is Piggy's, `error` its failure: only for whoever made the call. `repeated` says that
    this form had been sent before, and that nothing was done now. `figures` are the act's and what came out of it.
    """

    act_id: UUID
    mark: str
    action: Action
    outcome: str
    at: datetime  # when it was begun
    figures: Mapping[str, Any]
    code: str = ""
    reason: str = ""  # why it was refused, a sentence for staff
    told_at: datetime | None = None  # when the last word on it came
    not_before: datetime | None = None
    next_look_at: datetime | None = None
    looks: int = 0
    repeated: bool = False
    answer: Any = field(default=None, repr=False)
    error: PiggyError | None = field(default=None, repr=False)

    @property
    def done(self) -> bool:
        return self.outcome == State.DONE

    @property
    def refused(self) -> bool:
        return self.outcome == State.REFUSED

    @property
    def unknown(self) -> bool:
        return self.outcome == State.UNKNOWN

    @property
    def under_way(self) -> bool:
        """Nobody can say yet, and the page may ask again in a moment."""
        return self.outcome == State.SENT or (self.unknown and self.next_look_at is not None)

    @property
    def words(self) -> str:
        """One or two sentences for staff: what happened, and what to do next."""
        words = self.action.words
        if self.done:
            return phrase(words.done, self.figures)
        if self.unknown:
            return phrase(words.unknown, self.figures)
        if self.outcome == State.SENT:
            begun = moment_words(self.at, seconds=True)
            return f"Sent at {begun}, and no answer yet. Wait for it; do not send it again."
        told = [phrase(words.refused, self.figures), self.reason]
        if self.not_before is not None:
            told[1:] = [f"Piggy is busy. Try again at {moment_words(self.not_before, seconds=True)}."]
        return " ".join(filter(None, told))


def outcome_of(act: Act, *, answer: Any = None, error: PiggyError | None = None, repeated: bool = False) -> Outcome:
    """What is known about `act` now, read from the database."""
    state = ActState.objects.get(act=act)
    last = Event.objects.filter(act=act).select_related("detail").order_by("-seq").first()
    return Outcome(
        act_id=act.id,
        mark=act.mark,
        action=action_named(act.action),
        outcome=state.outcome,
        at=act.at,
        figures={**act.figures, **(last.figures if last else {})},
        code=state.code,
        reason=reason_of(last),
        told_at=last.at if last else None,
        not_before=state.not_before,
        next_look_at=state.next_look_at,
        looks=state.looks,
        repeated=repeated,
        answer=answer,
        error=error,
    )


def reason_of(event: Event | None) -> str:
    """The sentence that came with an event; "" where none did or it is erased."""
    detail = getattr(event, "detail", None)
    return str(detail.words.get("message", "")) if detail else ""
