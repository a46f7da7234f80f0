"""Every write of rewards and prepaid money, with every fault: nothing happens twice, and nothing is called done that is
not.

What really happened is read from the sandbox's own books, not from what Piggy answered.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone

from contacts.credits import services as awards
from contacts.credits.wishes import Wish
from contacts.prepaid import services as prepaid
from contacts.rewards import services as rewards
from contacts.rewards.proving import Proof
from piggyadmin import piggy
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome
from tests.conftest import Person
from tests.contacts.reward_hands import writes
from tests.fixtures_sandbox import SandboxAccount

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "1000"]
REFUSED = ["429", "401"]
CLAIM, COLLECT, MOVE = "create_reward_reception", "collect_collectable_reward", "create_prepaid_transaction"
PROOF = Proof("card", timezone.now())


@dataclass
class Write:
    """One of the writes, ready to be done: how, by which operation, and how often it has happened."""

    name: str
    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]


@pytest.fixture(autouse=True)
def no_pause(first_limits: None) -> None:
    Limit.objects.filter(kind="prepaid_pause").delete()


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    uuid = str(sandbox.add_contact("sanne@mail.example", credits=240)["uuid"])
    sandbox.add_prepaid_transaction(contact_uuid=uuid, amount_in_cents=2500)
    return uuid


@pytest.fixture
def bag(sandbox: SandboxAccount) -> str:
    return str(sandbox.add_reward("Tote bag", required_credits=75, pre_redeemable=True)["uuid"])


def claim(sanne: str, bag: str, actor: Actor, token: str) -> Outcome:
    page = rewards.open_claim(contact_uuid=sanne, reward_uuid=bag, actor=actor)
    return rewards.claim(contact_uuid=sanne, offer=page.offer, proof=PROOF, actor=actor, token=token)


def top_up(sanne: str, actor: Actor, token: str, cents: int = 500) -> Outcome:
    return prepaid.top_up(contact_uuid=sanne, cents=cents, actor=actor, token=token)


@pytest.fixture(params=["claim", "reverse", "hand_over", "undo", "top_up", "deduct", "take_back"])
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor, sanne: str, bag: str) -> Write:
    def credits(amount: int) -> Callable[[], int]:
        return lambda: [row["credits"] for row in sandbox.state("loyalty_transaction")].count(amount)

    def cents(amount: int) -> Callable[[], int]:
        return lambda: [row["amount_in_cents"] for row in sandbox.state("prepaid_transaction")].count(amount)

    def handed(status: str) -> Callable[[], int]:
        return lambda: [row["status"] for row in sandbox.state("reward_redemption")].count(status)

    def made() -> Write:
        if request.param == "top_up":
            return Write(request.param, MOVE, lambda token: top_up(sanne, actor, token), cents(500))
        if request.param == "deduct":
            what = {"contact_uuid": sanne, "cents": 300, "proof": None, "reason": "So", "actor": actor}
            return Write(request.param, MOVE, lambda token: prepaid.deduct(**what, token=token), cents(-300))
        if request.param == "take_back":
            uuid = sandbox.state("prepaid_transaction")[0]["uuid"]
            how = {"moved": prepaid.open_move(contact_uuid=sanne, transaction_uuid=uuid), "actor": actor}
            do = lambda token: prepaid.reverse(**how, reason="So", token=token)  # noqa: E731
            return Write(request.param, "reverse_prepaid_transaction", do, cents(-2500))
        if request.param == "claim":
            return Write(request.param, CLAIM, lambda token: claim(sanne, bag, actor, token), credits(-75))
        uuid = claim(sanne, bag, actor, "the-claim-before").figures["claim_uuid"]
        one = rewards.open_one(contact_uuid=sanne, claim_uuid=uuid)
        if request.param == "reverse":
            do = lambda token: rewards.reverse(one=one, actor=actor, reason="So", token=token)  # noqa: E731
            return Write(request.param, "reverse_reward_reception", do, credits(75))
        if request.param == "hand_over":
            do = lambda token: rewards.hand_over(one=one, proof=PROOF, actor=actor, token=token)  # noqa: E731
            return Write(request.param, COLLECT, do, handed("COLLECTED"))
        assert rewards.hand_over(one=one, proof=PROOF, actor=actor, token="the-hand-over-before").done
        given = rewards.open_one(contact_uuid=sanne, claim_uuid=uuid)
        do = lambda token: rewards.undo(one=given, actor=actor, reason="So", token=token)  # noqa: E731
        return Write(request.param, "reverse_collectable_reward_redemption", do, handed("REVERSED"))

    write = made()
    sandbox.forget_calls()
    return write


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
        assert settling.look(outcome.act_id).done
        assert write.happened() == 1
        assert writes(sandbox) == [write.operation]

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
        assert writes(sandbox) == [write.operation]

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

    def test_two_clicks_are_one(self, write: Write, sandbox: SandboxAccount) -> None:
        assert write.do("one-form").done
        second = write.do("one-form")
        assert second.repeated
        assert second.done
        assert write.happened() == 1
        assert writes(sandbox) == [write.operation]


@pytest.mark.django_db
class TestWhatAReadingProves:
    """Nothing here carries a mark: whatever else looks alike leaves it to a person."""

    @pytest.fixture(autouse=True)
    def its_minute_is_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)

    def test_of_two_that_look_alike_a_person_decides(
        self, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor
    ) -> None:
        sandbox.fault(MOVE, kind="lost_after")
        paid = top_up(sanne, actor, "one-form")
        sandbox.add_prepaid_transaction(contact_uuid=sanne, amount_in_cents=500, shop_uuid="shop-utrecht")
        assert settling.look(paid.act_id).unknown
        sandbox.fault(CLAIM, kind="lost_after")
        claimed = claim(sanne, bag, actor, "two-form")
        sandbox.add_claim(contact_uuid=sanne, reward_uuid=bag)
        assert settling.look(claimed.act_id).unknown

    def test_what_another_act_of_ours_made_is_not_counted(
        self, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor
    ) -> None:
        assert top_up(sanne, actor, "before").done
        assert claim(sanne, bag, actor, "before-it").done
        for operation in (MOVE, CLAIM):
            sandbox.fault(operation, kind="lost_before")
        assert settling.look(top_up(sanne, actor, "one-form").act_id).refused
        assert settling.look(claim(sanne, bag, actor, "two-form").act_id).refused

    def test_another_shop_s_top_up_and_another_reward_prove_nothing(
        self, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor
    ) -> None:
        sandbox.fault(MOVE, kind="lost_before")
        paid = top_up(sanne, actor, "one-form")
        elsewhere = sandbox.add_shop("Elsewhere")["uuid"]
        sandbox.add_prepaid_transaction(contact_uuid=sanne, amount_in_cents=500, shop_uuid=elsewhere)
        assert settling.look(paid.act_id).refused
        sandbox.fault(CLAIM, kind="lost_before")
        claimed = claim(sanne, bag, actor, "two-form")
        coffee = sandbox.add_reward("Coffee", required_credits=75)["uuid"]
        sandbox.add_claim(contact_uuid=sanne, reward_uuid=coffee)
        assert settling.look(claimed.act_id).refused

    def test_an_award_of_as_many_credits_is_not_taken_for_those_that_came_back(
        self, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor
    ) -> None:
        uuid = claim(sanne, bag, actor, "before").figures["claim_uuid"]
        one = rewards.open_one(contact_uuid=sanne, claim_uuid=uuid)
        sandbox.fault("reverse_reward_reception", kind="lost_before")
        lost = rewards.reverse(one=one, actor=actor, reason="So", token="one-form")
        sandbox.fault("create_credit_reception", kind="lost_after")
        wish = Wish(credits=75)
        given = awards.award(contact_uuid=sanne, wish=wish, promised=75, actor=actor, token="award-form")
        assert given.unknown
        assert not settling.look(lost.act_id).done, "nothing came back: it is the award that stands there"
        assert settling.look(given.act_id).done
        assert settling.look(lost.act_id).refused

    def test_as_much_from_another_shop_is_for_a_person_to_judge(
        self, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor
    ) -> None:
        elsewhere = sandbox.add_shop("Elsewhere")["uuid"]
        spent = sandbox.add_prepaid_transaction(contact_uuid=sanne, amount_in_cents=-500, shop_uuid="shop-utrecht")
        moved = prepaid.open_move(contact_uuid=sanne, transaction_uuid=spent["uuid"])
        sandbox.fault("reverse_prepaid_transaction", kind="lost_before")
        money = prepaid.reverse(moved=moved, actor=actor, reason="So", token="one-form")
        sandbox.add_prepaid_transaction(contact_uuid=sanne, amount_in_cents=500, shop_uuid=elsewhere)
        assert settling.look(money.act_id).unknown
        uuid = claim(sanne, bag, actor, "before").figures["claim_uuid"]
        one = rewards.open_one(contact_uuid=sanne, claim_uuid=uuid)
        sandbox.fault("reverse_reward_reception", kind="lost_before")
        credits = rewards.reverse(one=one, actor=actor, reason="So", token="two-form")
        sandbox.add_loyalty_transaction(contact_uuid=sanne, credits=75, shop_uuid=elsewhere)
        assert settling.look(credits.act_id).unknown

    def test_a_long_history_is_read_back_as_far_as_it_takes(
        self, sandbox: SandboxAccount, sanne: str, actor: Actor
    ) -> None:
        sandbox.fault(MOVE, kind="lost_after")
        paid = top_up(sanne, actor, "one-form")
        for _ in range(33):
            sandbox.add_prepaid_transaction(contact_uuid=sanne, amount_in_cents=1)
        assert settling.look(paid.act_id).done

    def test_a_hand_over_whose_number_is_lost_is_known_and_cannot_be_undone_from_here(
        self, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor
    ) -> None:
        uuid = claim(sanne, bag, actor, "before").figures["claim_uuid"]
        one = rewards.open_one(contact_uuid=sanne, claim_uuid=uuid)
        sandbox.fault(COLLECT, kind="lost_after")
        lost = rewards.hand_over(one=one, proof=PROOF, actor=actor, token="one-form")
        assert settling.look(lost.act_id).done
        now = rewards.open_one(contact_uuid=sanne, claim_uuid=uuid).claimed
        assert now.was_handed_over
        assert not now.told.may_undo(actor)
        assert not now.stands

    def test_of_two_tills_one_goes_on(self, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor) -> None:
        sandbox.fault(CLAIM, kind="lost_before")
        assert claim(sanne, bag, actor, "one-form").unknown
        second = claim(sanne, bag, actor, "two-form")
        assert second.refused
        assert second.reason == rewards.STILL_OPEN
        assert Act.objects.filter(action="rewards.claim").count() == 2
        assert writes(sandbox).count(CLAIM) == 1


@pytest.mark.django_db
class TestSentLater:
    """A claim that Piggy asked us to wait with says what is sent then, and at what price."""

    @pytest.fixture
    def planned(self, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor) -> Outcome:
        sandbox.fault(CLAIM, kind="429", retry_after=0)
        outcome = claim(sanne, bag, actor, "one-form")
        assert outcome.outcome == "planned"
        return outcome

    def test_it_is_sent_as_it_was_begun(
        self, planned: Outcome, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor
    ) -> None:
        assert claim(sanne, bag, actor, "one-form").done
        assert [row["credits"] for row in sandbox.state("loyalty_transaction")].count(-75) == 1

    def test_it_is_not_sent_for_another_price(
        self, planned: Outcome, sandbox: SandboxAccount, sanne: str, bag: str, actor: Actor
    ) -> None:
        piggy.get_client().update_reward(reward_uuid=bag, required_credits=200)
        assert claim(sanne, bag, actor, "one-form").refused
        assert writes(sandbox).count(CLAIM) == 1

    def test_it_is_not_sent_as_another_reward(
        self, planned: Outcome, sandbox: SandboxAccount, sanne: str, actor: Actor
    ) -> None:
        coffee = str(sandbox.add_reward("Coffee", required_credits=75)["uuid"])
        assert claim(sanne, coffee, actor, "one-form").refused
        assert writes(sandbox).count(CLAIM) == 1
