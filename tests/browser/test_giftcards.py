"""Gift cards at the till, without a mouse: scan, amount, Enter, Enter."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import press_by_hand, scan, type_by_hand
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import CODE, MOVE, asked, moved, new_card

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def card(sandbox: SandboxAccount) -> dict[str, Any]:
    return new_card(sandbox, 5000)


def test_scan_amount_enter_and_enter_again_pay(tab: Page, card: dict[str, Any], sandbox: SandboxAccount) -> None:
    tab.goto("/giftcards/")
    scan(tab, CODE)
    expect(tab.locator("[name=amount]")).to_be_focused()
    assert tab.url.endswith(f"/giftcards/{card['uuid']}/")
    type_by_hand(tab, "12,50")
    press_by_hand(tab, "Enter")
    expect(tab.get_by_role("button", name="Take € 12.50 from it")).to_be_focused()
    assert asked(sandbox, MOVE) == 0
    press_by_hand(tab, "Enter")
    expect(tab.get_by_text("Paid € 12.50 with the gift card").first).to_be_visible()
    expect(tab.locator(".display")).to_contain_text("37.50")
    assert moved(sandbox) == [5000, -1250]
    tab.go_back()
    tab.reload()  # asks nothing and sends nothing again
    assert moved(sandbox) == [5000, -1250]


def test_a_card_that_was_not_shown_is_scanned_on_its_own_page(tab: Page, card: dict[str, Any]) -> None:
    tab.goto(f"/giftcards/{card['uuid']}/")
    expect(tab.get_by_role("button", name="Pay with it")).to_have_count(0)
    scan(tab, "GIFT-NOBODY-HAS")
    expect(tab.get_by_text("No gift card has this code")).to_be_visible()
    scan(tab, CODE)
    expect(tab.get_by_role("button", name="Pay with it")).to_be_visible()
