"""Search while somebody types: rows under the box, for the keyboard, and never those of another text."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.hands import press_by_hand, scan, type_by_hand
from tests.browser.pages.places import CARD
from tests.contacts.copy_hands import copied
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(sandbox: SandboxAccount) -> dict[str, Any]:
    """Three customers, of whom Piggy knows one."""
    jan = sandbox.add_contact("jan@mail.example", firstname="Jan", lastname="Jansen")
    copied("piet", "Piet Janssen", "piet@mail.example")
    copied(jan["uuid"], "Jan Jansen", "jan@mail.example")
    copied("vos", "Vera Vos", "vera@mail.example")
    return jan


def options(page: Page) -> Any:
    return page.get_by_role("option")


def box_of(page: Page) -> Any:
    return page.get_by_label("Find a customer, card or voucher")


def test_half_a_surname_with_a_slip_arrows_and_enter_open_the_customer(tab: Page, people: dict[str, Any]) -> None:
    tab.goto("/staff/me/")
    press_by_hand(tab, "/")
    expect(box_of(tab)).to_be_focused()
    type_by_hand(tab, "jnas")
    expect(options(tab)).to_have_count(2)
    expect(options(tab).nth(0)).to_have_attribute("aria-selected", "true")
    first = options(tab).nth(0).get_attribute("href")
    press_by_hand(tab, "ArrowDown")
    expect(options(tab).nth(1)).to_have_attribute("aria-selected", "true")
    expect(box_of(tab)).to_have_attribute("aria-activedescendant", "q-option-2")
    press_by_hand(tab, "ArrowUp")
    expect(box_of(tab)).to_have_attribute("aria-activedescendant", "q-option-1")
    while (
        options(tab).and_(tab.locator("[aria-selected=true]")).get_attribute("href") != f"/contacts/{people['uuid']}/"
    ):
        press_by_hand(tab, "ArrowDown")
    press_by_hand(tab, "Enter")
    tab.wait_for_url(f"**/contacts/{people['uuid']}/")
    expect(tab.get_by_role("heading", name="Jan Jansen")).to_be_visible()
    assert first


def test_it_asks_once_when_the_typing_pauses(tab: Page, people: dict[str, Any]) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if "/contacts/search/" in request.url else None)
    tab.goto("/")
    now = tab.evaluate("Date.now()")
    tab.clock.pause_at((now + 1000) / 1000)
    for key in "jansen":
        tab.keyboard.press(key)
        tab.clock.run_for(100)
    assert asked == []
    tab.clock.resume()
    expect(options(tab)).to_have_count(2)
    assert len(asked) == 1
    assert "jansen" not in asked[0]


def test_an_old_answer_never_overwrites_a_newer_one(tab: Page, people: dict[str, Any]) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if not held:
            held.append(route)
        else:
            route.continue_()

    tab.goto("/")
    tab.route("**/contacts/search/", hold_the_first)
    expect(box_of(tab)).to_be_focused()
    tab.keyboard.type("vo")
    tab.clock.run_for(300)
    tab.wait_for_timeout(100)
    assert len(held) == 1
    tab.keyboard.type("x")
    tab.keyboard.press("Backspace")
    tab.keyboard.press("Backspace")
    tab.keyboard.press("Backspace")
    tab.keyboard.type("jan", delay=5)
    tab.clock.run_for(300)
    expect(options(tab)).to_have_count(2)
    with suppress(Error):  # where the browser has given it up already, which is as good
        held[0].continue_()
    tab.wait_for_timeout(300)
    expect(options(tab)).to_have_count(2)
    expect(tab.locator("#q-rows")).not_to_contain_text("Vera")


def test_enter_before_the_rows_have_come_sends_what_was_typed(tab: Page, people: dict[str, Any]) -> None:
    go = threading.Event()
    tab.route("**/contacts/search/", lambda route: route.continue_() if go.is_set() else None)
    tab.goto("/")
    type_by_hand(tab, "vera@mail.example")
    with tab.expect_request("**/find/") as asked:
        press_by_hand(tab, "Enter")
    assert "vera" in (asked.value.post_data or "")
    expect(tab.locator("#found")).to_contain_text("Vera Vos")
    expect(tab.locator("#q-rows")).to_be_hidden()


def test_enter_does_not_open_a_row_of_another_text(tab: Page, people: dict[str, Any]) -> None:
    tab.goto("/")
    type_by_hand(tab, "jansen")
    expect(options(tab)).to_have_count(2)
    tab.route("**/contacts/search/", lambda route: None)  # no answer from here on
    type_by_hand(tab, "x")
    with tab.expect_request("**/find/") as asked:
        press_by_hand(tab, "Enter")
    assert "jansenx" in (asked.value.post_data or "")


def test_escape_closes_the_rows_and_keeps_the_text(tab: Page, people: dict[str, Any]) -> None:
    tab.goto("/")
    type_by_hand(tab, "jansen")
    expect(options(tab)).to_have_count(2)
    press_by_hand(tab, "Escape")
    expect(tab.locator("#q-rows")).to_be_hidden()
    expect(box_of(tab)).to_have_value("jansen")
    expect(box_of(tab)).to_have_attribute("aria-expanded", "false")


def test_nobody_offers_to_ask_piggy_and_to_make_a_customer(tab: Page, people: dict[str, Any]) -> None:
    tab.goto("/staff/me/")
    press_by_hand(tab, "/")
    expect(box_of(tab)).to_be_focused()
    type_by_hand(tab, "new@mail.example")
    expect(tab.locator("#q-rows")).to_contain_text("Nobody like “new@mail.example” in 3 customers")
    tab.locator("#q-rows").get_by_role("button", name="New customer").click()
    tab.wait_for_url("**/contacts/new/")
    expect(tab.get_by_label("E-mail")).to_have_value("new@mail.example")
    tab.goto("/staff/me/")
    press_by_hand(tab, "/")
    expect(box_of(tab)).to_be_focused()
    type_by_hand(tab, "other@mail.example")
    tab.locator("#q-rows").get_by_role("button", name="Ask Piggy").click()
    tab.wait_for_url("**/find/")
    expect(tab.locator("#found")).to_contain_text("Nothing found")


def test_a_scan_is_sent_and_not_searched_for(tab: Page, people: dict[str, Any]) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if "/contacts/search/" in request.url else None)
    copied("carded", "Carla Kaart", "carla@mail.example", card=CARD)
    tab.goto("/")
    tab.route("**/find/", lambda route: route.fulfill(status=204))
    with tab.expect_request("**/find/"):
        scan(tab, CARD)
    with tab.expect_request("**/find/"):
        scan(tab, CARD[::-1], end="")  # a scanner that sends no Enter
        tab.clock.run_for(500)
    tab.wait_for_timeout(200)
    assert asked == []


def test_an_act_and_a_name_lead_to_the_act_for_that_customer(tab: Page, people: dict[str, Any]) -> None:
    tab.goto("/staff/me/")
    press_by_hand(tab, "/")
    expect(box_of(tab)).to_be_focused()
    type_by_hand(tab, "edit vera")
    expect(options(tab)).to_have_count(1)
    expect(options(tab)).to_contain_text("Edit Vera Vos")
    expect(options(tab)).to_have_attribute("aria-selected", "true")
    press_by_hand(tab, "Enter")
    tab.wait_for_url("**/contacts/vos/edit/")
