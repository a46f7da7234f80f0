"""Whose page it is: the customer for the heading, read together with what the page is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact
from piggyadmin.piggy.pool import Answer, Question

GONE = "contacts/lookup/gone.html"


class NoCustomer(Exception):
    """Piggy has no such customer (any more)."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The customer, and the answers to the page's own questions, by name. `name` is "" for nobody with a name, and when
    the customer could not be read just now."""

    contact_uuid: str
    contact: Answer[Contact]
    answers: Mapping[str, Answer[Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.contact.value.name if self.contact.value else ""


def unread(contact_uuid: str, error: PiggyError) -> Whose:
    """A customer whom Piggy did not tell of a moment ago: it is not asked once more."""
    return Whose(contact_uuid, Answer(timezone.now(), error=error))


def read_with(contact_uuid: str, questions: Mapping[str, Question] | None = None) -> Whose:
    """Ask all at once, within PIGGY_TIMEOUT. Raises NoCustomer; any other failure stands in its answer."""
    asked: dict[str, Question] = {"contact": lambda client: client.get_contact(contact_uuid=contact_uuid)}
    answers = piggy.gather(asked | dict(questions or {}), seconds=settings.PIGGY_TIMEOUT)
    if isinstance(answers["contact"].error, PiggyNotFound | PiggyInvalid):
        raise NoCustomer(contact_uuid)
    return Whose(contact_uuid, answers["contact"], answers)
