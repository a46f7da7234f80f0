"""Browsers for the tests: signed in by cookie, over real HTTP, and failing on any error that the page reports."""

import os
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import chromium
from tests.browser.pages.places import CARD, Place, Visit
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

# Playwright keeps an event loop in this thread; Django would take our calls of the ORM for asynchronous ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
PATIENCE = 10_000  # ms: a busy machine is slow, and a test that passes does not wait
expect.set_options(timeout=PATIENCE)

# What a page may report without a test failing: an answer of 4xx or 5xx, or none, is what many tests are about.
EXPECTED = (
    "Failed to load resource",
    "Response Status Error Code",
    "htmx:sendError",
    "htmx:sendAbort",
    "htmx:afterRequest",
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """All that is skipped for want of a browser is skipped in one place: the summary says it in one line."""
    report = yield
    if report.skipped and chromium.MISSING in str(report.longrepr):
        report.longrepr = (chromium.__file__, 1, report.longrepr[2])
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    try:
        path = chromium.find_or_get()
    except chromium.NoChromium as reason:
        chromium.do_without(reason)
    return {**browser_type_launch_args, **chromium.launch_options(path)}


class Tabs:
    """Opens tabs, each in a browser of its own, and keeps what they reported."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(self, person: Person | None = None, **options: Any) -> Page:
        """A tab in which `person` is signed in. `options` are those of a browser context: `viewport`, ..."""
        context = self.browser.new_context(
            base_url=self.address, **{"viewport": {"width": 1280, "height": 900}} | options
        )
        context.set_default_timeout(PATIENCE)
        context.clock.install()  # runs like any clock; see hands.py
        self.contexts.append(context)
        context.on("request", lambda request: self._keep_at_home(request.url))
        context.on("response", self._want_policy)
        context.on("weberror", lambda error: self.errors.append(f"{error.page.url}: {error.error}"))
        context.on("console", lambda message: self._note(message.type, message.text, message.location["url"]))
        if person is not None:
            sign_in(context, person, self.address)
        return context.new_page()

    def _note(self, kind: str, text: str, where: str) -> None:
        if kind == "error" and not text.startswith(EXPECTED):
            self.errors.append(f"{where}: {text}")

    def _keep_at_home(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "about:")):
            self.errors.append(f"{url}: asked of somebody else")

    def _want_policy(self, response: Response) -> None:
        is_page = response.request.resource_type == "document" and response.status != 204
        if is_page and "content-security-policy" not in response.headers:
            self.errors.append(f"{response.url}: no Content-Security-Policy")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def sign_in(context: BrowserContext, person: Person, address: str) -> None:
    """Give a browser the session that this person already has: no slow form in every test."""
    session = person.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": address, "httpOnly": True}])


@pytest.fixture
def tabs(browser: Browser, live_server: LiveServer) -> Iterator[Tabs]:
    opened = Tabs(browser, live_server.url)
    yield opened
    opened.close()
    assert opened.errors == []


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict[str, Any]:
    """A customer with a card."""
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser", credits=1240)
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"])
    return contact


@pytest.fixture
def coffee(sandbox: SandboxAccount, sanne: dict[str, Any]) -> dict[str, Any]:
    """A voucher of hers that can be used."""
    return sandbox.add_voucher("COFFEE-1", contact_uuid=sanne["uuid"])


@pytest.fixture
def tab(tabs: Tabs, desk: Person) -> Page:
    """The tab of the person at the desk."""
    return tabs.open(desk)


@pytest.fixture
def arrive(tabs: Tabs, sandbox: SandboxAccount, request: pytest.FixtureRequest) -> Callable[..., Page]:
    """Open a page of the table in its state; the further options are those of a browser context."""

    def go(place: Place, **options: Any) -> Page:
        person = request.getfixturevalue(place.who) if place.who else None
        page = tabs.open(person, reduced_motion="reduce", **options)
        place.go(Visit(page, sandbox, person))
        return page

    return go
