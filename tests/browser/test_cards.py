"""Cards with a scanner and a hand on one keyboard: a scan answers no question, and a replacement is one scan."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import press_by_hand, scan
from tests.browser.pages.places import CARD
from tests.contacts.card_hands import card_at, writes
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW_CARD = "2600441700811234"


def test_an_unknown_card_is_made_by_a_scan_and_an_enter_of_the_hand(
    tab: Page, sandbox: SandboxAccount, sanne: dict
) -> None:
    tab.goto(f"/contacts/{sanne['uuid']}/cards/")
    scan(tab, NEW_CARD)
    expect(tab.get_by_role("button", name="Make this card")).to_be_focused()
    assert writes(sandbox) == []
    tab.wait_for_timeout(500)
    press_by_hand(tab, "Enter")
    expect(tab.get_by_text("Made the card ending 1234 and linked it.")).to_be_visible()
    assert card_at(sandbox, NEW_CARD)["contact_uuid"] == sanne["uuid"]


def test_another_scan_over_the_question_makes_nothing(tab: Page, sandbox: SandboxAccount, sanne: dict) -> None:
    tab.goto(f"/contacts/{sanne['uuid']}/cards/")
    scan(tab, NEW_CARD)
    expect(tab.get_by_role("button", name="Make this card")).to_be_focused()
    scan(tab, "3000000012345678")
    tab.wait_for_timeout(700)
    assert writes(sandbox) == []


def test_a_lost_card_is_replaced_by_one_scan(tab: Page, sandbox: SandboxAccount, sanne: dict) -> None:
    sandbox.add_identifier(NEW_CARD)
    tab.goto(f"/contacts/{sanne['uuid']}/cards/")
    tab.get_by_role("button", name="Replace the card ending 0092").click()
    expect(tab.get_by_label("The new card")).to_be_focused()
    scan(tab, NEW_CARD)
    expect(tab.get_by_text("Linked the card ending 1234.")).to_be_visible()
    assert card_at(sandbox, CARD)["active"] is False
    assert card_at(sandbox, NEW_CARD)["contact_uuid"] == sanne["uuid"]


def test_escape_leaves_a_question(tab: Page, sandbox: SandboxAccount, sanne: dict) -> None:
    tab.goto(f"/contacts/{sanne['uuid']}/cards/")
    tab.get_by_role("button", name="Switch off the card ending 0092").click()
    expect(tab.get_by_role("button", name="Switch it off")).to_be_focused()
    press_by_hand(tab, "Escape")
    expect(tab.get_by_role("button", name="Link", exact=True)).to_be_visible()
    assert writes(sandbox) == []
