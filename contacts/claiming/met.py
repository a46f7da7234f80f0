"""The anonymous contacts that were met here. Piggy cannot be asked for them, so each sight of one is kept."""

from dataclasses import dataclass

from django.utils import timezone

from contacts.models import AnonymousContact
from piggyadmin.ledger.listing import ROWS, Page
from piggyadmin.piggy.payloads import Contact


@dataclass(frozen=True, slots=True)
class MetPage:
    rows: list[AnonymousContact]
    page: Page


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


def is_listed(contact_uuid: str) -> bool:
    """Whether the contact stands in the list: what is not there need not be taken off."""
    return AnonymousContact.objects.filter(contact_uuid=contact_uuid).exists()


def forget(*, contact_uuid: str) -> None:
    """Take a contact off the list: it was claimed, or Piggy has it no more."""
    AnonymousContact.objects.filter(contact_uuid=contact_uuid).delete()


def met_page(*, number: int) -> MetPage:
    """One page of those met, the last seen first. A number past the end is the last page."""
    total = AnonymousContact.objects.count()
    pages = max(1, -(-total // ROWS))
    page = Page(min(max(number, 1), pages), pages, total)
    rows = AnonymousContact.objects.order_by("-seen_at", "pk")
    return MetPage(rows=list(rows[page.first - 1 : page.last]) if total else [], page=page)
