"""Whether an order needs a second person, and the order from when it is asked for until it is made."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.cache import cache

from piggyadmin.accounts.limits.services import limit_for
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger import approvals, second_person
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Approval
from piggyadmin.ledger.second_person import Wanted
from vouchers.batches.actions import BATCH_RUN
from vouchers.batches.orders import Order
from vouchers.batches.starting import target_of

SALT = "vouchers.batches.order"
DATES = ("activation_date", "expiration_date")


def limit_of(actor: Actor) -> int | None:
    """The most vouchers this person may make in one run alone here; None: no limit."""
    return limit_for(Limit.Kind.BATCH_VOUCHERS, actor.role, actor.shop)


def over_limit(order: Order, actor: Actor) -> int | None:
    """The limit that this order is over; None when it needs nobody else."""
    limit = limit_of(actor)
    return limit if limit is not None and order.quantity > limit else None


def wanted(order: Order, *, actor: Actor, token: str) -> Wanted:
    """A run, as it needs a second person."""
    return Wanted(BATCH_RUN, target_of(order), order.figures(), actor, token, called="batches")


def ask(order: Order, *, actor: Actor, token: str, reason: str = "") -> Approval:
    """Ask for a second person. What the ledger keeps only a digest of is remembered for as long as the request is."""
    approval = second_person.ask(wanted(order, actor=actor, token=token), reason=reason)
    cache.set(_kept(approval), order, approvals.LASTS.total_seconds())
    return approval


def order_of(approval: Approval) -> Order | None:
    """The order that was asked for; None when its codes or values are gone from memory: then it is asked for anew."""
    kept = cache.get(_kept(approval))
    if isinstance(kept, Order):
        return kept
    figures = approval.figures
    if "content" in figures:
        return None
    return Order(
        promotion_uuid=figures["promotion_uuid"],
        promotion_name="",
        quantity=figures["quantity"],
        contact_uuid=figures.get("contact_uuid", ""),
        **{name: _moment(figures.get(name)) for name in DATES},  # type: ignore[arg-type]
    )


def pack(order: Order, owner: str) -> str:
    """An order (without codes of one's own) for a hidden field: sealed, so that only what was shown is made."""
    told = dataclasses.asdict(order) | {name: _text(getattr(order, name)) for name in DATES}
    return signing.dumps([owner, told], salt=SALT, compress=True)


def unpack(text: str, owner: str) -> Order | None:
    """The order that was packed for this `owner`; None for anything else."""
    try:
        whose, told = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    if whose != owner:
        return None
    return Order(**{**told, "own_codes": ()} | {name: _moment(told[name]) for name in DATES})


def _kept(approval: Approval) -> str:
    return f"batch-order:{approval.pk}"


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
