"""Reads the whole chain again and says whether anything in it was changed, and where.

Checked, link by link: `seq` runs without a gap through acts and events together; each holds the hash of the one before;
its own hash is that of its columns; the words kept beside it are those it was sealed with; an act's state is what its
events come to. Then: the head is the last link, the triggers stand, and the link at which the last verification ended
is still the same (a chain cut short and sewn together again would be whole in itself).
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from piggyadmin.ledger import triggers
from piggyadmin.ledger.canonical import GENESIS, digest_of
from piggyadmin.ledger.chain import appending
from piggyadmin.ledger.models import Act, ActDetail, ActState, ChainCheck, ChainHead, Event
from piggyadmin.ledger.projection import standings

SLICE = 1000  # links read at once
Link = Act | Event


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how many links were read, the hash of the last, and "" or what is wrong."""

    links: int
    head: str
    problem: str = ""
    broken_seq: int | None = None

    @property
    def whole(self) -> bool:
        return not self.problem


class BrokenLinkError(Exception):
    """The first link that is not as it was written."""

    def __init__(self, seq: int, problem: str) -> None:
        super().__init__(problem)
        self.seq, self.problem = seq, problem


def verify_ledger() -> Verdict:
    """Read everything, however long it takes; the result is kept for the audit page."""
    check = _new_check()
    while not check.finished:
        _advance(check)
    return Verdict(check.seq, check.hash, check.problem, check.broken_seq)


def verify_within(seconds: float) -> ChainCheck:
    """Go on with the verification under way, or begin one, for so long; `finished` says whether the end was reached."""
    until = time.monotonic() + seconds
    check = ChainCheck.objects.filter(finished=False).first() or _new_check()
    while not check.finished and time.monotonic() < until:
        _advance(check)
    return check


def is_due(every: timedelta) -> bool:
    """Whether a verification is under way, or none was brought to an end for so long."""
    last = ChainCheck.objects.first()
    return last is None or not last.finished or timezone.now() - last.at >= every


def last_check() -> ChainCheck | None:
    """The last verification that was brought to an end."""
    return ChainCheck.objects.filter(finished=True).first()


def _new_check() -> ChainCheck:
    ChainCheck.objects.filter(finished=False).delete()
    return ChainCheck.objects.create(at=timezone.now(), seq=0, hash=GENESIS)


def _advance(check: ChainCheck) -> None:
    """Read one slice more."""
    try:
        links = _links_after(check.seq)
        _check_chain(check, links)
        _check_details(links)
        _check_states([link for link in links if isinstance(link, Act)])
        if not links:
            _check_end(check)
            check.finished = True
    except BrokenLinkError as broken:
        check.problem, check.broken_seq, check.finished = broken.problem, broken.seq, True
    check.at = timezone.now()
    check.save()


def _links_after(seq: int) -> list[Link]:
    """The next links of both tables, in the order of the chain."""
    # The head first: what is written while we read one table and then the other is left for later.
    head = ChainHead.objects.filter(pk=ChainHead.ONLY).first()
    upto = head.seq if head else 0
    acts: Iterable[Link] = Act.objects.filter(seq__gt=seq, seq__lte=upto).order_by("seq")[:SLICE]
    events: Iterable[Link] = Event.objects.filter(seq__gt=seq, seq__lte=upto).order_by("seq")[:SLICE]
    merged: Iterator[Link] = heapq.merge(list(acts), list(events), key=attrgetter("seq"))
    return [link for link, _ in zip(merged, range(SLICE), strict=False)]


def _check_chain(check: ChainCheck, links: list[Link]) -> None:
    """Every link in its place and as it was written; `check` moves on with each that is."""
    for link in links:
        if link.seq != check.seq + 1:
            raise BrokenLinkError(check.seq + 1, f"Row {check.seq + 1} is missing.")
        if link.prev_hash != check.hash:
            raise BrokenLinkError(link.seq, f"Row {link.seq} does not follow row {check.seq}.")
        if link.hash != link.hash_now():
            raise BrokenLinkError(link.seq, f"Row {link.seq} was changed.")
        check.seq, check.hash = link.seq, link.hash


def _check_details(links: list[Link]) -> None:
    """The words beside each link are those it was sealed with, or were erased."""
    found = ActDetail.objects.filter(act__in=[link for link in links if isinstance(link, Act)], event=None)
    of_events = ActDetail.objects.filter(event__in=[link for link in links if isinstance(link, Event)])
    details: dict[UUID, ActDetail] = {detail.act_id: detail for detail in found}
    details |= {detail.event_id: detail for detail in of_events if detail.event_id}
    for link in links:
        detail = details.get(link.id)
        if detail is None and link.detail_digest:
            raise BrokenLinkError(link.seq, f"The words of row {link.seq} are missing.")
        if detail is None or detail.erased_at is not None:
            continue
        if link.detail_digest != digest_of(detail.salt, detail.body):
            raise BrokenLinkError(link.seq, f"The words of row {link.seq} were changed.")


def _check_states(acts: list[Act]) -> None:
    wrong = _wrong_states(acts)
    if wrong:
        # An event may have come between reading the states and reading the events: now nobody can write.
        with appending(durable=False):
            wrong = _wrong_states(wrong)
    if wrong:
        raise BrokenLinkError(wrong[0].seq, f"The state of row {wrong[0].seq} is not what its events come to.")


def _wrong_states(acts: list[Act]) -> list[Act]:
    states = ActState.objects.in_bulk([act.id for act in acts])
    return [
        act
        for act, standing in standings(acts)
        if (state := states.get(act.id)) is None or standing.differs_from(state)
    ]


def _check_end(check: ChainCheck) -> None:
    last = max((model.objects.aggregate(last=Max("seq"))["last"] or 0 for model in (Act, Event)), default=0)
    head = ChainHead.objects.filter(pk=ChainHead.ONLY).first()
    if head is None:
        raise BrokenLinkError(check.seq, "The head of the chain is missing.")
    if head.seq < last or (head.seq == check.seq and head.hash != check.hash):
        raise BrokenLinkError(last, "The head of the chain is not its last row.")
    if head.seq > check.seq and not _links_after(check.seq):
        raise BrokenLinkError(check.seq + 1, f"Row {check.seq + 1} is missing: the end of the chain was cut off.")
    for earlier in ChainCheck.objects.filter(finished=True, problem="", seq__gt=0)[:1]:
        _check_anchor(earlier)
    gone = triggers.missing(connection)
    if gone:
        raise BrokenLinkError(check.seq, f"The database no longer refuses changes: {', '.join(gone)}."[:200])


def _check_anchor(earlier: ChainCheck) -> None:
    """The chain still holds the link at which an earlier verification ended."""
    hashes = [
        row for model in (Act, Event) for row in model.objects.filter(seq=earlier.seq).values_list("hash", flat=True)
    ]
    if hashes != [earlier.hash]:
        raise BrokenLinkError(earlier.seq, f"Row {earlier.seq} is not the one that was verified before.")
