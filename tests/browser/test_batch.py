"""A thousand vouchers from the first field to the file, as a marketing manager does it in a browser."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Tabs
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.batch_hands import drive
from vouchers.models import BatchRun

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _quick(settings: Any, sandbox: SandboxAccount) -> None:
    settings.BATCH_SETTLE_SECONDS = 1.5
    sandbox.set(batch_seconds=0.1)
    sandbox.add_promotion("Summer", description="€ 10 off")


def order(page: Page, quantity: str) -> None:
    """From the list of promotions to the run's page."""
    page.goto("/vouchers/promotions/")
    page.get_by_role("link", name=re.compile("New batch")).click()
    page.locator("[name=label]").fill("Letters")
    page.locator("[name=quantity]").fill(quantity)
    page.locator("[name=quantity]").press("Enter")
    page.locator("[name=again]").fill(quantity)
    page.clock.run_for(700)
    page.locator("[name=again]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Letters")


def test_a_thousand_vouchers_end_as_a_file_with_exactly_these_codes(
    tabs: Tabs, marketing: Person, sandbox: SandboxAccount
) -> None:
    page = tabs.open(marketing)
    order(page, "1000")
    expect(page.locator(".display .sum")).to_have_text("0 of 1,000 made")
    drive(BatchRun.objects.get())
    page.clock.run_for(2500)  # the page asks by itself
    expect(page.locator(".display .sum")).to_have_text("1,000 of 1,000 made")
    expect(page.locator("#run-said")).to_have_text("1,000 of 1,000 made: it is done.")
    expect(page.locator("[data-polling]")).to_have_count(0)
    page.get_by_role("link", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export 1,000 rows", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(Path(taken.value.path()).read_text("utf-8-sig"))))
    assert len(rows) == 1000
    assert {row["code"] for row in rows} == {row["code"] for row in sandbox.state("voucher")}


def test_the_buttons_follow_what_happens_while_the_page_is_open(tabs: Tabs, marketing: Person) -> None:
    page = tabs.open(marketing)
    order(page, "600")
    page.get_by_role("button", name="Pause after this call").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause after this call")).to_be_visible()
    page.get_by_role("link", name="Cancel the rest").click()
    expect(page.get_by_role("link", name="Let it go on")).to_be_focused()
    page.get_by_role("link", name="Let it go on").click()
    drive(BatchRun.objects.get())
    page.clock.run_for(2500)
    expect(page.get_by_role("link", name="Print")).to_be_visible()
    expect(page.get_by_role("button", name="Pause after this call")).to_have_count(0)


def test_a_late_answer_leads_nobody_back_who_has_gone_on(tabs: Tabs, marketing: Person) -> None:
    page = tabs.open(marketing)
    order(page, "600")
    page.get_by_role("button", name="Pause after this call").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    held: dict[str, Route] = {}
    page.route("**/steer/", lambda route: held.update(steer=route))
    page.route("**/cancel/", lambda route: held.update(cancel=route))
    with page.expect_request("**/steer/"):
        page.get_by_role("button", name="Go on").click()
    with page.expect_request("**/cancel/"):
        page.get_by_role("link", name="Cancel the rest").click(no_wait_after=True)
    with page.expect_response("**/steer/") as answer:
        held["steer"].continue_()
    assert answer.value.headers["hx-redirect"]
    answer.value.finished()
    held["cancel"].continue_()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Cancel"))
    assert BatchRun.objects.get().state == BatchRun.State.RUNNING


def test_it_all_works_without_javascript(tabs: Tabs, marketing: Person) -> None:
    page = tabs.open(marketing, java_script_enabled=False)
    page.goto("/vouchers/batches/new/")
    page.locator("[name=promotion]").select_option("Summer")
    page.locator("[name=quantity]").fill("3")
    page.get_by_role("button", name="See what it would be").click()
    page.locator("[name=again]").fill("4")
    page.get_by_role("button", name="Make 3 vouchers").click()
    expect(page.get_by_text("This is not the number above.")).to_be_visible()
    page.locator("[name=again]").fill("3")
    page.get_by_role("button", name="Make 3 vouchers").click()
    drive(BatchRun.objects.get())
    page.get_by_role("link", name="Read again").click()
    expect(page.locator(".display .sum")).to_have_text("3 of 3 made")


def test_going_back_from_the_run_asks_for_nothing_to_be_sent_again(tabs: Tabs, marketing: Person) -> None:
    page = tabs.open(marketing)
    order(page, "3")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("New batch")
    assert BatchRun.objects.count() == 1
