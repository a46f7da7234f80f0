"""Every page about people in a real browser: axe finds nothing, nothing scrolls sideways, in light and in dark."""

import os
from collections.abc import Callable

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from piggyadmin.accounts.models import Limit, Shop, Staff
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread

WIDTHS = (1280, 390, 320)
SHOTS = os.environ.get("SHOTS", "")  # a folder: each page is photographed into it


@pytest.fixture(params=["light", "dark"])
def window(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, staff: Callable[..., Staff], shop: Shop
) -> BrowserContext:
    context = browser.new_context(base_url=live_server.url, color_scheme=request.param)
    context.set_default_timeout(8000)
    yield context
    context.close()


def sign_in(window: BrowserContext, username: str) -> Page:
    page = window.new_page()
    page.goto("/account/login/?next=/staff/me/")
    page.get_by_label("Name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/me/")
    return page


def look_at(page: Page, name: str) -> list[str]:
    """What is wrong with the page that stands there: axe's findings, and sideways scroll at any width."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{name}: scrolls sideways at {width} px")
        if SHOTS:
            scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
        if width in (1280, 390):
            found = Axe().run(page).response["violations"]
            wrong += [f"{name} at {width} px: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
    return wrong


def test_it_has_no_findings_on_the_pages_of_an_admin(
    window: BrowserContext, staff: Callable[..., Staff], shop: Shop, amersfoort: Shop
) -> None:
    staff("saskia", "admin", name="Saskia de Wit", last_shop=shop)
    other = staff("fatima", name="محمد الأمين بن يوسف " * 3, shops=(shop, amersfoort))
    TOTP.activate(other, "JBSWY3DPEHPK3PXP")
    Limit.objects.get_or_create(kind="award_credits", role="desk", shop=amersfoort, defaults={"amount": 250})
    page = sign_in(window, "saskia")
    pages = {
        "me": "/staff/me/",
        "staff": "/staff/",
        "staff-add": "/staff/new/",
        "staff-change": f"/staff/{other.pk}/",
        "shops": "/staff/shops/",
        "shop": f"/staff/shops/{shop.pk}/",
        "limits": "/staff/limits/",
        "limit": "/staff/limits/prepaid_cents/desk/",
        "pick-shop": "/shop/",
        "kept": "/lock/kept/",
        "lock": "/lock/",
        "password": "/account/password/change/",
        "second-factor": "/account/2fa/",
        "second-factor-on": "/account/2fa/totp/activate/",
        "sign-out": "/account/logout/",
        "reauthenticate": "/account/reauthenticate/",
    }
    wrong = []
    for name, path in pages.items():
        page.goto(path)
        wrong += look_at(page, name)
    page.goto("/staff/new/")
    page.get_by_label("Name", exact=True).fill("Noor van Dijk")
    page.get_by_label("Sign-in name").fill("two words")
    page.get_by_label("Role").select_option("marketing")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("without blanks").wait_for()
    wrong += look_at(page, "staff-add-wrong")
    page.get_by_label("Sign-in name").fill("noor")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("shown this once").wait_for()
    wrong += look_at(page, "staff-password")
    assert wrong == []


def test_it_has_no_findings_on_the_way_in(window: BrowserContext, staff: Callable[..., Staff]) -> None:
    careful = staff("saskia", "admin", name="Saskia de Wit")
    TOTP.activate(careful, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(careful)
    page = window.new_page()
    page.goto("/account/login/")
    wrong = look_at(page, "sign-in")
    for number in range(5):
        page.get_by_label("Name").fill("fatima")
        page.get_by_label("Password").fill("wrong-wrong")
        page.get_by_role("button", name="Sign in").click()
        if number == 2:
            page.get_by_text("Two tries left").wait_for()
            wrong += look_at(page, "sign-in-wrong")
    page.get_by_text("Too many wrong tries").wait_for()
    wrong += look_at(page, "locked-out")
    page.goto("/account/login/")
    page.get_by_label("Name").fill("saskia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("That code does not fit").wait_for()
    wrong += look_at(page, "code-wrong")
    codes = careful.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Saskia de Wit").first.wait_for()
    for name, path in {
        "second-factor-is-on": "/account/2fa/",
        "recovery-codes": "/account/2fa/recovery-codes/",
        "recovery-codes-new": "/account/2fa/recovery-codes/generate/",
        "second-factor-off": "/account/2fa/totp/deactivate/",
        "code-again": "/account/2fa/reauthenticate/",
    }.items():
        page.goto(path)
        wrong += look_at(page, name)
    assert wrong == []


def test_it_has_no_findings_while_locked_over_a_page(
    window: BrowserContext, staff: Callable[..., Staff], settings: object
) -> None:
    settings.IDLE_SECONDS = 3  # type: ignore[attr-defined]
    staff("saskia", "admin", name="Saskia de Wit")
    page = sign_in(window, "saskia")
    page.get_by_text("This page locks in").wait_for()
    page.get_by_role("dialog", name="Locked").get_by_label("Password").wait_for()
    assert look_at(page, "lock-dialog") == []
