"""Vouchers with codes of one's own: the list is shown first, and kept for an hour until it is confirmed."""

import secrets

from django.core.cache import cache

from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import begun_with
from vouchers.batches.orders import Order
from vouchers.models import BatchRun

KEPT_SECONDS = 60 * 60


class ListGone(Exception):
    """What was shown is no longer kept: the list has to be sent again."""


def keep(*, order: Order, actor: Actor) -> str:
    """Keep what was shown, for this person; the answer is the key to it, which tells nothing."""
    key = secrets.token_urlsafe(24)
    cache.set(_name(key), (actor.staff.pk, order), KEPT_SECONDS)
    return key


def kept(*, key: str, actor: Actor) -> Order:
    """The order that was shown to this person. Raises ListGone."""
    staff_id, order = cache.get(_name(key)) or (None, None)
    if not isinstance(order, Order) or staff_id != actor.staff.pk:
        raise ListGone
    return order


def begun_by(*, token: str, actor: Actor) -> BatchRun | None:
    """The run that this form began before."""
    begun = begun_with(token, by=actor)
    return BatchRun.objects.filter(act=begun).first() if begun else None


def _name(key: str) -> str:
    return f"own-codes:{key}"
