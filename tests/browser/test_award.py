"""Awards at the till, without a mouse: amount, Enter, Enter; and back again: a reason's key, Enter."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from piggyadmin.accounts.models import Limit
from piggyadmin.ledger import approvals
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Approval
from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, scan, type_by_hand
from tests.browser.pages.places import CARD
from tests.conftest import Person
from tests.contacts.test_credits import GIVE, given_to, writes
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def till(tab: Page, sandbox: SandboxAccount, sanne: dict[str, Any]) -> Page:
    """The award page of a customer."""
    tab.goto(f"/contacts/{sanne['uuid']}/award/")
    return tab


def expect_promise(page: Page, credits: int) -> None:
    expect(page.get_by_role("button", name=f"Award {credits} credits")).to_be_focused()


def test_an_amount_enter_and_enter_again_award_it(till: Page, sanne: dict[str, Any], sandbox: SandboxAccount) -> None:
    type_by_hand(till, "25,40")
    press_by_hand(till, "Enter")
    expect_promise(till, 25)
    assert writes(sandbox) == []
    press_by_hand(till, "Enter")
    expect(till.get_by_text("Awarded 25 credits. The balance is 1,265.")).to_be_visible()
    assert given_to(sandbox, sanne["uuid"]) == [25]
    assert till.url.endswith(f"/contacts/{sanne['uuid']}/")


def test_the_second_half_of_a_double_press_awards_nothing(
    till: Page, sanne: dict[str, Any], sandbox: SandboxAccount
) -> None:
    till.locator("[name=amount]").fill("25")
    till.evaluate(
        """document.body.addEventListener('htmx:afterSettle', () => {
            document.body.dataset.clicked = 'yes';
            document.querySelector('[data-careful]').click();
        }, {once: true})"""
    )
    till.locator("[name=amount]").press("Enter")
    expect_promise(till, 25)
    expect(till.locator("body")).to_have_attribute("data-clicked", "yes")
    assert writes(sandbox) == []


def test_a_scan_on_the_confirm_line_awards_nothing_and_is_looked_up(
    till: Page, sanne: dict[str, Any], sandbox: SandboxAccount
) -> None:
    till.locator("[name=amount]").fill("25")
    press_by_hand(till, "Enter")
    expect_promise(till, 25)
    scan(till, CARD)
    expect(till).to_have_url(f"{till.url.split('/contacts')[0]}/contacts/{sanne['uuid']}/")
    assert GIVE not in writes(sandbox)


def test_a_scan_into_the_amount_is_no_amount(till: Page, sanne: dict[str, Any], sandbox: SandboxAccount) -> None:
    till.locator("[name=amount]").focus()
    scan(till, CARD)
    expect(till).to_have_url(f"{till.url.split('/contacts')[0]}/contacts/{sanne['uuid']}/")
    assert "calculate_credits" not in [call.operation for call in sandbox.calls]


def test_two_tabs_of_one_person_award_once(
    tabs: Tabs, desk: Person, till: Page, sanne: dict[str, Any], sandbox: SandboxAccount
) -> None:
    Limit.objects.update_or_create(kind="award_pause", role="desk", shop=None, defaults={"amount": 30})
    other = tabs.open(desk)
    other.goto(till.url)
    for page in (till, other):
        page.locator("[name=amount]").fill("25")
        press_by_hand(page, "Enter")
        expect_promise(page, 25)
    press_by_hand(till, "Enter")
    expect(till.get_by_text("Awarded 25 credits.").first).to_be_visible()
    press_by_hand(other, "Enter")
    expect(other.locator("#award .notice.refused")).to_contain_text("a moment ago")
    expect(other.locator("[name=approver]")).to_be_focused()
    assert given_to(sandbox, sanne["uuid"]) == [25]


def test_escape_leads_back_to_the_customer(till: Page, sanne: dict[str, Any], sandbox: SandboxAccount) -> None:
    till.locator("[name=amount]").fill("25")
    press_by_hand(till, "Enter")
    expect_promise(till, 25)
    press_by_hand(till, "Escape")
    expect(till.get_by_role("heading", name="Sanne Visser")).to_be_visible()
    assert writes(sandbox) == []


def test_a_reason_by_its_key_and_enter_take_an_award_back(
    tabs: Tabs, admin: Person, sanne: dict[str, Any], sandbox: SandboxAccount
) -> None:
    row = sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=25, unit_value=25.0)
    page = tabs.open(admin)
    page.goto(f"/contacts/{sanne['uuid']}/award/{row['uuid']}/reverse/")
    press_by_hand(page, "Enter")  # no reason yet: nothing is sent
    type_by_hand(page, "2")
    expect(page.get_by_label("Wrong customer")).to_be_checked()
    assert writes(sandbox) == []
    press_by_hand(page, "Enter")
    expect(page.get_by_text("Took an award back: −25 credits.").first).to_be_visible()
    assert given_to(sandbox, sanne["uuid"]) == [25, -25]


def test_the_asker_sees_the_decision_come_in_by_itself(
    till: Page, sanne: dict[str, Any], sandbox: SandboxAccount, person: Any
) -> None:
    Limit.objects.update_or_create(kind="award_credits", role="desk", shop=None, defaults={"amount": 500})
    till.locator("[name=amount]").fill("900")
    press_by_hand(till, "Enter")
    till.get_by_role("button", name="Ask for approval").click()
    expect(till.get_by_text("waiting")).to_be_visible()
    approval = Approval.objects.get()
    manager = person("noor", "Noor van Dijk", "marketing")
    approvals.decide(approval.pk, by=Actor(manager.staff, "marketing", approval.shop), granted=True)
    till.clock.run_for(6000)
    finish = till.get_by_role("button", name="Award 900 credits")
    expect(finish).to_be_visible()
    till.clock.run_for(700)
    finish.click()
    expect(till.get_by_text("Awarded 900 credits.").first).to_be_visible()
    assert given_to(sandbox, sanne["uuid"]) == [900]
