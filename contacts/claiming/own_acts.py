"""The acts of one kind: on a contact, or all of them."""

from django.db.models import QuerySet

from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.services import acts, acts_of

# Acts after which somebody has the address in their detail ("email"), by name: their own modules stand above this one.
GIVE_AN_ADDRESS = ("contact.claim", "contact.create", "contact.find_or_create")


def on_contact(contact_uuid: str, action: Action) -> QuerySet[Act]:
    """Acts of this kind on a contact, whatever came of them, the latest first."""
    return acts_of(target=Target("contact", contact_uuid)).filter(action=action.name).prefetch_related("details")


def of_kind(action: Action) -> QuerySet[Act]:
    """All acts of this kind, the latest first."""
    return acts().filter(action=action.name).prefetch_related("details")


def that_give_an_address() -> QuerySet[Act]:
    """All acts that give somebody an address, the latest first."""
    return acts().filter(action__in=GIVE_AN_ADDRESS).prefetch_related("details")
