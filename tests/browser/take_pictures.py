"""Take a picture of every page, at 1280 and 390 px, light and dark. `pictures.py` runs this.

It is a test that pytest does not collect by itself, so that the pictures come from the same pages, people and stand-in
as the tests.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pages import PAGES
from tests.browser.pages.places import Place
from tests.browser.pictures import FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("place", PAGES, ids=lambda place: place.name)
def test_picture(place: Place, arrive: Callable[..., Page]) -> None:
    page = arrive(place)
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            file = Path(os.environ[FOLDER]) / f"{place.name}-{width}-{scheme}.png"
            page.screenshot(path=file, full_page=True, animations="disabled", caret="initial")
