"""Bookings: the day's list, making one, changing one, a clash between two people, a lost answer, and a file."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from playwright.sync_api import expect

from contacts.bookings import known
from contacts.models import Booking, RecentContact
from contacts.timed.fields import as_json
from piggyadmin.accounts.models import Shop, Staff
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto, regular

ZONE = ZoneInfo("Europe/Amsterdam")
ELSEWHERE = "7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01"
DAY = date(2026, 11, 21)


def booked(visit: Visit, hour: int = 19, *, name: str = "", shop: bool = True, **values: Any) -> str:
    """A booking that stands at Piggy and is known here, for a customer of this name; its id."""
    assert visit.person
    contact = visit.sandbox.add_contact(firstname=name or "Þórunn", lastname="" if name else "Ægisdóttir")
    starts = datetime.combine(DAY, time(hour), tzinfo=ZONE).astimezone(UTC)
    fields = {
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "number_of_people": 4,
        "status": "created",
        "source": "Phone",
        "company_name": None,
        "prepaid_amount": 2500,
        "external_id": f"RSV-{hour}",
    } | values
    place = Shop.objects.get()
    row = visit.sandbox.add_booking(
        contact_uuid=contact["uuid"],
        shop_uuid=place.piggy_uuid,
        **{name: as_json(value) for name, value in fields.items()},
    )
    staff = visit.person.staff
    RecentContact.objects.create(
        staff=staff, contact_uuid=contact["uuid"], name=name or "Þórunn Ægisdóttir", seen_at=timezone.now()
    )
    Booking.objects.create(
        piggy_uuid=row["uuid"],
        contact_uuid=contact["uuid"],
        shop=place if shop else None,
        facts={name: known.fact(known.HERE, timezone.now(), staff) for name in fields},
        version=1,
        **fields,
    )
    return str(row["uuid"])


def day_full(visit: Visit) -> None:
    checked_in = datetime(2026, 11, 21, 9, 32, tzinfo=UTC)
    booked(visit, 10, name="Joost de Boer", checked_in_at=checked_in, status="in progress")
    booked(visit, 12, name=LONG_NAME, company_name=UNBROKEN_NAME, number_of_people=1000)
    booked(visit, 14, name=" ".join(ARABIC_NAME), status="canceled")
    booked(visit, 19, ends_at=datetime(2026, 11, 22, 1, tzinfo=UTC))
    booked(visit, 20, name="Aylin", shop=False)
    visit.page.goto("/bookings/?day=2026-11-21")


def day_bad_code(visit: Visit) -> None:
    booked(visit)
    visit.page.goto("/bookings/?day=2026-11-21")
    visit.page.get_by_label("Open one by its code").fill("RSV-NOTHING")
    visit.page.get_by_role("button", name="Open", exact=True).click()
    expect(visit.page.locator(".error")).to_be_visible()


def new_form(visit: Visit) -> None:
    contact = regular(visit.sandbox)
    visit.page.goto(f"/bookings/new/?contact={contact['uuid']}")


def fill(visit: Visit, **values: str) -> None:
    for name, value in values.items():
        visit.page.locator(f"[name={name}]").fill(value)


def send(visit: Visit) -> None:
    visit.page.locator("form[data-save] .btn.primary").click()


def new_wrong(visit: Visit) -> None:
    new_form(visit)
    fill(visit, starts_at="2026-03-29T02:30", ends_at="2026-03-29T01:00", number_of_people="0", prepaid_amount="a lot")
    send(visit)
    expect(visit.page.locator(".error").first).to_be_visible()


def new_twice(visit: Visit) -> None:
    new_form(visit)
    fill(visit, starts_at="2026-10-25T02:30")
    send(visit)
    expect(visit.page.get_by_text("The first, summer time")).to_be_visible()


def new_lost(visit: Visit) -> None:
    visit.sandbox.fault("create_booking", kind="lost_after")
    new_form(visit)
    fill(visit, starts_at="2026-11-21T19:30")
    send(visit)
    expect(visit.page.get_by_text("We did not get an answer")).to_be_visible()


def edit(visit: Visit, **values: Any) -> str:
    uuid = booked(visit, **values)
    visit.page.goto(f"/bookings/{uuid}/edit/")
    return uuid


def edit_full(visit: Visit) -> None:
    edit(visit, name=LONG_NAME, company_name=UNBROKEN_NAME, checked_in_at=datetime(2026, 11, 21, 18, 4, tzinfo=UTC))


def edit_saved(visit: Visit) -> None:
    edit(visit)
    fill(visit, number_of_people="5", source="")
    send(visit)
    expect(visit.page.get_by_text("Changed the booking: party size, source.", exact=True)).to_be_visible()


def edit_clash(visit: Visit) -> None:
    uuid = edit(visit)
    daan = Staff.objects.create_user(username="daan", name="Daan van Dijk")
    known.apply(
        booking_uuid=uuid,
        values={
            "number_of_people": 6,
            "starts_at": datetime(2026, 11, 21, 18, 30, tzinfo=UTC),
            "ends_at": datetime(2026, 11, 21, 21, 15, tzinfo=UTC),
        },
        by=daan,
        at=timezone.now(),
    )
    fill(visit, number_of_people="5", starts_at="2026-11-21T20:00")
    send(visit)
    expect(visit.page.get_by_text("somebody changed it while you typed")).to_be_visible()


def edit_lost(visit: Visit) -> None:
    visit.sandbox.fault("update_booking", kind="lost_after")
    edit(visit)
    fill(visit, number_of_people="5", company_name="Oudekerk BV")
    send(visit)
    expect(visit.page.get_by_role("heading", name="We do not know whether this was saved")).to_be_visible()


def edit_refused(visit: Visit) -> None:
    visit.page.goto(f"/bookings/{ELSEWHERE}/edit/")
    fill(visit, status="completed")
    send(visit)
    expect(visit.page.get_by_text("The booking was not changed.")).to_be_visible()


HEADING = b"booking_uuid,contact_uuid,shop_uuid,starts_at,number_of_people,status,colour\r\n"


def show_file(visit: Visit, rows: list[str]) -> None:
    visit.page.goto("/bookings/import/")
    data = HEADING + "\r\n".join(rows).encode()
    visit.page.get_by_label("CSV file").set_input_files([{"name": "a.csv", "mimeType": "text/csv", "buffer": data}])
    fill(visit, as_of="2026-11-20T09:00")
    visit.page.get_by_role("button", name="Show what it would do").click()


def import_shown(visit: Visit) -> None:
    rows = [f"b-{n},c-{n},shop-utrecht,2026-11-21 {n:02}:30,{n},created,red" for n in range(1, 13)]
    rows += ["b-1,c-1,shop-utrecht,,,,", "b-90,c-90,nowhere,,,,", "b-91,c-91,shop-utrecht,2026-02-30 10:00,,,"]
    show_file(visit, rows)
    expect(visit.page.get_by_role("heading", name="What this file would do")).to_be_visible()


def import_bad(visit: Visit) -> None:
    visit.page.goto("/bookings/import/")
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": "booking_uuid\r\nÉ".encode("utf-16")}
    visit.page.get_by_label("CSV file").set_input_files([file])
    fill(visit, as_of="2026-11-20T09:00")
    visit.page.get_by_role("button", name="Show what it would do").click()
    expect(visit.page.locator(".error")).to_be_visible()


def edit_plain(visit: Visit) -> None:
    edit(visit)


BOOKINGS = [
    Place("bookings-day-empty", goto("/bookings/")),
    Place("bookings-day", day_full),
    Place("bookings-day-bad-code", day_bad_code),
    Place("bookings-new-whose", goto("/bookings/new/")),
    Place("bookings-new", new_form),
    Place("bookings-new-wrong", new_wrong),
    Place("bookings-new-hour-twice", new_twice),
    Place("bookings-new-lost", new_lost),
    Place("bookings-edit", edit_plain),
    Place("bookings-edit-full", edit_full),
    Place("bookings-edit-saved", edit_saved),
    Place("bookings-edit-clash", edit_clash),
    Place("bookings-edit-lost", edit_lost),
    Place("bookings-edit-unseen", goto(f"/bookings/{ELSEWHERE}/edit/")),
    Place("bookings-edit-refused", edit_refused, "admin"),
    Place("bookings-import", goto("/bookings/import/")),
    Place("bookings-import-shown", import_shown),
    Place("bookings-import-bad-file", import_bad),
]
