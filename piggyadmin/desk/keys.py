"""All keys of the dashboard, for the page that `?` opens. A key's button or link stands on its page as well."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` are pressed one after the other, or together where they hold a "+"."""

    keys: tuple[str, ...]
    does: str
    single: bool = False  # one letter or sign alone: gone when a person switches those off


@dataclass(frozen=True, slots=True)
class Place:
    words: str
    keys: tuple[Key, ...]


PLACES = (
    Place(
        "Everywhere",
        (
            Key(("Ctrl + K",), "to the box: card, phone, e-mail, voucher"),
            Key(("/",), "the same", single=True),
            Key(("Alt + 1",), "to Alt + 8: your last eight customers"),
            Key(("Esc",), "back, or release a voucher"),
            Key(("g", "t"), "today", single=True),
            Key(("g", "c"), "anonymous customers", single=True),
            Key(("g", "b"), "bookings", single=True),
            Key(("g", "v"), "check a voucher", single=True),
            Key(("g", "p"), "batches of vouchers", single=True),
            Key(("g", "a"), "the audit", single=True),
            Key(("n",), "new customer, from today’s page", single=True),
            Key(("?",), "these keys", single=True),
        ),
    ),
    Place(
        "On a customer’s page",
        (
            Key(("a",), "award credits", single=True),
            Key(("c",), "claim, where the customer is anonymous", single=True),
            Key(("e",), "edit", single=True),
            Key(("l",), "cards: link, replace, switch off", single=True),
            Key(("b",), "new booking", single=True),
            Key(("h",), "to the transactions", single=True),
            Key(("v",), "reverse the marked transaction", single=True),
            Key(("s",), "send the verification mail, on its page", single=True),
            Key(("r",), "read again", single=True),
            Key(("y",), "copy the id", single=True),
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
        "Taking an award back",
        (
            Key(("1",), "to 4: why", single=True),
            Key(("Enter",), "take it back"),
        ),
    ),
    Place(
        "Vouchers",
        (
            Key(("Enter",), "lock, and once more: redeem"),
            Key(("Esc",), "release, or the next one"),
            Key(("r",), "look again after a lost answer", single=True),
        ),
    ),
    Place(
        "Bookings",
        (
            Key(("i",), "check in the marked booking, or the first one expected", single=True),
            Key(("n",), "make a booking", single=True),
            Key(("p",), "the day before", single=True),
            Key(("f",), "the day after", single=True),
            Key(("t",), "today", single=True),
            Key(("Ctrl + Enter",), "save the form you are in"),
        ),
    ),
)
