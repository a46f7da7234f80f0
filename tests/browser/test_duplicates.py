"""Pairs reviewed by the keyboard alone: twenty in a row, the list, a family, and two who flag."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contacts.models import ContactFlag, DuplicatePair
from piggyadmin.ledger.models import Act
from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, type_by_hand
from tests.conftest import Person
from tests.contacts.duplicate_hands import paired, read_at_piggy, two_sannes
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/contacts/duplicates/"
PAIRS = 20


@pytest.fixture
def twenty(sandbox: SandboxAccount) -> list[DuplicatePair]:
    """Twenty pairs of people at Piggy and in the copy, the likeliest first."""
    pairs = []
    for number in range(PAIRS):
        both = []
        for name in ("Sanne", "Susan"):
            contact = sandbox.add_contact(
                f"{name}.{number}@mail.example".lower(), firstname=name, lastname=f"No {number}"
            )
            both.append(contact["uuid"])
            read_at_piggy(contact["uuid"])
        DuplicatePair.objects.all().filter(first_uuid__in=both, second_uuid__in=both).delete()
        pairs.append(paired(*both, score=40 - number))
    DuplicatePair.objects.exclude(pk__in=[pair.pk for pair in pairs]).delete()
    return pairs


@pytest.fixture
def desktop(tabs: Tabs, admin: Person) -> Page:
    return tabs.open(admin)


def no_mouse(page: Page) -> None:
    """From the next page on, a mouse fails the test: an error on a page does."""
    page.add_init_script(
        """for (const kind of ['pointerdown', 'mousedown'])
            addEventListener(kind, () => { throw new Error('a mouse was used'); }, true);"""
    )


def test_twenty_pairs_are_decided_without_a_mouse(
    desktop: Page, twenty: list[DuplicatePair], sandbox: SandboxAccount
) -> None:
    no_mouse(desktop)
    desktop.goto(LIST)
    expect(desktop.get_by_text("20 pairs wait")).to_be_visible()
    press_by_hand(desktop, "Enter")  # the first one's key has the focus
    said = []
    for number in range(PAIRS):
        expect(desktop.locator("h1")).to_contain_text(f"No {number} ")
        expect(desktop.locator("#both ~ [role=status]")).to_contain_text("live")
        if number % 5 == 4:
            press_by_hand(desktop, "f")
            said.append("family")
        else:
            press_by_hand(desktop, "x")
            press_by_hand(desktop, "5" if number % 2 else "1")
            said.append("different")
        press_by_hand(desktop, "Enter")
        expect(desktop.get_by_text("Kept:")).to_be_visible()
        expect(desktop).not_to_have_url(re.compile(str(twenty[number].pk)))
    expect(desktop.get_by_text("Nobody has looked yet")).to_be_visible()
    verdicts = dict(DuplicatePair.objects.values_list("pk", "verdict"))
    assert [verdicts[pair.pk] for pair in twenty] == said
    assert Act.objects.count() == PAIRS
    assert all(call.method == "GET" for call in sandbox.calls)


def test_the_survivor_is_chosen_by_a_key_and_the_merge_is_proposed(desktop: Page, sandbox: SandboxAccount) -> None:
    pair = two_sannes(sandbox)
    desktop.goto(f"{LIST}{pair.pk}/")
    right = desktop.locator("label", has_text="right, stays").locator("input").get_attribute("value") or ""
    press_by_hand(desktop, "k")
    expect(desktop.locator("input[name=verdict]").nth(0)).to_be_checked()
    press_by_hand(desktop, "l")
    expect(desktop.locator("input[name=verdict]").nth(1)).to_be_checked()
    press_by_hand(desktop, "Enter")
    expect(desktop).to_have_url(
        re.compile(rf"/contacts/merges/new/\?source=.*&destination={right.removeprefix('keep:')}")
    )
    pair.refresh_from_db()
    assert pair.verdict == "same"


def test_what_is_chosen_stays_while_the_live_answer_comes(desktop: Page, sandbox: SandboxAccount) -> None:
    pair = two_sannes(sandbox)
    sandbox.slow = 1
    desktop.goto(f"{LIST}{pair.pk}/")
    expect(desktop.locator("#both ~ [role=status]")).to_contain_text("copy")
    press_by_hand(desktop, "x")
    press_by_hand(desktop, "3")
    expect(desktop.locator("#both ~ [role=status]")).to_contain_text("live")
    expect(desktop.locator("input[value=different]")).to_be_checked()
    expect(desktop.locator("input[value=details]")).to_be_focused()
    press_by_hand(desktop, "Enter")
    expect(desktop.get_by_text("Kept: not the same person.")).to_be_visible()


def test_news_from_piggy_is_what_the_verdict_is_about(desktop: Page, sandbox: SandboxAccount) -> None:
    """The live answer changes what both are compared by; the form on the page goes along with it."""
    from piggyadmin import piggy

    pair = two_sannes(sandbox)
    piggy.get_client().update_contact(contact_uuid=pair.first_uuid, attributes={"birthdate": "1988-03-05"})
    desktop.goto(f"{LIST}{pair.pk}/")
    expect(desktop.get_by_text("news since our copy")).to_be_visible()
    press_by_hand(desktop, "f")
    press_by_hand(desktop, "Enter")
    expect(desktop.get_by_text("Kept: family.")).to_be_visible()


def test_skip_and_back_are_keys_too(desktop: Page, twenty: list[DuplicatePair]) -> None:
    desktop.goto(f"{LIST}{twenty[0].pk}/")
    press_by_hand(desktop, "s")
    expect(desktop.locator("h1")).to_contain_text("No 1 ")
    press_by_hand(desktop, "Escape")
    expect(desktop.locator("h1")).to_have_text("Possible duplicates")
    press_by_hand(desktop, "j")
    press_by_hand(desktop, "j")
    press_by_hand(desktop, "Enter")
    expect(desktop.locator("h1")).to_contain_text("No 1 ")


def test_when_one_is_gone_the_page_says_so_and_offers_no_verdict(desktop: Page, sandbox: SandboxAccount) -> None:
    pair = two_sannes(sandbox)
    sandbox.fault("get_contact", kind="refused", value=55031)
    desktop.goto(f"{LIST}{pair.pk}/")
    expect(desktop.get_by_role("heading", name="One of the two is gone")).to_be_visible()
    expect(desktop.locator("#verdict")).to_have_count(0)


def test_without_javascript_a_pair_is_decided_all_the_same(
    tabs: Tabs, admin: Person, twenty: list[DuplicatePair]
) -> None:
    page = tabs.open(admin, java_script_enabled=False)
    page.goto(LIST)
    page.get_by_role("link", name="Review the first").click()
    page.get_by_text("Not the same person").click()
    page.get_by_text("The customer told us").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("h1")).to_contain_text("No 1 ")
    page.get_by_role("link", name="Read both at Piggy").click()
    expect(page.locator("#both ~ [role=status]")).to_contain_text("live")
    page.get_by_text("Family", exact=True).click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("h1")).to_contain_text("No 2 ")


def test_the_desk_flags_two_by_typing_a_name(tab: Page, sanne: dict[str, Any], sandbox: SandboxAccount) -> None:
    other = sandbox.add_contact("janssen@mail.example", firstname="Sanne", lastname="Janssen")["uuid"]
    read_at_piggy(other)
    read_at_piggy(sanne["uuid"])
    tab.goto(f"/contacts/{sanne['uuid']}/")
    tab.get_by_role("link", name="The same person as another customer").click()
    expect(tab.get_by_label("Who is the other one?")).to_be_focused()
    type_by_hand(tab, "janssn")
    expect(tab.get_by_label("Sanne Janssen")).to_be_checked()
    tab.clock.run_for(600)
    tab.get_by_role("button", name="Flag as one person").click()
    expect(tab.get_by_text("Flagged. An admin will look at the two.")).to_be_visible()
    assert ContactFlag.objects.count() == DuplicatePair.objects.filter(is_flagged=True).count() == 1
