"""What the look promises, on the pages of changing vouchers and of codes of one's own."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.look import keeps_its_promises
from tests.browser.pages.changing import CHANGING
from tests.browser.pages.own_codes import OWN_CODES
from tests.browser.pages.places import Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("place", [*CHANGING, *OWN_CODES], ids=lambda place: place.name)
def test_it_keeps_what_the_look_promises(place: Place, arrive: Callable[..., Page]) -> None:
    keeps_its_promises(arrive(place))
