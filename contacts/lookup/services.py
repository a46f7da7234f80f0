"""Read what Piggy knows of a contact, all facts at once, and find contacts by what a person can show or say."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from contacts.bookings.known import bookings_of
from contacts.cards.replacing import Replacement, unfinished
from contacts.claiming.met import forget, met
from contacts.copy.tombstones import gone, where_now
from contacts.duplicates.services import pairs_of
from contacts.held.under_way import UnderWay, under_way
from contacts.lookup import sights
from contacts.lookup.traces import traces_of
from contacts.models import Booking, ContactCopy, DuplicatePair, GoneContact, RecentContact
from piggyadmin import piggy
from piggyadmin.accounts.models import Staff
from piggyadmin.afterwards import afterwards
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact, CreditReception, LoyaltyTransaction

TRANSACTIONS_SHOWN = 10
VOUCHERS_SHOWN = 30
ACTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the page: a fact with the moment it was read, or the error in its place. Never both."""

    value: Any
    read_at: datetime | None
    error: PiggyError | None


@dataclass(frozen=True, slots=True)
class ContactPage:
    contact_uuid: str
    contact: Panel
    identifiers: Panel
    transactions: Panel
    prepaid: Panel
    vouchers: Panel
    rewards: Panel
    acts: list[Act]  # its own part of the ledger, the latest first
    bookings: list[Booking]  # those we know: Piggy cannot list them
    half_replaced: list[Replacement]  # cards whose replacing stopped half-way
    held: list[UnderWay]  # merges and deletions under way that name them
    suspects: list[DuplicatePair]  # pairs that are still to decide, for those who may
    copy: ContactCopy | None  # what we knew before Piggy answered
    tombstone: GoneContact | None  # only of a contact that Piggy has no more
    survivor_uuid: str  # whom that one leads to; "" for nobody

    @property
    def missing(self) -> bool:
        """Piggy has no such contact (any more), or could not have one: an id of a form that it never gives."""
        return isinstance(self.contact.error, PiggyNotFound | PiggyInvalid)


def _calls(contact_uuid: str, shop_uuid: str | None) -> dict[str, Callable[[Piggy], Any]]:
    """The six facts of the page, each one call."""
    return {
        "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
        "identifiers": lambda client: client.list_identifiers(contact_uuid=contact_uuid),
        "transactions": lambda client: client.list_loyalty_transactions(
            contact_uuid=contact_uuid, limit=TRANSACTIONS_SHOWN
        ),
        "prepaid": lambda client: client.list_prepaid_transactions(contact_uuid=contact_uuid, limit=TRANSACTIONS_SHOWN),
        "vouchers": lambda client: client.list_vouchers(contact_uuid=contact_uuid, limit=VOUCHERS_SHOWN),
        "rewards": lambda client: client.list_rewards(contact_uuid=contact_uuid, shop_uuid=shop_uuid),
    }


def open_contact(
    *, contact_uuid: str, shop_uuid: str | None, staff: Staff, make_ready: Callable[[], None]
) -> ContactPage:
    """All six facts, asked at once within PIGGY_TIMEOUT seconds. A fact that fails leaves the others standing.

    `make_ready` is what the page does while it waits.

    The contact goes to the top of this person's last customers; one that Piggy does not have leaves everybody's. What
    is new about it goes into the copy once the page has left.
    """
    acts: list[Act] = []
    bookings: list[Booking] = []
    half_replaced: list[Replacement] = []
    was_listed: list[bool] = []
    copies: list[ContactCopy] = []
    cards: list[sights.Cards] = []
    suspects: list[DuplicatePair] = []
    held: list[UnderWay] = []
    asked_at = timezone.now()

    def meanwhile() -> None:
        traces = traces_of(contact_uuid)
        was_listed.append(traces.listed)
        copies.extend(ContactCopy.objects.filter(contact_uuid=contact_uuid))
        if traces.acts:
            acts.extend(acts_of(contact_id=contact_uuid)[:ACTS_SHOWN])
            half_replaced.extend(unfinished(contact_uuid=contact_uuid))
        if traces.bookings:
            bookings.extend(bookings_of(contact_uuid))
        if traces.held:
            held.extend(under_way(contact_uuid))
        if traces.pairs and staff.has_perm("contacts.review_duplicates"):
            suspects.extend(pairs_of(contact_uuid))
        _make_room(staff, contact_uuid)
        for copy in copies:
            cards.append(sights.cards_of(copy))
            _remember(staff, contact_uuid, copy.name, copy.default_card)
        make_ready()

    answers = piggy.gather(_calls(contact_uuid, shop_uuid), seconds=settings.PIGGY_TIMEOUT, meanwhile=meanwhile)
    panels = {name: Panel(answer.value, answer.read_at, answer.error) for name, answer in answers.items()}
    copy = copies[0] if copies else None
    missing = isinstance(panels["contact"].error, PiggyNotFound | PiggyInvalid)
    page = ContactPage(
        contact_uuid=contact_uuid,
        acts=acts,
        bookings=bookings,
        half_replaced=half_replaced,
        held=held,
        suspects=suspects,
        copy=copy,
        tombstone=gone(contact_uuid) if missing else None,
        survivor_uuid=_survivor_of(contact_uuid) if missing else "",
        **panels,
    )
    if page.missing:
        RecentContact.objects.filter(contact_uuid=contact_uuid).delete()
        forget(contact_uuid=contact_uuid)
        error = panels["contact"].error
        if error is not None:
            afterwards(lambda: sights.keep_gone(contact_uuid, error))
    elif page.contact.value:
        card = default_card(page.identifiers)
        contact: Contact = page.contact.value
        if copy is None or (contact.name, card) != (copy.name, copy.default_card):
            _remember(staff, contact_uuid, contact.name, card)
        sight = sights.Sight(contact, page.identifiers.value, asked_at)
        if not sights.is_known(sight, copy, frozenset().union(*cards)):
            afterwards(lambda: sights.keep(sight))
        if page.contact.value.is_anonymous or any(was_listed):  # the customer is waiting: no write without a reason
            met(contact=page.contact.value, card=card)
    return page


def _survivor_of(contact_uuid: str) -> str:
    now = where_now(contact_uuid)
    return "" if now == contact_uuid else now


def read_panel(*, contact_uuid: str, shop_uuid: str | None, name: str) -> Panel:
    """One fact read again. `name` is a field of ContactPage; raises KeyError for any other."""
    call = _calls(contact_uuid, shop_uuid)[name]
    answer = piggy.gather({name: call}, seconds=settings.PIGGY_TIMEOUT)[name]
    return Panel(answer.value, answer.read_at, answer.error)


def _make_room(staff: Staff, contact_uuid: str) -> None:
    """Keep as many of this person's last customers as leave room for one more."""
    others = RecentContact.objects.filter(staff=staff).exclude(contact_uuid=contact_uuid)
    rows = list(others.values_list("pk", flat=True))
    if len(rows) >= RecentContact.KEPT:
        others.filter(pk__in=rows[RecentContact.KEPT - 1 :]).delete()


def _remember(staff: Staff, contact_uuid: str, name: str, card: str) -> None:
    """Put a contact at the top of this person's last customers, in one statement: the customer is waiting."""
    row = RecentContact(staff=staff, contact_uuid=contact_uuid, name=name, card=card[:255], seen_at=timezone.now())
    RecentContact.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["staff", "contact_uuid"],
        update_fields=["name", "card", "seen_at"],
    )


def recent(*, staff: Staff) -> list[RecentContact]:
    return list(RecentContact.objects.filter(staff=staff)[: RecentContact.KEPT])


def transaction_words(entry: LoyaltyTransaction) -> str:
    """What a loyalty transaction was, in a few words. Its amount stands in a column of its own."""
    if not isinstance(entry, CreditReception):
        return f"Reward: {entry.title}" if entry.title else "Reward"
    if entry.credits < 0:
        return "Taken back, or spent"
    if entry.unit_value is None:
        return "Award"
    prefix = (entry.unit.prefix if entry.unit else None) or ""
    label = "" if prefix else (entry.unit.label if entry.unit else None) or ""
    return f"Award for {prefix} {entry.unit_value:,.2f} {label}".replace("  ", " ").strip()


def default_card(identifiers: Panel) -> str:
    """The card to recognise a contact by: the default one, else the first active one, else none."""
    cards = list(identifiers.value or [])
    chosen = next((card for card in cards if card.default), None) or next(
        (card for card in cards if card.active is not False), None
    )
    return chosen.value if chosen else ""
