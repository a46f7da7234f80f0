"""A gift card by mail: to whom, once, and what is said when no answer came."""

import re
from typing import Any

import pytest
from django.http import HttpResponse

from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActState, Event
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import asked, new_card
from vouchers.giftcards import mailing

pytestmark = pytest.mark.django_db
OPERATION = "send_giftcard_by_email"
HAPPENED = ["lost_after", "reset", "garbage", "503_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "1000"]


@pytest.fixture
def card(sandbox: SandboxAccount) -> dict[str, Any]:
    return new_card(sandbox, 2500)


@pytest.fixture
def customer(sandbox: SandboxAccount) -> dict[str, Any]:
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    sandbox.add_identifier("2600441700810092", contact_uuid=contact["uuid"])
    return contact


def at(card: dict[str, Any]) -> str:
    return f"/giftcards/{card['uuid']}/mail/"


def hidden(page: HttpResponse) -> dict[str, str]:
    form = next(each for each in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if 'value="mail"' in each)
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def mails(sandbox: SandboxAccount) -> int:
    return len(sandbox.state("giftcard_mail"))


def test_it_is_shown_to_whom_first_and_mailed_once(
    marketing: Person, sandbox: SandboxAccount, card: dict[str, Any], customer: dict[str, Any]
) -> None:
    assert "See who would get it" in marketing.get(at(card)).text
    seen = marketing.post(at(card), {"step": "see", "who": "sanne@mail.example"})
    assert "Mail it to this customer?" in seen.text
    assert "sa…@mail.example" in seen.text
    assert mails(sandbox) == 0
    form = hidden(seen)
    assert [marketing.post(at(card), form).status_code for _ in range(2)] == [303, 303]
    assert [(row["giftcard_uuid"], row["contact_uuid"]) for row in sandbox.state("giftcard_mail")] == [
        (card["uuid"], customer["uuid"])
    ]
    act = Act.objects.get(action="giftcard.mail")
    assert (act.figures, act.contact_id) == ({"code_end": "E8KQ"}, customer["uuid"])
    kept = repr([*Act.objects.values_list("figures"), *Event.objects.values_list("figures")])
    assert "sanne@" not in kept
    assert "Mails of this card" in marketing.get(at(card)).text


@pytest.mark.parametrize("who", ["2600441700810092", "SANNE@mail.example", "uuid"])
def test_by_card_by_address_and_by_id(
    marketing: Person, card: dict[str, Any], customer: dict[str, Any], who: str
) -> None:
    seen = marketing.post(at(card), {"step": "see", "who": customer["uuid"] if who == "uuid" else who})
    assert hidden(seen)["contact_uuid"] == customer["uuid"]


@pytest.mark.parametrize("who", ["", "nobody@mail.example", "a\x07b", "26009999", "anonymous"])
def test_who_cannot_be_written_to_is_said_beside_the_field(
    marketing: Person, sandbox: SandboxAccount, card: dict[str, Any], who: str
) -> None:
    if who == "anonymous":
        who = sandbox.add_contact(anonymous=True)["uuid"]
    page = marketing.post(at(card), {"step": "see", "who": who})
    assert page.status_code == 422
    assert 'id="id_who-e"' in page.text


def test_nobody_gets_a_card_who_was_not_shown(
    marketing: Person, sandbox: SandboxAccount, card: dict[str, Any], customer: dict[str, Any]
) -> None:
    other = sandbox.add_contact("other@mail.example")["uuid"]
    form = hidden(marketing.post(at(card), {"step": "see", "who": "sanne@mail.example"}))
    assert marketing.post(at(card), form | {"contact_uuid": other}).status_code == 422
    assert mails(sandbox) == 0


def test_one_that_has_expired_and_one_that_is_gone_are_not_mailed(marketing: Person, sandbox: SandboxAccount) -> None:
    old = sandbox.add("giftcard", hash="OLD-CARD-1", expiration_date="2024-01-01T00:00:00Z")
    assert "has expired" in marketing.get(at(old)).text
    assert marketing.get("/giftcards/nope/mail/").status_code == 404


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.mark.parametrize("kind", [*HAPPENED, *NOT_HAPPENED])
def test_without_an_answer_a_person_decides_and_nothing_is_mailed_meanwhile(
    admin: Person, actor: Actor, sandbox: SandboxAccount, card: dict[str, Any], customer: dict[str, Any], kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sandbox.fault(OPERATION, kind=kind)
    shown = mailing.open_page(giftcard_uuid=card["uuid"]).card
    outcome = mailing.mail(card=shown, contact_uuid=customer["uuid"], actor=actor, token="one")
    assert outcome.unknown
    assert mails(sandbox) == (1 if kind in HAPPENED else 0)
    assert mailing.mail(card=shown, contact_uuid=customer["uuid"], actor=actor, token="one").repeated
    again = mailing.mail(card=shown, contact_uuid=customer["uuid"], actor=actor, token="two")
    assert again.refused
    assert again.reason == mailing.STILL_OPEN
    assert asked(sandbox, OPERATION) == 1
    assert "Nobody knows yet whether this card was mailed" in admin.get(at(card)).text
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    ActState.objects.update(next_look_at=None)
    assert settling.settle_by_person(outcome.act_id, by=actor, happened=True, reason="They have it").done


@pytest.mark.parametrize(("kind", "state"), [("429", "planned"), ("401", "refused")])
def test_what_piggy_refused_is_not_mailed_and_may_be_later(
    actor: Actor, sandbox: SandboxAccount, card: dict[str, Any], customer: dict[str, Any], kind: str, state: str
) -> None:
    sandbox.fault(OPERATION, kind=kind, **({"retry_after": 0} if kind == "429" else {}))
    shown = mailing.open_page(giftcard_uuid=card["uuid"]).card
    mail = {"card": shown, "contact_uuid": customer["uuid"], "actor": actor}
    assert mailing.mail(**mail, token="one").outcome == state
    assert mails(sandbox) == 0
    assert mailing.mail(**mail, token="one" if kind == "429" else "two").done
    assert mails(sandbox) == 1


def test_after_a_refusal_the_customer_is_still_chosen(
    marketing: Person, sandbox: SandboxAccount, card: dict[str, Any], customer: dict[str, Any]
) -> None:
    seen = hidden(marketing.post(at(card), {"step": "see", "who": "sanne@mail.example"}))
    sandbox.fault(OPERATION, kind="refused", value=1003)
    page = marketing.post(at(card), seen)
    assert page.status_code == 409
    assert "Load the page again" in page.text
    assert "Check what you typed" not in page.text, "a button alone was pressed"
    again = hidden(page)
    assert again["contact_uuid"] == customer["uuid"]
    assert again["form_token"] != seen["form_token"], "the old one leads to the refusal"
    assert marketing.post(at(card), again).status_code == 303
    assert mails(sandbox) == 1


def test_a_customer_who_is_gone_while_it_waits_for_piggy_is_said_to_be_so(
    marketing: Person, sandbox: SandboxAccount, card: dict[str, Any], customer: dict[str, Any]
) -> None:
    seen = marketing.post(at(card), {"step": "see", "who": customer["uuid"]})
    sandbox.fault(OPERATION, kind="429", retry_after=30)
    sandbox.fault("get_contact", kind="refused", value=55031)
    page = marketing.post(at(card), hidden(seen))
    assert page.status_code == 409
    assert "Try again at" in page.text
    assert mails(sandbox) == 0
