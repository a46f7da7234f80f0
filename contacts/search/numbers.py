"""A number that was typed: whose card, whose telephone, or the end or the beginning of either."""

# ruff: noqa: S608 - only names of our own tables stand in these statements; whatever was typed is a parameter

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from contacts.models import CardCopy, ContactCopy
from contacts.search import index
from contacts.search.fields import LAST_DIGITS
from contacts.search.question import Question, number_begins
from piggyadmin import phones

CARD, PHONE = "card", "phone number"
CERTAIN = frozenset({CARD, PHONE})  # nobody else can have been meant
SHORTEST_CARD = 6  # characters of a card's beginning that are looked for
LONGEST_PHONE = 15  # digits; no number of the world has more
COPY, CARDS = ContactCopy._meta.db_table, CardCopy._meta.db_table


def ways(question: Question, *, limit: int, time_zone: str) -> Iterator[tuple[str, list[int]]]:
    """What the number may be, the surest first: a reason, and the keys of some `limit` contacts it is true of."""
    digits = question.digits.removeprefix("+")
    whole = _whole_numbers(question, time_zone) if LAST_DIGITS <= len(digits) <= LONGEST_PHONE else []
    is_card = not question.digits.startswith("+")
    for is_phone in (True, False) if question.digits[0] in "+0" else (False, True):
        if is_phone and whole:
            yield (
                PHONE,
                _keys(f"SELECT id FROM {COPY} WHERE phone_e164 = %s ORDER BY id DESC LIMIT %s", whole[0], limit),
            )
        elif not is_phone and is_card:
            yield CARD, having_card(question.text, question.digits)
    cards = index.current().cards_ending(digits, limit=limit) if is_card and len(digits) >= LAST_DIGITS else []
    if LAST_DIGITS <= len(digits) <= LONGEST_PHONE:
        # Among many contacts many end so either way: neither takes all places from the other.
        most = limit - min(len(cards), limit // 2)
        yield f"phone ends {digits[-LAST_DIGITS:]}", _ending(digits, most)
    if cards:
        yield f"card ends {digits}", cards
    if LAST_DIGITS <= len(digits) <= LONGEST_PHONE and (begins := number_begins(question.digits, time_zone=time_zone)):
        yield f"phone begins {question.digits}", _beginning(begins, limit)
    if len(digits) >= SHORTEST_CARD:
        keys = index.current().cards_beginning(question.digits, limit=limit)
        yield f"card begins {question.digits}", sorted(keys, reverse=True)


def having_card(*texts: str) -> list[int]:
    """The keys of those who have a card of this number, however it was typed; the newest first."""
    spelled = sorted({text for typed in texts for text in (typed, "".join(typed.split()))})
    places = ", ".join(["%s"] * len(spelled))
    return _keys(f"SELECT contact_id FROM {CARDS} WHERE value IN ({places}) ORDER BY contact_id DESC", *spelled)


def _whole_numbers(question: Question, time_zone: str) -> list[str]:
    return [way for way in phones.spellings(question.text, time_zone=time_zone) if way.startswith("+")]


def _ending(digits: str, limit: int) -> list[int]:
    end = digits[-LAST_DIGITS:]
    if len(digits) == LAST_DIGITS:
        return _keys(f"SELECT id FROM {COPY} WHERE phone_end = %s ORDER BY id DESC LIMIT %s", end, limit)
    # A number that is none of any country is kept as Piggy has it.
    inside = digits.lstrip("0") or digits
    ends = ContactCopy.objects.filter(phone_end=end)
    found = ends.filter(phone_e164__endswith=inside) | ends.filter(phone_e164="", phone__endswith=digits)
    return _first(found.order_by("-id"), limit)


def _beginning(begins: str, limit: int) -> list[int]:
    after = f"+{int(begins[1:]) + 1}"
    between = ContactCopy.objects.filter(phone_e164__gte=begins, phone_e164__lt=after, phone_e164__startswith=begins)
    return _first(between.order_by("phone_e164", "-id"), limit)


def _first(copies: QuerySet[ContactCopy], limit: int) -> list[int]:
    return list(copies.values_list("id", flat=True)[:limit])


def _keys(sql: str, *values: Any) -> list[int]:
    """By hand: building the query costs more than asking."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
