"""The one box and the keys: reached from every page, by hand and by scanner, and nothing typed is lost."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, scan, type_by_hand
from tests.browser.pages.places import CARD
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/",
    "/vouchers/check/",
    "/vouchers/never-seen/",
    "/contacts/{sanne}/",
    "/audit/",
    "/staff/",
    "/staff/new/",
    "/staff/me/",
    "/staff/shops/",
    "/staff/limits/",
    "/nothing/here/",
]


@pytest.fixture
def admins_tab(tabs: Tabs, admin: Person, sandbox: SandboxAccount) -> Page:
    return tabs.open(admin)


def box_of(page: Page) -> Any:
    return page.get_by_label("Find a customer, card or voucher")


# --- keys ----------------------------------------------------------------------------------------------------------


def test_slash_and_control_k_reach_the_box_from_every_page(admins_tab: Page, sanne: dict[str, Any]) -> None:
    for path in PAGES:
        admins_tab.goto(path.format(sanne=sanne["uuid"]))
        for key in ("/", "Control+k"):
            admins_tab.evaluate("document.activeElement.blur()")
            press_by_hand(admins_tab, key)
            expect(box_of(admins_tab), f"{key} on {path}").to_be_focused()
            expect(box_of(admins_tab), f"{key} on {path}").to_have_value("")


def test_single_keys_can_be_switched_off_and_the_others_stay(tab: Page, desk: Person, sandbox: SandboxAccount) -> None:
    desk.staff.single_keys = False
    desk.staff.save()
    tab.goto("/staff/me/")
    for key in ("/", "g", "v"):
        press_by_hand(tab, key)
    tab.wait_for_timeout(200)
    expect(box_of(tab)).not_to_be_focused()
    assert tab.url.endswith("/staff/me/")
    press_by_hand(tab, "Control+k")
    expect(box_of(tab)).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_g_then_a_letter_goes_to_a_page(tab: Page, sandbox: SandboxAccount, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto("/staff/me/")
    for letter, address in (("v", "**/vouchers/check/"), ("t", "**/")):
        tab.evaluate("document.activeElement.blur()")
        tab.keyboard.press("g")
        tab.clock.run_for(200)
        tab.keyboard.press(letter)
        tab.clock.run_for(200)
        tab.wait_for_url(address)


def test_letters_typed_into_a_field_are_only_letters(tab: Page, sandbox: SandboxAccount) -> None:
    tab.goto("/vouchers/check/")
    tab.locator("#code").focus()
    type_by_hand(tab, "gt/r")
    tab.wait_for_timeout(200)
    expect(tab.locator("#code")).to_have_value("gt/r")
    assert tab.url.endswith("/vouchers/check/")


def test_alt_and_a_number_opens_one_of_the_last_customers(
    tab: Page, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    other = sandbox.add_contact("other@mail.example", firstname="Omar")
    for contact in (sanne, other):
        tab.goto(f"/contacts/{contact['uuid']}/")
    tab.goto("/")
    press_by_hand(tab, "Alt+2")
    expect(tab.get_by_role("heading", name="Sanne Visser")).to_be_visible()


def test_the_narrow_menu_opens_by_keyboard_and_escape_shuts_it(
    tab: Page, sandbox: SandboxAccount, coffee: dict[str, Any]
) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto("/vouchers/check/")
    scan(tab, "COFFEE-1")
    expect(tab.locator(".verdict h1")).to_have_text("Valid")
    entry = tab.get_by_role("navigation", name="Main").get_by_role("link", name="Today")
    tab.get_by_role("button", name="Menu").focus()
    press_by_hand(tab, "Enter")
    expect(entry).to_be_in_viewport()
    press_by_hand(tab, "Escape")
    expect(entry).not_to_be_visible()
    expect(tab.locator(".verdict h1")).to_have_text("Valid")  # Escape was for the menu, not for the voucher


# --- the scanner ---------------------------------------------------------------------------------------------------


def test_a_card_scanned_anywhere_opens_the_customer(admins_tab: Page, sanne: dict[str, Any]) -> None:
    for path in ("/", "/staff/limits/", "/audit/", "/nothing/here/"):
        admins_tab.goto(path)
        admins_tab.evaluate("document.activeElement.blur()")
        scan(admins_tab, CARD)
        expect(admins_tab.get_by_role("heading", name="Sanne Visser"), path).to_be_visible()


def test_a_scan_in_a_field_is_for_the_box_and_the_field_keeps_its_words(
    admins_tab: Page, sanne: dict[str, Any]
) -> None:
    admins_tab.goto("/staff/new/")
    field = admins_tab.get_by_label("Name", exact=True)
    field.focus()
    type_by_hand(admins_tab, "Noor")
    admins_tab.route("**/find/", lambda route: route.fulfill(status=204))  # the page stays
    with admins_tab.expect_request("**/find/") as asked:
        scan(admins_tab, CARD)
    assert f"q={CARD}" in (asked.value.post_data or "")
    expect(field).to_have_value("Noor")
    expect(box_of(admins_tab)).to_have_value(CARD)


def test_a_scan_read_twice_leaves_nothing_in_the_field(admins_tab: Page, sanne: dict[str, Any]) -> None:
    admins_tab.goto("/staff/new/")
    admins_tab.get_by_label("Name", exact=True).focus()
    admins_tab.route("**/find/", lambda route: route.fulfill(status=204))
    scan(admins_tab, CARD)
    scan(admins_tab, CARD)
    expect(admins_tab.get_by_label("Name", exact=True)).to_have_value("")


def test_a_scan_that_begins_with_a_shortcut_presses_none(
    tab: Page, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    tab.goto(f"/contacts/{sanne['uuid']}/")
    tab.route("**/find/", lambda route: route.fulfill(status=204))
    sandbox.forget_calls()
    with tab.expect_request("**/find/") as asked:
        scan(tab, "rgv/rgv", gap=2)  # r reads the page again, g v leads away, / moves the focus
    assert "q=rgv%2Frgv" in (asked.value.post_data or "")
    tab.clock.run_for(1000)
    tab.wait_for_timeout(200)
    assert sandbox.calls == []
    assert tab.url.endswith(f"/contacts/{sanne['uuid']}/")


def test_a_password_manager_that_types_like_a_scanner_signs_in(tabs: Tabs, desk: Person) -> None:
    page = tabs.open()
    page.goto("/account/login/")
    page.get_by_label("Name").focus()
    scan(page, "desk.person", end="Tab")
    expect(page.get_by_label("Name")).to_have_value("desk.person")
    expect(page.get_by_label("Password")).to_be_focused()
    scan(page, "wrong-horse", end="")
    expect(page.get_by_label("Password")).to_have_value("wrong-horse")
    page.get_by_label("Name").fill("desk")
    page.get_by_label("Password").fill("")
    scan(page, "correct-horse-battery".replace("-", " "))
    page.wait_for_url("**/")
    expect(page.get_by_role("heading", name="Who is in front of you?")).to_be_visible()


def test_a_password_typed_like_a_scan_stays_where_it_is(admins_tab: Page) -> None:
    admins_tab.goto("/staff/new/")
    field = admins_tab.get_by_label("First password")
    field.focus()
    scan(admins_tab, "correct horse", end="")
    admins_tab.clock.run_for(500)
    expect(field).to_have_value("correct horse")


# --- what it answers -----------------------------------------------------------------------------------------------


def test_two_meanings_are_two_rows_that_the_keyboard_reaches(
    tab: Page, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    sandbox.add_voucher(CARD)
    tab.goto("/")
    scan(tab, CARD)
    rows = tab.locator(".found .rows a")
    expect(rows).to_have_count(2)
    for row in rows.all():
        for _ in range(4):  # past the button, and what else stands between
            if row.evaluate("row => row === document.activeElement"):
                break
            press_by_hand(tab, "Tab")
        expect(row).to_be_focused()
    with tab.expect_navigation():
        press_by_hand(tab, "Enter")
    assert "/vouchers/" in tab.url  # the second row


@pytest.mark.parametrize(
    ("typed", "words"), [("sanne@", "not a whole one"), ("Nobody-1", "Nothing found"), ("x" * 300, "300 characters")]
)
def test_what_was_typed_stays_after_an_error(tab: Page, sandbox: SandboxAccount, typed: str, words: str) -> None:
    tab.goto("/")
    box_of(tab).fill(typed)
    press_by_hand(tab, "Enter")
    expect(tab.locator("#found")).to_contain_text(words)
    expect(box_of(tab)).to_have_value(typed)


def test_what_was_typed_stays_when_the_line_is_down(tab: Page, sandbox: SandboxAccount) -> None:
    tab.goto("/")
    box_of(tab).fill("sanne@mail.example")
    tab.route("**/find/", lambda route: route.abort())
    press_by_hand(tab, "Enter")
    expect(tab.locator("#found")).to_contain_text("The dashboard did not answer")
    expect(box_of(tab)).to_have_value("sanne@mail.example")


def test_an_old_answer_never_replaces_a_newer_one(tab: Page, sandbox: SandboxAccount, sanne: dict[str, Any]) -> None:
    tab.goto("/")
    sandbox.fault("reads", kind="latency", seconds=1.5, times=3)
    box_of(tab).fill("Slow-Code-1")
    press_by_hand(tab, "Enter")
    tab.wait_for_timeout(300)
    box_of(tab).fill("Fast-Code-2")
    press_by_hand(tab, "Enter")
    expect(tab.locator("#found")).to_contain_text("Fast-Code-2")
    tab.wait_for_timeout(2000)
    expect(tab.locator("#found")).to_contain_text("Fast-Code-2")
    expect(tab.locator("#found")).not_to_contain_text("Slow-Code-1")
