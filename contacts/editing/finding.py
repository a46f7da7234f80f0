"""Look for a customer by everything that is known of them, before anybody makes a new one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from piggyadmin import codes, phones, piggy
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact, ContactIdentifier

INACTIVE_CARD = 60004
CONTACT_NOT_FOUND, CARD_NOT_FOUND = 55031, 60003

FREE, UNKNOWN, TAKEN, OFF, UNREAD = "free", "unknown", "taken", "off", "unread"


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer who may be the one. `by` names what led here: "e-mail", "phone", "card"."""

    uuid: str
    title: str
    hint: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, and what is known of the address and the card.

    `email` and `card` are "" when none was given, else "free" (nobody has it), "taken" or "unread"; a card may also be
    "unknown" to Piggy or "off". `failed` holds what could not be asked.
    """

    hits: tuple[Hit, ...] = ()
    email: str = ""
    card: str = ""
    card_value: str = ""  # as Piggy writes it
    failed: tuple[PiggyError, ...] = field(default=())
    more: bool = False  # more customers have this phone number than are shown


def find(*, email: str, phone: str, card: str, time_zone: str, sees_identity: bool) -> Found:
    """Ask Piggy for all three at once; "" is not asked for. A question that fails leaves the others standing."""
    answers = piggy.gather(_questions(email, phone, card, time_zone), seconds=settings.PIGGY_TIMEOUT)
    by: dict[str, list[str]] = {}
    contacts: dict[str, Contact | None] = {}
    failed: list[PiggyError] = []
    facts = {"email": FREE if email else "", "card": UNKNOWN if card else "", "card_value": card}
    more = False
    for name, answer in answers.items():
        what = name.partition(" ")[0]
        if answer.error is not None:
            _note_error(what, answer.error, facts, failed)
            continue
        if isinstance(answer.value, ContactIdentifier):
            facts |= {"card": TAKEN if answer.value.contact else FREE, "card_value": answer.value.value}
            if answer.value.contact:
                _note(answer.value.contact.uuid, None, "card", contacts, by)
            continue
        if what == "email":
            facts["email"] = TAKEN
        people: list[Contact] = [answer.value] if isinstance(answer.value, Contact) else list(answer.get().items)
        more = more or (what == "phone" and (answer.get().total or 0) > len(people))
        for contact in people:
            _note(contact.uuid, contact, {"email": "e-mail"}.get(what, what), contacts, by)
    _read_unread(contacts)
    hits = [_hit(uuid, contact, tuple(by[uuid]), sees_identity) for uuid, contact in contacts.items()]
    return Found(tuple(hits), failed=tuple(failed), more=more, **facts)


def _questions(email: str, phone: str, card: str, time_zone: str) -> dict[str, Callable[[Piggy], Any]]:
    asked: dict[str, Callable[[Piggy], Any]] = {}
    if email:
        asked["email"] = lambda client: client.find_contact(email=email)
    for spelling in phones.spellings(phone, time_zone=time_zone) if phone else ():
        asked[f"phone {spelling}"] = _phone_question(spelling)
    for spelling in codes.spellings(card) if card else ():
        asked[f"card {spelling}"] = _card_question(spelling)
    return asked


def _phone_question(spelling: str) -> Callable[[Piggy], Any]:
    return lambda client: client.contacts_by_phone(phone=spelling)


def _card_question(spelling: str) -> Callable[[Piggy], Any]:
    return lambda client: client.find_identifier(value=spelling)


def _note(
    uuid: str, contact: Contact | None, what: str, contacts: dict[str, Contact | None], by: dict[str, list[str]]
) -> None:
    contacts[uuid] = contact or contacts.get(uuid)
    if what not in by.setdefault(uuid, []):
        by[uuid].append(what)


def _note_error(what: str, error: PiggyError, facts: dict[str, str], failed: list[PiggyError]) -> None:
    """A "no" is an answer; all else means that we do not know."""
    if what == "card" and error.code == INACTIVE_CARD:
        facts["card"] = OFF
    elif isinstance(error, PiggyInvalid) or (
        isinstance(error, PiggyNotFound) and error.code in (CONTACT_NOT_FOUND, CARD_NOT_FOUND)
    ):
        return
    else:
        failed.append(error)
        if what in facts and facts[what] != TAKEN:
            facts[what] = UNREAD


def _read_unread(contacts: dict[str, Contact | None]) -> None:
    """A card names its customer by uuid alone: read them, to be recognised. Without that they stay nameless."""
    unread = [uuid for uuid, contact in contacts.items() if contact is None]
    if not unread:
        return
    answers = piggy.gather({uuid: _contact_question(uuid) for uuid in unread}, seconds=settings.PIGGY_TIMEOUT)
    contacts |= {uuid: answer.value for uuid, answer in answers.items()}


def _contact_question(uuid: str) -> Callable[[Piggy], Any]:
    return lambda client: client.get_contact(contact_uuid=uuid)


def _hit(uuid: str, contact: Contact | None, by: tuple[str, ...], sees_identity: bool) -> Hit:
    if contact is None:
        return Hit(uuid, "Customer", "", by)
    title = contact.name or ("Anonymous customer" if contact.is_anonymous else "Customer without a name")
    return Hit(uuid, title, _hint(contact, sees_identity), by)


def _hint(contact: Contact, sees_identity: bool) -> str:
    email = contact.known_email
    if email:
        return email if sees_identity else codes.masked_email(email)
    return "no e-mail address"


def ways_of(found: Found) -> Mapping[str, str]:
    """The ways in which a new customer can be made after this look, the best first; each with what it means."""
    ways = {}
    if found.email == FREE:
        ways["create"] = "A new customer with this e-mail address"
    elif found.email == UNREAD:
        ways["find_or_create"] = "Whoever has this e-mail address, else a new customer"
    if found.card in (FREE, UNKNOWN):
        ways["anonymous"] = "An anonymous customer, known by the card alone"
    return ways
