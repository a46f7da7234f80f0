"""Several reviewers at once: one verdict a pair, one household a family, one search."""

import itertools
from typing import Any

import pytest

from contacts.duplicates import scanning, scans, verdicts
from contacts.duplicates.flagging import flagged, gather
from contacts.models import DuplicatePair, DuplicateScan, Household, HouseholdMember
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.duplicate_hands import copied, family_of, paired
from tests.contacts.test_claiming_races import MANY, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


def seen(pair: DuplicatePair) -> str:
    return verdicts.state_of(pair, verdicts.digests_of(pair))


def test_of_those_who_decide_at_once_the_first_ones_word_stands(actor: Actor) -> None:
    pair = paired("a", "b")
    said = [("family", "different", "same")[number % 3] for number in range(MANY)]
    shown = seen(pair)

    def decide(number: int) -> str:
        try:
            verdicts.decide(
                pair_id=pair.pk, verdict=said[number], seen=shown, actor=actor, token=f"the-form-of-admin-{number}"
            )
        except verdicts.Changed as changed:
            return f"told {changed.pair.verdict}"
        return said[number]

    outcomes = at_once(decide)
    pair.refresh_from_db()
    assert sorted(outcomes) == sorted([pair.verdict] + [f"told {pair.verdict}"] * (MANY - 1))
    assert Act.objects.count() == 1
    assert Act.objects.get().pk == pair.act_id
    assert Household.objects.exists() == (pair.verdict == "family")


def test_one_form_sent_many_times_at_once_is_one_act(actor: Actor) -> None:
    pair = paired("a", "b")
    shown = seen(pair)

    def decide(number: int) -> Any:
        return verdicts.decide(
            pair_id=pair.pk, verdict="different", seen=shown, actor=actor, token="the-one-form-of-all", why="said"
        ).is_new

    assert sorted(at_once(decide)) == [False] * (MANY - 1) + [True]
    assert Act.objects.count() == 1


def test_families_that_are_said_at_once_are_one_household(actor: Actor) -> None:
    names = ["Anna", "Bo", "Cas", "Daan", "Eva", "Fien", "Gijs"][: MANY + 1]
    uuids = family_of(*names)
    pairs = [DuplicatePair.objects.get(first_uuid=one, second_uuid=other) for one, other in itertools.pairwise(uuids)]

    def decide(number: int) -> Any:
        pair = pairs[number]
        return verdicts.decide(
            pair_id=pair.pk, verdict="family", seen=seen(pair), actor=actor, token=f"the-form-of-admin-{number}"
        )

    at_once(decide)
    assert Household.objects.count() == 1
    assert set(HouseholdMember.objects.values_list("contact_uuid", flat=True)) == set(uuids)
    assert {pair.reasons[0][0] for pair in DuplicatePair.objects.all()} == {"family"}


def test_searches_that_are_begun_at_once_are_one(actor: Actor) -> None:
    copied("a")
    begun = at_once(lambda number: scans.begin(actor=actor, token=f"the-form-of-admin-{number}"))
    assert begun.count(True) == 1
    assert DuplicateScan.objects.count() == Act.objects.count() == 1


def test_searches_that_jobs_begin_at_once_are_one(db: None) -> None:
    begun = at_once(lambda number: scanning.start().pk)
    assert set(begun) == {DuplicateScan.objects.get().pk}


def test_who_did_not_see_the_search_of_another_gets_it_all_the_same(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scanning.start()
    monkeypatch.setattr(scanning, "under_way", lambda: None)  # it was begun a moment later
    assert scanning.start() == first
    assert not scans.begin(actor=actor, token="the-form-of-an-admin")
    assert not Act.objects.exists()
    scanning.stop(first.pk)
    assert scanning.start() != first


def test_flags_that_come_at_once_are_one_pair(actor: Actor) -> None:
    def flag(number: int) -> Any:
        return flagged("b", "a") if number % 2 else gather()

    at_once(flag)
    assert DuplicatePair.objects.get().is_flagged
