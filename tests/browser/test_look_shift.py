"""What the look promises, on every page of shift. One module a part, so that two processes share the work."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.look import keeps_its_promises
from tests.browser.pages.places import Place
from tests.browser.pages.shift import PRACTICE, SHIFT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("place", SHIFT, ids=lambda place: place.name)
def test_it_keeps_what_the_look_promises(place: Place, arrive: Callable[..., Page]) -> None:
    keeps_its_promises(arrive(place))


@pytest.mark.parametrize("place", PRACTICE, ids=lambda place: place.name)
def test_the_page_to_practise_by_keeps_it_too(place: Place, arrive: Callable[..., Page], settings: Any) -> None:
    """It stands in practice alone, so its pictures are in no list."""
    settings.PIGGYADMIN_ENV = "practice"
    keeps_its_promises(arrive(place))
