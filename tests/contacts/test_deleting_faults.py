"""The deletion with each fault: sent as often as is safe, done once at most, and never called done when it is not."""

import threading
from typing import Any

import pytest
from django.db import connection
from django_q.models import OrmQ

from contacts.deleting.kind import KIND
from contacts.held import deciding, jobs, running, sending
from contacts.merging.kind import KIND as MERGING
from contacts.models import Deletion, GoneContact, Merge, Snapshot
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.deleting_hands import CALL, Admin, add_customer, drive, proposed, sent
from tests.fixtures_sandbox import SandboxAccount

State = Deletion.State
NEVER_DONE = ["lost_before", "503", "500", "1000"]
DONE_UNTOLD = ["lost_after", "reset", "503_after", "500_after", "1000_after", "garbage", "html200"]
TURNED_AWAY = ["429", "401"]


@pytest.fixture
def customer(sandbox: SandboxAccount) -> dict[str, Any]:
    return add_customer(sandbox)


@pytest.fixture
def approved(admin: Person, reviewer: Person, customer: dict) -> Deletion:
    """Approved, and to be sent at once."""
    row = proposed(Admin(admin), customer, at_once="on")
    Admin(reviewer).decide(row, "approve", typed="sanne@mail.example")
    row.refresh_from_db()
    assert row.state == State.HELD
    return row


def is_there(sandbox: SandboxAccount) -> bool:
    return bool(sandbox.state("contact"))


@pytest.mark.parametrize("kind", DONE_UNTOLD)
def test_a_lost_answer_is_found_out_by_looking(sandbox: SandboxAccount, approved: Deletion, kind: str) -> None:
    sandbox.fault(CALL, kind=kind, times=-1)
    drive(approved, until=(State.UNKNOWN,))
    for _ in range(3):
        running.advance(KIND, approved.pk, seconds=0)
    approved.refresh_from_db()
    assert (approved.state, is_there(sandbox)) == (State.UNKNOWN, True)
    sandbox.advance(200)
    drive(approved, until=(State.DONE,))
    assert (sent(sandbox), is_there(sandbox)) == (1, False)
    assert Snapshot.objects.get().body == {}


@pytest.mark.parametrize("kind", NEVER_DONE)
def test_what_nobody_knows_stays_unknown_and_is_never_sent_again(
    admin: Person, sandbox: SandboxAccount, approved: Deletion, kind: str
) -> None:
    sandbox.fault(CALL, kind=kind)
    drive(approved, until=(State.UNKNOWN,))
    sandbox.advance(10_000)
    for _ in range(4):
        Deletion.objects.update(look_at=None)
        running.advance(KIND, approved.pk, seconds=0)
    approved.refresh_from_db()
    assert (approved.state, sent(sandbox), is_there(sandbox)) == (State.UNKNOWN, 1, True)
    assert not GoneContact.objects.exists()
    page = Admin(admin).see(approved)
    assert "We did not get an answer" in page.text


def test_a_person_decides_what_stayed_unknown(
    admin: Person, sandbox: SandboxAccount, approved: Deletion, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault(CALL, kind="500")
    drive(approved, until=(State.UNKNOWN,))
    monkeypatch.setattr(settling, "may_settle", lambda act, by: True)
    act = sending.latest_act(approved)
    assert act is not None
    by = Actor(admin.staff, admin.staff.role, admin.shop)
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    settling.settle_by_person(act.pk, by=by, happened=False, reason="Piggy shows them still")
    approved.refresh_from_db()
    assert (approved.state, approved.is_open) == (State.REFUSED, False)
    assert sent(sandbox) == 1


@pytest.mark.parametrize("kind", TURNED_AWAY)
def test_what_was_turned_away_at_the_door_is_sent_again(
    sandbox: SandboxAccount, approved: Deletion, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.05)
    sandbox.set(delete_seconds=0)
    sandbox.fault(CALL, kind=kind, **({"retry_after": 0} if kind == "429" else {}))
    drive(approved, until=(State.DONE,))
    assert [call.status for call in sandbox.calls if call.operation == CALL] == [int(kind), 200]


@pytest.mark.parametrize(("code", "sentence"), [(55031, "does not know this customer"), (1003, "Piggy")])
def test_a_refusal_ends_it(
    admin: Person, sandbox: SandboxAccount, approved: Deletion, code: int, sentence: str
) -> None:
    sandbox.fault(CALL, kind="refused", value=code)
    drive(approved, until=(State.REFUSED,))
    assert (sent(sandbox), is_there(sandbox), approved.problems) == (1, True, [str(code)])
    page = Admin(admin).see(approved)
    assert "Nothing was deleted" in page.text
    assert sentence in page.text
    assert not GoneContact.objects.exists()


@pytest.mark.parametrize("kind", ["503", "500", "1000", "html200", "garbage", "lost_before", "429", "401"])
@pytest.mark.parametrize("skip", [0, 1, 5, 7])
def test_readings_that_fail_only_delay_it(
    sandbox: SandboxAccount, approved: Deletion, kind: str, skip: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PAUSE", 0.0)
    sandbox.set(delete_seconds=0)
    sandbox.fault("reads", kind=kind, skip=skip, times=3)
    drive(approved, until=(State.DONE,))
    assert (sent(sandbox), is_there(sandbox)) == (1, False)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_it_once(sandbox: SandboxAccount, approved: Deletion) -> None:
    sandbox.set(delete_seconds=0)
    sandbox.fault(CALL, kind="latency", seconds=0.3)

    def work() -> None:
        try:
            running.advance(KIND, approved.pk, seconds=5)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drive(approved, until=(State.DONE,))
    assert sent(sandbox) == 1


@pytest.mark.parametrize("place", ["perform", "follow", "went", "_tell_done"])
def test_a_worker_that_dies_leaves_it_to_the_next(
    sandbox: SandboxAccount, approved: Deletion, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.set(delete_seconds=0)

    def die(*args: Any, **kwargs: Any) -> None:
        raise SystemExit("killed")

    where: Any = {"perform": sending, "follow": sending, "went": type(KIND), "_tell_done": running}[place]
    with monkeypatch.context() as patched:
        patched.setattr(where, place, die)
        with pytest.raises(SystemExit):
            drive(approved, until=(State.DONE,))
    approved.refresh_from_db()
    assert approved.state != State.DONE
    drive(approved, until=(State.DONE,))
    assert (sent(sandbox), is_there(sandbox)) == (1, False)
    assert Act.objects.filter(action="contact.deletion_verified").count() == 1
    assert GoneContact.objects.get().why == GoneContact.Why.ERASED


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_propose_at_once_propose_one(
    admin: Person, reviewer: Person, sandbox: SandboxAccount, customer: dict
) -> None:
    pages = [Admin(admin).open(customer), Admin(reviewer).open(customer)]
    barrier = threading.Barrier(2)

    def work(page: Admin) -> None:
        try:
            barrier.wait()
            page.propose()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(page.status for page in pages) == [303, 409]
    assert Deletion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_deletion_and_a_merge_proposed_at_once_are_one_of_the_two(
    admin: Person, reviewer: Person, sandbox: SandboxAccount, customer: dict
) -> None:
    other = sandbox.add_contact("other@mail.example", firstname="Other")
    page, told = Admin(admin).open(customer), []
    barrier = threading.Barrier(2)
    by = Actor(reviewer.staff, reviewer.staff.role, reviewer.shop)
    merge = Merge(source_uuid=customer["uuid"], destination_uuid=other["uuid"])

    def propose_merge() -> None:
        try:
            deciding.propose(MERGING, merge, by=by, reason="The same woman", token=form_token())
            told.append("merge")
        except deciding.CannotPropose as no:
            told.append(str(no))

    def work(what: Any) -> None:
        try:
            barrier.wait()
            what()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(what,)) for what in (propose_merge, page.propose)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Deletion.objects.count() + Merge.objects.count() == 1
    assert (page.status == 303) is (told != ["merge"])


def test_an_approval_without_hold_leaves_a_task_for_the_workers(
    admin: Person, reviewer: Person, sandbox: SandboxAccount, customer: dict, django_capture_on_commit_callbacks: Any
) -> None:
    sandbox.set(delete_seconds=0)
    row = proposed(Admin(admin), customer, at_once="on")
    with django_capture_on_commit_callbacks(execute=True):
        Admin(reviewer).decide(row, "approve", typed="sanne@mail.example")
    [task] = OrmQ.objects.all()
    assert (task.func(), task.args()) == (jobs.ADVANCE, ("contact.delete", str(row.pk)))
    jobs.advance(*task.args())
    row.refresh_from_db()
    assert row.state == State.DONE
