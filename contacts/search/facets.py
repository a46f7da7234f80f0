"""How many contacts the copy has of each kind, for the filter's choices: as it was within the last minute."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max

from contacts.models import ContactCopy

COUNTED_FOR = 60  # seconds: counting a million contacts takes a while
MOST_TIERS = 100


@dataclass(frozen=True, slots=True)
class Tier:
    uuid: str
    name: str
    contacts: int


@dataclass(frozen=True, slots=True)
class Facets:
    contacts: int
    anonymous: int
    tiers: tuple[Tier, ...]

    @property
    def known(self) -> int:
        return max(0, self.contacts - self.anonymous)


def facets() -> Facets:
    kept: Facets | None = cache.get("contacts-facets")
    if kept is None:
        kept = _counted()
        cache.set("contacts-facets", kept, COUNTED_FOR)
    return kept


def counted() -> int:
    """How many contacts the copy has."""
    return cache.get_or_set("contacts-counted", ContactCopy.objects.count, COUNTED_FOR) or 0


def _counted() -> Facets:
    rows = ContactCopy.objects.exclude(tier_uuid="").order_by().values("tier_uuid")
    rows = rows.annotate(called=Max("tier_name"), n=Count("pk")).order_by("-n", "tier_uuid")
    tiers = [Tier(row["tier_uuid"], row["called"], row["n"]) for row in rows[:MOST_TIERS]]
    anonymous = ContactCopy.objects.filter(is_anonymous=True).count()
    return Facets(counted(), anonymous, tuple(tiers))
