"""Events that Piggy told of: kept as hints, and worked off by asking Piggy for the contact again.

Hints of one contact are worked off together, with one reading. A hint is claimed before the reading begins; what comes
after that is a hint of its own, so that nothing told during a reading is lost.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from contacts.copy import events
from contacts.copy.reading_again import read_again
from contacts.copy.tombstones import gone
from contacts.models import GoneContact, Hint, How
from piggyadmin.piggy.errors import PiggyError, PiggyNotSent, PiggyRateLimited, PiggyUnauthorized, PiggyUnavailable

logger = logging.getLogger(__name__)

SETTLE = timedelta(seconds=2)  # one deed makes several events: they are read once, when Piggy has done with it
LEASE = timedelta(seconds=60)  # after which a reading counts as broken off
FIRST_WAIT = timedelta(seconds=30)  # after a reading that failed; doubled each time
LONGEST_WAIT = timedelta(hours=1)
TRIES = 12  # some six hours of a Piggy that is down; after that the sweeps repair it
KEPT = timedelta(days=30)


def keep(*, event_type: str, contact_uuid: str) -> bool:
    """Keep a hint, and ask for the work. False when one that nobody has begun with says it already.

    Two of the same at once make two rows, which does no harm: one reading serves both.
    """
    from contacts.copy import hint_jobs  # it imports this module

    now = timezone.now()
    same = Hint.objects.filter(state=Hint.State.WAITING, contact_uuid=contact_uuid, worked_at=None)
    is_new = not same.filter(event_type__in=_as_telling(event_type)).exists()
    if is_new:
        Hint.objects.create(received_at=now, event_type=event_type, contact_uuid=contact_uuid, not_before=now + SETTLE)
    hint_jobs.ask()
    return is_new


def _as_telling(event_type: str) -> frozenset[str]:
    """The events after which at least as much is read as after this one."""
    return events.WITH_CARDS if event_type in events.WITH_CARDS else events.KNOWN


def due(now: datetime | None = None) -> QuerySet[Hint]:
    """The hints whose time has come and that nobody is at, the oldest first."""
    come = Q(not_before=None) | Q(not_before__lte=now or timezone.now())
    return Hint.objects.filter(come, state=Hint.State.WAITING).order_by("received_at")


def work(*, seconds: float) -> bool:
    """Read the contacts of waiting hints again, for so long at most; False when Piggy answers nobody just now.

    It then ends early: the next contact would fare no better. Call it within `piggy.as_job()`.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        first = due().first()
        if first is None:
            pause = _until_next()
            if pause is None:
                return True
            time.sleep(pause)
        elif not _work_off(first.contact_uuid):
            return False
    return True


def is_more() -> bool:
    """Whether there is something to do now, or in a moment."""
    return due(timezone.now() + SETTLE).exists()


def _until_next() -> float | None:
    """Seconds until a hint that has just come may be read; None when there is none."""
    fresh = Hint.objects.filter(state=Hint.State.WAITING, worked_at=None, not_before__lte=timezone.now() + SETTLE)
    soonest = fresh.order_by("received_at").values_list("not_before", flat=True).first()
    return None if soonest is None else max(0.01, (soonest - timezone.now()).total_seconds())


def _work_off(contact_uuid: str) -> bool:
    """Read one contact for all hints about it. False: Piggy answers nobody just now."""
    now = timezone.now()
    waiting = Hint.objects.filter(contact_uuid=contact_uuid, state=Hint.State.WAITING)
    if (
        not due(now)
        .filter(contact_uuid=contact_uuid)
        .order_by()
        .update(worked_at=now, not_before=now + LEASE, tries=F("tries") + 1)
    ):
        return True  # another worker was quicker
    mine = waiting.filter(worked_at=now)
    tombstone = gone(contact_uuid)
    if tombstone is not None and tombstone.why != GoneContact.Why.VANISHED:  # which may be undone
        waiting.filter(received_at__lte=now).update(state=Hint.State.IGNORED, worked_at=now)
        return True
    with_cards = waiting.filter(event_type__in=events.WITH_CARDS).exists()
    try:
        changed = read_again(contact_uuid, how=How.HINT, with_cards=with_cards)
    except PiggyError as error:
        _wait(mine, error)
        return not isinstance(error, PiggyUnavailable | PiggyRateLimited | PiggyUnauthorized)
    except Exception:
        logger.exception("a contact could not be taken after a webhook")
        _wait(mine, None)
        return True
    # Also those that wait for another try: whatever was told before the reading is in it.
    waiting.filter(received_at__lte=now).update(state=Hint.State.DONE, changed=changed, worked_at=now)
    return True


def _wait(mine: QuerySet[Hint], error: PiggyError | None) -> None:
    """Try again later: each time twice as late, and not for ever. What was never sent counts as no try."""
    counted = not isinstance(error, PiggyNotSent)
    if counted and (given_up := mine.filter(tries__gte=TRIES).update(state=Hint.State.IGNORED)):
        logger.warning("%s webhooks given up after %s tries: the next sweep repairs what they told of", given_up, TRIES)
    tried = max(mine.values_list("tries", flat=True), default=1)
    wait = min(FIRST_WAIT * 2 ** min(tried - 1, 10), LONGEST_WAIT)
    if isinstance(error, PiggyRateLimited):
        wait = max(wait, timedelta(seconds=error.retry_after))
    mine.update(not_before=timezone.now() + wait, tries=F("tries") - (0 if counted else 1))


def since(moment: datetime) -> QuerySet[Hint]:
    """The hints that came since then. Each state is named, because the index begins with it."""
    return Hint.objects.filter(state__in=Hint.State.values, received_at__gte=moment)


def latest(count: int) -> list[Hint]:
    """The hints that came last, the latest first: cheap however many there are."""
    found = [hint for state in Hint.State for hint in Hint.objects.filter(state=state).order_by("-received_at")[:count]]
    return sorted(found, key=lambda hint: hint.received_at, reverse=True)[:count]


def prune() -> int:
    """Delete the hints that were worked off long ago; how many."""
    worked_off = Hint.objects.filter(state__in=[Hint.State.DONE, Hint.State.IGNORED])
    return worked_off.filter(received_at__lt=timezone.now() - KEPT).delete()[0]
