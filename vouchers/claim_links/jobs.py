"""Make the links of an order, one call each, at the pace of jobs.

The rows are the order; a task is thin and may be killed at any line, or run twice. A link is taken by a conditional
UPDATE, and its act is begun under a token made of its row and the attempt, so that one attempt is one call whoever
makes it.

Here, and nowhere else, a call whose answer was lost is simply made again, as another act. Piggy is told of nothing by
it: a link is good by its hash alone, and what is claimed once is its unique id (inferred from how the guide makes links
without any call). Each link of an order has one unique id for all its attempts, and an address that never reached us is
in nobody's hands: there is one link, however often it was asked for.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger import settling
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.runs import leases, tasks
from vouchers.claim_links.actions import LINK
from vouchers.claim_links.orders import value_of
from vouchers.models import ClaimLink, ClaimLinkOrder, Progress

ADVANCE = "vouchers.claim_links.jobs.advance"
JOB_SECONDS = 20.0  # a task of the worker is ended at 30 s
SILENCES = 3  # answers lost one after another, before the order takes a pause
PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
SOON = timedelta(seconds=5)
OPEN = (Progress.SENT, Progress.UNKNOWN)
NO_ANSWER = "No answer came. It is asked for again: it stays one link."


def enqueue(order_id: UUID, *, patient: bool = False) -> None:
    tasks.ask(ADVANCE, str(order_id), patient, group=f"claim links {order_id}")


def nudge(order: ClaimLinkOrder) -> None:
    """Have somebody go on with it, if it is due and nobody is at it: for the page that is being watched."""
    tasks.nudge(_due(), order.pk, enqueue)


def advance_open() -> int:
    """The minute's safety net: go on with every order that is due and that nobody is at; how many there were."""
    return tasks.enqueue_all(_due().order_by("created_at"), enqueue)


def advance_after_start(**kwargs: Any) -> None:
    """A worker has just started, perhaps after it was killed in the midst of an order: go on at once."""
    tasks.enqueue_after_start(_unfinished(), partial(enqueue, patient=True))


def advance(order_id: str, patient: bool = False) -> int:
    """Go on with one order for a while; how many links were asked for. What is left is another task's.

    Nothing happens while another worker is at it; `patient` waits once for its lease, which a dead one left behind.
    """
    lease = leases.take(_unfinished(), UUID(order_id), _lease, only_due=True, patient=patient)
    if lease is None:
        return 0
    try:
        with piggy.as_job():
            sent, has_more = _work(lease, time.monotonic() + JOB_SECONDS)
    finally:
        lease.end()
    if has_more:
        enqueue(lease.pk)
    return sent


def _lease() -> timedelta:
    """Longer than one call may take: after a kill nobody waits longer for the order to go on."""
    return timedelta(seconds=settings.PIGGY_TIMEOUT + 2)


def _due() -> QuerySet[ClaimLinkOrder]:
    """Those that it is worth going on with by now, and that nobody is at."""
    return _unfinished().filter(leases.due(timezone.now()))


def _unfinished() -> QuerySet[ClaimLinkOrder]:
    return ClaimLinkOrder.objects.filter(ended_at=None)


def _work(lease: leases.Lease[ClaimLinkOrder], until: float) -> tuple[int, bool]:
    """How many were sent, and whether there is more to do at once."""
    order, sent, silences = ClaimLinkOrder.objects.select_related("act", "shop").get(pk=lease.pk), 0, 0
    for link in order.links.filter(state__in=OPEN):
        if time.monotonic() > until or not lease.renew():
            return 0, False
        _look(link)
    while time.monotonic() < until and lease.renew():
        order.refresh_from_db(fields=["is_stopped"])
        due = None if order.is_stopped else _next(order)
        if due is None:
            _end_or_wait(lease, order)
            return sent, False
        outcome = _send(due, order)
        if outcome is None:
            continue
        sent += 1
        wait = _keep(due, order, outcome)
        silences = silences + 1 if outcome.unknown else 0
        if silences >= SILENCES:
            wait = timezone.now() + _pause(due)
        if wait is not None:
            lease.mine().update(not_before=wait)
            return sent, False
    return sent, True


def _next(order: ClaimLinkOrder) -> ClaimLink | None:
    due = Q(not_before=None) | Q(not_before__lte=timezone.now())
    return order.links.filter(due, state=Progress.PLANNED).order_by("number").first()


def _send(link: ClaimLink, order: ClaimLinkOrder) -> Outcome | None:
    """Take the link and ask for it; None when somebody else was faster."""
    mine = ClaimLink.objects.filter(pk=link.pk, attempt=link.attempt)
    if not mine.filter(state=Progress.PLANNED).update(state=Progress.SENT):
        return None

    def call(act: Act) -> str:
        if not mine.filter(state=Progress.SENT).update(act=act):
            raise PiggyRejected("Another worker is at it.")
        value = value_of(order.unit_hundredths)
        return piggy.get_client().create_loyalty_token(
            shop_uuid=order.shop.piggy_uuid,
            unique_id=link.unique_id,
            credits=order.credits if value is None else None,
            unit_name=order.unit_name if value is not None else None,
            unit_value=value,
        )

    return perform(
        LINK,
        by=None,
        target=Target("claim_link_order", str(order.pk)),
        figures={"number": link.number, "credits": order.credits, "attempt": link.attempt},
        form_token=_token(link),
        parent=order.act,
        call=call,
    )


def _keep(link: ClaimLink, order: ClaimLinkOrder, outcome: Outcome) -> datetime | None:
    """Write down what came of it. A moment is returned when nothing more should be sent before it."""
    now = timezone.now()
    mine = ClaimLink.objects.filter(pk=link.pk, attempt=link.attempt, state__in=OPEN)
    told = {"code": outcome.code[:20], "reason": outcome.reason}
    again = {"state": Progress.PLANNED, "attempt": F("attempt") + 1}
    if outcome.done and outcome.answer:
        mine.update(state=Progress.DONE, url=outcome.answer, code="", reason="")
    elif outcome.done:  # the worker died with the address in its hands
        mine.update(**again, code="", reason=NO_ANSWER)
    elif outcome.unknown:
        wait = SOON if link.attempt < SILENCES else _pause(link)
        mine.update(**again, code=outcome.code[:20], reason=NO_ANSWER, not_before=now + wait)
    elif outcome.under_way:
        mine.update(state=Progress.UNKNOWN, **told)
    elif outcome.not_before is not None:  # Piggy is busy: the same act is sent again, and so is the attempt
        told["reason"] = "Piggy is busy."
        mine.update(state=Progress.PLANNED, not_before=outcome.not_before, **told)
        return max(outcome.not_before, now)
    elif outcome.code == "not_sent" or _is_our_key(outcome):
        mine.update(**again, not_before=now + _pause(link), **told)
        return now + _pause(link)
    elif outcome.code == "nobody_has_it":
        mine.update(**again, **told)
    else:  # what Piggy says of one link it says of all: they are alike
        mine.update(state=Progress.REFUSED, **told)
        ClaimLinkOrder.objects.filter(pk=order.pk).update(is_stopped=True, reason=outcome.reason)
    return None


def _pause(link: ClaimLink) -> timedelta:
    """Longer from try to try: each try is an act, and what never answers must not fill the ledger."""
    return min(PAUSE * (1 << min(link.attempt // SILENCES, 10)), LONGEST_PAUSE)


def _is_our_key(outcome: Outcome) -> bool:
    """Whether Piggy refused us and not this order: that goes on once somebody has seen to it."""
    return outcome.error is not None and outcome.error.status in (401, 403)


def _look(link: ClaimLink) -> None:
    """What became of a link that was taken and not answered for: its worker died."""
    act = begun_with(_token(link))
    mine = ClaimLink.objects.filter(pk=link.pk, attempt=link.attempt, state__in=OPEN)
    if act is None:  # before it began the act: nothing was sent
        mine.update(state=Progress.PLANNED)
        return
    mine.update(act=act)  # should the worker have died before it noted that
    outcome = settling.look(act.pk, only_due=True)
    if outcome.outcome != State.SENT:
        _keep(link, link.order, outcome)


def _end_or_wait(lease: leases.Lease[ClaimLinkOrder], order: ClaimLinkOrder) -> None:
    """Nothing is due now: the order is over when nothing is open, else it waits for whatever comes first."""
    now = timezone.now()
    waiting = (Progress.PLANNED, *OPEN) if not order.is_stopped else OPEN
    if not order.links.filter(state__in=waiting).exists():
        ClaimLinkOrder.objects.filter(pk=order.pk, ended_at=None).update(ended_at=now)
        return
    first = order.links.filter(state=Progress.PLANNED, not_before__gt=now).order_by("not_before").first()
    soonest = now + SOON if order.links.filter(state__in=OPEN).exists() else now + PAUSE
    if first is not None and first.not_before is not None and not order.is_stopped:
        soonest = min(soonest, first.not_before)
    lease.mine().update(not_before=soonest)


def _token(link: ClaimLink) -> str:
    return f"{link.pk.hex}-{link.attempt}"
