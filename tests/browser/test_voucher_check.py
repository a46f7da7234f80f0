"""The voucher check at the till: one verdict, never an old one, and nothing written that nobody decided."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, scan, type_by_hand
from tests.browser.pages.places import CARD
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def till(tab: Page, sandbox: SandboxAccount, coffee: dict[str, Any]) -> Page:
    """The check page, with one good voucher in the account."""
    tab.goto("/vouchers/check/")
    return tab


CLICK_AT_ONCE = """document.body.addEventListener('htmx:afterSettle', ({currentTarget: body}) => {
    body.dataset.clicked = 'yes';
    document.querySelector('[data-careful]').click();
}, {once: true})"""
"""The second half of a double click: it comes as soon as the answer to the first stands there."""


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def expect_verdict(page: Page, word: str) -> None:
    expect(page.locator(".verdict h1")).to_have_text(word)


def expect_none(page: Page) -> None:
    expect(page.locator(".verdict.done")).to_have_count(0)


def lock(page: Page, code: str = "COFFEE-1") -> None:
    scan(page, code)
    expect_verdict(page, "Valid")
    press_by_hand(page, "Enter")
    expect_verdict(page, "Locked for you")


# --- scanning ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["Voucher code", "nowhere", "Find a customer, card or voucher", "Your account"])
def test_a_scan_is_checked_wherever_the_focus_is(till: Page, place: str) -> None:
    till.locator("#code").blur()
    if place == "Your account":
        till.get_by_role("link", name=place).focus()
    elif place == "Voucher code":
        till.get_by_label(place, exact=True).focus()
    elif place != "nowhere":
        till.get_by_label(place).fill("Sanne")
    if place.startswith("Find"):  # there a scan is for the box, which finds vouchers too
        scan(till, "COFFEE-1")
        till.wait_for_url("**/vouchers/*-*/")
    else:
        scan(till, "COFFEE-1")
    expect_verdict(till, "Valid")


def test_a_scan_needs_no_enter_at_its_end(till: Page) -> None:
    till.locator("#code").blur()
    scan(till, "COFFEE-1", end="")
    expect_verdict(till, "Valid")


def test_half_a_scan_says_so_for_all_to_see_and_asks_nothing(till: Page, sandbox: SandboxAccount) -> None:
    till.locator("#code").blur()
    scan(till, "COF")
    expect(till.get_by_text("The scan was incomplete")).to_be_in_viewport()
    assert sandbox.calls == []


def test_one_pull_of_the_trigger_read_twice_is_asked_once(till: Page, sandbox: SandboxAccount) -> None:
    scan(till, "COFFEE-1")
    scan(till, "COFFEE-1")
    expect_verdict(till, "Valid")
    assert [call.operation for call in sandbox.calls] == ["find_voucher_by_code"]


def test_a_key_held_down_is_no_scan(till: Page, sandbox: SandboxAccount) -> None:
    till.locator("#code").focus()
    now = till.evaluate("Date.now()")
    till.clock.pause_at((now + 1000) / 1000)
    for _ in range(9):
        till.keyboard.down("x")
        till.clock.run_for(30)
    till.keyboard.up("x")
    till.clock.run_for(500)
    till.clock.resume()
    expect(till.locator("#code")).to_have_value("x" * 9)
    assert sandbox.calls == []


# --- the old verdict -----------------------------------------------------------------------------------------------


def lose_the_line(page: Page, sandbox: SandboxAccount) -> None:
    page.route("**/vouchers/check/", lambda route: route.abort())


def break_piggy(page: Page, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503


def nothing(page: Page, sandbox: SandboxAccount) -> None: ...


@pytest.mark.parametrize(
    ("befalls", "words"),
    [(nothing, "No such code"), (break_piggy, "Piggy"), (lose_the_line, "The dashboard did not answer")],
)
def test_the_old_verdict_is_gone_after_an_error(
    till: Page, sandbox: SandboxAccount, befalls: Callable[[Page, SandboxAccount], None], words: str
) -> None:
    scan(till, "COFFEE-1")
    expect_verdict(till, "Valid")
    befalls(till, sandbox)
    scan(till, "NOTHING-1")
    expect(till.locator("#verdict")).to_contain_text(words)
    expect_none(till)
    expect(till.get_by_role("button", name="Lock")).to_have_count(0)
    expect(till.locator("#code")).to_have_value("NOTHING-1")


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(till: Page, sandbox: SandboxAccount) -> None:
    sandbox.add_voucher("OLD-TEA-1", status="EXPIRED")
    sandbox.fault("find_voucher_by_code", kind="latency", seconds=4, times=1)
    scan(till, "OLD-TEA-1")
    scan(till, "COFFEE-1")
    expect_verdict(till, "Valid")
    till.wait_for_timeout(4500)
    expect_verdict(till, "Valid")
    assert [call.query["code"] for call in sandbox.calls] == ["COFFEE-1", "OLD-TEA-1"]  # as they were answered


def test_going_back_shows_no_verdict_from_before(till: Page) -> None:
    lock(till)
    press_by_hand(till, "Enter")
    expect_verdict(till, "Redeemed")
    till.get_by_role("link", name="the customer’s page").click()
    till.wait_for_url("**/contacts/*/")
    till.go_back()
    till.wait_for_url("**/vouchers/check/")
    expect(till.locator("#code")).to_be_visible()
    expect(till.locator(".verdict")).to_have_count(0)


def test_a_page_from_the_browsers_memory_is_asked_for_again(till: Page) -> None:
    scan(till, "COFFEE-1")
    expect_verdict(till, "Valid")
    with till.expect_navigation():
        till.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(till.locator(".verdict")).to_have_count(0)


# --- who decides ---------------------------------------------------------------------------------------------------


def test_a_scan_never_locks_though_the_button_has_the_focus(till: Page, sandbox: SandboxAccount) -> None:
    sandbox.add_voucher("OLD TEA 1", status="EXPIRED")  # with spaces: a space presses buttons too
    scan(till, "COFFEE-1")
    expect(till.get_by_role("button", name="Lock")).to_be_focused()
    scan(till, "OLD TEA 1")
    expect_verdict(till, "Expired")
    assert writes(sandbox) == []


def test_a_scan_never_redeems_though_the_button_has_the_focus(till: Page, sandbox: SandboxAccount) -> None:
    sandbox.add_voucher("OLD TEA 1", status="EXPIRED")
    lock(till)
    expect(till.get_by_role("button", name="Redeem it")).to_be_focused()
    till.clock.run_for(600)
    scan(till, "OLD TEA 1")
    expect_verdict(till, "Expired")
    assert writes(sandbox) == ["lock_voucher"]


@pytest.mark.parametrize("code", ["COF", "C"])
def test_half_a_scan_presses_no_button_either(till: Page, sandbox: SandboxAccount, code: str) -> None:
    scan(till, "COFFEE-1")
    expect(till.get_by_role("button", name="Lock")).to_be_focused()
    scan(till, code)
    till.wait_for_timeout(300)
    expect_verdict(till, "Valid")
    assert writes(sandbox) == []


def test_enter_by_hand_locks_and_once_more_redeems(till: Page, sandbox: SandboxAccount) -> None:
    lock(till)
    press_by_hand(till, "Enter")
    expect_verdict(till, "Redeemed")
    assert writes(sandbox) == ["lock_voucher", "redeem_voucher"]


def test_escape_by_hand_releases(till: Page, sandbox: SandboxAccount) -> None:
    lock(till)
    press_by_hand(till, "Escape")
    expect_verdict(till, "Valid")
    assert writes(sandbox) == ["lock_voucher", "release_voucher"]


def test_escape_before_the_lock_leaves_it_alone(till: Page, sandbox: SandboxAccount) -> None:
    scan(till, "COFFEE-1")
    expect_verdict(till, "Valid")
    press_by_hand(till, "Escape")
    expect(till.locator(".verdict")).to_have_count(0)
    assert writes(sandbox) == []


def test_enter_held_down_locks_and_goes_no_further(till: Page, sandbox: SandboxAccount) -> None:
    scan(till, "COFFEE-1")
    expect(till.get_by_role("button", name="Lock")).to_be_focused()
    till.wait_for_timeout(700)
    till.keyboard.down("Enter")
    expect_verdict(till, "Locked for you")
    for _ in range(20):
        till.keyboard.down("Enter")  # the keyboard repeats it
        till.wait_for_timeout(40)
    till.keyboard.up("Enter")
    expect_verdict(till, "Locked for you")
    assert writes(sandbox) == ["lock_voucher"]


def test_a_double_click_on_lock_does_not_redeem(till: Page, sandbox: SandboxAccount) -> None:
    scan(till, "COFFEE-1")
    button = till.get_by_role("button", name="Lock")
    expect(button).to_be_focused()
    till.evaluate(CLICK_AT_ONCE)
    button.click()
    expect(till.locator("body[data-clicked]")).to_have_count(1)
    till.wait_for_timeout(200)
    expect_verdict(till, "Locked for you")
    assert writes(sandbox) == ["lock_voucher"]
    till.clock.run_for(400)
    till.get_by_role("button", name="Redeem it").click()
    expect_verdict(till, "Redeemed")


def test_a_double_click_on_redeem_redeems_once(till: Page, sandbox: SandboxAccount) -> None:
    lock(till)
    till.clock.run_for(500)
    till.get_by_role("button", name="Redeem it").dblclick()
    expect_verdict(till, "Redeemed")
    till.wait_for_timeout(300)
    expect_verdict(till, "Redeemed")
    assert writes(sandbox).count("redeem_voucher") == 1


def test_a_scan_waits_for_what_came_of_the_last_act(till: Page, sandbox: SandboxAccount) -> None:
    lock(till)
    till.wait_for_timeout(500)
    sandbox.fault("redeem_voucher", kind="latency", seconds=2.5)
    press_by_hand(till, "Enter")
    scan(till, "OTHER-CODE")
    expect(till.get_by_text("Wait for the answer, then scan again.")).to_be_visible()
    expect_verdict(till, "Redeemed")
    assert [call.operation for call in sandbox.calls].count("find_voucher_by_code") <= 4
    scan(till, "OTHER-CODE")
    expect_verdict(till, "No such code")


def test_of_two_tills_one_wins_and_the_other_is_told(
    till: Page, tabs: Tabs, reviewer: Person, sandbox: SandboxAccount
) -> None:
    other = tabs.open(reviewer)
    other.goto("/vouchers/check/")
    for page in (till, other):
        scan(page, "COFFEE-1")
        expect(page.get_by_role("button", name="Lock")).to_be_visible()
    for page in (till, other):  # neither waits for the other's answer
        page.evaluate("document.querySelector('form[data-write] button').click()")
    words = {page.locator(".verdict h1", has_text="Locked").inner_text().casefold() for page in (till, other)}
    assert words == {"locked for you", "locked"}
    winner, loser = (till, other) if "You" in till.title() or till.get_by_text("Redeem it").count() else (other, till)
    expect(loser.locator("#verdict")).to_contain_text("holds it")
    expect(loser.get_by_role("button", name="Redeem it")).to_have_count(0)
    winner.clock.run_for(500)
    winner.get_by_role("button", name="Redeem it").click()
    expect_verdict(winner, "Redeemed")
    assert writes(sandbox).count("redeem_voucher") == 1


# --- whose is it? --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("focus", ["the field", "elsewhere"])
def test_a_voucher_of_nobody_takes_a_card_then_is_redeemed(
    till: Page, sandbox: SandboxAccount, sanne: dict[str, Any], focus: str
) -> None:
    sandbox.add_voucher("FOR-ANYBODY")
    lock(till, "FOR-ANYBODY")
    field = till.get_by_label("Customer’s card or e-mail")
    expect(field).to_be_focused()
    if focus == "elsewhere":
        field.blur()
    scan(till, CARD)
    expect(till.locator(".facts")).to_contain_text("Sanne")
    press_by_hand(till, "Enter")
    expect_verdict(till, "Redeemed")
    redeemed = next(call for call in sandbox.calls if call.operation == "redeem_voucher")
    assert redeemed.body["contact_uuid"] == sanne["uuid"]


def test_a_card_of_nobody_stays_in_the_field_with_what_is_wrong(till: Page, sandbox: SandboxAccount) -> None:
    sandbox.add_voucher("FOR-ANYBODY")
    lock(till, "FOR-ANYBODY")
    expect(till.get_by_label("Customer’s card or e-mail")).to_be_focused()
    type_by_hand(till, "99999")
    press_by_hand(till, "Enter")
    expect(till.get_by_text("No customer has this card or address")).to_be_visible()
    expect(till.get_by_label("Customer’s card or e-mail")).to_have_value("99999")


# --- when nobody knows ---------------------------------------------------------------------------------------------


def lose_a_redemption(page: Page, sandbox: SandboxAccount, *, kind: str = "lost_after") -> None:
    lock(page)
    sandbox.fault("redeem_voucher", kind=kind)
    press_by_hand(page, "Enter")
    expect_verdict(page, "No answer")


def test_an_unknown_redemption_settles_by_itself_and_then_nobody_asks_any_more(
    till: Page, sandbox: SandboxAccount
) -> None:
    lose_a_redemption(till, sandbox)
    expect(till.get_by_role("button", name="Redeem it")).to_have_count(0)
    asked: list[str] = []
    till.on("request", lambda request: asked.append(request.url))
    for _ in range(10):
        till.wait_for_timeout(600)
        if till.locator(".verdict.unknown").count() == 0:
            break
        till.clock.run_for(4000)
    expect_verdict(till, "Redeemed")
    assert len(asked) >= 1
    settled = len(asked)
    sandbox.forget_calls()
    till.clock.run_for(20_000)
    till.wait_for_timeout(300)
    assert len(asked) == settled
    assert sandbox.calls == []
    assert len(sandbox.state("redemption")) == 1


def test_while_it_asks_by_itself_the_focus_and_the_words_stay(till: Page, sandbox: SandboxAccount) -> None:
    lose_a_redemption(till, sandbox, kind="lost_before")
    button = till.get_by_role("button", name="Look now")
    verdict = till.locator(".verdict")

    def poll() -> None:
        verdict.evaluate("verdict => { verdict.dataset.same = 'yes' }")
        with till.expect_response("**/look/"):
            till.clock.run_for(4000)
        till.wait_for_timeout(200)

    poll()
    button.focus()
    poll()  # nothing new is known: nothing is read out again
    expect(till.locator(".verdict[data-same]")).to_have_count(1)
    expect(button).to_be_focused()
    verdict.locator("p").first.evaluate("words => { words.textContent = 'Old words.' }")
    poll()
    expect(till.locator(".verdict[data-same]")).to_have_count(0)
    expect(button).to_be_focused()
    till.route("**/look/", lambda route: route.abort())
    till.clock.run_for(4000)
    till.wait_for_timeout(200)
    expect_verdict(till, "No answer")


def test_a_poll_never_replaces_the_next_code(till: Page, sandbox: SandboxAccount) -> None:
    lose_a_redemption(till, sandbox)
    waiting: list[Route] = []
    till.route("**/look/", lambda route: waiting.append(route))
    till.clock.run_for(4000)
    till.wait_for_timeout(100)
    assert len(waiting) == 1
    scan(till, "NOTHING-1")
    expect_verdict(till, "No such code")
    waiting[0].continue_()
    till.wait_for_timeout(700)
    expect_verdict(till, "No such code")
