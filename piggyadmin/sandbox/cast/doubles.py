"""People who are in the books twice, and families who share a phone: what a search for duplicates has to tell apart."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from piggyadmin.sandbox.make import Fields

DOUBLES = 0.04
"""How many of the crowd are a second sight of somebody else in it."""
RELATIVES = 0.03
"""How many share phone, address and last name with somebody."""
NICKNAMES = {
    "Johanna": "Jo",
    "Maria": "Ria",
    "Cornelis": "Kees",
    "Hendrik": "Henk",
    "Willem": "Wim",
    "Gerrit": "Ger",
    "Marijke": "Rijk",
    "Anneke": "An",
    "Petra": "Pet",
    "Mohamed": "Mo",
    "Wouter": "Wout",
    "Jeroen": "Jer",
    "Fatima": "Fatma",
    "James": "Jim",
    "Sophie": "Fie",
    "Marloes": "Loes",
    "Tomás": "Tom",
    "Emma": "Em",
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
OTHER_HOSTS = ("gmail.example", "outlook.example", "live.example")


def second_sight(dice: Random, first: Fields, number: int) -> Fields:
    """The same person once more, as a till and a web form write somebody down. The address is never the same."""
    same = {name: first[name] for name in ("firstname", "lastname", "birthdate", "phonenumber", "address")}
    same["email"] = _other_email(dice, str(first["email"]), number)
    for change in dice.sample(CHANGES, k=1 if dice.random() < 0.7 else 2):
        change(dice, same)
    if not same["phonenumber"] and not same["birthdate"]:  # or nobody could tell
        same["birthdate"] = first["birthdate"]
    return same


def relative(dice: Random, first: Fields, name: str, number: int) -> Fields:
    """Somebody of the same household: another first name, birthday and address for mail."""
    return {
        "firstname": name,
        "lastname": first["lastname"],
        "email": _other_email(dice, str(first["email"]), number),
        "phonenumber": first["phonenumber"],
        "address": first["address"],
        "birthdate": f"{dice.randrange(1940, 2014)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}",
    }


def _other_email(dice: Random, email: str, number: int) -> str:
    """A tag, another host, or another address altogether."""
    name, _, host = email.partition("@")
    kind = dice.random()
    if kind < 0.3:
        return f"{name}+{dice.choice(('koffie', 'spam', 'oud'))}{number}@{host}"
    if kind < 0.6:
        return f"{name}.{number}@{dice.choice(OTHER_HOSTS)}"
    return f"{name[0]}{number}@{dice.choice(OTHER_HOSTS)}"


def slip(dice: Random, text: str) -> str:
    """One letter too many, too few, wrong, or two the other way round."""
    if len(text) < 3:
        return text
    place = dice.randrange(1, len(text) - 1)
    kind = dice.randrange(4)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place] + text[place:]
    if kind == 2:
        return text[:place] + dice.choice(LETTERS) + text[place + 1 :]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _misspelt(dice: Random, who: Fields) -> None:
    name = dice.choice(("firstname", "lastname", "lastname"))
    who[name] = slip(dice, str(who[name]))


def _called_otherwise(dice: Random, who: Fields) -> None:
    """A nickname, or the initial alone."""
    first = str(who["firstname"])
    who["firstname"] = NICKNAMES.get(first) or f"{first[0]}."


def _swapped(_: Random, who: Fields) -> None:
    who["firstname"], who["lastname"] = who["lastname"], who["firstname"]


def _phone_otherwise(_: Random, who: Fields) -> None:
    """The number as people say it: 06 12 34 56 78."""
    phone = str(who["phonenumber"] or "")
    if phone.startswith("+316"):
        digits = "06" + phone.removeprefix("+316")
        who["phonenumber"] = " ".join(digits[place : place + 2] for place in range(0, 10, 2))


def _no_birthday(_: Random, who: Fields) -> None:
    who["birthdate"] = None


def _no_phone(_: Random, who: Fields) -> None:
    who["phonenumber"] = None


CHANGES: tuple[Callable[[Random, Fields], None], ...] = (
    _misspelt,
    _called_otherwise,
    _swapped,
    _phone_otherwise,
    _no_birthday,
    _no_phone,
)
