"""Claiming by keyboard: the journey from an e-mail address to a proved one, without a mouse."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, type_by_hand
from tests.browser.pages.claiming import unknown_card
from tests.browser.pages.places import Visit
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def card(sandbox: SandboxAccount, tab: Page, desk: Person) -> dict[str, Any]:
    """An anonymous customer, and their claim page open before us."""
    contact = unknown_card(Visit(tab, sandbox, desk))
    tab.goto(f"/contacts/{contact['uuid']}/claim/")
    return contact


@pytest.fixture
def address(sandbox: SandboxAccount, card: dict[str, Any]) -> Callable[[], str]:
    """The address of that customer at Piggy, "" while they are anonymous."""

    def now() -> str:
        row = next(row for row in sandbox.state("contact") if row["uuid"] == card["uuid"])
        return "" if row["is_anonymous"] else row["email"]

    return now


def test_an_address_and_enter_claim_and_a_key_sends_the_mail(
    tab: Page, sandbox: SandboxAccount, address: Callable[[], str]
) -> None:
    type_by_hand(tab, "nieuw@mail.example")
    press_by_hand(tab, "Enter")
    expect(tab.get_by_role("button", name="Send the mail")).to_be_visible()
    assert address() == "nieuw@mail.example"
    press_by_hand(tab, "s")
    expect(tab.locator("#id_otp")).to_be_focused()
    tab.keyboard.insert_text(sandbox.codes_sent[-1].code)
    press_by_hand(tab, "Enter")
    expect(tab.locator("main")).to_contain_text("Verified: the code proved the e-mail address.")
    press_by_hand(tab, "Escape")
    expect(tab).to_have_url(re.compile(r"/contacts/[^/]+/$"))


def test_tab_and_enter_take_the_suggested_address_and_claim_nothing(
    tab: Page, sandbox: SandboxAccount, address: Callable[[], str]
) -> None:
    type_by_hand(tab, "nieuw@gnail.com")
    expect(tab.get_by_role("button", name="Use nieuw@gmail.com")).to_be_visible()
    press_by_hand(tab, "Tab")
    press_by_hand(tab, "Enter")
    expect(tab.locator("#id_email")).to_have_value("nieuw@gmail.com")
    expect(tab.locator("#id_email")).to_be_focused()
    assert address() == ""
    press_by_hand(tab, "Enter")
    expect(tab.get_by_role("button", name="Send the mail")).to_be_visible()
    assert address() == "nieuw@gmail.com"


def test_the_hint_was_seen_so_enter_claims_as_typed(
    tab: Page, sandbox: SandboxAccount, address: Callable[[], str]
) -> None:
    type_by_hand(tab, "nieuw@gnail.com")
    expect(tab.get_by_role("button", name="Use nieuw@gmail.com")).to_be_visible()
    press_by_hand(tab, "Enter")
    expect(tab.get_by_role("button", name="Send the mail")).to_be_visible()
    assert address() == "nieuw@gnail.com"


def test_whose_an_address_is_shows_while_typing_and_goes_with_it(
    tab: Page, sandbox: SandboxAccount, card: dict
) -> None:
    sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    type_by_hand(tab, "sanne@mail.example")
    expect(tab.locator("#precheck")).to_contain_text("Sanne")
    press_by_hand(tab, "Backspace")
    expect(tab.locator("#precheck")).to_contain_text("Nobody has this address yet")
    for _ in range(7):
        tab.keyboard.press("Backspace")
    expect(tab.locator("#precheck")).to_be_empty()
    assert [call for call in sandbox.calls if call.method != "GET"] == []


def test_two_presses_of_enter_claim_once(tab: Page, sandbox: SandboxAccount, address: Callable[[], str]) -> None:
    sandbox.fault("claim_anonymous_contact", kind="latency", seconds=0.5)
    type_by_hand(tab, "nieuw@mail.example")
    press_by_hand(tab, "Enter")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Send the mail")).to_be_visible()
    assert [call.operation for call in sandbox.calls if call.method != "GET"] == ["claim_anonymous_contact"]


def test_without_javascript_the_slip_is_asked_about_and_mended(
    tabs: Tabs, desk: Person, sandbox: SandboxAccount, card: dict[str, Any], address: Callable[[], str]
) -> None:
    page = tabs.open(desk, java_script_enabled=False)
    page.goto(f"/contacts/{card['uuid']}/claim/")
    page.locator("#id_email").fill("nieuw@gnail.com")
    page.locator("#id_email").press("Enter")
    page.get_by_role("button", name="Use nieuw@gmail.com").press("Enter")
    expect(page.locator("#id_email")).to_have_value("nieuw@gmail.com")
    assert address() == ""
    page.locator("#id_email").press("Enter")
    expect(page.locator("main")).to_contain_text("Claimed: the customer has an e-mail address now.")
    assert address() == "nieuw@gmail.com"
