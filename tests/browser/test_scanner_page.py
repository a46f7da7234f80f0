"""The scanner's own page measured by real bursts of keys, and what is saved there used by every other page."""

import pytest
from playwright.sync_api import Locator, Page, expect

from piggyadmin.desk.scanner.reading import TEST_CODE
from tests.browser.hands import scan, type_by_hand
from tests.browser.pages.places import CARD
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def notice(page: Page) -> Locator:
    return page.locator(".notice")


@pytest.mark.parametrize(
    ("end", "says"), [("Enter", "It sends Enter"), ("Tab", "It sends Tab"), ("", "It sends no Enter")]
)
def test_one_pull_of_the_trigger_is_judged(tab: Page, sandbox: SandboxAccount, end: str, says: str) -> None:
    tab.goto("/scanner/")
    scan(tab, TEST_CODE, end=end)
    expect(notice(tab)).to_contain_text("This scanner works")
    expect(notice(tab)).to_contain_text(says)
    expect(notice(tab)).to_contain_text("quick enough")
    assert sandbox.calls == []


def test_it_is_judged_wherever_the_focus_was_before(tab: Page, sandbox: SandboxAccount) -> None:
    tab.goto("/scanner/")
    for _ in range(2):  # the field takes the focus again after each
        scan(tab, TEST_CODE)
        expect(notice(tab)).to_contain_text("This scanner works")
        expect(tab.locator("#scan")).to_be_focused()


def test_what_has_to_be_changed_is_named(tab: Page, sandbox: SandboxAccount) -> None:
    tab.goto("/scanner/")
    scan(tab, TEST_CODE.swapcase())
    expect(notice(tab)).to_contain_text("This scanner needs a change")
    expect(notice(tab)).to_contain_text("Caps Lock")


def test_a_slow_scanner_with_a_prefix_works_everywhere_once_that_is_saved(
    tab: Page, sandbox: SandboxAccount, sanne: dict
) -> None:
    tab.goto("/scanner/")
    scan(tab, f"~{TEST_CODE}", gap=60)
    expect(notice(tab)).to_contain_text("works once you save")
    expect(tab.get_by_label("It sends before every code")).to_have_value("~")
    tab.get_by_role("button", name="Save for this computer").click()
    expect(tab.get_by_text("Saved for this computer")).to_be_visible()
    tab.goto("/vouchers/check/")
    scan(tab, f"~{CARD}", gap=60)
    expect(tab.locator("#verdict")).to_contain_text("No such code")
    assert sandbox.calls[-1].query["code"] == CARD


def test_the_box_still_takes_what_a_hand_types_beside_it(tab: Page, sandbox: SandboxAccount) -> None:
    tab.goto("/scanner/")
    tab.locator("#q").focus()
    type_by_hand(tab, "Sanne")
    scan(tab, TEST_CODE, end="")
    expect(tab.locator("#q")).not_to_have_value(f"Sanne{TEST_CODE}")
