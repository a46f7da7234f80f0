"""One customer: who, the figures, and what Piggy knows of them."""

import re

import pytest

from contacts.models import RecentContact
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.test_credits import AwardPage
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
SIX_FACTS = {
    "get_contact",
    "list_contact_identifiers",
    "list_loyalty_transactions",
    "list_prepaid_transactions",
    "list_vouchers",
    "list_rewards",
}


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    contact = sandbox.add_contact(
        "sanne@mail.example", firstname="Sanne", lastname="Vermeulen", phonenumber="+31612345678", credits=1240
    )
    sandbox.add_identifier("2600441700810092", contact_uuid=contact["uuid"], default=True)
    sandbox.add_loyalty_transaction(contact_uuid=contact["uuid"], credits=24, unit_value=24.0)
    sandbox.add_prepaid_transaction(contact_uuid=contact["uuid"], amount_in_cents=108_550)
    sandbox.add_voucher("BIRTHDAYCAKE4TNP", contact_uuid=contact["uuid"])
    sandbox.add_reward("Free flat white", required_credits=150)
    return contact


def test_it_shows_who_and_every_figure_with_its_age(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = desk.get(f"/contacts/{sanne['uuid']}/")
    assert page.status_code == 200
    for words in (
        "Sanne Vermeulen",
        "sanne@mail.example",
        "+31612345678",
        "1,264",
        "€\u00a01,085.50",
        "Free flat white",
    ):
        assert words in page.text
    assert "2600 4417 0081 0092" in page.text
    assert "4TNP" in page.text
    assert page.text.count('class="fresh live"') >= 8


def test_its_frame_is_that_of_every_page(desk: Person, sanne: dict) -> None:
    """It is made while Piggy is asked."""
    token = re.compile(r'(name="csrfmiddlewaretoken" value=)"\w{64}"')
    own, other = (
        token.sub(r"\1", re.search(r"<header.*</nav>", desk.get(address).text, re.DOTALL)[0])
        for address in (f"/contacts/{sanne['uuid']}/", f"/contacts/{sanne['uuid']}/edit/")
    )
    assert 'class="box"' in own
    assert "Sign out" in own
    assert own == other


def test_its_frame_is_there_before_the_answers(desk: Person, sanne: dict) -> None:
    made = desk.get(f"/contacts/{sanne['uuid']}/").wsgi_request.frame_parts
    assert 'role="search"' in made["frame_box"]
    assert "Sign out" in made["frame_side"]


def test_what_its_frame_sends_is_let_in(desk: Person, sanne: dict) -> None:
    page = desk.get(f"/contacts/{sanne['uuid']}/").text
    token = re.search(r'class="box".*?value="(\w{64})"', page, re.DOTALL)[1]
    desk.handler.enforce_csrf_checks = True
    assert desk.post("/find/", {"q": "Sanne", "csrfmiddlewaretoken": token}).status_code in (200, 303)
    assert desk.post("/find/", {"q": "Sanne", "csrfmiddlewaretoken": token[::-1]}).status_code == 403


def test_it_asks_six_questions_and_none_twice(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    desk.get(f"/contacts/{sanne['uuid']}/")
    assert sorted(call.operation for call in sandbox.calls) == sorted(SIX_FACTS)


def test_it_sends_its_request_id_to_piggy(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = desk.get(f"/contacts/{sanne['uuid']}/")
    assert {call.request_id for call in sandbox.calls} == {page.headers["X-Request-Id"]}


@pytest.mark.parametrize("operation", sorted(SIX_FACTS - {"get_contact"}))
@pytest.mark.parametrize("kind", ["503", "500", "garbage", "reset"])
def test_one_failed_panel_leaves_the_others_standing(
    desk: Person, sandbox: SandboxAccount, sanne: dict, operation: str, kind: str
) -> None:
    sandbox.fault(operation, kind=kind, times=-1)
    page = desk.get(f"/contacts/{sanne['uuid']}/")
    assert page.status_code == 200
    assert page.text.count('class="notice refused"') == 1
    assert "1,264" in page.text
    assert "Read again" in page.text


def test_without_the_contact_itself_the_panels_stand_and_no_balance_is_shown(
    desk: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    sandbox.fault("get_contact", kind="503", times=-1)
    page = desk.get(f"/contacts/{sanne['uuid']}/")
    assert page.status_code == 503
    assert "The balances could not be read" in page.text
    assert "1,264" not in page.text
    assert "Free flat white" in page.text


def test_with_piggy_down_it_says_so_and_is_no_500(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    sandbox.broken = 503
    page = desk.get(f"/contacts/{sanne['uuid']}/")
    assert page.status_code == 503
    assert page.text.count('class="notice refused"') == 6


def test_an_ignored_filter_never_shows_a_strangers_data(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    other = sandbox.add_contact("other@mail.example", firstname="Other")
    sandbox.add_voucher("STRANGER-VOUCHER-9", contact_uuid=other["uuid"])
    sandbox.add_loyalty_transaction(contact_uuid=other["uuid"], credits=7_654_321)
    sandbox.fault("*", kind="ignore_filters", times=-1)
    page = desk.get(f"/contacts/{sanne['uuid']}/")
    assert "ER-9" not in page.text
    assert "7,654,321" not in page.text
    assert "could not be read" in page.text


def test_a_panel_can_be_read_again_alone(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    part = desk.get(f"/contacts/{sanne['uuid']}/panel/rewards/", headers=HTMX)
    assert part.status_code == 200
    assert "Free flat white" in part.text
    assert "<html" not in part.text
    assert [call.operation for call in sandbox.calls] == ["list_rewards"]


def test_a_panel_without_htmx_leads_to_the_page(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    assert desk.get(f"/contacts/{sanne['uuid']}/panel/rewards/").url == f"/contacts/{sanne['uuid']}/"
    assert desk.get(f"/contacts/{sanne['uuid']}/panel/nothing/").status_code == 404


def test_marketing_sees_e_mail_and_phone_masked(marketing: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = marketing.get(f"/contacts/{sanne['uuid']}/").text
    assert "sanne@mail.example" not in page
    assert "+31612345678" not in page
    assert "sa…@mail.example" in page


def test_an_unknown_contact_says_so_and_is_forgotten(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    desk.get(f"/contacts/{sanne['uuid']}/")
    RecentContact.objects.update(contact_uuid="gone-now")
    page = desk.get("/contacts/gone-now/")
    assert page.status_code == 404
    assert "Piggy has no customer with this id" in page.text
    assert not RecentContact.objects.exists()


@pytest.mark.parametrize("bad", ["x" * 200, "%00", "a%0Ab", "%20"])
def test_an_id_that_is_none_never_reaches_piggy(desk: Person, sandbox: SandboxAccount, bad: str) -> None:
    assert desk.get(f"/contacts/{bad}/").status_code == 404
    assert "get_contact" not in {call.operation for call in sandbox.calls}


def test_an_id_that_is_no_uuid_is_opened(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_contact("short@mail.example", uuid="123", firstname="Short")
    assert "Short" in desk.get("/contacts/123/").text


def test_an_anonymous_customer_is_known_by_card_only(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact(anonymous=True)
    page = desk.get(f"/contacts/{contact['uuid']}/").text
    assert "Anonymous customer" in page
    assert "Known by card only" in page
    assert "@" not in page.split("<main")[1]


def test_a_name_with_markup_and_one_of_200_letters_are_shown_whole(desk: Person, sandbox: SandboxAccount) -> None:
    long = "Wilhelmina " * 18
    contact = sandbox.add_contact("long@mail.example", firstname="<b>O'Brien</b>", lastname=long.strip())
    page = desk.get(f"/contacts/{contact['uuid']}/").text
    assert "&lt;b&gt;O&#x27;Brien&lt;/b&gt;" in page
    assert long.strip() in page


def test_an_empty_customer_has_an_empty_state_in_every_panel(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("new@mail.example", firstname="New")
    page = desk.get(f"/contacts/{contact['uuid']}/").text
    for words in (
        "No transactions yet",
        "No vouchers",
        "Nothing prepaid",
        "No card",
        "None yet",
        "Nothing done from here",
    ):
        assert words in page


def test_an_act_that_nobody_knows_the_outcome_of_stands_at_the_top(
    desk: Person, admin: Person, marketing: Person, sandbox: SandboxAccount
) -> None:
    contact = sandbox.add_contact("sanne@mail.example", credits=40)
    url = f"/contacts/{contact['uuid']}/"
    sandbox.fault("create_credit_reception", kind="lost_before")
    AwardPage(desk, contact["uuid"]).see(credits="25").press("award")
    act = Act.objects.get(action="credits.award")
    assert act.outcome == "unknown"
    for person, may_open in ((desk, True), (admin, True), (marketing, False)):
        page = person.get(url).text
        assert "whether the award of 25 credits was made" in page
        assert (f"/audit/{act.pk}/" in page) is may_open
