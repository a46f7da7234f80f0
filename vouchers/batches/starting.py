"""Begin a run: the act, the approval that it needs, and all its rows at once; the work goes on in the background."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from piggyadmin.ledger import approvals, door
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Approval
from vouchers.batches import jobs
from vouchers.batches.actions import BATCH_RUN
from vouchers.batches.orders import Order
from vouchers.models import BatchChunk, BatchRun

AT_ONCE = 1000  # rows a statement


def target_of(order: Order) -> Target:
    """What the act, and the approval before it, is about."""
    return Target("promotion", order.promotion_uuid, contact_id=order.contact_uuid)


def begin(*, order: Order, actor: Actor, token: str, approval: UUID | None = None) -> BatchRun:
    """Set out to make `order`. `token` is the form's: sent twice it begins one run, and the first is returned.

    `approval` is a granted one for exactly this order; who needs one is judged before. Nothing reaches Piggy from here.
    Raises PermissionDenied (also OtherValues: the same form with another order, and an approval for something else),
    ValidationError when the approval is not granted (any more).
    """
    asked = Approval.objects.select_related("act").get(pk=approval) if approval else None
    figures, target = order.figures(), target_of(order)
    with transaction.atomic():
        # The act comes first: it holds the ledger's head, so that of two submits the second waits and finds the run.
        act = door.record(
            BATCH_RUN,
            by=actor,
            target=target,
            figures=figures,
            detail=order.detail() or None,
            form_token=token,
            parent=asked.act if asked else None,
        )
        known = BatchRun.objects.filter(act=act).first()
        if known is not None:
            if canonical(act.figures) != canonical(figures):
                raise door.OtherValues("This form was sent before with other values. Open the page again.")
            return known
        if asked is not None:
            approvals.use(asked.pk, by=actor, action=BATCH_RUN, target=target, figures=figures)
        run = BatchRun.objects.create(
            act=act,
            kind=BatchRun.Kind.OWN_CODES if order.own_codes else BatchRun.Kind.BATCH,
            staff=actor.staff,
            approved_by=asked.decided_by if asked else None,
            shop=actor.shop,
            promotion_uuid=order.promotion_uuid,
            promotion_name=order.promotion_name,
            label=order.label,
            quantity=order.quantity,
            contact_uuid=order.contact_uuid,
            activation_date=order.activation_date,
            expiration_date=order.expiration_date,
            attributes=dict(order.attributes),
            created_at=timezone.now(),
        )
        rows = (
            BatchChunk(run=run, number=number, quantity=quantity, own_code=code)
            for number, (quantity, code) in enumerate(order.chunks(), start=1)
        )
        BatchChunk.objects.bulk_create(rows, batch_size=AT_ONCE)
        transaction.on_commit(partial(jobs.enqueue, run.pk))
    return run
