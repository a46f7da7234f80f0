"""Contacts that ended for good and are in the copy all the same: whoever took one just then saw no tombstone yet."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from contacts.copy.forgetting import forget
from contacts.models import ContactCopy, GoneContact


def forget_leftovers() -> int:
    """Forget them again; how many."""
    ended = GoneContact.objects.exclude(why=GoneContact.Why.VANISHED)
    left = ended.filter(Exists(ContactCopy.objects.filter(contact_uuid=OuterRef("contact_uuid"))))
    found = list(left.values_list("contact_uuid", "why"))
    for contact_uuid, why in found:
        forget(contact_uuid, why=GoneContact.Why(why))
    return len(found)
