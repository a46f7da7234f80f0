"""Every write of gift cards, with every fault: nothing happens twice, and nothing is called done that is not.

What really happened is read from the sandbox's own books, not from what Piggy answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from piggyadmin.accounts.models import Limit
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, ActState
from piggyadmin.ledger.outcomes import Outcome
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import BACK, MAKE, MOVE, asked, moved, new_card
from vouchers.giftcards import adjusting, marks, services

pytestmark = pytest.mark.django_db
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
REFUSED = ["429", "401"]
ATTRIBUTE = "create_custom_attribute"
WRITES = ["top_up", "deduct", "correct", "reverse", "create", "make_mark"]

OF_FORMS = WRITES[:-1]  # the attribute is made by the way, and where attributes cannot be read it is not tried


@dataclass
class Write:
    """One of the writes, ready to be done: how, by which operation, and how often it has happened."""

    name: str
    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]


@pytest.fixture(autouse=True)
def no_pause(first_limits: None) -> None:
    Limit.objects.filter(kind="giftcard_pause").delete()


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture
def card(sandbox: SandboxAccount) -> dict[str, Any]:
    return new_card(sandbox, 9000, -1250)


def top_up(card: dict[str, Any], actor: Actor, token: str, cents: int = 700) -> Outcome:
    return services.top_up(giftcard_uuid=card["uuid"], cents=cents, code_end="E8KQ", actor=actor, token=token)


def adjust(sandbox: SandboxAccount, card: dict[str, Any], number: int) -> adjusting.Moved:
    uuid = sandbox.state("giftcard_transaction")[number]["uuid"]
    return adjusting.open_move(giftcard_uuid=card["uuid"], transaction_uuid=uuid)


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor, card: dict[str, Any]) -> Write:
    name = request.param
    if name == "make_mark":
        return Write(name, ATTRIBUTE, _make_mark, lambda: len(sandbox.state("attribute")))
    marks.ATTRIBUTE.ensure()
    if name == "create":
        program = card["giftcard_program_uuid"]

        def make(token: str) -> Outcome:
            return services.create(program_uuid=program, actor=actor, token=token)

        return Write(name, MAKE, make, lambda: len(sandbox.state("giftcard")) - 1)
    if name == "reverse":
        last = adjust(sandbox, card, -1)
        back = {"moved": last, "actor": actor, "reason": "Typed wrong"}
        return Write(
            name, BACK, lambda token: adjusting.take_back(**back, token=token), lambda: moved(sandbox).count(1250)
        )
    if name == "correct":
        first = adjust(sandbox, card, 0)
        how = {"moved": first, "to_cents": 8900, "actor": actor, "reason": "Typed wrong"}
        return Write(
            name, MOVE, lambda token: adjusting.correct(**how, token=token), lambda: moved(sandbox).count(-100)
        )
    if name == "deduct":
        pay = {"giftcard_uuid": card["uuid"], "cents": 700, "code_end": "E8KQ", "actor": actor}
        return Write(name, MOVE, lambda token: services.deduct(**pay, token=token), lambda: moved(sandbox).count(-700))
    return Write(name, MOVE, lambda token: top_up(card, actor, token), lambda: moved(sandbox).count(700))


def _make_mark(token: str) -> Outcome:
    marks.ATTRIBUTE.forget()
    marks.ATTRIBUTE.ensure()
    return settling.outcome_of(Act.objects.filter(action="giftcard.make_mark").latest("seq"))


@pytest.mark.parametrize("kind", HAPPENED)
def test_a_lost_answer_is_unknown_until_a_reading_proves_it(write: Write, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault(write.operation, kind=kind)
    outcome = write.do("one-form")
    assert outcome.unknown
    assert write.happened() == 1
    again = write.do("one-form")
    assert write.name == "make_mark" or again.repeated
    settled = settling.look(outcome.act_id)
    # A new card has no mark: one more of them may be somebody else's, so a person decides.
    assert settled.unknown if write.name == "create" else settled.done
    assert write.happened() == 1
    assert asked(sandbox, write.operation) == 1


@pytest.mark.parametrize("kind", NOT_HAPPENED)
def test_what_never_came_is_unknown_first_and_not_done_in_the_end(
    write: Write, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
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
def test_what_piggy_refused_is_not_done_and_may_be_done_later(write: Write, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault(write.operation, kind=kind, **({"retry_after": 30} if kind == "429" else {}))
    outcome = write.do("one-form")
    assert outcome.outcome == ("planned" if kind == "429" else "refused")
    assert write.happened() == 0
    assert write.do("another-form").done
    assert write.happened() == 1


def test_an_answer_that_comes_too_late_is_no_answer(write: Write, sandbox: SandboxAccount, settings: Any) -> None:
    settings.PIGGY_TIMEOUT = 0.4
    sandbox.fault(write.operation, kind="latency_after", seconds=1)
    outcome = write.do("one-form")
    assert outcome.unknown
    settings.PIGGY_TIMEOUT = 5
    settled = settling.look(outcome.act_id)
    assert settled.unknown if write.name == "create" else settled.done
    assert write.happened() == 1


@pytest.mark.parametrize("write", OF_FORMS, indirect=True)
def test_with_piggy_gone_nothing_was_sent_and_that_is_said(
    write: Write, sandbox: SandboxAccount, settings: Any
) -> None:
    address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"
    outcome = write.do("one-form")
    assert outcome.refused
    assert outcome.code == "not_sent"
    settings.PIGGY_BASE_URL = address
    assert write.happened() == 0


@pytest.mark.parametrize("write", OF_FORMS, indirect=True)
def test_a_form_sent_twice_is_done_once(write: Write, sandbox: SandboxAccount) -> None:
    assert write.do("one-form").done
    assert write.do("one-form").repeated
    assert write.happened() == 1
    assert asked(sandbox, write.operation) == 1


@pytest.mark.parametrize("write", OF_FORMS, indirect=True)
def test_what_waited_is_sent_once_when_its_time_has_come(write: Write, sandbox: SandboxAccount) -> None:
    sandbox.fault(write.operation, kind="429", retry_after=0)
    assert write.do("one-form").outcome == "planned"
    assert write.do("one-form").done
    assert write.happened() == 1


# --- accounts that return no marks ---------------------------------------------------------------------------------


@pytest.fixture
def unmarked(sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.set(marks=False)
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)


@pytest.mark.usefixtures("unmarked")
def test_without_marks_one_of_that_amount_proves_nothing_and_a_person_decides(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    sandbox.fault(MOVE, kind="lost_after")
    outcome = top_up(card, actor, "t")
    assert settling.look(outcome.act_id).unknown
    assert "+€\u00a07.00, Utrecht West" in ActState.objects.get(act=outcome.act_id).reading.values()
    ActState.objects.filter(act=outcome.act_id).update(next_look_at=None)  # the last look is over
    assert settling.settle_by_person(outcome.act_id, by=actor, happened=True, reason="Seen on the receipt").done


@pytest.mark.usefixtures("unmarked")
def test_without_marks_none_of_that_amount_proves_that_nothing_happened(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    assert top_up(card, actor, "one-before").done  # explained: it is another act's
    sandbox.fault(MOVE, kind="lost_before")
    assert settling.look(top_up(card, actor, "t").act_id).refused


def test_an_account_that_cannot_have_the_attribute_is_written_to_without_marks(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    sandbox.fault(ATTRIBUTE, kind="refused", value=60013, times=-1)
    outcome = top_up(card, actor, "t")
    assert outcome.done
    assert outcome.figures["with_mark"] is False
    assert moved(sandbox)[-1] == 700


def test_an_attribute_that_somebody_took_away_is_looked_for_again(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    assert top_up(card, actor, "one").figures["marked"] is True
    sandbox.set(marks=False)
    assert top_up(card, actor, "two").figures["marked"] is False
    assert marks.ATTRIBUTE.known() is None


# --- readings that could be taken for something else ---------------------------------------------------------------


def lost_reversal(sandbox: SandboxAccount, card: dict[str, Any], actor: Actor, kind: str) -> Outcome:
    last = adjust(sandbox, card, -1)
    sandbox.fault(BACK, kind=kind)
    return adjusting.take_back(moved=last, actor=actor, reason="Typed wrong", token="back")


def test_of_two_that_look_alike_neither_proves_a_reversal(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    outcome = lost_reversal(sandbox, card, actor, "lost_after")
    sandbox.add("giftcard_transaction", giftcard_uuid=card["uuid"], amount_in_cents=1250)
    assert settling.look(outcome.act_id).unknown


def test_one_that_came_after_something_else_proves_no_reversal(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    outcome = lost_reversal(sandbox, card, actor, "lost_before")
    sandbox.add("giftcard_transaction", giftcard_uuid=card["uuid"], amount_in_cents=5)
    sandbox.add("giftcard_transaction", giftcard_uuid=card["uuid"], amount_in_cents=1250)
    assert settling.look(outcome.act_id).unknown


def test_one_that_was_there_before_proves_no_reversal(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = lost_reversal(sandbox, card, actor, "lost_after")
    act = Act.objects.get(pk=outcome.act_id)
    monkeypatch.setattr(Act, "sent_at", act.sent_at + timedelta(seconds=5))
    assert settling.look(outcome.act_id).unknown


@pytest.mark.parametrize("kind", ["lost_after", "lost_before"])
def test_should_piggy_carry_a_mark_on_into_a_reversal_nothing_is_taken_for_something_else(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault(MOVE, kind=kind)
    outcome = top_up(card, actor, "t")
    values = {"giftcard_uuid": card["uuid"], "amount_in_cents": -700, "attributes": {MARK: outcome.mark}}
    sandbox.add("giftcard_transaction", **values)
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settling.look(outcome.act_id).done is (kind == "lost_after")


def test_a_reversal_that_carries_the_mark_of_what_it_reversed_is_found(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    first = top_up(card, actor, "t")
    outcome = lost_reversal(sandbox, card, actor, "lost_before")
    values = {"giftcard_uuid": card["uuid"], "amount_in_cents": -700, "attributes": {MARK: first.mark}}
    sandbox.add("giftcard_transaction", **values)
    assert settling.look(outcome.act_id).done


def test_a_transaction_behind_a_hundred_others_is_found(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    sandbox.fault(MOVE, kind="lost_after")
    outcome = top_up(card, actor, "t")
    for _ in range(101):
        sandbox.add("giftcard_transaction", giftcard_uuid=card["uuid"], amount_in_cents=1)
    assert settling.look(outcome.act_id).done


def test_a_shop_with_an_at_sign_in_its_name_harms_no_look(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    sandbox.add_shop(uuid="shop-work", name="coffee@work")
    sandbox.fault(MOVE, kind="lost_before")
    outcome = top_up(card, actor, "t")
    sandbox.add("giftcard_transaction", giftcard_uuid=card["uuid"], amount_in_cents=5, shop_uuid="shop-work")
    assert settling.look(outcome.act_id).unknown
    assert "+€\u00a00.05, coffee at work" in ActState.objects.get(act=outcome.act_id).reading.values()


def test_a_card_made_elsewhere_meanwhile_leaves_a_lost_one_to_a_person(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault(MAKE, kind="lost_before")
    outcome = services.create(program_uuid=card["giftcard_program_uuid"], actor=actor, token="t")
    sandbox.add("giftcard", giftcard_program_uuid=card["giftcard_program_uuid"])
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settling.look(outcome.act_id).unknown
    assert ActState.objects.get(act=outcome.act_id).reading == {
        "cards of the programme before": 1,
        "cards of the programme now": 2,
    }


def test_what_is_open_keeps_every_other_act_off_the_card(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    first, last = adjust(sandbox, card, 0), adjust(sandbox, card, -1)
    sandbox.fault(MOVE, kind="lost_before")
    assert top_up(card, actor, "lost").unknown
    tries = [
        top_up(card, actor, "again"),
        services.deduct(giftcard_uuid=card["uuid"], cents=5, code_end="E8KQ", actor=actor, token="pay"),
        adjusting.take_back(moved=last, actor=actor, reason="x", token="back"),
        adjusting.correct(moved=first, to_cents=0, actor=actor, reason="x", token="mend"),
    ]
    assert [each.reason for each in tries] == [services.STILL_OPEN] * 4
    assert asked(sandbox, MOVE) == 1
    other = new_card(sandbox, hash="OTHER-CARD")
    assert top_up(other, actor, "other").done


def test_a_correction_sees_what_was_corrected_meanwhile(
    sandbox: SandboxAccount, card: dict[str, Any], actor: Actor
) -> None:
    stale = adjust(sandbox, card, 0)
    assert adjusting.correct(moved=stale, to_cents=8000, actor=actor, reason="x", token="one").done
    refused = adjusting.correct(moved=stale, to_cents=7000, actor=actor, reason="x", token="two")
    assert refused.refused
    assert "set right meanwhile" in refused.reason
    assert moved(sandbox) == [9000, -1250, -1000]
