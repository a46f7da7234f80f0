"""`piggyadmin sync`, the jobs of every minute, and what is said of how fresh the copy is."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from contacts.copy import foreground, jobs, sweeping, sweeps
from contacts.copy.freshness import as_of, freshness
from contacts.copy.taking import take
from contacts.models import CardCopy, ContactCopy, DuplicateScan, GoneContact, How, Sweep
from tests.conftest import Person
from tests.contacts.sweep_hands import books, copy, told
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contacts.copy.places.SIZE", 10)
    monkeypatch.setattr("contacts.copy.foreground.LOOK", 0.01)


@pytest.fixture
def shop_of_people(sandbox: SandboxAccount) -> list[str]:
    rows = [
        sandbox.add_contact(f"c{number}@mail.example", created_at=f"2026-05-01T08:{number:02}:00+00:00")
        for number in range(25)
    ]
    return [row["uuid"] for row in rows]


def sync(**options: Any) -> list[str]:
    out = StringIO()
    call_command("sync", stdout=out, **options)
    return out.getvalue().splitlines()


def test_it_reads_all_and_says_how_far_it_is(sandbox: SandboxAccount, shop_of_people: list[str]) -> None:
    lines = sync()
    assert copy() == books(sandbox)
    assert "25 of 25 contacts, 25 new, 0 repaired, 0 gone" in lines
    assert lines[-1].startswith("Done after ")


def test_it_goes_on_where_it_was_interrupted(
    sandbox: SandboxAccount, shop_of_people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(sweep: Sweep) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(foreground, "line", interrupted)
        patch.setattr(foreground, "STEP", 0)
        with pytest.raises(KeyboardInterrupt):
            sync()
    sandbox.forget_calls()
    lines = sync()
    assert lines[0].startswith("Going on with the reading of ")
    assert copy() == books(sandbox)
    assert Sweep.objects.count() == 1
    assert len(sandbox.calls) == 3  # two pages and the count: the first page is not read again


def test_once_does_not_wait_for_piggy(sandbox: SandboxAccount, shop_of_people: list[str]) -> None:
    sandbox.fault("list_contacts", kind="429", retry_after=60, times=1)
    with pytest.raises(CommandError, match="The end was not reached"):
        sync(once=True)


def test_the_newest_alone_can_be_read(sandbox: SandboxAccount, shop_of_people: list[str]) -> None:
    sync()
    new = sandbox.add_contact("new@mail.example")["uuid"]
    sync(recent=True)
    assert new in copy()
    assert Sweep.objects.filter(kind="recent", stage="ended").count() == 1


def test_it_reads_the_other_cards_of_so_many_contacts(sandbox: SandboxAccount, shop_of_people: list[str]) -> None:
    sync()
    sandbox.add_identifier("11", contact_uuid=shop_of_people[0], default=True)
    sandbox.add_identifier("12", contact_uuid=shop_of_people[0], name="Blue", active=False)
    lines = sync(cards=20)
    assert lines == ["Cards of 20 contacts read, 5 still to come."]
    assert set(CardCopy.objects.values_list("value", "active", "is_default")) == {
        ("11", True, True),
        ("12", False, False),
    }
    assert freshness().cards_to_come == 5


def test_cards_are_read_little_by_little_and_not_while_all_contacts_are(
    sandbox: SandboxAccount, shop_of_people: list[str], settings: Any
) -> None:
    settings.PIGGY_JOB_RATE_PER_SECOND = 0.5
    assert jobs.cards_a_minute() == 6
    settings.PIGGY_JOB_RATE_PER_SECOND = 0
    begun = sweeps.start(Sweep.Kind.FULL)
    sweeping.advance(begun.pk, seconds=0)
    assert jobs.cards_to_come() == 0
    sync()
    assert jobs.cards_to_come() == 25
    assert freshness().cards_to_come == 0
    sandbox.forget_calls()
    assert jobs.cards_to_come() == 0
    assert sandbox.calls == []


def test_a_contact_whose_cards_are_asked_for_in_vain_is_gone_and_the_others_go_on(
    sandbox: SandboxAccount, shop_of_people: list[str]
) -> None:
    sync()
    take(told("not-at-piggy"), how=How.OPENED)
    sandbox.fault("list_contact_identifiers", kind="garbage", times=1)
    assert jobs.read_some_cards(100, seconds=20) == 26
    assert GoneContact.objects.get().contact_uuid == "not-at-piggy"
    assert freshness().cards_to_come == 1  # the one whose answer nobody could read
    sandbox.fault("list_contact_identifiers", kind="503", times=3)
    assert jobs.read_some_cards(100, seconds=20) == 0


def test_one_whose_cards_cannot_be_read_does_not_stand_in_the_way(
    sandbox: SandboxAccount, shop_of_people: list[str]
) -> None:
    sync()
    sandbox.fault("list_contact_identifiers", kind="garbage", times=1)
    assert [jobs.read_some_cards(1, seconds=20) for _ in range(25)] == [1] * 25
    assert freshness().cards_to_come == 1
    jobs.read_some_cards(1, seconds=20)  # its turn has come again
    assert freshness().cards_to_come == 0


def test_the_jobs_are_on_the_schedule_and_a_worker_begins_at_once(sandbox: SandboxAccount) -> None:
    functions = set(Schedule.objects.values_list("func", flat=True))
    assert {"contacts.copy.jobs.keep_fresh", "contacts.copy.jobs.cards_to_come"} <= functions
    jobs.keep_fresh_after_start()
    assert [row.func() for row in OrmQ.objects.all()] == [jobs.ADVANCE]
    assert Sweep.objects.get().kind == "full"


def test_a_worker_reads_all_and_the_minutes_job_leaves_it_in_peace(
    sandbox: SandboxAccount, shop_of_people: list[str]
) -> None:
    begun = jobs.read_all()
    jobs.advance(str(begun.pk))
    assert copy() == books(sandbox)
    assert jobs.keep_fresh() == 0
    assert DuplicateScan.objects.count() == 1  # begun when all were copied for the first time
    Sweep.objects.update(started_at=timezone.now() - timedelta(minutes=20))
    assert jobs.keep_fresh() == 1
    assert Sweep.objects.first().kind == "recent"  # type: ignore[union-attr]


def test_duplicates_are_not_looked_for_before_all_contacts_are_copied(
    sandbox: SandboxAccount, shop_of_people: list[str]
) -> None:
    sweeping.advance(jobs.read_all().pk, seconds=0)
    jobs.keep_fresh()
    assert not DuplicateScan.objects.exists()
    sync()
    jobs.keep_fresh()
    jobs.keep_fresh()
    assert DuplicateScan.objects.count() == 1


def test_it_says_how_fresh_the_copy_is(sandbox: SandboxAccount, shop_of_people: list[str]) -> None:
    assert (as_of(), freshness().is_complete, freshness().total) == (None, False, None)
    begun = sweeps.start(Sweep.Kind.FULL)
    sweeping.advance(begun.pk, seconds=0)
    now = freshness()
    assert (now.contacts, now.total, now.as_of, now.is_complete) == (10, 25, None, False)
    assert now.running == begun
    sync()
    sandbox.add_loyalty_transaction(contact_uuid=shop_of_people[0], credits=5)
    sync()
    now = freshness()
    assert (now.contacts, now.total, now.repaired, now.gone, now.problem) == (25, 25, 1, 0, "")
    assert now.as_of == now.full_as_of == as_of() == Sweep.objects.first().started_at  # type: ignore[union-attr]
    assert now.cards_to_come == 25


def test_pages_tell_how_far_the_first_copy_is(desk: Person, sandbox: SandboxAccount, shop_of_people: list[str]) -> None:
    sweeping.advance(sweeps.start(Sweep.Kind.FULL).pk, seconds=0)
    assert "The copy is not complete yet (10 of 25 so far)" in desk.get("/contacts/").text
    page = desk.post("/find/", {"q": "Zwaluwenstaart"})
    assert "the copy is not complete yet (10 of 25 so far)" in page.text
    sync()
    assert "so far" not in desk.get("/contacts/").text


def test_old_sweeps_are_pruned_but_the_last_complete_one(sandbox: SandboxAccount) -> None:
    old = timezone.now() - timedelta(days=40)
    for kind in ("full", "recent", "full"):
        Sweep.objects.create(kind=kind, stage="ended", started_at=old, ended_at=old)
    last = Sweep.objects.create(kind="full", stage="ended", started_at=old + timedelta(days=1), ended_at=old)
    assert sweeps.prune() == 3
    assert Sweep.objects.get() == last
    assert ContactCopy.objects.count() == 0
