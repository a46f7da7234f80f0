"""A new batch: what it would be in words, why it cannot be, and beginning it. Writing to Piggy is the run's own job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import begun_with, was_begun
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import AttributeDefinition, Contact, Promotion
from piggyadmin.templatetags.words import thousands
from vouchers.batches import asking, controls, jobs, starting
from vouchers.batches.actions import BATCH_RUN
from vouchers.batches.orders import Order
from vouchers.check import services as check
from vouchers.models import BatchRun

CLOCKS_DIFFER = timedelta(minutes=2)
GONE = "Piggy has no such promotion any more. Choose another."


class NeedsSecond(Exception):
    """More than this person may make alone, and nobody approved it."""


class NoSuchContact(Exception):
    """Nobody is found by what was typed; the message says so, for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a new batch is made on: the account's promotions, and its own attributes of vouchers.

    `attributes_error` says why these could not be read; batches are made without them then.
    """

    promotions: list[Promotion]
    attributes: list[AttributeDefinition]
    attributes_error: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an order cannot be made as it is: the field it is about, and a sentence."""

    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What making an order would be. `over` is the limit that it needs a second person for; None: it needs nobody."""

    order: Order
    calls: int
    seconds: float  # at least; Piggy's own pace comes on top
    contact: Contact | None
    count_before: int | None  # vouchers that the promotion has; None where Piggy did not tell
    over: int | None
    read_at: datetime


def ground() -> Ground:
    """Promotions and attributes, asked at once. Raises PiggyError when the promotions cannot be read."""
    questions: dict[str, Callable[[Piggy], Any]] = {
        "promotions": lambda client: client.list_promotions(),
        "attributes": lambda client: client.list_custom_attributes(entity="voucher"),
    }
    answers = piggy.gather(questions, seconds=settings.PIGGY_TIMEOUT)
    own = answers["attributes"]
    return Ground(
        promotions=answers["promotions"].get(),
        attributes=list(own.value or []),
        attributes_error=own.error.message if own.error else "",
        read_at=answers["promotions"].read_at,
    )


def contact_by(text: str) -> Contact:
    """The customer with this id, card or e-mail address. Raises NoSuchContact."""
    if _is_uuid(text):
        try:
            return piggy.get_client().get_contact(contact_uuid=text)
        except (PiggyNotFound, PiggyInvalid) as error:
            raise NoSuchContact("Piggy has no customer with this id.") from error
    try:
        return check.find_holder(text=text)
    except check.NoHolder as nobody:
        raise NoSuchContact(str(nobody)) from nobody


def preview(*, order: Order, actor: Actor, is_late: bool = False) -> Preview | Problem:
    """What it would be, or the first reason why not. Nothing is written.

    `is_late` is for an order whose preview was seen before: a beginning that has passed meanwhile means "at once".
    Raises PiggyError when Piggy cannot be asked.
    """
    problem = _dates(order, is_late=is_late)
    if problem:
        return problem
    questions: dict[str, Callable[[Piggy], Any]] = {
        "promotion": lambda client: client.get_promotion(promotion_uuid=order.promotion_uuid),
        "count": lambda client: client.list_vouchers(promotion_uuid=order.promotion_uuid, limit=1),
    }
    if order.contact_uuid:
        questions["contact"] = lambda client: client.get_contact(contact_uuid=order.contact_uuid)
    answers = piggy.gather(questions, seconds=settings.PIGGY_TIMEOUT)
    if isinstance(answers["promotion"].error, PiggyNotFound | PiggyInvalid):
        return Problem("promotion", GONE)
    if order.contact_uuid and isinstance(answers["contact"].error, PiggyNotFound | PiggyInvalid):
        return Problem("contact", "Piggy has no such customer any more.")
    promotion: Promotion = answers["promotion"].get()
    count = answers["count"].value.total if answers["count"].value else None
    problem = _limits(order, promotion, count)
    if problem:
        return problem
    return Preview(
        order=order if order.promotion_name else replace(order, promotion_name=promotion.name or ""),
        calls=(calls := sum(1 for _ in order.chunks())),
        seconds=_seconds(calls),
        contact=answers["contact"].get() if order.contact_uuid else None,
        count_before=count,
        over=asking.over_limit(order, actor),
        read_at=answers["promotion"].read_at,
    )


def make(*, order: Order, actor: Actor, token: str, approval: UUID | None = None) -> BatchRun | Problem:
    """Begin the run, once for each form; or the reason why not, read again at this moment.

    Raises NeedsSecond, and what `starting.begin` raises; PiggyError when Piggy cannot be asked.
    """
    if not was_begun(token, action=BATCH_RUN, by=actor):
        seen = preview(order=order, actor=actor, is_late=True)
        if isinstance(seen, Problem):
            return seen
        if seen.over is not None and approval is None:
            raise NeedsSecond
        order = seen.order
    return starting.begin(order=order, actor=actor, token=token, approval=approval)


def _dates(order: Order, *, is_late: bool) -> Problem | None:
    now = timezone.now() - CLOCKS_DIFFER
    if order.activation_date is not None and order.activation_date < now and not is_late:
        return Problem("activation", "That time has been. Leave it empty for vouchers that are valid at once.")
    if order.expiration_date is not None and order.expiration_date < now:
        return Problem("expiration", "That time has been: they would be expired from the start.")
    return None


def _limits(order: Order, promotion: Promotion, count: int | None) -> Problem | None:
    most, each = promotion.voucher_limit, promotion.limit_per_contact
    if most is not None and order.quantity + (count or 0) > most:
        left = max(0, most - (count or 0))
        told = f"The promotion allows {thousands(most)} vouchers" + (f" and has {thousands(count)}" if count else "")
        return Problem("quantity", f"{told}: {'at most ' + thousands(left) if left else 'no'} more can be made.")
    if order.contact_uuid and each is not None and order.quantity > each:
        return Problem("quantity", f"The promotion allows {thousands(each)} for one customer.")
    return None


def _seconds(calls: int) -> float:
    """How long the calls, and as many for reading back, take at the jobs' own pace."""
    rate = settings.PIGGY_JOB_RATE_PER_SECOND
    return 2 * calls / rate if rate > 0 else 0.0


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


TOLD = {
    "pause": "Paused. What was sent is still read back.",
    "resume": "It goes on.",
    "cancel": "Cancelled. What was sent before is still read back.",
    "decide": "Ended as it stands.",
    "read": "Every voucher is being read again.",
}


def steer(*, run: BatchRun, step: str, actor: Actor, token: str, reason: str = "") -> str:
    """Tell a run to do something: what was done in words, "" when the run is no longer where that makes sense.

    A form sent twice says what the first one did. Raises PermissionDenied.
    """
    asked: dict[str, Any] = {"run": run, "actor": actor, "token": token}
    if step == "read":
        done = read_again(run=run)
    elif step == "decide":
        done = controls.decide(**asked, reason=reason)
    else:
        done = {"pause": controls.pause, "resume": controls.resume, "cancel": controls.cancel}[step](**asked)
    begun = None if done else begun_with(token, by=actor)
    was_done = done or (begun is not None and begun.parent_id == run.act_id)
    return TOLD[step] if was_done else ""


def read_again(*, run: BatchRun) -> bool:
    """Have all vouchers of a run that ended read once more, for what became of them. False: it has not ended."""
    now = timezone.now()
    done = BatchRun.objects.filter(pk=run.pk, ended_at__isnull=False).update(
        read_page=1, read_begun_at=now, not_before=None, watch_until=Coalesce("watch_until", now)
    )
    if done:
        jobs.enqueue(run.pk)
    return bool(done)
