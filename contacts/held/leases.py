"""Who is at a held act just now. A lease puts two workers in order; that a call is made once, the ledger sees to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.held.kinds import HeldKind


def length() -> timedelta:
    """Longer than reading all facts and one call may take."""
    return timedelta(seconds=3 * settings.PIGGY_TIMEOUT + 2)


@dataclass(frozen=True, slots=True)
class Lease:
    kind: HeldKind[Any]
    row_id: UUID
    name: str

    @classmethod
    def take(cls, kind: HeldKind[Any], row_id: UUID) -> Lease | None:
        """The lease of this row, or None while somebody else has it."""
        now, name = timezone.now(), str(uuid.uuid4())
        free = kind.model.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=row_id)
        return cls(kind, row_id, name) if free.update(claimed_until=now + length(), claimed_by=name) else None

    def rows(self, *states: str) -> QuerySet[Any]:
        """The row, if it is still ours and in one of these states."""
        found: QuerySet[Any] = self.kind.model.objects.filter(pk=self.row_id, claimed_by=self.name, state__in=states)
        return found

    def renew(self) -> bool:
        """Hold it for its length from now on; False when it is somebody else's by now."""
        mine = self.kind.model.objects.filter(pk=self.row_id, claimed_by=self.name)
        return bool(mine.update(claimed_until=timezone.now() + length()))

    def end(self, *, wait: float | None = None) -> None:
        """Give it back. With `wait` the row is worth another look in so many seconds."""
        mine = self.kind.model.objects.filter(pk=self.row_id, claimed_by=self.name)
        values: dict[str, Any] = {"claimed_until": None, "claimed_by": ""}
        if wait is not None:
            values["look_at"] = timezone.now() + timedelta(seconds=wait)
        mine.update(**values)
