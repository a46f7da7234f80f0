"""What somebody wants: so many links, each good for the same; and whether that needs a second person."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.cache import cache

from piggyadmin.accounts.limits.services import limit_for
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger import approvals, second_person
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Approval
from piggyadmin.ledger.second_person import Wanted
from piggyadmin.templatetags.words import in_credits
from vouchers.claim_links.actions import ORDER

SALT = "vouchers.claim_links.order"
MOST_LINKS = 100


@dataclass(frozen=True, slots=True)
class Order:
    """`quantity` links of `credits` each; with a unit those are what the rules made of the amount when it was shown.

    Piggy counts again when somebody claims: a rule may give more on another day. `shop` is Piggy's uuid.
    """

    quantity: int
    credits: int
    label: str
    shop: str
    unit_name: str = ""
    unit_hundredths: int | None = None

    @property
    def total(self) -> int:
        """What they give all together, which is what a limit counts."""
        return self.quantity * self.credits

    @property
    def unit_value(self) -> Decimal | None:
        return value_of(self.unit_hundredths)

    @property
    def gives(self) -> str:
        return gives_words(self.credits, self.unit_name, self.unit_hundredths)

    def figures(self) -> dict[str, Any]:
        """What is approved, and kept in the ledger. The label is words: it is kept beside."""
        figures: dict[str, Any] = {
            "quantity": self.quantity,
            "credits": self.credits,
            "total": self.total,
            "shop": self.shop,
        }
        if self.unit_name:
            figures |= {"unit": self.unit_name, "unit_value": str(self.unit_value)}
        return figures


def value_of(hundredths: int | None) -> Decimal | None:
    """Major units, as Piggy takes them: 25.40."""
    return None if hundredths is None else Decimal(hundredths) / 100


def gives_words(credits: int, unit_name: str, hundredths: int | None) -> str:
    """ "50 credits", "25.4 × purchase_amount"."""
    value = value_of(hundredths)
    return in_credits(credits) if value is None else f"{value.normalize():,f} × {unit_name}"


def target_of(order: Order) -> Target:
    """What the act, and the approval before it, is about: the order has no row yet."""
    return Target("claim_links_of_shop", order.shop)


def limit_of(actor: Actor) -> int | None:
    """The most credits, of all links together, that this person may order alone here; None: no limit."""
    return limit_for(Limit.Kind.CLAIM_LINK_CREDITS, actor.role, actor.shop)


def over_limit(order: Order, actor: Actor) -> int | None:
    """The limit that this order is over; None when it needs nobody else."""
    limit = limit_of(actor)
    return limit if limit is not None and order.total > limit else None


def wanted(order: Order, *, actor: Actor, token: str) -> Wanted:
    return Wanted(ORDER, target_of(order), order.figures(), actor, token, called="claim links")


def ask(order: Order, *, actor: Actor, token: str, reason: str = "") -> Approval:
    """Ask for a second person; the label is remembered for as long as the request is."""
    approval = second_person.ask(wanted(order, actor=actor, token=token), reason=reason)
    cache.set(_kept(approval), order.label, approvals.LASTS.total_seconds())
    return approval


def order_of(approval: Approval) -> Order:
    """The order that was asked for."""
    figures: Mapping[str, Any] = approval.figures
    value = figures.get("unit_value")
    return Order(
        quantity=int(figures["quantity"]),
        credits=int(figures["credits"]),
        label=str(cache.get(_kept(approval)) or "Collect credits"),
        shop=str(figures["shop"]),
        unit_name=str(figures.get("unit", "")),
        unit_hundredths=int(Decimal(value) * 100) if value else None,
    )


def pack(order: Order, owner: str) -> str:
    """An order for a hidden field: sealed, so that only what was shown is made."""
    return signing.dumps([owner, dataclasses.asdict(order)], salt=SALT, compress=True)


def unpack(text: str, owner: str) -> Order | None:
    """The order that was packed for this `owner`; None for anything else."""
    try:
        whose, told = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return Order(**told) if whose == owner else None


def _kept(approval: Approval) -> str:
    return f"claim-link-label:{approval.pk}"
