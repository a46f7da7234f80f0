"""The end of a shift on paper: one page, on a roll or on A4, and nothing of the screen around it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages.places import Place
from tests.browser.pages.shift import SHIFT
from tests.browser.test_printing import paper_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLACES: dict[str, Place] = {place.name: place for place in SHIFT}


@pytest.mark.parametrize(("place", "paper"), [("shift", (80, 297)), ("shift-everyone", (210, 297))])
def test_the_slip_is_one_page(place: str, paper: tuple[int, int], arrive: Callable[..., Page]) -> None:
    page = arrive(PLACES[place])
    assert paper_of(page) == [paper]
    page.emulate_media(media="print")
    expect(page.locator(".sheet .env")).to_be_visible()
    for other in (".side", ".top", ".filters", ".head"):
        expect(page.locator(other).first).to_be_hidden()
