"""The pause between two top-ups of one gift card by one person: what begins and ends it, who goes before its end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, Approval
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import HTMX, MOVE, Till, asked, moved, new_card
from vouchers.giftcards.limits import TOP_UPS

TOP_UP = "giftcard.top_up"


@pytest.fixture
def card(sandbox: SandboxAccount) -> dict[str, Any]:
    sandbox.add("giftcard_program", max_amount_in_cents=50_000)
    return new_card(sandbox, 2000)


@pytest.fixture
def till(desk: Person, card: dict[str, Any]) -> Till:
    return Till(desk, card).scan()


@pytest.fixture
def office(admin: Person, card: dict[str, Any]) -> Till:
    return Till(admin, card).scan()


def put(till: Till, amount: str) -> Till:
    return till.see(amount, "top_up").press("do")


def adjust(till: Till, number: int, sandbox: SandboxAccount, amount: str = "") -> None:
    uuid = sandbox.state("giftcard_transaction")[number]["uuid"]
    url = f"{till.url}transactions/{uuid}/"
    fields = {"amount": amount, "reason": "Typed wrong", "form_token": f"adjust-token-{number:012d}{amount}"}
    shown = till.person.post(url, fields, headers=HTMX).content.decode()
    promised = shown.split('name="promised" value="')[1].split('"')[0]
    done = till.person.post(url, {**fields, "promised": promised}, headers=HTMX)
    assert done.headers.get("HX-Redirect"), done.content.decode()


def test_within_it_a_second_person_approves_and_its_end_is_told(
    till: Till, marketing: Person, sandbox: SandboxAccount
) -> None:
    put(till, "5")
    till.see("6", "top_up")
    assert "You topped up this gift card a moment ago. Alone you may again at" in till.words
    assert "more than" not in till.words
    assert 'name="step" value="do"' not in till.text
    till.press("approve", approver="marketing", password="correct horse battery")
    assert till.led_to == till.url
    till.again()
    assert moved(sandbox) == [2000, 500, 600]


def test_it_is_asked_for_granted_and_done(till: Till, marketing: Person, sandbox: SandboxAccount) -> None:
    put(till, "5")
    till.see("6", "top_up").press("ask", reason="One for each of two")
    marketing.post(reverse("ledger:decide", args=[Approval.objects.get().act_id]), {"granted": "yes", "reason": ""})
    till.open().press("finish")
    assert moved(sandbox) == [2000, 500, 600]


def test_one_approval_covers_the_limit_and_the_pause(till: Till, marketing: Person, sandbox: SandboxAccount) -> None:
    Limit.objects.filter(kind="prepaid_cents").update(amount=5000)
    put(till, "5")
    till.see("60", "top_up")
    words = till.words.replace("\u00a0", " ")
    assert "more than the € 50.00 you may put on a card alone here. You topped up this gift card a moment ago." in words
    till.press("approve", approver="marketing", password="correct horse battery")
    assert moved(sandbox) == [2000, 500, 6000]


def test_it_holds_for_a_form_that_was_shown_before_it(till: Till, sandbox: SandboxAccount) -> None:
    other = Till(till.person, till.card).see("6", "top_up")
    put(till, "5")
    other.press("do")
    assert other.status == 409
    assert "You topped up this gift card a moment ago. Wait until" in other.words
    assert moved(sandbox) == [2000, 500]
    assert asked(sandbox, MOVE) == 1


def test_a_second_click_is_told_what_the_first_came_to(till: Till, sandbox: SandboxAccount) -> None:
    put(till, "5").again()
    assert till.led_to == till.url
    assert moved(sandbox) == [2000, 500]


def test_it_is_over_at_its_end(till: Till, sandbox: SandboxAccount) -> None:
    Limit.objects.filter(kind="giftcard_pause").update(amount=1)
    put(till, "5")
    actor = Actor(till.person.staff, "desk", till.person.shop)
    act = Act.objects.get(action=TOP_UP)
    until = TOP_UPS.until(actor, [act])
    assert until is None or until <= act.at + timedelta(seconds=1)
    while TOP_UPS.until(actor, [act]):
        pass
    put(till, "6")
    assert moved(sandbox) == [2000, 500, 600]


def test_it_is_of_one_person_and_one_card(till: Till, person: Callable[..., Person], sandbox: SandboxAccount) -> None:
    put(till, "5")
    put(Till(till.person, new_card(sandbox, hash="GIFT2026HOUSE9KQ")).scan(), "6")
    put(Till(person("desk2", "Jan Peters", "desk"), till.card).scan(), "7")
    assert moved(sandbox) == [2000, 500, 600, 700]


def test_one_that_was_refused_begins_none(till: Till, sandbox: SandboxAccount) -> None:
    sandbox.fault(MOVE, kind="refused", value=5003)
    assert put(till, "4").status == 409
    put(till, "5")
    assert moved(sandbox) == [2000, 500]


@pytest.mark.parametrize("how", ["taken back", "corrected to nothing"])
def test_one_of_which_nothing_is_left_begins_none(office: Till, sandbox: SandboxAccount, how: str) -> None:
    put(office, "5")
    adjust(office, 1, sandbox, "" if how == "taken back" else "0")
    put(office, "6")
    assert moved(sandbox) == [2000, 500, -500, 600]


def test_one_that_was_corrected_to_less_begins_one(office: Till, sandbox: SandboxAccount) -> None:
    put(office, "5")
    adjust(office, 1, sandbox, "2")
    office.see("6", "top_up")
    assert "a moment ago" in office.words
    assert moved(sandbox) == [2000, 500, -300]


def test_paying_begins_none_and_waits_for_none(till: Till, sandbox: SandboxAccount) -> None:
    till.see("3").press("do")
    put(till, "5")
    till.see("2").press("do")
    assert moved(sandbox) == [2000, -300, 500, -200]


def test_without_a_pause_two_may_follow_each_other(till: Till, sandbox: SandboxAccount) -> None:
    Limit.objects.filter(kind="giftcard_pause").delete()
    put(till, "5")
    put(till, "5")
    assert moved(sandbox) == [2000, 500, 500]
