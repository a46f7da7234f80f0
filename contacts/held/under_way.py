"""What the pages of one customer tell of the merges and deletions under way that name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from contacts.models import Deletion, HeldAct, Merge

AT_PIGGY = (HeldAct.State.SENDING, HeldAct.State.UNKNOWN, HeldAct.State.SCHEDULED, HeldAct.State.INCIDENT)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One of them, in words. `permission` is for whoever may open its page, `url`."""

    words: str
    row: Merge | Deletion
    url: str
    permission: str

    @property
    def is_at_piggy(self) -> bool:
        return self.row.state in AT_PIGGY


def under_way(contact_uuid: str) -> list[UnderWay]:
    """Merges and deletions of this contact that have not ended, the latest first. Two queries, Piggy is not asked."""
    named = Q(source_uuid=contact_uuid) | Q(destination_uuid=contact_uuid)
    merges = _open(Merge).filter(named)
    deletions = _open(Deletion).filter(contact_uuid=contact_uuid)
    return [*(_merge(row, contact_uuid) for row in merges), *(_deletion(row) for row in deletions)]


def _open(model: type[Any]) -> Any:
    return model.objects.filter(ended_at=None).select_related("proposed_by")


def _merge(row: Merge, contact_uuid: str) -> UnderWay:
    is_source = row.source_uuid == contact_uuid
    words = (
        "This customer is to be merged into another" if is_source else "Another customer is to be merged into this one"
    )
    return UnderWay(words, row, reverse("contacts:merge", args=[row.pk]), "contacts.propose_merge")


def _deletion(row: Deletion) -> UnderWay:
    url = reverse("contacts:deletion", args=[row.pk])
    return UnderWay("This customer is to be deleted", row, url, "contacts.propose_deletion")
