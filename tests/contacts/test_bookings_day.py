"""The day's list, and opening a booking by its code."""

import html
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from contacts.bookings import known
from contacts.models import Booking, RecentContact
from piggyadmin.accounts.models import Shop
from tests.conftest import Person
from tests.contacts.booking_hands import (
    Form,
    add_sanne,
    book_dinner,
    check_in_form,
    edit,
    press,
)
from tests.fixtures_sandbox import SandboxAccount


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict[str, Any]:
    return add_sanne(sandbox)


@pytest.fixture
def dinner(sandbox: SandboxAccount, sanne: dict[str, Any], desk: Person) -> str:
    """A booking made here: 21 November 2026, 19:00 to 21:00 in Amsterdam, for four."""
    return book_dinner(desk, sandbox, sanne)


# --- the day -------------------------------------------------------------------------------------------------------


def test_the_day_lists_the_shops_bookings_by_start(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any], dinner: str, shop: Shop
) -> None:
    RecentContact.objects.create(
        staff=desk.staff, contact_uuid=sanne["uuid"], name="Sanne Visser", seen_at=timezone.now()
    )
    Form(desk, f"/bookings/new/?contact={sanne['uuid']}").send(starts_at="2026-11-21T12:00", number_of_people="2")
    Form(desk, f"/bookings/new/?contact={sanne['uuid']}").send(starts_at="2026-11-22T00:00")
    other = Shop.objects.create(piggy_uuid="shop-other", name="Amersfoort")
    Booking.objects.create(piggy_uuid="b-other", shop=other, starts_at=datetime(2026, 11, 21, 12, tzinfo=UTC))
    page = html.unescape(desk.get("/bookings/?day=2026-11-21").text)
    assert "Saturday 21 November 2026 at <bdi>Utrecht West</bdi>" in page
    assert page.index("12:00") < page.index("19:00 to 21:00")
    assert "2 bookings, 6 people, 0 checked in" in page
    assert "Sanne Visser" in page
    assert "b-other" not in page
    assert 'href="?day=2026-11-20"' in page
    assert 'href="?day=2026-11-22"' in page
    assert page.count('data-key="i"') == 1


def test_names_that_nobody_here_knows_are_asked_of_piggy_once(
    desk: Person, sandbox: SandboxAccount, shop: Shop, settings: Any
) -> None:
    for number in range(25):
        contact = sandbox.add_contact(firstname=f"Guest {number}")
        at = datetime(2026, 11, 21, 12, number, tzinfo=UTC)
        Booking.objects.create(piggy_uuid=f"b-{number}", shop=shop, starts_at=at, contact_uuid=contact["uuid"])
    Booking.objects.create(piggy_uuid="b-gone", shop=shop, starts_at=at, contact_uuid="gone-away")
    sandbox.forget_calls()
    page = html.unescape(desk.get("/bookings/?day=2026-11-21").text)
    assert len(sandbox.calls) == 20
    assert page.count("Guest ") > 15
    page = html.unescape(desk.get("/bookings/?day=2026-11-21").text)
    assert len(sandbox.calls) == 26
    assert "Guest 0<" in page
    assert "Guest 24<" in page
    assert "customer gone-awa" in page
    desk.get("/bookings/?day=2026-11-21")
    assert len(sandbox.calls) == 26


def test_one_key_checks_in_the_first_who_is_expected_and_stays_on_the_day(
    desk: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    form = check_in_form(desk, "/bookings/?day=2026-11-21")
    page = press(desk, form)
    assert "Checked in." in page
    assert "Saturday 21 November 2026" in page
    assert "1 checked in" in page
    assert 'data-key="i"' not in page


def test_a_canceled_booking_is_not_expected(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    Booking.objects.update(status="Canceled")
    assert "/check-in/" not in desk.get("/bookings/?day=2026-11-21").text


def test_a_booking_in_doubt_leads_to_its_page(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    sandbox.fault("update_booking", kind="lost_after")
    edit(desk, dinner).send(status="in progress")
    page = desk.get("/bookings/?day=2026-11-21").text
    assert "/check-in/" not in page
    assert "not known" in page


def test_a_booking_whose_shop_is_unknown_stands_apart(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    Booking.objects.update(shop=None)
    assert "Shop not known" in desk.get("/bookings/?day=2026-11-21").text


def test_an_empty_day_says_why(desk: Person, sandbox: SandboxAccount) -> None:
    page = desk.get("/bookings/")
    assert page.status_code == 200
    assert "Bookings today" in page.text
    assert "Piggy cannot list bookings" in page.text


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "0001-01-01", "9999-12-31", "1" * 5000, "\x00"])
def test_a_day_that_is_none_is_refused_beside_the_field(desk: Person, sandbox: SandboxAccount, day: str) -> None:
    page = desk.get("/bookings/", {"day": day})
    assert page.status_code == 422
    assert 'class="error"' in page.text


def test_the_days_of_the_clock_change_are_whole(desk: Person, sandbox: SandboxAccount, shop: Shop) -> None:
    for at in ("2026-10-24T22:00", "2026-10-25T22:59"):  # midnight and 23:59 in Amsterdam, 25 hours between
        Booking.objects.create(
            piggy_uuid=at, shop=shop, starts_at=datetime.fromisoformat(f"{at}+00:00"), facts={"starts_at": {}}
        )
    page = desk.get("/bookings/?day=2026-10-25").text
    assert "00:00" in page
    assert "23:59" in page


def test_a_code_opens_its_booking_and_two_of_a_kind_are_listed(
    desk: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    for code in ("RSV-1", dinner, f" {dinner.upper()} "):
        assert desk.post("/bookings/", {"code": code}).headers["Location"] == f"/bookings/{dinner}/edit/"
    Booking.objects.create(piggy_uuid="b-2", external_id="RSV-1")
    assert "Several bookings have this code" in desk.post("/bookings/", {"code": "RSV-1"}).text


@pytest.mark.parametrize("code", ["", "NOTHING", "x" * 10_000, "a\x00b"])
def test_a_code_that_opens_nothing_is_said(desk: Person, sandbox: SandboxAccount, code: str) -> None:
    page = desk.post("/bookings/", {"code": code})
    assert page.status_code == 422
    assert 'class="error"' in page.text


def test_after_a_check_in_the_key_waits_and_the_customer_is_named(desk: Person, sandbox: SandboxAccount) -> None:
    """A second press of the same key must not check in whoever is next."""
    for number, name in enumerate(("Sanne", "Joost")):
        contact = sandbox.add_contact(f"{name}@mail.example", firstname=name)
        today = timezone.localtime(timezone=ZoneInfo(desk.shop.time_zone))  # UTC may be a day behind the shop's
        start = today.replace(hour=12, minute=number, second=0, microsecond=0)
        made = sandbox.add_booking(
            contact_uuid=contact["uuid"], shop_uuid=desk.shop.piggy_uuid, starts_at=start.isoformat()
        )
        Booking.objects.create(
            piggy_uuid=made["uuid"],
            contact_uuid=contact["uuid"],
            shop=desk.shop,
            starts_at=start,
            facts={"starts_at": known.fact(known.TOLD, timezone.now())},
        )
        desk.get(f"/contacts/{contact['uuid']}/")
    page = desk.get("/bookings/").text
    assert page.count('data-key="i"') == 1
    form = re.search(r'<form method="post" action="(/bookings/[^"]+/check-in/)">(.*?)</form>', page, re.DOTALL)
    assert form
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group(2)))
    after = desk.post(form.group(1), values, follow=True).text
    assert re.search(r"Sanne, \d\d:\d\d\.", after), re.findall(r"<p>.*?</p>", after)[:6]
    assert after.count('data-key="i"') == 0
    assert desk.get("/bookings/").text.count('data-key="i"') == 1
