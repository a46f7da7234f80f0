"""Go on with a held act, one small step after the other, each safe by itself: at any line the process may die.

What is next is read from the row each time: read all facts again and send, follow the answer, look until it came about.
The ledger's form token makes the write happen once, whatever two workers do.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contacts.held import sending
from contacts.held.kinds import HeldKind, Look, NotReady, row_of
from contacts.held.leases import Lease
from contacts.models import HeldAct, Snapshot
from piggyadmin import piggy
from piggyadmin.ledger import settling
from piggyadmin.ledger.door import record
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import outcome_of
from piggyadmin.piggy.errors import PiggyError, PiggyRateLimited

logger = logging.getLogger(__name__)

SECONDS = 20.0  # that one task goes on; a worker ends it at 30
SHORT = 3.0  # s that a task sleeps; for a longer wait it ends, and the minute's job or a page goes on
PAUSE = 30.0  # s after a reading that failed
FIRST_GAP, LONGEST_GAP = 0.5, 60.0  # s between two looks at an accepted act
LATE_GAP = 900.0  # s between two looks at one that is later than it should be
LAG = 30.0  # s for which a sum that is off may only be lagging

State = HeldAct.State
SOURCE_ANSWERS, NOT_READABLE = HeldAct.LATE


def advance(kind: HeldKind[Any], row_id: UUID, *, seconds: float = SECONDS) -> bool:
    """Go on with it for `seconds` at most. True: there is more to do at once. Nothing while somebody else is at it."""
    lease = Lease.take(kind, row_id)
    if lease is None:
        return False
    with piggy.as_job():
        try:
            return _go(lease, seconds)
        except BaseException:
            lease.end()
            raise


def _go(lease: Lease, seconds: float) -> bool:
    until = time.monotonic() + seconds
    if lease.rows(State.SENDING).exists():
        sending.recover(lease)
    while lease.renew():
        row = row_of(lease.kind, lease.row_id)
        try:
            wait = _step(lease, row)
        except PiggyError as error:
            logger.info("%s %s could not be gone on with: %s", lease.kind.name, row.pk, type(error).__name__)
            wait = max(PAUSE, error.retry_after) if isinstance(error, PiggyRateLimited) else PAUSE
        if wait is None:
            lease.end()
            return False
        if wait > SHORT:
            lease.end(wait=wait)
            return False
        if time.monotonic() + wait > until:
            lease.end()
            return True
        if wait:
            time.sleep(wait)
    return False


def _step(lease: Lease, row: HeldAct) -> float | None:
    """Do the next thing. Returns the seconds until the one after it, None when there is none for now."""
    now = timezone.now()
    if row.ended_at is not None:
        return None
    if row.state == State.HELD:
        held_until = max(filter(None, (row.hold_until, row.look_at)), default=now)
        return _begin(lease, row) if held_until <= now else (held_until - now).total_seconds()
    if row.state in (State.SENDING, State.UNKNOWN):
        return _settle(lease, row)
    if row.state in (State.SCHEDULED, State.INCIDENT):
        return _look(lease, row)
    return None


def _begin(lease: Lease, row: HeldAct) -> float | None:
    """Read everything again, keep pictures, and send: all of it only if it is still as it was approved."""
    kind = lease.kind
    act = sending.is_out(row)
    if act is not None:  # it was held again by mistake: what became of the call is found out first
        lease.rows(State.HELD).update(state=State.SENDING, act_id=act.pk, sent_at=act.at)
        sending.follow(lease, row, outcome_of(act))
        return 0.0
    try:
        ready = kind.read(row)
    except NotReady as no:
        _stop(lease, row, no.code)
        return None
    now = timezone.now()
    with transaction.atomic():
        begun = (
            lease.rows(State.HELD)
            .filter(ended_at=None)
            .update(state=State.SENDING, expected={**row.expected, **ready.expected}, sent_at=now, look_at=None)
        )
        if not begun:
            return None
        for contact_uuid, body in ready.pictures.items():
            whose: dict[str, Any] = {kind.name: row, "contact_uuid": contact_uuid}
            Snapshot.objects.update_or_create(**whose, defaults={"taken_at": now, "body": dict(body)})
    sending.send(lease, row)
    return 0.0


def _stop(lease: Lease, row: HeldAct, code: str) -> None:
    """The facts are others than those that were approved: nothing was sent, and it has to be asked for anew."""
    kind = lease.kind
    if code == "gone":
        kind.found_gone(row)
    with transaction.atomic():
        now = timezone.now()
        if lease.rows(State.HELD).update(state=State.CANCELLED, ended_at=now, problems=[code], look_at=None):
            sending.give_up(row)
            record(
                kind.told.stopped,
                by=None,
                target=kind.target(row),
                figures={"why": code},
                form_token=f"held-{row.pk.hex}-stopped",
                parent=row.approval.act if row.approval else None,
            )


def _settle(lease: Lease, row: HeldAct) -> float | None:
    """Nobody knows yet what became of the call: have the ledger look, as its schedule says."""
    act = sending.latest_act(row)
    if act is None:
        sending.recover(lease)
        return 0.0
    outcome = settling.look(act.pk, only_due=True)
    sending.follow(lease, row, outcome)
    after = lease.kind.model.objects.get(pk=row.pk)
    if after.state not in (State.SENDING, State.UNKNOWN):
        return 0.0
    if outcome.next_look_at is None:  # a person decides, or the call is still on its way
        return PAUSE
    return max(0.5, (outcome.next_look_at - timezone.now()).total_seconds())


def _look(lease: Lease, row: HeldAct) -> float | None:
    kind = lease.kind
    now, sent_at = timezone.now(), row.sent_at or timezone.now()
    in_time = now - sent_at < timedelta(seconds=settings.MERGE_SETTLE_SECONDS)
    try:
        look = kind.look(row)
    except PiggyError:
        if row.state == State.SCHEDULED and not in_time:  # somebody has to know; it is read on all the same
            _tell_incident(lease, row, (NOT_READABLE,), {}, ended_at=None)
        raise
    if not look.gone:
        if in_time:
            return min(max(FIRST_GAP, (now - sent_at).total_seconds() / 2), LONGEST_GAP)
        if row.state == State.SCHEDULED or row.problems == [NOT_READABLE]:
            _tell_incident(lease, row, (SOURCE_ANSWERS,), look.actual, ended_at=None)
        return LATE_GAP
    gone_at = _gone_at(lease, row, now)
    if look.problems and now - gone_at < timedelta(seconds=LAG):
        return min(max(FIRST_GAP, (now - gone_at).total_seconds()), LONGEST_GAP)
    if not lease.renew():  # the readings may have taken long
        return None
    kind.went(row)
    if look.problems:
        _tell_incident(lease, row, look.problems, look.actual, ended_at=now)
    else:
        _tell_done(lease, row, look)
    return None


def _gone_at(lease: Lease, row: HeldAct, now: datetime) -> datetime:
    """When the contact was first seen to be gone; kept in the row."""
    known = row.actual.get("gone_at")
    if known:
        return datetime.fromisoformat(known)
    lease.rows(State.SCHEDULED, State.INCIDENT).update(actual={**row.actual, "gone_at": now.isoformat()})
    row.actual = {**row.actual, "gone_at": now.isoformat()}
    return now


def _tell_done(lease: Lease, row: HeldAct, look: Look) -> None:
    kind = lease.kind
    actual = {**row.actual, **look.actual}
    with transaction.atomic():
        ended = {"state": State.DONE, "ended_at": timezone.now(), "actual": actual, "problems": [], "look_at": None}
        if lease.rows(State.SCHEDULED, State.INCIDENT).update(**ended):
            _record(kind, row, "verified", {**row.expected, **actual})


def _tell_incident(
    lease: Lease, row: HeldAct, problems: tuple[str, ...], actual: Any, *, ended_at: datetime | None
) -> None:
    kind = lease.kind
    with transaction.atomic():
        told = {"state": State.INCIDENT, "problems": list(problems), "actual": {**row.actual, **actual}}
        if lease.rows(State.SCHEDULED, State.INCIDENT).update(**told, ended_at=ended_at, look_at=None):
            _record(kind, row, "incident", {"problems": list(problems)}, step="late" if ended_at is None else "off")


def _record(kind: HeldKind[Any], row: HeldAct, what: str, figures: dict[str, Any], *, step: str = "end") -> None:
    record(
        getattr(kind.told, what),
        by=None,
        target=kind.target(row),
        figures={name: value for name, value in figures.items() if isinstance(value, int | list)},
        form_token=f"held-{row.pk.hex}-{what}-{step}",
        parent=Act.objects.filter(pk=row.act_id).first() if row.act_id else None,
    )
