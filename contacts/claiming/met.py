"""The anonymous contacts: those of the copy, and those met here that the copy does not know yet.

Piggy cannot be asked for them, so each sight of one is kept until the copy has it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from contacts.copy.freshness import as_of
from contacts.models import AnonymousContact, ContactCopy
from piggyadmin.ledger.listing import ROWS, Page
from piggyadmin.piggy.payloads import Contact


@dataclass(frozen=True, slots=True)
class Nameless:
    """One row. `made_at` is Piggy's, `read_at` when the copy or somebody here saw it last; None is not known."""

    contact_uuid: str
    card: str
    made_at: datetime | None
    credits: int | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class MetPage:
    rows: list[Nameless]
    page: Page
    as_of: datetime | None  # of the copy; None while it is not complete


def met(*, contact: Contact, card: str) -> None:
    """Keep what was seen of a contact, in one statement: an anonymous one stands in the list, any other does not.

    `card` is the one to know it by; "" (none, or not read this time) leaves the one that is kept.
    """
    if not contact.is_anonymous:
        forget(contact_uuid=contact.uuid)
        return
    now = timezone.now()
    row = AnonymousContact(contact_uuid=contact.uuid, card=card[:255], met_at=now, seen_at=now)
    AnonymousContact.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["contact_uuid"],
        update_fields=["card", "seen_at"] if card else ["seen_at"],
    )


def forget(*, contact_uuid: str) -> None:
    """Take a contact off the list: it was claimed, or Piggy has it no more."""
    AnonymousContact.objects.filter(contact_uuid=contact_uuid).delete()


def met_page(*, number: int) -> MetPage:
    """One page: first those that the copy does not know yet, the last seen first, then those of the copy, the newest
    first. A number past the end is the last page."""
    known = ContactCopy.objects.filter(contact_uuid=OuterRef("contact_uuid"))
    new = AnonymousContact.objects.exclude(Exists(known)).order_by("-seen_at", "pk")
    copies = ContactCopy.objects.filter(is_anonymous=True).order_by("-created_at", "-id")
    met_here = new.count()
    total = met_here + copies.count()
    pages = max(1, -(-total // ROWS))
    page = Page(min(max(number, 1), pages), pages, total)
    begin, end = max(page.first - 1, 0), page.last
    rows = [Nameless(row.contact_uuid, row.card, None, None, row.seen_at) for row in new[begin:end]]
    rows += [
        Nameless(row.contact_uuid, row.default_card, row.created_at, row.credits, row.read_at)
        for row in copies[max(begin - met_here, 0) : max(end - met_here, 0)]
    ]
    return MetPage(rows=rows, page=page, as_of=as_of())
