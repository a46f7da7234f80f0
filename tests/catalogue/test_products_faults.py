"""Every write of products and categories, with every fault: done once, and never called done when it is not.

What really happened is read from the stand-in's own books, not from what it answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from piggyadmin.catalogue.products import services
from piggyadmin.catalogue.products.sorts import SORTS, Wish
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.outcomes import Outcome
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db
HAPPENED = ["lost_after", "reset", "garbage", "503_after"]
NOT_HAPPENED = ["lost_before", "1000"]
KIND = {"product": "product", "category": "product_category"}
WHATS = ("create", "find_or_create", "update", "delete")
WRITES = [*(f"{what} product" for what in WHATS), "create category", "update category"]  # both go one way
WISH = Wish("x-1", "Xenon")


@dataclass
class Write:
    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], bool]


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, admin: Person) -> Write:
    what, name = request.param.split()
    sort, actor, kind = SORTS[name], Actor(admin.staff, "admin", admin.shop), KIND[name]

    def rows() -> list[str]:
        return [row["name"] for row in sandbox.state(kind)]

    if what in ("create", "find_or_create"):
        act = services.make if what == "create" else services.find_or_create
        return Write(
            f"{what}_{name}", lambda token: act(sort, wish=WISH, actor=actor, token=token), lambda: rows() == ["Xenon"]
        )
    sandbox.add(kind, external_identifier="x-1", name="Before")
    item = services.find(sort, identifier="x-1")
    assert item is not None
    if what == "update":
        how: dict[str, Any] = {"item": item, "wish": WISH, "seen": services.fingerprint(item), "actor": actor}
        return Write(
            f"update_{name}", lambda token: services.change(sort, **how, token=token), lambda: rows() == ["Xenon"]
        )
    return Write(
        f"delete_{name}", lambda token: services.delete(sort, item=item, actor=actor, token=token), lambda: not rows()
    )


def asked(sandbox: SandboxAccount, write: Write) -> int:
    return [call.operation for call in sandbox.calls].count(write.operation)


@pytest.mark.parametrize("kind", HAPPENED)
def test_a_lost_answer_is_unknown_until_a_reading_proves_it(write: Write, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault(write.operation, kind=kind)
    outcome = write.do("one-form")
    assert outcome.unknown
    assert write.happened()
    assert write.do("one-form").repeated
    assert settling.look(outcome.act_id).done
    assert asked(sandbox, write) == 1


@pytest.mark.parametrize("kind", NOT_HAPPENED)
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


@pytest.mark.parametrize("kind", ["429", "401"])
def test_what_piggy_refused_is_not_done_and_may_be_done_later(write: Write, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault(write.operation, kind=kind, **({"retry_after": 30} if kind == "429" else {}))
    assert write.do("one-form").outcome == ("planned" if kind == "429" else "refused")
    assert not write.happened()
    assert write.do("another-form").done
    assert write.happened()


def test_one_that_is_called_otherwise_is_left_to_a_person(
    sandbox: SandboxAccount, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault("create_product", kind="lost_before")
    actor = Actor(admin.staff, "admin", admin.shop)
    outcome = services.make(SORTS["product"], wish=WISH, actor=actor, token="one-form")
    sandbox.add("product", external_identifier="x-1", name="The till made it")
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settling.look(outcome.act_id).unknown
