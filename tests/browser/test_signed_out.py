"""When the session is over while a page is open: the sign-in page, whole, and back to where one was."""

from typing import Any

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs
from tests.browser.hands import scan
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"


def sign_in_by_hand(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_one_signs_in_by_hand_and_out_again(tabs: Tabs, desk: Person, sandbox: SandboxAccount) -> None:
    page = tabs.open()
    page.goto("/vouchers/check/")
    page.wait_for_url("**/account/login/?next=/vouchers/check/")
    sign_in_by_hand(page, "desk")
    page.wait_for_url("**/vouchers/check/")
    expect(page.locator(".who")).to_contain_text("Fatima El Idrissi")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")
    page.goto("/vouchers/check/")
    page.wait_for_url("**/account/login/?next=/vouchers/check/")


def test_an_act_after_the_session_is_over_leads_to_the_sign_in_page_whole(
    tab: Page, desk: Person, sandbox: SandboxAccount, coffee: dict[str, Any]
) -> None:
    tab.goto("/vouchers/check/")
    scan(tab, "COFFEE-1")
    expect(tab.get_by_role("button", name="Lock")).to_be_focused()
    SessionStore(desk.cookies["sessionid"].value).delete()
    tab.get_by_role("button", name="Lock").click()
    tab.wait_for_url("**/account/login/?next=**")
    expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(tab.locator("#verdict")).to_have_count(0)
    expect(tab.locator("main")).to_have_count(1)
    assert [call.operation for call in sandbox.calls if call.method != "GET"] == []
    sign_in_by_hand(tab, "desk")
    tab.wait_for_url("**/vouchers/check/")


def test_a_panel_read_again_after_the_session_is_over_leads_there_too(
    tab: Page, desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    sandbox.fault("list_rewards", kind="503", times=-1)
    tab.goto(f"/contacts/{sanne['uuid']}/")
    SessionStore(desk.cookies["sessionid"].value).delete()
    tab.locator("#rewards").get_by_role("link", name="Read again").click()
    tab.wait_for_url("**/account/login/?next=**")
    sandbox.clear_faults()
    sign_in_by_hand(tab, "desk")
    tab.wait_for_url(f"**/contacts/{sanne['uuid']}/")
    expect(tab.get_by_role("heading", name="Sanne Visser")).to_be_visible()
