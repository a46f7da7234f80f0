"""Families: a household made, extended, joined and left; its members' pairs are scored lower."""

from typing import Any

from contacts.duplicates import families
from contacts.models import DuplicatePair, Household, HouseholdMember
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.duplicate_hands import TOKENS, Reviewer, family_of, paired
from tests.fixtures_sandbox import SandboxAccount


def pair_of(one: str, other: str) -> DuplicatePair:
    first, second = sorted((one, other))
    return DuplicatePair.objects.get(first_uuid=first, second_uuid=second)


def members() -> list[set[str]]:
    homes = [set(home.members.values_list("contact_uuid", flat=True)) for home in Household.objects.all()]
    return sorted(homes, key=sorted)


def test_a_family_lowers_the_scores_of_its_members_pairs_at_once(admin: Person, sandbox: SandboxAccount) -> None:
    emma, sem, opa = family_of("Emma", "Sem", "Opa")
    before = {pair.pk: pair.score for pair in DuplicatePair.objects.all()}
    Reviewer(admin, pair_of(emma, sem)).say("family")
    assert members() == [{emma, sem}]
    assert pair_of(emma, sem).score == before[pair_of(emma, sem).pk] - 12
    assert pair_of(emma, opa).score == before[pair_of(emma, opa).pk]
    Reviewer(admin, pair_of(sem, opa)).say("family")
    assert members() == [{emma, sem, opa}]
    assert {round(pair.score - before[pair.pk], 2) for pair in DuplicatePair.objects.all()} == {-12}
    third = pair_of(emma, opa)
    assert third.verdict == "open"  # nobody said anything of these two, only of the others
    assert third.reasons[0][0] == "family"
    assert "−12.0" in Reviewer(admin, third).text
    assert "one family" in Reviewer(admin, third).text


def test_two_households_become_one(admin: Person, sandbox: SandboxAccount) -> None:
    a, b, c, d = family_of("Anna", "Bo", "Cas", "Daan")
    for one, other in ((a, b), (c, d), (b, c)):
        Reviewer(admin, pair_of(one, other)).say("family")
    assert members() == [{a, b, c, d}]
    assert HouseholdMember.objects.count() == 4


def test_the_household_is_listed_and_one_may_leave_it(admin: Person, sandbox: SandboxAccount) -> None:
    emma, sem, opa = family_of("Emma", "Sem", "Opa")
    before = pair_of(sem, opa).score
    for one, other in ((emma, sem), (sem, opa)):
        Reviewer(admin, pair_of(one, other)).say("family")
    page = Reviewer(admin, pair_of(emma, sem))
    assert f'name="contact" value="{opa}"' in page.text
    page.take_out(opa)
    assert page.status == 303
    assert members() == [{emma, sem}]
    left = pair_of(sem, opa)
    assert (left.verdict, left.score, left.decided_by) == ("open", before, None)
    assert pair_of(emma, sem).verdict == "family"
    act = Act.objects.latest("seq")
    assert (act.action, act.target_id) == ("family.leave", opa)
    page.take_out(sem)
    assert members() == []
    assert pair_of(emma, sem).verdict == "open"
    assert pair_of(emma, sem).reasons[0][0] != "family"


def test_a_double_click_is_told_that_they_were_taken_out(admin: Person, sandbox: SandboxAccount) -> None:
    emma, sem, opa = family_of("Emma", "Sem", "Opa")
    for one, other in ((emma, sem), (sem, opa)):
        Reviewer(admin, pair_of(one, other)).say("family")
    path, sent = f"/contacts/duplicates/{pair_of(emma, sem).pk}/leave/", {"form_token": next(TOKENS), "contact": opa}
    for _ in range(2):
        assert "Taken out of the family." in admin.post(path, sent, follow=True).text
    Reviewer(admin, pair_of(sem, opa)).say("family")
    admin.post(path, sent)  # an old form of before they were put back
    assert members() == [{emma, sem, opa}]
    other = admin.post(path, {"form_token": next(TOKENS), "contact": "nobody"}, follow=True)
    assert "in no family of these two" in other.text


def test_a_large_family_costs_no_query_a_pair(
    admin: Person, sandbox: SandboxAccount, django_assert_max_num_queries: Any
) -> None:
    uuids = family_of(*(f"Name{number}" for number in range(12)))
    for other in uuids[2:]:
        families.join(uuids[0], other)
    before = {pair.pk: pair.score for pair in DuplicatePair.objects.all()}
    page = Reviewer(admin, pair_of(uuids[0], uuids[1]))
    with django_assert_max_num_queries(70):
        page.say("family")
    assert {round(pair.score - before[pair.pk], 2) for pair in DuplicatePair.objects.all()} == {-12}


def test_taking_back_family_of_two_ends_their_household(admin: Person, sandbox: SandboxAccount) -> None:
    emma, sem = family_of("Emma", "Sem")
    before = pair_of(emma, sem).score
    page = Reviewer(admin, pair_of(emma, sem)).say("family").open()
    page.take_back()
    assert members() == []
    assert pair_of(emma, sem).score == before


def test_taking_back_one_pair_leaves_a_larger_household_together(admin: Person, sandbox: SandboxAccount) -> None:
    emma, sem, opa = family_of("Emma", "Sem", "Opa")
    for one, other in ((emma, sem), (sem, opa)):
        Reviewer(admin, pair_of(one, other)).say("family")
    Reviewer(admin, pair_of(emma, sem)).take_back()
    assert members() == [{emma, sem, opa}]
    assert pair_of(emma, sem).verdict == "open"


def test_saying_something_else_than_family_ends_it_too(admin: Person, sandbox: SandboxAccount) -> None:
    emma, sem = family_of("Emma", "Sem")
    page = Reviewer(admin, pair_of(emma, sem)).say("family").open()
    page.say("different", why="shared")
    assert members() == []
    assert pair_of(emma, sem).verdict == "different"


def test_nobody_is_taken_out_of_a_household_by_the_page_of_others(admin: Person, sandbox: SandboxAccount) -> None:
    emma, sem, jip, janneke = family_of("Emma", "Sem", "Jip", "Janneke")
    Reviewer(admin, pair_of(emma, sem)).say("family")
    page = Reviewer(admin, pair_of(jip, janneke)).take_out(emma)
    assert page.status == 303
    assert members() == [{emma, sem}]
    assert page.take_out("nobody").status == 303
    assert Act.objects.count() == 1


def test_a_member_that_is_forgotten_leaves_no_family_of_one(admin: Person, sandbox: SandboxAccount) -> None:
    from contacts.copy.forgetting import forget
    from contacts.models import GoneContact

    emma, sem, opa = family_of("Emma", "Sem", "Opa")
    Reviewer(admin, pair_of(emma, sem)).say("family")
    forget(sem, why=GoneContact.Why.DELETED)
    page = Reviewer(admin, pair_of(emma, opa))
    assert 'id="family-head"' not in page.text
    page.say("family")
    assert members() == [{emma, opa}]


def test_a_member_that_only_seemed_to_be_gone_is_family_again(admin: Person, sandbox: SandboxAccount) -> None:
    from contacts.copy.forgetting import forget
    from contacts.copy.taking import take
    from contacts.models import GoneContact, How
    from tests.contacts.sweep_hands import told

    emma, sem, opa = family_of("Emma", "Sem", "Opa")
    Reviewer(admin, pair_of(emma, sem)).say("family")
    Reviewer(admin, pair_of(sem, opa)).say("different", why="shared")
    forget(sem, why=GoneContact.Why.VANISHED)
    assert 'id="family-head"' not in Reviewer(admin, pair_of(emma, opa)).text  # alone for now
    for show in ("family", "different"):
        assert "Review" not in (page := admin.get(f"/contacts/duplicates/?show={show}").text)
        assert "No pair yet" in page
    assert "not listed any more" in Reviewer(admin, pair_of(emma, sem)).text
    take(told(sem, firstname="Sem"), how=How.OPENED)
    assert not GoneContact.objects.exists()
    assert 'id="family-head"' in Reviewer(admin, pair_of(emma, sem)).text
    assert pair_of(emma, sem).verdict == "family"
    forget(sem, why=GoneContact.Why.VANISHED)
    forget(sem, why=GoneContact.Why.MERGED, survivor=emma)  # known better: that is for good
    assert not DuplicatePair.objects.filter(first_uuid__in=[emma, sem], second_uuid__in=[emma, sem]).exists()
    assert members() == [{emma}]


def test_a_family_of_contacts_that_are_not_copied_is_kept_all_the_same(admin: Person, sandbox: SandboxAccount) -> None:
    Reviewer(admin, paired("p", "q", score=9)).say("family")
    assert members() == [{"p", "q"}]
    assert pair_of("p", "q").score == 9
