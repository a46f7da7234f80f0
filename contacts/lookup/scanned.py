"""A card was scanned, and the copy said whose it is: the customer's page holds that against what Piggy says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

from piggyadmin import codes
from piggyadmin.piggy.payloads import ContactIdentifier

KEY = "scanned"  # in the session, from the box to the page: the contact's uuid and the card


@dataclass(frozen=True, slots=True)
class Scanned:
    """The card that led here. `doubt` is "others" (not among theirs), "off" or "unread"."""

    card: str
    doubt: str


def remember(session: SessionBase, *, contact_uuid: str, card: str) -> None:
    session[KEY] = [contact_uuid, card]


def take(session: SessionBase, *, contact_uuid: str) -> str:
    """The card that was scanned to come to this page, once; "" for whoever came another way."""
    if KEY not in session:
        return ""
    whose, card = session.pop(KEY)
    return str(card) if whose == contact_uuid else ""


def judged(card: str, cards: Iterable[ContactIdentifier] | None) -> Scanned | None:
    """What Piggy's list of this customer's cards says of the scanned one; None where there is nothing to say."""
    if not card:
        return None
    if cards is None:
        return Scanned(card, "unread")
    spelled = set(codes.spellings(card))
    found = next((one for one in cards if one.value in spelled), None)
    if found is None:
        return Scanned(card, "others")
    return Scanned(card, "off") if found.active is False else None
