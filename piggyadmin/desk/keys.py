"""All keys of the dashboard, for the page that `?` opens. A key's button or link stands on its page as well.

tests/desk/test_keys.py holds this list against the templates, both ways.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from piggyadmin.navigation import NAVIGATION


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` are pressed one after the other, or together where they hold a "+"."""

    keys: tuple[str, ...]
    does: str
    single: bool = False  # one letter or sign alone: gone when a person switches those off
    permission: str = ""  # to see it in the list; "" is everybody's


@dataclass(frozen=True, slots=True)
class Place:
    words: str
    keys: tuple[Key, ...]


PLACES = (
    Place(
        "Everywhere",
        (
            Key(("Ctrl + K",), "to the box: card, phone, e-mail, voucher, or a word such as “batch”"),
            Key(("/",), "the same", single=True),
            Key(("Alt + 1",), "to Alt + 8: your last eight customers"),
            Key(("Esc",), "back, or out of what is open"),
            Key(("?",), "these keys", single=True),
        ),
    ),
    Place(
        "Go to a page",
        tuple(
            Key(tuple(entry.keys.split()), entry.words, single=True, permission=entry.permission)
            for group in NAVIGATION
            for entry in group.entries
            if entry.keys
        ),
    ),
    Place(
        "On most pages",
        (
            Key(("r",), "read again, or look again after a lost answer", single=True),
            Key(("n",), "a new one of what the page lists; on today’s page a new customer", single=True),
            Key(("e",), "edit what the page shows, or the marked row", single=True),
            Key(("Ctrl + Enter",), "save the form you are in"),
        ),
    ),
    Place(
        "In a list",
        (
            Key(("j",), "or ↓: next row", single=True),
            Key(("k",), "or ↑: row before", single=True),
            Key(("Enter",), "open the marked row"),
        ),
    ),
    Place(
        "On a customer’s page",
        (
            Key(("a",), "award credits", single=True),
            Key(("c",), "claim, where the customer is anonymous", single=True),
            Key(("l",), "cards: link, replace, switch off", single=True),
            Key(("w",), "rewards: claim, hand over", single=True),
            Key(("p",), "prepaid: top up", single=True),
            Key(("b",), "new booking", single=True),
            Key(("h",), "to the transactions", single=True),
            Key(("v",), "reverse the marked transaction", single=True),
            Key(("y",), "copy the id", single=True),
        ),
    ),
    Place(
        "Proving an e-mail address",
        (Key(("s",), "send the verification mail", single=True),),
    ),
    Place(
        "Taking an award back",
        (
            Key(("1",), "to 4: why", single=True),
            Key(("Enter",), "take it back"),
        ),
    ),
    Place(
        "On a pair of duplicates",
        (
            Key(("k",), "the same person, the left one stays", single=True),
            Key(("l",), "the same person, the right one stays", single=True),
            Key(("x",), "not the same person", single=True),
            Key(("f",), "family", single=True),
            Key(("1",), "to 5: why", single=True),
            Key(("Enter",), "keep it, and open the next pair"),
            Key(("s",), "skip this pair", single=True),
        ),
    ),
    Place(
        "Vouchers",
        (
            Key(("Enter",), "lock, and once more: redeem"),
            Key(("Esc",), "release, or the next one"),
        ),
    ),
    Place(
        "Bookings",
        (
            Key(("i",), "check in: the marked booking, the first one expected, or the one that is open", single=True),
            Key(("p",), "the day before", single=True),
            Key(("f",), "the day after", single=True),
            Key(("t",), "today", single=True),
            Key(("c",), "from a booking to its customer", single=True),
        ),
    ),
)


def places_for(may: AbstractSet[str]) -> tuple[Place, ...]:
    """The list for a person with these permissions: without the pages that they may not open."""
    return tuple(
        replace(place, keys=tuple(key for key in place.keys if not key.permission or key.permission in may))
        for place in PLACES
    )
