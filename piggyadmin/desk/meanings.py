"""What something typed, pasted or scanned into the one box may be. More than one meaning is normal; none is guessed."""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from piggyadmin import phones
from piggyadmin.typed import NotReadable, clean

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
NUMBER_MARKS = re.compile(r"[\s().\-/]+")


class Kind(StrEnum):
    CARD = "card"
    EMAIL = "e-mail address"
    PHONE = "phone number"
    UUID = "id"
    VOUCHER = "voucher code"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Meaning:
    kind: Kind
    value: str  # as Piggy is to be asked
    spellings: tuple[str, ...] = ()  # phone numbers: the ways Piggy may hold it


def meanings_of(text: str, *, time_zone: str) -> tuple[Meaning, ...]:
    """Everything `text` may be, likeliest first. Raises NotReadable."""
    text = clean(text)
    if inside := UUID.search(text):  # also within a pasted address of a page
        return (Meaning(Kind.UUID, inside.group().lower()),)
    if "@" in text:
        return (Meaning(Kind.EMAIL, _email(text)),)
    found: list[Meaning] = []
    compact = NUMBER_MARKS.sub("", text)
    number = compact.removeprefix("+").isascii() and compact.removeprefix("+").isdigit()
    if number:
        spellings = phones.spellings(text, time_zone=time_zone)
        if not compact.startswith("+"):
            found.append(Meaning(Kind.CARD, compact))
            if "." not in text and "/" not in text:
                found.append(Meaning(Kind.VOUCHER, compact))
        if compact != "".join(text.split()):
            found.append(Meaning(Kind.VOUCHER, text))  # a code of digits with marks of its own
        if spellings:
            found.insert(0 if text[0] in "+0" else len(found), Meaning(Kind.PHONE, spellings[0], spellings))
        if not found:
            raise NotReadable("That is no telephone number we know the form of. Check the digits.")
        return tuple(found)
    if len(text.split()) == 1:
        return (Meaning(Kind.VOUCHER, text), Meaning(Kind.CARD, text), Meaning(Kind.NAME, text))
    if all(len(part) == 4 and part.isascii() and part.isalnum() for part in text.split()) and any(
        character.isdigit() for character in text
    ):
        joined = "".join(text.split())  # a code read out in groups of four, as we print them
        return (Meaning(Kind.VOUCHER, joined), Meaning(Kind.CARD, joined))
    return (Meaning(Kind.NAME, text),)


def _email(text: str) -> str:
    address = text.removeprefix("mailto:").strip("<>; ")
    try:
        validate_email(address)
    except ValidationError as error:
        raise NotReadable(
            "That looks like an e-mail address, but not a whole one. Check it letter by letter."
        ) from error
    return address
