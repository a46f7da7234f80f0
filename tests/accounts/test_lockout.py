"""Five wrong tries, then a pause of five minutes: for every way of showing a password or a code."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from piggyadmin.accounts import lockout
from piggyadmin.accounts.models import Shop, Staff
from tests.accounts.conftest import PASSWORD

SIGN_IN = "/account/login/"
HTMX = {"HX-Request": "true"}

MakeStaff = Callable[..., Staff]
BrowserOf = Callable[..., Client]


def try_wrongly(client: Client, times: int, name: str = "fatima"):
    for _ in range(times):
        answer = client.post(SIGN_IN, {"login": name, "password": "wrong-wrong"})
    return answer


def let_pass(minutes: float) -> None:
    """As if the tries had been made earlier."""
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(minutes=minutes)
        attempt.save()


@pytest.mark.parametrize("name", ["fatima", "nobody-of-this-name"])
def test_it_pauses_a_name_at_the_fifth_wrong_try_and_says_until_when(
    client: Client, staff: MakeStaff, shop: Shop, name: str
) -> None:
    staff()
    assert try_wrongly(client, 4, name).status_code == 422
    answer = try_wrongly(client, 1, name)
    page = answer.content.decode()
    until = timezone.localtime(lockout.free_again_at(name))
    assert answer.status_code == 429
    assert "<html" in page
    assert "Try again at <time" in page
    assert f"{until:%H:%M:%S}" in page
    assert 290 <= int(answer["Retry-After"]) <= 301


def test_it_counts_down_in_words(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    words = [try_wrongly(client, 1).content.decode() for _ in range(4)]
    assert "Four tries left" in words[0]
    assert "Three tries left" in words[1]
    assert "Two tries left" in words[2]
    assert "One try left" in words[3]


def test_it_refuses_even_the_right_password_during_the_pause_and_takes_it_after(
    client: Client, staff: MakeStaff, shop: Shop
) -> None:
    staff()
    try_wrongly(client, 5)
    right = {"login": "fatima", "password": PASSWORD}
    assert client.post(SIGN_IN, right).status_code == 429
    let_pass(minutes=4.9)
    assert client.post(SIGN_IN, right).status_code == 429
    let_pass(minutes=0.2)
    assert client.post(SIGN_IN, right).status_code == 302


def test_it_does_not_prolong_the_pause_by_trying_on(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    try_wrongly(client, 5)
    let_pass(minutes=3)
    until = lockout.free_again_at("fatima")
    assert try_wrongly(client, 3).status_code == 429
    assert lockout.free_again_at("fatima") == until


def test_it_pauses_one_name_and_not_the_shop(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff("fatima")
    staff("noor", role="marketing")
    try_wrongly(client, 5)
    assert client.post(SIGN_IN, {"login": "noor", "password": PASSWORD}).status_code == 302


def test_it_counts_a_name_in_any_spelling_and_from_any_browser(staff: MakeStaff, shop: Shop) -> None:
    staff()
    for number, spelling in enumerate(("fatima", "FATIMA", " Fatima", "fatimA ")):
        browser = Client(headers={"user-agent": f"browser {number}"})
        assert try_wrongly(browser, 1, spelling).status_code == 422
    assert try_wrongly(Client(), 1).status_code == 429


def test_it_forgets_wrong_tries_once_the_right_password_came(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    try_wrongly(client, 4)
    assert client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD}).status_code == 302
    assert try_wrongly(Client(), 4).status_code == 422


def test_it_answers_a_part_of_a_page_with_a_part(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    try_wrongly(client, 5)
    answer = client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD}, headers=HTMX)
    part = answer.content.decode()
    assert answer.status_code == 429
    assert "Too many wrong tries" in part
    assert "<html" not in part


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/lock/", "password"),
        ("/account/reauthenticate/", "password"),
        ("/account/password/change/", "oldpassword"),
    ],
)
def test_it_counts_a_wrong_password_of_a_signed_in_person_too(
    staff: MakeStaff, shop: Shop, browser_of: BrowserOf, path: str, field: str
) -> None:
    browser = browser_of(staff())
    new = {"password1": "purple kettle drum", "password2": "purple kettle drum"}
    for left in ("Four tries", "Three tries", "Two tries", "One try"):
        page = browser.post(path, {field: "wrong-wrong", **new}).content.decode()
        assert f"That is not your password. {left} left" in page
    answer = browser.post(path, {field: "wrong-wrong", **new})
    assert answer.status_code == 429
    assert browser.post(path, {field: PASSWORD, **new}).status_code == 429
    assert try_wrongly(Client(), 1).status_code == 429


def test_it_keeps_nothing_of_what_was_typed_in_a_failed_try(client: Client, staff: MakeStaff, shop: Shop) -> None:
    staff()
    typed = {"login": "fatima", "password": "hunter-secret", "approver_password": "hunter-secret", "note": "Sanne"}
    for _ in range(2):
        client.post(SIGN_IN + "?next=/staff/me/", typed)
    attempt = AccessAttempt.objects.get()
    assert (attempt.failures_since_start, attempt.get_data, attempt.post_data) == (2, "", "")


def test_it_keeps_no_list_of_sign_ins(client: Client, staff: MakeStaff, shop: Shop) -> None:
    from axes.models import AccessLog

    staff()
    client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD})
    assert not AccessLog.objects.exists()


def test_it_knows_when_a_name_is_free_though_the_tries_came_from_two_browsers(
    client: Client, staff: MakeStaff, shop: Shop
) -> None:
    staff()
    try_wrongly(Client(headers={"user-agent": "one"}), 2)
    let_pass(minutes=2)
    try_wrongly(Client(headers={"user-agent": "two"}), 3)
    left = lockout.free_again_at("fatima") - timezone.now()
    assert timedelta(minutes=2, seconds=50) < left <= timedelta(minutes=3)
