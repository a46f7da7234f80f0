"""Order claim links: what it would be, beginning it once, and where it stands. The work itself is in `jobs`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger import approvals, door
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.door import Target, was_begun
from piggyadmin.ledger.models import Act, Approval
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.payloads import Unit
from vouchers.claim_links import jobs
from vouchers.claim_links.actions import ORDER, STOPPED
from vouchers.claim_links.orders import Order, over_limit, target_of
from vouchers.models import ClaimLink, ClaimLinkOrder, Progress

SHOWN = 50


class NeedsSecond(Exception):
    """The order is over this person's limit, and nobody else has approved it."""


class CannotPrice(Exception):
    """How many credits an amount gives could not be asked, or it gives none; the message says why."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an order may be counted in: [] with `error` when the units could not be read."""

    units: list[tuple[str, str]]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    order: Order
    over: int | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands, counted from its rows."""

    total: int
    done: int
    refused: int
    unknown: int

    @property
    def left(self) -> int:
        return self.total - self.done - self.refused - self.unknown

    @property
    def settled(self) -> int:
        return self.done + self.refused


def ground() -> Ground:
    """The units of the account. Raises nothing: without them links give credits."""
    answers = piggy.gather({"units": _units}, seconds=settings.PIGGY_TIMEOUT)
    if answers["units"].error:
        return Ground([], answers["units"].error.message)
    units: list[Unit] = answers["units"].get()
    return Ground([(unit.name, unit.label or unit.name) for unit in units if unit.name])


def _units(client: Piggy) -> list[Unit]:
    return client.list_units()


def price(*, shop_uuid: str, unit: str, hundredths: int) -> int:
    """How many credits an amount gives by the rules now, to nobody in particular. Raises CannotPrice, PiggyError."""
    value = Order(1, 0, "", shop_uuid, unit, hundredths).unit_value
    assert value is not None
    credits = piggy.get_client().calculate_credits(shop_uuid=shop_uuid, unit_value=value, unit_name=unit)
    if credits < 1:
        raise CannotPrice("By the rules of the programme that gives no credits.")
    return credits


def preview(*, order: Order, actor: Actor) -> Preview:
    """What it would be. Nothing is written."""
    return Preview(order, over_limit(order, actor), timezone.now())


def begin(*, order: Order, actor: Actor, token: str, approval_id: UUID | None = None) -> ClaimLinkOrder:
    """Set out to make `order`; `token` is the form's: sent twice it begins one order. Nothing reaches Piggy from here.

    Raises NeedsSecond, PermissionDenied (also an approval of something else), ValidationError when the approval is not
    good (any more).
    """
    assert actor.shop is not None  # the view has seen to it
    figures, target = order.figures(), target_of(order)
    asked = Approval.objects.select_related("act").get(pk=approval_id) if approval_id else None
    begun = was_begun(token, action=ORDER, by=actor)
    if asked is None and not begun and over_limit(order, actor) is not None:
        raise NeedsSecond
    with transaction.atomic():
        # The act comes first: it holds the ledger's head, so that of two submits the second waits and finds the order.
        act = door.record(
            ORDER,
            by=actor,
            target=target,
            figures=figures,
            detail={"label": order.label},
            form_token=token,
            parent=asked.act if asked else None,
        )
        known = ClaimLinkOrder.objects.filter(act=act).first()
        if known is not None:
            if canonical(act.figures) != canonical(figures):
                raise door.OtherValues("This form was sent before with other values. Open the page again.")
            return known
        if order.shop != actor.shop.piggy_uuid:
            raise ValidationError("It was shown for another shop. Pick that shop, or begin again.")
        if asked is not None:
            approvals.use(asked.pk, by=actor, action=ORDER, target=target, figures=figures)
        row = ClaimLinkOrder.objects.create(
            act=act,
            staff=actor.staff,
            approved_by=asked.decided_by if asked else None,
            shop=actor.shop,
            label=order.label,
            quantity=order.quantity,
            credits=order.credits,
            unit_name=order.unit_name,
            unit_hundredths=order.unit_hundredths,
            created_at=timezone.now(),
        )
        ClaimLink.objects.bulk_create(ClaimLink(order=row, number=number) for number in range(1, order.quantity + 1))
        transaction.on_commit(partial(jobs.enqueue, row.pk))
    return row


def orders() -> QuerySet[ClaimLinkOrder]:
    """All orders with what was made of each, the latest first."""
    counted = ClaimLinkOrder.objects.annotate(made=Count("links", filter=Q(links__state=Progress.DONE)))
    # Said anew: a query that counts forgets the model's own order.
    return counted.select_related("staff", "shop", "approved_by").order_by("-created_at")


def standing(order: ClaimLinkOrder) -> Standing:
    counts: dict[str, int] = dict(order.links.order_by().values_list("state").annotate(n=Count("pk")))
    unknown = counts.get(Progress.UNKNOWN, 0)
    return Standing(order.quantity, counts.get(Progress.DONE, 0), counts.get(Progress.REFUSED, 0), unknown)


def uncertain(order: ClaimLinkOrder) -> QuerySet[ClaimLink]:
    """Links that are not simply done or still to come."""
    told = order.links.exclude(state=Progress.DONE).exclude(state=Progress.PLANNED, reason="")
    return told.select_related("act__state")[:SHOWN]


def stop(*, order: ClaimLinkOrder, actor: Actor) -> None:
    """Send nothing more of it. What was made stays good: a link cannot be taken back."""
    with transaction.atomic():
        if ClaimLinkOrder.objects.filter(pk=order.pk, ended_at=None, is_stopped=False).update(is_stopped=True):
            left = order.links.filter(state=Progress.PLANNED).count()
            target = Target("claim_link_order", str(order.pk))
            door.record(STOPPED, by=actor, target=target, figures={"left": left})
            transaction.on_commit(partial(jobs.enqueue, order.pk))


def acts_on(order: ClaimLinkOrder) -> list[Act]:
    """What people did with it; its calls are among the audit's."""
    told = acts_of(target=Target("claim_link_order", str(order.pk))).exclude(staff=None)
    return list(told[:10])
