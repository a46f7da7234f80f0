"""Take pictures of the pages. `pictures.py` runs this.

It is a test that pytest does not collect by itself, so that the pictures come from the same pages, people and stand-in
as the tests.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pages import PAGES, SHOWN
from tests.browser.pages.places import Place
from tests.browser.pictures import FOLDER, OF_DOCS, make_small, write_index

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, NARROW = (1280, 800), (390, 844)
EVERY_WAY = [(size, scheme) for size in (WIDE, NARROW) for scheme in ("light", "dark")]
IN_DOCS = [(WIDE, "light"), (NARROW, "dark")]

FOR_DOCS = FOLDER not in os.environ
PLACES = [place for place in PAGES if not FOR_DOCS or place.name in SHOWN]


def test_index() -> None:
    if FOR_DOCS:
        assert {place.name for place in PLACES} == set(SHOWN)
        write_index(SHOWN)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_picture(place: Place, arrive: Callable[..., Page]) -> None:
    folder = OF_DOCS if FOR_DOCS else Path(os.environ[FOLDER])
    page = arrive(place)
    for (width, height), scheme in IN_DOCS if FOR_DOCS else EVERY_WAY:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        way = ("wide" if width == WIDE[0] else "narrow") if FOR_DOCS else f"{width}-{scheme}"
        file = folder / f"{place.name}-{way}.png"
        page.screenshot(path=file, full_page=True, animations="disabled", caret="initial")
        if FOR_DOCS:
            make_small(file)
