"""Take an award back: whole with a reason and Enter, a part after its credits were shown."""

import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.credits import reversing
from contacts.credits.reversing import CannotRefund, Given
from piggyadmin import piggy
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.piggy.payloads import Contact, CreditReception
from tests.conftest import Person
from tests.contacts.test_credits import GIVE, HTMX, balance, given_to, plain, writes
from tests.fixtures_sandbox import SandboxAccount

BACK = "reverse_credit_reception"


class ReversePage:
    """One admin on the page of one award, using the forms that are on it."""

    def __init__(self, person: Person, contact_uuid: str, award_uuid: str, *, htmx: bool = True) -> None:
        self.person, self.headers = person, HTMX if htmx else {}
        self.url = f"/contacts/{contact_uuid}/award/{award_uuid}/reverse/"
        self.text, self.status, self.led_to = "", 0, ""

    def open(self):
        return self._keep(self.person.get(self.url))

    def send(self, **typed: str):
        """Send the form that is on the page, with what is hidden in it."""
        form = re.search(r'<form class="form narrow-form".*?</form>', self.text, re.DOTALL)
        assert form, "There is nothing to take back on this page."
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.group()))
        hidden.pop("csrfmiddlewaretoken", None)
        self.sent = hidden | typed
        return self.again()

    def again(self):
        return self._keep(self.person.post(self.url, self.sent, headers=self.headers))

    def follow(self) -> str:
        return self.person.get(self.led_to).content.decode()

    def _keep(self, page):
        self.text, self.status = page.content.decode(), page.status_code
        self.led_to = page.headers.get("Location") or page.headers.get("HX-Redirect") or ""
        return self


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser", credits=1240)


@pytest.fixture
def award(sandbox: SandboxAccount, sanne: dict) -> dict:
    return sandbox.add_loyalty_transaction(
        contact_uuid=sanne["uuid"], credits=25, unit_value=24.0, shop_uuid="shop-utrecht"
    )


@pytest.fixture
def office(admin: Person, sanne: dict, award: dict) -> ReversePage:
    return ReversePage(admin, sanne["uuid"], award["uuid"])


def test_it_shows_the_award_and_what_would_be_left(office: ReversePage, sandbox: SandboxAccount) -> None:
    words = plain(office.open().text)
    assert office.status == 200
    assert "25 credits for € 24.00" in words
    assert "Sanne Visser" in words
    assert "That takes back 25 credits" in words
    assert "1,265 − 25 → 1,240 expected" in words
    for key, why in enumerate(("Wrong amount", "Wrong customer", "Goods were returned", "Another reason"), start=1):
        assert re.search(rf'data-key="{key}"[^>]*><input[^>]*> {why}', office.text)
    assert "checked" not in office.text, "nobody has said why yet"
    assert writes(sandbox) == []


@pytest.mark.parametrize("htmx", [True, False])
def test_whole_it_is_one_reversal_with_its_reason_in_the_ledger(
    admin: Person, sanne: dict, award: dict, sandbox: SandboxAccount, htmx: bool
) -> None:
    office = ReversePage(admin, sanne["uuid"], award["uuid"], htmx=htmx)
    office.open().send(why="customer")
    assert office.led_to == f"/contacts/{sanne['uuid']}/"
    assert "Took an award back: −25 credits. The balance is 1,240." in office.follow()
    assert writes(sandbox) == [BACK]
    assert given_to(sandbox, sanne["uuid"]) == [25, -25]
    act = Act.objects.get(action="credits.reverse")
    assert (act.target_kind, act.target_id, act.contact_id) == ("award", award["uuid"], sanne["uuid"])
    assert act.figures == {"credits": -25, "reception_uuid": award["uuid"], "why": "customer"}
    assert ActDetail.objects.get(act=act).words == {"reason": "Wrong customer"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose why."),
        ({"why": "mood"}, "Choose one of the four."),
        ({"why": "other"}, "Write the reason."),
        ({"why": "other", "words": "  "}, "Write the reason."),
        ({"why": "amount", "words": "x" * 10_000}, "at most 500 characters"),
        ({"why": "amount", "words": "a\x00b"}, "Null characters"),
        ({"why": "amount", "words": "a\x1bb"}, "control character"),
        ({"why": "amount", "refunded": "-5"}, "Type more than zero"),
        ({"why": "amount", "refunded": "0"}, "Type more than zero"),
        ({"why": "amount", "refunded": "1.085"}, "may be €"),
        ({"why": "amount", "refunded": "24.01"}, "That is more than was paid."),
        ({"why": "amount", "refunded": "0.01"}, "comes to no credits"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_bad_input_takes_nothing_back(
    admin: Person, sanne: dict, award: dict, sandbox: SandboxAccount, typed: dict, words: str, htmx: bool
) -> None:
    office = ReversePage(admin, sanne["uuid"], award["uuid"], htmx=htmx)
    office.open().send(**typed)
    assert office.status == 422
    assert words in office.text
    assert ("<html" in office.text) is not htmx
    assert writes(sandbox) == []


def test_its_own_words_are_kept_apart_from_the_figures(office: ReversePage, sandbox: SandboxAccount) -> None:
    office.open().send(why="other", words="Said by Sanne ☕")
    act = Act.objects.get(action="credits.reverse")
    assert ActDetail.objects.get(act=act).words == {"reason": "Another reason: Said by Sanne ☕"}
    assert "Sanne" not in str(act.figures)


# --- a part --------------------------------------------------------------------------------------------------------


def test_a_part_is_shown_before_it_is_taken(office: ReversePage, sanne: dict, sandbox: SandboxAccount) -> None:
    office.open().send(why="returned", refunded="12,00")
    assert office.status == 200
    words = plain(office.text)
    assert "That takes back 13 of 25 credits" in words  # 12.5: half a credit counts as one
    assert "1,265 − 13 → 1,252 expected" in words
    assert writes(sandbox) == []
    office.send()
    assert "Took back a part of an award: −13 of 25 credits. The balance is 1,252." in office.follow()
    assert given_to(sandbox, sanne["uuid"]) == [25, -13]
    act = Act.objects.get(action="credits.refund")
    assert (act.figures["refunded_cents"], act.figures["paid_cents"]) == (1200, 2400)
    assert act.events.get().figures["marked"] is True


def test_parts_never_come_to_more_than_the_award(office: ReversePage, sanne: dict, sandbox: SandboxAccount) -> None:
    for _ in range(2):
        office.open().send(why="returned", refunded="12")
        office.send()
    assert given_to(sandbox, sanne["uuid"]) == [25, -13, -12]
    assert "taken back in parts" in office.open().text
    assert "<form" not in office.text.partition('id="take"')[2].partition("</main>")[0]


def test_after_a_part_the_rest_can_be_taken_back(office: ReversePage, sanne: dict, sandbox: SandboxAccount) -> None:
    office.open().send(why="returned", refunded="12")
    office.send()
    words = plain(office.open().text)
    assert "13 of 25 credits were taken back already; the rest is 12" in words
    office.send(why="customer")
    assert given_to(sandbox, sanne["uuid"]) == [25, -13, -12]
    assert BACK not in writes(sandbox)


def test_a_number_that_changed_since_it_was_shown_is_shown_again(
    office: ReversePage, admin: Person, sanne: dict, award: dict, sandbox: SandboxAccount
) -> None:
    office.open().send(why="returned", refunded="24")
    assert "That takes back 25 of 25" in plain(office.text)
    other = ReversePage(admin, sanne["uuid"], award["uuid"])
    other.open().send(why="returned", refunded="12")
    other.send()
    office.send()
    assert "That takes back 12 of 25 credits" in plain(office.text)
    assert given_to(sandbox, sanne["uuid"]) == [25, -13]
    office.send()
    assert given_to(sandbox, sanne["uuid"]) == [25, -13, -12]


def test_where_piggy_does_not_tell_what_was_paid_the_person_does(
    admin: Person, sanne: dict, sandbox: SandboxAccount
) -> None:
    award = sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=40, shop_uuid="shop-utrecht")
    office = ReversePage(admin, sanne["uuid"], award["uuid"])
    office.open().send(why="returned", refunded="10")
    assert office.status == 422
    assert "Type what they had paid." in office.text
    office.send(why="returned", refunded="10", paid="40")
    assert "That takes back 10 of 40 credits" in plain(office.text)
    office.send()
    assert given_to(sandbox, sanne["uuid"]) == [40, -10]


def test_a_balance_that_goes_below_zero_is_said_before(admin: Person, sandbox: SandboxAccount) -> None:
    omar = sandbox.add_contact("omar@mail.example")
    award = sandbox.add_loyalty_transaction(contact_uuid=omar["uuid"], credits=25, shop_uuid="shop-utrecht")
    sandbox.add_loyalty_transaction(contact_uuid=omar["uuid"], credits=-20, shop_uuid="shop-utrecht")
    office = ReversePage(admin, omar["uuid"], award["uuid"]).open()
    assert "5 − 25 → −20 expected" in plain(office.text)
    assert "The balance goes below zero" in office.text
    office.send(why="amount")
    assert balance(sandbox, omar["uuid"]) == -20


def given_of(credits: int, refunded: int = 0) -> Given:
    entry = CreditReception(uuid="1", credits=credits, created_at=None)  # type: ignore[arg-type]
    return Given("c", Contact(uuid="c"), entry, None, False, refunded, None)  # type: ignore[arg-type]


@given(
    credits=st.integers(1, 1_000_000),
    paid=st.integers(1, 10_000_000),
    parts=st.lists(st.integers(1, 10_000_000), max_size=6),
)
def test_any_parts_stay_within_the_award_and_are_their_share(credits: int, paid: int, parts: list[int]) -> None:
    back = 0
    for part in parts:
        try:
            taken = reversing.share(given=given_of(credits, back), refunded_cents=part, paid_cents=paid)
        except CannotRefund:
            continue
        assert 0 < taken <= credits - back
        assert taken <= credits * part / paid + 0.5
        back += taken
    assert back <= credits


@pytest.mark.parametrize(("part", "credits"), [(500, 13), (499, 12), (1000, 25), (20, 1), (19, None)])
def test_half_a_credit_counts_as_one(part: int, credits: int | None) -> None:
    if credits is None:
        with pytest.raises(CannotRefund):
            reversing.share(given=given_of(25), refunded_cents=part, paid_cents=1000)
    else:
        assert reversing.share(given=given_of(25), refunded_cents=part, paid_cents=1000) == credits


# --- twice, lost, refused ------------------------------------------------------------------------------------------


def test_it_is_not_taken_back_twice(office: ReversePage, admin: Person, sanne: dict, sandbox: SandboxAccount) -> None:
    other = ReversePage(admin, sanne["uuid"], office.url.split("/")[-3]).open()
    office.open().send(why="amount")
    other.send(why="amount")
    assert other.status == 409
    assert "It has been taken back already." in other.text
    assert "This award was taken back" in office.open().text
    assert given_to(sandbox, sanne["uuid"]) == [25, -25]


def test_a_second_click_shows_the_first(office: ReversePage, sanne: dict, sandbox: SandboxAccount) -> None:
    office.open().send(why="amount")
    office.again()
    assert "Took an award back" in office.follow()
    assert writes(sandbox) == [BACK]


def test_a_second_click_on_the_last_part_shows_the_first(
    office: ReversePage, sanne: dict, sandbox: SandboxAccount
) -> None:
    office.open().send(why="returned", refunded="24")
    office.send()
    office.again()
    assert "−25 of 25 credits" in office.follow()
    assert given_to(sandbox, sanne["uuid"]) == [25, -25]


def test_one_that_was_taken_back_elsewhere_is_refused_by_piggy_and_told(
    office: ReversePage, sandbox: SandboxAccount, settings: object
) -> None:
    office.open()
    uuid = office.url.split("/")[-3]
    httpx.post(
        f"{sandbox.base_url}/api/v3/oauth/clients/credit-receptions/{uuid}/reverse",
        headers={"Authorization": f"Bearer {sandbox.token}"},
    ).raise_for_status()
    office.send(why="amount")
    assert office.status == 409
    assert "The award was not taken back." in office.text
    assert "ERR 1003" in office.text


@pytest.mark.parametrize("part", ["", "12"])
def test_while_an_earlier_try_is_unknown_nothing_more_is_taken(
    office: ReversePage, admin: Person, sanne: dict, sandbox: SandboxAccount, part: str
) -> None:
    other = ReversePage(admin, sanne["uuid"], office.url.split("/")[-3]).open()
    sandbox.fault(BACK, kind="lost_after")
    office.open().send(why="amount")
    act = Act.objects.get(action="credits.reverse")
    assert office.led_to == f"/audit/{act.pk}/"
    assert "We do not know whether the award was taken back" in office.follow()
    other.send(why="amount", refunded=part)
    if part:
        other.status = admin.post(other.url, other.sent | {"promised": "13"}, headers=HTMX).status_code
    assert other.status == 409
    assert "Nobody knows yet whether an earlier try took it back" in office.open().text
    assert given_to(sandbox, sanne["uuid"]) == [25, -25]


def test_what_must_wait_is_sent_once_by_the_same_form(
    office: ReversePage, sanne: dict, sandbox: SandboxAccount
) -> None:
    sandbox.fault(BACK, kind="429", retry_after=0)
    office.open().send(why="amount")
    assert office.status == 409
    assert "Piggy is busy" in office.text
    assert re.search(r'value="amount"[^>]* checked', office.text)
    office.again()
    assert given_to(sandbox, sanne["uuid"]) == [25, -25]


def test_a_part_that_waits_is_changed_and_sent_again(office: ReversePage, sanne: dict, sandbox: SandboxAccount) -> None:
    sandbox.fault("create_credit_reception", kind="429", retry_after=0)
    office.open().send(why="returned", refunded="12")
    office.send()
    assert office.status == 409
    assert "Piggy is busy" in office.text
    office.send(why="returned", refunded="6")
    assert "That takes back 6 of 25 credits" in plain(office.text)  # another number is shown before it is taken
    assert given_to(sandbox, sanne["uuid"]) == [25]
    office.send()
    assert "−6 of 25 credits" in office.follow()
    assert given_to(sandbox, sanne["uuid"]) == [25, -6]
    given_up, done = Act.objects.filter(action="credits.refund").order_by("seq")
    assert (given_up.outcome, done.outcome) == ("refused", "done")


# --- what is no award ----------------------------------------------------------------------------------------------


def test_what_is_not_an_award_of_this_customer_has_no_page(
    admin: Person, sanne: dict, award: dict, sandbox: SandboxAccount
) -> None:
    omar = sandbox.add_contact("omar@mail.example")
    spent = sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=-10, shop_uuid="shop-utrecht")
    for contact, uuid in ((omar["uuid"], award["uuid"]), (sanne["uuid"], spent["uuid"]), (sanne["uuid"], "nothing")):
        office = ReversePage(admin, contact, uuid).open()
        assert office.status == 404
        assert "no award of this customer" in office.text
    assert ReversePage(admin, "nobody", award["uuid"]).open().status == 404


def test_an_award_far_back_is_found(admin: Person, sanne: dict, award: dict, sandbox: SandboxAccount) -> None:
    for number in range(110):
        sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=number + 1, shop_uuid="shop-utrecht")
    assert ReversePage(admin, sanne["uuid"], award["uuid"]).open().status == 200


def test_with_piggy_down_it_says_so(office: ReversePage, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    assert office.open().status == 503


@pytest.mark.parametrize("who", ["desk", "marketing", "stranger"])
def test_only_who_may_reverse_opens_it(
    request: pytest.FixtureRequest, sanne: dict, award: dict, sandbox: SandboxAccount, who: str
) -> None:
    page = ReversePage(request.getfixturevalue(who), sanne["uuid"], award["uuid"])
    assert page.open().status == 403
    assert page.person.post(page.url, {"why": "amount", "form_token": "x" * 20}).status_code == 403
    assert sandbox.calls == []


def test_a_list_of_transactions_knows_which_can_be_taken_back(
    office: ReversePage, sanne: dict, award: dict, sandbox: SandboxAccount, django_assert_num_queries
) -> None:
    def open_ones() -> frozenset[str]:
        entries = piggy.get_client().list_loyalty_transactions(contact_uuid=sanne["uuid"]).items
        with django_assert_num_queries(1):
            return reversing.reversible(contact_uuid=sanne["uuid"], entries=entries)

    second = sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=7, shop_uuid="shop-utrecht")
    assert open_ones() == {award["uuid"], second["uuid"]}
    office.open().send(why="returned", refunded="12")
    office.send()
    assert open_ones() == {award["uuid"], second["uuid"]}
    office.open().send(why="returned")
    assert open_ones() == {second["uuid"]}
    assert GIVE in writes(sandbox)
