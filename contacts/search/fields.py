"""The fields that a copied contact is found by, made from what Piggy told of it."""

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from django.conf import settings

from contacts.search.folding import folded, folded_name
from piggyadmin.phones import region_of

LONGEST_NAME = 300  # characters, once folded: a b-tree of PostgreSQL holds no more than 2,700 bytes
LAST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class SearchFields:
    """`search_name` stands between two blanks, so that a word's begin and end can be looked for."""

    search_name: str
    search_email: str
    phone_e164: str
    phone_end: str


def search_fields(*, firstname: str, lastname: str, email: str, phone: str) -> SearchFields:
    """What is stored beside a contact for finding it; any field may be "". Never raises."""
    name = " ".join([folded_name(firstname), folded_name(lastname)])[:LONGEST_NAME].strip()
    number = e164(phone)
    digits = "".join(char for char in number or phone if char.isascii() and char.isdigit())
    return SearchFields(
        search_name=f" {name} " if name else "",
        search_email=folded(email)[:254],
        phone_e164=number,
        phone_end=digits[-LAST_DIGITS:] if len(digits) >= LAST_DIGITS else "",
    )


@lru_cache(maxsize=1024)
def e164(phone: str) -> str:
    """The number as the world writes it, "" if it can be none. Typed without its country: that of `TIME_ZONE`."""
    if not phone or len(phone) > 100:
        return ""
    try:
        number = phonenumbers.parse(phone, region_of(settings.TIME_ZONE))
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:20]
