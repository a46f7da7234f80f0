"""Topping up a gift card and paying with it: in two steps, once, above the limit with a second person."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, Approval, State
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import CODE, HTMX, MOVE, Till, asked, balance, moved, new_card, plain
from vouchers.giftcards import card_page, services
from vouchers.giftcards.forms import MoveForm


@pytest.fixture
def card(sandbox: SandboxAccount) -> dict:
    sandbox.add("giftcard_program", max_amount_in_cents=15_000)
    return new_card(sandbox, 5000, -1250)


@pytest.fixture
def till(desk: Person, card: dict) -> Till:
    return Till(desk, card).scan()


# --- paying and topping up -----------------------------------------------------------------------------------------


def test_it_shows_the_result_in_numbers_first_and_writes_nothing(till: Till, sandbox: SandboxAccount) -> None:
    till.see("10")
    assert till.status == 200
    assert "€ 37.50 − € 10.00 → € 27.50 expected" in till.words.replace("\u00a0", " ")
    assert "Utrecht West" in till.words
    assert asked(sandbox, MOVE) == 0
    till.see("12,50", "top_up")
    assert "€ 37.50 + € 12.50 → € 50.00 expected" in till.words.replace("\u00a0", " ")


@pytest.mark.parametrize("htmx", [True, False])
def test_paying_takes_the_money_once_and_tells_it(
    desk: Person, card: dict, sandbox: SandboxAccount, *, htmx: bool
) -> None:
    till = Till(desk, card, htmx=htmx).scan()
    till.see("10").press("do")
    assert till.led_to == till.url
    assert "Paid € 10.00 with the gift card ending" in plain(till.follow()).replace("\u00a0", " ")
    till.again()
    assert moved(sandbox) == [5000, -1250, -1000]
    assert balance(sandbox, card) == 2750
    act = Act.objects.get(action="giftcard.deduct")
    assert act.figures["cents"] == -1000
    assert CODE not in str(act.figures)


def test_topping_up_puts_it_on_with_our_mark(till: Till, sandbox: SandboxAccount) -> None:
    till.see("10", "top_up").press("do")
    assert "Put € 10.00 on the gift card" in plain(till.follow()).replace("\u00a0", " ")
    act = Act.objects.get(action="giftcard.top_up")
    assert sandbox.state("giftcard_transaction")[-1]["attributes"] == {MARK: act.mark}
    assert act.state.outcome == State.DONE


def test_whoever_pays_shows_the_card(desk: Person, card: dict, sandbox: SandboxAccount, monkeypatch) -> None:
    till = Till(desk, card).open()
    assert "Pay with it" not in till.text
    till.see("10")
    assert till.status == 422
    assert "Scan or type the card’s code again" in till.text
    assert Till(desk, card).see("10", "top_up").status == 200  # giving needs no card
    assert "Pay with it" in till.scan().open().text
    monkeypatch.setattr(card_page, "HERE_FOR", 0)
    assert till.see("10").status == 422
    assert asked(sandbox, MOVE) == 0


def test_a_tab_that_stood_open_until_the_card_was_gone_takes_nothing(
    till: Till, sandbox: SandboxAccount, monkeypatch
) -> None:
    other = Till(till.person, till.card).see("10")
    assert till.see("10").press("do").led_to == till.url
    monkeypatch.setattr(card_page, "HERE_FOR", 0)
    other.press("do")
    assert other.status == 422
    assert "Scan or type the card’s code again" in other.text
    assert till.again().led_to == till.url  # what was done is told, whether or not the card is here
    assert moved(sandbox) == [5000, -1250, -1000]


@pytest.mark.parametrize(
    ("amount", "way", "words"),
    [
        ("", "deduct", "Type an amount"),
        ("0", "deduct", "Type more than zero"),
        ("-5", "top_up", "the button says which way"),
        ("1e9", "deduct", "Type euros"),
        ("1.5.5", "deduct", "Type euros"),
        ("1,085", "top_up", "may be"),
        ("100000.01", "top_up", "more than €"),
        ("37.51", "deduct", "There is only € 37.50 on this card."),
        ("112.51", "top_up", "at most € 112.50 more fits"),
        ("5", "", "Press one of the two buttons"),
        ("5", "away", "Press one of the two buttons"),
        ("٥", "deduct", "Type euros"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_never_sent(
    till: Till, sandbox: SandboxAccount, amount: str, way: str, words: str
) -> None:
    till.see(amount, way)
    assert till.status == 422
    assert words in till.words.replace("\u00a0", " ")
    assert f'value="{amount}"' in till.text or not amount
    assert asked(sandbox, MOVE) == 0


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_any_amount_is_more_than_nothing_or_refused(text: str) -> None:
    form = MoveForm({"amount": text, "way": "deduct"})
    if form.is_valid():
        assert 0 < form.cleaned_data["amount"] <= 10_000_000


@pytest.mark.parametrize(
    "change", [{"cents": "3700"}, {"way": "top_up"}, {"code_end": "XXXX"}, {"seal": "x"}, {"form_token": ""}]
)
def test_nothing_is_done_that_was_not_shown(till: Till, sandbox: SandboxAccount, change: dict) -> None:
    till.see("10").press("do", **change)
    assert till.status == 422
    assert "Nothing was done" in till.text
    assert asked(sandbox, MOVE) == 0


def test_a_promise_is_good_for_its_own_card_alone(till: Till, sandbox: SandboxAccount) -> None:
    till.see("10")
    sent = till.fields("do")
    other = Till(till.person, new_card(sandbox, 9000, hash="OTHER-CARD-1")).scan()
    other._send(sent)
    assert other.status == 422
    assert asked(sandbox, MOVE) == 0


def test_a_card_that_takes_money_once_is_topped_up_once(desk: Person, sandbox: SandboxAccount) -> None:
    till = Till(desk, new_card(sandbox, upgradeable=False)).scan()
    till.see("10", "top_up").press("do")
    assert till.led_to == till.url
    till.see("10", "top_up")
    assert till.status == 422
    assert "takes money once" in till.words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (5003, "There is not enough money on this gift card."),
        (5008, "That is more than this gift card may hold."),
        (5006, "This gift card cannot be topped up."),
        (5002, "This gift card has expired."),
    ],
)
def test_each_refusal_of_piggys_is_a_sentence(till: Till, sandbox: SandboxAccount, code: int, words: str) -> None:
    till.see("10", "top_up")
    sandbox.fault(MOVE, kind="refused", value=code)
    till.press("do")
    assert till.status == 409
    assert words in till.words
    assert f"ERR {code}" in till.words
    assert 'value="10.00"' in till.text
    assert moved(sandbox) == [5000, -1250]


def test_of_two_tills_that_pay_with_one_card_piggy_lets_no_cent_too_many_go(
    till: Till, person, card: dict, sandbox: SandboxAccount
) -> None:
    other = Till(person("jan", "Jan Peters", "desk"), card).scan()
    till.see("30")
    other.see("30")
    assert till.press("do").led_to == till.url
    other.press("do")
    assert other.status == 409
    assert "not enough money" in other.words
    assert balance(sandbox, card) == 750


def test_a_busy_piggy_keeps_the_form_and_it_is_done_once(till: Till, sandbox: SandboxAccount) -> None:
    till.see("10")
    sandbox.fault(MOVE, kind="429", retry_after=0)
    till.press("do")
    assert till.status == 409
    assert "Press the button again" in till.words
    till.press("do")
    assert till.led_to == till.url
    assert moved(sandbox) == [5000, -1250, -1000]


def test_what_is_open_on_a_card_stands_before_the_next_act(till: Till, sandbox: SandboxAccount) -> None:
    sandbox.set(marks=False)
    till.see("10")
    confirm = till.fields("do")
    sandbox.fault(MOVE, kind="lost_after")
    till.press("do")
    assert till.led_to.startswith("/audit/")
    till.open()
    assert "We do not know whether € 10.00 were paid" in till.words.replace("\u00a0", " ")
    assert 'name="amount"' not in till.text
    till._send({**confirm, "form_token": "another-token-1234567"})
    assert till.status == 409
    assert asked(sandbox, MOVE) == 1


# --- a second person -----------------------------------------------------------------------------------------------


@pytest.fixture
def limited(till: Till) -> Till:
    Limit.objects.filter(kind="prepaid_cents").update(amount=5000)
    return till


def test_a_top_up_above_the_limit_needs_a_second_person(limited: Till, sandbox: SandboxAccount) -> None:
    limited.see("50.01", "top_up")
    assert "A second person approves this" in limited.text
    assert 'name="step" value="do"' not in limited.text
    limited.see("30", "deduct")
    assert "A second person" not in limited.text


def test_the_limit_holds_although_the_page_offered_it(till: Till, sandbox: SandboxAccount) -> None:
    Limit.objects.filter(kind="prepaid_cents").delete()
    till.see("60", "top_up")
    Limit.objects.create(kind="prepaid_cents", role="desk", amount=5000)
    till.press("do")
    assert till.status == 409
    assert "you may put on a card alone" in till.words
    assert asked(sandbox, MOVE) == 0


def test_it_is_approved_with_name_and_password_on_the_spot(
    limited: Till, marketing: Person, sandbox: SandboxAccount
) -> None:
    limited.see("60", "top_up")
    limited.press("approve", approver="marketing", password="wrong")
    assert limited.status == 422
    assert "Name, password or code is wrong" in limited.text
    limited.press("approve", approver="marketing", password="correct horse battery")
    assert limited.led_to == limited.url
    limited.again()
    assert moved(sandbox) == [5000, -1250, 6000]


def test_who_asks_does_not_approve_nor_does_the_desk(limited: Till, person, sandbox: SandboxAccount) -> None:
    person("jan", "Jan Peters", "desk")
    limited.see("60", "top_up")
    limited.press("approve", approver="desk", password="correct horse battery")
    assert "A second person types here" in limited.text
    limited.press("approve", approver="jan", password="correct horse battery")
    assert "may not approve top-ups" in limited.text
    assert asked(sandbox, MOVE) == 0


def test_it_is_asked_granted_and_done_once(limited: Till, marketing: Person, sandbox: SandboxAccount) -> None:
    limited.see("60", "top_up").press("ask", reason="A present for the choir")
    assert limited.led_to == limited.url
    assert "waiting" in limited.open().text
    polled = limited.person.get(limited.url, headers={**HTMX, "X-Polling": "1"}).content.decode()
    assert "Nothing is on the card yet" in polled
    assert 'id="giftcard"' not in polled
    waiting = marketing.get("/").content.decode()
    assert "Top up a gift card, +€\u00a060.00" in waiting
    approval = Approval.objects.get()
    marketing.post(reverse("ledger:decide", args=[approval.act_id]), {"granted": "yes", "reason": ""})
    limited.open().press("finish")
    assert limited.led_to == limited.url
    limited.again()
    assert moved(sandbox) == [5000, -1250, 6000]


def granted(till: Till, marketing: Person) -> Till:
    till.see("60", "top_up").press("ask")
    act_id = Approval.objects.latest("requested_at").act_id
    marketing.post(reverse("ledger:decide", args=[act_id]), {"granted": "yes", "reason": ""})
    return till.open()


def test_an_approval_is_for_exactly_what_was_shown_to_who_gave_it(
    limited: Till, marketing: Person, sandbox: SandboxAccount
) -> None:
    asked_by = limited.see("60", "top_up").fields("ask")["form_token"]
    limited.press("ask")
    limited.see("90", "top_up")
    limited.press("approve", approver="marketing", password="correct horse battery", form_token=asked_by)
    assert limited.status == 422
    assert "has asked for something else before" in limited.text
    assert Approval.objects.get().status == "open"
    assert asked(sandbox, MOVE) == 0


def test_an_approval_of_less_lets_no_more_through(
    limited: Till, desk: Person, marketing: Person, sandbox: SandboxAccount
) -> None:
    granted(limited, marketing)
    approval, actor = Approval.objects.get(), Actor(desk.staff, "desk", desk.shop)
    more = {"cents": 6001, "code_end": approval.figures["code_end"], "actor": actor, "token": form_token()}
    outcome = services.top_up(giftcard_uuid=limited.card["uuid"], **more, approval=approval)
    assert outcome.refused
    assert "The approval is gone" in outcome.reason
    assert asked(sandbox, MOVE) == 0


@pytest.mark.parametrize("reloaded", [True, False])
def test_what_was_approved_and_must_wait_keeps_its_button(
    limited: Till, marketing: Person, sandbox: SandboxAccount, *, reloaded: bool
) -> None:
    granted(limited, marketing)
    sandbox.fault(MOVE, kind="429", retry_after=0)
    limited.press("finish")
    assert limited.status == 409
    assert 'value="approve"' not in limited.text
    if reloaded:
        limited.open()
    assert "Piggy is busy" in limited.words
    limited.press("finish")
    assert limited.led_to == limited.url
    assert moved(sandbox) == [5000, -1250, 6000]
    assert Act.objects.filter(action="giftcard.top_up").count() == 1


def test_a_second_tab_that_came_too_late_does_not_say_that_nothing_came_onto_the_card(
    limited: Till, marketing: Person, sandbox: SandboxAccount
) -> None:
    granted(limited, marketing)
    other = Till(limited.person, limited.card).open()
    assert limited.press("finish").led_to == limited.url
    other.press("finish")
    assert other.status == 409
    assert "nothing came onto the card" not in other.text
    assert "Ask again</button>" not in other.text
    assert moved(sandbox) == [5000, -1250, 6000]


def test_a_request_is_withdrawn(limited: Till, sandbox: SandboxAccount) -> None:
    limited.see("60", "top_up").press("ask")
    limited.open().press("withdraw")
    assert "Withdraw the request" not in limited.open().text
