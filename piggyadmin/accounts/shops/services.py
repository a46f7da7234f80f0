"""Shops: read from Piggy, with a time zone of our own. Nothing is written to Piggy."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from piggyadmin import piggy
from piggyadmin.accounts import actions
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record


class NoShopsListedError(Exception):
    """Piggy listed no shop at all."""


@dataclass(frozen=True, slots=True)
class ShopsRead:
    """How many shops were new, changed (renamed, or back again) and gone."""

    added: int
    changed: int
    gone: int


def refresh_shops(*, by: Actor | None) -> ShopsRead:
    """Make our shops equal to Piggy's list. One that vanished is closed, never deleted: the ledger names it.

    `by` is None for the command line. An empty list is not believed: it would close every shop at once.

    Raises PiggyError, and NoShopsListedError when Piggy lists no shop.
    """
    listed = {str(shop.uuid): shop for shop in piggy.get_client().list_shops()}
    if not listed:
        raise NoShopsListedError
    with transaction.atomic():
        known = {shop.piggy_uuid: shop for shop in Shop.objects.select_for_update()}
        added = changed = gone = 0
        for piggy_uuid, theirs in listed.items():
            facts = {
                "name": (theirs.name or piggy_uuid)[:200],
                "reference": (theirs.reference or "")[:200],
                "kind": (theirs.type or "")[:40],
                "is_active": True,
            }
            ours = known.get(piggy_uuid)
            if ours is None:
                Shop.objects.create(piggy_uuid=piggy_uuid, time_zone=settings.TIME_ZONE, **facts)
                added += 1
            elif any(getattr(ours, name) != value for name, value in facts.items()):
                Shop.objects.filter(pk=ours.pk).update(**facts)
                changed += 1
        for piggy_uuid, ours in known.items():
            if piggy_uuid not in listed and ours.is_active:
                Shop.objects.filter(pk=ours.pk).update(is_active=False)
                gone += 1
        figures = {"added": added, "changed": changed, "gone": gone}
        record(actions.SHOPS_READ, by=by, target=Target("shops", ""), figures=figures)
    return ShopsRead(added, changed, gone)


@transaction.atomic
def set_time_zone(*, by: Actor, shop: Shop, time_zone: str) -> bool:
    """Show this shop's times in another zone. False when it was that already."""
    before = Shop.objects.select_for_update().get(pk=shop.pk).time_zone
    if before == time_zone:
        return False
    Shop.objects.filter(pk=shop.pk).update(time_zone=time_zone)
    record(
        actions.SHOP_CHANGED,
        by=by,
        target=Target("shop", str(shop.pk)),
        figures={"fields": "time_zone"},
        detail={"time_zone": {"before": before, "after": time_zone}},
    )
    return True
