"""Who is at a run just now. Two at once do no harm, every step is safe by itself; a lease only saves their work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from vouchers.models import BatchRun


def length() -> timedelta:
    """A little longer than a call to Piggy may take: after a kill nobody waits longer for the run to go on."""
    return timedelta(seconds=settings.PIGGY_TIMEOUT + 2)


@dataclass(slots=True)
class Lease:
    """The moment until which it holds is also how we know that it is still ours."""

    run_id: UUID
    until: datetime

    @classmethod
    def take(cls, run_id: UUID) -> Lease | None:
        """The lease of this run, or None while somebody else has it."""
        now = timezone.now()
        free = BatchRun.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=run_id)
        until = now + length()
        return cls(run_id, until) if free.update(claimed_until=until) else None

    def renew(self) -> bool:
        """Hold it for its length from now on; False when it is somebody else's by now."""
        until = timezone.now() + length()
        renewed = BatchRun.objects.filter(pk=self.run_id, claimed_until=self.until).update(claimed_until=until)
        self.until = until
        return bool(renewed)

    def end(self, *, not_before: datetime | None = None) -> None:
        """Give it back; the run is worth another task from `not_before` on."""
        BatchRun.objects.filter(pk=self.run_id, claimed_until=self.until).update(
            claimed_until=None, not_before=not_before
        )
