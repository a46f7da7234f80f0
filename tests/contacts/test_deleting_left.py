"""Nothing names a person whose GDPR deletion was approved, however their contact at Piggy came to its end."""

from typing import Any

import pytest

from contacts.copy.reading_again import read_again
from contacts.deleting.kind import KIND
from contacts.held import running
from contacts.models import ContactCopy, Deletion, GoneContact, How, Merge, Snapshot
from piggyadmin import piggy
from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.contacts.deleting_hands import CALL, Admin, add_customer, drive, proposed
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

State = Deletion.State
REASON = "Sanne Visser asked for it in a letter"


@pytest.fixture
def customer(sandbox: SandboxAccount) -> dict[str, Any]:
    customer = add_customer(sandbox)
    read_again(customer["uuid"], how=How.OPENED)
    return customer


@pytest.fixture
def one(admin: Person) -> Admin:
    return Admin(admin)


@pytest.fixture
def other(reviewer: Person) -> Admin:
    return Admin(reviewer)


def approved(one: Admin, other: Admin, customer: dict[str, Any], **fields: str) -> Deletion:
    row = proposed(one, customer, at_once="on", reason=REASON, **fields)
    other.decide(row, "approve", typed="sanne@mail.example")
    row.refresh_from_db()
    assert row.state == State.HELD
    return row


def delete_at_piggy(sandbox: SandboxAccount, customer: dict[str, Any]) -> None:
    """As somebody does it in Piggy's own dashboard."""
    sandbox.set(delete_seconds=0)
    piggy.get_client().delete_contact(contact_uuid=customer["uuid"], type="DEFAULT")


def what_is_left(customer: dict[str, Any]) -> list[Any]:
    """Everything here that still tells who it was."""
    return [
        *[picture for picture in Snapshot.objects.all() if picture.body],
        *[detail.words for detail in ActDetail.objects.filter(erased_at=None) if detail.words],
        *ContactCopy.objects.filter(contact_uuid=customer["uuid"]),
        *[row for row in (*Deletion.objects.all(), *Merge.objects.all()) if "identity" in row.expected],
    ]


def test_one_that_comes_about_after_its_incident_was_closed(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict, settings: Any
) -> None:
    settings.MERGE_SETTLE_SECONDS = 0
    row = approved(one, other, customer)
    drive(row, until=(State.INCIDENT,))
    assert one.decide(row, "close", reason="Sanne will write again").status == 303
    assert what_is_left(customer)
    sandbox.advance(200)
    read_again(customer["uuid"], how=How.HINT)
    assert GoneContact.objects.get().why == "erased"
    assert what_is_left(customer) == []
    drive(row, until=(State.DONE,))
    assert Act.objects.filter(action="contact.deletion_verified").count() == 1


def test_one_whose_customer_was_deleted_at_piggy_before_it_was_sent(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = approved(one, other, customer)
    delete_at_piggy(sandbox, customer)
    drive(row, until=(State.CANCELLED,))
    assert row.problems == ["gone"]
    assert GoneContact.objects.get().why == "erased"
    assert what_is_left(customer) == []


def test_one_whose_customer_was_found_gone_before_it_was_sent(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = approved(one, other, customer)
    delete_at_piggy(sandbox, customer)
    read_again(customer["uuid"], how=How.HINT)
    drive(row, until=(State.CANCELLED,))
    assert GoneContact.objects.get().why == "erased"
    assert what_is_left(customer) == []


@pytest.mark.parametrize("is_there", [False, True])
def test_one_that_piggy_refuses_because_it_knows_no_such_customer(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict, is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = approved(one, other, customer)
    sandbox.fault(CALL, kind="refused", value=55031)
    send = type(KIND).send

    def deleted_right_before(self: Any, client: Any, row: Deletion) -> None:
        if not is_there:
            sandbox.clear_faults()
            delete_at_piggy(sandbox, customer)
        send(self, client, row)

    monkeypatch.setattr(type(KIND), "send", deleted_right_before)
    drive(row, until=(State.REFUSED,))
    assert row.problems == ["55031"]
    assert bool(what_is_left(customer)) is is_there, "only once Piggy says so when it is read, too"
    assert GoneContact.objects.exists() is not is_there


def test_one_that_comes_about_after_a_person_said_that_it_did_not(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict
) -> None:
    row = approved(one, other, customer)
    sandbox.fault(CALL, kind="lost_before")
    drive(row, until=(State.UNKNOWN,))
    from contacts.held import hooks

    act = Act.objects.get(pk=row.act_id)
    hooks.settled(act, False, {})
    delete_at_piggy(sandbox, customer)
    read_again(customer["uuid"], how=How.HINT)
    assert GoneContact.objects.get().why == "erased"
    assert what_is_left(customer) == []


@pytest.mark.parametrize("end", ["declined", "cancelled", "withdrawn"])
def test_one_that_people_called_off_erases_nothing(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict, end: str
) -> None:
    row = proposed(one, customer, reason=REASON)
    if end == "declined":
        other.decide(row, "decline", reason="Not her")
    elif end == "withdrawn":
        one.decide(row, "withdraw")
    else:
        other.decide(row, "approve", typed="sanne@mail.example")
        other.decide(row, "cancel", reason="She stays")
    row.refresh_from_db()
    assert row.ended_at is not None
    delete_at_piggy(sandbox, customer)
    read_again(customer["uuid"], how=How.HINT)
    assert GoneContact.objects.get().why == "vanished"
    assert ActDetail.objects.filter(erased_at=None).exists()


def test_a_standard_one_that_came_late_tells_that_it_was_a_deletion(
    one: Admin, other: Admin, sandbox: SandboxAccount, customer: dict, settings: Any
) -> None:
    settings.MERGE_SETTLE_SECONDS = 0
    row = approved(one, other, customer, type="DEFAULT")
    drive(row, until=(State.INCIDENT,))
    one.decide(row, "close", reason="Piggy takes its time")
    sandbox.advance(200)
    read_again(customer["uuid"], how=How.HINT)
    assert (GoneContact.objects.get().why, GoneContact.objects.get().act_id) == ("deleted", row.act_id)
    drive(row, until=(State.DONE,))
    assert Snapshot.objects.get().body


# --- what is left of somebody who was deleted elsewhere ---------------------------------------------------------------


def erase_path(customer: dict[str, Any]) -> str:
    return f"/contacts/{customer['uuid']}/erase/"


def test_an_admin_erases_what_is_left_of_somebody_who_is_gone(
    one: Admin, other: Admin, admin: Person, desk: Person, sandbox: SandboxAccount, customer: dict
) -> None:
    row = proposed(one, customer, reason=REASON)
    other.decide(row, "decline", reason="Sanne is not sure")
    delete_at_piggy(sandbox, customer)
    path, page = erase_path(customer), f"/contacts/{customer['uuid']}/"
    assert path in admin.get(page).content.decode()
    assert path not in desk.get(page).content.decode()
    assert desk.post(path, {"typed": "erase"}).status_code == 403
    assert admin.get(path).status_code == 200
    assert admin.post(path, {"typed": "delete"}).status_code == 422
    assert what_is_left(customer), "not without the word"
    assert admin.post(path, {"typed": " Erase "}).status_code == 303
    assert what_is_left(customer) == []
    act = Act.objects.get(action="audit.erased")
    assert (act.staff, act.contact_id) == (admin.staff, customer["uuid"])
    assert path not in admin.get(page).content.decode()


@pytest.mark.parametrize(("state", "status"), [("there", 409), ("down", 503), ("merged", 409)])
def test_nothing_is_erased_of_somebody_who_is_or_may_be_there(
    admin: Person, sandbox: SandboxAccount, customer: dict, state: str, status: int
) -> None:
    from contacts.copy.forgetting import forget

    if state == "down":
        sandbox.broken = 503
    if state == "merged":
        stays = sandbox.add_contact("stays@mail.example")["uuid"]
        delete_at_piggy(sandbox, customer)
        forget(customer["uuid"], why=GoneContact.Why.MERGED, survivor=stays)
    answer = admin.post(erase_path(customer), {"typed": "erase"})
    assert answer.status_code == status
    assert b"Nothing was erased" in answer.content
    assert not Act.objects.filter(action="audit.erased").exists()


def test_an_old_sign_in_is_renewed_before_anything_is_erased(
    admin: Person, sandbox: SandboxAccount, customer: dict
) -> None:
    delete_at_piggy(sandbox, customer)
    session = admin.session
    session["signed_in_at"] -= 16 * 60
    session.save()
    assert "reauthenticate" in admin.post(erase_path(customer), {"typed": "erase"})["Location"]
    assert not Act.objects.filter(action="audit.erased").exists()


def test_the_digest_of_a_merge_goes_too(one: Admin, admin: Person, sandbox: SandboxAccount, customer: dict) -> None:
    from contacts.copy.forgetting import forget

    for uuids in ((customer["uuid"], "b"), ("a", customer["uuid"])):
        Merge.objects.create(
            source_uuid=uuids[0],
            destination_uuid=uuids[1],
            proposed_by=admin.staff,
            proposed_at=running.timezone.now(),
            expected={"identity": "d1g3st", "credits": 5},
        )
    forget(customer["uuid"], why=GoneContact.Why.ERASED)
    assert [row.expected for row in Merge.objects.all()] == [{"credits": 5}] * 2
