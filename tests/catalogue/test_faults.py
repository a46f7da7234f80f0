"""Every write of the catalogue's programme and rewards, with every fault: nothing happens twice, and nothing is called
done that is not. What really happened is read from the stand-in's own books, not from what Piggy answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from piggyadmin.catalogue.programme import perks, services
from piggyadmin.catalogue.rewards import changing
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.ledger.outcomes import Outcome
from tests.catalogue.hands import asked
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
REFUSED = ["429", "401"]
WRITES = ["create_perk", "update_perk", "delete_perk", "create_unit", "update_reward"]
KEPT = ["create_perk", "create_unit", "update_reward"]
"""Those whose form keeps its token when Piggy wants it later; the others' next press begins anew."""


@dataclass
class Write:
    """One of the writes, ready to be done: by which operation, how, and how often it has happened."""

    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor) -> Write:
    name = request.param
    refills = sandbox.add("perk", label="Free refills", name="free_refills")["uuid"]
    tote = sandbox.add_reward("Tote bag", required_credits=75)["uuid"]

    def rows(kind: str, **wanted: Any) -> int:
        return sum(all(row[key] == value for key, value in wanted.items()) for row in sandbox.state(kind))

    if name == "create_perk":
        new: dict[str, Any] = {"label": "Off", "name": "off", "data_type": "boolean", "default": "false"}
        options = [("No", "false"), ("Yes", "true")]
        return Write(
            name,
            lambda token: perks.make(**new, options=options, actor=actor, token=token),
            lambda: rows("perk", name="off"),
        )
    if name == "update_perk":
        change = {"perk_uuid": refills, "label": "Refills", "before": "Free refills", "actor": actor}
        return Write(name, lambda token: perks.rename(**change, token=token), lambda: rows("perk", label="Refills"))
    if name == "delete_perk":
        gone = {"perk_uuid": refills, "label": "Free refills", "actor": actor}
        return Write(name, lambda token: perks.delete(**gone, token=token), lambda: 1 - rows("perk", uuid=refills))
    if name == "create_unit":
        unit = {"name": "visits", "label": "Visits", "sign": "", "is_default": False, "actor": actor}
        return Write(name, lambda token: services.make_unit(**unit, token=token), lambda: rows("unit", name="visits"))
    sheet = changing.open_sheet(reward_uuid=tote)
    changes = changing.differences(sheet, {"title": "Bag", "required_credits": 90})
    how = {"reward_uuid": tote, "changes": changes, "shown": sheet.texts, "actor": actor}
    return Write(
        name,
        lambda token: changing.change(**how, token=token),
        lambda: rows("reward", title="Bag", required_credits=90),
    )


@pytest.mark.parametrize("kind", HAPPENED)
def test_a_lost_answer_is_unknown_until_a_reading_proves_it(write: Write, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault(write.operation, kind=kind)
    outcome = write.do("one-form")
    # Deleting answers nothing that could be misread, so any success counts.
    assert outcome.unknown or (write.operation == "delete_perk" and kind == "html200")
    assert write.happened() == 1
    assert write.do("one-form").repeated
    assert settling.look(outcome.act_id).done
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
    assert write.do("another-form").refused, "not before the first is cleared up"
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
    assert settling.look(outcome.act_id).refused
    assert write.happened() == 0
    assert asked(sandbox, write.operation) == 1


@pytest.mark.parametrize("kind", REFUSED)
def test_what_piggy_refused_is_not_done_and_may_be_done_later(write: Write, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault(write.operation, kind=kind, **({"retry_after": 30} if kind == "429" else {}))
    assert write.do("one-form").outcome == ("planned" if kind == "429" else "refused")
    assert write.happened() == 0
    assert write.do("another-form").done
    assert write.happened() == 1


def test_a_form_sent_twice_is_done_once(write: Write, sandbox: SandboxAccount) -> None:
    assert write.do("one-form").done
    assert write.do("one-form").repeated
    assert write.happened() == 1
    assert asked(sandbox, write.operation) == 1


@pytest.mark.parametrize("write", KEPT, indirect=True)
def test_what_waited_is_sent_once_when_its_time_has_come(write: Write, sandbox: SandboxAccount) -> None:
    sandbox.fault(write.operation, kind="429", retry_after=0)
    assert write.do("one-form").outcome == "planned"
    assert write.do("one-form").done
    assert write.happened() == 1


def test_an_answer_that_comes_too_late_is_no_answer(write: Write, sandbox: SandboxAccount, settings: Any) -> None:
    settings.PIGGY_TIMEOUT = 0.4
    sandbox.fault(write.operation, kind="latency_after", seconds=1)
    outcome = write.do("one-form")
    assert outcome.unknown
    settings.PIGGY_TIMEOUT = 5
    assert settling.look(outcome.act_id).done
    assert write.happened() == 1


def test_with_piggy_gone_nothing_was_sent_and_that_is_said(
    write: Write, sandbox: SandboxAccount, settings: Any
) -> None:
    address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"
    outcome = write.do("one-form")
    assert outcome.refused
    settings.PIGGY_BASE_URL = address
    assert write.happened() == 0


@pytest.mark.parametrize("write", ["create_perk", "update_perk", "update_reward"], indirect=True)
def test_an_act_whose_words_were_erased_is_settled_by_a_person(write: Write, sandbox: SandboxAccount) -> None:
    sandbox.fault(write.operation, kind="lost_after")
    outcome = write.do("one-form")
    ActDetail.objects.filter(act=outcome.act_id).update(body="", salt="", erased_at=timezone.now())
    assert settling.look(outcome.act_id).unknown


@pytest.mark.parametrize("write", ["update_perk", "update_reward"], indirect=True)
def test_what_somebody_changed_since_proves_nothing(
    write: Write, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault(write.operation, kind="lost_before")
    outcome = write.do("one-form")
    act = Act.objects.get(pk=outcome.act_id)
    if write.operation == "update_perk":
        sandbox.add("perk", uuid=act.target_id, label="Endless coffee")
    else:
        sandbox.add_reward("Bag", uuid=act.target_id, required_credits=80)
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settling.look(outcome.act_id).unknown


@pytest.mark.parametrize("write", ["create_perk", "create_unit"], indirect=True)
def test_without_a_reading_first_nothing_is_made(write: Write, sandbox: SandboxAccount) -> None:
    sandbox.fault("list_perks" if write.operation == "create_perk" else "list_units", kind="500", times=-1)
    assert write.do("one-form").refused
    assert asked(sandbox, write.operation) == 0
