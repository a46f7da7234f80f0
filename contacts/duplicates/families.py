"""Households: people of one family. Likeness between them says little, so their pairs are scored lower."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from contacts.models import DuplicatePair, GoneContact, Household, HouseholdMember


def household_of(contact_uuid: str) -> Household | None:
    return Household.objects.filter(members__contact_uuid=contact_uuid).first()


def members_of(*contact_uuids: str) -> dict[str, tuple[str, ...]]:
    """Of each of these that is in a household: everybody in it who is not gone, themselves too."""
    gone = GoneContact.objects.filter(contact_uuid=OuterRef("contact_uuid"))
    here = Prefetch("members", HouseholdMember.objects.exclude(Exists(gone)))
    theirs = Household.objects.filter(members__contact_uuid__in=contact_uuids).prefetch_related(here)
    return {
        uuid: members
        for household in set(theirs)
        for members in [tuple(sorted(member.contact_uuid for member in household.members.all()))]
        for uuid in contact_uuids
        if uuid in members and len(members) > 1
    }


def join(one_uuid: str, other_uuid: str) -> tuple[str, ...]:
    """Put two in one household; who is in it then. Two households become one. Run it within the verdict's act."""
    one, other = household_of(one_uuid), household_of(other_uuid)
    home = one or other or Household.objects.create(made_at=timezone.now())
    if one and other and one != other:
        other.members.update(household=one)
        other.delete()
    for uuid in (one_uuid, other_uuid):
        HouseholdMember.objects.get_or_create(contact_uuid=uuid, defaults={"household": home})
    return _all(home)


def leave(contact_uuid: str) -> tuple[str, ...]:
    """Take one out; who was in the household. A household of one is none."""
    home = household_of(contact_uuid)
    if home is None:
        return ()
    before = _all(home)
    home.members.filter(contact_uuid=contact_uuid).delete()
    if home.members.count() < 2:
        home.delete()
    return before


def part(one_uuid: str, other_uuid: str) -> tuple[str, ...]:
    """What taking back "family" of a pair does: two who were alone in their household are none.

    In a larger one both stay, for the others vouch for them: whoever leaves is taken out by name. Who was in it.
    """
    home = household_of(one_uuid)
    if home is None or home != household_of(other_uuid):
        return ()
    before = _all(home)
    if len(before) == 2:
        home.delete()
    return before


def pairs_among(contact_uuids: Iterable[str]) -> list[DuplicatePair]:
    uuids = list(contact_uuids)
    return list(DuplicatePair.objects.filter(first_uuid__in=uuids, second_uuid__in=uuids))


def pairs_between(contact_uuid: str, others: Iterable[str]) -> list[DuplicatePair]:
    others = list(others)
    one_way = Q(first_uuid=contact_uuid, second_uuid__in=others)
    return list(DuplicatePair.objects.filter(one_way | Q(second_uuid=contact_uuid, first_uuid__in=others)))


def _all(home: Household) -> tuple[str, ...]:
    return tuple(sorted(home.members.values_list("contact_uuid", flat=True)))
