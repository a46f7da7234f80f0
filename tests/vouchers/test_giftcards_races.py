"""Two tabs, two tills, one gift card, at the very same moment: real threads, a real database, one act."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.verifying import verify_ledger
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import BACK, MOVE, asked, balance, moved, new_card
from vouchers.giftcards import adjusting, marks, services

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def at_once(do: Callable[[int], Any]) -> list[Any]:
    """`do(0)`, `do(1)`, ... begun at the same moment in a thread each."""
    start = threading.Barrier(MANY)

    def one(number: int) -> Any:
        try:
            start.wait(timeout=20)
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def tally(outcomes: list[Outcome]) -> dict[str, int]:
    names = [found.outcome for found in outcomes]
    return {name: names.count(name) for name in set(names)}


@pytest.fixture
def actor(desk: Person) -> Actor:
    return Actor(desk.staff, "desk", desk.shop)


@pytest.fixture
def card(sandbox: SandboxAccount) -> dict[str, Any]:
    marks.ATTRIBUTE.ensure()
    return new_card(sandbox, 2000)


def pay(card: dict[str, Any], actor: Actor, token: str, cents: int = 1500) -> Outcome:
    return services.deduct(giftcard_uuid=card["uuid"], cents=cents, code_end="E8KQ", actor=actor, token=token)


def test_one_form_sent_many_times_at_once_pays_once(sandbox: SandboxAccount, card: dict, actor: Actor) -> None:
    token = form_token()
    sandbox.fault(MOVE, kind="latency", seconds=0.3)
    outcomes = at_once(lambda number: pay(card, actor, token))
    assert tally(outcomes) == {"done": MANY}
    assert moved(sandbox) == [2000, -1500]


def test_many_tills_at_once_pay_once(
    sandbox: SandboxAccount, card: dict, actor: Actor, person: Callable[..., Person]
) -> None:
    tills = [Actor(person(f"till{number}", "Jan Peters", "desk").staff, "desk", actor.shop) for number in range(MANY)]
    sandbox.fault(MOVE, kind="latency", seconds=0.3, times=-1)
    outcomes = at_once(lambda number: pay(card, tills[number], form_token()))
    assert tally(outcomes) == {"done": 1, "refused": MANY - 1}
    assert (moved(sandbox), balance(sandbox, card)) == ([2000, -1500], 500)
    assert verify_ledger().whole


def test_many_tills_and_a_lost_answer_pay_once(sandbox: SandboxAccount, card: dict, actor: Actor) -> None:
    sandbox.fault(MOVE, kind="latency_after", seconds=0.3)
    sandbox.fault(MOVE, kind="lost_after")
    outcomes = at_once(lambda number: pay(card, actor, form_token(), 100))
    assert tally(outcomes) == {"unknown": 1, "refused": MANY - 1}
    assert moved(sandbox) == [2000, -100]


def test_many_tabs_of_one_person_at_once_top_up_once(sandbox: SandboxAccount, card: dict, actor: Actor) -> None:
    """The last of them come when the first is done: then it is the pause that holds."""
    Limit.objects.update_or_create(kind="giftcard_pause", role="desk", shop=None, defaults={"amount": 30})

    def top_up(number: int) -> Outcome:
        how = {"cents": 500, "code_end": "E8KQ", "actor": actor, "token": form_token()}
        return services.top_up(giftcard_uuid=card["uuid"], **how)

    assert tally(at_once(top_up)) == {"done": 1, "refused": MANY - 1}
    assert moved(sandbox) == [2000, 500]
    late = top_up(0)
    assert (late.outcome, asked(sandbox, MOVE)) == ("refused", 1)
    assert "a moment ago" in late.reason
    assert verify_ledger().whole


def test_one_that_comes_when_it_was_taken_back_already_asks_piggy_nothing(
    sandbox: SandboxAccount, card: dict, actor: Actor, admin: Person
) -> None:
    """What happens in the race below to whoever is late by more than the call of the first takes."""
    by = Actor(admin.staff, "admin", actor.shop)
    uuid = sandbox.state("giftcard_transaction")[-1]["uuid"]
    last = adjusting.open_move(giftcard_uuid=card["uuid"], transaction_uuid=uuid)
    back = {"moved": last, "actor": by, "reason": "Typed wrong"}
    assert adjusting.take_back(**back, token=form_token()).done
    late = adjusting.take_back(**back, token=form_token())
    assert late.refused
    assert "It was set right meanwhile, to" in late.reason
    assert asked(sandbox, BACK) == 1


def test_a_transaction_set_right_in_many_ways_at_once_is_set_right_once(
    sandbox: SandboxAccount, card: dict, actor: Actor, admin: Person
) -> None:
    by = Actor(admin.staff, "admin", actor.shop)
    uuid = sandbox.state("giftcard_transaction")[-1]["uuid"]
    last = adjusting.open_move(giftcard_uuid=card["uuid"], transaction_uuid=uuid)
    sandbox.fault("writes", kind="latency", seconds=0.3, times=-1)

    def mend(number: int) -> Outcome:
        how = {"moved": last, "actor": by, "reason": "Typed wrong", "token": form_token()}
        return adjusting.take_back(**how) if number % 2 else adjusting.correct(**how, to_cents=500)

    assert tally(at_once(mend)) == {"done": 1, "refused": MANY - 1}
    assert balance(sandbox, card) in (0, 500)
    assert asked(sandbox, BACK) + asked(sandbox, MOVE) == 1
