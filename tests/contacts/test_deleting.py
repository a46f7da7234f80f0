"""Deleting a customer: two people, a hold, one call, and the proof that it came about."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from contacts.deleting.kind import KIND
from contacts.held import jobs
from contacts.models import ContactCopy, Deletion, GoneContact, Merge, Snapshot
from piggyadmin.ledger.models import Act, ActDetail, Approval
from tests.conftest import Person
from tests.contacts.deleting_hands import CALL, Admin, add_customer, drive, proposed, sent
from tests.fixtures_sandbox import SandboxAccount

State = Deletion.State


@pytest.fixture
def customer(sandbox: SandboxAccount) -> dict[str, Any]:
    return add_customer(sandbox)


@pytest.fixture
def one(admin: Person) -> Admin:
    return Admin(admin)


@pytest.fixture
def other(reviewer: Person) -> Admin:
    return Admin(reviewer)


# --- proposing -----------------------------------------------------------------------------------------------------


def test_the_page_names_what_goes_and_that_nothing_brings_it_back(one: Admin, customer: dict) -> None:
    text = one.open(customer).text
    for said in (
        "Delete <bdi>Sanne Visser</bdi>",
        "cannot undo",
        "120",
        "4.50",
        "sanne@mail.example",
        "2600",
    ):
        assert said in text
    button = re.search(r"<button[^>]*>Propose the deletion</button>", text)
    assert button
    assert "autofocus" not in button.group()


def test_a_proposal_sends_nothing_and_waits_for_another_admin(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = one.open(customer).propose().row
    assert (row.state, row.type, row.customer_is_here) == (State.PROPOSED, "GDPR", False)
    assert "Waits for another admin" in one.follow().text
    assert "You may approve it" not in one.text
    assert "You may approve it" in other.see(row).text
    assert f"/contacts/deletions/{row.pk}/" in other.person.get("/").content.decode()
    assert sent(sandbox) == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"typed": "sanne@mail.exampl"}, "not this customer’s e-mail address"),
        ({"typed": ""}, "so that nobody else is deleted"),
        ({"reason": " "}, "Write why this customer is deleted"),
        ({"type": "SOFT"}, "is not one of the available choices"),
        ({"type": ""}, "Choose one of the two"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    one: Admin, customer: dict, wrong: dict[str, str], sentence: str
) -> None:
    values = {"reason": "She wrote a letter", "typed": "sanne@mail.example"} | wrong
    page = one.open(customer).propose(**values)
    assert page.status == 422
    assert sentence in page.text
    assert values["reason"] in page.text
    assert values["typed"] in page.text
    assert not Deletion.objects.exists()


@pytest.mark.parametrize("typed", ["SANNE@Mail.Example", " sanne@mail.example "])
def test_the_address_may_be_typed_in_any_case(one: Admin, customer: dict, typed: str) -> None:
    assert one.open(customer).propose(typed=typed).status == 303


def test_an_anonymous_customer_is_confirmed_by_the_end_of_their_card(one: Admin, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact(anonymous=True)
    sandbox.add_identifier("2600441700818841", contact_uuid=contact["uuid"])
    assert one.open(contact).propose(typed="0092").status == 422
    assert one.open(contact).propose(typed="8841").status == 303


def test_one_without_address_and_card_is_confirmed_by_a_word(one: Admin, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact(anonymous=True)
    assert one.open(contact).propose(typed="remove").status == 422
    assert one.open(contact).propose(typed="delete").status == 303


def test_a_form_sent_twice_proposes_once(one: Admin, customer: dict) -> None:
    one.open(customer).propose()
    assert one.again().status == 303
    assert Deletion.objects.count() == Approval.objects.count() == 1


def test_a_second_proposal_leads_to_the_first(one: Admin, other: Admin, customer: dict) -> None:
    late = other.open(customer)
    row = one.open(customer).propose().row
    page = late.propose()
    assert page.status == 409
    assert "proposed already" in page.text
    assert f"/contacts/deletions/{row.pk}/" in page.text
    assert one.open(customer).status == 409


def test_one_who_is_being_merged_is_not_deleted(one: Admin, admin: Person, customer: dict) -> None:
    Merge.objects.create(
        source_uuid="someone", destination_uuid=customer["uuid"], proposed_by=admin.staff, proposed_at=timezone.now()
    )
    page = one.open(customer)
    assert page.status == 409
    assert "in a merge that is not over" in page.text
    assert "Propose the deletion</button>" not in page.text


def test_one_who_is_gone_is_not_there(one: Admin, sandbox: SandboxAccount) -> None:
    assert one.open({"uuid": "nobody"}).status == 404


def test_when_piggy_is_down_the_page_says_so_and_keeps_what_was_typed(
    one: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    one.open(customer)
    sandbox.broken = 503
    page = one.propose(reason="She wrote a letter")
    assert page.status == 503
    assert "could not be read" in page.text
    assert "She wrote a letter" in page.text
    assert not Deletion.objects.exists()


def test_an_old_sign_in_is_renewed_first(one: Admin, customer: dict) -> None:
    session = one.person.session
    session["signed_in_at"] -= 16 * 60
    session.save()
    page = one.person.get(f"/contacts/{customer['uuid']}/delete/")
    assert page.status_code == 303
    assert "/account/reauthenticate/" in page["Location"]


def test_an_old_sign_in_is_renewed_before_an_approval_too(one: Admin, other: Admin, customer: dict) -> None:
    row = proposed(one, customer)
    session = other.person.session
    session["signed_in_at"] -= 16 * 60
    session.save()
    assert "/account/reauthenticate/" in other.decide(row, "approve", typed="sanne@mail.example").page["Location"]
    row.refresh_from_db()
    assert row.state == State.PROPOSED


# --- deciding ------------------------------------------------------------------------------------------------------


def test_who_proposed_it_cannot_approve_it(one: Admin, other: Admin, customer: dict) -> None:
    row = proposed(one, customer)
    assert one.decide(row, "approve", typed="sanne@mail.example").status == 403
    row.refresh_from_db()
    assert row.state == State.PROPOSED


def test_the_second_person_types_it_too(one: Admin, other: Admin, customer: dict) -> None:
    row = proposed(one, customer)
    page = other.decide(row, "approve", typed="somebody@mail.example")
    assert page.status == 422
    assert "not this customer’s e-mail address" in page.text
    row.refresh_from_db()
    assert row.state == State.PROPOSED


def test_when_piggy_is_down_nothing_is_approved(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = proposed(one, customer)
    sandbox.broken = 503
    for who, act in ((other, "approve"), (one, "approve-here")):
        page = who.decide(row, act, typed="sanne@mail.example", approver="reviewer", password="correct horse battery")
        assert page.status == 503
        assert "could not be read" in page.text
    row.refresh_from_db()
    assert row.state == State.PROPOSED
    assert one.see(row).status == 503


def test_it_is_not_approved_past_its_own_page(one: Admin, other: Admin, customer: dict) -> None:
    row = proposed(one, customer)
    page = other.person.post(f"/audit/{row.propose_act_id}/decide/", {"granted": "yes"})
    assert (page.status_code, page["Location"]) == (303, f"/contacts/deletions/{row.pk}/")
    row.refresh_from_db()
    assert row.state == State.PROPOSED


def test_an_approved_one_is_held_for_a_day(one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict) -> None:
    row = proposed(one, customer)
    other.decide(row, "approve", typed="sanne@mail.example")
    row.refresh_from_db()
    assert row.state == State.HELD
    assert row.hold_until - timezone.now() > timedelta(hours=23)
    assert "Held until" in one.see(row).text
    drive(row, until=(State.HELD,))
    assert sent(sandbox) == 0
    assert not jobs.due(KIND).exists()


def test_a_held_one_can_be_cancelled_by_any_admin_and_is_never_sent(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = proposed(one, customer)
    other.decide(row, "approve", typed="sanne@mail.example")
    assert one.decide(row, "cancel", reason=" ").status == 422
    assert one.decide(row, "cancel", reason="She changed her mind").status == 303
    Deletion.objects.filter(pk=row.pk).update(hold_until=timezone.now())
    drive(row, until=(State.CANCELLED,))
    assert sent(sandbox) == 0
    assert one.decide(row, "cancel", reason="Again").status == 409
    assert one.open(customer).status == 200


@pytest.mark.parametrize("act", ["decline", "withdraw"])
def test_one_that_is_declined_or_withdrawn_is_over(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict, act: str
) -> None:
    row = proposed(one, customer)
    if act == "decline":
        assert other.decide(row, "decline", reason="").status == 422
        other.decide(row, "decline", reason="She is a regular")
        assert "She is a regular" in one.see(row).text
    else:
        assert other.decide(row, "withdraw").status == 403
        one.decide(row, "withdraw")
    row.refresh_from_db()
    assert (row.state, row.is_open) == (State.DECLINED if act == "decline" else State.CANCELLED, False)
    assert other.decide(row, "approve", typed="sanne@mail.example").status == 409
    assert sent(sandbox) == 0


def test_another_admin_can_approve_on_the_same_screen(
    one: Admin, reviewer: Person, sandbox: SandboxAccount, customer: dict
) -> None:
    row = proposed(one, customer)
    form = {"typed": "sanne@mail.example", "approver": "reviewer", "password": "wrong", "otp": ""}
    page = one.decide(row, "approve-here", **form)
    assert page.status == 422
    assert "Nothing was approved" in page.text
    assert "wrong" not in re.findall(r'value="([^"]*)"', page.text)
    assert one.decide(row, "approve-here", **form | {"password": "correct horse battery"}).status == 303
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (State.HELD, reviewer.staff)
    own = form | {"approver": "admin", "password": "correct horse battery"}
    assert one.decide(row, "approve-here", **own).status == 422


@pytest.mark.parametrize("act", ["approve", "approve-here"])
def test_the_hold_is_left_out_against_the_proposal_only_with_a_reason(
    one: Admin, other: Admin, customer: dict, act: str
) -> None:
    row = proposed(one, customer)
    form = {"typed": "sanne@mail.example", "hold": "now"}
    form |= {"approver": "reviewer", "password": "correct horse battery"} if act == "approve-here" else {}
    who = one if act == "approve-here" else other
    page = who.decide(row, act, **form)
    assert page.status == 422
    assert "Write why it cannot wait." in page.text
    assert who.decide(row, act, **form, why_now="She emigrates today").status == 303
    row.refresh_from_db()
    assert row.state == State.HELD
    assert row.hold_until <= timezone.now()


def test_the_hold_can_be_kept_against_the_proposal(one: Admin, other: Admin, customer: dict) -> None:
    row = proposed(one, customer, at_once="on")
    other.decide(row, "approve", typed="sanne@mail.example", hold="hold")
    row.refresh_from_db()
    assert row.hold_until > timezone.now()


# --- doing ---------------------------------------------------------------------------------------------------------


def test_it_is_sent_once_and_verified(one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict) -> None:
    row = proposed(one, customer, at_once="on", type="DEFAULT")
    ContactCopy.objects.create(contact_uuid=customer["uuid"], read_at=timezone.now(), how="opened")
    other.decide(row, "approve", typed="sanne@mail.example")
    drive(row, until=(State.SCHEDULED,))
    assert "Piggy took it" in one.see(row).text
    assert ContactCopy.objects.exists(), "forgotten before it is gone"
    sandbox.advance(200)
    drive(row, until=(State.DONE,))
    assert sent(sandbox) == 1
    assert [call.body for call in sandbox.calls if call.operation == CALL] == [{"type": "DEFAULT"}]
    assert not ContactCopy.objects.exists()
    assert GoneContact.objects.get().why == GoneContact.Why.DELETED
    assert Snapshot.objects.get().body["email"] == "sanne@mail.example"
    page = one.see(row)
    assert "gone at Piggy" in page.text
    assert page.status == 200
    names = ["contact.delete", "contact.deletion_verified"]
    assert list(Act.objects.filter(action__in=names).order_by("seq").values_list("action", flat=True)) == names


def test_after_a_gdpr_deletion_nothing_here_names_the_person(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = proposed(one, customer, at_once="on", reason="Sanne Visser asked in a letter")
    other.decide(row, "approve", typed="sanne@mail.example")
    sandbox.set(delete_seconds=0)
    drive(row, until=(State.DONE,))
    assert Snapshot.objects.get().body == {}
    assert GoneContact.objects.get().why == GoneContact.Why.ERASED
    assert "identity" not in row.expected
    assert not ActDetail.objects.filter(erased_at=None, act__contact_id=customer["uuid"]).exists()
    page = one.see(row)
    assert "erased here" in page.text
    assert "Sanne" not in page.text
    assert "sanne@" not in page.text
    assert "Sanne" not in unescape(one.person.get("/contacts/deletions/").content.decode())


@pytest.mark.parametrize(
    ("change", "problem"),
    [("renamed", "changed"), ("given", "more"), ("gone", "gone"), ("merging", "merge")],
)
def test_what_is_not_as_it_was_approved_is_never_sent(
    one: Admin, other: Admin, admin: Person, sandbox: SandboxAccount, customer: dict, change: str, problem: str
) -> None:
    row = proposed(one, customer, at_once="on")
    other.decide(row, "approve", typed="sanne@mail.example")
    if change == "renamed":
        sandbox.add_contact("sanne@mail.example", **customer["given"] | {"lastname": "de Boer"})
    elif change == "given":
        sandbox.add_prepaid_transaction(contact_uuid=customer["uuid"], amount_in_cents=100)
    elif change == "gone":
        GoneContact.objects.create(contact_uuid=customer["uuid"], why="vanished", gone_at=timezone.now())
    else:
        Merge.objects.create(
            source_uuid=customer["uuid"], destination_uuid="x", proposed_by=admin.staff, proposed_at=timezone.now()
        )
    drive(row, until=(State.CANCELLED,))
    assert row.problems == [problem]
    assert sent(sandbox) == 0
    assert "Nothing was deleted" in one.see(row).text


def test_credits_spent_meanwhile_do_not_stop_it(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = proposed(one, customer, at_once="on")
    other.decide(row, "approve", typed="sanne@mail.example")
    sandbox.add_loyalty_transaction(contact_uuid=customer["uuid"], credits=-20)
    sandbox.set(delete_seconds=0)
    drive(row, until=(State.DONE,))
    assert sent(sandbox) == 1


def test_one_who_still_answers_after_the_time_is_an_incident_that_can_be_closed(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict, settings: Any
) -> None:
    settings.MERGE_SETTLE_SECONDS = 0
    row = proposed(one, customer, at_once="on")
    other.decide(row, "approve", typed="sanne@mail.example")
    drive(row, until=(State.INCIDENT,))
    assert row.is_open
    assert "still answers at Piggy" in one.see(row).text
    assert Act.objects.filter(action="contact.deletion_incident").exists()
    assert one.decide(row, "close", reason="").status == 422
    assert one.decide(row, "close", reason="Piggy says it was refused there").status == 303
    row.refresh_from_db()
    assert (row.state, row.is_open) == (State.INCIDENT, False)
    assert one.decide(row, "close", reason="Again").status == 409


def test_an_incident_ends_by_itself_when_the_customer_is_gone_after_all(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict, settings: Any
) -> None:
    settings.MERGE_SETTLE_SECONDS = 0
    row = proposed(one, customer, at_once="on")
    other.decide(row, "approve", typed="sanne@mail.example")
    drive(row, until=(State.INCIDENT,))
    sandbox.advance(200)
    drive(row, until=(State.DONE,))
    assert GoneContact.objects.filter(contact_uuid=customer["uuid"]).exists()


def test_the_page_that_asks_comes_anew_when_it_is_over(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = proposed(one, customer, at_once="on")
    other.decide(row, "approve", typed="sanne@mail.example")
    path, htmx = f"/contacts/deletions/{row.pk}/", {"HX-Request": "true"}
    assert f'hx-get="{path}"' in one.see(row).text
    part = one.person.get(path, headers=htmx)
    assert b"<html" not in part.content
    sandbox.set(delete_seconds=0)
    drive(row, until=(State.DONE,))
    assert one.person.get(path, headers=htmx)["HX-Redirect"] == path
    assert 'hx-trigger="every' not in one.see(row).text


# --- the list ------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_state(one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict) -> None:
    row = proposed(one, customer)
    other.decide(row, "decline", reason="No")
    second = proposed(one, add_customer(sandbox, "jan@mail.example", "2600"), typed="jan@mail.example")
    for asked, found in (("", [row, second]), ("open", [second]), ("declined", [row]), ("done", [])):
        text = one.person.get("/contacts/deletions/", {"state": asked}).content.decode()
        assert [each for each in (row, second) if str(each.pk) in text] == found
    assert one.person.get("/contacts/deletions/", {"state": "odd"}).status_code == 422
    assert one.person.get("/contacts/deletions/", {"page": "999"}).status_code == 200


def test_the_customers_page_leads_here_for_admins_alone(admin: Person, desk: Person, customer: dict) -> None:
    path = f"/contacts/{customer['uuid']}/"
    assert f"{path}delete/" in admin.get(path).content.decode()
    assert f"{path}delete/" not in desk.get(path).content.decode()
