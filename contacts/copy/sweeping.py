"""Go on with a sweep, one small step after the other, each safe by itself: at any line the process may die.

A step reads one page and takes it into the copy together with the place of the next one. When the list is read, those
of the copy that were not in it are asked for one by one: there is no event for a deletion, this is how it is found.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from contacts.copy import places, sweeps
from contacts.copy.forgetting import forget
from contacts.copy.places import NoCount, Place
from contacts.copy.problems import IGNORED, LASTING, LEFT_OUT, NOT_RECENT, UNREAD, UNREADABLE
from contacts.copy.reading_again import read_again
from contacts.copy.taking import take_many
from contacts.copy.tombstones import gone
from contacts.models import ContactCopy, GoneContact, How, Sweep
from piggyadmin import piggy
from piggyadmin.piggy import Answer
from piggyadmin.piggy.errors import (
    PiggyError,
    PiggyFilterIgnored,
    PiggyInvalid,
    PiggyRateLimited,
    PiggyRejected,
    PiggyUnauthorized,
    PiggyUnexpected,
)
from piggyadmin.piggy.paging import Page
from piggyadmin.piggy.payloads import Contact
from piggyadmin.runs import leases

logger = logging.getLogger(__name__)

SECONDS = 20.0  # that one task goes on; a worker ends it at 30
SHORT = 8.0  # s that a task sleeps; for a longer wait it ends, and the minute's job goes on
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 300.0  # s between two tries
AHEAD = 1.0  # s before its end a task asks for no page that it may not write any more
BELIEVE = 2  # so often in a row Piggy may ignore or refuse what was asked before it is believed that it always does
AT_ONCE = 500  # contacts that were not in the list, looked up together


class _Lost(Exception):
    """The sweep is somebody else's by now: what this step would write is rolled back."""


def advance(sweep_id: UUID, *, seconds: float = SECONDS) -> bool:
    """Go on with a sweep for `seconds` at most. True: there is more to do at once.

    Nothing happens while another worker is at it.
    """
    lease = lease_of(sweep_id)
    if lease is None:
        return False
    with piggy.as_job():
        try:
            return _Work(lease).go(seconds)
        except _Lost:
            return False
        except BaseException:
            lease.end(not_before=None)
            raise


def lease_of(sweep_id: UUID) -> leases.Lease[Sweep] | None:
    """The lease of this sweep, or None while somebody else has it, and for one that has ended."""
    return leases.take(sweeps.unfinished(), sweep_id, _lease)


def _lease() -> timedelta:
    """Longer than a call to Piggy and the writing of its page may take: after a kill nobody waits longer."""
    return timedelta(seconds=settings.PIGGY_TIMEOUT + 10)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A page that was asked for while the one before it was written."""

    place: Place
    answer: Answer[Page[Contact]]
    asked_at: datetime


@dataclass(slots=True)
class _Work:
    """One task's work at a sweep, with what it need not remember longer than that."""

    lease: leases.Lease[Sweep]
    failures: int = 0  # calls that failed, one after another
    ignored: int = 0  # answers in a row that were not what was asked for
    unreadable: int = 0  # answers in a row that could not be read
    ahead: _Ahead | None = None
    missing: list[str] = field(default_factory=list)  # contacts to ask for, the next one last

    def go(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        sweep = self._sweep()
        if sweep.not_before is not None and sweep.not_before > timezone.now():
            self.lease.end(not_before=sweep.not_before)
            return False
        while True:
            try:
                is_more = self._step(sweep, ahead=time.monotonic() + AHEAD < until)
                wait, self.failures, self.ignored, self.unreadable = 0.0, 0, 0, 0
            except PiggyError as error:
                is_more, wait = True, self._failed(sweep, error)
            if not is_more:
                return False
            if wait > SHORT:
                self.lease.end(not_before=timezone.now() + timedelta(seconds=wait))
                return False
            if time.monotonic() + wait >= until:
                self.lease.end(not_before=None)
                return True
            if wait:
                time.sleep(wait)
            sweep = self._sweep()

    def _step(self, sweep: Sweep, *, ahead: bool) -> bool:
        """Do the next thing; False when the sweep has ended."""
        if sweep.ended_at is not None:
            return False
        if sweep.stage == Sweep.Stage.MISSING:
            return self._ask_for_missing(sweep)
        self._read_page(sweep, ahead=ahead)
        return True

    # The list ------------------------------------------------------------------------------------------------------

    def _read_page(self, sweep: Sweep, *, ahead: bool) -> None:
        """Take the next page of the list. `ahead`: the one after it is asked for while this one is written."""
        place = Place.of(sweep)
        page, asked_at = self._page(place)
        try:
            following = places.after(piggy.get_client(), place, page)
        except NoCount:
            following = Place(by_number=True)
        total = self._total_now(sweep, place, page) if following is None else None

        def write() -> None:
            with transaction.atomic():
                self._take(sweep, place, page, asked_at, following=following, total=total)

        if following is None or not ahead:
            write()
            return
        question, asking = partial(places.ask, place=following), timezone.now()
        answers = piggy.gather({"page": question}, seconds=settings.PIGGY_TIMEOUT, meanwhile=write)
        self.ahead = _Ahead(following, answers["page"], asking)

    def _page(self, place: Place) -> tuple[Page[Contact], datetime]:
        """The page at this place, and when it was asked for. Raises PiggyError."""
        known, self.ahead = self.ahead, None
        if known is not None and known.place == place:
            return known.answer.get(), known.asked_at
        asked_at = timezone.now()
        ask = places.ask if self.unreadable < BELIEVE else places.ask_in_parts
        return ask(piggy.get_client(), place), asked_at

    def _take(
        self,
        sweep: Sweep,
        place: Place,
        page: Page[Contact],
        asked_at: datetime,
        *,
        following: Place | None,
        total: int | None,
    ) -> None:
        """Write the page's contacts and where it goes on: both or neither. Raises _Lost."""
        is_full = sweep.kind == Sweep.Kind.FULL
        taken = take_many(page.items, how=How.PAGE, sweep=sweep.pk if is_full else None, read_at=asked_at)
        changes: dict[str, Any] = {
            "pages": F("pages") + 1,
            "seen": F("seen") + len(taken.met if is_full else page.items),
            "added": F("added") + len(taken.added),
            "repaired": F("repaired") + taken.behind,
            "problem": sweep.problem if sweep.problem in LASTING else "",
        }
        if len(page.items) < page.received:
            logger.warning("%s contacts of a page cannot be read", page.received - len(page.items))
            changes["problem"] = UNREADABLE
        if place.is_whole_list and page.total is not None:
            changes["total"] = page.total
        old = {contact.uuid for contact in page.items if not _made_since(sweep, contact)} & set(taken.met)
        if following is None and place.by_number:
            again = sweep.new_in_pass + len(old) > 0
            changes |= {"new_in_pass": 0, **_at(Place(by_number=True))} if again else _list_read(sweep)
        elif following is None:
            is_short = changes["problem"] == UNREADABLE  # as is known: Piggy counts those that we cannot read
            changes |= self._at_the_end(sweep, place, is_new=bool(taken.met), total=None if is_short else total)
        else:
            changes |= _at(following)
            if following.by_number and not place.by_number:
                changes["problem"] = IGNORED
            elif following.by_number:
                changes["new_in_pass"] = sweep.new_in_pass + len(old)
        self._commit(**changes)

    def _at_the_end(self, sweep: Sweep, place: Place, *, is_new: bool, total: int | None) -> dict[str, Any]:
        """What follows the last page by date: the end, unless Piggy counts more contacts than were met."""
        met = ContactCopy.objects.filter(seen_in=sweep.pk).count()
        if total is None or sweep.kind == Sweep.Kind.RECENT or total <= met + _listed_although_gone():
            return _list_read(sweep)
        if is_new:
            return _at(place)  # some may just have been made: once more before Piggy's count is doubted
        logger.warning("the list of contacts by date holds %s of %s", met, total)
        return {"problem": LEFT_OUT, "new_in_pass": 0, **_at(Place(by_number=True))}

    def _total_now(self, sweep: Sweep, place: Place, page: Page[Contact]) -> int | None:
        """How many contacts Piggy says there are, once the list is read; None where it cannot be understood."""
        if place.is_whole_list or sweep.kind == Sweep.Kind.RECENT:
            return page.total
        try:
            return piggy.get_client().list_contacts(page=1, limit=1).total
        except PiggyUnexpected:
            return None

    # Those that were not in it -------------------------------------------------------------------------------------

    def _ask_for_missing(self, sweep: Sweep) -> bool:
        """Ask for the next contact of the copy that was not in the list; False when there is none any more."""
        if not self.missing:
            not_met = ContactCopy.objects.filter(read_at__lt=sweep.started_at).exclude(seen_in=sweep.pk)
            self.missing = list(not_met.order_by("-pk").values_list("contact_uuid", flat=True)[:AT_ONCE])
        if not self.missing:
            self._commit(stage=Sweep.Stage.ENDED, ended_at=timezone.now(), claimed_by="")
            return False
        uuid = self.missing[-1]
        try:
            read_again(uuid, how=How.PAGE)
        except (PiggyRateLimited, PiggyUnauthorized):
            raise
        except (PiggyUnexpected, PiggyRejected) as error:  # there is something about this very one
            logger.warning("a contact that a sweep did not meet cannot be read: %s", error)
            ContactCopy.objects.filter(contact_uuid=uuid).update(seen_in=sweep.pk)
            self._commit(problem=UNREAD)
        else:
            self._commit(**self._answered(sweep, uuid))
        self.missing.pop()
        return True

    def _answered(self, sweep: Sweep, uuid: str) -> dict[str, Any]:
        """What to count of a contact that Piggy was asked for. It is met now: nobody is asked for twice."""
        row = ContactCopy.objects.filter(contact_uuid=uuid).first()
        if row is None:
            return {"gone": F("gone") + 1}
        if row.read_at >= sweep.started_at:
            return {"repaired": F("repaired") + 1}
        tombstone = gone(uuid)
        if tombstone is not None:  # whatever Piggy still tells of it
            forget(uuid, why=GoneContact.Why(tombstone.why))
            return {"gone": F("gone") + 1}
        logger.warning("Piggy told of another contact than the one that was asked for")
        ContactCopy.objects.filter(pk=row.pk).update(seen_in=sweep.pk)
        return {"problem": UNREAD}

    # What goes wrong -----------------------------------------------------------------------------------------------

    def _failed(self, sweep: Sweep, error: PiggyError) -> float:
        """Note why, and how many seconds to wait before the next try."""
        self.failures += 1
        if (
            isinstance(error, PiggyFilterIgnored | PiggyInvalid)
            and sweep.stage == Sweep.Stage.PAGES
            and not sweep.by_number
        ):
            self.ignored += 1
            if self.ignored >= BELIEVE:
                self._walk_by_number(sweep)
                return 0.0
        if isinstance(error, PiggyUnexpected):
            self.unreadable += 1
        logger.warning("a sweep of contacts waits: %s", error)
        if sweep.problem not in LASTING:
            self._commit(problem=error.message[:200])
        if isinstance(error, PiggyRateLimited):
            return max(error.retry_after, 0.1)
        if isinstance(error, PiggyUnauthorized):
            return LONGEST_PAUSE
        return float(min(FIRST_PAUSE * 2 ** (self.failures - 1), LONGEST_PAUSE))

    def _walk_by_number(self, sweep: Sweep) -> None:
        logger.warning("Piggy ignores dates or order in its list of contacts")
        if sweep.kind == Sweep.Kind.RECENT:
            self._commit(stage=Sweep.Stage.STOPPED, ended_at=timezone.now(), problem=NOT_RECENT, claimed_by="")
            raise _Lost
        self._commit(problem=IGNORED, new_in_pass=0, **_at(Place(by_number=True)))

    def _sweep(self) -> Sweep:
        return Sweep.objects.get(pk=self.lease.pk)

    def _commit(self, **changes: Any) -> None:
        if not self.lease.renew(**changes):
            raise _Lost


def _at(place: Place) -> dict[str, Any]:
    return {"cursor": place.cursor, "cursor_page": place.page, "by_number": place.by_number}


def _list_read(sweep: Sweep) -> dict[str, Any]:
    if sweep.kind == Sweep.Kind.FULL:
        return {"stage": Sweep.Stage.MISSING}
    return {"stage": Sweep.Stage.ENDED, "ended_at": timezone.now()}


def _made_since(sweep: Sweep, contact: Contact) -> bool:
    """Made while the sweep was under way: that it is new says nothing about the walk before."""
    return contact.created_at is not None and contact.created_at >= sweep.started_at


def _listed_although_gone() -> int:
    """Contacts that Piggy may list for a while although their end is known here."""
    return GoneContact.objects.filter(gone_at__gt=timezone.now() - timedelta(hours=1)).count()
