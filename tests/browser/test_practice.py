"""Practice as somebody walks it who is new: from the page of tasks to "all are done", wide and narrow."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, type_by_hand
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def told(page: Page, title: str) -> str:
    """What is typed or scanned for one of the three, as the page of tasks names it."""
    page.goto("/practice/")
    return page.locator("section").filter(has=page.get_by_role("heading", name=title)).locator("code").inner_text()


def find(page: Page, words: str) -> None:
    page.locator("[data-box]").first.click()
    type_by_hand(page, words)
    press_by_hand(page, "Enter")


def press(page: Page, role: Any, name: str | re.Pattern[str]) -> None:
    page.clock.run_for(700)
    page.get_by_role(role, name=name).first.click()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_task_is_walked_to_its_tick(
    tabs: Tabs, desk: Person, sandbox: SandboxAccount, settings: Any, width: int
) -> None:
    settings.PIGGYADMIN_ENV = "practice"
    page = tabs.open(desk, viewport={"width": width, "height": 800})
    page.goto("/practice/")
    press(page, "button", "Begin with three new customers")
    expect(page.get_by_text("0 of 5 done")).to_be_visible()

    find(page, told(page, "A regular with a card"))
    press(page, "link", "Award credits")
    page.get_by_label("Or a number of credits").click()
    type_by_hand(page, "12")
    press_by_hand(page, "Enter")
    expect(page.get_by_role("button", name="Award 12 credits")).to_be_focused()
    press_by_hand(page, "Enter")
    expect(page.get_by_text("Awarded 12 credits").first).to_be_visible()
    press(page, "link", re.compile("^Edit"))
    page.get_by_label("First name").fill("Pim")
    press(page, "button", "Save")
    expect(page.get_by_role("heading", name="Pim de Oefenaar")).to_be_visible()

    card = told(page, "Somebody without a name")
    expect(page.get_by_text("2 of 5 done")).to_be_visible()
    story = page.get_by_text("My address is").inner_text()
    find(page, card)
    press(page, "link", "Claim")
    expect(page.locator("#id_email")).to_be_focused()
    type_by_hand(page, story.partition("My address is ")[2].rstrip(".”"))
    press_by_hand(page, "Enter")
    expect(page.get_by_text("Claimed: the customer has an e-mail address now.").first).to_be_visible()
    press(page, "link", "Not now")

    code = told(page, "A guest with a voucher")
    if width < 600:
        press(page, "button", "Menu")
    press(page, "link", "Vouchers")
    expect(page.locator("#code")).to_be_focused()
    type_by_hand(page, code)
    press_by_hand(page, "Enter")
    press(page, "button", "Lock for 2 minutes")
    expect(page.locator(".verdict h1")).to_have_text("Locked for you")
    press(page, "button", "Redeem it")
    expect(page.locator(".verdict h1")).to_have_text("Redeemed")

    press(page, "link", "What to practise")  # stands in the stripe of every page
    expect(page.get_by_text("All 5 are done")).to_be_visible()
