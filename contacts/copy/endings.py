"""How a contact that Piggy has no more came to its end, as far as our own merges and deletions tell.

Also one that a person had given up for lost: Piggy only schedules them, and may be later than anybody waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from contacts.models import Deletion, GoneContact, HeldAct, Merge
from piggyadmin.ledger.models import ActState
from piggyadmin.ledger.models import State as ActStates

State = HeldAct.State
Why = GoneContact.Why


@dataclass(frozen=True, slots=True)
class Ending:
    why: GoneContact.Why
    survivor: str = ""
    act_id: UUID | None = None


def ending_of(contact_uuid: str) -> Ending:
    """What to write on the tombstone. The latest of what was decided counts.

    A GDPR deletion that was approved erases, whatever became of its call: the person asked for it, and is gone.
    """
    found: list[tuple[datetime, Ending]] = []
    done = Exists(ActState.objects.filter(act=OuterRef("act_id"), outcome=ActStates.DONE))
    for merge in Merge.objects.filter(done, source_uuid=contact_uuid):
        found.append((_decided(merge), Ending(Why.MERGED, merge.destination_uuid, merge.act_id)))
    granted = Deletion.objects.filter(contact_uuid=contact_uuid).exclude(decided_at=None).exclude(state=State.DECLINED)
    for row in granted.annotate(accepted=done):
        if row.type == Deletion.Type.GDPR and row.problems != ["cancelled"]:
            found.append((_decided(row), Ending(Why.ERASED, act_id=row.act_id)))
        elif row.accepted:
            found.append((_decided(row), Ending(Why.DELETED, act_id=row.act_id)))
    return max(found, key=lambda each: each[0])[1] if found else Ending(Why.VANISHED)


def _decided(row: HeldAct) -> datetime:
    return row.decided_at or row.proposed_at


def look_again(contact_uuid: str) -> None:
    """Open what was closed while the contact still answered: now it came about, and is verified as any other."""
    now = timezone.now()
    closed = {"state": State.INCIDENT, "problems__in": [[code] for code in HeldAct.LATE], "ended_at__isnull": False}
    for merge in Merge.objects.filter(source_uuid=contact_uuid, **closed).order_by("-decided_at")[:1]:
        if not Merge.objects.filter(source_uuid=contact_uuid, ended_at=None).exists():
            Merge.objects.filter(pk=merge.pk, **closed).update(ended_at=None, look_at=now)
    for row in Deletion.objects.filter(contact_uuid=contact_uuid, **closed).order_by("-decided_at")[:1]:
        if not Deletion.objects.filter(contact_uuid=contact_uuid, ended_at=None).exists():
            Deletion.objects.filter(pk=row.pk, **closed).update(ended_at=None, look_at=now)
