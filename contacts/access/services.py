"""A customer's auth token: asked of Piggy once, handed to the page that asked, and kept nowhere.

At Piggy it is a GET. Here it is an act: whoever has the token is the customer, so who read it and why is committed
before Piggy is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from contacts.access.actions import READ
from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact

ACTS_SHOWN = 5


class NoCustomer(Exception):
    """Piggy has no such contact."""


@dataclass(frozen=True, slots=True)
class AccessPage:
    contact: Contact
    read_at: datetime
    acts: list[Act]  # who read one before, the latest first


def open_page(*, contact_uuid: str) -> AccessPage:
    """Whose token it would be. Raises NoCustomer, PiggyError."""
    try:
        contact = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).get_contact(contact_uuid=contact_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoCustomer(contact_uuid) from error
    earlier = acts_of(contact_id=contact_uuid).filter(action=READ.name)
    return AccessPage(contact, timezone.now(), list(earlier[:ACTS_SHOWN]))


def read(*, contact_uuid: str, reason: str, actor: Actor, token: str) -> Outcome:
    """Ask for it, once for each form. The auth token is `outcome.answer`, and only where this very call was made.

    Raises PermissionDenied.
    """

    def call(act: Act) -> str:
        return piggy.get_client().get_contact_auth_token(contact_uuid=contact_uuid)

    return perform(
        READ,
        by=actor,
        target=Target("contact", contact_uuid),
        detail={"reason": reason},
        form_token=token,
        call=call,
    )
