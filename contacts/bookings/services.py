"""Make, change and check in bookings. The only caller of Piggy for these pages."""

import base64
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contacts.bookings import actions, customers, fields, known
from contacts.models import Booking
from piggyadmin import piggy
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform, was_begun
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import sent_before
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy import payloads
from piggyadmin.piggy.errors import PiggyNotSent, PiggyRejected

ACTS_SHOWN = 8
OPEN_BEFORE = "Nobody knows yet what became of an earlier change. Look at that first."

bookings_of = known.bookings_of

logger = logging.getLogger(__name__)


class CodeTaken(Exception):
    """A booking that we know has this code of another system already. `args[0]` is its uuid at Piggy."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A booking as far as it is known, in the zone of its shop."""

    uuid: str
    row: Booking | None
    zone: ZoneInfo
    customer: str
    values: dict[str, Any]
    facts: dict[str, known.Fact]
    acts: list[Act]  # its own part of the ledger, the latest first
    open_act: Act | None = None  # a change that is under way, or of which nobody knows what became
    changes: list[dict[str, str]] = field(default_factory=list)  # what that one would change

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0

    @property
    def checked_in_at(self) -> datetime | None:
        return self.values.get("checked_in_at")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed while this person typed."""

    name: str
    label: str
    theirs: Any
    fact: known.Fact | None
    contested: bool = False  # both changed it, and differently


@dataclass(frozen=True, slots=True)
class Saving:
    """What came of a try to save. No outcome: nothing was sent, because nothing was to be or others came first."""

    outcome: Outcome | None = None
    kept: tuple[str, ...] = ()  # fields that Piggy's answer has otherwise than they were sent
    unsure: tuple[str, ...] = ()  # fields that were to be emptied, and of which Piggy's answer says nothing
    differences: tuple[Difference, ...] = ()


def sight_of(*, booking_uuid: str, actor: Actor) -> Sight:
    """What is known of a booking. Piggy is not asked: it shows none. One never seen here has nothing but its id."""
    row = known.named(booking_uuid)
    zone = known.zone_of(row, known.actor_shop(actor))
    open_act = known.open_acts(booking_uuid).first()
    contact_uuid = row.contact_uuid if row else ""
    return Sight(
        uuid=booking_uuid,
        row=row,
        zone=zone,
        customer=customers.name_at_hand(contact_uuid),
        values=known.values_of(row),
        facts=known.facts_of(row),
        acts=known.acts_on(booking_uuid, contact_uuid, shown=ACTS_SHOWN),
        open_act=open_act,
        changes=known.changes_of(open_act, zone) if open_act else [],
    )


def day_list(*, shop: Shop, day: date) -> tuple[list[known.Line], list[known.Line]]:
    """The day's bookings in this shop by start, and those whose shop nobody has told us, with their customers' names.

    Names that nobody here has seen lately are asked of Piggy, some at a time, and kept for a while. Without an answer
    a customer is named by a part of their id.
    """
    here, elsewhere = known.day_list(shop=shop, day=day)
    lines = [*here, *elsewhere]
    names = known.customers({line.booking.contact_uuid for line in lines})
    names |= customers.names_from_piggy([uuid for uuid, name in names.items() if name == known.nameless(uuid)])
    for line in lines:
        line.customer = names.get(line.booking.contact_uuid, "")
    return here, elsewhere


def create(*, contact_uuid: str, actor: Actor, values: Mapping[str, Any], token: str) -> Saving:
    """Make a booking in the shop this person stands in.

    It always carries a code of its own (`external_id`), typed or made here, so that one whose answer got lost can be
    recognised. Raises CodeTaken before anything is sent, PermissionDenied.
    """
    shop = known.actor_shop(actor)
    given = {name: value for name, value in values.items() if value is not None}
    code = given.get("external_id") or own_code(token)
    sent = {**given, "external_id": code}
    taken = Booking.objects.filter(external_id=code).first()
    if taken is not None and not was_begun(token):
        raise CodeTaken(taken.piggy_uuid)
    kept: list[str] = []

    def call(act: Act) -> payloads.Booking:
        if sent_before(act, known.open_makings(contact_uuid)):
            raise PiggyRejected("Nobody knows yet whether an earlier try made one. Look at that first.")
        answer = piggy.get_client().create_booking(shop_uuid=shop.piggy_uuid, contact_uuid=contact_uuid, fields=sent)
        kept.extend(_keep(answer.uuid, sent, actor, answer, shop=shop))
        return answer

    outcome = perform(
        actions.MAKE,
        by=actor,
        target=Target("contact", contact_uuid),
        figures={
            "fields": fields.short_names(sent),
            "shop_uuid": shop.piggy_uuid,
            "look_for": f"the code {code}" if code == own_code(token) else "the code that was typed",
        },
        detail=known.detail_of({}, sent),
        form_token=token,
        call=call,
        done_figures=lambda answer: {"booking_uuid": answer.uuid},
    )
    return Saving(outcome, tuple(kept))


def save(
    *,
    booking_uuid: str,
    actor: Actor,
    version: int,
    typed: Mapping[str, Any],
    changed_since: Callable[[Mapping[str, Any]], set[str]],
    token: str,
) -> Saving:
    """Send what this person changed, if the booking is still as they saw it.

    `typed` are the fields they touched. `changed_since` names, given the values that are known now, the fields that
    are no longer as the page showed them. Then nothing is sent, and the differences are returned. Raises CodeTaken,
    PermissionDenied.
    """
    if (outcome := _repeated(actions.CHANGE, booking_uuid, actor, token)) is not None:
        return Saving(outcome)
    row = known.named(booking_uuid)
    stands, values = (row.version if row else 0), known.values_of(row)
    if stands != version and (others := changed_since(values)):
        return Saving(differences=_differences(row, others, typed))
    changes = {
        name: value
        for name, value in typed.items()
        if (name in values or value is not None) and not (name in values and values[name] == value)
    }
    if not changes:
        return Saving()
    code = changes.get("external_id")
    taken = Booking.objects.exclude(piggy_uuid=booking_uuid).filter(external_id=code).first() if code else None
    if taken is not None:
        raise CodeTaken(taken.piggy_uuid)
    saving = _change(actions.CHANGE, booking_uuid, row, actor, changes, token)
    if saving.outcome is not None and saving.outcome.refused:
        row = known.named(booking_uuid)
        if others := changed_since(known.values_of(row)):
            # Somebody else won between our look and our claim: nothing was sent, and their values are shown.
            return Saving(saving.outcome, differences=_differences(row, others, typed))
    return saving


def check_in(*, booking_uuid: str, actor: Actor, token: str) -> Outcome | known.Fact:
    """Check in now. Who did it and when, with nothing sent, for a booking that is checked in already."""
    if (outcome := _repeated(actions.CHECK_IN, booking_uuid, actor, token)) is not None:
        return outcome
    row = known.named(booking_uuid)
    if row is not None and row.checked_in_at is not None:
        told = known.facts_of(row).get("checked_in_at")
        return known.Fact(told.how if told else known.TOLD, row.checked_in_at, told.by if told else "")
    again = begun_with(token)  # one that Piggy asked us to send later says the same as the first time
    changes = (known.sent_values(again) if again else {}) or {"checked_in_at": known.now()}
    saving = _change(actions.CHECK_IN, booking_uuid, row, actor, changes, token)
    assert saving.outcome is not None  # there was something to change
    return saving.outcome


def _change(
    action: Action, booking_uuid: str, row: Booking | None, actor: Actor, changes: dict[str, Any], token: str
) -> Saving:
    """One changing call, for whoever wins the booking as it stood in `row`."""
    version = row.version if row else 0
    kept: list[str] = []

    def call(act: Act) -> payloads.Booking:
        if sent_before(act, known.open_acts(booking_uuid)):
            raise PiggyRejected(OPEN_BEFORE)
        if not known.claim(booking_uuid, version=version):
            raise PiggyRejected("Somebody else changed it at the same moment. Look at it again.")
        try:
            answer = piggy.get_client().update_booking(booking_uuid=booking_uuid, fields=changes)
        except (PiggyRejected, PiggyNotSent):
            known.hand_back(booking_uuid, version=version)
            raise
        kept.extend(_keep(booking_uuid, changes, actor, answer))
        return answer

    outcome = perform(
        action,
        by=actor,
        target=Target("booking", booking_uuid, contact_id=row.contact_uuid if row else ""),
        figures={"fields": fields.short_names(changes)},
        detail=known.detail_of(known.values_of(row), changes),
        form_token=token,
        call=call,
    )
    told = outcome.answer.told if outcome.answer is not None else frozenset(changes)
    unsure = tuple(name for name, value in changes.items() if value is None and name not in told)
    return Saving(outcome, tuple(kept), unsure)


def _keep(
    booking_uuid: str, values: Mapping[str, Any], actor: Actor, answer: payloads.Booking, **where: Any
) -> tuple[str, ...]:
    try:
        return known.apply(
            booking_uuid=booking_uuid, values=values, by=actor.staff, at=known.now(), answer=answer, **where
        )
    except Exception:
        # Piggy has done it, whatever our own row trips over: that must not make it unknown, nor lose its uuid.
        logger.exception("what became of a booking could not be kept")
        return ()


def _repeated(action: Action, booking_uuid: str, actor: Actor, token: str) -> Outcome | None:
    """What this very form came to before; None for a new one, and for one that Piggy asked us to send later."""
    act = begun_with(token)
    if act is None or act.state.outcome == State.PLANNED:
        return None

    def never(act: Act) -> None:
        raise PiggyRejected("It was sent before. Look at the booking again.")

    target = Target("booking", booking_uuid)
    return perform(action, by=actor, target=target, figures={}, form_token=token, call=never)


def _differences(row: Booking | None, others: set[str], typed: Mapping[str, Any]) -> tuple[Difference, ...]:
    values, facts = known.values_of(row), known.facts_of(row)
    return tuple(
        Difference(
            name=name,
            label=fields.LABELS[name],
            theirs=values.get(name),
            fact=facts.get(name),
            contested=name in typed and typed[name] != values.get(name),
        )
        for name in fields.NAMES
        if name in others
    )


def named_in_words(*, booking_uuid: str) -> str:
    """Whose booking it is and when it starts: "Joost de Boer, 19:30."; "" for one we know too little of."""
    row = known.named(booking_uuid)
    if row is None or row.starts_at is None or row.shop is None:
        return ""
    start = row.starts_at.astimezone(ZoneInfo(row.shop.time_zone))
    return f"{customers.name_at_hand(row.contact_uuid)}, {start:%H:%M}."


def twin_of(*, contact_uuid: str, starts_at: datetime | None, actor: Actor) -> Booking | None:
    """A booking of this customer's that starts here at the very same time: it may have been made by this very form."""
    shop = known.actor_shop(actor)
    alike = Booking.objects.filter(contact_uuid=contact_uuid, shop=shop, starts_at=starts_at)
    return alike.order_by("pk").last() if starts_at else None


def own_code(token: str) -> str:
    """The code that a booking gets when nobody typed one: made of the form, so that one form has one code."""
    return f"PA-{base64.b32encode(hashlib.sha256(token.encode()).digest()[:10]).decode('ascii')[:12]}"
