"""What a customer wants to be written about: read it, subscribe and unsubscribe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from contacts.editing import actions
from contacts.editing.changing import NoContact
from contacts.editing.guards import insist_on_clear, nothing_sent
from contacts.editing.resolvers import may_be_pending, of_type
from piggyadmin import piggy
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Contact, Subscription, SubscriptionType
from piggyadmin.piggy.pool import Answer

STRATEGIES = {
    "OPT_OUT": "every new customer gets it, until they say no",
    "OPT_IN": "only who asks for it",
    "DOUBLE_OPT_IN": "only who asks for it and confirms by a mail",
}
STATES = {
    "SUBSCRIBED": "subscribed",
    "PENDING_CONFIRMATION": "waiting for the customer",
    "UNSUBSCRIBED": "not subscribed",
}
EARLIER = "Nobody knows yet what became of an earlier try. Look at that first."
NO_ADDRESS = "An anonymous customer has no address to write to. Claim the customer first."


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of mail, and whether the customer gets it. `why_not` is why nothing can be changed here."""

    type_uuid: str
    name: str
    description: str
    strategy: str  # in words
    state: str  # Piggy's word, "" when Piggy does not tell
    state_words: str
    hint: str
    why_not: str
    doubtful: bool = False  # Piggy's answer cannot tell "gets nothing" from "has not confirmed yet"

    @property
    def may_subscribe(self) -> bool:
        """Not while the customer is asked to confirm: whether Piggy would send its mail again is not documented."""
        return not self.why_not and self.state not in ("SUBSCRIBED", "PENDING_CONFIRMATION")

    @property
    def may_unsubscribe(self) -> bool:
        return not self.why_not and (self.doubtful or self.state in ("SUBSCRIBED", "PENDING_CONFIRMATION"))


@dataclass(frozen=True, slots=True)
class SubscriptionsPage:
    contact: Answer[Contact]
    lines: list[Line]
    error: PiggyError | None  # what the list could not be read for
    open_acts: list[Act]


def open_page(*, contact_uuid: str) -> SubscriptionsPage:
    """The customer and every kind of mail, asked at once. Raises NoContact, and PiggyError without the customer."""
    answers = _read(contact_uuid)
    try:
        contact = answers["contact"].get()
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoContact(contact_uuid) from error
    failed = answers["types"].error or answers["subscriptions"].error
    found = {} if failed else _by_type(answers["types"].get(), answers["subscriptions"].get())
    return SubscriptionsPage(
        contact=answers["contact"],
        lines=[_line(kind, subscription, contact) for kind, subscription in found.values()],
        error=failed,
        open_acts=open_acts(contact_uuid=contact_uuid),
    )


def open_acts(*, contact_uuid: str) -> list[Act]:
    """Acts on what this customer gets that are under way or unknown, the latest first."""
    unclear = acts_of(contact_id=contact_uuid).filter(target_kind=actions.SUBSCRIPTION.name)
    return list(still_open(unclear))


def subscribe(*, contact_uuid: str, type_uuid: str, actor: Actor, token: str) -> Outcome:
    """Subscribe the customer to one kind of mail. Raises PermissionDenied."""
    return _act(actions.SUBSCRIBE, contact_uuid, type_uuid, actor=actor, token=token)


def unsubscribe(*, contact_uuid: str, type_uuid: str, actor: Actor, token: str) -> Outcome:
    """Unsubscribe the customer from one kind of mail. Raises PermissionDenied."""
    return _act(actions.UNSUBSCRIBE, contact_uuid, type_uuid, actor=actor, token=token)


def _act(action: Action, contact_uuid: str, type_uuid: str, *, actor: Actor, token: str) -> Outcome:
    earlier = begun_with(token, target_id=type_uuid)
    kind = None if earlier else _type_of(type_uuid)
    name = (kind.name if kind else None) or "this kind of mail"
    figures = earlier.figures if earlier else {"list": name.replace("@", " at "), "so": _so(name, kind)}

    def call(act: Act) -> Subscription:
        tries = [other for other in open_acts(contact_uuid=contact_uuid) if other.target_id == type_uuid]
        insist_on_clear(act, tries, EARLIER)
        with nothing_sent("What the customer gets could not be read. Nothing was changed."):
            answers = _read(contact_uuid)
            contact = answers["contact"].get()
            found = _by_type(answers["types"].get(), answers["subscriptions"].get())
        line = _line(*found[type_uuid], contact) if type_uuid in found else None
        if line is None:
            raise PiggyRejected("Piggy does not have this kind of mail any more.")
        if line.why_not:
            raise PiggyRejected(line.why_not)
        client = piggy.get_client()
        if action is actions.SUBSCRIBE:
            if not line.may_subscribe:
                raise PiggyRejected("The customer gets it already, or was asked to confirm it.")
            return client.subscribe(contact_uuid=contact_uuid, subscription_type_uuid=type_uuid)
        if not line.may_unsubscribe:
            raise PiggyRejected("The customer does not get it.")
        return client.unsubscribe(contact_uuid=contact_uuid, subscription_type_uuid=type_uuid)

    return perform(
        action,
        by=actor,
        target=Target(actions.SUBSCRIPTION.name, type_uuid, contact_id=contact_uuid),
        figures=figures,
        form_token=token,
        call=call,
        done_figures=lambda answer: {"state": answer.state, "so": _so(name, kind, answer.state)},
    )


def _type_of(type_uuid: str) -> SubscriptionType | None:
    """The kind of mail, for its name. When Piggy cannot be asked the act itself will say so."""
    try:
        kinds = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).list_subscription_types()
    except PiggyError:
        return None
    return next((kind for kind in kinds if kind.uuid == type_uuid), None)


def _so(name: str, kind: SubscriptionType | None, state: str = "") -> str:
    """What subscribing came to, or would."""
    name = name.replace("@", " at ")
    pending = state == "PENDING_CONFIRMATION" or (not state and kind is not None and kind.strategy == "DOUBLE_OPT_IN")
    if pending:
        return f"Piggy mailed the customer. {name} begins when they click the link in that mail."
    return f"The customer gets {name} from now on."


def _read(contact_uuid: str) -> Mapping[str, Answer[Any]]:
    return piggy.gather(
        {
            "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
            "types": lambda client: client.list_subscription_types(),
            "subscriptions": lambda client: client.list_contact_subscriptions(contact_uuid=contact_uuid),
        },
        seconds=settings.PIGGY_TIMEOUT,
    )


def _by_type(
    kinds: list[SubscriptionType], subscriptions: list[Subscription]
) -> dict[str, tuple[SubscriptionType, Subscription | None]]:
    """Every kind of mail by its uuid (one without by its place in the list), with what the customer gets of it."""
    theirs = {of_type(subscription): subscription for subscription in subscriptions}
    nameless = {
        subscription.subscription_type.name: subscription
        for subscription in subscriptions
        if subscription.subscription_type and not subscription.subscription_type.uuid
    }
    return {
        kind.uuid or f"/{place}": (kind, theirs.get(kind.uuid) if kind.uuid else nameless.get(kind.name))
        for place, kind in enumerate(kinds)
    }


def _line(kind: SubscriptionType, subscription: Subscription | None, contact: Contact) -> Line:
    state = subscription.state if subscription else "UNSUBSCRIBED"
    doubtful = subscription is not None and may_be_pending(subscription)
    pending = "A mail was sent to the customer. It begins when they click the link in it."
    either = "Either not subscribed, or a mail waits for the customer’s click: Piggy does not tell which."
    return Line(
        type_uuid=kind.uuid or "",
        name=kind.name or "Mail without a name",
        description=kind.description or "",
        strategy=STRATEGIES.get(kind.strategy or "", ""),
        state=state,
        state_words="not confirmed" if doubtful else STATES.get(state, "not told"),
        hint=pending if state == "PENDING_CONFIRMATION" else either if doubtful else "",
        why_not=_why_not(kind, contact),
        doubtful=doubtful,
    )


def _why_not(kind: SubscriptionType, contact: Contact) -> str:
    if not kind.uuid:
        return "Piggy gives this one no id, so it can only be changed in Piggy’s own dashboard."
    if kind.active is False:
        return "It is switched off at Piggy."
    if not contact.known_email:
        return NO_ADDRESS
    return ""
