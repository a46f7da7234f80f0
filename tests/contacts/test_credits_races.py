"""Two tabs, two tills, at the very same moment: real threads, a real database, one award."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from contacts.credits import asking, limits, marks, reversing, services
from contacts.credits.wishes import Wish
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger import approvals, second_person
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.verifying import verify_ledger
from tests.conftest import Person
from tests.contacts.test_credits import GIVE, given_to, writes
from tests.fixtures_sandbox import SandboxAccount

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


@pytest.fixture
def actor(desk: Person) -> Actor:
    Limit.objects.all().delete()
    Limit.objects.create(kind="award_credits", role="desk", amount=500)
    Limit.objects.create(kind="award_pause", role="desk", amount=30)
    return Actor(desk.staff, "desk", desk.shop)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    contact = sandbox.add_contact("sanne@mail.example", credits=1240)
    marks.ATTRIBUTE.ensure()
    return contact


def give(sanne: dict, actor: Actor, token: str, **more: Any) -> Outcome:
    return services.award(
        contact_uuid=sanne["uuid"], wish=Wish(credits=25), promised=25, actor=actor, token=token, **more
    )


def tally(outcomes: list[Outcome]) -> dict[str, int]:
    names = [found.outcome for found in outcomes]
    return {name: names.count(name) for name in set(names)}


def test_one_form_sent_many_times_at_once_gives_once(sandbox: SandboxAccount, sanne: dict, actor: Actor) -> None:
    token = form_token()
    sandbox.fault(GIVE, kind="latency", seconds=0.3)
    outcomes = at_once(lambda number: give(sanne, actor, token))
    assert tally(outcomes) == {"done": MANY}
    assert len({found.act_id for found in outcomes}) == 1
    assert given_to(sandbox, sanne["uuid"]) == [25]


def test_many_tabs_of_one_person_at_once_give_once(sandbox: SandboxAccount, sanne: dict, actor: Actor) -> None:
    sandbox.fault(GIVE, kind="latency", seconds=0.3, times=-1)
    outcomes = at_once(lambda number: give(sanne, actor, form_token()))
    assert tally(outcomes) == {"done": 1, "refused": MANY - 1}
    assert given_to(sandbox, sanne["uuid"]) == [25]
    assert writes(sandbox).count(GIVE) == 1
    assert verify_ledger().whole


def test_many_tills_at_once_and_a_lost_answer_give_once(
    sandbox: SandboxAccount, sanne: dict, actor: Actor, person: Callable[..., Person]
) -> None:
    tills = [Actor(person(f"till{number}", "Jan Peters", "desk").staff, "desk", actor.shop) for number in range(MANY)]
    sandbox.fault(GIVE, kind="latency_after", seconds=0.3)
    sandbox.fault(GIVE, kind="lost_after")
    outcomes = at_once(lambda number: give(sanne, tills[number], form_token()))
    assert tally(outcomes) == {"unknown": 1, "refused": MANY - 1}
    assert given_to(sandbox, sanne["uuid"]) == [25]


def test_one_approval_used_in_many_tabs_at_once_gives_once(
    sandbox: SandboxAccount, sanne: dict, actor: Actor, marketing: Person
) -> None:
    wish = Wish(credits=900)
    wanted = asking.wanted(contact_uuid=sanne["uuid"], wish=wish, credits=900, actor=actor, token=form_token())
    approval = second_person.ask(wanted)
    approvals.decide(approval.pk, by=Actor(marketing.staff, "marketing", actor.shop), granted=True)

    def finish(number: int) -> Outcome:
        own = asking.own_approval(approval_id=approval.pk, contact_uuid=sanne["uuid"], actor=actor)
        return services.award(
            contact_uuid=sanne["uuid"], wish=wish, promised=900, actor=actor, token=form_token(), approval=own
        )

    outcomes = at_once(finish)
    assert tally(outcomes) == {"done": 1, "refused": MANY - 1}
    assert given_to(sandbox, sanne["uuid"]) == [900]


def test_an_award_taken_back_in_many_ways_at_once_is_taken_back_once(
    sandbox: SandboxAccount, sanne: dict, actor: Actor, admin: Person
) -> None:
    first = give(sanne, actor, form_token())
    by = Actor(admin.staff, "admin", actor.shop)
    given = reversing.open_given(contact_uuid=sanne["uuid"], reception_uuid=first.figures["reception_uuid"])

    def take(number: int) -> Outcome:
        how = {"given": given, "actor": by, "why": "amount", "reason": "Wrong amount", "token": form_token()}
        return reversing.take_back(**how) if number % 2 else reversing.refund(**how, credits=20)

    outcomes = at_once(take)
    assert tally(outcomes) == {"done": 1, "refused": MANY - 1}
    assert sum(given_to(sandbox, sanne["uuid"])) in (0, 5)


def test_an_award_that_was_sent_later_sees_those_that_were_made_meanwhile(
    sandbox: SandboxAccount, sanne: dict, actor: Actor
) -> None:
    token = form_token()
    sandbox.fault(GIVE, kind="429", retry_after=0)
    assert give(sanne, actor, token).outcome == "planned"
    assert give(sanne, actor, form_token()).done
    assert give(sanne, actor, token).refused, "the pause counts from the award that was made"
    assert given_to(sandbox, sanne["uuid"]) == [25]
    assert sent_before(Act.objects.get(form_token=token), limits.open_awards(sanne["uuid"])) == []
