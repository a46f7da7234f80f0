"""Where each act stands now: a projection of its events, moved with each of them, and rebuilt from them at will."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from piggyadmin.ledger import details
from piggyadmin.ledger.actions import action_named
from piggyadmin.ledger.chain import append, appending
from piggyadmin.ledger.models import Act, ActState, ChainHead, Event, State
from piggyadmin.piggy.request_id import request_id

SLICE = 1000  # acts read at once


@dataclass(frozen=True, slots=True)
class Standing:
    """What the events of an act come to."""

    outcome: str
    code: str
    not_before: datetime | None
    attempts: int
    updated_at: datetime
    figures: Mapping[str, Any]

    def differs_from(self, state: ActState) -> bool:
        return any(getattr(state, name) != getattr(self, name) for name in self.__slots__)


def standing_of(begun: datetime, events: Iterable[Event]) -> Standing:
    """`events` in the order of the chain; an act without any was sent when it was begun."""
    outcome, code, not_before, attempts, at = str(State.SENT), "", None, 1, begun
    figures: Mapping[str, Any] = {}
    for event in events:
        outcome, code, not_before, at = event.outcome, event.code, event.not_before, event.at
        figures = event.figures
        attempts += event.outcome == State.SENT
    return Standing(outcome, code, not_before, attempts, at, figures)


def begin(head: ChainHead, act: Act, detail: Mapping[str, Any] | None) -> None:
    """Put an act into the chain, and its state beside it."""
    act.request_id = request_id.get()[:64]
    sealed = details.seal(act, detail)
    append(head, act)
    details.keep(act, sealed)
    ActState.objects.create(act=act, updated_at=act.at)


def tell(head: ChainHead, act: Act, event: Event, detail: Mapping[str, Any] | None = None) -> ActState:
    """Put an event of `act` into the chain and move the act's state with it."""
    event.act = act
    event.request_id = event.request_id or request_id.get()[:64]
    sealed = details.seal(event, detail)
    append(head, event)
    details.keep(event, sealed)
    state = ActState.objects.get(act=act)
    state.act = act  # whoever holds the act sees it stand where it stands now
    state.outcome, state.code, state.not_before = event.outcome, event.code, event.not_before
    state.attempts += event.outcome == State.SENT
    state.updated_at, state.figures = event.at, dict(event.figures)
    plan_looks(state, act)
    state.save()
    return state


def plan_looks(state: ActState, act: Act) -> None:
    """An unknown act whose action can be looked up is looked at from now on; any other is not."""
    action = action_named(act.action)
    state.looks, state.claimed_until, state.next_look_at = 0, None, None
    if state.outcome == State.UNKNOWN and action.resolve is not None and action.looks:
        state.next_look_at = timezone.now() + timedelta(seconds=action.looks[0])


def standings(acts: Iterable[Act]) -> Iterator[tuple[Act, Standing]]:
    """Each act with what its events come to; one query for all their events."""
    listed = list(acts)
    events: dict[UUID, list[Event]] = {act.id: [] for act in listed}
    for event in Event.objects.filter(act__in=listed).order_by("seq"):
        events[event.act_id].append(event)
    for act in listed:
        yield act, standing_of(act.at, events[act.id])


def slices() -> Iterator[list[Act]]:
    """All acts in the order of the chain, a slice at a time."""
    after = 0
    while acts := list(Act.objects.filter(seq__gt=after).order_by("seq").select_related("state")[:SLICE]):
        yield acts
        after = acts[-1].seq


def rebuild_states() -> int:
    """Make every state anew where it differs from its events; how many were wrong or missing.

    Nobody can write to the ledger while a slice is rebuilt. Looks at an act that is still unknown begin anew.
    """
    changed = 0
    for acts in slices():
        with appending(durable=False):
            states = ActState.objects.in_bulk([act.id for act in acts])
            for act, standing in standings(acts):
                state = states.get(act.id)
                if state is not None and not standing.differs_from(state):
                    continue
                changed += 1
                state = state or ActState(act=act)
                for name in Standing.__slots__:
                    setattr(state, name, getattr(standing, name))
                plan_looks(state, act)
                state.save()
    return changed
