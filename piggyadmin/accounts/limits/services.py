"""How much a role may do alone. Above it, a second person approves."""

from django.db import transaction
from django.db.models import Q

from piggyadmin.accounts import actions
from piggyadmin.accounts.models import Limit, Shop
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from piggyadmin.templatetags.words import euros, thousands

MOST = 10_000_000  # a typing mistake, not a limit
LONGEST_PAUSE = 86_400  # s: a day
PAUSES = (Limit.Kind.AWARD_PAUSE, Limit.Kind.PREPAID_PAUSE, Limit.Kind.GIFTCARD_PAUSE)


def limit_for(kind: str, role: str, shop: Shop | None) -> int | None:
    """The most that `role` may do alone in `shop`: credits, cents or vouchers, as `kind` says.

    For one of PAUSES it is the least: the seconds that must lie between two acts.

    The shop's own row wins over the row for every shop. None: no limit is set, so nothing needs a second person.
    """
    rows = Limit.objects.filter(Q(shop=shop) | Q(shop=None), kind=kind, role=role)
    amounts = {row.shop_id: row.amount for row in rows}
    if shop is not None and shop.pk in amounts:
        return amounts[shop.pk]
    return amounts.get(None)


def in_words(kind: str, amount: int | None) -> str:
    """A limit as the page shows it: "€ 50.00", "5,000", "30 s"; without one "no limit", or "no pause"."""
    if kind in PAUSES:
        return "no pause" if not amount else f"{thousands(amount)} s"
    if amount is None:
        return "no limit"
    return euros(amount) if kind == Limit.Kind.PREPAID_CENTS else thousands(amount)


@transaction.atomic
def set_limit(*, by: Actor, kind: str, role: str, shop: Shop | None, amount: int | None) -> bool:
    """Set, or with None remove, the limit of one shop (None: every shop without its own). False when it was so."""
    # Ordered by itself: the model's order joins the shop, and PostgreSQL locks no row that may be missing.
    row = Limit.objects.select_for_update().filter(kind=kind, role=role, shop=shop).order_by("pk").first()
    before = row.amount if row else None
    if before == amount:
        return False
    if amount is None:
        Limit.objects.filter(kind=kind, role=role, shop=shop).delete()
    else:
        Limit.objects.update_or_create(kind=kind, role=role, shop=shop, defaults={"amount": amount})
    record(
        actions.LIMIT_CHANGED,
        by=by,
        target=Target("limit", f"{kind}/{role}/{shop.pk if shop else 'every shop'}"),
        figures={"kind": kind, "role": role, "shop": str(shop.pk) if shop else "", "old": before, "new": amount},
    )
    return True
