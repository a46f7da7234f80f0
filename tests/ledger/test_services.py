"""What pages ask of the ledger, and what must stand in the database besides tables."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django_q.models import Schedule

from piggyadmin.ledger import triggers, upkeep
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act, ChainHead
from piggyadmin.ledger.services import acts_of, latest_act_for_contacts, open_unknowns, recent_acts, waiting_for
from piggyadmin.piggy.errors import PiggyOutcomeUnknown

pytestmark = pytest.mark.django_db


@pytest.fixture
def do(award: Action, actor: Actor) -> Callable[..., Act]:
    """Let somebody do something; `lost` loses Piggy's answer."""

    def act(target: Target, *, by: Actor = actor, lost: bool = False) -> Act:
        def call(act: Act) -> str:
            if lost:
                raise PiggyOutcomeUnknown("Piggy did not answer.")
            return "answer"

        return Act.objects.get(pk=perform(award, by=by, target=target, figures={"credits": 1}, call=call).act_id)

    return act


def test_a_customers_acts_are_those_on_them_and_on_their_vouchers(do: Callable[..., Act]) -> None:
    first = do(Target("contact", "123"))
    second = do(Target("voucher", "v-1", contact_id="123"))
    do(Target("contact", "124"))
    do(Target("voucher", "v-2"))
    assert list(acts_of(contact_id="123")) == [second, first]
    assert list(acts_of(target=Target("voucher", "v-1"))) == [second]
    assert list(acts_of(contact_id="")) == []


def test_ones_own_acts_are_ones_own(do: Callable[..., Act], actor: Actor, clerk: Callable[..., Actor]) -> None:
    mine = do(Target("contact", "123"))
    do(Target("contact", "123"), by=clerk("daan"))
    assert list(recent_acts(staff=actor.staff)) == [mine]


def test_the_latest_act_for_each_customer_is_found_at_once(
    do: Callable[..., Act],
    actor: Actor,
    clerk: Callable[..., Actor],
    django_assert_num_queries: Callable[[int], object],
) -> None:
    do(Target("contact", "123"))
    latest = do(Target("voucher", "v-1", contact_id="123"))
    other = do(Target("contact", "124"))
    do(Target("contact", "123"), by=clerk("daan"))
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        found = latest_act_for_contacts(staff=actor.staff, contact_ids=["123", "124", "125", ""])
    assert found == {"123": latest, "124": other}


def test_whoever_made_a_customer_did_that_last_for_them(do: Callable[..., Act], award: Action, actor: Actor) -> None:
    def made(contact_id: str) -> UUID:
        return perform(
            award,
            by=actor,
            target=Target("new-customer", ""),
            figures={"credits": 1},
            call=lambda act: contact_id,
            done_figures=lambda answer: {"contact_uuid": answer},
        ).act_id

    do(Target("contact", "123"))
    act_ids = [made("123"), made("124"), made("999")]
    found = latest_act_for_contacts(staff=actor.staff, contact_ids=["123", "124"])
    assert {contact: act.pk for contact, act in found.items()} == dict(zip(["123", "124"], act_ids, strict=False))
    again = do(Target("contact", "124"))
    assert latest_act_for_contacts(staff=actor.staff, contact_ids=["124"]) == {"124": again}


def test_unknowns_wait_for_who_did_them_and_for_who_sees_all(
    do: Callable[..., Act], actor: Actor, clerk: Callable[..., Actor]
) -> None:
    colleague, chief = clerk("daan"), clerk("mo", may=("view_acts", "view_all_acts"))
    mine = do(Target("contact", "123"), lost=True)
    theirs = do(Target("contact", "123"), by=colleague, lost=True)
    do(Target("contact", "123"))
    assert list(open_unknowns(actor=actor)) == [mine]
    assert list(open_unknowns(actor=colleague)) == [theirs]
    assert [item.pk for item in waiting_for(chief)] == [mine.pk, theirs.pk]
    item = waiting_for(actor)[0]
    assert (item.kind, item.sentence, item.url) == ("unknown", "Test award, customer 123", f"/audit/{mine.pk}/")


def test_upkeep_can_be_repeated_and_leaves_an_admins_schedule_alone() -> None:
    Schedule.objects.filter(name="ledger: settle what is open").update(minutes=5)
    for _ in range(2):
        upkeep.after_migrate()
    rows = Schedule.objects.filter(name__startswith="ledger: ").order_by("name")
    assert [(row.name, row.func, row.minutes) for row in rows] == [
        ("ledger: settle what is open", "piggyadmin.ledger.jobs.settle_open", 5),
        ("ledger: verify the chain", "piggyadmin.ledger.jobs.verify_chain", 1),
    ]
    assert ChainHead.objects.count() == 1
    assert triggers.missing(connection) == []


def test_upkeep_puts_lost_triggers_back() -> None:
    triggers.drop(connection)
    assert set(triggers.missing(connection)) == set(triggers.names(connection))
    upkeep.after_migrate()
    assert triggers.missing(connection) == []
