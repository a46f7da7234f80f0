"""A paste that no form takes: said in words, beside the form that keeps it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tabs
from tests.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODES = "\n".join(f"VOUCHER-{number:012}" for number in range(130_000))  # 2.7 MB


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_told_and_there_is_a_way_on(tabs: Tabs, marketing: Person, sandbox: Any, scripts: bool) -> None:
    tab = tabs.open(marketing, java_script_enabled=scripts)
    tab.goto("/vouchers/changes/")
    # Put there at once: typed or pasted by the driver, the browser alone would take a minute.
    tab.get_by_label("Codes").evaluate("(field, codes) => { field.value = codes }", CODES)
    tab.get_by_label("Withdraw them").check()
    tab.get_by_role("button", name="Show what would change").click()
    told = tab.get_by_role("alert").filter(has_text="That is too much at once")
    expect(told).to_be_visible(timeout=20_000)
    if scripts:
        assert tab.get_by_label("Codes").input_value() == CODES
        with tab.expect_response(lambda answer: answer.status == 413):
            tab.get_by_role("button", name="Show what would change").click()
        tab.wait_for_function("document.querySelectorAll('.htmx-request').length === 0")
        expect(told).to_have_count(1)  # said once, however often it is tried
    else:  # the browser has left the form, and keeps nothing of a page that no cache may keep
        told.get_by_role("link", name="Open the page again").click()
        expect(tab.get_by_label("Codes")).to_be_visible()
    assert sandbox.calls == []
