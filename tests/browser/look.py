"""What the look promises of every page: measured at three widths, in light and in dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (1280, 390, 320)
HEIGHT = 600  # low, so that pages scroll under the bar
MEASURE = Path(__file__).with_name("looks.js").read_text()
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
"""The one rule whose answer depends on light and dark."""


def ways_to_see(page: Page) -> Iterator[str]:
    """The page at each width, in light and in dark; what to call it."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            yield f"{width} px, {scheme}"


def measure(page: Page, what: str, where: str) -> list[str]:
    return [f"{where}: {words}" for words in page.evaluate(f"looks.{what}()")]


def keeps_its_promises(page: Page) -> None:
    """All promises at once, because a page and its state are dear to make; the message says which are broken."""
    page.evaluate(MEASURE)
    page.evaluate(AXE_SCRIPT)
    broken = measure(page, "inline", "as it came")
    broken += measure(page, "danger", "as it came")
    broken += measure(page, "headings", "as it came")
    broken += measure(page, "labels", "as it came")
    for where in ways_to_see(page):
        broken += measure(page, "primaries", where)
        broken += [f"{where}: {words}" for words in axe(page, WCAG if where.endswith("light") else CONTRAST)]
        if where.endswith("light"):
            broken += sideways(page, where)
            broken += measure(page, "small", where)
            page.keyboard.press("Tab")  # from here on the page knows that a keyboard is used
            broken += measure(page, "unseen", where)
    assert not broken, "\n" + "\n".join(broken)


def sideways(page: Page, where: str) -> list[str]:
    """Nothing scrolls sideways: as it is, with the spacing that WCAG 1.4.12 allows people, and from right to left."""
    broken = measure(page, "sideways", where)
    page.evaluate("looks.spaced(true)")
    broken += measure(page, "sideways", f"{where}, spaced")
    page.evaluate("looks.spaced(false)")
    page.evaluate("looks.direction('rtl')")
    broken += measure(page, "sideways", f"{where}, right to left")
    page.evaluate("looks.direction('ltr')")
    return broken


def axe(page: Page, rules: dict[str, Any]) -> list[str]:
    found = page.evaluate("async (options) => (await axe.run(options)).violations", rules)
    return [f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
