"""What the look promises, on every page of orders. One module a part, so that two processes share the work."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.look import keeps_its_promises
from tests.browser.pages.orders import ORDERS
from tests.browser.pages.places import Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("place", ORDERS, ids=lambda place: place.name)
def test_it_keeps_what_the_look_promises(place: Place, arrive: Callable[..., Page]) -> None:
    keeps_its_promises(arrive(place))
