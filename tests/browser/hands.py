"""A scanner and a hand on one keyboard.

The page tells them apart by milliseconds, which a busy test machine cannot keep. So the page's clock is Playwright's
(`tabs.open` installs it; it runs like any clock) and a scan moves it: every key comes exactly 5 ms after the last one.
"""

from collections.abc import Iterable

from playwright.sync_api import Page, expect

SCANNER_MS = 5
HAND_MS = 120
THOUGHT_MS = 600


def scan(page: Page, code: str, *, end: str = "Enter", gap: int = SCANNER_MS) -> None:
    """Pull the trigger: the code and `end` ("" for a scanner that sends none), `gap` ms apart. A second has passed."""
    _strike(page, [*code, *([end] if end else [])], gap)


def _strike(page: Page, keys: Iterable[str], gap: int) -> None:
    """Key after key by the page's clock, `gap` ms after each."""
    now = page.evaluate("Date.now()")
    page.clock.pause_at((now + 1000) / 1000)
    for key in keys:
        (page.keyboard.type if len(key) == 1 else page.keyboard.press)(key)
        page.clock.run_for(gap)
    page.clock.resume()


def type_by_hand(page: Page, words: str) -> None:
    """Type as people do, wherever the focus is: without a pause that the page would take for the end of the words."""
    see_where_one_is(page)
    _strike(page, words, HAND_MS)


def see_where_one_is(page: Page) -> None:
    """Wait for the cursor, as everybody does: a browser sets it with its first picture of the page, and on a busy
    machine that comes after the page is loaded."""
    if page.locator("main [autofocus]:visible").count():
        expect(page.locator(":focus")).to_have_count(1)


def press_by_hand(page: Page, key: str) -> None:
    """One key, after a moment's thought."""
    page.clock.run_for(THOUGHT_MS)
    page.keyboard.press(key)
