"""The session token that a customer's own app shows: whose it is, and using it once. It is kept nowhere.

The last four characters are told in the ledger: enough to know which one was meant, not enough to use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from contacts.portal.actions import USE_TOKEN
from piggyadmin import piggy
from piggyadmin.codes import last_four
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact, ContactSessionToken


class NoToken(Exception):
    """Piggy does not know this token, or names nobody by it."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whose token it is. `contact` is None where only their id could be read."""

    token: ContactSessionToken
    contact_uuid: str
    contact: Contact | None
    read_at: datetime

    @property
    def is_active(self) -> bool:
        return self.token.status == "active"

    @property
    def end(self) -> str:
        return last_four(self.token.token)


def find(*, token: str) -> Found:
    """Raises NoToken, PiggyError when Piggy cannot be asked."""
    client = piggy.get_client()
    try:
        found = client.find_contact_session_token(token=token)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoToken from error
    if found.contact is None or not found.contact.uuid:
        raise NoToken
    read_at = timezone.now()
    try:
        contact = client.get_contact(contact_uuid=found.contact.uuid)
    except PiggyError:  # the name is a help, not what was asked for
        contact = None
    return Found(found, found.contact.uuid, contact, read_at)


def use(*, found: Found, actor: Actor, form_token: str) -> Outcome:
    """Mark the token used: its customer stands here. Raises PermissionDenied."""

    def call(act: Act) -> ContactSessionToken:
        return piggy.get_client().use_contact_session_token(token=found.token.token)

    return perform(
        USE_TOKEN,
        by=actor,
        target=Target("session_token", "", contact_id=found.contact_uuid),
        figures={"token_end": found.end},
        form_token=form_token,
        call=call,
    )
