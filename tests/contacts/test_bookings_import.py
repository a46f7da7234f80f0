"""Bookings from a file: what it would do is shown first, then exactly that is done, or nothing."""

import csv
import html
import io
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contacts.bookings import importing
from contacts.bookings.reading import COLUMNS, MOST_ROWS, NotABookingFile, read
from contacts.models import Booking
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.booking_hands import edit, fields_of
from tests.fixtures_sandbox import SandboxAccount

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = {"shop-utrecht": AMSTERDAM, "shop-lisbon": ZoneInfo("Europe/Lisbon")}
NEEDED = "booking_uuid,contact_uuid,shop_uuid"
FULL = "b-1,c-1,shop-utrecht,TF-1,Widget,2026-11-21 19:30,2026-11-21T21:30:00+01:00,,4,Café ’t Hoekje,created,2500"


def sheet(*rows: str, heading: str = ",".join(COLUMNS)) -> bytes:
    return "\r\n".join([heading, *rows, ""]).encode()


class Desk:
    """One person at the import page."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def show(self, data: bytes, as_of: str | None = None) -> "Desk":
        made = as_of or timezone.localtime(timezone=AMSTERDAM).strftime("%Y-%m-%dT%H:%M")
        file = SimpleUploadedFile("bookings.csv", data, content_type="text/csv")
        return self._keep(self.person.post("/bookings/import/", {"file": file, "as_of": made}))

    def confirm(self, **changed: str) -> "Desk":
        found = re.search(r'<form class="acts" method="post".*?</form>', self.page.text, re.DOTALL)
        if found:
            self.form = fields_of(found.group())
        return self._keep(self.person.post("/bookings/import/", self.form | changed, follow=True))

    def _keep(self, page: Any) -> "Desk":
        self.page, self.text, self.status = page, html.unescape(page.text), page.status_code
        return self

    @property
    def counts(self) -> dict[str, int]:
        found = re.findall(r'<dt>([\w ]+)</dt><dd><span class="n">([\d,]+)</span>', self.text)
        return {name: int(number.replace(",", "")) for name, number in found}


@pytest.fixture
def at_desk(desk: Person, sandbox: SandboxAccount) -> Desk:
    return Desk(desk)


# --- the page ------------------------------------------------------------------------------------------------------


def test_the_page_documents_every_column(desk: Person, sandbox: SandboxAccount) -> None:
    page = desk.get("/bookings/import/").text
    for name in COLUMNS:
        assert f"<code>{name}</code>" in page
    assert "Nothing is sent to Piggy" in page


def test_a_file_is_shown_first_and_then_imported_as_shown(at_desk: Desk, sandbox: SandboxAccount, shop: Shop) -> None:
    at_desk.show(sheet(FULL, "b-2,c-2,shop-utrecht,,,,,,0,,,", "b-3,c-3,shop-nowhere,,,,,,,,,"))
    assert at_desk.status == 200
    assert at_desk.counts == {"New": 1, "Changed": 0, "Nothing new": 0, "Refused": 2}
    assert "number_of_people is not a whole number from 1 to 1,000." in at_desk.text
    assert "no shop here has this id" in at_desk.text
    assert not Booking.objects.exists()
    assert not Act.objects.exists()
    at_desk.confirm()
    assert "Imported bookings from a file: 1 new, 0 changed." in at_desk.text
    row = Booking.objects.get()
    assert row.starts_at == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    assert row.ends_at == datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
    assert (row.number_of_people, row.prepaid_amount, row.company_name) == (4, 2500, "Café ’t Hoekje")
    assert (row.shop, row.contact_uuid) == (shop, "c-1")
    assert row.facts["status"]["how"] == "file"
    assert "checked_in_at" not in row.facts
    assert sandbox.calls == []
    act = Act.objects.get()
    assert (act.figures["added"], act.figures["refused"]) == (1, 2)
    assert "From a file, imported by Fatima El Idrissi" in edit(at_desk.person, "b-1").text


def test_the_confirmation_sent_twice_imports_once(at_desk: Desk) -> None:
    at_desk.show(sheet(FULL)).confirm()
    first = Booking.objects.get()
    at_desk.confirm()
    assert "1 new, 0 changed" in at_desk.text
    assert Booking.objects.get().version == first.version
    assert Act.objects.count() == 1


def test_the_same_file_again_has_nothing_new(at_desk: Desk) -> None:
    at_desk.show(sheet(FULL)).confirm()
    at_desk.show(sheet(FULL))
    assert at_desk.counts == {"New": 0, "Changed": 0, "Nothing new": 1, "Refused": 0}
    assert ">Import " not in at_desk.text


def test_a_newer_file_changes_what_an_older_one_said(at_desk: Desk) -> None:
    at_desk.show(sheet(FULL), as_of="2026-11-01T10:00").confirm()
    at_desk.show(sheet(FULL.replace("created", "completed")), as_of="2026-11-02T10:00")
    assert at_desk.counts["Changed"] == 1
    assert "changes status" in at_desk.text
    at_desk.confirm()
    assert Booking.objects.get().status == "completed"
    at_desk.show(sheet(FULL), as_of="2026-11-01T10:00")
    assert at_desk.counts["Nothing new"] == 1
    assert "here later, so it stays: status" in at_desk.text


def test_what_was_set_here_later_than_the_file_stays(at_desk: Desk, sandbox: SandboxAccount) -> None:
    sandbox.add_contact(uuid="c-1")
    sandbox.add_booking(uuid="b-1", contact_uuid="c-1", shop_uuid="shop-utrecht")
    edit(at_desk.person, "b-1").send(status="in progress", number_of_people="7")
    at_desk.show(sheet(FULL), as_of="2026-11-20T10:00")
    assert "changes company, prepaid, shop; here later, so it stays: " in at_desk.text
    # Piggy's answer told that the other five are empty; status and party size were set here
    assert "it stays: starts, ends, party size, status, source, code elsewhere<" in at_desk.text
    at_desk.confirm()
    row = Booking.objects.get()
    assert (row.status, row.number_of_people) == ("in progress", 7)
    assert (row.company_name, row.prepaid_amount) == ("Café ’t Hoekje", 2500)
    assert row.shop is not None


def test_a_change_between_showing_and_importing_imports_nothing_and_shows_it_anew(
    at_desk: Desk, sandbox: SandboxAccount, desk: Person
) -> None:
    at_desk.show(sheet(FULL, FULL.replace("b-1", "b-2").replace("TF-1", "TF-2")))
    other = Desk(desk)
    other.show(sheet(FULL.replace(",4,", ",6,"))).confirm()
    at_desk.confirm()
    assert at_desk.status == 409
    assert "Nothing was imported yet" in at_desk.text
    assert Booking.objects.count() == 1
    assert at_desk.counts["New"] == 1
    at_desk.confirm()
    assert Booking.objects.count() == 2


def test_a_booking_known_with_somebody_else_is_refused(at_desk: Desk) -> None:
    at_desk.show(sheet(FULL)).confirm()
    Shop.objects.create(piggy_uuid="shop-lisbon", name="Lisboa")
    at_desk.show(sheet(FULL.replace("c-1", "c-9"), FULL.replace("b-1", "b-2").replace("c-1", "c-2")))
    assert "known here with another customer" in at_desk.text
    assert at_desk.counts["New"] == 1
    at_desk.show(sheet(FULL.replace("shop-utrecht", "shop-lisbon")))
    assert "known here in another shop" in at_desk.text


def test_a_refused_row_that_fits_by_now_is_looked_at_again(at_desk: Desk, desk: Person) -> None:
    at_desk.show(sheet(FULL)).confirm()
    at_desk.show(sheet(FULL.replace("c-1", "c-9"), FULL.replace("b-1", "b-2").replace("c-1", "c-2")))
    Desk(desk).show(sheet(FULL.replace("b-1", "b-2").replace("c-1", "c-2"))).confirm()
    Booking.objects.filter(piggy_uuid="b-1").delete()
    at_desk.confirm()
    assert at_desk.status == 409
    assert at_desk.counts == {"New": 1, "Changed": 0, "Nothing new": 1, "Refused": 0}


def test_what_was_shown_is_nobody_elses_and_not_for_ever(at_desk: Desk, admin: Person) -> None:
    at_desk.show(sheet(FULL))
    form = fields_of(re.search(r'<form class="acts" method="post".*?</form>', at_desk.page.text, re.DOTALL).group())
    for person, change in ((admin, {}), (at_desk.person, {"plan": "another"}), (at_desk.person, {"plan": "\x00"})):
        page = person.post("/bookings/import/", form | change)
        assert page.status_code in (409, 422)
        assert "What was shown is no longer kept" in page.text
    cache.clear()
    at_desk.confirm()
    assert at_desk.status == 409
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        (" ", "Say when it was made."),
        ("2030-01-01T10:00", "still to come"),
        ("2026-03-29T02:30", "does not exist"),
        ("yesterday", "Write a day and a time"),
    ],
)
def test_the_age_of_the_file_must_be_said(at_desk: Desk, as_of: str, words: str) -> None:
    at_desk.show(sheet(FULL), as_of=as_of)
    assert at_desk.status == 422
    assert words in at_desk.text


def test_no_file_and_a_file_too_large_are_said(at_desk: Desk) -> None:
    page = at_desk.person.post("/bookings/import/", {"as_of": "2026-11-01T10:00"})
    assert page.status_code == 422
    assert "Choose a file first." in page.text
    at_desk.show(b"x" * (4 * 1024 * 1024))
    assert at_desk.status == 422
    assert "larger than 3 MB" in at_desk.text
    at_desk.show(b"")
    assert "The file is empty." in at_desk.text


def test_the_most_rows_are_shown_and_imported_in_seconds(at_desk: Desk) -> None:
    rows = [f"b-{n},c-{n},shop-utrecht,TF-{n},Widget,2026-11-21 19:30,,,4,,created," for n in range(MOST_ROWS)]
    began = time.process_time()
    at_desk.show(sheet(*rows))
    assert at_desk.counts["New"] == MOST_ROWS
    assert len(at_desk.page.content) < 100_000
    at_desk.confirm()
    assert Booking.objects.count() == MOST_ROWS
    at_desk.show(sheet(*[row.replace("created", "completed") for row in rows])).confirm()
    assert Booking.objects.filter(status="completed").count() == MOST_ROWS
    assert time.process_time() - began < 60


def test_two_hundred_thousand_rows_are_refused_at_once() -> None:
    began = time.process_time()
    small = sheet(*["b,c,s"] * 200_000, heading=NEEDED)
    with pytest.raises(NotABookingFile, match="more than 5,000 rows"):
        read(small, zones=ZONES)
    with pytest.raises(NotABookingFile, match="larger than 3 MB"):
        read(sheet(*[FULL] * 200_000), zones=ZONES)
    assert time.process_time() - began < 10


# --- the reader ----------------------------------------------------------------------------------------------------


def read_one(**cells: str) -> Any:
    given = {"booking_uuid": "b-1", "contact_uuid": "c-1", "shop_uuid": "shop-utrecht"} | cells
    text = io.StringIO()
    csv.writer(text).writerows([list(given), list(given.values())])
    return read(text.getvalue().encode(), zones=ZONES)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"  \r\n ", "The file is empty"),
        (sheet(FULL).decode().encode("utf-16"), "written in UTF-16"),
        (sheet(FULL).decode().encode("utf-16-le"), "written in UTF-16"),
        (sheet(FULL).decode().encode("utf-16-be"), "written in UTF-16"),
        (sheet(FULL).decode().replace("’", "'").encode("latin-1"), r"not written in UTF-8 \(see row 2\).*latin-1"),
        (b"PK\x03\x04rest of a workbook", "workbook, not a CSV file"),
        (b"\xd0\xcf\x11\xe0rest of an old one", "workbook, not a CSV file"),
        (b"%PDF-1.7 something", "The heading has no booking_uuid and no contact_uuid and no shop_uuid"),
        (b"<html><body>Sign in</body></html>", "The heading has no booking_uuid"),
        (b"\x00" * 500, "UTF-16"),
        (sheet(), "no row under the heading"),
        (sheet("b-1,c-1", heading="booking_uuid,contact_uuid"), "The heading has no shop_uuid"),
        (sheet("b-1,c-1,s,x", heading=f"{NEEDED},shop_uuid"), "shop_uuid stands there twice"),
        (sheet('b-1,c-1,"s', heading=NEEDED), "Row 2 is not CSV"),
        (sheet('b-1,c-1,"s"x', heading=NEEDED), "Row 2 is not CSV"),
        (sheet("b-1,c-1," + "s" * 200_000, heading=NEEDED), "Row 2 is not CSV"),
    ],
)
def test_a_file_that_is_none_is_named(data: bytes, words: str) -> None:
    with pytest.raises(NotABookingFile, match=words):
        read(data, zones=ZONES)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_commas_semicolons_and_tabs_are_understood(delimiter: str, mark: bytes) -> None:
    data = mark + sheet(FULL).replace(b",", delimiter.encode())
    [row] = read(data, zones=ZONES).rows
    assert row.values["company_name"] == "Café ’t Hoekje"
    assert row.number == 2


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"booking_uuid": ""}, "booking_uuid is empty"),
        ({"booking_uuid": "a/b"}, "no id that Piggy could have given"),
        ({"contact_uuid": "x" * 65}, "no id that Piggy could have given"),
        ({"shop_uuid": "elsewhere"}, "no shop here has this id"),
        ({"status": "=SUM(A1:A9)"}, "looks like a formula"),
        ({"company_name": "@import"}, "looks like a formula"),
        ({"external_id": "+cmd|' /C calc'!A0"}, "looks like a formula"),
        ({"source": "-x"}, "looks like a formula"),
        ({"status": "a\x00b"}, "control character"),
        ({"status": "a\nb"}, "control character or a line break"),
        ({"status": "x" * 256}, "longer than 255"),
        ({"number_of_people": "0"}, "from 1 to 1,000"),
        ({"number_of_people": "-1"}, "from 1 to 1,000"),
        ({"number_of_people": "10000"}, "from 1 to 1,000"),
        ({"number_of_people": "4.0"}, "from 1 to 1,000"),
        ({"number_of_people": "٤"}, "from 1 to 1,000"),
        ({"prepaid_amount_cents": "25.00"}, "prepaid_amount_cents is not a whole number"),
        ({"prepaid_amount_cents": "9" * 400}, "prepaid_amount_cents is not a whole number"),
        ({"starts_at": "2026-02-30 10:00"}, "There is no such day: 30 February 2026"),
        ({"starts_at": "2026-03-29 02:30"}, "02:30 does not exist"),
        ({"starts_at": "2026-10-25 02:30"}, "Write its offset"),
        ({"starts_at": "2026-11-21T10:00+99:00"}, "no such offset"),
        ({"starts_at": "46347.8125"}, "Write a day and a time"),
        ({"starts_at": "2026-11-21 20:00", "ends_at": "2026-11-21 19:00"}, "it ends before it starts"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(cells: dict[str, str], words: str) -> None:
    found = read_one(**cells)
    assert found.rows == []
    [refused] = found.refused
    assert refused.number == 2
    assert words in refused.reason


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-21 19:30", "2026-11-21T18:30:00+00:00"),
        ("2026-07-21T19:30:05", "2026-07-21T17:30:05+00:00"),
        ("2026-11-21T19:30:00Z", "2026-11-21T19:30:00+00:00"),
        ("2026-11-21 19:30:00 +0100", "2026-11-21T18:30:00+00:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00+00:00"),
        ("2026-11-21T19:30:00.000-05:00", "2026-11-22T00:30:00+00:00"),
    ],
)
def test_a_moment_is_by_the_clock_of_its_shop_or_by_its_offset(text: str, at: str) -> None:
    [row] = read_one(starts_at=text).rows
    assert row.values["starts_at"].isoformat() == at


def test_each_row_is_read_by_the_clock_of_its_own_shop() -> None:
    [row] = read_one(shop_uuid="shop-lisbon", starts_at="2026-11-21 19:30").rows
    assert row.values["starts_at"] == datetime(2026, 11, 21, 19, 30, tzinfo=UTC)


def test_a_booking_that_stands_there_twice_is_taken_once() -> None:
    found = read(sheet(FULL, FULL.replace("created", "completed")), zones=ZONES)
    assert [row.number for row in found.rows] == [2]
    assert found.refused[0].reason == "The same booking as in row 2."


def test_rows_of_another_length_empty_rows_and_unknown_columns() -> None:
    found = read(
        sheet("b-1,c-1,shop-utrecht,x", "", ",,,", "b-2,c-2", "b-3,c-3,shop-utrecht,1,2", heading=f"{NEEDED},colour"),
        zones=ZONES,
    )
    assert [row.booking_uuid for row in found.rows] == ["b-1"]
    assert found.ignored == ["colour"]
    assert [(one.number, one.reason) for one in found.refused] == [
        (5, "It has 2 cells, the heading 4."),
        (6, "It has 5 cells, the heading 4."),
    ]


@given(data=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    for begin in (b"", NEEDED.encode() + b",status,starts_at\r\n"):
        assert all(said.endswith(".") for said in what_is_said_of(begin + data))


def what_is_said_of(data: bytes) -> list[str]:
    try:
        return [one.reason for one in read(data, zones=ZONES).refused]
    except NotABookingFile as error:
        return [str(error)]


texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"]), min_size=1, max_size=40)


@given(
    company=texts.filter(lambda text: text.strip() and text.strip()[0] not in "=+-@"),
    people=st.integers(1, 1000),
    cents=st.integers(0, 10_000_000),
    at=st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30)).map(lambda at: at.replace(microsecond=0)),
    delimiter=st.sampled_from(",;\t"),
)
def test_what_another_system_writes_is_read_as_it_was(
    company: str, people: int, cents: int, at: datetime, delimiter: str
) -> None:
    import unicodedata

    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([*NEEDED.split(","), "company_name", "number_of_people", "prepaid_amount_cents", "starts_at"])
    writer.writerow(["b-1", "c-1", "shop-utrecht", company, people, cents, at.replace(tzinfo=UTC).isoformat()])
    [row] = read(text.getvalue().encode(), zones=ZONES).rows
    assert row.values == {
        "company_name": unicodedata.normalize("NFC", company.strip()),
        "number_of_people": people,
        "prepaid_amount": cents,
        "starts_at": at.replace(tzinfo=UTC),
    }


@pytest.mark.django_db
def test_a_plan_says_what_it_does_row_by_row(shop: Shop, desk: Person) -> None:
    now = timezone.now()
    Booking.objects.create(
        piggy_uuid="b-1",
        contact_uuid="c-1",
        status="created",
        facts={"status": {"how": "here", "at": (now - timedelta(days=1)).isoformat()}},
        version=3,
    )
    from piggyadmin.ledger.actor import Actor

    plan = importing.look_at(data=sheet(FULL), as_of=now, actor=Actor(desk.staff, "desk", shop))
    [step] = plan.steps
    assert step.version == 3
    assert step.words == "changes starts, ends, party size, company, prepaid, source, code elsewhere, shop"
