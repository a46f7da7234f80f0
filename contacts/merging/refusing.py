"""What speaks against merging two contacts, as far as our own rows know. Piggy is not asked."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from contacts.claiming.actions import CLAIM, CLAIM_MERGED
from contacts.models import Deletion, GoneContact, Merge
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import OPEN

SOON = timedelta(minutes=10)  # that a merge by a claim takes at most
WORDS = {
    "itself": "These are one and the same customer. A customer cannot be merged with itself.",
    "gone": "One of the two is not at Piggy any more. Look at what became of it first.",
    "merged": "One of the two was merged into another customer before. Look at that one, if there is still reason to.",
    "same_pair": "This merge is proposed already.",
    "same_pair_swapped": "These two are in a merge already, the other way round. Cancel that one first.",
    "chain": "One of the two is in another merge that is not over. Wait for its end, or cancel it.",
    "deletion": "One of the two is about to be deleted. Cancel the deletion first, or leave the merge.",
    "claim": "Piggy is merging one of the two already, by a claim. Wait some minutes and look again.",
    "open_claim": "Nobody knows yet what became of a claim of one of the two. Settle that first.",
}


def why_not(source: str, destination: str, *, but: Merge | None = None) -> str:
    """A code of WORDS, or "" when nothing is known that speaks against it. `but` is the merge that is asked about."""
    if source == destination:
        return "itself"
    both = (source, destination)
    gone = list(GoneContact.objects.filter(contact_uuid__in=both))
    if gone:
        return "merged" if any(each.survivor_uuid for each in gone) else "gone"
    named = Q(source_uuid__in=both) | Q(destination_uuid__in=both)
    others = Merge.objects.filter(named, ended_at=None)
    for other in others.exclude(pk=but.pk) if but else others:
        if (other.source_uuid, other.destination_uuid) == both:
            return "same_pair"
        if {other.source_uuid, other.destination_uuid} == set(both):
            return "same_pair_swapped"
        return "chain"
    if Deletion.objects.filter(contact_uuid__in=both, ended_at=None).exists():
        return "deletion"
    return _by_a_claim(both)


def _by_a_claim(both: tuple[str, str]) -> str:
    if Act.objects.filter(action=CLAIM.name, target_id__in=both, state__outcome__in=OPEN).exists():
        return "open_claim"
    lately = Q(target_id__in=both, at__gte=timezone.now() - SOON)  # the one that stays, while the other is moving in
    merged = [Q(figures__contains=f'"merged_uuid":"{uuid}"') for uuid in both]
    if Act.objects.filter(merged[0] | merged[1] | lately, action=CLAIM_MERGED.name).exists():
        return "claim"
    return ""
