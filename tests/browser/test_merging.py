"""The whole walk of a merge, by the people who do it: the desk flags, one admin proposes, another approves."""

import re

import pytest
from playwright.sync_api import Page, expect

from contacts.held import jobs, running
from contacts.merging.kind import KIND
from contacts.models import Merge
from tests.browser.conftest import Tabs
from tests.conftest import Person
from tests.contacts.merging_hands import NEW_CARD, OLD_CARD, Two
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> Two:
    sandbox.set(merge_seconds=2)
    monkeypatch.setattr(jobs, "enqueue", lambda action, row_id: None)  # the test is the worker
    return Two(sandbox)


def scan(page: Page, card: str) -> None:
    page.locator("#id_card").fill(card)
    page.get_by_role("button", name="Take it as proof").click()
    expect(page.locator("main")).to_contain_text("This is the number of an active card of theirs.")


def test_flagged_proposed_approved_and_done_with_the_sum_shown(
    tabs: Tabs, desk: Person, admin: Person, reviewer: Person, two: Two
) -> None:
    at_the_desk = tabs.open(desk)
    flag(at_the_desk, two)

    first = tabs.open(admin)
    first.goto(two.page())
    expect(first.locator("main")).to_contain_text("flagged by Fatima El Idrissi")
    for card in (OLD_CARD, NEW_CARD):
        scan(first, card)
    expect(first.locator("#proof + .tag")).to_have_text("proved")
    first.get_by_label("Reason").fill("Two cards of one woman.")
    first.get_by_label(re.compile("^Type the last name")).fill("van den berg")
    first.get_by_role("button", name="Propose the merge").click()
    expect(first.locator("main")).to_contain_text("It waits for another admin")

    second = tabs.open(reviewer)
    second.goto("/")
    expect(second.locator("main")).to_contain_text("Mohammed Aït Ben Haddou asks for your approval")
    second.get_by_role("link", name="Open", exact=True).click()
    second.get_by_label("At once: the customer is standing here").check()
    second.get_by_label("Why it cannot wait").fill("She is standing here.")
    second.get_by_label(re.compile("^Type the last name")).fill("van den berg")
    second.get_by_role("button", name="Approve the merge").click()
    expect(second.locator("main")).to_contain_text("Approved, about to be sent")

    merge = Merge.objects.get()
    for _ in range(20):
        if merge.ended_at is not None:
            break
        Merge.objects.filter(pk=merge.pk).update(look_at=None)
        running.advance(KIND, merge.pk, seconds=5)
        merge.refresh_from_db()
    expect(second.locator("main")).to_contain_text("Merged, and verified")  # by itself: the page asks
    expect(second.locator(".display")).to_contain_text("80 + 120 = 200")
    expect(second.locator(".display")).to_contain_text("the sum is right")
    assert two.credits(two.source) is None
    assert two.credits(two.destination) == 200

    at_the_desk.goto(f"/contacts/{two.source}/")
    expect(at_the_desk).to_have_url(re.compile(two.destination))
    expect(at_the_desk.locator("h1")).to_contain_text("Saskia van den Berg")


def flag(page: Page, two: Two) -> None:
    """From the page of one of them the desk names the other."""
    page.goto(f"/contacts/{two.destination}/flag/")
    page.locator("#id_q").fill("s.berg@gmial.example")
    with page.expect_response(re.compile("/flag/")):
        page.get_by_role("button", name="Find").click()
    expect(page.get_by_label(re.compile("v.d. Berg"))).to_be_checked()
    page.clock.run_for(600)
    page.get_by_role("button", name="Flag as one person").click()
    expect(page.locator("main")).to_contain_text("Flagged. An admin will look at the two.")


def test_why_stays_while_the_other_one_is_looked_for(tabs: Tabs, desk: Person, two: Two) -> None:
    """Also through a search that finds nobody, and one typed letter by letter."""
    page = tabs.open(desk)
    page.goto(f"/contacts/{two.destination}/flag/")
    found = page.get_by_label(re.compile("v.d. Berg"))
    nobody = page.locator("#others").get_by_text("Nobody else found")
    for searched, shown in (("s.berg@gmial.example", found), ("nobody@mail.example", nobody), ("0612345678", found)):
        page.locator("#id_q").fill(searched)
        with page.expect_response(re.compile("/flag/find/")):
            page.get_by_role("button", name="Find").click()
        expect(shown).to_be_visible()
        if searched.startswith("s."):
            page.locator("#id_reason").fill("Same woman, two cards")
    expect(page.locator("#id_reason")).to_have_value("Same woman, two cards")


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_in_a_field_sends_nothing_that_cannot_be_undone(
    tabs: Tabs, admin: Person, two: Two, scripts: bool
) -> None:
    page = tabs.open(admin, java_script_enabled=scripts)
    page.goto(two.page())
    page.get_by_label("Reason").fill("Both cards were shown, and she told both birthdays.")
    confirm = page.get_by_label(re.compile("^Type the last name"))
    confirm.fill("van den berg")
    confirm.press("Enter")
    page.wait_for_timeout(300)
    assert not Merge.objects.exists()
    page.get_by_role("button", name="Propose the merge").press("Enter")
    expect(page.locator("main")).to_contain_text("It waits for another admin")


def test_without_javascript_it_goes_as_well(tabs: Tabs, admin: Person, reviewer: Person, two: Two) -> None:
    first = tabs.open(admin, java_script_enabled=False)
    first.goto(two.page())
    first.locator("#id_reason").fill("Same woman, two cards, she stood here.")
    first.locator("#id_confirm").fill("van den Berg")
    first.get_by_role("button", name="Propose the merge").click()
    second = tabs.open(reviewer, java_script_enabled=False)
    second.goto(f"/contacts/merges/{Merge.objects.get().pk}/")
    second.locator("#id_confirm").fill("van den Berg")
    second.get_by_role("button", name="Approve the merge").click()
    expect(second.locator("main")).to_contain_text("held until")
    second.get_by_role("button", name="Cancel the merge").click()
    expect(second.locator("main")).to_contain_text("Cancelled. Nothing is merged.")
    assert Merge.objects.get().state == "cancelled"


def test_typing_is_not_swept_away_by_the_page_asking(tabs: Tabs, admin: Person, reviewer: Person, two: Two) -> None:
    from tests.contacts.merging_hands import proposed

    merge = proposed(admin, two)
    page = tabs.open(reviewer)
    page.goto(f"/contacts/merges/{merge.pk}/")
    page.locator("#id_confirm").fill("van den")
    with page.expect_response(re.compile(r"state=proposed")):
        page.clock.run_for(6000)
    expect(page.locator("#id_confirm")).to_have_value("van den")
