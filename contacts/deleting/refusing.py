"""What speaks against deleting a customer, as far as our own rows know. Piggy is not asked."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from contacts.claiming.actions import CLAIM, CLAIM_MERGED
from contacts.merging.refusing import SOON
from contacts.models import Deletion, GoneContact, Merge
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import OPEN

WORDS = {
    "gone": "Piggy does not have this customer any more, so there is nothing to delete.",
    "deletion": "This customer’s deletion is proposed already.",
    "merge": "This customer is in a merge that is not over. Cancel the merge first, or wait for its end.",
    "open_claim": "Nobody knows yet what became of a claim of this customer. Settle that first.",
    "claim": "Piggy is merging this customer already, by a claim. Wait some minutes and look again.",
}


def why_not(contact_uuid: str, *, but: Deletion | None = None) -> str:
    """A code of WORDS, or "" when nothing speaks against it. `but` is the deletion that is asked about."""
    if GoneContact.objects.filter(contact_uuid=contact_uuid).exists():
        return "gone"
    if open_deletion(contact_uuid, but=but) is not None:
        return "deletion"
    merges = Merge.objects.filter(Q(source_uuid=contact_uuid) | Q(destination_uuid=contact_uuid), ended_at=None)
    if merges.exists():
        return "merge"
    if Act.objects.filter(action=CLAIM.name, target_id=contact_uuid, state__outcome__in=OPEN).exists():
        return "open_claim"
    goes = Q(figures__contains=f'"merged_uuid":"{contact_uuid}"')
    stays = Q(target_id=contact_uuid, at__gte=timezone.now() - SOON)  # the other one is still moving in
    return "claim" if Act.objects.filter(goes | stays, action=CLAIM_MERGED.name).exists() else ""


def open_deletion(contact_uuid: str, *, but: Deletion | None = None) -> Deletion | None:
    """The deletion of this customer that is not over."""
    rows = Deletion.objects.filter(contact_uuid=contact_uuid, ended_at=None)
    return (rows.exclude(pk=but.pk) if but else rows).first()
