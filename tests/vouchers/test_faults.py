"""Every write to a voucher, with every fault: nothing happens twice, and nothing is called done that is not.

What really happened is read from the sandbox's own books, not from what Piggy answered.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers.check import services

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
REFUSED = ["429", "401"]


@dataclass
class Write:
    """One of the five writes, ready to be done: how, by which operation, and whether it has happened."""

    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]  # how often, by the sandbox's books


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture(params=["lock", "redeem", "redeem_many", "release", "reverse"])
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor) -> Write:
    contact = sandbox.add_contact("sanne@mail.example")
    uses = {"total_redemptions_allowed": 10} if request.param == "redeem_many" else {}
    uuid = sandbox.add_voucher("COFFEE-1", contact_uuid=contact["uuid"], **uses)["uuid"]
    services.check_code(code="COFFEE-1", actor=actor)
    act = {"voucher_uuid": uuid, "actor": actor}

    def row() -> dict:
        return next(row for row in sandbox.state("voucher") if row["uuid"] == uuid)

    def locked() -> int:
        return int(bool(row()["lock"]))

    def redemptions(reversed_: bool = False) -> int:
        return len([one for one in sandbox.state("redemption") if bool(one["reversed_at"]) == reversed_])

    def thrice() -> int:
        number, rest = divmod(redemptions(), 3)
        assert rest == 0
        return number

    def see_it() -> None:
        services.read(voucher_uuid=uuid, actor=actor)  # as a page does after each act

    if request.param == "lock":
        return Write("lock_voucher", lambda token: services.lock(**act, token=token), locked)
    assert services.lock(**act, token="before-lock").done
    see_it()
    if request.param == "release":
        return Write("release_voucher", lambda token: services.release(**act, token=token), lambda: 1 - locked())
    if request.param == "redeem":
        return Write("redeem_voucher", lambda token: services.redeem(**act, token=token), redemptions)
    if request.param == "redeem_many":
        many = {**act, "times": 3}
        return Write("multi_redeem_voucher", lambda token: services.redeem(**many, token=token), thrice)
    done = services.redeem(**act, token="before-redeem")
    number = done.figures["redemption_uuid"]
    return Write(
        "reverse_voucher_redemption",
        lambda token: services.reverse(**act, redemption_uuid=number, reason="Wrong customer", token=token),
        lambda: redemptions(reversed_=True),
    )


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])


@pytest.mark.django_db
class TestEveryFault:
    @pytest.mark.parametrize("kind", HAPPENED)
    def test_a_lost_answer_is_unknown_until_a_reading_proves_it(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form")
        assert outcome.unknown
        assert write.happened() == 1
        again = write.do("one-form")
        assert again.repeated
        settled = settling.look(outcome.act_id)
        if write.operation == "lock_voucher":
            assert settled.unknown, "LOCKED without a key may be anybody's lock"
        else:
            assert settled.done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == 1

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_never_came_is_unknown_first_and_not_done_in_the_end(
        self, write: Write, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form")
        assert outcome.unknown
        assert not settling.look(outcome.act_id).done
        assert write.do("one-form").repeated
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
        settled = settling.look(outcome.act_id)
        assert settled.refused
        assert write.happened() == 0
        assert asked(sandbox, write.operation) == 1

    @pytest.mark.parametrize("kind", REFUSED)
    def test_what_piggy_refused_is_not_done_and_may_be_done_later(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault(write.operation, kind=kind, **({"retry_after": 30} if kind == "429" else {}))
        outcome = write.do("one-form")
        assert outcome.outcome == ("planned" if kind == "429" else "refused")
        assert write.happened() == 0
        assert write.do("another-form").done
        assert write.happened() == 1

    def test_an_answer_that_comes_too_late_is_unknown_until_a_reading_proves_it(
        self, write: Write, sandbox: SandboxAccount, settings: object
    ) -> None:
        settings.PIGGY_TIMEOUT = 0.4  # type: ignore[attr-defined]
        sandbox.fault(write.operation, kind="latency_after", seconds=1)
        outcome = write.do("one-form")
        assert outcome.unknown
        settings.PIGGY_TIMEOUT = 5  # type: ignore[attr-defined]
        settled = settling.look(outcome.act_id)
        assert settled.unknown if write.operation == "lock_voucher" else settled.done
        assert write.happened() == 1

    def test_with_piggy_gone_nothing_was_sent_and_that_is_said(
        self, write: Write, sandbox: SandboxAccount, settings: object
    ) -> None:
        address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"  # type: ignore[attr-defined]
        try:
            outcome = write.do("one-form")
        except services.PiggyError:
            reads_first = {
                "reverse_voucher_redemption": "voucher.reverse",
                "multi_redeem_voucher": "voucher.redeem_many",
            }
            assert write.operation in reads_first, "it reads first, and says so before any act"
            assert not Act.objects.filter(action=reads_first[write.operation]).exists()
        else:
            assert outcome.refused
            assert outcome.code == "not_sent"
        settings.PIGGY_BASE_URL = address  # type: ignore[attr-defined]
        assert write.happened() == 0

    def test_two_clicks_are_one(self, write: Write, sandbox: SandboxAccount) -> None:
        assert write.do("one-form").done
        second = write.do("one-form")
        assert second.repeated
        assert second.done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == 1
