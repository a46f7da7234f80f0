"""The copy is kept fresh in the background: django-q tasks that each go on with one sweep, or read some cards."""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache

from contacts.copy import sweeping, sweeps
from contacts.copy.freshness import as_of
from contacts.copy.leftovers import forget_leftovers
from contacts.copy.reading_again import CONTACT_NOT_FOUND, read_cards, vanished
from contacts.duplicates.jobs import after_first_sweep
from contacts.models import ContactCopy, Sweep
from piggyadmin import piggy
from piggyadmin.piggy.errors import PiggyError, PiggyRateLimited, PiggyRejected, PiggyUnauthorized, PiggyUnexpected
from piggyadmin.runs import tasks

logger = logging.getLogger(__name__)

ADVANCE = "contacts.copy.jobs.advance"
CARDS = "copy:cards"  # one at a time reads cards
CARDS_AFTER = "copy:cards-after"  # the last contact that was asked about
CARDS_SECONDS = 20.0  # a worker ends it at 30, and the last call has its own time
CARDS_SHARE = 0.2  # of the jobs' budget: batches, merges and sweeps go before
CARDS_UNBOUND = 600  # a minute, where there is no budget


def enqueue(sweep_id: UUID) -> None:
    """Have a worker go on with this sweep. Too many of these do no harm: one worker at a time is at a sweep."""
    tasks.ask(ADVANCE, str(sweep_id), group=f"sweep {sweep_id}")


def advance(sweep_id: str) -> None:
    """The task: go on with the sweep, and leave another task if there is more to do at once."""
    if sweeping.advance(UUID(sweep_id)):
        enqueue(UUID(sweep_id))
    _look_for_duplicates()


def keep_fresh() -> int:
    """The minute's job: begin what is due, and a task for every sweep with work to do and nobody at it; how many."""
    sweeps.start_due()
    forget_leftovers()
    _look_for_duplicates()
    return tasks.enqueue_all(sweeps.due(), enqueue)


def _look_for_duplicates() -> None:
    """Once all contacts are copied for the first time. Each minute too: whoever read them may have died just then."""
    if as_of() is not None:
        after_first_sweep()


def keep_fresh_after_start(**kwargs: Any) -> None:
    """A worker has just started, the first one ever or after it was killed: go on at once."""
    try:
        keep_fresh()
    except Exception:
        # A worker that cannot do this can still do all else, and the minute's job comes soon.
        logger.exception("the copy of contacts could not be taken up at the start of a worker")


def read_all(*, kind: Sweep.Kind = Sweep.Kind.FULL) -> Sweep:
    """Somebody wants it read now: go on with the open sweep of this kind, else begin one."""
    sweep = sweeps.start(kind)
    Sweep.objects.filter(pk=sweep.pk).update(not_before=None)
    enqueue(sweep.pk)
    return sweep


def cards_a_minute() -> int:
    """How many contacts' cards are read in a minute, out of the jobs' budget."""
    rate = float(settings.PIGGY_JOB_RATE_PER_SECOND)
    return max(1, int(rate * 60 * CARDS_SHARE)) if rate > 0 else CARDS_UNBOUND


def cards_to_come() -> int:
    """The minute's job: read the cards of some contacts of which only the default one is known; of how many.

    Waits while all contacts are being read: that is worth more for each call.
    """
    sweeps.prune()
    if sweeps.unfinished().filter(kind=Sweep.Kind.FULL).exists() or not cache.add(CARDS, True, 60):
        return 0
    try:
        return read_some_cards(cards_a_minute(), seconds=CARDS_SECONDS)
    finally:
        cache.delete(CARDS)


def read_some_cards(count: int, *, seconds: float) -> int:
    """Read the cards of so many contacts, in the order they came, for so long at most; of how many it did.

    Ends early while Piggy answers nobody.
    """
    until = time.monotonic() + seconds
    done = 0
    with piggy.as_job():
        for key, contact_uuid in _next_for_cards(count):
            if time.monotonic() >= until or not _read_cards(contact_uuid):
                break
            cache.set(CARDS_AFTER, key, None)
            done += 1
    return done


def _next_for_cards(count: int) -> list[tuple[int, str]]:
    """The next ones after those of the last time, then again from the first: some may be asked for in vain for ever."""
    unknown = ContactCopy.objects.filter(cards_read_at=None).order_by("pk").values_list("pk", "contact_uuid")
    after = cache.get(CARDS_AFTER, 0)
    following = list(unknown.filter(pk__gt=after)[:count])
    return following + list(unknown.filter(pk__lte=after)[: count - len(following)])


def _read_cards(contact_uuid: str) -> bool:
    """False: Piggy answers nobody just now."""
    try:
        read_cards(contact_uuid)
    except (PiggyRateLimited, PiggyUnauthorized):
        return False
    except (PiggyRejected, PiggyUnexpected) as error:  # something about this very one: the next ones may be read
        if error.code == CONTACT_NOT_FOUND:
            vanished(contact_uuid)
        else:
            logger.warning("the cards of a contact cannot be read: %s", error)
    except PiggyError:
        return False
    return True
