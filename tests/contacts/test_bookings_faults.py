"""Every write to a booking, with every fault: nothing happens twice, and nothing is called done that is not.

What really happened is read from the sandbox's own books, not from what Piggy answered. Piggy shows no booking, so
what got lost stays unknown until a person decides.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connections

from contacts.bookings import services
from contacts.models import Booking
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.verifying import verify_ledger
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
REFUSED = ["429", "401"]
DINNER = datetime(2026, 11, 21, 18, tzinfo=UTC)


@dataclass
class Write:
    """One of the three writes, ready to be done: how, by which operation, and how often it has happened."""

    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]  # by the sandbox's books
    kept: Callable[[], bool]  # whether our own rows say that it happened


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture(params=["create", "update", "check_in", "check_in_unseen"])
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor) -> Write:
    contact = sandbox.add_contact("sanne@mail.example")["uuid"]

    def rows() -> list[dict[str, Any]]:
        return sandbox.state("booking")

    def make(token: str) -> Outcome:
        values = {"starts_at": DINNER, "status": "created"}
        saving = services.create(contact_uuid=contact, actor=actor, values=values, token=token)
        assert saving.outcome
        return saving.outcome

    def made() -> int:
        return len(rows())

    if request.param == "create":
        return Write("create_booking", make, made, lambda: Booking.objects.exists())
    if request.param == "check_in_unseen":
        uuid = sandbox.add_booking(contact_uuid=contact, shop_uuid="shop-utrecht")["uuid"]
    else:
        uuid = make("before").figures["booking_uuid"]

    def change(token: str) -> Outcome:
        row = Booking.objects.get()
        saving = services.save(
            booking_uuid=uuid,
            actor=actor,
            version=row.version,
            typed={"status": "completed"},
            changed_since=lambda values: set(),
            token=token,
        )
        assert saving.outcome
        return saving.outcome

    def check_in(token: str) -> Outcome:
        came = services.check_in(booking_uuid=uuid, actor=actor, token=token)
        assert isinstance(came, Outcome)
        return came

    if request.param == "update":
        return Write(
            "update_booking",
            change,
            lambda: sum(row["status"] == "completed" for row in rows()),
            lambda: Booking.objects.filter(status="completed").exists(),
        )
    return Write(
        "update_booking",
        check_in,
        lambda: sum(row["checked_in_at"] is not None for row in rows()),
        lambda: Booking.objects.exclude(checked_in_at=None).exists(),
    )


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])


@pytest.mark.django_db
class TestEveryFault:
    @pytest.mark.parametrize("kind", [*HAPPENED, *NOT_HAPPENED])
    def test_a_lost_answer_stays_unknown_and_is_sent_once(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        before = asked(sandbox, write.operation)
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form")
        assert outcome.unknown
        assert "We do not know" in outcome.words
        assert write.happened() == (1 if kind in HAPPENED else 0)
        assert not write.kept()
        assert write.do("one-form").repeated
        assert settling.look(outcome.act_id).unknown, "Piggy shows no booking: only a person can say"
        other = write.do("another-form")
        assert other.refused
        assert "Nobody knows yet" in other.words
        assert write.happened() == (1 if kind in HAPPENED else 0)
        assert asked(sandbox, write.operation) == before + 1

    @pytest.mark.parametrize("happened", [True, False])
    def test_a_person_decides_and_our_rows_follow(
        self, write: Write, sandbox: SandboxAccount, actor: Actor, happened: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.fault(write.operation, kind="lost_after" if happened else "lost_before")
        outcome = write.do("one-form")
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
        settled = settling.settle_by_person(outcome.act_id, by=actor, happened=happened, reason="Seen at Piggy's.")
        assert settled.done is happened
        # a booking whose number was lost with the answer has no row: it is opened by its code, or imported
        assert write.kept() is (happened and write.operation == "update_booking")
        if not happened:
            assert write.do("another-form").done
            assert write.happened() == 1
            assert write.kept()

    @pytest.mark.parametrize("kind", REFUSED)
    def test_what_piggy_refused_is_not_done_and_may_be_done_later(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault(write.operation, kind=kind, **({"retry_after": 30} if kind == "429" else {}))
        outcome = write.do("one-form")
        assert outcome.outcome == ("planned" if kind == "429" else "refused")
        assert write.happened() == 0
        assert not write.kept()
        assert write.do("another-form").done
        assert write.happened() == 1
        assert write.kept()

    def test_a_planned_one_is_sent_once_when_its_time_has_come(self, write: Write, sandbox: SandboxAccount) -> None:
        sandbox.fault(write.operation, kind="429", retry_after=0)
        assert write.do("one-form").outcome == "planned"
        assert write.do("one-form").done
        assert write.do("one-form").repeated
        assert write.happened() == 1

    def test_an_answer_that_comes_too_late_is_unknown(
        self, write: Write, sandbox: SandboxAccount, settings: Any
    ) -> None:
        settings.PIGGY_TIMEOUT = 0.4
        sandbox.fault(write.operation, kind="latency_after", seconds=1)
        outcome = write.do("one-form")
        assert outcome.unknown
        assert write.happened() == 1
        assert not write.kept()

    def test_with_piggy_gone_nothing_was_sent_and_that_is_said(
        self, write: Write, sandbox: SandboxAccount, settings: Any
    ) -> None:
        address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"
        outcome = write.do("one-form")
        assert outcome.refused
        assert outcome.code == "not_sent"
        settings.PIGGY_BASE_URL = address
        assert write.happened() == 0
        assert write.do("another-form").done

    def test_two_clicks_are_one(self, write: Write, sandbox: SandboxAccount) -> None:
        before = asked(sandbox, write.operation)
        assert write.do("one-form").done
        second = write.do("one-form")
        assert second.repeated
        assert second.done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == before + 1


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Real threads, while Piggy takes its time."""

    @pytest.fixture
    def booking(self, sandbox: SandboxAccount, actor: Actor) -> str:
        contact = sandbox.add_contact("sanne@mail.example")["uuid"]
        made = services.create(contact_uuid=contact, actor=actor, values={"starts_at": DINNER}, token="made")
        assert made.outcome
        sandbox.forget_calls()
        return str(made.outcome.figures["booking_uuid"])

    def race(self, *tries: Callable[[], Any]) -> list[Any]:
        came: list[Any] = [None] * len(tries)
        gate = threading.Barrier(len(tries))

        def go(number: int) -> None:
            gate.wait()
            try:
                came[number] = tries[number]()
            finally:
                connections.close_all()

        threads = [threading.Thread(target=go, args=(number,)) for number in range(len(tries))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return came

    def test_one_of_two_saves_wins_and_the_other_was_not_sent(
        self, booking: str, sandbox: SandboxAccount, actor: Actor
    ) -> None:
        version = Booking.objects.get().version
        sandbox.slow = 0.3

        def save(people: int) -> services.Saving:
            return services.save(
                booking_uuid=booking,
                actor=actor,
                version=version,
                typed={"number_of_people": people},
                changed_since=lambda values: set(),
                token=f"form-{people}",
            )

        first, second = self.race(lambda: save(5), lambda: save(6))
        assert sorted([first.outcome.outcome, second.outcome.outcome]) == ["done", "refused"]
        assert asked(sandbox, "update_booking") == 1
        [row] = sandbox.state("booking")
        assert row["number_of_people"] == Booking.objects.get().number_of_people == (5 if first.outcome.done else 6)
        assert verify_ledger().whole

    def test_two_tills_check_in_once(self, booking: str, sandbox: SandboxAccount, actor: Actor) -> None:
        sandbox.slow = 0.3
        came = self.race(
            *(
                lambda token=token: services.check_in(booking_uuid=booking, actor=actor, token=token)
                for token in ("till-one", "till-two")
            )
        )
        assert len([one for one in came if isinstance(one, Outcome) and one.done]) == 1
        assert asked(sandbox, "update_booking") == 1

    def test_one_form_sent_twice_at_once_makes_one_booking(
        self, sandbox: SandboxAccount, actor: Actor, shop: Shop
    ) -> None:
        contact = sandbox.add_contact("omar@mail.example")["uuid"]
        sandbox.slow = 0.3
        values = {"starts_at": DINNER}
        came = self.race(
            *(
                lambda: services.create(contact_uuid=contact, actor=actor, values=values, token="one-form")
                for _ in range(2)
            )
        )
        assert all(one.outcome.done for one in came)
        assert len(sandbox.state("booking")) == 1


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    return str(sandbox.add_contact("sanne@mail.example")["uuid"])


def book(contact: str, actor: Actor, token: str, **values: Any) -> Outcome:
    saving = services.create(contact_uuid=contact, actor=actor, values={"starts_at": DINNER} | values, token=token)
    assert saving.outcome
    return saving.outcome


@pytest.mark.django_db
def test_one_that_waited_sees_what_was_begun_meanwhile(sandbox: SandboxAccount, actor: Actor, sanne: str) -> None:
    sandbox.fault("create_booking", kind="429", retry_after=0)
    assert book(sanne, actor, "waits").outcome == "planned"
    sandbox.fault("create_booking", kind="lost_after")
    assert book(sanne, actor, "another").unknown
    assert book(sanne, actor, "waits").refused, "the other may have been made: two would be one too many"
    assert len(sandbox.state("booking")) == 1


@pytest.mark.django_db
def test_a_change_that_waited_sees_what_was_changed_meanwhile(
    sandbox: SandboxAccount, actor: Actor, sanne: str
) -> None:
    uuid = book(sanne, actor, "made").figures["booking_uuid"]

    def change(status: str, token: str) -> Outcome:
        saving = services.save(
            booking_uuid=uuid,
            actor=actor,
            version=Booking.objects.get().version,
            typed={"status": status},
            changed_since=lambda values: set(),
            token=token,
        )
        assert saving.outcome
        return saving.outcome

    sandbox.fault("update_booking", kind="429", retry_after=0)
    assert change("completed", "waits").outcome == "planned"
    sandbox.fault("update_booking", kind="lost_after")
    assert change("canceled", "another").unknown
    assert change("completed", "waits").refused
    assert [row["status"] for row in sandbox.state("booking")] == ["canceled"]


@pytest.mark.django_db
def test_a_row_of_ours_that_fails_loses_neither_the_booking_nor_its_number(
    sandbox: SandboxAccount, actor: Actor, sanne: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**facts: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(services.known, "apply", fail)
    outcome = book(sanne, actor, "one-form")
    assert outcome.done
    assert outcome.figures["booking_uuid"] == sandbox.state("booking")[0]["uuid"]
