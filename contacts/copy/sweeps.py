"""When the list of contacts is read: all of it once a day and at the first start, the newest every 15 minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from contacts.models import ContactCopy, Sweep
from piggyadmin.runs import leases

RECENT_EVERY = timedelta(minutes=15)
OVERLAP = timedelta(minutes=10)  # so much of what was read before is read again: Piggy's clock is not ours
KEPT = timedelta(days=30)


def start(kind: Sweep.Kind) -> Sweep:
    """The open sweep of this kind, which goes on where it was, else a new one. Never two, whoever asks at once."""
    while True:
        found = unfinished().filter(kind=kind).first()
        if found is not None:
            return found
        cursor = _newest_known() if kind == Sweep.Kind.RECENT else None
        try:
            with transaction.atomic():
                return Sweep.objects.create(kind=kind, started_at=timezone.now(), cursor=cursor)
        except IntegrityError:
            continue  # somebody else has just begun one


def start_due() -> Sweep | None:
    """Begin whichever sweep is due by now; None when none is."""
    now = timezone.now()
    if unfinished().exists():
        return None
    every = timedelta(hours=settings.SYNC_EVERY_HOURS)
    full = Sweep.objects.filter(kind=Sweep.Kind.FULL).first()
    if every and (full is None or full.started_at <= now - every):
        return start(Sweep.Kind.FULL)
    latest = Sweep.objects.first()
    if full is not None and latest is not None and latest.started_at <= now - RECENT_EVERY:
        return start(Sweep.Kind.RECENT)
    return None


def unfinished() -> QuerySet[Sweep]:
    return Sweep.objects.filter(ended_at=None)


def due() -> QuerySet[Sweep]:
    """The sweeps with work to do now, and nobody at it."""
    return unfinished().filter(leases.due(timezone.now()))


def prune() -> int:
    """Delete the sweeps of long ago but the last complete one; how many."""
    old = Sweep.objects.filter(ended_at__lt=timezone.now() - KEPT)
    last = Sweep.objects.filter(kind=Sweep.Kind.FULL, stage=Sweep.Stage.ENDED).first()
    return (old.exclude(pk=last.pk) if last else old).delete()[0]


def _newest_known() -> datetime | None:
    """From which moment on the newest contacts are asked for, by Piggy's clock."""
    newest: datetime | None = ContactCopy.objects.aggregate(newest=Max("created_at"))["newest"]
    last = Sweep.objects.filter(stage=Sweep.Stage.ENDED).first()
    if newest is None or last is None:
        return None
    begin: datetime = min(newest, last.started_at) - OVERLAP
    return begin.replace(microsecond=0)
