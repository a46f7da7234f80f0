"""The desk's day without a mouse: each journey by keys alone, within the keys it may cost.

A scan is one pull of the trigger. What is typed (an address, an amount) is not counted; every other key is.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from contacts.models import Booking
from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, scan, type_by_hand
from tests.browser.pages.places import CARD
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Hands:
    """Two hands on a keyboard. The mouse is away: a click would raise."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            press_by_hand(self.page, key)
            self.keys += 1

    def type(self, words: str) -> None:
        type_by_hand(self.page, words)

    def scan(self, code: str) -> None:
        scan(self.page, code)


@pytest.fixture
def hands(tab: Page) -> Hands:
    return Hands(tab)


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def credits_of(sandbox: SandboxAccount, contact: dict[str, Any]) -> int:
    row = next(row for row in sandbox.state("contact") if row["uuid"] == contact["uuid"])
    return int(row["credits"])


def booking_today(contact: dict[str, Any], sandbox: SandboxAccount, person: Person) -> Booking:
    made = sandbox.add_booking(contact_uuid=contact["uuid"], shop_uuid=person.shop.piggy_uuid)
    start = timezone.now() + timedelta(minutes=5)
    return Booking.objects.create(
        piggy_uuid=made["uuid"], contact_uuid=contact["uuid"], shop=person.shop, starts_at=start, status="created"
    )


def test_1_a_card_scanned_is_a_name_and_balances(hands: Hands, sanne: dict[str, Any]) -> None:
    hands.page.goto("/")
    hands.scan(CARD)
    expect(heading(hands.page)).to_have_text("Sanne Visser")
    expect(hands.page.get_by_label("Balances")).to_contain_text("1,240")
    assert hands.keys == 0


def test_2_a_phone_number_typed_is_the_right_person(hands: Hands, sandbox: SandboxAccount) -> None:
    sandbox.add_contact("anna@mail.example", firstname="Anna", phonenumber="+31612345678")
    hands.page.goto("/vouchers/check/")
    hands.page.evaluate("document.activeElement.blur()")
    hands.press("/")
    expect(hands.page.locator("#q")).to_be_focused()
    hands.type("0612345678")
    hands.press("Enter")
    expect(heading(hands.page)).to_have_text("Anna")
    assert hands.keys <= 3


def test_3_an_award_from_an_amount(hands: Hands, sandbox: SandboxAccount, sanne: dict[str, Any]) -> None:
    hands.page.goto(f"/contacts/{sanne['uuid']}/")
    hands.press("a")
    expect(heading(hands.page)).to_have_text("Award credits")
    hands.type("25,40")
    hands.press("Enter")
    expect(hands.page.get_by_role("button", name="Award 25 credits")).to_be_focused()
    hands.press("Enter")
    expect(hands.page.locator(".notice.done")).to_contain_text("Awarded 25 credits")
    assert credits_of(sandbox, sanne) == 1265
    assert hands.keys <= 3


def test_4_and_5_a_voucher_checked_and_redeemed(hands: Hands, sandbox: SandboxAccount, coffee: dict[str, Any]) -> None:
    hands.page.goto("/vouchers/check/")
    hands.scan("COFFEE-1")
    expect(hands.page.locator(".verdict h1")).to_have_text("Valid")
    assert hands.keys == 0
    hands.press("Enter")
    expect(hands.page.locator(".verdict h1")).to_have_text("Locked for you")
    hands.press("Enter")
    expect(hands.page.locator(".verdict h1")).to_have_text("Redeemed")
    assert hands.keys == 2


@pytest.fixture
def nobody(sandbox: SandboxAccount) -> dict[str, Any]:
    """An anonymous customer with a card."""
    contact = sandbox.add_contact(None, anonymous=True, credits=40)
    sandbox.add_identifier("2600999988887777", contact_uuid=contact["uuid"])
    return contact


def email_of(sandbox: SandboxAccount, contact: dict[str, Any]) -> str:
    return str(next(row for row in sandbox.state("contact") if row["uuid"] == contact["uuid"])["email"])


def test_6_an_anonymous_card_claimed(hands: Hands, sandbox: SandboxAccount, nobody: dict[str, Any]) -> None:
    hands.page.goto("/")
    hands.scan("2600999988887777")
    expect(heading(hands.page)).to_have_text("Anonymous customer")
    hands.press("c")
    expect(heading(hands.page)).to_have_text("Claim this customer")
    hands.type("jan@mail.example")
    hands.press("Enter")
    hands.page.wait_for_url("**/verify/**")
    assert email_of(sandbox, nobody) == "jan@mail.example"
    assert hands.keys == 2


def test_6_a_slip_in_the_address_is_mended_with_two_keys(
    hands: Hands, sandbox: SandboxAccount, nobody: dict[str, Any]
) -> None:
    hands.page.goto(f"/contacts/{nobody['uuid']}/")
    hands.press("c")
    expect(heading(hands.page)).to_have_text("Claim this customer")
    hands.type("jan@gnail.com")
    expect(hands.page.get_by_role("button", name="Use jan@gmail.com")).to_be_visible()
    hands.press("Tab", "Enter")
    expect(hands.page.get_by_label("E-mail")).to_have_value("jan@gmail.com")
    hands.press("Enter")
    hands.page.wait_for_url("**/verify/**")
    assert email_of(sandbox, nobody) == "jan@gmail.com"
    assert hands.keys <= 4


def test_6_an_address_that_somebody_has_is_flagged_and_not_claimed(
    hands: Hands, sandbox: SandboxAccount, nobody: dict[str, Any], sanne: dict[str, Any]
) -> None:
    hands.page.goto(f"/contacts/{nobody['uuid']}/")
    hands.press("c")
    expect(heading(hands.page)).to_have_text("Claim this customer")
    hands.type("sanne@mail.example")
    hands.press("Enter")
    expect(hands.page.get_by_role("heading", name="Who has this address")).to_be_visible()
    for _ in range(12):
        if hands.page.get_by_role("button", name="Flag as one person").evaluate("b => b === document.activeElement"):
            break
        hands.press("Tab")
    hands.press("Enter")
    expect(hands.page.locator(".notice.done")).to_be_visible()
    assert "claim_contact" not in [call.operation for call in sandbox.calls]
    assert email_of(sandbox, nobody) != "sanne@mail.example"


def test_7_a_wrong_award_taken_back(tabs: Tabs, admin: Person, sandbox: SandboxAccount, sanne: dict[str, Any]) -> None:
    for credits in (24, 900):
        sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=credits, shop_uuid=admin.shop.piggy_uuid)
    hands = Hands(tabs.open(admin))
    hands.page.goto(f"/contacts/{sanne['uuid']}/")
    hands.press("h", "v")
    expect(heading(hands.page)).to_have_text("Take back this award?")
    hands.press("1", "Enter")
    expect(hands.page.locator(".notice.done")).to_be_visible()
    assert credits_of(sandbox, sanne) == 1240 + 24
    assert hands.keys <= 5


def test_8_a_booking_checked_in(hands: Hands, sandbox: SandboxAccount, desk: Person, sanne: dict[str, Any]) -> None:
    booking = booking_today(sanne, sandbox, desk)
    hands.page.goto("/")
    hands.page.evaluate("document.activeElement.blur()")
    hands.press("g", "b")
    hands.page.wait_for_url("**/bookings/")
    hands.press("i")
    expect(hands.page.locator(".notice.done")).to_be_visible()
    booking.refresh_from_db()
    assert booking.checked_in_at is not None
    assert hands.keys == 3


def test_8_a_booking_changed(hands: Hands, sandbox: SandboxAccount, desk: Person, sanne: dict[str, Any]) -> None:
    booking = booking_today(sanne, sandbox, desk)
    hands.page.goto("/bookings/")
    hands.press("j")
    expect(hands.page.locator("[data-row]").first).to_be_focused()
    hands.press("Enter")
    hands.page.wait_for_url(f"**/bookings/{booking.piggy_uuid}/edit/")
    party = hands.page.get_by_label("Party")
    party.focus()  # Tab leads there; how many stand before it is not the point here
    hands.type("5")
    hands.press("Control+Enter")
    expect(hands.page.locator(".notice.done")).to_be_visible()
    booking.refresh_from_db()
    assert booking.number_of_people == 5
    assert hands.keys == 3


def test_6_a_second_enter_mails_nobody(hands: Hands, sandbox: SandboxAccount, nobody: dict[str, Any]) -> None:
    hands.page.goto(f"/contacts/{nobody['uuid']}/claim/")
    hands.type("jan@mail.example")
    hands.press("Enter")
    hands.page.wait_for_url("**/verify/**")
    hands.press("Enter", "Enter")
    hands.page.wait_for_timeout(300)
    assert sandbox.codes_sent == []
    hands.press("s")
    expect(hands.page.locator("main")).to_contain_text("Mail sent")
    assert len(sandbox.codes_sent) == 1


def test_7_a_reason_and_enter_at_a_clerks_speed(
    tabs: Tabs, admin: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=900, shop_uuid=admin.shop.piggy_uuid)
    tab = tabs.open(admin)
    tab.goto(f"/contacts/{sanne['uuid']}/")
    press_by_hand(tab, "h")
    tab.clock.run_for(200)
    press_by_hand(tab, "v")
    expect(heading(tab)).to_have_text("Take back this award?")
    press_by_hand(tab, "3")
    tab.clock.run_for(200)
    tab.keyboard.press("Enter")  # without the moment's thought that `press_by_hand` takes
    expect(tab.locator(".notice.done")).to_be_visible()
    assert credits_of(sandbox, sanne) == 1240
