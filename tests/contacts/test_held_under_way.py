"""Merges and deletions under way are told wherever something is done for one of the customers."""

import pytest
from django.utils import timezone

from contacts.claiming import services as claiming
from contacts.models import Deletion, HeldAct, Merge
from piggyadmin.accounts.models import Staff
from piggyadmin.ledger.actor import Actor
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

State = HeldAct.State


@pytest.fixture
def both(sandbox: SandboxAccount, admin: Person) -> tuple[str, str]:
    """The one who is to be merged away, and the survivor."""
    one = sandbox.add_contact("one@mail.example", firstname="One")["uuid"]
    two = sandbox.add_contact("two@mail.example", firstname="Two")["uuid"]
    Merge.objects.create(source_uuid=one, destination_uuid=two, **_asked())
    return one, two


def _asked(state: str = State.PROPOSED) -> dict[str, object]:
    return {"proposed_by": Staff.objects.get(username="admin"), "proposed_at": timezone.now(), "state": state}


@pytest.mark.parametrize("page", ["", "award/", "cards/", "edit/"])
def test_every_page_of_either_says_that_a_merge_is_under_way(desk: Person, both: tuple[str, str], page: str) -> None:
    source, destination = both
    assert "This customer is to be merged into another" in desk.get(f"/contacts/{source}/{page}").text
    told = desk.get(f"/contacts/{destination}/{page}").text
    assert "Another customer is to be merged into this one" in told
    assert "Nothing has happened yet" in told


def test_once_it_was_sent_the_desk_is_asked_to_wait(desk: Person, both: tuple[str, str]) -> None:
    Merge.objects.update(state=State.SCHEDULED)
    assert "Wait with credits, prepaid and cards" in desk.get(f"/contacts/{both[0]}/").text


def test_only_who_may_propose_gets_the_way_to_it(desk: Person, admin: Person, both: tuple[str, str]) -> None:
    address = f"/contacts/merges/{Merge.objects.get().pk}/"
    assert address not in desk.get(f"/contacts/{both[0]}/").text
    assert address in admin.get(f"/contacts/{both[0]}/").text


def test_one_that_has_ended_is_not_told_any_more(desk: Person, both: tuple[str, str]) -> None:
    Merge.objects.update(ended_at=timezone.now(), state=State.DONE)
    assert "is to be merged" not in desk.get(f"/contacts/{both[0]}/").text


def test_a_deletion_is_told_as_well(desk: Person, both: tuple[str, str]) -> None:
    Deletion.objects.create(contact_uuid=both[1], type="DEFAULT", **_asked())
    assert "This customer is to be deleted" in desk.get(f"/contacts/{both[1]}/award/").text


@pytest.mark.parametrize(("state", "claimed"), [("proposed", True), ("sending", False), ("scheduled", False)])
def test_nobody_is_claimed_whom_piggy_is_merging(
    desk: Person, admin: Person, sandbox: SandboxAccount, state: str, claimed: bool
) -> None:
    uuid = sandbox.add_contact(anonymous=True)["uuid"]
    other = sandbox.add_contact("other@mail.example")["uuid"]
    Merge.objects.create(source_uuid=uuid, destination_uuid=other, **_asked(state))
    by = Actor(desk.staff, desk.staff.role, desk.shop)
    outcome = claiming.claim(contact_uuid=uuid, email="new@mail.example", actor=by, token="a-claim-of-the-desk")
    assert outcome.done is claimed
    assert any(call.operation == "claim_anonymous_contact" for call in sandbox.calls) is claimed
    assert claimed or "merging or deleting this customer" in outcome.reason
