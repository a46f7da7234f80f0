"""What a customer is written about: seen, changed, and never said to be changed when it is not."""

import re
from typing import Any

import pytest

from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}


@pytest.fixture
def kinds(sandbox: SandboxAccount) -> dict[str, str]:
    """The account's kinds of mail, by name."""
    made = [
        sandbox.add_subscription_type("Newsletter", "OPT_IN"),
        sandbox.add_subscription_type("Birthday", "DOUBLE_OPT_IN"),
        sandbox.add_subscription_type("Old list", "OPT_IN", addressable=False),
        sandbox.add_subscription_type("Catalogue", "OPT_IN", active=False),
    ]
    return {row["name"]: row["uuid"] for row in made}


@pytest.fixture
def sanne(sandbox: SandboxAccount, kinds: dict) -> str:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]


def path(uuid: str, act: str = "") -> str:
    return f"/contacts/{uuid}/subscriptions/" + (f"{act}/" if act else "")


def row_of(text: str, name: str) -> str:
    return next(row for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL) if f"<bdi>{name}</bdi>" in row)


def press(person: Person, uuid: str, act: str, name: str, *, htmx: bool = False) -> tuple[Any, dict[str, str]]:
    """Press the button of this act in the row of this mail; the answer, and what was sent."""
    row = row_of(person.get(path(uuid)).text, name)
    form = re.search(rf'<form method="post" action="{path(uuid, act)}".*?</form>', row, re.DOTALL)
    assert form, f"There is nothing to {act} in {row}"
    sent = dict(re.findall(r'name="(form_token|type)" value="([^"]*)"', form.group()))
    return person.post(path(uuid, act), sent, headers=HTMX if htmx else {}), sent


def status_of(sandbox: SandboxAccount, uuid: str, kind: str) -> str:
    row = next(row for row in sandbox.state("contact") if row["uuid"] == uuid)
    return row["subscribed"].get(kind, "UNSUBSCRIBED")


@pytest.mark.parametrize("htmx", [False, True])
def test_it_subscribes_and_unsubscribes(
    desk: Person, sandbox: SandboxAccount, sanne: str, kinds: dict, htmx: bool
) -> None:
    answer, _ = press(desk, sanne, "subscribe", "Newsletter", htmx=htmx)
    assert (answer.headers.get("HX-Redirect") or answer.headers["Location"]) == path(sanne)
    assert status_of(sandbox, sanne, kinds["Newsletter"]) == "SUBSCRIBED"
    text = desk.get(path(sanne)).text
    assert "The customer gets Newsletter from now on." in text
    assert "subscribed" in row_of(text, "Newsletter")
    press(desk, sanne, "unsubscribe", "Newsletter", htmx=htmx)
    assert status_of(sandbox, sanne, kinds["Newsletter"]) == "UNSUBSCRIBED"
    assert "The customer gets no more Newsletter." in desk.get(path(sanne)).text


def test_a_double_opt_in_waits_for_the_customer(desk: Person, sandbox: SandboxAccount, sanne: str, kinds: dict) -> None:
    press(desk, sanne, "subscribe", "Birthday")
    assert status_of(sandbox, sanne, kinds["Birthday"]) == "PENDING_CONFIRMATION"
    text = desk.get(path(sanne)).text
    assert "Birthday begins when they click the link in that mail" in text
    assert "waiting for the customer" in row_of(text, "Birthday")
    assert f'action="{path(sanne, "subscribe")}"' not in row_of(text, "Birthday"), "nobody is mailed twice"
    assert "Unsubscribe" in row_of(text, "Birthday")
    sandbox.confirm_subscription(sanne, kinds["Birthday"])
    assert "waiting" not in row_of(desk.get(path(sanne)).text, "Birthday")
    assert "from now on" not in text


def test_a_kind_without_an_id_or_switched_off_is_shown_with_the_reason(
    desk: Person, sandbox: SandboxAccount, sanne: str
) -> None:
    text = desk.get(path(sanne)).text
    assert "gives this one no id" in row_of(text, "Old list")
    assert "switched off" in row_of(text, "Catalogue")
    assert "<form" not in row_of(text, "Old list") + row_of(text, "Catalogue")


def test_an_anonymous_customer_has_nowhere_to_be_written_to(desk: Person, sandbox: SandboxAccount, kinds: dict) -> None:
    uuid = sandbox.add_contact(anonymous=True)["uuid"]
    text = desk.get(path(uuid)).text
    assert "This customer has no e-mail address" in text
    assert "Claim the customer first" in row_of(text, "Newsletter")
    desk.post(path(uuid, "subscribe"), {"form_token": "x" * 20, "type": kinds["Newsletter"]})
    assert "no address to write to" in desk.get(path(uuid)).text
    assert status_of(sandbox, uuid, kinds["Newsletter"]) == "UNSUBSCRIBED"


def test_what_is_so_already_is_told_and_not_sent(
    desk: Person, sandbox: SandboxAccount, sanne: str, kinds: dict
) -> None:
    _, sent = press(desk, sanne, "subscribe", "Newsletter")
    desk.get(path(sanne))
    desk.post(path(sanne, "subscribe"), sent | {"form_token": "another-tab-of-hers"})
    assert "The customer gets it already" in desk.get(path(sanne)).text
    assert [call.operation for call in sandbox.calls].count("subscribe_contact") == 1


def test_a_second_click_is_one_act(desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
    _, sent = press(desk, sanne, "subscribe", "Newsletter")
    desk.post(path(sanne, "subscribe"), sent)
    assert [call.operation for call in sandbox.calls].count("subscribe_contact") == 1
    assert Act.objects.filter(action="contact.subscribe").count() == 1


def test_no_answer_stands_on_the_page_until_it_is_known(
    desk: Person, sandbox: SandboxAccount, sanne: str, kinds: dict
) -> None:
    sandbox.fault("subscribe_contact", kind="lost_before")
    press(desk, sanne, "subscribe", "Newsletter")
    text = desk.get(path(sanne)).text
    act = Act.objects.get(action="contact.subscribe")
    assert f"/audit/{act.pk}/" in text
    press(desk, sanne, "subscribe", "Newsletter")
    assert "Look at that first" in desk.get(path(sanne)).text
    assert [call.operation for call in sandbox.calls].count("subscribe_contact") == 1


@pytest.mark.parametrize("type_uuid", ["", "x" * 100, "a/b", "a b", "nothing", "a\x00b", "عبد"])
def test_a_kind_that_is_none_changes_nothing(desk: Person, sandbox: SandboxAccount, sanne: str, type_uuid: str) -> None:
    answer = desk.post(path(sanne, "subscribe"), {"form_token": "x" * 20, "type": type_uuid})
    assert answer.status_code == 303
    assert 'class="notice refused' in desk.get(path(sanne)).text
    assert "subscribe_contact" not in [call.operation for call in sandbox.calls]


def test_marketing_may_not(marketing: Person, sandbox: SandboxAccount, sanne: str, kinds: dict) -> None:
    assert marketing.get(path(sanne)).status_code == 403
    sent = {"form_token": "x" * 20, "type": kinds["Newsletter"]}
    assert marketing.post(path(sanne, "subscribe"), sent).status_code == 403


@pytest.mark.parametrize("operation", ["list_subscription_types", "list_contact_subscriptions"])
def test_a_list_that_cannot_be_read_says_so(desk: Person, sandbox: SandboxAccount, sanne: str, operation: str) -> None:
    sandbox.fault(operation, kind="500", times=-1)
    page = desk.get(path(sanne))
    assert page.status_code == 503
    assert "could not be read" in page.text


def test_a_question_that_fails_before_the_call_leaves_nothing_unknown(
    desk: Person, sandbox: SandboxAccount, sanne: str, kinds: dict
) -> None:
    sandbox.fault("list_contact_subscriptions", kind="500", times=-1)
    desk.post(path(sanne, "subscribe"), {"form_token": "x" * 20, "type": kinds["Newsletter"]})
    assert Act.objects.get(action="contact.subscribe").outcome == "refused"
    assert status_of(sandbox, sanne, kinds["Newsletter"]) == "UNSUBSCRIBED"


def test_with_piggy_down_it_says_so(desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
    sandbox.broken = 503
    assert desk.get(path(sanne)).status_code == 503


def test_a_customer_who_is_gone_says_so(desk: Person, sandbox: SandboxAccount) -> None:
    assert desk.get(path("nobody")).status_code == 404
