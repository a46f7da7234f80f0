"""What the look promises, on the pages of search. One module a part, so that two processes share the work."""

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.look import CONTRAST, MEASURE, WCAG, axe, keeps_its_promises, measure, sideways, ways_to_see
from tests.browser.pages.places import Place
from tests.browser.pages.search import ROWS, SEARCH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("place", SEARCH[len(ROWS) :], ids=lambda place: place.name)
def test_it_keeps_what_the_look_promises(place: Place, arrive: Callable[..., Page]) -> None:
    keeps_its_promises(arrive(place))


@pytest.mark.parametrize("place", ROWS, ids=lambda place: place.name)
def test_the_rows_stay_open_at_every_width(place: Place, arrive: Callable[..., Page]) -> None:
    page = arrive(place)
    page.evaluate(MEASURE)
    page.evaluate(AXE_SCRIPT)
    broken: list[str] = []
    for where in ways_to_see(page):
        expect(page.locator("#q-rows")).to_be_visible()
        broken += [f"{where}: {words}" for words in axe(page, WCAG if where.endswith("light") else CONTRAST)]
        if where.endswith("light"):
            broken += sideways(page, where) + measure(page, "small", where)
    assert not broken, "\n" + "\n".join(broken)
