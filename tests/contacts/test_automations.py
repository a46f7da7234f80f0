"""Running an automation for a customer: what it is, its name typed, once, and never again unless that is said."""

import re
from typing import Any

import pytest
from django.http import HttpResponse

from contacts.automations import services
from piggyadmin.ledger import settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(sandbox: SandboxAccount) -> dict[str, Any]:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Vermeulen")


@pytest.fixture
def review(sandbox: SandboxAccount) -> dict[str, Any]:
    return sandbox.add("automation", name="Ask for a  review – naïve")


def path(customer: dict[str, Any], automation: dict[str, Any] | None = None) -> str:
    return f"/contacts/{customer['uuid']}/automations/" + (f"{automation['uuid']}/" if automation else "")


def token(page: HttpResponse) -> str:
    found = re.search(r'name="form_token" value="([\w-]{16,})"', page.content.decode())
    assert found
    return found[1]


def words(page: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.content.decode()))


def run(person: Person, where: str, **data: str) -> HttpResponse:
    told = {"form_token": data.get("form_token") or token(person.get(where)), "typed": "Ask for a review – naïve"}
    return person.post(where, {**told, **data}, follow=True)


def runs(sandbox: SandboxAccount) -> list[dict[str, Any]]:
    return sandbox.state("automation_run")


def test_the_list_says_which_can_be_run_and_why_not(
    marketing: Person, sandbox: SandboxAccount, customer: dict, review: dict
) -> None:
    sandbox.add("automation", name="Off", status="inactive")
    sandbox.add("automation", name="Thanks", event="visit_created")
    page = marketing.get(path(customer))
    assert page.content.decode().count("Run it") == 1
    assert "a visit is made visit_created" in words(page)
    assert "Starts by itself; nobody starts it by hand." in words(page)
    assert "Switched off in Piggy’s own dashboard." in words(page)
    assert marketing.get(path({"uuid": "nobody"})).status_code == 404


def test_without_one_it_says_what_next(marketing: Person, customer: dict) -> None:
    assert "No automation yet" in words(marketing.get(path(customer)))


def test_it_is_started_once_however_often_the_form_is_sent(
    marketing: Person, sandbox: SandboxAccount, customer: dict, review: dict
) -> None:
    where = path(customer, review)
    one = token(marketing.get(where))
    for _ in range(2):
        page = run(marketing, where, form_token=one, handed="table = 12\nwish = by the window = yes")
        assert "Started the automation" in words(page)
    (kept,) = runs(sandbox)
    assert kept["data"] == {"table": "12", "wish": "by the window = yes"}
    act = Act.objects.get(action="contact.run_automation")
    assert act.figures["fields"] == ["table", "wish"]
    assert ActDetail.objects.get(act=act, event=None).words == {"data": kept["data"]}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("typed", ""),
        ("typed", "Another one"),
        ("handed", "no equals sign"),
        ("handed", "a b = 1"),
        ("handed", "a = "),
        ("handed", "a = 1\na = 2"),
        ("handed", "a = \u202e1"),
        ("handed", "\n".join(f"k{n} = 1" for n in range(21))),
    ],
)
def test_bad_input_starts_nothing(
    marketing: Person, sandbox: SandboxAccount, customer: dict, review: dict, field: str, typed: str
) -> None:
    page = run(marketing, path(customer, review), **{field: typed})
    assert page.status_code == 422
    assert f'id="id_{field}-e"' in page.content.decode()
    assert not runs(sandbox)


def test_a_second_run_within_half_an_hour_needs_a_clear_word(
    marketing: Person, sandbox: SandboxAccount, customer: dict, review: dict
) -> None:
    where = path(customer, review)
    early = token(marketing.get(where))  # a tab that was opened before
    run(marketing, where)
    assert "It was started for this customer" in words(marketing.get(where))
    assert run(marketing, where).status_code == 422
    assert run(marketing, where, form_token=early).status_code == 422
    assert len(runs(sandbox)) == 1
    assert "Started the automation" in words(run(marketing, where, again="on"))
    assert len(runs(sandbox)) == 2
    other = sandbox.add_contact("other@mail.example")
    assert "Started the automation" in words(run(marketing, path(other, review)))


def test_of_two_that_race_one_is_refused(
    marketing: Person, sandbox: SandboxAccount, customer: dict, review: dict
) -> None:
    """Both forms were opened and checked before either was sent: the act's own call tells them apart."""
    page = services.open_run(contact_uuid=customer["uuid"], automation_uuid=review["uuid"])
    actor = Actor(marketing.staff, "marketing", marketing.shop)
    told = {"contact_uuid": customer["uuid"], "automation": page.automation, "data": {}, "again": False}
    first, second = (services.run(**told, actor=actor, token=f"form-{n}") for n in (1, 2))
    assert (first.done, second.refused) == (True, True)
    assert len(runs(sandbox)) == 1


@pytest.mark.parametrize("kind", ["lost_after", "reset", "garbage", "503", "lost_before"])
def test_a_lost_answer_is_left_to_a_person_and_not_sent_again(
    admin: Person, sandbox: SandboxAccount, customer: dict, review: dict, kind: str
) -> None:
    where = path(customer, review)
    sandbox.fault("create_automation_run", kind=kind)
    page = run(admin, where)
    assert "We do not know whether the automation" in words(page)
    act = Act.objects.get(action="contact.run_automation")
    assert settling.look(act.pk).unknown
    assert "Nobody knows yet" in words(admin.get(where))
    late = services.run(
        contact_uuid=customer["uuid"],
        automation=services.open_run(contact_uuid=customer["uuid"], automation_uuid=review["uuid"]).automation,
        data={},
        again=True,
        actor=_actor(admin),
        token="another-form",
    )
    assert late.refused
    assert [call.operation for call in sandbox.calls].count("create_automation_run") == 1


def _actor(person: Person) -> Actor:
    return Actor(person.staff, "admin", person.shop)


@pytest.mark.parametrize(("kind", "said"), [("429", "Try again at"), ("401", "key")])
def test_what_piggy_refused_can_be_sent_again(
    marketing: Person, sandbox: SandboxAccount, customer: dict, review: dict, kind: str, said: str
) -> None:
    sandbox.fault("create_automation_run", kind=kind)
    page = run(marketing, path(customer, review))
    assert page.status_code == 409
    assert said in words(page)
    assert not runs(sandbox)


def test_one_that_was_switched_off_meanwhile_is_not_started(
    marketing: Person, sandbox: SandboxAccount, customer: dict, review: dict
) -> None:
    off = sandbox.add("automation", name="Off", status="inactive")
    page = marketing.get(path(customer, off))
    assert page.status_code == 409
    assert "cannot be run here" in words(page)
    assert marketing.get(path(customer, {"uuid": "gone"}))["Location"] == path(customer)


def test_when_piggy_is_down_that_is_said(marketing: Person, sandbox: SandboxAccount, customer: dict) -> None:
    sandbox.fault("list_automations", kind="503", times=9)
    page = marketing.get(path(customer))
    assert page.status_code == 503
    assert "could not be read" in words(page)
    assert "Sanne Vermeulen" in words(page)
