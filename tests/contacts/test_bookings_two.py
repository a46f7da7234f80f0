"""Two people at one booking, answers that got lost, and the check-in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from contacts.bookings import services
from contacts.models import Booking
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.erasing import erase_details
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.booking_hands import (
    ELSEWHERE,
    Form,
    add_sanne,
    at_piggy,
    book_dinner,
    check_in_form,
    edit,
    press,
    sent,
    settle,
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


# --- two people ----------------------------------------------------------------------------------------------------


def test_of_two_people_the_second_chooses_between_both_values(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    mine = edit(desk, dinner)
    edit(admin, dinner).send(number_of_people="6", starts_at="2026-11-21T19:30", ends_at="2026-11-21T22:15")
    sandbox.forget_calls()
    mine.send(number_of_people="5", starts_at="2026-11-21T20:00", status="in progress")
    assert mine.status == 409
    assert writes(sandbox) == []
    assert "somebody changed it while you typed" in mine.text
    assert "theirs, by Mohammed Aït Ben Haddou" in mine.text
    for words in ("<bdi>6</bdi>", "<bdi>5</bdi>", "It was <bdi>4</bdi>.", "21 Nov 2026, 19:30", "21 Nov 2026, 20:00"):
        assert words in mine.text
    assert "Ends is now <strong><bdi>Sat 21 Nov 2026, 22:15" in mine.text
    assert mine.fields["status"] == "in progress"
    mine.send(pick_number_of_people="theirs", pick_starts_at="mine")
    assert "Changed the booking: starts, status." in mine.text
    assert sent(sandbox) == {"starts_at": "2026-11-21T19:00:00+00:00", "status": "in progress"}
    row = at_piggy(sandbox)
    assert (row["number_of_people"], row["ends_at"]) == (6, "2026-11-21T21:15:00+00:00")


def test_no_choice_made_is_said_and_nothing_is_lost(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    mine = edit(desk, dinner)
    edit(admin, dinner).send(number_of_people="6")
    mine.send(number_of_people="5", company_name="Oudekerk BV")
    sandbox.forget_calls()
    mine.send()
    assert mine.status == 422
    assert "Choose one of the two." in mine.errors
    assert mine.fields["number_of_people"] == "5"
    assert mine.fields["company_name"] == "Oudekerk BV"
    assert writes(sandbox) == []
    mine.send(pick_number_of_people="mine")
    assert sent(sandbox) == {"number_of_people": 5, "company_name": "Oudekerk BV"}


def test_a_third_change_during_the_choice_is_shown_too(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    mine = edit(desk, dinner)
    edit(admin, dinner).send(number_of_people="6")
    mine.send(number_of_people="5")
    edit(admin, dinner).send(number_of_people="7")
    sandbox.forget_calls()
    mine.send(pick_number_of_people="mine")
    assert mine.status == 409
    assert "<bdi>7</bdi>" in mine.text
    assert writes(sandbox) == []
    mine.send(pick_number_of_people="mine")
    assert at_piggy(sandbox)["number_of_people"] == 5


def test_a_change_elsewhere_is_shown_before_mine_is_sent(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    mine = edit(desk, dinner)
    edit(admin, dinner).send(status="canceled")
    sandbox.forget_calls()
    mine.send(number_of_people="5")
    assert mine.status == 409
    assert "Status is now <strong><bdi>canceled</bdi></strong>" in mine.text
    assert writes(sandbox) == []
    mine.send()
    assert sent(sandbox) == {"number_of_people": 5}


def test_the_same_change_by_two_people_needs_no_choice(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    mine = edit(desk, dinner)
    edit(admin, dinner).send(number_of_people="6")
    sandbox.forget_calls()
    mine.send(number_of_people="6")
    assert mine.status == 409
    assert "Party size is now" in mine.text
    assert "Nothing was changed" in mine.send().text
    assert writes(sandbox) == []


def test_of_two_saves_at_the_same_moment_one_wins(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one saves after this one looked, and before it claims."""
    mine = edit(desk, dinner)
    real = services.known.claim

    def late(booking_uuid: str, *, version: int) -> bool:
        monkeypatch.setattr(services.known, "claim", real)
        theirs = services.save(
            booking_uuid=booking_uuid,
            actor=Actor(admin.staff, "admin", admin.shop),
            version=version,
            typed={"number_of_people": 6},
            changed_since=lambda values: set(),
            token="their-one-time-token",
        )
        assert theirs.outcome is None or not theirs.outcome.done, "an earlier save is under way"
        Booking.objects.update(version=version + 1, number_of_people=6)
        return real(booking_uuid, version=version)

    monkeypatch.setattr(services.known, "claim", late)
    mine.send(number_of_people="5")
    assert mine.status == 409
    assert "<bdi>6</bdi>" in mine.text
    assert writes(sandbox) == []
    mine.send(pick_number_of_people="mine")
    assert at_piggy(sandbox)["number_of_people"] == 5


# --- nobody knows --------------------------------------------------------------------------------------------------


def test_an_unknown_change_shows_old_and_new_and_nothing_more_is_sent(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    other_tab = edit(desk, dinner)
    sandbox.fault("update_booking", kind="lost_after")
    page = edit(desk, dinner).send(number_of_people="5", starts_at="2026-11-21T20:00")
    assert "We do not know whether this was saved" in page.text
    assert "Sat 21 Nov 2026, 19:00" in page.text
    assert "Sat 21 Nov 2026, 20:00" in page.text
    assert page.fields == {}
    assert "Changed the booking" not in page.text
    act = Act.objects.get(action="booking.update")
    assert f"/audit/{act.pk}/" in page.text
    other_tab.send(status="completed")
    assert other_tab.status == 409
    assert "What you typed now was not sent." in other_tab.text
    assert writes(sandbox) == ["update_booking"]
    assert Booking.objects.get().number_of_people == 4


@pytest.mark.parametrize(("happened", "people"), [(True, 5), (False, 4)])
def test_a_person_settles_it_and_what_we_know_follows(
    desk: Person,
    admin: Person,
    sandbox: SandboxAccount,
    dinner: str,
    happened: bool,
    people: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sandbox.fault("update_booking", kind="lost_after" if happened else "lost_before")
    edit(desk, dinner).send(number_of_people="5", starts_at="2026-11-21T20:00")
    settle(admin, Act.objects.get(action="booking.update"), happened=happened, monkeypatch=monkeypatch)
    form = edit(desk, dinner)
    assert form.fields["number_of_people"] == str(people)
    assert form.fields["starts_at"] == f"2026-11-21T{'20' if happened else '19'}:00"
    sandbox.forget_calls()
    form.send(status="completed")
    assert sent(sandbox) == {"status": "completed"}


def test_an_unknown_booking_is_not_made_again_and_says_where_to_look(
    desk: Person, admin: Person, sandbox: SandboxAccount, sanne: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault("create_booking", kind="lost_after")
    form = Form(desk, f"/bookings/new/?contact={sanne['uuid']}").send(starts_at="2026-11-21T19:00")
    code = at_piggy(sandbox)["external_id"]
    assert f"look for the code {code} in Piggy’s own dashboard" in form.text
    assert form.fields == {}
    assert not Booking.objects.exists()
    second = Form(desk, f"/bookings/new/?contact={sanne['uuid']}").send(starts_at="2026-11-21T19:00")
    assert second.status == 409
    assert "Nobody knows yet whether an earlier try made one" in second.text
    assert len(sandbox.state("booking")) == 1
    settle(admin, Act.objects.get(state__outcome="unknown"), happened=True, monkeypatch=monkeypatch)
    assert "Made a booking." in second.send(starts_at="2026-11-22T19:00").text


def test_an_unknown_change_of_a_pasted_id_is_kept_in_doubt(
    desk: Person, admin: Person, sandbox: SandboxAccount, sanne: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.add_booking(uuid=ELSEWHERE, contact_uuid=sanne["uuid"], shop_uuid="shop-utrecht")
    sandbox.fault("update_booking", kind="lost_after")
    page = edit(desk, ELSEWHERE).send(status="completed")
    assert "We do not know whether this was saved" in page.text
    assert "not known" in page.text
    settle(admin, Act.objects.get(), happened=True, monkeypatch=monkeypatch)
    assert edit(desk, ELSEWHERE).fields["status"] == "completed"


# --- checking in ---------------------------------------------------------------------------------------------------


def test_check_in_now_sends_the_moment_and_nothing_else(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    page = press(desk, check_in_form(desk, f"/bookings/{dinner}/edit/"))
    assert "Checked in." in page
    assert list(sent(sandbox)) == ["checked_in_at"]
    at = datetime.fromisoformat(at_piggy(sandbox)["checked_in_at"])
    assert abs(timezone.now() - at) < timedelta(minutes=1)
    assert ">checked in</span>" in page
    assert "by Fatima El Idrissi" in page


def test_who_is_in_already_is_not_checked_in_again(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    theirs, mine = (check_in_form(person, f"/bookings/{dinner}/edit/") for person in (admin, desk))
    press(admin, theirs)
    page = press(desk, mine)
    assert "Checked in already at" in page
    assert "by Mohammed Aït Ben Haddou. Nothing was sent." in page
    assert writes(sandbox) == ["update_booking"]
    again = press(admin, theirs)
    assert "Checked in." in again
    assert writes(sandbox) == ["update_booking"]


def test_a_check_in_whose_answer_got_lost_is_not_called_done(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault("update_booking", kind="reset")
    page = press(desk, check_in_form(desk, f"/bookings/{dinner}/edit/"))
    assert "We do not know whether the check-in was kept" in page
    assert "Checked in." not in page
    settle(admin, Act.objects.get(action="booking.check_in"), happened=True, monkeypatch=monkeypatch)
    assert Booking.objects.get().checked_in_at is not None


def test_a_check_in_that_piggy_was_too_busy_for_keeps_its_moment(
    desk: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    sandbox.fault("update_booking", kind="429", retry_after=0)
    form = check_in_form(desk, f"/bookings/{dinner}/edit/")
    assert "Piggy is busy" in press(desk, form)
    assert "Checked in." in press(desk, form)
    assert at_piggy(sandbox)["checked_in_at"] is not None


def test_an_incomplete_check_in_does_nothing(desk: Person, sandbox: SandboxAccount, dinner: str) -> None:
    page = desk.post(f"/bookings/{dinner}/check-in/", {}, follow=True)
    assert "Nothing was done" in page.text
    assert writes(sandbox) == []


def test_a_change_whose_words_were_erased_can_still_be_settled(
    desk: Person,
    admin: Person,
    sandbox: SandboxAccount,
    dinner: str,
    sanne: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sandbox.fault("update_booking", kind="lost_after")
    edit(desk, dinner).send(company_name="Oudekerk BV")
    erase_details(contact_id=sanne["uuid"], by=Actor(admin.staff, "admin", admin.shop))
    page = edit(desk, dinner)
    assert "The words of this act were erased." in page.text
    assert "Oudekerk BV" not in page.text
    settle(admin, Act.objects.get(action="booking.update"), happened=True, monkeypatch=monkeypatch)
    assert edit(desk, dinner).fields["company_name"] == ""


def test_an_act_of_somebody_else_is_named_and_not_linked_for_those_who_may_not_open_it(
    desk: Person, admin: Person, sandbox: SandboxAccount, dinner: str
) -> None:
    sandbox.fault("update_booking", kind="lost_after")
    edit(admin, dinner).send(status="completed")
    act = Act.objects.get(action="booking.update")
    assert f"/audit/{act.pk}/" in edit(admin, dinner).text
    theirs = edit(desk, dinner).text
    assert "Mohammed Aït Ben Haddou" in theirs
    assert f"/audit/{act.pk}/" not in theirs
