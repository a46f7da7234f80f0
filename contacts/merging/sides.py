"""Two customers side by side: every field that one of them has, what differs, and what becomes of it.

They come as pictures (see `reading.picture`): read just now, or kept from before the merge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from piggyadmin.codes import groups_of_four, masked_email, masked_phone
from piggyadmin.phones import spellings
from piggyadmin.templatetags.words import day, euros, thousands

Picture = Mapping[str, Any]
DECIDED = ("Name", "E-mail", "Phone", "Birthday", "Address", "Language", "Tier")  # by Piggy: it does not say how


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both. `state` is "same", "differs", or "one" when only one of them has it."""

    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    state: str
    as_code: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    lines: list[Line]
    moving_vouchers: int = 0  # of the one that disappears

    @property
    def differing(self) -> list[Line]:
        return [line for line in self.lines if line.state != "same"]

    @property
    def piggy_decides(self) -> list[str]:
        """The fields that differ and of which Piggy keeps one, in small letters."""
        return [line.label.lower() for line in self.differing if line.label in DECIDED]


def name_of(picture: Picture) -> str:
    if picture.get("name"):
        return str(picture["name"])
    return "Anonymous customer" if picture.get("is_anonymous") else "Customer without a name"


def compared(left: Picture, right: Picture, *, sees_identity: bool, time_zone: str = settings.TIME_ZONE) -> Compared:
    """Every field that is known of one of them, the left one disappearing."""
    mail: Callable[[str], str] = str if sees_identity else masked_email
    phone: Callable[[str], str] = str if sees_identity else masked_phone
    hidden: Callable[[str], str] = str if sees_identity else (lambda text: "hidden")

    def number(text: Any) -> str:
        return next(iter(spellings(str(text), time_zone=time_zone)), str(text))

    def line(label: str, name: str, show: Callable[[Any], str] = str, key: Callable[[Any], Any] = str) -> Line | None:
        one, two = left.get(name), right.get(name)
        if one in (None, "") and two in (None, ""):
            return None
        state = "one" if one in (None, "") or two in (None, "") else "same" if key(one) == key(two) else "differs"
        return Line(label, _told(one, show), _told(two, show), state)

    cards = _cards(left), _cards(right)
    found = [
        line("Name", "name", key=_folded),
        line("E-mail", "email", show=mail, key=_folded),
        line("Phone", "phone", show=phone, key=number),
        line("Birthday", "birthdate", show=hidden),
        line("Address", "address", show=hidden, key=_folded),
        line("Language", "locale"),
        Line("Cards", *cards, state=_state(*cards), as_code=True) if any(cards) else None,
        line("Tier", "tier"),
        line("Credits", "credits", show=thousands),
        line("Prepaid", "prepaid_cents", show=euros),
        _voucher_line(left, right),
        line("Bookings", "bookings", show=_bookings, key=len),
        line("Transactions", "transactions_total", show=thousands),
        line("Last seen", "last_seen", show=_day),
        line("Customer since", "created_at", show=_day),
    ]
    return Compared([each for each in found if each is not None], vouchers_in(left))


def _told(value: Any, show: Callable[[Any], str]) -> tuple[str, ...]:
    return () if value in (None, "") else (show(value),)


def _cards(picture: Picture) -> tuple[str, ...]:
    return tuple(
        groups_of_four(card["value"]) + ("" if card["active"] else " (off)") for card in picture.get("cards", [])
    )


def _state(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    if set(left) == set(right):
        return "same"
    return "differs" if left and right else "one"


def _folded(text: Any) -> str:
    return " ".join(str(text).casefold().split())


def vouchers_in(picture: Picture) -> int:
    """How many vouchers this customer has: as many as Piggy tells, else as many as were pictured."""
    return max(len(picture.get("vouchers", [])), picture.get("vouchers_total") or 0)


def _voucher_line(left: Picture, right: Picture) -> Line | None:
    if "vouchers" not in left and "vouchers" not in right:
        return None
    state = "same" if vouchers_in(left) == vouchers_in(right) else "differs"
    return Line("Vouchers", (_vouchers(left),), (_vouchers(right),), state)


def _vouchers(picture: Picture) -> str:
    pictured, total = picture.get("vouchers", []), vouchers_in(picture)
    active = sum(voucher["status"] == "ACTIVE" for voucher in pictured)
    if total > len(pictured):
        return f"{thousands(total)}, of the newest {len(pictured)} {active} active"
    return f"{active} active of {total}" if total else "none"


def _bookings(bookings: list[Any]) -> str:
    return f"{len(bookings)} known here" if bookings else "none known here"


def _day(text: Any) -> str:
    return day(datetime.fromisoformat(str(text)))
