"""Making and changing attributes and groups with every fault: done once, and never called done when it is not."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from piggyadmin.catalogue.attributes import services
from piggyadmin.catalogue.attributes.lists import LISTS, Wish
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.outcomes import Outcome
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db
WRITES = {
    "create_contact_attribute": "contact",
    "create_custom_attribute": "visit",
    "create_loyalty_transaction_attribute": "loyalty_transaction",
    "create_reward_attribute": "reward-older",
    "update_custom_attribute": "visit",
    "update_promotion_attribute": "promotion-older",
    "create_custom_attribute_group": "visit",
}


@dataclass
class Write:
    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], bool]


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, admin: Person) -> Write:
    operation: str = request.param
    where, actor = LISTS[WRITES[operation]], Actor(admin.staff, "admin", admin.shop)
    wish = Wish("dish", "text", "Dish of the day")

    def labels() -> list[str]:
        return [row["label"] for row in sandbox.state("attribute")]

    def made() -> bool:
        return labels() == ["Dish of the day"]

    if operation.endswith("group"):
        group = {"name": "kitchen", "label": "Kitchen", "actor": actor}
        return Write(
            operation,
            lambda token: services.create_group(where, **group, token=token),  # type: ignore[arg-type]
            lambda: len(sandbox.state("attribute_group")) == 1,
        )
    if operation.startswith("create"):
        return Write(operation, lambda token: services.create(where, wish=wish, actor=actor, token=token), made)
    sandbox.add_attribute("dish", entity=where.key.removesuffix("-older"), label="Before")
    before = services.look(where, name="dish").definition
    seen = services.fingerprint(before)
    return Write(
        operation,
        lambda token: services.update(where, before=before, wish=wish, seen=seen, actor=actor, token=token),
        made,
    )


def asked(sandbox: SandboxAccount, write: Write) -> int:
    return [call.operation for call in sandbox.calls].count(write.operation)


@pytest.mark.parametrize("kind", ["lost_after", "garbage"])
def test_a_lost_answer_is_unknown_until_the_list_proves_it(write: Write, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault(write.operation, kind=kind)
    outcome = write.do("one-form")
    assert outcome.unknown
    assert write.happened()
    assert write.do("one-form").repeated
    assert settling.look(outcome.act_id).done
    assert asked(sandbox, write) == 1


@pytest.mark.parametrize("kind", ["lost_before", "1000"])
def test_what_never_came_is_unknown_first_and_not_done_in_the_end(
    write: Write, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault(write.operation, kind=kind)
    outcome = write.do("one-form")
    assert outcome.unknown
    assert settling.look(outcome.act_id).unknown
    assert write.do("another-form").refused  # nobody knows yet of the first
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its time is over
    assert settling.look(outcome.act_id).refused
    assert not write.happened()
    assert asked(sandbox, write) == 1


def test_what_piggy_wants_later_is_not_done_and_may_be_done_later(write: Write, sandbox: SandboxAccount) -> None:
    sandbox.fault(write.operation, kind="429", retry_after=30)
    assert write.do("one-form").outcome == "planned"
    assert not write.happened()
    assert write.do("another-form").done
    assert write.happened()
