"""What becomes of Piggy's events: the contact is read again, once, whatever came how often and in which order."""

import logging
import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from pytest_django.live_server_helper import LiveServer

from contacts.copy import events, hint_jobs, hints, jobs
from contacts.models import CardCopy, ContactCopy, GoneContact, Hint
from piggyadmin import piggy
from tests.contacts.test_webhooks import PATH, event, send
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

SECRET = "webhooks-of-the-tests"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "SETTLE", timedelta())


def keep(uuid: str, kind: str = "contact_updated") -> Hint:
    hints.keep(event_type=kind, contact_uuid=uuid)
    return Hint.objects.order_by("received_at").last()  # type: ignore[return-value]  # it was just made


def work() -> bool:
    with piggy.as_job():
        return hints.work(seconds=5)


def reads(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls]


def make_due() -> None:
    Hint.objects.filter(state=Hint.State.WAITING).update(not_before=timezone.now())


def test_a_hint_reads_its_contact_again(sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("mila@example.com", firstname="Mila")
    send(event(uuid=contact["uuid"]))
    assert work()
    hint = Hint.objects.get()
    assert (hint.state, hint.changed, hint.tries) == (Hint.State.DONE, True, 1)
    assert ContactCopy.objects.get().firstname == "Mila"
    assert reads(sandbox) == ["get_contact"]


def test_what_an_event_says_is_never_believed(sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("mila@example.com", firstname="Mila")
    send({"type": "contact_updated", "data": {"contact": {"uuid": contact["uuid"], "email": "thief@example.com"}}})
    work()
    assert ContactCopy.objects.get().email == "mila@example.com"


def test_the_same_event_again_changes_nothing(sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("mila@example.com")
    for _ in range(3):
        send(event(uuid=contact["uuid"]))
        work()
    assert list(Hint.objects.order_by("received_at").values_list("changed", flat=True)) == [True, False, False]
    assert ContactCopy.objects.count() == 1


def test_the_order_of_events_does_not_matter(sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("mila@example.com", firstname="Mila")
    send(event("contact_updated", contact["uuid"]))
    send(event("contact_created", contact["uuid"]))
    work()
    assert ContactCopy.objects.get().firstname == "Mila"


def test_many_hints_of_one_contact_cost_one_reading(sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("mila@example.com")
    for kind in ("contact_created", "contact_identifier_created"):
        keep(contact["uuid"], kind)
    assert Hint.objects.count() == 2
    work()
    assert reads(sandbox) == ["get_contact", "list_contact_identifiers"] or len(reads(sandbox)) == 2
    assert set(Hint.objects.values_list("state", flat=True)) == {Hint.State.DONE}


def test_a_new_card_is_read_with_the_others(sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("mila@example.com")
    sandbox.add_identifier("LC-1", contact_uuid=contact["uuid"], default=True)
    sandbox.add_identifier("LC-2", contact_uuid=contact["uuid"])
    keep(contact["uuid"], "contact_identifier_created")
    work()
    assert set(CardCopy.objects.values_list("value", flat=True)) == {"LC-1", "LC-2"}


def test_a_contact_that_piggy_does_not_know_any_more_leaves_the_copy(sandbox: SandboxAccount) -> None:
    ContactCopy.objects.create(contact_uuid="c-gone", read_at=timezone.now(), how="page")
    keep("c-gone")
    work()
    assert not ContactCopy.objects.exists()
    assert GoneContact.objects.get().contact_uuid == "c-gone"
    assert Hint.objects.get().state == Hint.State.IGNORED


def test_a_late_event_does_not_bring_back_who_is_gone(sandbox: SandboxAccount) -> None:
    GoneContact.objects.create(contact_uuid="c-gone", why=GoneContact.Why.ERASED, gone_at=timezone.now())
    keep("c-gone")
    work()
    assert Hint.objects.get().state == Hint.State.IGNORED
    assert sandbox.calls == []


def test_an_event_brings_back_who_only_seemed_to_have_vanished(sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_contact("mila@example.com")["uuid"]
    GoneContact.objects.create(contact_uuid=uuid, why=GoneContact.Why.VANISHED, gone_at=timezone.now())
    keep(uuid)
    work()
    assert (Hint.objects.get().state, Hint.objects.get().changed) == (Hint.State.DONE, True)
    assert ContactCopy.objects.get().contact_uuid == uuid
    assert not GoneContact.objects.exists()


def test_an_event_about_one_that_piggy_still_does_not_know_leaves_it_gone(sandbox: SandboxAccount) -> None:
    GoneContact.objects.create(contact_uuid="c-gone", why=GoneContact.Why.VANISHED, gone_at=timezone.now())
    keep("c-gone")
    work()
    assert (Hint.objects.get().state, Hint.objects.get().changed) == (Hint.State.DONE, False)
    assert GoneContact.objects.get().contact_uuid == "c-gone"
    assert not ContactCopy.objects.exists()


@pytest.mark.parametrize("kind", ["503", "500", "1000", "reset", "lost_after", "html200", "garbage", "latency"])
def test_a_piggy_that_does_not_answer_is_asked_later(kind: str, sandbox: SandboxAccount, settings: Any) -> None:
    settings.PIGGY_TIMEOUT = 0.5
    contact = sandbox.add_contact("mila@example.com")
    sandbox.fault("reads", kind=kind, times=-1, **({"seconds": 1} if kind == "latency" else {}))
    keep(contact["uuid"])
    work()
    hint = Hint.objects.get()
    assert hint.state == Hint.State.WAITING
    assert hint.tries == 1
    assert hint.not_before is not None
    assert timedelta(seconds=20) < hint.not_before - timezone.now() <= hints.FIRST_WAIT
    sandbox.clear_faults()
    settings.PIGGY_TIMEOUT = 10  # half a second was for the silence; an answer may take longer where much else runs
    make_due()
    work()
    assert Hint.objects.get().state == Hint.State.DONE
    assert ContactCopy.objects.count() == 1


def test_it_stops_at_the_first_contact_when_piggy_is_down(sandbox: SandboxAccount) -> None:
    contacts = [sandbox.add_contact(f"{number}@example.com") for number in range(5)]
    for contact in contacts:
        keep(contact["uuid"])
    sandbox.fault("reads", kind="503", times=-1)
    assert not work()
    assert Hint.objects.filter(tries=1).count() == 1
    assert Hint.objects.filter(tries=0).count() == 4


def test_it_waits_as_long_as_piggy_asks(sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("mila@example.com")
    sandbox.fault("reads", kind="429", retry_after=700, times=-1)
    keep(contact["uuid"])
    assert not work()
    hint = Hint.objects.get()
    assert hint.not_before is not None
    assert hint.not_before > timezone.now() + timedelta(seconds=600)


def test_it_waits_longer_each_time_and_gives_up_in_the_end(
    sandbox: SandboxAccount, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.fault("reads", kind="503", times=-1)
    keep("c-1")
    waits = []
    for _ in range(hints.TRIES - 1):
        make_due()
        work()
        waits.append(round(((Hint.objects.get().not_before or timezone.now()) - timezone.now()).total_seconds()))
    assert waits == sorted(waits)
    assert waits[-1] == hints.LONGEST_WAIT.total_seconds()
    assert Hint.objects.get().state == Hint.State.WAITING
    make_due()
    with caplog.at_level(logging.WARNING, "contacts"):
        work()
    assert Hint.objects.get().state == Hint.State.IGNORED
    assert "given up" in caplog.text


def test_a_fault_of_ours_on_one_contact_does_not_stop_the_others(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = sandbox.add_contact("good@example.com"), sandbox.add_contact("bad@example.com")
    real = hints.read_again

    def trips(contact_uuid: str, **kwargs: Any) -> bool:
        if contact_uuid == bad["uuid"]:
            raise ValueError("of ours")
        return real(contact_uuid, **kwargs)

    monkeypatch.setattr(hints, "read_again", trips)
    keep(bad["uuid"])
    keep(good["uuid"])
    work()
    assert Hint.objects.get(contact_uuid=bad["uuid"]).state == Hint.State.WAITING
    assert Hint.objects.get(contact_uuid=good["uuid"]).state == Hint.State.DONE


def test_what_comes_during_a_reading_is_read_after_it(sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = sandbox.add_contact("mila@example.com")
    real, times = hints.read_again, []

    def meanwhile(contact_uuid: str, **kwargs: Any) -> bool:
        changed = real(contact_uuid, **kwargs)
        times.append(1)
        if len(times) == 1:
            keep(contact_uuid)  # after Piggy answered, before we wrote that it is done
        return changed

    monkeypatch.setattr(hints, "read_again", meanwhile)
    keep(contact["uuid"])
    work()
    assert len(times) == 2


def test_a_reading_that_was_broken_off_is_taken_up_again(sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("mila@example.com")
    hint = keep(contact["uuid"])
    killed = timezone.now() - hints.LEASE - timedelta(seconds=1)
    Hint.objects.filter(pk=hint.pk).update(worked_at=killed, not_before=killed + hints.LEASE, tries=1)
    work()
    assert Hint.objects.get().state == Hint.State.DONE


def test_a_reading_under_way_is_left_alone(sandbox: SandboxAccount) -> None:
    hint = keep("c-1")
    now = timezone.now()
    Hint.objects.filter(pk=hint.pk).update(worked_at=now, not_before=now + hints.LEASE, tries=1)
    work()
    assert sandbox.calls == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_read_each_contact_once(sandbox: SandboxAccount) -> None:
    for number in range(12):
        keep(sandbox.add_contact(f"{number}@example.com")["uuid"])
    sandbox.slow = 0.05
    threads = [threading.Thread(target=work_in_thread) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Hint.objects.filter(state=Hint.State.DONE).count() == 12
    assert len(reads(sandbox)) == 12


def work_in_thread() -> None:
    from django.db import connection

    try:
        work()
    finally:
        connection.close()


def test_one_task_is_asked_for_however_many_events_come(sandbox: SandboxAccount) -> None:
    for number in range(20):
        keep(f"c-{number}")
    assert OrmQ.objects.count() == 1


def test_what_came_during_the_task_is_not_left_lying(sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = sandbox.add_contact("mila@example.com")
    keep(contact["uuid"])
    OrmQ.objects.all().delete()

    def at_the_last_moment(**kwargs: Any) -> bool:
        keep(contact["uuid"])  # finds the task asked for, and asks for none
        return True

    monkeypatch.setattr(hints, "work", at_the_last_moment)
    hint_jobs.work_hints()
    assert OrmQ.objects.count() == 1


def test_a_piggy_that_is_down_is_left_to_the_minutes_job(sandbox: SandboxAccount) -> None:
    for number in range(3):
        keep(f"c-{number}")
    OrmQ.objects.all().delete()
    sandbox.fault("reads", kind="503", times=-1)
    hint_jobs.work_hints()
    assert OrmQ.objects.count() == 0
    assert hint_jobs.go_on() == 2
    assert OrmQ.objects.count() == 1


def test_a_task_ends_in_time_also_when_its_last_two_calls_take_all_of_theirs(settings: Any) -> None:
    ended_by_the_worker = settings.Q_CLUSTER["timeout"]
    assert ended_by_the_worker - 5 >= hint_jobs.SECONDS + 2 * settings.PIGGY_TIMEOUT
    assert ended_by_the_worker - 5 >= jobs.CARDS_SECONDS + settings.PIGGY_TIMEOUT


def test_the_minutes_job_asks_for_nobody_when_nothing_waits() -> None:
    assert hint_jobs.go_on() == 0
    assert OrmQ.objects.count() == 0


def test_the_minutes_job_is_in_the_schedule() -> None:
    schedule = Schedule.objects.get(name="contacts: work off webhooks")
    assert (schedule.func, schedule.minutes) == ("contacts.copy.hint_jobs.go_on", 1)


def test_old_hints_are_pruned_and_waiting_ones_never() -> None:
    old = timezone.now() - hints.KEPT - timedelta(minutes=1)
    for state in Hint.State:
        Hint.objects.create(received_at=old, event_type="contact_updated", contact_uuid="c-1", state=state)
        Hint.objects.create(received_at=timezone.now(), event_type="contact_updated", contact_uuid="c-2", state=state)
    assert hints.prune() == 2
    assert set(Hint.objects.filter(received_at=old).values_list("state", flat=True)) == {Hint.State.WAITING}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["", "twice", "backwards", "drop", "forged"])
def test_the_stand_ins_own_deliveries_arrive(way: str, sandbox: SandboxAccount, live_server: LiveServer) -> None:
    cache.clear()
    for kind in ("contact_created", "contact_updated", "contact_identifier_created"):
        sandbox.add_webhook(kind, f"{live_server.url}{PATH}", SECRET)
    if way:
        sandbox.set(webhooks=way)
    sandbox.set(webhook_retry_seconds=0.01)
    client = piggy.get_client()
    made = client.create_contact(email="mila@example.com")
    uuid = made if isinstance(made, str) else made.uuid
    client.update_contact(contact_uuid=uuid, attributes={"firstname": "Mila"})
    told = sandbox.deliveries()
    assert told
    work()
    if way in ("drop", "forged"):
        assert not Hint.objects.exists()
        assert not ContactCopy.objects.exists()
    else:
        assert ContactCopy.objects.get().firstname == "Mila"
        assert {each["status"] for each in told} == {202}


def test_the_latest_hints_are_found_whatever_became_of_them() -> None:
    now = timezone.now()
    for number in range(12):
        state = list(Hint.State)[number % 3]
        at = now - timedelta(minutes=number)
        Hint.objects.create(received_at=at, event_type="contact_updated", contact_uuid=f"c-{number}", state=state)
    assert [hint.contact_uuid for hint in hints.latest(5)] == [f"c-{number}" for number in range(5)]
    assert hints.since(now - timedelta(minutes=3, seconds=1)).count() == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["twice", "backwards"])
def test_after_a_busy_minute_the_copy_is_what_piggy_says(
    way: str, sandbox: SandboxAccount, live_server: LiveServer
) -> None:
    """Many deeds on some contacts, told twice or in the wrong order, and read while they still go on."""
    cache.clear()
    sandbox.set(webhooks=way)
    for kind in events.WANTED:
        sandbox.add_webhook(kind, f"{live_server.url}{PATH}", SECRET)
    client, dice = piggy.get_client(), random.Random(way)
    shop = sandbox.state("shop")[0]["uuid"]
    uuids = [sandbox.add_contact(f"{number}@example.com")["uuid"] for number in range(6)]
    for number in range(40):
        uuid = dice.choice(uuids)
        if number % 4 == 0:
            client.create_prepaid_transaction(contact_uuid=uuid, shop_uuid=shop, amount_in_cents=dice.randint(1, 900))
        elif number % 4 == 1:
            client.create_credit_reception(contact_uuid=uuid, shop_uuid=shop, credits=dice.randint(1, 90))
        else:
            client.update_contact(contact_uuid=uuid, attributes={"firstname": f"Mila {dice.random()}"})
        if number % 7 == 0:
            work()
    sandbox.deliveries()
    work()
    assert not Hint.objects.filter(state=Hint.State.WAITING).exists()
    copies = {copy.contact_uuid: copy for copy in ContactCopy.objects.all()}
    assert set(copies) == set(uuids)
    for uuid, copy in copies.items():
        told = client.get_contact(contact_uuid=uuid)
        assert copy.firstname == (told.value("firstname") or "")
        assert copy.credits == told.credit_balance.balance
        assert copy.prepaid_cents == told.prepaid_balance.balance_in_cents
