"""Somebody opened a contact: what Piggy told goes into the copy, without the customer having to wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from contacts.copy.facts import card_text
from contacts.copy.reading_again import CONTACT_NOT_FOUND, vanished
from contacts.copy.taking import take, take_cards
from contacts.models import CardCopy, ContactCopy, How
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.payloads import Contact, ContactIdentifier

Cards = frozenset[tuple[str, bool | None, bool]]  # value, active, default

FRESH = timedelta(minutes=5)  # how old a copy may be before an unchanged sight of it is written


@dataclass(frozen=True, slots=True)
class Sight:
    """What Piggy told of a contact, asked at `asked_at`. `cards` is None where they could not be read."""

    contact: Contact
    cards: list[ContactIdentifier] | None
    asked_at: datetime


def cards_of(known: ContactCopy) -> Cards:
    """The cards as the copy has them."""
    return frozenset(CardCopy.objects.filter(contact=known).values_list("value", "active", "is_default"))


def is_known(sight: Sight, known: ContactCopy | None, cards: Cards) -> bool:
    """Whether the copy says the same already, as far as a glance tells: then nothing is written."""
    if known is None or timezone.now() - known.read_at > FRESH:
        return False
    if sight.cards is not None:
        told_cards = {(card_text(card.value), card.active, bool(card.default)) for card in sight.cards}
        if known.cards_read_at is None or told_cards != cards:
            return False
    contact = sight.contact
    told = (contact.credits, contact.prepaid_cents, contact.updated_at, contact.name, contact.known_email)
    return told == (known.credits, known.prepaid_cents, known.updated_at, known.name, known.email)


def keep(sight: Sight) -> None:
    """Take what was seen into the copy."""
    take(sight.contact, how=How.OPENED, read_at=sight.asked_at)
    if sight.cards is not None:
        take_cards(sight.contact.uuid, sight.cards, read_at=sight.asked_at)


def keep_gone(contact_uuid: str, error: PiggyError) -> None:
    """Piggy did not bring this contact. Only its "contact not found" means that it is gone."""
    if error.code == CONTACT_NOT_FOUND:
        vanished(contact_uuid)
