"""The subscriptions to Piggy's events: read live; those of this dashboard made, paused, resumed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from contacts.copy import events, hints
from contacts.editing.guards import insist_on_clear, nothing_sent
from contacts.models import Hint
from piggyadmin import piggy
from piggyadmin.catalogue.listing import holds
from piggyadmin.catalogue.webhooks import actions, resolvers
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, give_up, perform, record
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts, acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.piggy.payloads import WebhookSubscription

NAME = "piggyadmin: {event}"
EVENTS_SHOWN = 15
MOST_TRIES = hints.TRIES
UNREAD = "The subscriptions could not be read. Nothing was changed."
EARLIER = "Nobody knows yet what became of an earlier try. Look at that first."
NOT_OURS = "This subscription is not the dashboard’s own. Change it where it was made."
THERE_ALREADY = "It is there already."


@dataclass(frozen=True, slots=True)
class Line:
    """One subscription. `is_twice`: another one of ours tells the same event to the same address."""

    uuid: str
    event: str
    words: str  # what the event is about, "" for one that nobody here asks for
    address: str
    name: str
    is_ours: bool
    is_here: bool  # it tells the address that the page proposes
    is_active: bool
    is_twice: bool


@dataclass(frozen=True, slots=True)
class WebhooksPage:
    lines: list[Line]
    others: list[Line]
    missing: list[str]  # the events that nothing tells `address` of
    has_secret: bool
    read_at: datetime
    last_events: list[Hint]  # the latest first; several of one contact at once may stand as one
    open_acts: list[Act]

    def holding(self, words: str, state: str) -> WebhooksPage:
        """The same with those subscriptions alone that hold all `words` and are in `state`: "active" or "paused"."""

        def is_wanted(line: Line) -> bool:
            is_in_state = not state or line.is_active == (state == "active")
            return is_in_state and holds(words, line.event, line.words, line.name, line.address)

        return replace(self, lines=list(filter(is_wanted, self.lines)), others=list(filter(is_wanted, self.others)))

    @property
    def paused(self) -> int:
        return sum(not line.is_active for line in self.lines)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What one press came to: how many were made, of how many missing; and the act at which it stopped, if it did.

    `unclear` are those that an earlier try may have made: nobody knows yet, so they are left alone.
    """

    made: int
    missing: int
    unclear: int = 0
    stopped: Outcome | None = None


def open_page(*, address: str) -> WebhooksPage:
    """All subscriptions of the account, live. Raises PiggyError."""
    found = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).list_webhook_subscriptions()
    read_at = timezone.now()
    own = _made_here()
    lines = [_line(each, found, own, address) for each in found]
    lines.sort(key=lambda line: (not line.is_here, line.event, line.uuid))
    return WebhooksPage(
        lines=[line for line in lines if line.is_ours],
        others=[line for line in lines if not line.is_ours],
        missing=_missing(found, address),
        has_secret=has_secret(),
        read_at=read_at,
        last_events=hints.latest(EVENTS_SHOWN),
        open_acts=open_acts(),
    )


def address(*, proposed: str) -> str:
    """Where Piggy reaches us: the address that was subscribed last, `proposed` where none was."""
    last = acts().filter(action=actions.SUBSCRIBE_ALL.name).first()
    return (resolvers.address_of(last) if last else "") or proposed


def has_secret() -> bool:
    """Whether there is a secret for Piggy to sign with. Without one the receiver takes nothing."""
    return bool(settings.PIGGY_WEBHOOK_SECRET)


def open_acts() -> list[Act]:
    """Acts on subscriptions that are under way or unknown, the latest first."""
    return list(still_open(_acts()))


def subscribe(*, address: str, actor: Actor, token: str) -> Subscribed:
    """Ask Piggy for every event that matters and that nothing tells this address of yet.

    Each is an act of its own beneath one of ours. It stops at the first that is not done: pressed again, it goes on
    with what is missing then. Raises PermissionDenied, and PiggyError when the list cannot be read.
    """
    client = piggy.get_client()
    unclear = {act.target_id for act in open_acts()}
    absent = _missing(client.list_webhook_subscriptions(), address)
    missing = [event for event in absent if event not in unclear]
    if not missing:
        return Subscribed(0, 0, unclear=len(absent))
    parent = record(
        actions.SUBSCRIBE_ALL,
        by=actor,
        target=Target("webhooks", ""),
        figures={"missing": len(missing)},
        detail={"address": address},
        form_token=token,
    )
    made = 0
    for event in missing:
        own_token = f"{token[:60]}-{event}"
        outcome = _subscribe_one(client, event, address=address, actor=actor, token=own_token, parent=parent)
        if outcome.reason == THERE_ALREADY:
            continue  # somebody else was a moment faster
        if not outcome.done:
            give_up(own_token, by=actor)  # one that Piggy wants later: the next press begins anew
            return Subscribed(made, len(missing), stopped=outcome)
        made += 1
    return Subscribed(made, len(missing))


def _subscribe_one(client: Piggy, event: str, *, address: str, actor: Actor, token: str, parent: Act) -> Outcome:
    target = Target("webhook", event)

    def call(act: Act) -> WebhookSubscription:
        insist_on_clear(act, acts_of(target=target).filter(action=actions.SUBSCRIBE.name), EARLIER)
        with nothing_sent(UNREAD):
            there = client.list_webhook_subscriptions(event_type=event)
        if any(each.url == address for each in there):
            raise PiggyRejected(THERE_ALREADY)
        return client.create_webhook_subscription(
            name=NAME.format(event=event),
            event_type=event,
            url=address,
            secret=settings.PIGGY_WEBHOOK_SECRET,
            attributes=events.ATTRIBUTES if event == "contact_updated" else (),
        )

    return perform(
        actions.SUBSCRIBE,
        by=actor,
        target=target,
        figures={"event": event},
        detail={"address": address},
        form_token=token,
        parent=parent,
        call=call,
        done_figures=lambda made: {"subscription_uuid": made.uuid},
    )


def pause(*, uuid: str, address: str, actor: Actor, token: str) -> Outcome:
    """Have Piggy stop telling of one event for now. Raises PermissionDenied."""
    return _change(actions.PAUSE, uuid, address, actor, token, _set_status(resolvers.INACTIVE))


def resume(*, uuid: str, address: str, actor: Actor, token: str) -> Outcome:
    """Have Piggy tell of it again. Raises PermissionDenied."""
    return _change(actions.RESUME, uuid, address, actor, token, _set_status(resolvers.ACTIVE))


def delete(*, uuid: str, address: str, actor: Actor, token: str) -> Outcome:
    """End a subscription of this dashboard. It can be made again. Raises PermissionDenied."""

    def send(client: Piggy, one: WebhookSubscription) -> None:
        client.delete_webhook_subscription(one.uuid)

    return _change(actions.DELETE, uuid, address, actor, token, send)


Send = Callable[[Piggy, WebhookSubscription], Any]


def _set_status(status: str) -> Send:
    def send(client: Piggy, one: WebhookSubscription) -> WebhookSubscription:
        # Piggy wants the watched attributes of contact_updated each time, and would else refuse.
        watched = (one.properties or events.ATTRIBUTES) if one.event_type == "contact_updated" else None
        return client.update_webhook_subscription(one.uuid, status=status, attributes=watched)

    return send


def _change(action: Action, uuid: str, address: str, actor: Actor, token: str, send: Send) -> Outcome:
    """One call about one subscription of ours. What it is called is read once, and kept by the act."""
    client = piggy.get_client()
    earlier = begun_with(token, target_id=uuid)
    figures = earlier.figures if earlier else {"event": _event_of(client, uuid)}
    target = Target("webhook", uuid)

    def call(act: Act) -> Any:
        insist_on_clear(act, acts_of(target=target), EARLIER)
        with nothing_sent(UNREAD):
            one = client.get_webhook_subscription(uuid=uuid)
        if not _is_ours(one, _made_here(), address):
            raise PiggyRejected(NOT_OURS)
        return send(client, one)

    outcome = perform(action, by=actor, target=target, figures=figures, form_token=token, call=call)
    give_up(token, by=actor)  # one that Piggy wants later: the next press begins anew
    return outcome


def _event_of(client: Piggy, uuid: str) -> str:
    found = next((each for each in client.list_webhook_subscriptions() if each.uuid == uuid), None)
    return _told(found.event_type) if found else "this event"


def _told(event: str | None) -> str:
    """An event's name as it may stand in the ledger."""
    return event if event in events.KNOWN else "this event"


def _line(each: WebhookSubscription, found: list[WebhookSubscription], own: frozenset[str], address: str) -> Line:
    event = each.event_type or "not told"
    same = [other for other in found if (other.event_type, other.url) == (each.event_type, each.url)]
    return Line(
        uuid=each.uuid,
        event=event,
        words=events.WANTED.get(event, ""),
        address=each.url or "",
        name=each.name or "",
        is_ours=_is_ours(each, own, address),
        is_here=each.url == address,
        is_active=each.status == resolvers.ACTIVE,
        is_twice=len(same) > 1,
    )


def _missing(found: list[WebhookSubscription], address: str) -> list[str]:
    """Paused ones are not missing: they are to be resumed."""
    there = {each.event_type for each in found if each.url == address}
    return [event for event in events.WANTED if event not in there]


def _is_ours(each: WebhookSubscription, own: frozenset[str], address: str) -> bool:
    return each.url == address or each.uuid in own


def _made_here() -> frozenset[str]:
    """The subscriptions that acts of this dashboard made, to whatever address it had then."""
    made = _acts().filter(action=actions.SUBSCRIBE.name, state__outcome=State.DONE)
    return frozenset(str(act.all_figures.get("subscription_uuid", "")) for act in made)


def _acts() -> QuerySet[Act]:
    """All acts on subscriptions, the latest first."""
    return acts().filter(target_kind=actions.WEBHOOK.name)
