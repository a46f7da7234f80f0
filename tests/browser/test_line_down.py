"""The line goes down under a question: told where one looks, what was typed stays, nothing old stands for an answer."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, scan
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_who_pressed_the_button_under_a_long_form_sees_it(tabs: Tabs, desk: Person, sanne: dict[str, Any]) -> None:
    tab = tabs.open(desk, viewport={"width": 390, "height": 500})
    tab.goto(f"/contacts/{sanne['uuid']}/edit/")
    tab.get_by_label("First name").fill("Susanne")
    tab.route("**/edit/", lambda route: route.abort())
    save = tab.get_by_role("button", name="Save")
    save.scroll_into_view_if_needed()
    expect(tab.locator("h1")).not_to_be_in_viewport()
    save.click()
    expect(tab.locator("[data-no-answer]")).to_be_in_viewport()
    expect(tab.get_by_label("First name")).to_have_value("Susanne")
    expect(tab.locator("[data-no-answer] .acts")).to_have_count(0)  # the page opened anew would lose it


def test_a_verdict_with_a_field_goes_when_the_next_code_gets_no_answer(tab: Page, sandbox: SandboxAccount) -> None:
    holder = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    sandbox.add_voucher("TEN-COFFEES-1", contact_uuid=holder["uuid"], total_redemptions_allowed=10)
    tab.goto("/vouchers/check/")
    scan(tab, "TEN-COFFEES-1")
    expect(tab.get_by_role("button", name="Lock")).to_be_visible()
    press_by_hand(tab, "Enter")
    expect(tab.get_by_label("How many times?")).to_be_visible()
    tab.route("**/vouchers/check/", lambda route: route.abort())
    tab.get_by_label("Voucher code", exact=True).fill("ANOTHER-1")
    press_by_hand(tab, "Enter")
    expect(tab.locator("#verdict")).to_contain_text("The dashboard did not answer")
    expect(tab.get_by_role("button", name="Redeem it")).to_have_count(0)
    expect(tab.locator(".verdict")).to_have_count(0)


def test_piggy_goes_down_under_a_form_that_keeps_what_was_typed(
    tabs: Tabs, desk: Person, sanne: dict[str, Any], sandbox: SandboxAccount
) -> None:
    tab = tabs.open(desk)
    tab.goto(f"/contacts/{sanne['uuid']}/edit/")
    tab.get_by_label("First name").fill("Susanne")
    sandbox.broken = 503
    for _ in range(2):
        with tab.expect_response(lambda answer: answer.status == 503):
            tab.get_by_role("button", name="Save").click()
        expect(tab.locator("[data-no-answer]")).to_have_count(1)  # said once, however often it is tried
        expect(tab.locator("[data-no-answer]")).to_be_in_viewport()
        expect(tab.get_by_label("First name")).to_have_value("Susanne")
    sandbox.clear_faults()
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator("h1")).to_contain_text("Susanne")


def test_a_look_at_an_address_that_fails_never_stands_in_the_way_of_the_claim(
    tabs: Tabs, desk: Person, sandbox: SandboxAccount
) -> None:
    card = sandbox.add_contact(anonymous=True)
    tab = tabs.open(desk)
    tab.goto(f"/contacts/{card['uuid']}/claim/")
    sandbox.broken = 503
    tab.get_by_label("E-mail").fill("lena@mail.example")
    expect(tab.locator("#precheck")).to_contain_text("could not be looked up just now")
    expect(tab.locator("#precheck button, #precheck a")).to_have_count(0)
    expect(tab.get_by_label("E-mail")).to_have_value("lena@mail.example")
