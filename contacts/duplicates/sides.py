"""Two contacts side by side as the copy has them: which stands where, and what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Prefetch

from contacts.models import CardCopy, ContactCopy, DuplicatePair
from piggyadmin.codes import last_four, masked_email, masked_phone
from piggyadmin.templatetags.words import day, euros, thousands

LATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. `copy` is None for a contact that the copy does not have (yet)."""

    uuid: str
    copy: ContactCopy | None

    @property
    def name(self) -> str:
        if self.copy is None:
            return "Customer not copied yet"
        return self.copy.name or ("Anonymous customer" if self.copy.is_anonymous else "Customer without a name")

    @property
    def cards(self) -> list[str]:
        return [card.value for card in self.copy.cards.all()] if self.copy else []

    @property
    def full_hint(self) -> str:
        return self._hint(str, str)

    @property
    def masked_hint(self) -> str:
        return self._hint(masked_email, masked_phone)

    def _hint(self, mail: Callable[[str], str], phone: Callable[[str], str]) -> str:
        """What tells this one from others of the same name: the address, else the phone, else the end of a card."""
        if self.copy is None:
            return ""
        if self.copy.email:
            return mail(self.copy.email)
        if self.copy.phone:
            return phone(self.copy.phone)
        return f"card ends {last_four(self.cards[0])}" if self.cards else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both. `state` is "same", "differs", or "one" when only one of them has it."""

    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    state: str
    as_code: bool = False


def copies_of(uuids: Iterable[str]) -> dict[str, ContactCopy]:
    """The copies of these, with their cards."""
    cards = Prefetch("cards", CardCopy.objects.order_by("-is_default", "value"))
    rows = ContactCopy.objects.filter(contact_uuid__in=list(uuids)).prefetch_related(cards)
    return {row.contact_uuid: row for row in rows}


def sides_of(pair: DuplicatePair, copies: dict[str, ContactCopy], *, left: str = "") -> tuple[Side, Side]:
    """Left and right. On the right stands who would remain: a proved address first, then an address at all, then the
    longer history: known longer, more credits. `left` is who stands on the left of a page that is open already."""
    both = (Side(pair.first_uuid, copies.get(pair.first_uuid)), Side(pair.second_uuid, copies.get(pair.second_uuid)))
    first, second = both
    if left in (first.uuid, second.uuid):
        return (first, second) if left == first.uuid else (second, first)
    return (second, first) if _stands(first) > _stands(second) else (first, second)


def _stands(side: Side) -> tuple[bool, bool, float, int]:
    copy = side.copy
    if copy is None:
        return (False, False, -LATE.timestamp(), 0)
    since = (copy.created_at or LATE).timestamp()
    return (copy.email_verified_at is not None, bool(copy.email), -since, copy.credits or 0)


def compared(left: Side, right: Side, *, sees_identity: bool) -> list[Line]:
    """Every field that the copy knows of one of them."""
    mail: Callable[[str], str] = str if sees_identity else masked_email
    phone: Callable[[str], str] = str if sees_identity else masked_phone
    hidden: Callable[[str], str] = str if sees_identity else (lambda text: "hidden")
    one, two = left.copy or ContactCopy(), right.copy or ContactCopy()
    lines = [
        _line("Name", one.name, two.name, key=str.casefold),
        _line("E-mail", one.email, two.email, show=mail, key=str.casefold),
        _line("Address proved", day(one.email_verified_at), day(two.email_verified_at)),
        _line("Phone", one.phone, two.phone, show=phone, same=_one_number(one, two)),
        _line("Birthday", _date(one.birthdate), _date(two.birthdate), show=hidden),
        _line("Address", one.address, two.address, show=hidden, key=str.casefold),
        _cards(left.cards, right.cards),
        _line("Tier", one.tier_name, two.tier_name),
        _line("Credits", thousands(one.credits), thousands(two.credits)),
        _line("Prepaid", euros(one.prepaid_cents), euros(two.prepaid_cents)),
        _line("Customer since", day(one.created_at), day(two.created_at)),
        _line("Language", one.locale, two.locale),
    ]
    return [line for line in lines if line is not None]


def _line(
    label: str,
    left: str,
    right: str,
    *,
    show: Callable[[str], str] = str,
    key: Callable[[str], str] = str,
    same: bool = False,
) -> Line | None:
    if not left and not right:
        return None
    state = "same" if same or key(left) == key(right) else "differs" if left and right else "one"
    return Line(label, (show(left),) if left else (), (show(right),) if right else (), state)


def _one_number(one: ContactCopy, two: ContactCopy) -> bool:
    return bool(one.phone_e164) and one.phone_e164 == two.phone_e164


def _cards(left: list[str], right: list[str]) -> Line | None:
    if not left and not right:
        return None
    state = "same" if set(left) == set(right) else "differs" if left and right else "one"
    return Line("Cards", tuple(left), tuple(right), state, as_code=True)


def _date(on: date | None) -> str:
    return f"{on.day} {on:%B} {on.year}" if on else ""
