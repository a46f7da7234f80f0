"""A card that nobody has: link it to a customer, or make an anonymous customer with it."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.cards import finding
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from piggyadmin.typed import NotReadable
from tests.conftest import Person
from tests.contacts.card_hands import CARD, NEW_CARD, Hands, asked, card_at
from tests.contacts.card_hands import writes as written
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

URL = "/contacts/cards/"
MAKE, NEW = "create_contact_identifier", "create_anonymous_contact"
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def hands(request: pytest.FixtureRequest, desk: Person) -> Hands:
    return Hands(desk, htmx=request.param)


@pytest.fixture
def actor(desk: Person) -> Actor:
    return Actor(desk.staff, "desk", desk.shop)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    contact = sandbox.add_contact(
        "sanne@mail.example", firstname="Sanne", lastname="Visser", phonenumber="+31612345678"
    )
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"])
    return str(contact["uuid"])


def holder(sandbox: SandboxAccount, card: str = NEW_CARD) -> str | None:
    row = card_at(sandbox, card)
    return row["contact_uuid"] if row else None


# --- the card itself


def test_a_card_that_somebody_has_leads_to_them(hands: Hands, sandbox: SandboxAccount, sanne: str) -> None:
    hands.open(URL).press("Look", card=CARD)
    assert hands.path == f"/contacts/{sanne}/"


def test_an_unknown_or_free_card_offers_two_ways(hands: Hands, sandbox: SandboxAccount) -> None:
    hands.open(URL).press("Look", card="2600 4417 0081 1234")
    assert "not known yet" in hands.said
    sandbox.add_identifier(NEW_CARD)
    hands.open(URL).press("Look", card="2600 4417 0081 1234")
    assert "exists, belongs to nobody" in hands.said
    assert "Link it to a customer" in hands.said
    assert "New anonymous customer" in hands.said
    assert written(sandbox) == []


def test_a_card_that_is_off_goes_nowhere(hands: Hands, sandbox: SandboxAccount) -> None:
    sandbox.add_identifier(NEW_CARD, active=False)
    hands.open(URL).press("Look", card=NEW_CARD)
    assert hands.status == 409
    assert "This card is switched off." in hands.said
    assert "New anonymous customer" not in hands.said


@pytest.mark.parametrize("card", ["", " ", "x" * 10_000, "a\x00b", "a\x1bb", "sanne@mail.example"])
@pytest.mark.parametrize("step", ["", "find", "choose", "link", "new", "look", "no-such-step"])
def test_bad_input_is_refused_and_sends_nothing(desk: Person, sandbox: SandboxAccount, card: str, step: str) -> None:
    values = {"card": card, "step": step, "who": "omar", "contact": "some-id", "form_token": "t" * 32}
    page = Hands(desk).post(URL, **values)
    assert page.status == 422
    assert 'class="error"' in page.text or 'class="notice refused"' in page.text
    assert sandbox.calls == []


def test_with_piggy_down_it_says_so(hands: Hands, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    hands.open(URL).press("Look", card=NEW_CARD)
    assert hands.status == 503
    assert Act.objects.count() == 0


def test_no_number_and_no_address_is_in_any_url(hands: Hands, sandbox: SandboxAccount, sanne: str) -> None:
    hands.open(URL).press("Look", card=NEW_CARD)
    for press in ({"button": "Find the customer", "who": "sanne@mail.example"}, {"button": "Make this card"}):
        hands.press(press.pop("button"), **press)
        assert not re.search(rf'(href|action|hx-(get|post))="[^"]*({NEW_CARD}|sanne@)', hands.text)
    assert hands.path == f"/contacts/{sanne}/"


# --- to a customer


@pytest.mark.parametrize("who", ["Sanne@Mail.example", "06 12345678", "+31612345678", "2600 4417 0081 0092"])
def test_one_customer_is_found_asked_about_and_linked(
    hands: Hands, sandbox: SandboxAccount, sanne: str, who: str
) -> None:
    sandbox.add_identifier(NEW_CARD)
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who=who)
    assert "Link it to Sanne Visser ?" in hands.said
    assert "sanne@mail.example" in hands.said
    assert written(sandbox) == []
    hands.press("Link this card")
    assert hands.path == f"/contacts/{sanne}/"
    assert "Linked the card ending 1234." in hands.said
    assert holder(sandbox) == sanne


def test_an_unknown_card_is_made_for_the_customer_and_that_is_said_before(
    hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who="sanne@mail.example")
    assert "Piggy does not know this card yet: it is made for this customer." in hands.said
    hands.press("Make this card")
    assert "Made the card ending 1234 and linked it." in hands.said
    assert holder(sandbox) == sanne
    assert written(sandbox) == [MAKE]


def test_of_a_family_that_shares_a_phone_one_is_chosen(hands: Hands, sandbox: SandboxAccount, sanne: str) -> None:
    lotte = sandbox.add_contact("lotte@mail.example", firstname="Lotte", phonenumber="+31612345678")["uuid"]
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who="0612345678")
    assert "Sanne Visser" in hands.said
    hands.press("Choose Lotte")
    assert "Link it to Lotte ?" in hands.said
    hands.press("Make this card")
    assert hands.path == f"/contacts/{lotte}/"
    assert holder(sandbox) == lotte


def test_nobody_found_says_what_to_do_and_keeps_both_ways(hands: Hands, sandbox: SandboxAccount) -> None:
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who="nobody@mail.example")
    assert hands.status == 404
    assert "Nobody found" in hands.said
    assert "New anonymous customer" in hands.said


@pytest.mark.parametrize("who", ["", "sanne@", "x" * 10_000, "a\x00b", "a\x1bb"])
def test_a_wrong_customer_is_refused_beside_the_field(hands: Hands, sandbox: SandboxAccount, who: str) -> None:
    hands.open(URL).press("Look", card=NEW_CARD)
    sandbox.forget_calls()
    hands.press("Find the customer", who=who)
    assert hands.status == 422
    assert 'class="error"' in hands.text
    assert sandbox.calls == []


def test_a_question_that_piggy_did_not_answer_is_told(hands: Hands, sandbox: SandboxAccount, sanne: str) -> None:
    hands.open(URL).press("Look", card=NEW_CARD)
    sandbox.fault("list_contacts", kind="500", times=-1)
    hands.press("Find the customer", who="0612345678")
    assert hands.status == 503
    assert "Piggy could not be asked for everything" in hands.said
    assert "Nobody found" not in hands.said


def test_an_ignored_filter_shows_nobody(hands: Hands, sandbox: SandboxAccount, sanne: str) -> None:
    sandbox.add_contact("stranger@mail.example", firstname="Stranger", phonenumber="+31687654321")
    sandbox.fault("list_contacts", kind="ignore_filters", times=-1)
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who="0612345678")
    assert "Stranger" not in hands.said
    assert "Piggy could not be asked for everything" in hands.said


def test_a_card_that_got_an_owner_meanwhile_is_not_taken(hands: Hands, sandbox: SandboxAccount, sanne: str) -> None:
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who="sanne@mail.example")
    omar = sandbox.add_contact("omar@mail.example")["uuid"]
    sandbox.add_identifier(NEW_CARD, contact_uuid=omar)
    hands.press("Make this card")
    assert hands.status == 409
    assert "This card belongs to another customer." in hands.said
    assert f'href="/contacts/{omar}/"' in hands.text
    assert holder(sandbox) == omar
    assert written(sandbox) == []


def test_a_refused_link_offers_to_try_again(hands: Hands, sandbox: SandboxAccount, sanne: str) -> None:
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who="sanne@mail.example")
    sandbox.fault(MAKE, kind="401")
    hands.press("Make this card")
    assert hands.status == 409
    assert "The card ending 1234 was not made." in hands.said
    hands.press("Link this card")
    assert holder(sandbox) == sanne


def test_a_refusal_is_told_even_if_the_customer_cannot_be_read_afterwards(
    hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who="sanne@mail.example")
    sandbox.fault(MAKE, kind="401")
    sandbox.fault("get_contact", kind="503", times=-1)
    hands.press("Make this card")
    assert hands.status == 409
    assert "The card ending 1234 was not made." in hands.said


def test_an_unknown_link_leads_to_the_cards_where_it_is_looked_at(
    hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    hands.open(URL).press("Look", card=NEW_CARD).press("Find the customer", who="sanne@mail.example")
    sandbox.fault(MAKE, kind="lost_after")
    hands.press("Make this card")
    assert hands.path == f"/contacts/{sanne}/cards/"
    assert "We do not know whether the card ending 1234 was made and linked." in hands.said
    hands.press("Look now")
    assert "Made the card ending 1234 and linked it." in hands.said
    assert asked(sandbox, MAKE) == 1


@given(text=st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_is_asked_for_the_questions_can_be_put(text: str) -> None:
    said, questions = "", None
    try:
        questions = finding._questions(text, "Europe/Amsterdam")
    except NotReadable as error:
        said = str(error)
    assert questions or said.endswith(".")
