"""A number that was typed: whose card, whose telephone, or the end or the beginning of either."""

from collections.abc import Iterator

from django.db.models import QuerySet

from contacts.models import ContactCopy
from contacts.search import index
from contacts.search.fields import LAST_DIGITS
from contacts.search.question import Question, number_begins
from piggyadmin import phones

CARD, PHONE = "card", "phone number"
CERTAIN = frozenset({CARD, PHONE})  # nobody else can have been meant
SHORTEST_CARD = 6  # characters of a card's beginning that are looked for
LONGEST_PHONE = 15  # digits; no number of the world has more

Copies = QuerySet[ContactCopy]


def ways(question: Question, *, limit: int, time_zone: str) -> Iterator[tuple[str, Copies | list[int]]]:
    """What the number may be, the surest first: a reason, and the contacts it is true of, or their keys."""
    digits = question.digits.removeprefix("+")
    whole = _whole_numbers(question, time_zone) if LAST_DIGITS <= len(digits) <= LONGEST_PHONE else []
    as_card = [] if question.digits.startswith("+") else [(CARD, having_card(question.text, question.digits))]
    as_phone = [(PHONE, ContactCopy.objects.filter(phone_e164=whole[0]).order_by("-id"))] if whole else []
    yield from as_phone + as_card if question.digits[0] in "+0" else as_card + as_phone
    cards = index.current().cards_ending(digits, limit=limit) if as_card and len(digits) >= LAST_DIGITS else []
    if LAST_DIGITS <= len(digits) <= LONGEST_PHONE:
        # Among many contacts many end so either way: neither takes all places from the other.
        most = limit - min(len(cards), limit // 2)
        yield f"phone ends {digits[-LAST_DIGITS:]}", _ending(digits)[:most]
    if cards:
        yield f"card ends {digits}", cards
    if LAST_DIGITS <= len(digits) <= LONGEST_PHONE and (begins := number_begins(question.digits, time_zone=time_zone)):
        yield f"phone begins {question.digits}", _beginning(begins)
    if len(digits) >= SHORTEST_CARD:
        keys = index.current().cards_beginning(question.digits, limit=limit)
        yield f"card begins {question.digits}", keys


def having_card(*texts: str) -> Copies:
    """Those who have a card of this number, however it was typed."""
    joined = {text for typed in texts for text in (typed, "".join(typed.split()))}
    return ContactCopy.objects.filter(cards__value__in=joined).order_by("-id")


def _whole_numbers(question: Question, time_zone: str) -> list[str]:
    return [way for way in phones.spellings(question.text, time_zone=time_zone) if way.startswith("+")]


def _ending(digits: str) -> Copies:
    ends = ContactCopy.objects.filter(phone_end=digits[-LAST_DIGITS:]).order_by("-id")
    if len(digits) == LAST_DIGITS:
        return ends
    # A number that is none of any country is kept as Piggy has it.
    inside = digits.lstrip("0") or digits
    return ends.filter(phone_e164__endswith=inside) | ends.filter(phone_e164="", phone__endswith=digits)


def _beginning(begins: str) -> Copies:
    after = f"+{int(begins[1:]) + 1}"
    between = ContactCopy.objects.filter(phone_e164__gte=begins, phone_e164__lt=after, phone_e164__startswith=begins)
    return between.order_by("phone_e164", "-id")
