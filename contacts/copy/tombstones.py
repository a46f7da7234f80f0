"""Contacts that Piggy has no more, and whom they lead to."""

from __future__ import annotations

from contacts.models import GoneContact

LONGEST_CHAIN = 50


def gone(contact_uuid: str) -> GoneContact | None:
    """The tombstone of a contact; None for one that is not gone as far as we know."""
    return GoneContact.objects.filter(contact_uuid=contact_uuid).first()


def where_now(contact_uuid: str) -> str:
    """Whom this contact leads to: itself when it is not gone, the last survivor of its merges, "" for nobody."""
    seen: set[str] = set()
    while contact_uuid not in seen and len(seen) < LONGEST_CHAIN:
        seen.add(contact_uuid)
        tombstone = gone(contact_uuid)
        if tombstone is None:
            return contact_uuid
        contact_uuid = tombstone.survivor_uuid
        if not contact_uuid:
            return ""
    return ""  # a ring, which only a wrong entry could make


def merged_into(contact_uuid: str) -> set[str]:
    """All contacts that ended in this one, over any number of merges: they were the same person."""
    found: set[str] = set()
    latest = {contact_uuid}
    while latest:
        before = GoneContact.objects.filter(survivor_uuid__in=latest).values_list("contact_uuid", flat=True)
        latest = set(before) - found - {contact_uuid}
        found |= latest
    return found
