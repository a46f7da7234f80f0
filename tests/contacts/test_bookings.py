"""Making a booking at the desk: for whom, when, and what is refused."""

import html
import json
import re
from typing import Any

import pytest

from contacts.bookings import services
from contacts.models import Booking
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.booking_hands import (
    ELSEWHERE,
    Form,
    add_sanne,
    at_piggy,
    book_dinner,
    edit,
    sent,
    writes,
)
from tests.fixtures_sandbox import SandboxAccount


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict[str, Any]:
    return add_sanne(sandbox)


@pytest.fixture
def dinner(sandbox: SandboxAccount, sanne: dict[str, Any], desk: Person) -> str:
    """A booking made here: 21 November 2026, 19:00 to 21:00 in Amsterdam, for four."""
    return book_dinner(desk, sandbox, sanne)


# --- making one ----------------------------------------------------------------------------------------------------


def test_a_booking_is_made_for_a_customer_found_by_e_mail(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any], shop: Shop
) -> None:
    assert "Find the customer" in desk.get("/bookings/new/").text
    found = desk.post("/bookings/new/", {"customer": "sanne@mail.example"})
    assert found.headers["Location"] == f"/bookings/new/?contact={sanne['uuid']}"
    form = Form(desk, found.headers["Location"])
    assert "A booking for <bdi>Sanne Visser</bdi>" in form.text
    assert "Europe/Amsterdam" in form.text
    assert "Utrecht West" in form.text
    made = form.send(
        starts_at="2026-11-21T19:30", ends_at="2026-11-21T21:30", number_of_people="4", prepaid_amount="25"
    )
    assert "Made a booking." in made.text
    row = at_piggy(sandbox)
    assert row["starts_at"] == "2026-11-21T18:30:00+00:00"
    assert (row["shop_uuid"], row["contact_uuid"]) == (shop.piggy_uuid, sanne["uuid"])
    assert (row["number_of_people"], row["prepaid_amount"]) == (4, 2500)
    assert row["external_id"].startswith("PA-")
    known = Booking.objects.get()
    assert (known.piggy_uuid, known.shop, known.contact_uuid) == (row["uuid"], shop, sanne["uuid"])
    assert known.facts["number_of_people"]["how"] == "here"
    assert Act.objects.get(action="booking.create").contact_id == sanne["uuid"]
    page = desk.get(f"/bookings/{row['uuid']}/edit/").text
    assert Act.objects.get(action="booking.create").sentence in page  # its making is told with it


def test_a_booking_is_made_for_a_customer_found_by_card(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    sandbox.add_identifier("2600441700810092", contact_uuid=sanne["uuid"])
    found = desk.post("/bookings/new/", {"customer": "2600 4417 0081 0092"})
    assert found.headers["Location"].endswith(sanne["uuid"])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Scan the customer’s card first"),
        ("sanne@", "not a whole e-mail address"),
        ("nobody@mail.example", "No customer has this card or address"),
        ("26004417", "No customer has this card or address"),
        ("x" * 10_000, "10,000 characters"),
        ("a\x1b1", "control character"),
        ("a\x001", "Null characters"),
    ],
)
def test_nobody_is_found_by_nonsense(desk: Person, sandbox: SandboxAccount, typed: str, words: str) -> None:
    page = desk.post("/bookings/new/", {"customer": typed})
    assert page.status_code == 422
    assert words in page.text


def test_a_card_of_nobody_and_one_that_is_off_are_told_apart(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_identifier("2600441700810001")
    sandbox.add_identifier("2600441700810002", active=False)
    assert "belongs to nobody yet" in desk.post("/bookings/new/", {"customer": "2600441700810001"}).text
    assert "switched off" in desk.post("/bookings/new/", {"customer": "2600441700810002"}).text


def test_a_customer_that_is_not_there_is_said(desk: Person, sandbox: SandboxAccount) -> None:
    page = desk.get("/bookings/new/?contact=nobody")
    assert page.status_code == 404
    assert "Piggy has no such customer" in page.text


def test_a_customer_deleted_meanwhile_is_said_and_what_was_typed_stays(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}")
    form.fields["contact"] = "gone"
    form.send(starts_at="2026-11-21T19:30", company_name="Oudekerk BV")
    assert form.status == 409
    assert "The booking was not made." in form.text
    assert form.fields["company_name"] == "Oudekerk BV"
    assert not Booking.objects.exists()


def test_the_form_sent_twice_makes_one_booking(desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}").send(starts_at="2026-11-21T19:30")
    form.again()
    assert "Made a booking." in form.text
    assert len(sandbox.state("booking")) == 1


def test_a_code_that_another_booking_has_is_refused(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any], dinner: str
) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}")
    form.send(starts_at="2026-11-22T19:30", external_id="RSV-1")
    assert form.status == 422
    assert "Another booking has this code already" in form.errors
    assert f"/bookings/{dinner}/edit/" in form.text
    assert writes(sandbox) == []


def test_a_shop_changed_in_another_tab_sends_nothing(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}")
    other = Shop.objects.create(piggy_uuid="shop-other", name="Amersfoort")
    session = desk.session
    session["shop"] = str(other.pk)
    session.save()
    form.send(starts_at="2026-11-21T19:30")
    assert form.status == 409
    assert "you are in another shop now" in form.text
    assert writes(sandbox) == []


BAD = [
    ("starts_at", "2026-02-30T19:00", "There is no such day: 30 February 2026"),
    ("starts_at", "2026-11-21T25:00", "There is no such time"),
    ("starts_at", "tomorrow", "Write a day and a time"),
    ("starts_at", "0001-01-01T00:00", "Check the year"),
    ("starts_at", "9999-12-31T23:59", "Check the year"),
    ("starts_at", "", "When does it start?"),
    ("starts_at", "2026-03-29T02:30", "02:30 does not exist on 29 March 2026: the clock goes from 02:00 to 03:00"),
    ("ends_at", "2026-11-21T18:00", "It ends before it starts"),
    ("ends_at", "2026-11-21T19:00", "It ends before it starts"),
    ("number_of_people", "0", "1 to 1,000 people"),
    ("number_of_people", "-1", "Type a whole number of people"),
    ("number_of_people", "10,000", "1 to 1,000 people"),
    ("number_of_people", "a few", "Type a whole number of people"),
    ("number_of_people", "4\x00", "Null characters"),
    ("prepaid_amount", "-5", "Type euros"),
    ("prepaid_amount", "9" * 30, "too much"),
    ("status", "x" * 10_000, "10,000 characters"),
    ("company_name", "Oude\x00kerk", "Null characters"),
    ("company_name", "Oude\x1bkerk", "control character"),
    ("checked_in_at", "2100-01-01T10:00", "Nobody has checked in yet"),
]


@pytest.mark.parametrize(("name", "typed", "words"), BAD)
def test_bad_input_is_refused_beside_the_field_kept_and_never_sent(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any], name: str, typed: str, words: str
) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}")
    form.send(**{"starts_at": "2026-11-21T19:00", "source": "Phone"} | {name: typed})
    assert form.status == 422
    assert "A booking for <bdi>Sanne Visser</bdi>" in form.text
    assert re.search(rf'<input[^>]+name="{name}"[^>]+autofocus', form.page.text), "the first bad field has the focus"
    assert words in html.unescape(form.errors)
    assert form.fields["source"] == "Phone"
    assert form.fields[name] == typed
    assert writes(sandbox) == []
    assert not Act.objects.exists()


@pytest.mark.parametrize("text", ["Café ’t Hoekje 🥖", "عبد الرحمن", "<script>alert(1)</script>", "O'Brien & “Sons”"])
def test_names_in_every_script_are_sent_as_typed(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any], text: str
) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}")
    form.send(starts_at="2026-11-21T19:00", company_name=text)
    assert form.status == 200
    assert at_piggy(sandbox)["company_name"] == text
    assert "<script>alert" not in form.page.text
    assert form.fields["company_name"] == text


def test_the_hour_that_comes_twice_is_asked_about_and_kept(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}")
    assert 'name="starts_at_fold"' not in form.page.text
    form.send(starts_at="2026-10-25T02:30")
    assert form.status == 422
    assert "twice that night" in form.errors
    assert "The first, summer time, UTC+02:00" in form.text
    form.send(starts_at_fold="1")
    assert at_piggy(sandbox)["starts_at"] == "2026-10-25T01:30:00+00:00"
    uuid = Booking.objects.get().piggy_uuid
    again = edit(desk, uuid)
    assert again.fields["starts_at_fold"] == "1"
    sandbox.forget_calls()
    assert "Nothing was changed" in again.send().text
    edit(desk, uuid).send(starts_at_fold="0")
    assert sent(sandbox) == {"starts_at": "2026-10-25T00:30:00+00:00"}


# --- Piggy down, and who may ---------------------------------------------------------------------------------------


def test_with_piggy_down_bookings_can_be_read_and_nothing_is_called_done(
    desk: Person, sandbox: SandboxAccount, dinner: str, settings: Any
) -> None:
    settings.PIGGY_BASE_URL = "http://127.0.0.1:9"
    assert desk.get("/bookings/?day=2026-11-21").status_code == 200
    form = edit(desk, dinner).send(status="completed")
    assert form.status == 409
    assert "The booking was not changed." in form.text
    assert form.fields["status"] == "completed"
    assert Booking.objects.get().status == "created"


def test_a_customer_that_cannot_be_read_is_an_error_page(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    sandbox.broken = 503
    assert desk.get(f"/bookings/new/?contact={sanne['uuid']}").status_code == 503


def test_marketing_may_not(marketing: Person, sandbox: SandboxAccount) -> None:
    for path in ("/bookings/", "/bookings/new/", "/bookings/import/", f"/bookings/{ELSEWHERE}/edit/"):
        assert marketing.get(path).status_code == 403
    assert marketing.post(f"/bookings/{ELSEWHERE}/check-in/").status_code == 403


def test_without_a_shop_one_is_picked_first(desk: Person, sandbox: SandboxAccount) -> None:
    Shop.objects.create(piggy_uuid="shop-two", name="Two")
    session = desk.session
    del session["shop"]
    session.save()
    desk.staff.last_shop = None
    desk.staff.save()
    assert desk.get("/bookings/").headers["Location"].startswith("/shop/")


@pytest.mark.parametrize("hidden", ["form_token", "version", "zone", "base"])
@pytest.mark.parametrize("value", ["", "x" * 70_000, "[]", "Nowhere/Land", "\x00", '{"starts_at": 1}'])
def test_a_form_that_somebody_tampered_with_never_breaks(
    desk: Person, sandbox: SandboxAccount, dinner: str, hidden: str, value: str
) -> None:
    form = edit(desk, dinner).send(**{hidden: value, "status": "completed"})
    assert form.status in (200, 409, 422)


def test_a_clash_that_somebody_made_up_never_breaks(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    form = edit(desk, dinner)
    for clash in ('{"nothing": "1"}', "[1]", '{"status": 3}', "{", json.dumps({"status": "x" * 5000})):
        assert form.send(clash=clash, status="completed").status in (200, 409, 422)


def test_the_customers_panel_lists_what_we_know(
    desk: Person, sandbox: SandboxAccount, dinner: str, sanne: dict
) -> None:
    from django.template.loader import render_to_string

    [booking] = services.bookings_of(sanne["uuid"])
    panel = render_to_string("contacts/bookings/_panel.html", {"bookings": [booking], "contact_uuid": sanne["uuid"]})
    assert f"/bookings/{dinner}/edit/" in panel
    empty = render_to_string("contacts/bookings/_panel.html", {"bookings": [], "contact_uuid": "c-1"})
    assert "Piggy cannot list bookings, so we show those made or edited here." in empty


@pytest.mark.parametrize("hidden", ["form_token", "shop", "zone", "contact"])
@pytest.mark.parametrize("value", ["", "x" * 5000, "\x00"])
def test_a_new_form_that_is_not_whole_says_so(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any], hidden: str, value: str
) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}")
    form.send(**{"starts_at": "2026-11-21T19:00", hidden: value})
    assert form.status == 422
    words = "Choose the customer again" if hidden == "contact" else "this form is not complete"
    assert words in form.text
    assert "2026-11-21T19:00" in form.text
    assert writes(sandbox) == []


# --- the back button -----------------------------------------------------------------------------------------------


def test_the_same_booking_from_a_new_form_is_asked_about_once(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    """The back button fills the form in again, and the page has a token of its own by then."""
    path = f"/bookings/new/?contact={sanne['uuid']}"
    dinner = {"starts_at": "2026-11-21T19:30", "number_of_people": "4"}
    Form(desk, path).send(**dinner)
    again = Form(desk, path).send(**dinner)
    assert again.status == 409
    assert "this customer has a booking at that time" in again.text
    assert 'value="2026-11-21T19:30"' in again.text
    assert len(sandbox.state("booking")) == 1
    meant = again.send()
    assert "Made a booking." in meant.text
    assert len(sandbox.state("booking")) == 2


def test_a_second_click_is_still_told_what_the_first_came_to(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}")
    form.send(starts_at="2026-11-21T19:30")
    second = form.again()
    assert "Made a booking." in second.text
    assert len(sandbox.state("booking")) == 1
