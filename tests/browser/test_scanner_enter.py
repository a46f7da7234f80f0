"""Whatever a scanner sends after a code presses no button: with "Redeem it" under the focus that would cost money."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import press_by_hand, scan
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "SECOND-2"


def machine(page: Page, keys: list[tuple[str, int]]) -> None:
    """Keys with exactly so many milliseconds after each, by the page's own clock."""
    page.clock.pause_at((page.evaluate("Date.now()") + 1000) / 1000)
    for key, gap in keys:
        page.keyboard.press(key)
        page.clock.run_for(gap)
    page.clock.resume()


def at(gap: int, *, last: int | None = None) -> list[tuple[str, int]]:
    keys = [(character, gap) for character in CODE]
    return [*keys[:-1], (CODE[-1], gap if last is None else last)]


ENDINGS = {
    "Enter": [*at(5), ("Enter", 5)],
    "Enter twice": [*at(5), ("Enter", 5), ("Enter", 5)],
    "Tab and Enter": [*at(5), ("Tab", 5), ("Enter", 5)],
    "Enter 70 ms late": [*at(5, last=70), ("Enter", 5)],
    "Enter 150 ms late": [*at(5, last=150), ("Enter", 5)],
    "a slow scanner": [*at(70), ("Enter", 5)],
    "a slow scanner that ends with Tab and Enter": [*at(50), ("Tab", 5), ("Enter", 5)],
}


@pytest.mark.parametrize("keys", list(ENDINGS.values()), ids=list(ENDINGS))
def test_a_scan_of_the_next_code_never_redeems_the_locked_one(
    tab: Page, sandbox: SandboxAccount, coffee: dict, sanne: dict, keys: list[tuple[str, int]]
) -> None:
    sandbox.add_voucher(CODE, contact_uuid=sanne["uuid"])
    tab.goto("/vouchers/check/")
    scan(tab, "COFFEE-1")
    expect(tab.locator(".verdict h1")).to_have_text("Valid")
    press_by_hand(tab, "Enter")
    expect(tab.locator(".verdict h1")).to_have_text("Locked for you")
    machine(tab, keys)
    tab.wait_for_timeout(700)
    assert "redeem_voucher" not in [call.operation for call in sandbox.calls]
    states = {voucher["code"]: voucher["status"] for voucher in sandbox.state("voucher")}
    assert states == {"COFFEE-1": "LOCKED", CODE: "ACTIVE"}
