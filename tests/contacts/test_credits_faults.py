"""Every write of credits, with every fault: nothing happens twice, and nothing is called done that is not.

What really happened is read from the sandbox's own books, not from what Piggy answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from contacts.credits import marks, resolvers, reversing, services
from contacts.credits.wishes import Wish
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, ActState
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyError
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
REFUSED = ["429", "401"]
GIVE, BACK, MAKE = "create_credit_reception", "reverse_credit_reception", "create_loyalty_transaction_attribute"


@dataclass
class Write:
    """One of the four writes, ready to be done: how, by which operation, and how often it has happened."""

    name: str
    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]


@pytest.fixture(autouse=True)
def no_pause(first_limits: None) -> None:
    Limit.objects.filter(kind="award_pause").delete()


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    return sandbox.add_contact("sanne@mail.example", credits=1240)


def give(sanne: dict, actor: Actor, credits: int, token: str) -> Outcome:
    return services.award(
        contact_uuid=sanne["uuid"], wish=Wish(credits=credits), promised=credits, actor=actor, token=token
    )


def receptions(sandbox: SandboxAccount, credits: int) -> int:
    return [row["credits"] for row in sandbox.state("loyalty_transaction")].count(credits)


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])


@pytest.fixture(params=["award", "reverse", "refund", "make_mark"])
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor, sanne: dict) -> Write:
    if request.param == "make_mark":
        sandbox.set(marks=True)

        def make(token: str) -> Outcome:
            marks.ATTRIBUTE.forget()
            marks.ATTRIBUTE.ensure()
            return services_outcome("credits.make_mark")

        def there() -> int:
            return len([row for row in sandbox.state("attribute") if row["name"] == MARK])

        return Write("make_mark", MAKE, make, there)
    # Somebody was awarded before, so we know that this account returns our marks.
    first = give(sanne, actor, 30, "one-before")
    assert first.done
    sandbox.forget_calls()
    if request.param == "award":
        return Write("award", GIVE, lambda token: give(sanne, actor, 25, token), lambda: receptions(sandbox, 25))
    uuid = first.figures["reception_uuid"]
    given = reversing.open_given(contact_uuid=sanne["uuid"], reception_uuid=uuid)
    how = {"given": given, "actor": actor, "why": "amount", "reason": "Wrong amount"}
    if request.param == "reverse":
        return Write(
            "reverse", BACK, lambda token: reversing.take_back(**how, token=token), lambda: receptions(sandbox, -30)
        )
    return Write(
        "refund",
        GIVE,
        lambda token: reversing.refund(**how, credits=12, token=token),
        lambda: receptions(sandbox, -12),
    )


def services_outcome(action: str) -> Outcome:
    return settling.outcome_of(Act.objects.filter(action=action).latest("seq"))


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
        assert write.name == "make_mark" or again.repeated
        assert settling.look(outcome.act_id).done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == 1

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_never_came_is_unknown_first_and_not_done_in_the_end(
        self, write: Write, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form")
        assert outcome.unknown
        assert settling.look(outcome.act_id).unknown
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
        assert settling.look(outcome.act_id).refused
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
        assert settling.look(outcome.act_id).done
        assert write.happened() == 1

    def test_with_piggy_gone_nothing_was_sent_and_that_is_said(
        self, write: Write, sandbox: SandboxAccount, settings: object
    ) -> None:
        if write.name == "make_mark":
            settings.PIGGY_BASE_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
            marks.ATTRIBUTE.forget()
            assert marks.ATTRIBUTE.ensure() is False
            assert not Act.objects.filter(action="credits.make_mark").exists(), "it looks first, and could not"
            return
        settings.PIGGY_BASE_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
        outcome = write.do("one-form")
        assert outcome.refused
        assert outcome.code == "not_sent"
        assert write.happened() == 0

    def test_two_clicks_are_one(self, write: Write, sandbox: SandboxAccount) -> None:
        assert write.do("one-form").done
        second = write.do("one-form")
        assert write.name == "make_mark" or second.repeated
        assert second.done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == 1


@pytest.mark.django_db
class TestWhatAReadingProves:
    """The resolvers, where a mark does not come back or another transaction looks alike."""

    def lose(self, sandbox: SandboxAccount, operation: str, do: Callable[[], Outcome], kind: str) -> Outcome:
        sandbox.fault(operation, kind=kind)
        outcome = do()
        assert outcome.unknown
        return outcome

    @pytest.fixture(autouse=True)
    def its_minute_is_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)

    @pytest.mark.parametrize("kind", ["lost_after", "lost_before"])
    def test_in_an_account_of_which_nothing_is_known_a_missing_mark_proves_nothing(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor, kind: str
    ) -> None:
        outcome = self.lose(sandbox, GIVE, lambda: give(sanne, actor, 25, "t"), kind)
        settled = settling.look(outcome.act_id)
        assert settled.done if kind == "lost_after" else settled.unknown

    @pytest.mark.parametrize("kind", ["lost_after", "lost_before"])
    def test_in_an_account_that_returns_no_marks_a_person_decides_with_the_transactions(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor, admin: Person, kind: str
    ) -> None:
        sandbox.set(marks=False)
        assert give(sanne, actor, 30, "before").done
        outcome = self.lose(sandbox, GIVE, lambda: give(sanne, actor, 25, "t"), kind)
        assert settling.look(outcome.act_id).unknown
        reading = ActState.objects.get(act=outcome.act_id).reading
        assert reading.pop("our mark") == "not there"
        lines = ["+25 credits, Utrecht West", "+30 credits, Utrecht West"]
        assert sorted(reading.values()) == (lines if kind == "lost_after" else lines[1:])
        page = admin.get(f"/audit/{outcome.act_id}/").content.decode()
        assert "+30 credits, Utrecht West" in page

    def test_without_a_mark_nothing_is_proved(self, sandbox: SandboxAccount, sanne: dict, actor: Actor) -> None:
        sandbox.fault(MAKE, kind="401")
        outcome = self.lose(sandbox, GIVE, lambda: give(sanne, actor, 25, "t"), "lost_after")
        assert settling.look(outcome.act_id).unknown
        assert ActState.objects.get(act=outcome.act_id).reading["our mark"] == "none was sent"

    def test_an_award_settled_by_its_mark_can_be_reversed(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor
    ) -> None:
        outcome = self.lose(sandbox, GIVE, lambda: give(sanne, actor, 25, "t"), "lost_after")
        settled = settling.look(outcome.act_id)
        uuid = settled.figures["reception_uuid"]
        assert (settled.figures["credits"], settled.figures["marked"]) == (25, True)
        given = reversing.open_given(contact_uuid=sanne["uuid"], reception_uuid=uuid)
        assert reversing.take_back(given=given, actor=actor, why="amount", reason="Wrong amount", token="u").done

    def test_a_mark_behind_many_newer_transactions_is_found(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor
    ) -> None:
        outcome = self.lose(sandbox, GIVE, lambda: give(sanne, actor, 25, "t"), "lost_after")
        for _ in range(101):
            sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=1, shop_uuid="shop-utrecht")
        assert settling.look(outcome.act_id).done

    def reversal(self, sandbox: SandboxAccount, sanne: dict, actor: Actor, kind: str) -> Outcome:
        first = give(sanne, actor, 25, "before")
        given = reversing.open_given(contact_uuid=sanne["uuid"], reception_uuid=first.figures["reception_uuid"])
        return self.lose(
            sandbox,
            BACK,
            lambda: reversing.take_back(given=given, actor=actor, why="amount", reason="Wrong amount", token="r"),
            kind,
        )

    def test_of_two_transactions_that_look_alike_neither_proves_a_reversal(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor
    ) -> None:
        outcome = self.reversal(sandbox, sanne, actor, "lost_after")
        sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=-25, shop_uuid="shop-utrecht")
        assert settling.look(outcome.act_id).unknown
        assert list(ActState.objects.get(act=outcome.act_id).reading.values()).count("−25 credits, Utrecht West") == 2

    def test_one_that_was_there_before_proves_no_reversal(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outcome = self.reversal(sandbox, sanne, actor, "lost_after")
        act = Act.objects.get(pk=outcome.act_id)
        monkeypatch.setattr(Act, "sent_at", act.sent_at + timedelta(seconds=5))
        assert settling.look(outcome.act_id).unknown

    def test_a_part_of_the_same_size_with_our_mark_is_not_the_reversal(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor
    ) -> None:
        other = give(sanne, actor, 50, "other")
        outcome = self.reversal(sandbox, sanne, actor, "lost_before")
        given = reversing.open_given(contact_uuid=sanne["uuid"], reception_uuid=other.figures["reception_uuid"])
        how = {"given": given, "actor": actor, "why": "amount", "reason": "Wrong amount"}
        assert reversing.refund(**how, credits=25, token="part").done
        assert settling.look(outcome.act_id).refused

    @pytest.mark.parametrize("kind", ["lost_after", "lost_before"])
    def test_should_piggy_carry_the_mark_on_into_a_reversal_nothing_is_taken_for_something_else(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor, kind: str
    ) -> None:
        outcome = self.lose(sandbox, GIVE, lambda: give(sanne, actor, 25, "t"), kind)
        sandbox.add_loyalty_transaction(
            contact_uuid=sanne["uuid"], credits=-25, shop_uuid="shop-utrecht", attributes={MARK: outcome.mark}
        )
        settled = settling.look(outcome.act_id)
        assert settled.done is (kind == "lost_after")
        assert settled.figures["credits"] == 25

    def test_a_reversal_that_carries_the_mark_of_its_award_is_found(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor
    ) -> None:
        outcome = self.reversal(sandbox, sanne, actor, "lost_before")
        award = Act.objects.get(form_token="before")
        sandbox.add_loyalty_transaction(
            contact_uuid=sanne["uuid"], credits=-25, shop_uuid="shop-utrecht", attributes={MARK: award.mark}
        )
        assert settling.look(outcome.act_id).done

    def test_a_shop_with_an_at_sign_in_its_name_harms_no_look(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor
    ) -> None:
        sandbox.add_shop(uuid="shop-work", name="coffee@work")
        outcome = self.lose(sandbox, GIVE, lambda: give(sanne, actor, 25, "t"), "lost_before")
        sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=7, shop_uuid="shop-work")
        assert settling.look(outcome.act_id).unknown
        assert "+7 credits, coffee at work" in ActState.objects.get(act=outcome.act_id).reading.values()

    def test_while_piggy_does_not_let_us_look_nothing_is_said(
        self, sandbox: SandboxAccount, sanne: dict, actor: Actor
    ) -> None:
        outcome = self.lose(sandbox, GIVE, lambda: give(sanne, actor, 25, "t"), "lost_before")
        sandbox.broken = 503
        with pytest.raises(PiggyError):
            resolvers.resolve_marked(Act.objects.get(pk=outcome.act_id))
        assert settling.look(outcome.act_id).unknown


@pytest.mark.django_db
def test_a_till_that_was_a_moment_faster_has_made_the_attribute(
    sandbox: SandboxAccount, sanne: dict, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.add_attribute(MARK, entity="loyalty_transaction")
    monkeypatch.setattr(marks.MarkAttribute, "note", lambda self, found: None)  # it was not there when we looked
    outcome = give(sanne, actor, 25, "t")
    assert outcome.figures["marked"] is True
    assert services_outcome("credits.make_mark").code == "60009"


@pytest.mark.django_db
def test_while_nobody_knows_whether_the_attribute_was_made_it_is_not_made_again(
    sandbox: SandboxAccount, sanne: dict, actor: Actor
) -> None:
    sandbox.fault(MAKE, kind="lost_before")
    assert give(sanne, actor, 25, "one").figures["marked"] is False
    marks.ATTRIBUTE.forget()
    assert give(sanne, actor, 26, "two").figures["marked"] is False
    assert asked(sandbox, MAKE) == 1


@pytest.mark.django_db
def test_an_attribute_that_somebody_took_away_is_looked_for_again(
    sandbox: SandboxAccount, sanne: dict, actor: Actor
) -> None:
    assert give(sanne, actor, 25, "one").figures["marked"] is True
    sandbox.set(marks=False)
    assert give(sanne, actor, 26, "two").figures["marked"] is False
    assert marks.ATTRIBUTE.known() is None


@pytest.mark.django_db
def test_an_account_that_lost_our_attribute_leaves_a_lost_award_to_a_person(
    sandbox: SandboxAccount, actor: Actor, sanne: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert give(sanne, actor, 30, "one-before").done  # its mark came back
    sandbox.set(marks=False)  # and from now on none does
    sandbox.fault(GIVE, kind="lost_after")
    outcome = give(sanne, actor, 25, "one-form")
    assert outcome.unknown
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settling.look(outcome.act_id).unknown, "25 credits without a mark stand there: they may be these"
    assert receptions(sandbox, 25) == 1
