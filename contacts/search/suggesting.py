"""Rows under the box while somebody types, and what else can be done when there are none."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from contacts.copy.freshness import as_of
from contacts.search.facets import counted
from contacts.search.numbers import CERTAIN
from contacts.search.question import LONGEST, question_of
from contacts.search.ranking import ALIKE
from contacts.search.services import Hit, find
from piggyadmin import codes, phones, shortcuts
from piggyadmin.shortcuts import Offer, Wish


@dataclass(frozen=True, slots=True)
class Row:
    """A hit as this person may see it."""

    hit: Hit
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`first_is_meant`: Enter may open the first row without an arrow key. `typed` is for making a new customer.

    `offers` are pages and acts that were named; they stand after the customers. `lacks_name`: an act
    was typed, and nobody it is for.
    """

    rows: tuple[Row, ...]
    offers: tuple[Offer, ...]
    first_is_meant: bool
    searched: int | None  # contacts, when none of them fits
    as_of: datetime | None
    typed: Mapping[str, str]
    lacks_name: bool = False


def suggest(text: str, *, time_zone: str, sees_identity: bool, may: AbstractSet[str]) -> Suggestions:
    """Ten rows at most for what was typed so far, and what it names for a person with these permissions."""
    hits = find(text, time_zone=time_zone)
    wish = shortcuts.wish_of(text, may=may)
    offers = offers_of(wish, time_zone=time_zone, sees_identity=sees_identity)
    question = question_of(text)
    only_words = bool(question.words) and not any(char.isdigit() for char in text)
    certain = len(hits) == 1 and hits[0].reason in {*CERTAIN, "id", "e-mail"}
    is_meant = bool(hits) and (only_words or certain)
    if wish.is_word or (wish.rest and offers):  # of a customer and a page of one name neither is opened unseen
        is_meant = not hits and bool(offers) and (wish.is_word or _one_is_certain(offers))
    return Suggestions(
        rows=rows_of(hits, sees_identity=sees_identity),
        offers=offers,
        first_is_meant=is_meant,
        searched=None if hits or offers else counted(),
        as_of=None if hits or offers else as_of(),
        typed={} if hits or offers else typed_as(wish.rest or text, time_zone=time_zone),
        lacks_name=wish.verb is not None and not wish.rest,
    )


def offers_of(wish: Wish, *, time_zone: str, sees_identity: bool) -> tuple[Offer, ...]:
    """What was wished for: the pages, or the act for each customer in the copy whom the rest of the text fits."""
    if wish.verb is None or not wish.rest:
        return wish.offers
    found = (
        shortcuts.for_customer(
            wish.verb,
            contact_uuid=row.hit.contact_uuid,
            name=row.title,
            hint=f"{row.detail}, {row.hit.reason}",
            is_anonymous=row.hit.is_anonymous,
            is_guess=ALIKE in row.hit.reason,
        )
        for row in rows_of(find(wish.rest, time_zone=time_zone), sees_identity=sees_identity)
    )
    return tuple(offer for offer in found if offer)


def _one_is_certain(offers: tuple[Offer, ...]) -> bool:
    """Only one customer is meant: alone, or the one whose name was typed among others with names alike."""
    return len(offers) == 1 or (not offers[0].is_guess and all(offer.is_guess for offer in offers[1:]))


def rows_of(hits: list[Hit], *, sees_identity: bool) -> tuple[Row, ...]:
    return tuple(Row(hit, title_of(hit.name, hit.is_anonymous), _detail(hit, sees_identity)) for hit in hits)


def title_of(name: str, is_anonymous: bool) -> str:
    return name or ("Anonymous customer" if is_anonymous else "Customer without a name")


def typed_as(text: str, *, time_zone: str) -> dict[str, str]:
    """What was typed, as a field of a new customer; {} for what is none."""
    text = text.strip()
    if len(text) > LONGEST:
        return {}
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError:
            return {}
        return {"email": text}
    return {"phone": text} if text[:1] in ("+", "0") and phones.spellings(text, time_zone=time_zone) else {}


def _detail(hit: Hit, sees_identity: bool) -> str:
    if hit.email:
        return hit.email if sees_identity else codes.masked_email(hit.email)
    if hit.card:
        return f"card ends {codes.last_four(hit.card)}"
    return "no e-mail address"
