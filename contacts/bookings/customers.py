"""Whom a booking is for: found by what they show or say, and named on our pages."""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from contacts.bookings import known
from piggyadmin import codes, piggy
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Contact

INACTIVE_CARD = 60004
NAMES_AT_ONCE = 20  # calls to Piggy for one list
NAMES_SECONDS = 2.0
NAME_KEPT = 30 * 60  # s
NAME_MISSED = 60  # s


class NoCustomer(Exception):
    """Nobody can be the customer by what was typed; the message says why, for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a booking is for. `name` is "customer 5f0c88aa" for one without a name."""

    uuid: str
    name: str


def find_customer(*, text: str) -> Customer:
    """The customer with this card or e-mail address. Raises NoCustomer."""
    client = piggy.get_client(seconds=settings.PIGGY_TIMEOUT)
    try:
        if "@" in text:
            found = client.find_contact(email=text)
            return Customer(found.uuid, found.name)
        for spelling in codes.spellings(text):
            with contextlib.suppress(PiggyNotFound):
                card = client.find_identifier(value=spelling)
                if card.contact is None:
                    raise NoCustomer("This card belongs to nobody yet. Take another card, or the e-mail address.")
                return Customer(card.contact.uuid, "")
    except (PiggyNotFound, PiggyInvalid):
        pass
    except PiggyRejected as error:
        if error.code == INACTIVE_CARD:
            raise NoCustomer("This card is switched off. Take another card, or the e-mail address.") from error
        raise
    raise NoCustomer("No customer has this card or address. Scan once more, or try the other.")


def read_customer(*, contact_uuid: str) -> Customer:
    """Whom a new booking is for, read from Piggy. Raises NoCustomer when Piggy has no such customer."""
    try:
        found = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).get_contact(contact_uuid=contact_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoCustomer("Piggy has no such customer. Find the customer again.") from error
    cache.set(_name_key(found.uuid), found.name, NAME_KEPT)
    return Customer(found.uuid, found.name or known.nameless(found.uuid))


def names_from_piggy(contact_uuids: list[str]) -> dict[str, str]:
    """The names of these customers as Piggy has them, some asked at a time and kept for a while; no name, no entry."""
    keys = {_name_key(uuid): uuid for uuid in contact_uuids}
    kept = {keys[key]: name for key, name in cache.get_many(keys).items()}
    asked = [uuid for uuid in contact_uuids if uuid not in kept][:NAMES_AT_ONCE]
    answers = piggy.gather({uuid: _reading(uuid) for uuid in asked}, seconds=NAMES_SECONDS) if asked else {}
    for uuid, answer in answers.items():
        kept[uuid] = answer.value.name if answer.value is not None else ""
        # What cannot be read now is not asked again with every glance at the list.
        cache.set(_name_key(uuid), kept[uuid], NAME_KEPT if answer.error is None else NAME_MISSED)
    return {uuid: name for uuid, name in kept.items() if name}


def name_at_hand(contact_uuid: str) -> str:
    """How to name a customer without asking Piggy."""
    name = known.customers([contact_uuid]).get(contact_uuid, "")
    return str(cache.get(_name_key(contact_uuid)) or name) if name == known.nameless(contact_uuid) else name


def _name_key(contact_uuid: str) -> str:
    """Piggy's ids are opaque, and a cache's keys are not: blanks and accents are none."""
    return f"booking-customer:{hashlib.sha256(contact_uuid.encode()).hexdigest()}"


def _reading(contact_uuid: str) -> Callable[[Piggy], Contact]:
    return lambda client: client.get_contact(contact_uuid=contact_uuid)
