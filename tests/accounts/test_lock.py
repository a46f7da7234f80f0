"""The idle lock: the page asks for the password, and what was typed is not lost."""

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from piggyadmin.accounts.lock import kept
from piggyadmin.accounts.models import Shop, Staff
from tests.accounts.conftest import PASSWORD
from tests.conftest import Person

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/me/"}
POLLING = HTMX | {"X-Polling": "1"}
WORDS = {"theme": "dark", "note": "She stood here", "form_token": "one-time-1234567890"}

MakeStaff = Callable[..., Staff]
BrowserOf = Callable[..., Client]


def leave_alone(browser: Client, seconds: float) -> None:
    """As if nobody had touched this browser for so long."""
    session = browser.session
    session["seen_at"] = time.time() - seconds
    session.save()


@pytest.fixture
def idle(desk: Person) -> Person:
    """The desk, eleven minutes after somebody was there."""
    desk.get("/staff/me/")
    leave_alone(desk, 11 * 60)
    return desk


def test_it_leaves_a_busy_person_alone(desk: Person) -> None:
    desk.get("/staff/me/")
    leave_alone(desk, settings.IDLE_SECONDS - 5)
    assert desk.get("/staff/me/").status_code == 200
    leave_alone(desk, settings.IDLE_SECONDS - 5)
    assert desk.get("/staff/me/").status_code == 200


def test_it_locks_after_ten_minutes_and_asks_only_for_the_password(idle: Person) -> None:
    answer = idle.get("/staff/me/?tab=keys")
    assert answer.status_code == 303
    assert answer["Location"] == "/lock/?next=%2Fstaff%2Fme%2F%3Ftab%3Dkeys"
    page = idle.get(answer["Location"]).content.decode()
    assert "Fatima El Idrissi" in page
    assert 'name="password"' in page
    assert 'name="login"' not in page
    assert "Not you? Sign out" in page
    assert 'role="search"' not in page  # nothing to look customers up with


def test_it_opens_with_the_password_and_goes_on(idle: Person) -> None:
    idle.get("/staff/me/")
    answer = idle.post("/lock/", {"password": PASSWORD, "next": "/staff/me/?tab=keys"})
    assert answer["Location"] == "/staff/me/?tab=keys"
    assert idle.get("/staff/me/").status_code == 200


def test_it_stays_locked_whatever_is_asked_until_the_password_comes(idle: Person) -> None:
    assert idle.get("/staff/me/").status_code == 303
    leave_alone(idle, 0)
    assert idle.get("/staff/me/").status_code == 303
    assert idle.post("/lock/", {"password": "wrong-wrong"}).status_code == 422
    assert idle.get("/lock/kept/").status_code == 303
    assert idle.get("/shop/").status_code == 303


def test_it_leads_htmx_to_the_lock_whole_with_the_page_it_stood_on(idle: Person) -> None:
    answer = idle.get("/shop/", headers=HTMX)
    assert answer["HX-Redirect"] == "/lock/?next=%2Fstaff%2Fme%2F"


def test_it_does_not_take_polling_for_a_person(desk: Person) -> None:
    desk.get("/staff/me/")
    leave_alone(desk, 300)
    before = desk.session["seen_at"]
    desk.get("/staff/me/", headers=POLLING)
    assert desk.session["seen_at"] == before
    desk.get("/staff/me/")
    assert desk.session["seen_at"] > before


def test_it_answers_polling_with_nothing_so_that_the_page_and_its_words_stay(idle: Person) -> None:
    answer = idle.get("/staff/me/", headers=POLLING)
    assert answer.status_code == 204
    assert answer["HX-Trigger"] == "session-locked"
    assert "HX-Redirect" not in answer


def test_it_opens_from_the_dialog_without_leaving_the_page(idle: Person) -> None:
    form = idle.get("/lock/", headers=HTMX).content.decode()
    assert "<html" not in form
    assert "csrfmiddlewaretoken" in form
    wrong = idle.post("/lock/", {"password": "wrong-wrong"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "That is not your password. Four tries left" in wrong.content.decode()
    answer = idle.post("/lock/", {"password": PASSWORD}, headers=HTMX)
    assert answer.status_code == 204
    assert idle.get("/staff/me/").status_code == 200


def test_it_pauses_wrong_passwords_in_the_dialog_with_a_part(idle: Person) -> None:
    for _ in range(5):
        answer = idle.post("/lock/", {"password": "wrong-wrong"}, headers=HTMX)
    assert answer.status_code == 429
    assert "Too many wrong tries" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_it_locks_at_once_when_the_page_says_so(desk: Person) -> None:
    desk.get("/staff/me/")
    assert desk.post("/lock/now/").status_code == 204
    assert desk.get("/staff/me/").status_code == 303


def test_it_stays_open_for_who_is_typing_and_tells_the_page_when_it_is_too_late(desk: Person) -> None:
    desk.get("/staff/me/")
    leave_alone(desk, 500)
    assert "HX-Trigger" not in desk.post("/lock/stay/")
    assert desk.session["seen_at"] > time.time() - 5
    leave_alone(desk, 11 * 60)
    assert desk.post("/lock/stay/")["HX-Trigger"] == "session-locked"
    assert desk.get("/staff/me/").status_code == 303


def test_it_signs_out_a_person_who_is_not_the_one(idle: Person) -> None:
    assert idle.post("/account/logout/")["Location"] == "/account/login/"
    assert idle.get("/staff/me/")["Location"].startswith("/account/login/")


def test_it_ends_after_twelve_hours_however_busy(desk: Person) -> None:
    desk.get("/staff/me/")
    session = desk.session
    session["signed_in_at"] = time.time() - settings.SESSION_COOKIE_AGE - 1
    session.save()
    answer = desk.get("/staff/me/", headers=HTMX)
    assert answer["HX-Redirect"] == "/account/login/?next=%2Fstaff%2Fme%2F"
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_it_writes_the_stamp_seldom(desk: Person) -> None:
    desk.get("/staff/me/")
    first = desk.session["seen_at"]
    desk.get("/staff/me/")
    assert desk.session["seen_at"] == first


def test_it_notes_when_a_person_was_last_seen(desk: Person) -> None:
    desk.get("/staff/me/")
    desk.staff.refresh_from_db()
    assert desk.staff.last_seen_at is not None


# --- forms that arrive while it is locked


def test_it_keeps_a_form_and_shows_it_after_the_password_but_never_sends_it(idle: Person) -> None:
    answer = idle.post("/staff/me/", WORDS)
    assert answer["Location"] == "/lock/?next=%2Fstaff%2Fme%2F"
    assert "What you sent meanwhile is kept." in idle.get("/lock/").content.decode()
    assert idle.post("/lock/", {"password": PASSWORD})["Location"] == "/lock/kept/"
    page = idle.get("/lock/kept/").content.decode()
    assert "Kept, not done yet" in page
    assert "She stood here" in page
    assert '<form method="post" action="/staff/me/">' in page
    assert '<input type="hidden" name="theme" value="dark">' in page
    assert '<input type="hidden" name="form_token" value="one-time-1234567890">' in page
    assert "<dt>Form token</dt>" not in page
    idle.staff.refresh_from_db()
    assert idle.staff.theme == ""


def test_it_is_sent_by_hand_with_the_same_fields_and_then_forgotten(idle: Person) -> None:
    idle.post("/staff/me/", WORDS)
    idle.post("/lock/", {"password": PASSWORD})
    shown = idle.get("/lock/kept/").context["forms"][0]["form"]
    assert dict(shown.fields) == WORDS
    idle.post(shown.path, {**dict(shown.fields), "_kept": shown.id})
    idle.staff.refresh_from_db()
    assert idle.staff.theme == "dark"
    assert "Nothing is kept" in idle.get("/lock/kept/").content.decode()


def test_it_is_thrown_away_by_hand(idle: Person) -> None:
    idle.post("/staff/me/", WORDS)
    idle.post("/lock/", {"password": PASSWORD})
    shown = idle.get("/lock/kept/").context["forms"][0]["form"]
    answer = idle.post("/lock/kept/", {"kept": shown.id, "next": shown.page})
    assert answer["Location"] == "/staff/me/"
    assert "Nothing is kept" in idle.get("/lock/kept/").content.decode()


def test_it_keeps_every_value_of_a_field(idle: Person) -> None:
    idle.post("/staff/me/", {"shops": ["one", "two"], "note": "Łódź ‮ 🙂 <b>"})
    idle.post("/lock/", {"password": PASSWORD})
    shown = idle.get("/lock/kept/").context["forms"][0]["form"]
    assert shown.fields == (("shops", "one"), ("shops", "two"), ("note", "Łódź ‮ 🙂 <b>"))
    assert "&lt;b&gt;" in idle.get("/lock/kept/").content.decode()


def test_it_keeps_the_forms_of_two_tabs(idle: Person) -> None:
    idle.post("/staff/me/", {"note": "from the first tab"})
    idle.post("/shop/", {"shop": "from the second tab"}, headers=HTMX)
    idle.post("/lock/", {"password": PASSWORD})
    page = idle.get("/lock/kept/").content.decode()
    assert "from the first tab" in page
    assert "from the second tab" in page


def test_it_keeps_at_most_five_forms(idle: Person) -> None:
    for number in range(7):
        idle.post("/staff/me/", {"note": f"number {number}"})
    idle.post("/lock/", {"password": PASSWORD})
    page = idle.get("/lock/kept/").content.decode()
    assert [f"number {number}" in page for number in range(7)] == [False, False, True, True, True, True, True]


def test_it_never_keeps_a_password(idle: Person) -> None:
    idle.post("/staff/new/", {"name": "Noor", "username": "noor", "password": "hunter-secret"})
    idle.post("/account/password/change/", {"oldpassword": "hunter-secret", "password1": "hunter-secret"})
    idle.post("/account/2fa/totp/activate/", {"code": "123456"})
    assert len(idle.session["kept"]) == 1
    assert "hunter-secret" not in str([cache.get(f"kept-form:{one}") for one in idle.session["kept"]])
    idle.post("/lock/", {"password": PASSWORD})
    page = idle.get("/lock/kept/").content.decode()
    assert "which is never kept" in page
    assert 'action="/staff/new/"' not in page


@pytest.mark.parametrize(
    "too_much",
    [
        {"note": "x" * (64 * 1024)},
        {"file": SimpleUploadedFile("list.csv", b"a,b")},
    ],
)
def test_it_says_so_when_a_form_cannot_be_kept(idle: Person, too_much: dict[str, object]) -> None:
    idle.post("/staff/me/", too_much)
    page = idle.get("/lock/").content.decode()
    assert "What you sent was not kept" in page
    assert idle.post("/lock/", {"password": PASSWORD, "next": "/staff/me/"})["Location"] == "/staff/me/"


def test_it_keeps_forms_for_this_session_alone_and_only_until_signing_out(idle: Person, reviewer: Person) -> None:
    idle.post("/staff/me/", WORDS)
    name = f"kept-form:{idle.session['kept'][0]}"
    assert cache.get(name)
    assert "Nothing is kept" in reviewer.get("/lock/kept/").content.decode()
    reviewer.post("/lock/kept/", {"kept": idle.session["kept"][0]})
    assert cache.get(name)
    idle.post("/account/logout/")
    assert cache.get(name) is None


def test_it_keeps_forms_for_fifteen_minutes(idle: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}
    monkeypatch.setattr(kept.cache, "set", lambda name, value, timeout: asked.update({name: timeout}))
    idle.post("/staff/me/", WORDS)
    assert [seconds for name, seconds in asked.items() if name.startswith("kept-form:")] == [900]


def test_it_checks_the_forms_token_before_it_keeps_anything(desk: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    desk.get("/staff/me/")
    leave_alone(desk, 11 * 60)
    assert strict.post("/staff/me/", WORDS).status_code == 403
    assert "kept" not in desk.session


def test_it_counts_the_unlock_as_a_fresh_sign_in(staff: MakeStaff, shop: Shop, browser_of: BrowserOf) -> None:
    browser = browser_of(staff("mohammed", "admin"))
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 16 * 60
    session["signed_in_at"] -= 16 * 60
    session.save()
    assert browser.get("/staff/")["Location"] == "/account/reauthenticate/?next=%2Fstaff%2F"
    leave_alone(browser, 11 * 60)
    browser.get("/staff/")
    browser.post("/lock/", {"password": PASSWORD})
    assert browser.get("/staff/").status_code == 200
