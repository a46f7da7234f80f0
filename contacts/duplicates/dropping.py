"""Forget what was found of a contact that is gone."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.models import BlockingKey, DuplicatePair, GoneContact, HouseholdMember


def drop(contact_uuid: str, *, for_good: bool = True) -> None:
    """Its pairs, its keys and its place in a household. Does no harm a second time.

    Not `for_good`, it may be told of again: what people said of it stays, unseen until then.
    """
    pairs = DuplicatePair.objects.filter(Q(first_uuid=contact_uuid) | Q(second_uuid=contact_uuid))
    BlockingKey.objects.filter(contact__contact_uuid=contact_uuid).delete()
    if for_good:
        pairs.delete()
        HouseholdMember.objects.filter(contact_uuid=contact_uuid).delete()
    else:
        pairs.filter(verdict=DuplicatePair.Verdict.OPEN).delete()


def listed() -> QuerySet[DuplicatePair]:
    """The pairs to show: those of which neither contact is gone."""
    gone = [GoneContact.objects.filter(contact_uuid=OuterRef(side)) for side in ("first_uuid", "second_uuid")]
    return DuplicatePair.objects.exclude(Exists(gone[0])).exclude(Exists(gone[1]))
