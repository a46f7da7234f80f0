"""Every write of claiming, with every fault: nothing happens twice, nothing is called done that is not, no merge ever.

What really happened is read from the sandbox's own books, not from what Piggy answered.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone

from contacts.claiming import services, verification
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyError
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
EMAIL = "nieuw@mail.example"


@dataclass
class Write:
    """One of the three writes, ready to be done: how, by which operation, how often it has happened by the books."""

    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]
    can_be_looked_up: bool


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture(params=["claim", "send", "code"])
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor) -> Write:
    if request.param == "claim":
        uuid = sandbox.add_contact(anonymous=True)["uuid"]
        return Write(
            "claim_anonymous_contact",
            lambda token: services.claim(contact_uuid=uuid, email=EMAIL, actor=actor, token=token),
            lambda: len([row for row in sandbox.state("contact") if row["email"] == EMAIL]),
            can_be_looked_up=True,
        )
    uuid = sandbox.add_contact(EMAIL)["uuid"]
    if request.param == "send":
        return Write(
            "send_verification_email",
            lambda token: verification.send(contact_uuid=uuid, actor=actor, token=token),
            lambda: len(sandbox.codes_sent),
            can_be_looked_up=False,
        )
    assert verification.send(contact_uuid=uuid, actor=actor, token="before-the-code").done
    code = sandbox.codes_sent[-1].code
    return Write(
        "verify_login_code",
        lambda token: verification.check_code(contact_uuid=uuid, code=code, actor=actor, token=token),
        lambda: len([row for row in sandbox.state("verification") if row["used_at"]]),
        can_be_looked_up=False,
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
        assert write.do("one-form").repeated
        settled = settling.look(outcome.act_id)
        assert settled.done if write.can_be_looked_up else settled.unknown
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == 1

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_never_came_is_unknown_first_and_never_called_done(
        self, write: Write, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form")
        assert outcome.unknown
        assert settling.look(outcome.act_id).unknown
        assert write.do("one-form").repeated
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its time is over
        settled = settling.look(outcome.act_id)
        assert settled.refused if write.can_be_looked_up else settled.unknown
        assert write.happened() == 0
        assert asked(sandbox, write.operation) == 1

    @pytest.mark.parametrize("kind", ["429", "401"])
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
        settings.PIGGY_TIMEOUT = 0.5  # type: ignore[attr-defined]
        sandbox.fault(write.operation, kind="latency_after", seconds=1.2)
        outcome = write.do("one-form")
        assert outcome.unknown
        settings.PIGGY_TIMEOUT = 5  # type: ignore[attr-defined]
        settled = settling.look(outcome.act_id)
        assert settled.done if write.can_be_looked_up else settled.unknown
        assert write.happened() == 1

    def test_with_piggy_gone_nothing_was_sent_and_that_is_said(
        self, write: Write, sandbox: SandboxAccount, settings: object
    ) -> None:
        before = Act.objects.count()
        address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"  # type: ignore[attr-defined]
        try:
            outcome = write.do("one-form")
        except PiggyError:
            assert not write.can_be_looked_up, "verifying reads the address first, and says so before any act"
            assert Act.objects.count() == before
        else:
            assert outcome.refused
            assert "was not sent" in outcome.reason
        settings.PIGGY_BASE_URL = address  # type: ignore[attr-defined]
        assert write.happened() == 0

    def test_two_clicks_are_one(self, write: Write, sandbox: SandboxAccount) -> None:
        assert write.do("one-form").done
        second = write.do("one-form")
        assert second.repeated
        assert second.done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == 1


@pytest.mark.django_db
class TestAClaimLookedUp:
    """What a reading proves about a claim without an answer, and what it does not."""

    @pytest.fixture
    def uuid(self, sandbox: SandboxAccount) -> str:
        return sandbox.add_contact(anonymous=True)["uuid"]

    @pytest.fixture
    def lost(self, sandbox: SandboxAccount, actor: Actor, uuid: str) -> Outcome:
        """A claim that never came to Piggy, and of which we know nothing."""
        sandbox.fault("claim_anonymous_contact", kind="lost_before")
        return services.claim(contact_uuid=uuid, email=EMAIL, actor=actor, token="the-lost-form")

    def claimed_elsewhere(self, uuid: str, email: str) -> None:
        from piggyadmin import piggy

        piggy.get_client().claim_contact(contact_uuid=uuid, email=email)

    def test_the_same_address_typed_by_somebody_else_is_the_end_that_was_wanted(self, lost: Outcome, uuid: str) -> None:
        self.claimed_elsewhere(uuid, EMAIL.upper())
        assert settling.look(lost.act_id).done

    def test_another_address_means_that_ours_never_came(self, lost: Outcome, uuid: str) -> None:
        self.claimed_elsewhere(uuid, "anders@mail.example")
        settled = settling.look(lost.act_id)
        assert settled.refused
        assert settled.code == "other_address"

    def test_a_customer_that_is_gone_proves_nothing(
        self, lost: Outcome, uuid: str, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        other = sandbox.add_contact(EMAIL)
        self.claimed_elsewhere(uuid, EMAIL)  # merges: the customer goes
        waiting = settling.look(lost.act_id)
        assert waiting.unknown
        assert Act.objects.get().state.reading["address_of"] == other["uuid"]
        sandbox.advance(1000)
        gone = settling.look(lost.act_id)
        assert gone.unknown
        assert "not at Piggy any more" in Act.objects.get().state.reading["customer"]

    def test_words_that_were_erased_prove_nothing(
        self, lost: Outcome, uuid: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from piggyadmin.ledger.models import ActDetail

        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        self.claimed_elsewhere(uuid, EMAIL)
        ActDetail.objects.filter(event=None).update(body="", salt="", erased_at=timezone.now())
        assert settling.look(lost.act_id).unknown

    def test_a_claim_settled_as_done_takes_the_customer_off_the_list(self, lost: Outcome, uuid: str) -> None:
        from contacts.models import AnonymousContact

        AnonymousContact.objects.create(contact_uuid=uuid, met_at=timezone.now(), seen_at=timezone.now())
        self.claimed_elsewhere(uuid, EMAIL)
        settling.look(lost.act_id)
        assert not AnonymousContact.objects.exists()

    def test_no_reading_and_no_figure_holds_an_address(self, lost: Outcome, uuid: str) -> None:
        self.claimed_elsewhere(uuid, EMAIL)
        settling.look(lost.act_id)
        act = Act.objects.get()
        for figures in (act.figures, act.state.reading, *(event.figures for event in act.events.all())):
            assert "@" not in str(figures)
