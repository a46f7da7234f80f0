"""E-mail addresses: whether two are one, which one an act was about, and whose one is."""

import unicodedata

from piggyadmin.ledger.models import Act
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyNotFound
from piggyadmin.piggy.filters import same_email
from piggyadmin.piggy.payloads import Contact

CONTACT_NOT_FOUND = 55031


def address_of(act: Act) -> str:
    """The address that an act is about; "" once its words are erased."""
    own = next((detail for detail in act.details.all() if detail.event_id is None), None)
    return str(own.words.get("email", "")) if own else ""


def same_address(one: str | None, other: str) -> bool:
    """Addresses are compared without regard to case, blanks around them, or how an accent is written."""
    return bool(other) and same_email(unicodedata.normalize("NFC", one or ""), unicodedata.normalize("NFC", other))


def holder_of(client: Piggy, email: str) -> Contact | None:
    """The contact with this address, or None. Raises every other failure."""
    try:
        return client.find_contact(email=email)
    except PiggyNotFound as error:
        if error.code != CONTACT_NOT_FOUND:
            raise
        return None
