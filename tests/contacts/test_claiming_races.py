"""Several desks at once: one claim gets through, and Piggy is never led to merge."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.claiming import services, verification
from contacts.editing import creating
from contacts.editing.creating import Wanted
from contacts.models import ContactFlag
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActState
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.client import Piggy
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6
EMAIL = "nieuw@mail.example"


@pytest.fixture
def actor(desk: Person) -> Actor:
    return Actor(desk.staff, "desk", desk.shop)


def at_once(do: Callable[[int], Any]) -> list[Any]:
    start = threading.Barrier(MANY)

    def one(number: int) -> Any:
        try:
            start.wait(timeout=20)
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def claims_at_piggy(sandbox: SandboxAccount) -> int:
    return len([call for call in sandbox.calls if call.operation == "claim_anonymous_contact"])


def nothing_is_merged(sandbox: SandboxAccount, contacts: int) -> None:
    assert not [row for row in sandbox.state("contact") if row.get("merging")]
    sandbox.advance(10_000)
    assert len(sandbox.state("contact")) == contacts


@pytest.mark.parametrize("addresses", ["one", "many"])
def test_of_desks_that_claim_one_customer_at_once_one_gets_through(
    sandbox: SandboxAccount, actor: Actor, addresses: str
) -> None:
    uuid = sandbox.add_contact(anonymous=True)["uuid"]
    sandbox.fault("claim_anonymous_contact", kind="latency", seconds=0.3)

    def claim(number: int) -> Outcome:
        email = EMAIL if addresses == "one" else f"{number}{EMAIL}"
        return services.claim(contact_uuid=uuid, email=email, actor=actor, token=f"the-form-of-desk-{number}")

    outcomes = at_once(claim)
    assert sorted(outcome.outcome for outcome in outcomes) == ["done"] + ["refused"] * (MANY - 1)
    assert claims_at_piggy(sandbox) == 1
    nothing_is_merged(sandbox, contacts=1)


def test_of_desks_that_claim_with_one_address_at_once_one_gets_through(sandbox: SandboxAccount, actor: Actor) -> None:
    uuids = [sandbox.add_contact(anonymous=True)["uuid"] for _ in range(MANY)]
    sandbox.fault("claim_anonymous_contact", kind="latency", seconds=0.3)

    def claim(number: int) -> Outcome:
        email = EMAIL if number % 2 else EMAIL.replace("nieuw", "NIEUW")
        return services.claim(contact_uuid=uuids[number], email=email, actor=actor, token=f"the-form-of-desk-{number}")

    outcomes = at_once(claim)
    assert sorted(outcome.outcome for outcome in outcomes) == ["done"] + ["refused"] * (MANY - 1)
    assert all("was just given" in outcome.reason for outcome in outcomes if outcome.refused)
    assert claims_at_piggy(sandbox) == 1
    assert len([row for row in sandbox.state("contact") if not row["is_anonymous"]]) == 1
    nothing_is_merged(sandbox, contacts=MANY)


def test_an_address_of_a_claim_without_an_answer_is_not_given_to_another(sandbox: SandboxAccount, actor: Actor) -> None:
    one, other = (sandbox.add_contact(anonymous=True)["uuid"] for _ in range(2))
    sandbox.fault("claim_anonymous_contact", kind="lost_before")
    assert services.claim(contact_uuid=one, email=EMAIL, actor=actor, token="the-first-form").unknown
    second = services.claim(contact_uuid=other, email=EMAIL, actor=actor, token="the-second-form")
    assert second.refused
    assert claims_at_piggy(sandbox) == 1


def test_an_address_just_given_is_kept_even_if_piggys_search_lags_behind(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (sandbox.add_contact(anonymous=True)["uuid"] for _ in range(2))
    assert services.claim(contact_uuid=one, email=EMAIL, actor=actor, token="the-first-form").done
    monkeypatch.setattr(services, "holder_of", lambda client, email: None)
    assert services.claim(contact_uuid=other, email=EMAIL, actor=actor, token="the-second-form").refused
    nothing_is_merged(sandbox, contacts=2)


def test_a_claim_that_was_told_to_wait_goes_behind_those_sent_meanwhile(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older act is sent again while the younger is under way: now the younger was first."""
    one, other = (sandbox.add_contact(anonymous=True)["uuid"] for _ in range(2))
    sandbox.fault("claim_anonymous_contact", kind="429", retry_after=1)
    waiting = services.claim(contact_uuid=one, email=EMAIL, actor=actor, token="the-first-form")
    assert waiting.outcome == "planned"
    ActState.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    still_free, again = services._still_free, []

    def meanwhile(*args: str) -> None:
        still_free(*args)
        monkeypatch.setattr(services, "_still_free", still_free)
        again.append(services.claim(contact_uuid=one, email=EMAIL, actor=actor, token="the-first-form"))

    monkeypatch.setattr(services, "_still_free", meanwhile)
    assert services.claim(contact_uuid=other, email=EMAIL, actor=actor, token="the-second-form").done
    assert again[0].refused
    nothing_is_merged(sandbox, contacts=2)


@pytest.mark.parametrize("make", ["create", "find_or_create"])
def test_an_address_that_a_new_customer_is_being_made_with_is_not_claimed(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch, make: str
) -> None:
    uuid = sandbox.add_contact(anonymous=True)["uuid"]
    claims: list[Outcome] = []
    really = getattr(Piggy, f"{make}_contact")

    def while_under_way(self: Piggy, *, email: str) -> Any:
        claims.append(services.claim(contact_uuid=uuid, email=EMAIL, actor=actor, token="the-form-of-the-claim"))
        return really(self, email=email)

    monkeypatch.setattr(Piggy, f"{make}_contact", while_under_way)
    assert getattr(creating, make)(wanted=Wanted(email=EMAIL), actor=actor, token="the-form-of-another").outcome.done
    assert claims[0].refused
    nothing_is_merged(sandbox, contacts=2)


@pytest.mark.parametrize("make", ["create", "find_or_create"])
def test_no_new_customer_is_made_with_an_address_that_is_being_claimed(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch, make: str
) -> None:
    uuid = sandbox.add_contact(anonymous=True)["uuid"]
    made: list[Outcome] = []
    claim = Piggy.claim_contact

    def while_under_way(self: Piggy, *, contact_uuid: str, email: str) -> Any:
        another = getattr(creating, make)(wanted=Wanted(email=EMAIL), actor=actor, token="the-form-of-another")
        made.append(another.outcome)
        return claim(self, contact_uuid=contact_uuid, email=email)

    monkeypatch.setattr(Piggy, "claim_contact", while_under_way)
    assert services.claim(contact_uuid=uuid, email=EMAIL, actor=actor, token="the-form-of-the-claim").done
    assert made[0].refused
    nothing_is_merged(sandbox, contacts=1)


def test_of_mails_asked_for_at_once_one_goes_out(sandbox: SandboxAccount, actor: Actor) -> None:
    uuid = sandbox.add_contact(EMAIL)["uuid"]
    sandbox.fault("send_verification_email", kind="latency", seconds=0.3)
    outcomes = at_once(lambda number: verification.send(contact_uuid=uuid, actor=actor, token=f"the-form-of-{number}"))
    assert sorted(outcome.outcome for outcome in outcomes) == ["done"] + ["refused"] * (MANY - 1)
    assert len(sandbox.codes_sent) == 1


def test_of_flags_set_at_once_one_stands_and_one_act_tells_of_it(sandbox: SandboxAccount, actor: Actor) -> None:
    one, other = sandbox.add_contact(EMAIL)["uuid"], sandbox.add_contact(anonymous=True)["uuid"]

    def flag(number: int) -> services.Flagged:
        pair = {"contact_uuid": one, "other_uuid": other} if number % 2 else {"contact_uuid": other, "other_uuid": one}
        return services.flag(**pair, reason="", actor=actor, token=f"the-form-of-desk-{number}")

    flagged = at_once(flag)
    assert [one.is_new for one in flagged].count(True) == 1
    assert ContactFlag.objects.count() == Act.objects.count() == 1
