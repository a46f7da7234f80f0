"""Something was done with a card here: the copy lets go of it, until Piggy tells of it again."""

from __future__ import annotations

from contacts.copy.facts import card_text
from contacts.models import CardCopy, ContactCopy


def card_changed(card: str, *, contact_uuid: str) -> None:
    """Whose the card is, and whether it is on, is asked at Piggy from now on; both owners' cards are read again."""
    known = CardCopy.objects.filter(value=card_text(card))
    owners = ContactCopy.objects.filter(cards__in=known) | ContactCopy.objects.filter(contact_uuid=contact_uuid)
    ContactCopy.objects.filter(pk__in=list(owners.values_list("pk", flat=True))).update(cards_read_at=None)
    known.delete()
