"""People who sign in by the form, as in life."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from piggyadmin.accounts.models import Shop, Staff
from tests.browser import chromium

PASSWORD = "correct horse battery"


@pytest.fixture
def roles(db: None) -> None:
    call_command("sync_roles", verbosity=0)


@pytest.fixture
def staff(roles: None) -> Callable[..., Staff]:
    """Make a person who has not signed in."""

    def make(username: str = "fatima", role: str = "desk", *, shops: tuple[Shop, ...] = (), **fields: object) -> Staff:
        person = Staff.objects.create_user(
            username=username, password=PASSWORD, **{"name": username.capitalize()} | fields
        )
        if role:
            person.groups.add(Group.objects.get(name=role))
        person.shops.set(shops)
        return person

    return make


@pytest.fixture
def amersfoort(db: None) -> Shop:
    return Shop.objects.create(piggy_uuid="shop-amersfoort", name="Amersfoort", time_zone="Europe/London")


@pytest.fixture
def browser_of() -> Callable[[Staff], Client]:
    """A browser in which this person has signed in by the form."""

    def sign_in(person: Staff, **fields: str) -> Client:
        client = Client()
        answer = client.post("/account/login/", {"login": person.username, "password": PASSWORD, **fields})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    try:
        path = chromium.find_or_get()
    except chromium.NoChromium as reason:
        chromium.do_without(reason)
    return {**browser_type_launch_args, **chromium.launch_options(path)}
