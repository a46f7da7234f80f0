"""Changing a booking: only what was changed is sent, and what Piggy made of it is said."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contacts.bookings.forms import PeopleField
from contacts.models import Booking
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.booking_hands import (
    ELSEWHERE,
    HTMX,
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


# --- changing one --------------------------------------------------------------------------------------------------


def test_only_what_was_changed_is_sent(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    form = edit(desk, dinner).send(number_of_people="5")
    assert "Changed the booking: party size." in form.text
    assert sent(sandbox) == {"number_of_people": 5}
    assert at_piggy(sandbox)["number_of_people"] == 5
    assert form.fields["number_of_people"] == "5"
    assert "By Fatima El Idrissi" in form.text


def test_nothing_changed_is_said_and_sends_nothing(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    form = edit(desk, dinner).send(number_of_people=" 4 ")
    assert "Nothing was changed, so nothing was sent." in form.text
    assert writes(sandbox) == []


def test_a_booking_of_the_past_can_still_be_changed(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    edit(desk, dinner).send(starts_at="2020-05-01T19:00", ends_at="2020-05-01T21:00")
    form = edit(desk, dinner).send(ends_at="2020-05-01T22:15")
    assert form.status == 200
    assert sent(sandbox) == {"ends_at": "2020-05-01T20:15:00+00:00"}


def test_an_end_before_the_start_that_stands_is_refused(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    form = edit(desk, dinner).send(ends_at="2026-11-21T18:00")
    assert form.status == 422
    assert "It ends before it starts" in form.errors
    assert writes(sandbox) == []


def test_odd_values_from_elsewhere_do_not_stand_in_the_way(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    Booking.objects.update(number_of_people=5000, ends_at=datetime(2026, 11, 21, 12, tzinfo=UTC))
    form = edit(desk, dinner).send(company_name="Oudekerk BV")
    assert form.status == 200
    assert sent(sandbox) == {"company_name": "Oudekerk BV"}


def test_a_field_that_was_emptied_is_sent_empty_and_the_answer_decides(
    desk: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    form = edit(desk, dinner).send(source="", status="")
    assert sent(sandbox) == {"source": "", "status": ""}
    assert "Piggy does not say whether it emptied: status." in form.text
    row = Booking.objects.get()
    assert (row.source, row.facts["source"]["how"]) == (None, "here")
    assert (row.status, row.facts["status"]["how"]) == (None, "emptied")
    assert "Emptied by Fatima El Idrissi; Piggy does not say whether it did" in form.text


def test_what_piggy_kept_its_own_way_is_said_and_shown(
    desk: Person, sandbox: SandboxAccount, dinner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from piggyadmin.piggy.client import Piggy

    real = Piggy.update_booking

    def stubborn(self: Piggy, *, booking_uuid: str, fields: dict[str, Any]) -> Any:
        """A Piggy that empties nothing, whatever it is sent."""
        return real(self, booking_uuid=booking_uuid, fields=fields | {"source": "Phone"})

    monkeypatch.setattr(Piggy, "update_booking", stubborn)
    form = edit(desk, dinner).send(source="")
    assert "Piggy kept its own: source." in form.text
    assert form.fields["source"] == "Phone"
    assert "Told by Piggy" in form.text


def test_a_pasted_id_opens_with_unknown_fields_and_keeps_what_it_learns(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    sandbox.add_booking(
        uuid=ELSEWHERE,
        contact_uuid=sanne["uuid"],
        shop_uuid="shop-utrecht",
        external_id="TF-1",
        starts_at="2026-11-21T18:00:00+00:00",
        number_of_people=8,
    )
    opened = desk.post("/bookings/", {"code": f"https://piggy.example/bookings/{ELSEWHERE}"}, follow=True)
    assert "never seen here" in opened.text
    assert "Not known here; empty leaves it as it is." in opened.text
    assert sandbox.calls == []
    form = edit(desk, ELSEWHERE).send(status="in progress")
    assert sent(sandbox) == {"status": "in progress"}
    assert form.fields["starts_at"] == "2026-11-21T19:00"
    assert form.fields["number_of_people"] == ""
    row = Booking.objects.get()
    assert (row.contact_uuid, row.external_id, row.shop) == (sanne["uuid"], "TF-1", None)
    assert "number_of_people" not in row.facts
    assert at_piggy(sandbox)["number_of_people"] == 8


def test_an_id_that_piggy_does_not_have_is_said_and_leaves_nothing_behind(
    desk: Person, sandbox: SandboxAccount
) -> None:
    form = edit(desk, ELSEWHERE).send(status="in progress")
    assert form.status == 409
    assert "The booking was not changed." in form.text
    assert "ERR 60013" in form.text
    assert form.fields["status"] == "in progress"
    assert not Booking.objects.exists()


def test_a_booking_is_shown_by_the_clock_of_its_own_shop(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    lisbon = Shop.objects.create(piggy_uuid="shop-lisbon", name="Lisboa", time_zone="Europe/Lisbon")
    Booking.objects.update(shop=lisbon)
    form = edit(desk, dinner)
    assert form.fields["starts_at"] == "2026-11-21T18:00"
    assert "Europe/Lisbon" in form.text
    form.send(starts_at="2026-11-21T18:30")
    assert sent(sandbox) == {"starts_at": "2026-11-21T18:30:00+00:00"}


def test_a_value_that_piggy_does_not_take_is_said_beside_its_field(
    desk: Person, sandbox: SandboxAccount, dinner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = edit(desk, dinner)
    with monkeypatch.context() as loosened:  # Piggy's own bounds are not known to us and may be narrower
        loosened.setattr(PeopleField, "clean", lambda self, value: 99_999_999_999)
        form.send(number_of_people="7", status="in progress")
    assert form.status == 409
    assert "The booking was not changed." in form.text
    assert "Piggy does not take this" in form.errors
    assert (form.fields["number_of_people"], form.fields["status"]) == ("7", "in progress")
    assert "Changed the booking" in form.send().text


def test_piggy_being_busy_is_not_done_and_the_same_form_may_be_sent_later(
    desk: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    sandbox.fault("update_booking", kind="429", retry_after=0)
    form = edit(desk, dinner).send(status="in progress")
    assert form.status == 409
    assert "Piggy is busy" in form.text
    assert at_piggy(sandbox)["status"] == "created"
    assert "Changed the booking: status." in form.send().text
    assert at_piggy(sandbox)["status"] == "in progress"
    assert Act.objects.filter(action="booking.update").count() == 1


def test_a_second_click_shows_what_the_first_came_to(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    form = edit(desk, dinner).send(status="in progress")
    form.again()
    assert "Changed the booking: status." in form.text
    assert writes(sandbox) == ["update_booking"]


def test_with_htmx_the_browser_is_led_to_the_page(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    form = edit(desk, dinner)
    answer = desk.post(form.path, form.fields | {"status": "completed"}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == form.path
    assert at_piggy(sandbox)["status"] == "completed"


def test_the_acts_keep_old_and_new_in_words_that_can_be_erased(
    desk: Person, sandbox: SandboxAccount, dinner: str, sanne: dict[str, Any]
) -> None:
    edit(desk, dinner).send(company_name="Oudekerk BV", status="completed")
    act = Act.objects.get(action="booking.update")
    assert act.figures == {"fields": "status, company"}
    assert act.contact_id == sanne["uuid"]
    words = act.details.get(event=None).words
    assert words == {"company_name": {"after": "Oudekerk BV"}, "status": {"before": "created", "after": "completed"}}


def test_times_are_read_by_the_clock_that_the_page_named(
    desk: Person, sandbox: SandboxAccount, sanne: dict[str, Any]
) -> None:
    """The shop is picked anew in another tab, and nobody knows this booking's own shop."""
    sandbox.add_booking(uuid=ELSEWHERE, contact_uuid=sanne["uuid"], shop_uuid="shop-utrecht")
    form = edit(desk, ELSEWHERE)
    lisbon = Shop.objects.create(piggy_uuid="shop-lisbon", name="Lisboa", time_zone="Europe/Lisbon")
    session = desk.session
    session["shop"] = str(lisbon.pk)
    session.save()
    form.send(starts_at="2026-11-21T19:00")
    assert sent(sandbox) == {"starts_at": "2026-11-21T18:00:00+00:00"}
    assert form.fields["starts_at"] == "2026-11-21T18:00"
    assert "Europe/Lisbon" in form.text


@pytest.mark.parametrize("hidden", ["form_token", "version", "zone"])
def test_a_form_that_is_not_whole_says_so(desk: Person, sandbox: SandboxAccount, dinner: str, hidden: str) -> None:
    form = edit(desk, dinner).send(**{hidden: "", "status": "completed"})
    assert form.status == 422
    assert "Nothing was sent: this form is not complete. Open the page again." in form.text
    assert form.fields["status"] == "completed"
    assert writes(sandbox) == []
