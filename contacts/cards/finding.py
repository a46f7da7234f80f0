"""Find the customer that a new card is for: by e-mail address, phone number, or another card of theirs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from contacts.cards.sights import CARD_IS_OFF
from piggyadmin import codes, phones, piggy
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact, ContactIdentifier
from piggyadmin.piggy.pool import Answer
from piggyadmin.typed import NotReadable

MOST = 10  # customers to choose from: more is no answer to "who is it?"


@dataclass(frozen=True, slots=True)
class Finding:
    """Who it may be, what is worth a word, and the questions that Piggy did not answer."""

    customers: tuple[Contact, ...] = ()
    notes: tuple[str, ...] = ()
    failed: tuple[PiggyError, ...] = ()
    too_many: bool = False

    @property
    def only(self) -> Contact | None:
        """The one customer it is, when all was asked and nobody else came up."""
        sure = len(self.customers) == 1 and not self.failed and not self.too_many
        return self.customers[0] if sure else None


def find_customers(*, text: str, time_zone: str) -> Finding:
    """Everybody whose e-mail address, phone number or card `text` may be, all asked at once.

    Raises NotReadable for what is none of them; Piggy is asked nothing then.
    """
    answers = _ask(_questions(text, time_zone))
    people: dict[str, Contact] = {}
    holders: list[str] = []
    notes: list[str] = []
    failed: list[PiggyError] = []
    total = 0
    for answer in answers.values():
        value: Any = answer.value
        if answer.error is not None:
            _note(answer.error, notes, failed)
        elif isinstance(value, Contact):
            people[value.uuid] = value
        elif isinstance(value, ContactIdentifier):
            if value.contact is None:
                notes.append("There is such a card, but it belongs to nobody.")
            else:
                holders.append(value.contact.uuid)
        else:
            people |= {contact.uuid: contact for contact in value.items}
            total = max(total, value.total or 0)
    missing = {uuid: _question_of(uuid) for uuid in holders if uuid not in people}
    for answer in _ask(missing).values():
        if answer.error is not None:
            _note(answer.error, notes, failed)
        elif answer.value is not None:
            people[answer.value.uuid] = answer.value
    found = tuple(people.values())
    return Finding(found[:MOST], tuple(notes), tuple(failed), too_many=max(len(found), total) > MOST)


def _questions(text: str, time_zone: str) -> Mapping[str, Callable[[Piggy], Any]]:
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError as error:
            raise NotReadable("That is not a whole e-mail address. Check it letter by letter.") from error
        return {"email": lambda client: client.find_contact(email=text)}
    spoken = phones.spellings(text, time_zone=time_zone)
    return {
        **{f"phone {spelling}": _by_phone(spelling) for spelling in spoken},
        **{f"card {spelling}": _by_card(spelling) for spelling in codes.spellings(text)},
    }


def _by_phone(spelling: str) -> Callable[[Piggy], Any]:
    return lambda client: client.contacts_by_phone(phone=spelling, limit=MOST)


def _by_card(spelling: str) -> Callable[[Piggy], Any]:
    return lambda client: client.find_identifier(value=spelling)


def _question_of(contact_uuid: str) -> Callable[[Piggy], Any]:
    return lambda client: client.get_contact(contact_uuid=contact_uuid)


def _ask(questions: Mapping[str, Callable[[Piggy], Any]]) -> dict[str, Answer[Any]]:
    return piggy.gather(questions, seconds=settings.PIGGY_TIMEOUT) if questions else {}


def _note(error: PiggyError, notes: list[str], failed: list[PiggyError]) -> None:
    """A "no" is an answer; a card that is off is worth a word; all else means that we do not know."""
    if error.code == CARD_IS_OFF:
        notes.append("That card is switched off, so Piggy does not say whose it is.")
    elif not isinstance(error, PiggyNotFound | PiggyInvalid):
        failed.append(error)
