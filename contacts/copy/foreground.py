"""`piggyadmin sync`: read the contacts while somebody watches. Whatever ends it, the next one goes on from there."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.utils import timezone

from contacts.copy import jobs, sweeping, sweeps
from contacts.models import ContactCopy, Sweep

STEP = 1.0  # s between two lines
LOOK = 2.0  # s between two looks at a sweep that a worker is at, or that waits
Say = Callable[[str], None]


def sweep(kind: Sweep.Kind, *, once: bool, say: Say) -> bool:
    """Read the contacts to the end, a line for each second that brought some. False when the end was not reached.

    An unfinished sweep goes on. `once`: does not wait when Piggy asks for patience or a worker is at it.
    """
    begun = sweeps.start(kind)
    if begun.pages:
        say(f"Going on with the reading of {begun.started_at:%Y-%m-%d %H:%M} UTC.")
    before = ""
    while True:
        is_more = sweeping.advance(begun.pk, seconds=STEP)
        begun.refresh_from_db()
        now = line(begun)
        if now != before:
            say(now)
        before = now
        if begun.ended_at is not None:
            say(_ending(begun))
            return begun.stage == Sweep.Stage.ENDED
        if is_more:
            continue
        if once:
            say("Not at the end yet. Run it again to go on.")
            return False
        time.sleep(LOOK)


def cards(count: int, *, say: Say) -> bool:
    """Read all cards of so many contacts of which only the default one is known. False when Piggy stopped answering."""
    done = 0
    while done < count:
        some = jobs.read_some_cards(min(100, count - done), seconds=60)
        done += some
        left = ContactCopy.objects.filter(cards_read_at=None).count()
        say(f"Cards of {done:,} contacts read, {left:,} still to come.")
        if not left:
            return True
        if not some:
            return False
    return True


def line(of: Sweep) -> str:
    """How far a sweep is, in one line."""
    known = f"{of.seen:,} of {of.total:,} contacts" if of.total else f"{of.seen:,} contacts"
    told = [f"{of.added:,} new", f"{of.repaired:,} repaired", f"{of.gone:,} gone"]
    if of.stage == Sweep.Stage.MISSING:
        told.append("asking for those that were not in the list")
    if of.ended_at is None and of.problem:
        told.append(of.problem)
    if of.ended_at is None and of.not_before is not None and of.not_before > timezone.now():
        told.append(f"waiting until {of.not_before:%H:%M:%S} UTC")
    return f"{known}, {', '.join(told)}"


def _ending(of: Sweep) -> str:
    seconds = (of.ended_at - of.started_at).total_seconds() if of.ended_at else 0
    if of.stage == Sweep.Stage.ENDED:
        return f"Done after {seconds:,.0f} s and {of.pages:,} pages. {of.problem}".rstrip()
    return f"Stopped. {of.problem}"
