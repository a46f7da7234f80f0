"""A customer's cards: link, make, switch, rename, unlink; what the desk sees, and what Piggy was asked."""

import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.cards import actions, services
from contacts.cards.forms import LinkForm
from contacts.cards.sights import ending
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid
from tests.conftest import Person
from tests.contacts.card_hands import CARD, NEW_CARD, OTHER_CARD, Hands, asked, card_at, writes
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser")
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"], name="Card from the counter", default=True)
    return contact


@pytest.fixture
def omar(sandbox: SandboxAccount) -> dict:
    contact = sandbox.add_contact("omar@mail.example", firstname="Omar")
    sandbox.add_identifier(OTHER_CARD, contact_uuid=contact["uuid"])
    return contact


@pytest.fixture
def url(sanne: dict) -> str:
    return f"/contacts/{sanne['uuid']}/cards/"


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def hands(request: pytest.FixtureRequest, desk: Person) -> Hands:
    return Hands(desk, htmx=request.param)


@pytest.fixture
def chief(admin: Person) -> Hands:
    return Hands(admin)


# --- the page


def test_it_shows_each_card_with_its_name_and_state(
    desk: Person, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    sandbox.add_identifier(NEW_CARD, contact_uuid=sanne["uuid"], active=False)
    page = Hands(desk).open(url)
    assert page.status == 200
    for words in (
        "Cards of Sanne Visser",
        "2600 4417 0081 0092",
        "Card from the counter",
        "main card",
        "active",
        "off",
    ):
        assert words in page.said
    assert sorted(call.operation for call in sandbox.calls) == ["get_contact", "list_contact_identifiers"]


def test_the_desk_links_replaces_and_switches_off_and_an_admin_does_the_rest(
    desk: Person, admin: Person, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    sandbox.add_identifier(NEW_CARD, contact_uuid=sanne["uuid"], active=False)
    theirs = Hands(desk).open(url).said
    for words in ("Link a card", "Replace the card", "Switch off the card"):
        assert words in theirs
    for words in ("Rename the card", "Unlink the card", "Switch on the card"):
        assert words not in theirs
        assert words in Hands(admin).open(url).said


def test_a_customer_without_a_card_is_told_how_to_get_one(desk: Person, sandbox: SandboxAccount) -> None:
    nobody = sandbox.add_contact("new@mail.example")
    assert "No card yet" in Hands(desk).open(f"/contacts/{nobody['uuid']}/cards/").said


def test_a_customer_who_is_gone_says_so(desk: Person, sandbox: SandboxAccount) -> None:
    page = Hands(desk).open("/contacts/no-such-customer/cards/")
    assert page.status == 404
    assert "no customer with this id" in page.said


def test_with_piggy_down_it_says_so_and_is_no_500(desk: Person, sandbox: SandboxAccount, url: str) -> None:
    sandbox.broken = 503
    page = Hands(desk).open(url)
    assert page.status == 503
    assert "The cards could not be read" in page.said


def test_marketing_may_not_open_it(marketing: Person, sandbox: SandboxAccount, url: str) -> None:
    assert marketing.get(url).status_code == 403


def test_a_bare_visit_to_the_address_of_an_act_leads_to_the_cards(desk: Person, url: str) -> None:
    for act in ("link", "switch", "replace", "look"):
        page = desk.get(f"{url}{act}/")
        assert (page.status_code, page.headers["Location"]) == (303, url)


# --- linking


def test_a_free_card_is_linked_with_one_scan(hands: Hands, sandbox: SandboxAccount, sanne: dict, url: str) -> None:
    sandbox.add_identifier(NEW_CARD)
    hands.open(url).press("Link", card=NEW_CARD)
    assert hands.status == 200
    assert "Linked the card ending 1234." in hands.said
    assert card_at(sandbox, NEW_CARD)["contact_uuid"] == sanne["uuid"]
    assert writes(sandbox) == ["link_contact_identifier"]


def test_a_card_typed_in_groups_of_four_or_scanned_with_its_marks_is_found(
    desk: Person, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    for value, typed in (
        ("2600441700811234", "2600 4417 0081 1234"),
        ("00770123", "]C100770123\r"),
        ("AbC-1", "AbC-1"),
    ):
        sandbox.add_identifier(value)
        Hands(desk).open(url).press("Link", card=typed)
        assert card_at(sandbox, value)["contact_uuid"] == sanne["uuid"]
    sandbox.add_identifier("aBc-2")
    assert "does not know the card" in Hands(desk).open(url).press("Link", card="ABC-2").said


def test_a_card_that_piggy_does_not_know_is_made_after_one_question(
    hands: Hands, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    hands.open(url).press("Link", card=" 2600 4417 0081 1234 ")
    assert "Piggy does not know the card 2600 4417 0081 1234 yet. Make it for this customer?" in hands.said
    assert writes(sandbox) == []
    assert "autofocus>Make this card" in hands.text
    hands.press("Make this card")
    assert "Made the card ending 1234 and linked it." in hands.said
    assert card_at(sandbox, NEW_CARD)["contact_uuid"] == sanne["uuid"]
    assert writes(sandbox) == ["create_contact_identifier"]


def test_somebody_elses_card_is_never_taken(
    hands: Hands, sandbox: SandboxAccount, sanne: dict, omar: dict, url: str
) -> None:
    hands.open(url).press("Link", card=OTHER_CARD)
    assert hands.status == 409
    assert "This card belongs to another customer." in hands.said
    assert f'href="/contacts/{omar["uuid"]}/"' in hands.text
    assert card_at(sandbox, OTHER_CARD)["contact_uuid"] == omar["uuid"]
    assert writes(sandbox) == []


def test_a_card_that_is_this_customers_already_says_so(hands: Hands, sandbox: SandboxAccount, url: str) -> None:
    hands.open(url).press("Link", card=CARD)
    assert hands.status == 200
    assert "This card is this customer’s already." in hands.said
    assert writes(sandbox) == []
    assert Act.objects.count() == 0


def test_a_card_that_is_off_is_told_whose_it_is_if_it_is_theirs(
    desk: Person, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    sandbox.add_identifier(NEW_CARD, contact_uuid=sanne["uuid"], active=False)
    sandbox.add_identifier("OFF-ELSEWHERE", active=False)
    page = Hands(desk).open(url).press("Link", card=NEW_CARD)
    assert page.status == 409
    assert "this customer’s, and switched off" in page.said
    page = Hands(desk).open(url).press("Link", card="OFF-ELSEWHERE")
    assert page.status == 409
    assert "This card is switched off." in page.said
    assert writes(sandbox) == []


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("", "Scan the card"),
        ("   ", "Scan the card"),
        ("x" * 10_000, "10,000 characters"),
        ("26004\x1b4170", "control character"),
        ("26\x00", "Null characters"),
        ("sanne@mail.example", "That is an e-mail address"),
        ("\u202e2600\u20284417", "control character"),
    ],
)
def test_bad_input_is_refused_beside_the_field_and_sends_nothing(
    hands: Hands, sandbox: SandboxAccount, url: str, card: str, words: str
) -> None:
    hands.open(url)
    sandbox.forget_calls()
    hands.press("Link", card=card)
    assert hands.status == 422
    assert words in re.sub(r"<[^>]+>", "", "".join(re.findall(r'class="error".*?</span>', hands.text)))
    assert re.search(r'<input[^>]+name="card"[^>]*autofocus', hands.text)
    assert ("<html" in hands.text) is not bool(hands.headers), "htmx gets the part alone"
    assert {call.operation for call in sandbox.calls} <= {"get_contact", "list_contact_identifiers"}


def test_what_piggy_takes_for_no_card_number_is_said_beside_the_field(
    hands: Hands, sandbox: SandboxAccount, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(client: Piggy, *, value: str) -> None:
        raise PiggyInvalid("Piggy did not accept what was sent.", code=1003, status=400)

    monkeypatch.setattr(Piggy, "find_identifier", refuse)
    for button, field in (("Link", "card"), ("Replace it", "new")):
        hands.open(url)
        if field == "new":
            hands.press("Replace")
        hands.press(button, **{field: NEW_CARD})
        assert hands.status == 422
        assert "Piggy takes no such card number." in hands.said
    hands.open("/contacts/cards/").press("Look", card=NEW_CARD)
    assert hands.status == 422
    assert Act.objects.count() == 0


@given(card=st.text(max_size=300))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_scanned_is_a_card_or_a_sentence(card: str) -> None:
    form = LinkForm({"card": card, "form_token": "t" * 32})
    if form.is_valid():
        assert form.cleaned_data["card"].strip()
        assert "@" not in ending(form.cleaned_data["card"])
    else:
        assert str(form.errors["card"][0]).endswith(".")


@pytest.mark.parametrize("card", ["卡片🎴🎴🎴🎴🎴", "بطاقة-١٢٣٤٥٦", "a'\"<b>&{card_end}%s"])
def test_any_letters_may_be_a_card(desk: Person, sandbox: SandboxAccount, sanne: dict, url: str, card: str) -> None:
    page = Hands(desk).open(url).press("Link", card=card).press("Make this card")
    assert page.status == 200
    assert card_at(sandbox, card)["contact_uuid"] == sanne["uuid"]
    assert Hands(desk).open("/audit/").status == 200


def test_a_lost_race_is_refused_in_plain_words(hands: Hands, sandbox: SandboxAccount, sanne: dict, url: str) -> None:
    """Looked at, it was free; when we link, it is not any more."""
    sandbox.add_identifier(NEW_CARD)
    hands.open(url)
    uuid = sandbox.add_contact("fast@mail.example")["uuid"]
    real = services.writes.link

    def too_late(**asked: object) -> object:
        sandbox.add_identifier(NEW_CARD, contact_uuid=uuid)
        return real(**asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services.writes, "link", too_late)
        hands.press("Link", card=NEW_CARD)
    assert hands.status == 409
    assert "The card ending 1234 was not linked. This card is already linked to a customer." in hands.said
    assert card_at(sandbox, NEW_CARD)["contact_uuid"] == uuid


def test_two_clicks_and_two_tabs_link_once(hands: Hands, desk: Person, sandbox: SandboxAccount, url: str) -> None:
    sandbox.add_identifier(NEW_CARD)
    other_tab = Hands(desk).open(url)
    hands.open(url).press("Link", card=NEW_CARD)
    assert "Linked the card" in hands.again().said
    assert "already" in other_tab.press("Link", card=NEW_CARD).said
    assert asked(sandbox, "link_contact_identifier") == 1


def test_an_unknown_link_stands_on_the_page_until_somebody_looks(
    hands: Hands, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    sandbox.add_identifier(NEW_CARD)
    sandbox.fault("link_contact_identifier", kind="lost_after")
    hands.open(url).press("Link", card=NEW_CARD)
    assert "We do not know whether the card ending 1234 was linked." in hands.said
    assert "We did not get an answer" in hands.said
    hands.press("Look now")
    assert "Linked the card ending 1234." in hands.said
    assert "We did not get an answer" not in hands.said
    assert asked(sandbox, "link_contact_identifier") == 1


def test_while_nobody_knows_of_a_link_nobody_links_or_unlinks_it_again(
    desk: Person, chief: Hands, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    sandbox.add_identifier(NEW_CARD)
    sandbox.fault("link_contact_identifier", kind="lost_before")
    Hands(desk).open(url).press("Link", card=NEW_CARD)
    again = Hands(desk).open(url).press("Link", card=NEW_CARD)
    assert again.status == 409
    assert "Look at that first." in again.said
    assert asked(sandbox, "link_contact_identifier") == 1
    sandbox.add_identifier(NEW_CARD, contact_uuid=sanne["uuid"])
    unlinking = chief.open(url).post(f"{url}unlink/", card=NEW_CARD, form_token="u" * 32)
    assert "Look at that first." in unlinking.said
    assert asked(sandbox, "unlink_contact_identifier") == 0


def test_with_piggy_down_nothing_is_linked_and_nothing_recorded(
    hands: Hands, sandbox: SandboxAccount, url: str
) -> None:
    hands.open(url)
    sandbox.broken = 503
    hands.press("Link", card=NEW_CARD)
    assert hands.status == 503
    assert Act.objects.count() == 0


def test_piggy_asking_to_wait_keeps_the_form_good(hands: Hands, sandbox: SandboxAccount, sanne: dict, url: str) -> None:
    sandbox.add_identifier(NEW_CARD)
    sandbox.fault("link_contact_identifier", kind="429", retry_after=0)
    hands.open(url).press("Link", card=NEW_CARD)
    assert hands.status == 503
    assert "Piggy is busy." in hands.said
    hands.press("Link")
    assert "Linked the card ending 1234." in hands.said
    assert Act.objects.count() == 1


def test_of_two_who_link_a_card_at_the_same_moment_the_first_goes_on(
    desk: Person, sandbox: SandboxAccount, sanne: dict, omar: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.add_identifier(NEW_CARD)
    actor = Actor(desk.staff, "desk", desk.shop)
    real, second = Piggy.link_identifier, []

    def meanwhile(client: Piggy, **asked: str) -> object:
        if not second:  # the first one's call is under way
            second.append(None)
            second[0] = services.link(contact_uuid=omar["uuid"], card=NEW_CARD, actor=actor, token="the-second-one-s")
        return real(client, **asked)

    monkeypatch.setattr(Piggy, "link_identifier", meanwhile)
    first = services.link(contact_uuid=sanne["uuid"], card=NEW_CARD, actor=actor, token="the-first-one-s-form")
    assert first.outcome.done
    assert second[0].outcome.refused
    assert "Look at that first." in second[0].outcome.words
    assert asked(sandbox, "link_contact_identifier") == 1


# --- switching, renaming, unlinking


def test_the_desk_switches_a_lost_card_off_after_one_question(hands: Hands, sandbox: SandboxAccount, url: str) -> None:
    hands.open(url).press("Switch off")
    assert "Switch off the card ending 0092?" in hands.said
    assert "Only an admin can switch it on again." in hands.said
    assert writes(sandbox) == []
    hands.press("Switch it off")
    assert "Switched off the card ending 0092." in hands.said
    assert card_at(sandbox, CARD)["active"] is False
    assert hands.again().status == 200
    assert asked(sandbox, "update_contact_identifier") == 1


def test_a_question_keeps_its_form_when_piggy_asks_to_wait(hands: Hands, sandbox: SandboxAccount, url: str) -> None:
    sandbox.fault("update_contact_identifier", kind="429", retry_after=0)
    hands.open(url).press("Switch off").press("Switch it off")
    assert hands.status == 503
    assert "The card ending 0092 was not switched off. Piggy is busy." in hands.said
    hands.press("Switch it off")
    assert "Switched off the card ending 0092." in hands.said
    assert Act.objects.count() == 1


def test_the_desk_cannot_switch_on_even_by_hand(desk: Person, chief: Hands, sandbox: SandboxAccount, url: str) -> None:
    sandbox.add_identifier(CARD, active=False, contact_uuid=sandbox.state("contact")[0]["uuid"])
    for values in ({"card": CARD, "on": "1"}, {"card": CARD, "on": "1", "form_token": "t" * 32}):
        assert desk.post(f"{url}switch/", values).status_code == 403
    assert card_at(sandbox, CARD)["active"] is False
    chief.open(url).press("Switch on").press("Switch it on")
    assert "Switched on the card ending 0092." in chief.said
    assert card_at(sandbox, CARD)["active"] is True


def test_an_admin_renames_a_card(chief: Hands, sandbox: SandboxAccount, url: str) -> None:
    chief.open(url).press("Rename")
    assert 'value="Card from the counter"' in chief.text
    chief.press("Rename it", name="Sanne’s key ring")
    assert "Renamed the card ending 0092." in chief.said
    assert card_at(sandbox, CARD)["name"] == "Sanne’s key ring"
    act = Act.objects.get()
    assert "Sanne" not in str(act.figures)
    words = ActDetail.objects.get(act=act).words
    assert (words["from"], words["to"]) == ("Card from the counter", "Sanne’s key ring")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "x" * 10_000, "a\x00b", "a\x1bb"])
def test_a_bad_name_is_refused_beside_the_field(chief: Hands, sandbox: SandboxAccount, url: str, name: str) -> None:
    chief.open(url).press("Rename").press("Rename it", name=name)
    assert chief.status == 422
    assert 'class="error"' in chief.text
    assert writes(sandbox) == []


def test_an_admin_unlinks_a_card(chief: Hands, sandbox: SandboxAccount, url: str) -> None:
    chief.open(url).press("Unlink").press("Unlink it")
    assert "Unlinked the card ending 0092. It belongs to nobody now." in chief.said
    assert card_at(sandbox, CARD)["contact_uuid"] is None
    assert "Unlinked the card ending 0092." in chief.again().said
    assert asked(sandbox, "unlink_contact_identifier") == 1


@pytest.mark.parametrize("act", ["switch", "rename", "unlink", "replace"])
def test_a_card_of_somebody_elses_is_never_acted_on_from_here(
    chief: Hands, sandbox: SandboxAccount, omar: dict, url: str, act: str
) -> None:
    values = {"card": OTHER_CARD, "on": "0", "name": "Mine", "new": NEW_CARD, "make": "1"}
    for token in ({}, {"form_token": "t" * 32}):
        chief.post(f"{url}{act}/", **values, **token)
        assert chief.status == 409
        assert "not among the customer’s cards" in chief.said
    assert writes(sandbox) == []
    assert Act.objects.count() == 0


@pytest.mark.parametrize("act", ["switch", "rename", "unlink", "replace"])
@pytest.mark.parametrize("card", ["", "x" * 10_000, "a\x00b"])
def test_a_form_without_its_card_does_nothing(
    chief: Hands, sandbox: SandboxAccount, url: str, act: str, card: str
) -> None:
    for token in ({}, {"form_token": "t" * 32}):
        assert chief.post(f"{url}{act}/", card=card, **token).status == 422
    assert writes(sandbox) == []


def test_without_a_shop_one_is_picked_first(desk: Person, url: str, sandbox: SandboxAccount) -> None:
    Shop.objects.create(piggy_uuid="shop-amersfoort", name="Amersfoort", time_zone="Europe/Amsterdam")
    session = desk.session
    session.pop("shop")
    session.save()
    for act in ("", "link/", "replace/"):
        page = desk.post(url + act, {"card": NEW_CARD}) if act else desk.get(url)
        assert page.status_code == 303
        assert page.headers["Location"] == f"{reverse('accounts:pick-shop')}?{urlencode({'next': url + act})}"
    assert writes(sandbox) == []


# --- what is kept


def test_figures_carry_the_last_four_and_the_number_lies_in_what_can_be_erased(
    desk: Person, admin: Person, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    Hands(desk).open(url).press("Link", card=NEW_CARD).press("Make this card")
    act = Act.objects.get()
    assert (act.target_kind, act.target_id, act.contact_id) == ("card", "1234", sanne["uuid"])
    assert act.figures == {"card_end": "1234"}
    assert act.on == "card ending 1234"
    assert ActDetail.objects.get(act=act).words == {"card": NEW_CARD}
    audit = Hands(admin).open("/audit/").text
    assert "card ending 1234" in audit
    assert NEW_CARD not in audit


def test_no_number_is_in_an_address(hands: Hands, sandbox: SandboxAccount, url: str) -> None:
    sandbox.add_identifier(NEW_CARD)
    hands.open(url).press("Link", card=NEW_CARD)
    hands.press("Switch off")
    hands.press("Switch it off")
    for text in (hands.text, hands.path):
        assert not re.search(rf'(href|action|hx-\w+)="[^"]*({CARD}|{NEW_CARD})', text)
    assert CARD not in hands.path


def test_every_action_says_what_to_do_and_asks_a_whole_question() -> None:
    for action in (actions.LINK, actions.MAKE, actions.SWITCH_OFF, actions.UNLINK, actions.NEW_ANONYMOUS):
        assert action.resolve is not None
        assert action.words.settle_question.endswith("?")


def test_a_form_that_somebody_else_sent_is_refused(
    desk: Person, admin: Person, sandbox: SandboxAccount, sanne: dict, url: str
) -> None:
    sandbox.add_identifier(NEW_CARD)
    hands = Hands(desk).open(url).press("Link", card=NEW_CARD)
    path, values = hands.sent
    assert admin.post(path, values).status_code == 403
    assert asked(sandbox, "link_contact_identifier") == 1
