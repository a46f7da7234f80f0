"""Flags of the desk as pairs to review: a person saw it, so it stands above what was found by its score."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contacts.duplicates.comparing import rescore_many
from contacts.models import ContactFlag, DuplicatePair, GoneContact
from contacts.models.duplicates import ordered

AT_ONCE = 500
OTHERWISE = (DuplicatePair.Verdict.DIFFERENT, DuplicatePair.Verdict.FAMILY)  # what a flag speaks against


def flagged(first_uuid: str, second_uuid: str) -> DuplicatePair:
    """Have a pair that somebody flagged just now reviewed, also if it was said before that the two are not one person.

    To be called once for each time that somebody flags. What was said before stays in the ledger, and is shown beside
    the pair.
    """
    first, second = ordered(first_uuid, second_uuid)
    with transaction.atomic():
        pair, is_new = DuplicatePair.objects.get_or_create(
            first_uuid=first, second_uuid=second, defaults={"found_at": timezone.now(), "is_flagged": True}
        )
        if not is_new:
            rows = DuplicatePair.objects.filter(pk=pair.pk)
            rows.update(is_flagged=True)
            rows.filter(verdict__in=OTHERWISE).update(
                verdict=DuplicatePair.Verdict.OPEN, decided_by=None, decided_at=None
            )
    rescore_many([pair])
    return pair


def is_denied(first_uuid: str, second_uuid: str) -> bool:
    """Whether a reviewer said of these two that they are not one person."""
    first, second = ordered(first_uuid, second_uuid)
    return DuplicatePair.objects.filter(first_uuid=first, second_uuid=second, verdict__in=OTHERWISE).exists()


def gather() -> int:
    """Make pairs of the flags that are none yet, those of before there were pairs too; how many were made.

    A pair that stands already is marked as flagged, and what was said of it holds.
    """
    same = DuplicatePair.objects.filter(first_uuid=OuterRef("first_uuid"), second_uuid=OuterRef("second_uuid"))
    gone = GoneContact.objects.filter(Q(contact_uuid=OuterRef("first_uuid")) | Q(contact_uuid=OuterRef("second_uuid")))
    missing = ContactFlag.objects.exclude(Exists(same.filter(is_flagged=True))).exclude(Exists(gone))
    flags = list(missing.order_by("flagged_at")[:AT_ONCE])
    if not flags:
        return 0
    rows = [
        DuplicatePair(first_uuid=first, second_uuid=second, found_at=flag.flagged_at, is_flagged=True)
        for flag in flags
        for first, second in [ordered(flag.first_uuid, flag.second_uuid)]
    ]
    DuplicatePair.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["first_uuid", "second_uuid"], update_fields=["is_flagged"]
    )
    named = {(flag.first_uuid, flag.second_uuid) for flag in flags}
    found = DuplicatePair.objects.filter(first_uuid__in=[first for first, _ in named], scored_at=None)
    rescore_many([pair for pair in found if (pair.first_uuid, pair.second_uuid) in named])
    return len(flags)
