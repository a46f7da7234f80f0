"""Who is at a run just now, until when; after a kill the lease runs out, and another worker goes on.

A lease puts workers in order and saves their work. That a thing happens once, the steps themselves see to: whoever was
held up past the end of a lease may still be at it.

It stands in the run's own row: `claimed_until`, and `claimed_by` where the row has a place for a name. A row without
one knows its holder by the very moment until which it is held.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

Row = TypeVar("Row", bound=Model)


def free(now: datetime) -> Q:
    """Rows that nobody is at."""
    return Q(claimed_until=None) | Q(claimed_until__lte=now)


def due(now: datetime) -> Q:
    """Rows that nobody is at, and that it is worth going on with by now."""
    return free(now) & (Q(not_before=None) | Q(not_before__lte=now))


@dataclass(slots=True)
class Lease(Generic[Row]):
    """The right to work on one row, as long as nobody else has taken it over. `take` gives it."""

    rows: QuerySet[Row]  # those that can be worked on; a row that left them has no worker to renew a lease for
    pk: Any
    length: Callable[[], timedelta]
    until: datetime
    name: str = ""  # "" for a row without a place for it

    def renew(self, **changes: Any) -> bool:
        """Hold it for its length from now on, and write what came of a step with the same word.

        False, and nothing written, when it is somebody else's by now or the run is over.
        """
        until = timezone.now() + self.length()
        if not self.rows.filter(**self._mark()).update(claimed_until=until, **changes):
            return False
        self.until = until
        return True

    def mine(self) -> QuerySet[Row]:
        """The row, however its run stands, while it is ours; none when somebody else took it over."""
        return _all(self.rows).filter(**self._mark())

    def end(self, **changes: Any) -> None:
        """Give it back, also when the run is over. What was taken over stays as the other one has it."""
        name = {"claimed_by": ""} if self.name else {}
        self.mine().update(claimed_until=None, **name, **changes)

    def _mark(self) -> dict[str, Any]:
        whose = {"claimed_by": self.name} if self.name else {"claimed_until": self.until}
        return {"pk": self.pk, **whose}


def take(
    rows: QuerySet[Row],
    pk: Any,
    length: Callable[[], timedelta],
    *,
    only_due: bool = False,
    patient: bool = False,
) -> Lease[Row] | None:
    """The lease of this one of `rows`; None while somebody else has it, and for one that is not among them.

    With `only_due` not before the row's own `not_before`. `patient` waits once for the end of a lease that somebody
    has: for when that one is dead.
    """
    lease = _take(rows, pk, length, only_due)
    if lease is None and patient:
        held = _all(rows).filter(pk=pk).values_list("claimed_until", flat=True).first()
        time.sleep(max(0.0, (held - timezone.now()).total_seconds()) if held else 0.0)
        lease = _take(rows, pk, length, only_due)
    return lease


def _take(rows: QuerySet[Row], pk: Any, length: Callable[[], timedelta], only_due: bool) -> Lease[Row] | None:
    now = timezone.now()
    has_name = any(field.name == "claimed_by" for field in rows.model._meta.fields)
    lease = Lease(rows, pk, length, until=now + length(), name=str(uuid.uuid4()) if has_name else "")
    name = {"claimed_by": lease.name} if has_name else {}
    taken = rows.filter(due(now) if only_due else free(now), pk=pk)
    return lease if taken.update(claimed_until=lease.until, **name) else None


def _all(rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows.model._default_manager.all()
