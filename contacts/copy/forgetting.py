"""A contact has ceased at Piggy: it goes from the copy and from all that was made of it. What stays is a tombstone."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contacts.copy.tombstones import merged_into
from contacts.duplicates.dropping import drop
from contacts.models import (
    AnonymousContact,
    Booking,
    ContactCopy,
    Deletion,
    GoneContact,
    Hint,
    Merge,
    RecentContact,
    Snapshot,
)
from contacts.search import pieces
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.erasing import erase_details

Why = GoneContact.Why


def forget(
    contact_uuid: str, *, why: GoneContact.Why, survivor: str = "", act_id: UUID | None = None, by: Actor | None = None
) -> None:
    """Take a contact out of the copy, cards, search, duplicates and lists, and put up its tombstone.

    `survivor` is whom it was merged into, `act_id` the ledger's act that did it. With `why=ERASED` every word about the
    person goes: of the snapshots, the ledger's details and the bookings, and those of the contacts that were merged
    into this one before; `by` is who erases, None a job. Does no harm a second time. What is known better (`MERGED`) is
    not overwritten by `VANISHED`, after which a contact may be back: what people said of it waits for that.
    """
    with transaction.atomic():
        _put_up(contact_uuid, why=why, survivor=survivor, act_id=act_id)
        # Both in the order in which those who take many lock them: else two could wait for each other.
        both = ContactCopy.objects.filter(contact_uuid__in=(contact_uuid, survivor)).order_by("contact_uuid")
        names = [copy.search_name for copy in both.select_for_update() if copy.contact_uuid == contact_uuid]
        drop(contact_uuid, for_good=why != Why.VANISHED)
        ContactCopy.objects.filter(contact_uuid=contact_uuid).delete()
        for name in names:
            pieces.drop_unused(name)
        RecentContact.objects.filter(contact_uuid=contact_uuid).delete()
        AnonymousContact.objects.filter(contact_uuid=contact_uuid).delete()
        Hint.objects.filter(contact_uuid=contact_uuid, state=Hint.State.WAITING).update(
            state=Hint.State.IGNORED, worked_at=timezone.now()
        )
        if survivor:  # its cards moved there
            ContactCopy.objects.filter(contact_uuid=survivor).update(cards_read_at=None)
        if why == Why.ERASED:
            for uuid in (contact_uuid, *sorted(merged_into(contact_uuid))):
                _erase(uuid, by)


def _put_up(contact_uuid: str, *, why: GoneContact.Why, survivor: str, act_id: UUID | None) -> None:
    tombstone, made = GoneContact.objects.select_for_update().get_or_create(
        contact_uuid=contact_uuid,
        defaults={"why": why, "survivor_uuid": survivor, "act_id": act_id, "gone_at": timezone.now()},
    )
    if made or why == Why.VANISHED:
        return
    tombstone.why = why
    tombstone.survivor_uuid = survivor or tombstone.survivor_uuid
    tombstone.act_id = act_id or tombstone.act_id
    tombstone.save(update_fields=["why", "survivor_uuid", "act_id"])


def _erase(contact_uuid: str, by: Actor | None) -> None:
    """The words about a person that are kept beside the copy. Uuids and figures stay: they name nobody any more."""
    GoneContact.objects.filter(contact_uuid=contact_uuid).update(why=Why.ERASED)
    Snapshot.objects.filter(contact_uuid=contact_uuid, erased_at=None).update(body={}, erased_at=timezone.now())
    Hint.objects.filter(contact_uuid=contact_uuid).delete()
    for booking in Booking.objects.filter(contact_uuid=contact_uuid).exclude(company_name=None):
        booking.company_name = None
        booking.facts.pop("company_name", None)
        booking.version += 1
        booking.save(update_fields=["company_name", "facts", "version"])
    merges = Merge.objects.filter(Q(source_uuid=contact_uuid) | Q(destination_uuid=contact_uuid))
    for row in (*merges, *Deletion.objects.filter(contact_uuid=contact_uuid)):
        if row.expected.pop("identity", None):  # a digest of name, address and phone: it could be tried out
            row.save(update_fields=["expected"])
    erase_details(contact_id=contact_uuid, by=by)
