"""Who is at a held act just now. A lease puts two workers in order; that a call is made once, the ledger sees to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from contacts.held.kinds import HeldKind
from piggyadmin.runs import leases


def length() -> timedelta:
    """Longer than reading all facts and one call may take."""
    return timedelta(seconds=3 * settings.PIGGY_TIMEOUT + 2)


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease of a row, and what kind of act that is."""

    kind: HeldKind[Any]
    row_id: UUID
    held: leases.Lease[Any]

    @classmethod
    def take(cls, kind: HeldKind[Any], row_id: UUID) -> Lease | None:
        """The lease of this row, or None while somebody else has it."""
        held = leases.take(kind.model.objects.all(), row_id, length)
        return cls(kind, row_id, held) if held else None

    def rows(self, *states: str) -> QuerySet[Any]:
        """The row, if it is still ours and in one of these states."""
        return self.held.mine().filter(state__in=states)

    def renew(self) -> bool:
        return self.held.renew()

    def end(self, *, wait: float | None = None) -> None:
        """Give it back. With `wait` the row is worth another look in so many seconds."""
        self.held.end(**({} if wait is None else {"look_at": timezone.now() + timedelta(seconds=wait)}))
