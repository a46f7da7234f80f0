"""Every page does its work without JavaScript: a form is a form, a link is a link."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs
from tests.browser.pages.places import CARD
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plain(tabs: Tabs, desk: Person, sandbox: SandboxAccount) -> Page:
    """The desk's tab, with JavaScript off."""
    return tabs.open(desk, java_script_enabled=False)


def expect_verdict(page: Page, word: str) -> None:
    expect(page.locator(".verdict h1")).to_have_text(word)


def test_from_signing_in_to_a_voucher_redeemed_and_refused(
    tabs: Tabs, desk: Person, sandbox: SandboxAccount, coffee: dict[str, Any]
) -> None:
    page = tabs.open(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Name").fill("desk")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()

    page.get_by_label("Find a customer, card or voucher").fill(CARD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/*/")
    expect(page.get_by_role("heading", name="Sanne Visser")).to_be_visible()
    expect(page.get_by_label("Balances")).to_contain_text("1,240")

    page.get_by_role("link", name="Check a voucher").click()
    page.get_by_label("Voucher code", exact=True).fill("COFFEE-1")
    page.get_by_role("button", name="Check").click()
    expect_verdict(page, "Valid")
    page.get_by_role("button", name="Lock").click()
    expect_verdict(page, "Locked for you")
    page.get_by_role("button", name="Redeem it").click()
    expect_verdict(page, "Redeemed")
    page.reload()
    assert [call.operation for call in sandbox.calls].count("redeem_voucher") == 1

    page.get_by_role("link", name="Vouchers").click()
    page.get_by_label("Voucher code", exact=True).fill("COFFEE-1")
    page.get_by_role("button", name="Check").click()
    expect_verdict(page, "Used")
    expect(page.get_by_role("button", name="Lock")).to_have_count(0)


def test_a_lock_is_released(plain: Page, coffee: dict[str, Any]) -> None:
    plain.goto("/vouchers/check/")
    plain.get_by_label("Voucher code", exact=True).fill("COFFEE-1")
    plain.keyboard.press("Enter")
    plain.get_by_role("button", name="Lock").click()
    plain.get_by_role("button", name="Release").click()
    expect_verdict(plain, "Valid")


def test_a_voucher_of_nobody_takes_a_card(plain: Page, sandbox: SandboxAccount, sanne: dict[str, Any]) -> None:
    sandbox.add_voucher("FOR-ANYBODY")
    plain.goto("/vouchers/check/")
    plain.get_by_label("Voucher code", exact=True).fill("FOR-ANYBODY")
    plain.keyboard.press("Enter")
    plain.get_by_role("button", name="Lock").click()
    plain.get_by_label("Customer’s card or e-mail").fill("999999")
    plain.keyboard.press("Enter")
    expect(plain.get_by_text("No customer has this card or address")).to_be_visible()
    plain.get_by_label("Customer’s card or e-mail").fill(CARD)
    plain.keyboard.press("Enter")
    plain.get_by_role("button", name="Redeem it").click()
    expect_verdict(plain, "Redeemed")


def test_a_lost_answer_is_looked_up_by_a_button(plain: Page, sandbox: SandboxAccount, coffee: dict[str, Any]) -> None:
    plain.goto("/vouchers/check/")
    plain.get_by_label("Voucher code", exact=True).fill("COFFEE-1")
    plain.keyboard.press("Enter")
    plain.get_by_role("button", name="Lock").click()
    sandbox.fault("redeem_voucher", kind="lost_after")
    plain.get_by_role("button", name="Redeem it").click()
    expect_verdict(plain, "No answer")
    plain.get_by_role("button", name="Look now").click()
    expect_verdict(plain, "Redeemed")


def test_a_failed_panel_is_read_again_by_its_link(plain: Page, sandbox: SandboxAccount, sanne: dict[str, Any]) -> None:
    sandbox.add_reward("Free flat white", required_credits=100)
    sandbox.fault("list_rewards", kind="500", times=-1)
    plain.goto(f"/contacts/{sanne['uuid']}/")
    expect(plain.get_by_role("heading", name="Sanne Visser")).to_be_visible()
    sandbox.clear_faults()
    plain.locator("#rewards").get_by_role("link", name="Read again").click()
    plain.wait_for_load_state()
    expect(plain.locator("#rewards")).to_contain_text("Free flat white")


def test_what_was_typed_wrong_stays_in_the_box(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_label("Find a customer, card or voucher").fill("sanne@")
    plain.get_by_role("button", name="Find").click()
    expect(plain.get_by_text("not a whole one")).to_be_visible()
    expect(plain.get_by_label("Find a customer, card or voucher")).to_have_value("sanne@")


def test_the_narrow_menu_opens(plain: Page) -> None:
    plain.set_viewport_size({"width": 390, "height": 844})
    plain.goto("/vouchers/check/")
    link = plain.get_by_role("navigation", name="Main").get_by_role("link", name="Today")
    expect(link).not_to_be_visible()
    plain.get_by_role("button", name="Menu").click()
    expect(link).to_be_in_viewport()
    link.click()
    expect(plain.get_by_role("heading", name="Who is in front of you?")).to_be_visible()
