"""Topping up in many tabs at the same moment: the pause lets one of them through, on both databases."""

import pytest

from contacts.prepaid import services
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.verifying import verify_ledger
from tests.conftest import Person
from tests.contacts.reward_hands import moves_of, writes
from tests.contacts.test_credits_races import MANY, at_once, tally
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db(transaction=True)
MOVE = "create_prepaid_transaction"


def test_many_tabs_of_one_person_at_once_top_up_once(desk: Person, sandbox: SandboxAccount) -> None:
    Limit.objects.update_or_create(kind="prepaid_pause", role="desk", shop=None, defaults={"amount": 30})
    sanne, actor = sandbox.add_contact("sanne@mail.example")["uuid"], Actor(desk.staff, "desk", desk.shop)
    outcomes = at_once(lambda number: services.top_up(contact_uuid=sanne, cents=500, actor=actor, token=form_token()))
    assert tally(outcomes) == {"done": 1, "refused": MANY - 1}
    assert moves_of(sandbox, "prepaid_transaction", "amount_in_cents") == [500]
    assert writes(sandbox) == [MOVE]
    assert Act.objects.filter(state__outcome=State.DONE, action="prepaid.top_up").count() == 1
    assert verify_ledger().whole
