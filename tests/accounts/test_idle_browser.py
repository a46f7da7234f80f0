"""The idle lock in a browser: the page is hidden, what was typed stays, and tabs agree."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from piggyadmin.accounts.models import Shop, Staff
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IDLE_SECONDS = 4
# Playwright keeps an event loop in this thread; Django would take our calls of the ORM for asynchronous ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture
def tab(
    browser: Browser, live_server: LiveServer, staff: Callable[..., Staff], shop: Shop, settings: object
) -> Iterator[Page]:
    """A browser in which Fatima has signed in, on her own page, where four seconds are long."""
    settings.IDLE_SECONDS = IDLE_SECONDS  # type: ignore[attr-defined]
    staff("fatima", "admin", name="Fatima El Idrissi")
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(8000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    page.goto("/account/login/?next=/staff/new/")
    page.get_by_label("Name").fill("fatima")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/new/")
    yield page
    assert errors == []
    context.close()


def dialog_of(page: Page):
    return page.get_by_role("dialog", name="Locked")


def let_it_lock(page: Page) -> None:
    expect(dialog_of(page)).to_be_visible(timeout=(IDLE_SECONDS + 3) * 1000)
    expect(dialog_of(page).get_by_label("Password")).to_be_focused()


def test_it_warns_then_hides_the_page_and_gives_back_what_was_typed(tab: Page) -> None:
    tab.get_by_label("Name", exact=True).fill("Noor van Dijk")
    expect(tab.get_by_text("This page locks in")).to_be_visible()
    let_it_lock(tab)
    expect(tab.get_by_label("Name", exact=True)).not_to_be_visible()
    assert tab.title() == "Locked | piggyadmin"
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    expect(dialog_of(tab)).to_be_visible()
    dialog_of(tab).get_by_label("Password").fill("wrong-wrong")
    tab.keyboard.press("Enter")
    expect(dialog_of(tab).get_by_text("That is not your password. Four tries left")).to_be_visible()
    dialog_of(tab).get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(dialog_of(tab)).to_have_count(0)
    expect(tab.get_by_label("Name", exact=True)).to_have_value("Noor van Dijk")
    assert tab.title().endswith("Add a person | piggyadmin")


def test_it_is_locked_on_the_server_too(tab: Page) -> None:
    let_it_lock(tab)
    tab.reload()
    tab.wait_for_url("**/lock/?next=*")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Open").click()
    tab.wait_for_url("**/staff/new/")


def test_it_stays_open_while_somebody_types(tab: Page) -> None:
    field = tab.get_by_label("Name", exact=True)
    field.focus()
    for _ in range(7):
        tab.keyboard.type("a")
        tab.wait_for_timeout(1000)
    expect(dialog_of(tab)).to_have_count(0)
    expect(field).to_have_value("a" * 7)


def test_it_locks_and_opens_every_tab_together(tab: Page) -> None:
    context: BrowserContext = tab.context
    other = context.new_page()
    other.goto("/staff/me/")
    third = context.new_page()
    let_it_lock(tab)
    expect(dialog_of(other)).to_be_visible()
    third.goto("/staff/limits/")
    third.wait_for_url("**/lock/?next=*")
    dialog_of(other).get_by_label("Password").fill(PASSWORD)
    other.keyboard.press("Enter")
    expect(dialog_of(other)).to_have_count(0)
    expect(dialog_of(tab)).to_have_count(0)
    third.wait_for_url("**/staff/limits/")


def test_it_stays_open_in_every_tab_when_somebody_works_in_one(tab: Page) -> None:
    other = tab.context.new_page()
    other.goto("/staff/me/")
    for _ in range(6):
        other.keyboard.press("Shift")
        other.wait_for_timeout(1000)
    expect(dialog_of(tab)).to_have_count(0)


def test_it_lets_no_key_through_to_the_page_below(tab: Page) -> None:
    let_it_lock(tab)
    tab.keyboard.press("Control+k")
    tab.keyboard.type("g")
    tab.keyboard.type("t")
    tab.wait_for_timeout(200)
    assert tab.url.endswith("/staff/new/")
    expect(dialog_of(tab).get_by_label("Password")).to_have_value("gt")


def test_it_lets_somebody_else_sign_out_and_in(tab: Page) -> None:
    let_it_lock(tab)
    dialog_of(tab).get_by_role("button", name="Not you? Sign out").click()
    tab.wait_for_url("**/account/login/")


def test_it_says_so_when_the_line_is_down_and_opens_later(tab: Page) -> None:
    tab.get_by_label("Name", exact=True).fill("Noor van Dijk")
    tab.context.set_offline(True)
    expect(dialog_of(tab).get_by_text("The dashboard did not answer.")).to_be_visible(timeout=8000)
    tab.context.set_offline(False)
    dialog_of(tab).get_by_role("button", name="Try again").click()
    dialog_of(tab).get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(dialog_of(tab)).to_have_count(0)
    expect(tab.get_by_label("Name", exact=True)).to_have_value("Noor van Dijk")


def test_it_does_without_script_what_the_server_does(
    browser: Browser, live_server: LiveServer, staff: Callable[..., Staff], shop: Shop, settings: object
) -> None:
    settings.IDLE_SECONDS = -20  # type: ignore[attr-defined]  # idle at once
    staff("fatima")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/account/login/?next=/staff/me/")
    page.get_by_label("Name").fill("fatima")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/lock/?next=*")
    settings.IDLE_SECONDS = 600  # type: ignore[attr-defined]
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url("**/staff/me/")
    context.close()
