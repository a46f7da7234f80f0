"""Who is at a sweep just now. Two at once do no harm, every step is safe by itself; a lease only saves their work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from contacts.models import Sweep


def length() -> timedelta:
    """Longer than a call to Piggy and the writing of its page may take: after a kill nobody waits longer."""
    return timedelta(seconds=settings.PIGGY_TIMEOUT + 10)


@dataclass(frozen=True, slots=True)
class Lease:
    sweep_id: UUID
    holder: str

    @classmethod
    def take(cls, sweep_id: UUID) -> Lease | None:
        """The lease of this sweep, or None while somebody else has it, and for one that has ended."""
        now = timezone.now()
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        lease = cls(sweep_id, str(uuid4()))
        sweep = Sweep.objects.filter(free, pk=sweep_id, ended_at=None)
        return lease if sweep.update(claimed_until=now + length(), claimed_by=lease.holder) else None

    def commit(self, **changes: Any) -> bool:
        """Write what came of a step and hold the lease on. False, and nothing written, when it is another's."""
        own = Sweep.objects.filter(pk=self.sweep_id, claimed_by=self.holder, ended_at=None)
        return bool(own.update(claimed_until=timezone.now() + length(), **changes))

    def end(self, *, not_before: datetime | None = None) -> None:
        """Give it back; the sweep is worth another task from `not_before` on."""
        Sweep.objects.filter(pk=self.sweep_id, claimed_by=self.holder).update(
            claimed_until=None, claimed_by="", not_before=not_before
        )
