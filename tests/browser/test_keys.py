"""Keys for hands: the list over the page, the last customers from anywhere, and the mark in a list."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_keys_stand_over_the_page_and_leave_what_was_typed(tab: Page, sandbox: SandboxAccount) -> None:
    tab.goto("/vouchers/check/")
    tab.locator("#code").fill("COFF")
    tab.evaluate("document.activeElement.blur()")
    press_by_hand(tab, "?")
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading", name="Everywhere")).to_be_visible()
    press_by_hand(tab, "Escape")
    expect(dialog).not_to_be_visible()
    expect(tab.locator("#code")).to_have_value("COFF")
    assert tab.url.endswith("/vouchers/check/")


def test_the_link_works_where_the_list_cannot_be_had(tab: Page, sandbox: SandboxAccount) -> None:
    tab.goto("/vouchers/check/")
    tab.route("**/keys/", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_())
    tab.evaluate("document.activeElement.blur()")
    press_by_hand(tab, "?")
    tab.wait_for_url("**/keys/")
    expect(tab.get_by_role("heading", name="Keys", exact=True)).to_be_visible()


def test_switched_off_from_the_list_they_are_off_and_the_others_stay(tab: Page, sandbox: SandboxAccount) -> None:
    tab.goto("/")
    tab.evaluate("document.activeElement.blur()")
    press_by_hand(tab, "?")
    tab.get_by_role("button", name="Switch them off").click()
    tab.wait_for_url("**/keys/")
    tab.goto("/vouchers/check/")
    tab.evaluate("document.activeElement.blur()")
    press_by_hand(tab, "?")
    tab.wait_for_timeout(200)
    expect(tab.get_by_role("dialog")).not_to_be_visible()
    assert tab.url.endswith("/vouchers/check/")


def test_escape_leads_back_from_a_page_but_not_away_from_what_was_typed(tab: Page, sandbox: SandboxAccount) -> None:
    sanne = sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]
    tab.goto(f"/contacts/{sanne}/edit/")
    tab.get_by_label("First name").fill("Susanne")
    press_by_hand(tab, "Escape")
    tab.wait_for_timeout(300)
    expect(tab.get_by_label("First name")).to_have_value("Susanne")
    tab.get_by_label("First name").fill("Sanne")
    press_by_hand(tab, "Escape")
    tab.wait_for_url(f"**/contacts/{sanne}/")


def test_alt_and_a_number_reopen_a_customer_from_any_page(tab: Page, desk: Person, sandbox: SandboxAccount) -> None:
    first, second = sandbox.add_contact("a@mail.example"), sandbox.add_contact("b@mail.example")
    for contact in (first, second):
        desk.get(f"/contacts/{contact['uuid']}/")
    tab.goto("/audit/")
    press_by_hand(tab, "Alt+2")
    tab.wait_for_url(f"**/contacts/{first['uuid']}/")
    tab.goto("/vouchers/check/")
    tab.locator("#code").focus()
    press_by_hand(tab, "Alt+2")  # the first one opened is now the latest: the order is that of the list
    tab.wait_for_url(f"**/contacts/{second['uuid']}/")


def test_a_letter_means_the_marked_row(tabs: Tabs, admin: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("a@mail.example")
    for credits in (11, 22, 33):
        sandbox.add_loyalty_transaction(
            contact_uuid=contact["uuid"], credits=credits, shop_uuid=admin.shop.piggy_uuid, type="credit_reception"
        )
    tab = tabs.open(admin)
    tab.goto(f"/contacts/{contact['uuid']}/")
    rows = tab.locator("#transactions [data-row]")
    press_by_hand(tab, "v")  # nothing is marked, so nothing is taken back
    tab.wait_for_timeout(100)
    expect(tab.get_by_role("heading", name="Transactions")).to_be_visible()
    press_by_hand(tab, "h")
    expect(rows.nth(0)).to_be_focused()
    press_by_hand(tab, "j")
    press_by_hand(tab, "ArrowDown")
    expect(rows.nth(2)).to_be_focused()
    press_by_hand(tab, "k")
    expect(rows.nth(1)).to_be_focused()
    press_by_hand(tab, "v")
    expect(tab.get_by_role("heading", name="Take back this award?")).to_be_visible()
    expect(tab.locator(".head")).to_contain_text("22 credits")
