"""Fixtures are nouns, named for what a test sees: the sandbox, and the people who use the dashboard."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache as kept
from django.test import Client
from hypothesis import settings as hypothesis_settings

from piggyadmin.accounts.models import Limit, Shop, Staff
from piggyadmin.accounts.roles import sync_roles
from tests.fixtures_sandbox import SandboxAccount, sandbox_account, sandbox_server  # noqa: F401
from tests.ledger.emptying import emptying_allowed

# How long a test takes depends on what else the machine does: no wild test may fail by the clock.
hypothesis_settings.register_profile("piggyadmin", deadline=None)
hypothesis_settings.load_profile("piggyadmin")


class Person(Client):
    """A signed-in browser: Django's test client, and who sits before it."""

    staff: Staff
    shop: Shop | None


@pytest.fixture(scope="session", autouse=True)
def _emptying() -> Iterator[None]:
    """Let tests with real transactions empty the ledger's tables when they end: its triggers refuse that otherwise."""
    with emptying_allowed():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The roles stand in the database from the start, as the first limits do from its migrations."""
    with django_db_blocker.unblock():
        sync_roles()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    kept.clear()


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop.objects.get_or_create(
        piggy_uuid="shop-utrecht", defaults={"name": "Utrecht West", "time_zone": "Europe/Amsterdam"}
    )[0]


@cache
def first_rows() -> list[tuple[str, str, int]]:
    names = ("0002_first_limits", "0003_award_pause", "0005_prepaid_pause", "0006_giftcard_pause")
    return [row for name in names for row in import_module(f"piggyadmin.accounts.migrations.{name}").FIRST]


@pytest.fixture
def first_limits(db: None) -> None:
    """The limits a house begins with: a test with real transactions empties the tables that its migrations filled."""
    stand = set(Limit.objects.filter(shop=None).values_list("kind", "role"))
    for kind, role, amount in first_rows():
        if (kind, role) not in stand:
            Limit.objects.create(kind=kind, role=role, shop=None, amount=amount)


@pytest.fixture
def person(db: None, shop: Shop, first_limits: None) -> Callable[..., Person]:
    """Make a signed-in person of a role ("" for a person without one)."""

    def make(username: str, name: str, role: str) -> Person:
        if not Group.objects.filter(name="admin", permissions__isnull=False).exists():
            sync_roles()  # emptied likewise
        staff = Staff.objects.create_user(username=username, name=name, password="correct horse battery")
        if role:
            staff.groups.add(Group.objects.get(name=role))
        client = Person()
        client.force_login(staff)
        session = client.session
        session["shop"] = str(shop.pk)
        session.save()
        client.staff, client.shop = staff, shop
        return client

    return make


@pytest.fixture
def desk(person: Callable[..., Person]) -> Person:
    return person("desk", "Fatima El Idrissi", "desk")


@pytest.fixture
def marketing(person: Callable[..., Person]) -> Person:
    return person("marketing", "Noor van Dijk", "marketing")


@pytest.fixture
def admin(person: Callable[..., Person]) -> Person:
    return person("admin", "Mohammed Aït Ben Haddou", "admin")


@pytest.fixture
def reviewer(person: Callable[..., Person]) -> Person:
    return person("reviewer", "Saskia de Wit", "admin")


@pytest.fixture
def stranger(person: Callable[..., Person]) -> Person:
    """Signed in, but without a role."""
    return person("stranger", "Nobody Yet", "")


@pytest.fixture
def sandbox(sandbox_account: SandboxAccount, settings: object, shop: Shop) -> SandboxAccount:  # noqa: F811
    """The stand-in Piggy with an empty account of this test's own, and our settings pointed at it."""
    settings.PIGGY_BASE_URL = sandbox_account.base_url  # type: ignore[attr-defined]
    settings.PIGGY_TOKEN = sandbox_account.token  # type: ignore[attr-defined]
    sandbox_account.add_shop(uuid=shop.piggy_uuid, name=shop.name)
    return sandbox_account
