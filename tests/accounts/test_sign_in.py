"""Signing in and out: by one form, to our own pages only, and without telling who exists."""

from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.test import Client
from django.urls import NoReverseMatch, reverse

from piggyadmin.accounts.models import Shop, Staff
from tests.accounts.conftest import PASSWORD

SIGN_IN = "/account/login/"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/contacts/some-contact/?tab=cards"}

MakeStaff = Callable[..., Staff]
BrowserOf = Callable[..., Client]


def test_it_signs_in_and_leads_to_the_start(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    answer = client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.get("/staff/me/").status_code == 200


def test_it_ignores_the_case_of_the_name_and_blanks_around_it(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    assert client.post(SIGN_IN, {"login": " Fatima ", "password": PASSWORD}).status_code == 302


def test_it_shows_the_form_of_the_drawing(client: Client, shop: Shop) -> None:
    page = client.get(SIGN_IN).content.decode()
    assert '<label for="id_login">Name</label>' in page
    assert '<label for="id_password">Password</label>' in page
    assert '<label for="id_shop">Shop you are in</label>' in page
    assert "Utrecht West" in page
    assert "Forgotten? Ask an admin of your shop." in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "placeholder" not in page


def test_it_says_how_many_tries_are_left_and_keeps_name_and_shop_but_not_the_password(
    client: Client, staff: MakeStaff, shop: Shop
) -> None:
    staff()
    wrong = {"login": "fatima", "password": "wrong-wrong", "shop": str(shop.pk)}
    for _ in range(2):
        client.post(SIGN_IN, wrong)
    answer = client.post(SIGN_IN, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "That name and password do not fit" in page
    assert "Two tries left, then a pause of five minutes." in page
    assert 'value="fatima"' in page
    assert f'<option value="{shop.pk}" selected>' in page
    assert "wrong-wrong" not in page


@pytest.mark.parametrize("closed", [False, True])
def test_it_answers_an_unknown_name_word_for_word_like_a_wrong_or_closed_one(
    client: Client, staff: MakeStaff, shop: Shop, closed: bool
) -> None:
    staff(is_active=not closed)
    answers = []
    for name in ("fatima", "nobody"):
        # The right password, too, tells nothing about a closed account.
        answer = Client().post(SIGN_IN, {"login": name, "password": PASSWORD if closed else "wrong-wrong"})
        text = answer.content.decode().replace(name, "NAME")
        token = answer.context["csrf_token"]
        answers.append((answer.status_code, text.replace(str(token), "TOKEN")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


@pytest.mark.parametrize("name", ["fatima", "closed", "nobody"])
def test_it_takes_as_long_for_a_name_that_nobody_has(
    client: Client, staff: MakeStaff, shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    staff("fatima")
    staff("closed", is_active=False)
    hashed = []
    hasher = get_hasher("default")
    encode = type(hasher).encode
    monkeypatch.setattr(type(hasher), "encode", lambda *args: hashed.append(1) or encode(*args))
    client.post(SIGN_IN, {"login": name, "password": "wrong-wrong"})
    assert len(hashed) == 1  # hashing is what takes the time


def test_it_has_no_list_of_shops_before_there_are_any(client: Client, staff: MakeStaff) -> None:
    staff("mohammed", "admin")
    assert "Shop you are in" not in client.get(SIGN_IN).content.decode()
    assert client.post(SIGN_IN, {"login": "mohammed", "password": PASSWORD})["Location"] == "/"


def test_it_begins_a_new_session_so_that_a_planted_one_is_worth_nothing(
    client: Client, staff: MakeStaff, shop: Shop
) -> None:
    staff()
    client.post(SIGN_IN, {"login": "nobody", "password": "wrong"})
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    before = session.session_key
    client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD})
    assert client.session.session_key != before
    planted = Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={before}"})
    assert planted.get("/staff/me/").status_code == 302


def test_it_goes_on_to_the_page_one_came_from(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    answer = client.post(SIGN_IN + "?next=/staff/me/", {"login": "fatima", "password": PASSWORD, "next": "/staff/me/"})
    assert answer["Location"] == "/staff/me/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http://testserver/staff/me/",
        "staff/me/",
        " //evil.example",
        "/\t/evil.example",
    ],
)
def test_it_never_leads_to_anything_but_a_path_of_ours(
    client: Client, staff: MakeStaff, shop: Shop, elsewhere: str
) -> None:
    staff()
    answer = client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_reset_password",
        "account_email",
        "account_set_password",
        "account_confirm_login_code",
        "socialaccount_login_cancelled",
    ],
)
def test_it_has_no_page_for_sign_up_mail_or_password_reset(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path",
    [
        "/account/signup/",
        "/account/password/reset/",
        "/account/email/",
        "/account/password/set/",
        "/account/confirm-email/",
        "/account/login/code/",
        "/account/inactive/",
        "/account/2fa/webauthn/",
        "/account/",
        "/accounts/profile/",
    ],
)
def test_it_answers_404_where_allauth_would_have_more(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_it_leads_a_signed_out_page_to_the_sign_in_and_back(client: Client, db: None) -> None:
    answer = client.get("/staff/me/")
    assert answer.status_code == 302
    assert answer["Location"] == f"{SIGN_IN}?next=/staff/me/"


def test_it_leads_a_signed_out_htmx_request_there_whole_with_the_page_it_stood_on(client: Client, db: None) -> None:
    answer = client.get("/staff/me/", headers=HTMX)
    assert answer["HX-Redirect"] == f"{SIGN_IN}?next=%2Fcontacts%2Fsome-contact%2F"
    assert answer.content == b""


def test_it_signs_out_by_post_only_and_lands_on_the_sign_in(
    staff: MakeStaff, shop: Shop, browser_of: BrowserOf
) -> None:
    browser = browser_of(staff())
    asked = browser.get("/account/logout/")
    assert "Sign out?" in asked.content.decode()
    assert browser.get("/staff/me/").status_code == 200
    answer = browser.post("/account/logout/")
    assert answer["Location"] == SIGN_IN
    assert browser.get("/staff/me/").status_code == 302


def test_it_needs_the_forms_token_to_sign_in_and_out(staff: MakeStaff, shop: Shop) -> None:
    staff()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(SIGN_IN, {"login": "fatima", "password": PASSWORD}).status_code == 403
    assert strict.post("/account/logout/").status_code == 403


def test_it_refuses_odd_names_and_endless_passwords_beside_the_field(
    client: Client, staff: MakeStaff, shop: Shop
) -> None:
    staff()
    for login, password in (("fati\0ma", PASSWORD), ("x" * 10_000, PASSWORD), ("", PASSWORD), ("fatima", "x" * 1001)):
        answer = client.post(SIGN_IN, {"login": login, "password": password})
        assert answer.status_code == 422
        assert "aria-invalid" in answer.content.decode()
    assert not AccessAttempt.objects.exists()


def test_it_ends_the_sessions_of_a_person_who_is_switched_off(
    staff: MakeStaff, shop: Shop, browser_of: BrowserOf
) -> None:
    person = staff()
    browser = browser_of(person)
    Staff.objects.filter(pk=person.pk).update(is_active=False)
    assert browser.get("/staff/me/").status_code == 302


def test_it_asks_a_person_with_a_given_password_to_choose_their_own(
    client: Client, staff: MakeStaff, shop: Shop
) -> None:
    person = staff(password_was_given=True)
    answer = client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[0][0] == "/account/password/change/?next=%2F"
    assert "Choose a password of your own" in answer.content.decode()
    mine = {"oldpassword": PASSWORD, "password1": "purple kettle drum", "password2": "purple kettle drum"}
    client.post("/account/password/change/", mine)
    person.refresh_from_db()
    assert not person.password_was_given
    assert person.check_password("purple kettle drum")


def test_it_sets_cookies_that_scripts_cannot_read(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    client.get(SIGN_IN)
    client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
