"""All contacts are read page by page: none missed, none doubled, whatever happens meanwhile."""

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.copy import places, sweeping, sweeps
from contacts.copy.problems import IGNORED, LEFT_OUT, NOT_RECENT, UNREAD, UNREADABLE
from contacts.models import CardCopy, ContactCopy, GoneContact, Hint, Sweep
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyUnexpected
from piggyadmin.piggy.paging import Page
from tests.contacts.sweep_hands import books, copy
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 1, 8, tzinfo=UTC)
FULL, RECENT = Sweep.Kind.FULL, Sweep.Kind.RECENT


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten contacts a page, so that some dozens make a long list."""
    monkeypatch.setattr("contacts.copy.places.SIZE", 10)
    monkeypatch.setattr("contacts.copy.sweeping.FIRST_PAUSE", 0.01)


def add(sandbox: SandboxAccount, number: int, *, apart: float = 60, **fields: Any) -> str:
    """A contact made `apart` seconds after the one before."""
    made = (START + timedelta(seconds=number * apart)).isoformat()
    row = sandbox.add_contact(f"c{number}@mail.example", firstname=f"Name {number}", created_at=made, **fields)
    return str(row["uuid"])


def sweep(kind: Sweep.Kind = FULL, *, rounds: int = 1) -> Sweep:
    """A whole sweep."""
    begun = sweeps.start(kind)
    for _ in range(rounds):
        sweeping.advance(begun.pk, seconds=30)
    begun.refresh_from_db()
    return begun


def read_one_page(begun: Sweep) -> None:
    sweeping.advance(begun.pk, seconds=0)


def lists(sandbox: SandboxAccount) -> list[dict[str, Any]]:
    return [call.query for call in sandbox.calls if call.operation == "list_contacts"]


def test_it_reads_all_contacts_with_their_default_cards(sandbox: SandboxAccount) -> None:
    uuids = [add(sandbox, number) for number in range(35)]
    sandbox.add_identifier("2600441700810092", contact_uuid=uuids[7], default=True)
    sandbox.add_contact(anonymous=True)
    done = sweep()
    assert copy() == books(sandbox)
    assert (done.stage, done.seen, done.added, done.gone, done.repaired, done.problem) == ("ended", 36, 36, 0, 0, "")
    assert done.total == 36
    assert CardCopy.objects.get(value="2600441700810092").contact.contact_uuid == uuids[7]
    assert len(lists(sandbox)) == done.pages + 1 <= 6  # no page twice, and how many there are at the end


def test_the_next_one_finds_what_changed_what_is_new_and_what_is_gone(sandbox: SandboxAccount) -> None:
    uuids = [add(sandbox, number) for number in range(25)]
    sweep()
    sandbox.add_loyalty_transaction(contact_uuid=uuids[3], credits=50)
    sandbox.add_loyalty_transaction(contact_uuid=uuids[4], credits=50)
    Hint.objects.create(received_at=timezone.now(), event_type="credit_reception_created", contact_uuid=uuids[4])
    delete(sandbox, uuids[5])
    add(sandbox, 99)
    done = sweep()
    assert copy() == books(sandbox)
    assert (done.seen, done.added, done.repaired, done.gone) == (25, 1, 1, 1)
    assert GoneContact.objects.get().contact_uuid == uuids[5]
    assert GoneContact.objects.get().why == "vanished"


def test_a_contact_that_the_list_left_out_is_asked_for_and_stays(sandbox: SandboxAccount) -> None:
    add(sandbox, 1)
    sweep()
    hidden = sandbox.add_contact("hidden@mail.example", created_at=START.isoformat())["uuid"]
    ContactCopy.objects.create(contact_uuid=hidden, read_at=START, how="opened")
    begun = sweeps.start(FULL)
    Sweep.objects.filter(pk=begun.pk).update(stage="missing")  # the list is read, and it was not in it
    done = sweep()
    assert ContactCopy.objects.get(contact_uuid=hidden).email == "hidden@mail.example"
    assert (done.stage, done.gone, done.repaired) == ("ended", 0, 2)


@pytest.mark.parametrize("why", ["merged", "deleted"])
def test_one_that_ended_for_good_and_stands_in_the_copy_all_the_same_is_asked_for_once(
    sandbox: SandboxAccount, why: str
) -> None:
    ended, after = add(sandbox, 1), add(sandbox, 2)
    sweep()
    sandbox.advance(1)
    GoneContact.objects.create(contact_uuid=ended, why=why, gone_at=timezone.now())
    done = sweep(rounds=20)
    assert (done.stage, done.gone, set(copy())) == ("ended", 1, {after})
    assert GoneContact.objects.get().why == why


def test_one_for_which_piggy_answers_with_another_is_asked_for_once(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = add(sandbox, 1)
    sweep()
    ContactCopy.objects.create(contact_uuid="c-former", read_at=START, how="opened")
    real = Piggy.get_contact
    monkeypatch.setattr(Piggy, "get_contact", lambda self, *, contact_uuid: real(self, contact_uuid=other))
    done = sweep(rounds=20)
    assert (done.stage, done.problem) == ("ended", UNREAD)


def test_more_contacts_of_one_moment_than_a_page_holds_are_all_met(sandbox: SandboxAccount) -> None:
    for number in range(57):  # the ninth to the 48th were imported in one second
        add(sandbox, number, apart=0 if 8 <= number < 48 else 60 * (-1 if number < 8 else 1))
    done = sweep()
    assert copy() == books(sandbox)
    assert (done.seen, done.problem) == (57, "")
    by_themselves = [query["page"] for query in lists(sandbox) if "lte" in str(query)]
    assert by_themselves == ["1", "5", "4", "3", "2", "1"]  # how many there are, then from behind


def test_a_contact_of_which_piggy_does_not_tell_when_it_was_made_stops_nothing(sandbox: SandboxAccount) -> None:
    for number in range(15):
        add(sandbox, number)
    for number in range(3):
        sandbox.add_contact(f"late{number}@mail.example", ready_at="2099-01-01T00:00:00+00:00")
    done = sweep()
    assert (done.stage, set(copy()), done.problem) == ("ended", set(books(sandbox)), "")


def delete(sandbox: SandboxAccount, uuid: str) -> None:
    from piggyadmin import piggy

    sandbox.set(delete_seconds=0)
    piggy.get_client().delete_contact(contact_uuid=uuid, type="DEFAULT")
    sandbox.advance(1)


@pytest.mark.parametrize("seed", range(8))
def test_nobody_is_missed_or_doubled_while_others_come_and_go(sandbox: SandboxAccount, seed: int) -> None:
    dice = random.Random(seed)
    apart = dice.choice([0, 1, 60])
    before = {add(sandbox, number, apart=apart) for number in range(60)}
    known = set(before)
    begun = sweeps.start(FULL)
    deleted: set[str] = set()
    number = 1000
    for _ in range(100):
        read_one_page(begun)
        begun.refresh_from_db()
        if begun.stage != "pages":
            break
        for _ in range(dice.randrange(3)):
            chosen = dice.choice(sorted(known - deleted))
            if dice.random() < 0.6:
                delete(sandbox, chosen)
                deleted.add(chosen)
            else:
                sandbox.add_loyalty_transaction(contact_uuid=chosen, credits=1)
        if dice.random() < 0.5:
            number += 1
            known.add(str(sandbox.add_contact(f"n{number}@mail.example")["uuid"]))
    met = set(ContactCopy.objects.filter(seen_in=begun.pk).values_list("contact_uuid", flat=True))
    assert before - deleted <= met
    begun.refresh_from_db()
    assert begun.seen == len(met)
    sweep()
    sweep()
    assert copy() == books(sandbox)


def test_it_goes_on_after_a_kill_at_any_page(sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(45):
        add(sandbox, number)
    begun = sweeps.start(FULL)
    kept = sweeping._Work._commit
    died = 0

    class Killed(BaseException):
        pass

    def dying(work: Any, **changes: Any) -> None:
        nonlocal died
        if died % 3 != 2:
            died += 1
            if died % 3 == 2:
                kept(work, **changes)  # written, then rolled back with the page
            raise Killed
        died += 1
        kept(work, **changes)

    monkeypatch.setattr(sweeping._Work, "_commit", dying)
    for _ in range(100):
        Sweep.objects.update(claimed_until=None)  # what the dead worker held ran out
        try:
            sweeping.advance(begun.pk, seconds=0)
        except Killed:
            continue
        begun.refresh_from_db()
        if begun.ended_at:
            break
    assert died > 9
    assert copy() == books(sandbox)
    assert (begun.stage, begun.seen, begun.added) == ("ended", 45, 45)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_before"},
        {"kind": "lost_after"},
        {"kind": "reset"},
        {"kind": "429", "retry_after": 1},
        {"kind": "500"},
        {"kind": "503"},
        {"kind": "1000"},
        {"kind": "503_after"},
        {"kind": "500_after"},
        {"kind": "1000_after"},
        {"kind": "garbage"},
        {"kind": "html200"},
        {"kind": "ignore_filters"},
    ],
    ids=lambda fault: fault["kind"],
)
def test_every_fault_of_the_list_is_waited_out(sandbox: SandboxAccount, fault: dict[str, Any]) -> None:
    for number in range(35):
        add(sandbox, number)
    sandbox.fault("list_contacts", skip=1, times=1, **fault)
    sandbox.fault("list_contacts", skip=3, times=1, **fault)
    done = sweep(rounds=3)
    assert copy() == books(sandbox)
    assert (done.stage, done.seen, done.problem) == ("ended", 35, "")


@pytest.mark.parametrize("kind", ["latency", "latency_after"])
def test_a_piggy_too_slow_to_answer_in_time_is_waited_out(sandbox: SandboxAccount, settings: Any, kind: str) -> None:
    settings.PIGGY_TIMEOUT = 0.5
    for number in range(25):
        add(sandbox, number)
    sandbox.fault("list_contacts", kind=kind, seconds=1, skip=1, times=2)
    done = sweep(rounds=3)
    assert copy() == books(sandbox)
    assert (done.stage, done.seen) == ("ended", 25)


def test_a_key_that_piggy_does_not_take_is_said_and_tried_again_much_later(sandbox: SandboxAccount) -> None:
    add(sandbox, 1)
    sandbox.fault("list_contacts", kind="401", times=1)
    begun = sweep()
    assert "key" in begun.problem or "token" in begun.problem
    assert begun.not_before is not None
    assert begun.not_before > timezone.now() + timedelta(minutes=4)


def test_an_order_that_piggy_refuses_leads_to_page_numbers_too(sandbox: SandboxAccount) -> None:
    for number in range(25):
        add(sandbox, number)
    sandbox.fault("list_contacts", kind="refused", value=1003, times=2)
    done = sweep()
    assert (done.stage, done.problem, done.seen) == ("ended", IGNORED, 25)
    assert copy() == books(sandbox)


def unreadable(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    """Whatever page holds this contact is no answer that we can read."""
    asked = Piggy.list_contacts

    def with_a_misfit(self: Piggy, **query: Any) -> Page[Any]:
        page = asked(self, **query)
        if any(item.email == email for item in page.items):
            raise PiggyUnexpected("Piggy's answer could not be read.")
        return page

    monkeypatch.setattr(Piggy, "list_contacts", with_a_misfit)


@pytest.mark.parametrize("number", [0, 13, 34])
def test_one_contact_that_cannot_be_read_does_not_stop_the_others(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(places, "SIZE", 20)
    uuids = [add(sandbox, each) for each in range(35)]
    unreadable(monkeypatch, f"c{number}@mail.example")
    done = sweep()
    assert (done.stage, done.problem, done.seen) == ("ended", UNREADABLE, 34)
    assert set(books(sandbox)) - set(copy()) == {uuids[number]}
    assert len(lists(sandbox)) <= 20


def test_an_import_of_which_one_contact_cannot_be_read_brings_the_others(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuids = [add(sandbox, each, apart=0) for each in range(45)]
    unreadable(monkeypatch, "c20@mail.example")
    done = sweep()
    assert (done.stage, done.problem) == ("ended", UNREADABLE)
    assert set(books(sandbox)) - set(copy()) == {uuids[20]}


def test_a_piggy_that_is_down_leaves_it_where_it_was_until_later(sandbox: SandboxAccount) -> None:
    for number in range(35):
        add(sandbox, number)
    begun = sweeps.start(FULL)
    read_one_page(begun)
    sandbox.fault("list_contacts", kind="429", retry_after=120, times=1)
    assert sweeping.advance(begun.pk) is False
    begun.refresh_from_db()
    assert begun.not_before is not None
    assert begun.not_before > timezone.now() + timedelta(seconds=100)
    assert begun.problem
    sandbox.forget_calls()
    assert sweeping.advance(begun.pk) is False
    assert sandbox.calls == []
    Sweep.objects.update(not_before=None)
    assert sweep().seen == 35


def test_dates_that_piggy_ignores_lead_to_page_numbers_until_nothing_new_comes(sandbox: SandboxAccount) -> None:
    for number in range(45):
        add(sandbox, number)
    sandbox.fault("list_contacts", kind="ignore_filters", times=-1)
    done = sweep()
    assert (done.stage, done.problem, done.seen) == ("ended", IGNORED, 45)
    assert copy() == books(sandbox)
    assert 10 <= done.pages <= 12


def test_by_page_numbers_a_contact_that_a_deletion_moved_to_a_page_already_read_is_found(
    sandbox: SandboxAccount,
) -> None:
    uuids = [add(sandbox, number) for number in range(45)]
    begun = sweeps.start(FULL)
    Sweep.objects.update(by_number=True, problem=IGNORED)
    read_one_page(begun)
    delete(sandbox, uuids[0])
    done = sweep()
    assert set(copy()) - {uuids[0]} == set(books(sandbox))
    assert (done.stage, done.seen, done.pages) == ("ended", 45, 15)  # three walks: the last one brought nothing new
    sweep()
    assert copy() == books(sandbox)


def test_the_newest_alone_cannot_be_read_when_piggy_ignores_dates(sandbox: SandboxAccount) -> None:
    for number in range(25):
        add(sandbox, number)
    sweep()
    sandbox.fault("list_contacts", kind="ignore_filters", times=-1)
    done = sweep(RECENT)
    assert (done.stage, done.problem) == ("stopped", NOT_RECENT)
    assert done.ended_at


def test_contacts_that_the_list_by_date_leaves_out_are_found_by_page_numbers(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        add(sandbox, number)
    asked = Piggy.list_contacts

    def without_the_fourth(self: Piggy, **query: Any) -> Page[Any]:
        page = asked(self, **query)
        items = [item for item in page.items if not query.get("sort") or item.email != "c4@mail.example"]
        return Page(items, len(items), page.number, page.last, page.size, page.total)

    monkeypatch.setattr(Piggy, "list_contacts", without_the_fourth)
    done = sweep()
    assert (done.stage, done.problem) == ("ended", LEFT_OUT)
    assert copy() == books(sandbox)


def test_one_worker_at_a_time_is_at_it_and_one_too_late_writes_nothing(sandbox: SandboxAccount) -> None:
    for number in range(35):
        add(sandbox, number)
    begun = sweeps.start(FULL)
    lease = sweeping.lease_of(begun.pk)
    assert lease is not None
    assert sweeping.advance(begun.pk) is False
    assert sandbox.calls == []
    Sweep.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    read_one_page(begun)  # by another worker
    assert not lease.renew(pages=77)
    begun.refresh_from_db()
    assert begun.pages == 1
    assert sweep().seen == 35


def test_of_two_workers_at_the_same_page_one_writes_it(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(35):
        add(sandbox, number)
    begun = sweeps.start(FULL)
    ask = places.ask

    def slowly(*args: Any) -> Any:
        monkeypatch.setattr(places, "ask", ask)
        Sweep.objects.update(claimed_until=timezone.now())  # it takes longer than the lease
        read_one_page(begun)  # by another worker
        return ask(*args)

    monkeypatch.setattr(places, "ask", slowly)
    assert sweeping.advance(begun.pk) is False
    begun.refresh_from_db()
    assert (begun.pages, begun.seen, ContactCopy.objects.count()) == (1, 10, 10)
    done = sweep()
    assert (done.seen, done.added) == (35, 35)
    assert copy() == books(sandbox)


def test_the_newest_are_read_from_the_last_known_moment_on(sandbox: SandboxAccount) -> None:
    for number in range(45):
        add(sandbox, number)
    sweep()
    new = [add(sandbox, number) for number in range(45, 50)]
    sandbox.forget_calls()
    done = sweep(RECENT)
    assert set(new) <= set(copy())
    assert (done.stage, done.added) == ("ended", 5)
    assert len(lists(sandbox)) == 2  # of the last ten minutes and what came after: fifteen contacts


def test_a_sweep_that_is_open_goes_on_instead_of_a_second_one(sandbox: SandboxAccount) -> None:
    assert sweeps.start(FULL).pk == sweeps.start(FULL).pk
    assert Sweep.objects.count() == 1


def test_who_looked_before_another_began_one_goes_on_with_that_one(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, looks = sweeps.unfinished, iter([Sweep.objects.none()])
    begun = sweeps.start(FULL)
    monkeypatch.setattr(sweeps, "unfinished", lambda: next(looks, real()))
    assert sweeps.start(FULL).pk == begun.pk
    assert Sweep.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_one_at_the_same_moment_have_the_same(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked = threading.Barrier(2)
    begun: list[Any] = []

    def wait() -> None:
        both_have_looked.wait(5)

    def begin() -> None:
        try:
            begun.append(sweeps.start(Sweep.Kind.RECENT).pk)
        finally:
            connection.close()

    monkeypatch.setattr(sweeps, "_newest_known", wait)
    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(begun) == 2
    assert set(begun) == {sweep.pk for sweep in Sweep.objects.all()}
    assert Sweep.objects.count() == 1


def test_the_first_is_due_at_once_the_next_after_a_day_and_the_newest_after_a_quarter_of_an_hour(
    sandbox: SandboxAccount, settings: Any
) -> None:
    def age(**old: float) -> None:
        for row in Sweep.objects.all():
            Sweep.objects.filter(pk=row.pk).update(started_at=row.started_at - timedelta(**old))

    def kind() -> str:
        due = sweeps.start_due()
        return due.kind if due else ""

    assert kind() == "full"
    assert kind() == ""  # it is under way
    sweep()
    assert kind() == ""
    age(minutes=16)
    assert kind() == "recent"
    sweep(RECENT)
    age(hours=24)
    assert kind() == "full"
    sweep()
    settings.SYNC_EVERY_HOURS = 0
    age(hours=99)
    assert kind() == "recent"
