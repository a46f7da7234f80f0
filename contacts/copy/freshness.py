"""How old the copy of contacts is, how much of it is there, and what sweeps had to repair: for pages to say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from contacts.models import ContactCopy, Sweep

SHOWN = timedelta(days=7)  # so far back repairs are counted together


@dataclass(frozen=True, slots=True)
class Freshness:
    """`total` is how many contacts Piggy said there are, None before it was asked.

    `as_of` is when the last sweep of any kind that came to its end had begun, `full_as_of` the last one of all
    contacts: every contact of the copy was read after that, or changed since without a word from Piggy.
    """

    contacts: int
    total: int | None
    as_of: datetime | None
    full_as_of: datetime | None
    cards_to_come: int  # contacts of which only the default card is known
    running: Sweep | None  # the sweep of all contacts that is under way
    last_full: Sweep | None  # the last one that came to its end
    last_recent: Sweep | None
    repaired: int  # in the last seven days
    gone: int

    @property
    def is_complete(self) -> bool:
        """Whether all contacts have been read once."""
        return self.last_full is not None

    @property
    def problem(self) -> str:
        """What hinders or hindered the reading, as a sentence; "" when nothing does."""
        if self.running is not None and self.running.problem:
            return self.running.problem
        newest = [sweep for sweep in (self.last_full, self.last_recent) if sweep is not None and sweep.problem]
        return newest[0].problem if newest else ""


def as_of() -> datetime | None:
    """Since when the copy knows which contacts there are; None before all were read once. One cheap query."""
    if not _ended(Sweep.Kind.FULL).exists():
        return None
    return Sweep.objects.filter(stage=Sweep.Stage.ENDED).values_list("started_at", flat=True).first()


def so_far() -> tuple[int, int] | None:
    """How many contacts the first sweep has read, and of how many; None when none is under way. One cheap query."""
    first = Sweep.objects.filter(kind=Sweep.Kind.FULL, ended_at=None).order_by("started_at").first()
    return None if first is None or first.total is None else (first.seen, first.total)


def freshness() -> Freshness:
    """All figures. Some count rows of the copy: for `/status/`, not for every page."""
    running = Sweep.objects.filter(kind=Sweep.Kind.FULL, ended_at=None).order_by("started_at").first()
    full = _ended(Sweep.Kind.FULL).first()
    recent = Sweep.objects.filter(kind=Sweep.Kind.RECENT).exclude(ended_at=None).first()
    lately = Sweep.objects.filter(started_at__gte=timezone.now() - SHOWN)
    sums = lately.order_by().aggregate(repaired=Sum("repaired"), gone=Sum("gone"))
    told = [sweep.total for sweep in (running, full) if sweep is not None and sweep.total is not None]
    return Freshness(
        contacts=ContactCopy.objects.count(),
        total=told[0] if told else None,
        as_of=as_of(),
        full_as_of=full.started_at if full else None,
        cards_to_come=ContactCopy.objects.filter(cards_read_at=None).count(),
        running=running,
        last_full=full,
        last_recent=recent,
        repaired=sums["repaired"] or 0,
        gone=sums["gone"] or 0,
    )


def _ended(kind: Sweep.Kind) -> QuerySet[Sweep]:
    return Sweep.objects.filter(kind=kind, stage=Sweep.Stage.ENDED)
