"""Every write of the portal, with every fault: nothing happens twice, and nothing is called done that is not.

What really happened is read from the sandbox's own books, not from what Piggy answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from contacts.portal import claim_links, reading, services, tokens
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActState
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.client import Piggy
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
WRITES = ["link", "session", "token", "claim"]
OPERATIONS = {
    "link": "get_contacts_portal_auth_url",
    "session": "create_voucher_portal_session",
    "token": "use_contact_session_token",
    "claim": "claim_loyalty_token",
}


@dataclass
class Write:
    name: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]

    @property
    def operation(self) -> str:
        return OPERATIONS[self.name]


@pytest.fixture
def actor(desk: Person) -> Actor:
    return Actor(desk.staff, "desk", desk.shop)


@pytest.fixture
def customer(sandbox: SandboxAccount) -> str:
    return str(sandbox.add_contact("sanne@mail.example")["uuid"])


def claiming(sandbox: SandboxAccount, actor: Actor, customer: str, unique_id: str = "o-1") -> Callable[[str], Outcome]:
    assert actor.shop is not None
    piggy = Piggy(base_url=sandbox.base_url, tokens=sandbox.token)
    url = piggy.create_loyalty_token(shop_uuid=actor.shop.piggy_uuid, unique_id=unique_id, credits=50)
    carried = {"contact_uuid": customer, "token": reading.read(url), "actor": actor}
    return lambda token: claim_links.claim(**carried, form_token=token)


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor, customer: str) -> Write:
    name = request.param
    who: dict[str, Any] = {"contact_uuid": customer, "actor": actor}
    if name == "link":
        return Write(
            name,
            lambda token: services.sign_in_link(**who, token=token),
            lambda: len(sandbox.state("portal_login")),
        )
    if name == "session":
        plain: dict[str, Any] = {"kind": "vouchers", "options": {}, "amount_in_cents": None, "allow_multiple": True}
        return Write(
            name,
            lambda token: services.open_session(**who, **plain, token=token),
            lambda: len(sandbox.state("portal_session")),
        )
    if name == "token":
        sandbox.add("session_token", token="PHONE-8812", contact_uuid=customer)
        found = tokens.find(token="PHONE-8812")
        return Write(
            name,
            lambda token: tokens.use(found=found, actor=actor, form_token=token),
            lambda: [row["status"] for row in sandbox.state("session_token")].count("used"),
        )
    return Write(name, claiming(sandbox, actor, customer), lambda: len(sandbox.state("loyalty_transaction")))


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])


@pytest.mark.parametrize("kind", HAPPENED)
def test_a_lost_answer_is_unknown_and_then_what_can_be_known(
    write: Write, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault(write.operation, kind=kind)
    outcome = write.do("one-form")
    assert outcome.unknown
    assert write.happened() == 1
    assert write.do("one-form").repeated
    settled = settling.look(outcome.act_id)
    assert settled.done if write.name == "claim" else settled.unknown
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
    settled = settling.look(outcome.act_id)
    # A link and a session whose address never came were shown to nobody; a token nobody can look up without it.
    assert settled.outcome == {"claim": "done", "token": "unknown"}.get(write.name, "refused")
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
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settling.look(outcome.act_id).outcome == ("unknown" if write.name == "token" else "refused")
    assert (write.happened(), asked(sandbox, write.operation)) == (0, 1)


@pytest.mark.parametrize("kind", ["429", "401"])
def test_what_piggy_refused_is_not_done_and_may_be_done_later(write: Write, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault(write.operation, kind=kind, **({"retry_after": 0} if kind == "429" else {}))
    assert write.do("one-form").outcome == ("planned" if kind == "429" else "refused")
    assert write.happened() == 0
    assert write.do("one-form" if kind == "429" else "another-form").done
    assert write.do("one-form" if kind == "429" else "another-form").repeated
    assert write.happened() == 1


def test_a_person_settles_a_token_of_which_nobody_knows(
    sandbox: SandboxAccount, admin: Person, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.add("session_token", token="PHONE-8812", contact_uuid=customer)
    sandbox.fault(OPERATIONS["token"], kind="lost_after")
    by = Actor(admin.staff, "admin", admin.shop)
    outcome = tokens.use(found=tokens.find(token="PHONE-8812"), actor=by, form_token="one-form")
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    ActState.objects.update(next_look_at=None)
    assert settling.settle_by_person(outcome.act_id, by=by, happened=True, reason="It shows as used").done


class TestReadingsOfAClaim:
    @pytest.fixture
    def lost(self, sandbox: SandboxAccount, actor: Actor, customer: str, monkeypatch: pytest.MonkeyPatch) -> Any:
        do = claiming(sandbox, actor, customer)

        def lose(kind: str) -> Outcome:
            sandbox.fault(OPERATIONS["claim"], kind=kind)
            outcome = do("lost")
            monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
            return outcome

        return lose

    def test_of_two_alike_neither_proves_it(self, lost: Any, sandbox: SandboxAccount, customer: str) -> None:
        outcome = lost("lost_after")
        sandbox.add_loyalty_transaction(contact_uuid=customer, credits=50)
        assert settling.look(outcome.act_id).unknown

    def test_one_of_another_shop_or_size_or_of_another_act_proves_nothing(
        self, lost: Any, sandbox: SandboxAccount, customer: str
    ) -> None:
        outcome = lost("lost_before")
        other = sandbox.add_shop("Elsewhere")["uuid"]
        sandbox.add_loyalty_transaction(contact_uuid=customer, credits=50, shop_uuid=other)
        sandbox.add_loyalty_transaction(contact_uuid=customer, credits=49)
        assert settling.look(outcome.act_id).refused

    def test_of_an_amount_one_that_does_not_tell_its_own_may_be_it(
        self, sandbox: SandboxAccount, actor: Actor, customer: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Piggy leaves `unit_value` null at will: then it is no proof that nothing came."""
        assert actor.shop is not None
        gives = {"unit_name": "purchase_amount", "unit_value": 25.4}
        piggy = Piggy(base_url=sandbox.base_url, tokens=sandbox.token)
        url = piggy.create_loyalty_token(shop_uuid=actor.shop.piggy_uuid, unique_id="o-9", **gives)
        sandbox.fault(OPERATIONS["claim"], kind="lost_before")
        outcome = claim_links.claim(contact_uuid=customer, token=reading.read(url), actor=actor, form_token="lost")
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        sandbox.add_loyalty_transaction(contact_uuid=customer, credits=25, shop_uuid=actor.shop.piggy_uuid)
        assert settling.look(outcome.act_id).unknown

    def test_while_it_is_open_no_other_link_is_claimed_for_them(
        self, lost: Any, sandbox: SandboxAccount, actor: Actor, customer: str
    ) -> None:
        lost("lost_before")
        other = claiming(sandbox, actor, customer, unique_id="o-2")
        assert other("two").reason == claim_links.OPEN_CLAIM
        somebody = str(sandbox.add_contact("else@mail.example")["uuid"])
        assert claiming(sandbox, actor, somebody, unique_id="o-3")("three").done
        assert Act.objects.filter(action="portal.claim_link").count() == 3
