"""Read one contact again at Piggy: what a hint, a doubt or a sweep gives reason to."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from contacts.copy.endings import Ending, ending_of, look_again
from contacts.copy.forgetting import forget
from contacts.copy.taking import take, take_cards
from contacts.models import Booking, ContactCopy, GoneContact, How
from piggyadmin import piggy
from piggyadmin.piggy.errors import PiggyNotFound

CONTACT_NOT_FOUND = 55031
Why = GoneContact.Why


def read_again(contact_uuid: str, *, how: How, with_cards: bool = False) -> bool:
    """Ask Piggy for a contact (and its cards, a second call) and take the answer. True when anything changed.

    Within `piggy.as_job()` the jobs' budget pays. A contact that Piggy does not know any more (55031) is forgotten.
    Raises PiggyError when Piggy could not be asked.
    """
    client = piggy.get_client()
    asked_at = timezone.now()
    try:
        changed = take(client.get_contact(contact_uuid=contact_uuid), how=how, read_at=asked_at)
        if with_cards:
            changed = read_cards(contact_uuid) or changed
    except PiggyNotFound as error:
        if error.code != CONTACT_NOT_FOUND:
            raise
        return vanished(contact_uuid)
    return changed


def read_cards(contact_uuid: str) -> bool:
    """Ask Piggy for all cards of a contact and take them. True when anything changed. Raises PiggyError."""
    asked_at = timezone.now()
    cards = piggy.get_client().list_identifiers(contact_uuid=contact_uuid)
    return take_cards(contact_uuid, cards, asked_at)


def vanished(contact_uuid: str) -> bool:
    """Piggy has just said that it does not know this contact. True when the copy had it until now.

    Where a merge or a deletion of ours led to it, however late, that is what its tombstone tells.
    """
    known = ContactCopy.objects.filter(contact_uuid=contact_uuid).exists()
    ending = ending_of(contact_uuid)
    if known or (ending.why != Why.VANISHED and not _is_told(contact_uuid, ending)):
        end(contact_uuid, ending)
    return known


def end(contact_uuid: str, ending: Ending | None = None) -> None:
    """Forget a contact that Piggy does not know, and put up the tombstone that tells how it came."""
    ending = ending or ending_of(contact_uuid)
    with transaction.atomic():
        forget(contact_uuid, why=ending.why, survivor=ending.survivor, act_id=ending.act_id)
        if ending.survivor:
            Booking.objects.filter(contact_uuid=contact_uuid).update(contact_uuid=ending.survivor)
        look_again(contact_uuid)


def _is_told(contact_uuid: str, ending: Ending) -> bool:
    """Whether its tombstone says so already, or says more."""
    return GoneContact.objects.filter(contact_uuid=contact_uuid, why__in=(ending.why, Why.ERASED)).exists()
