"""One's own account."""

from collections.abc import Callable

import pytest
from django.test import Client

from piggyadmin.accounts.models import Shop, Staff
from tests.accounts.conftest import PASSWORD
from tests.conftest import Person

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/me/"}


def test_it_shows_who_one_is(desk: Person) -> None:
    page = desk.get("/staff/me/").content.decode()
    assert "Fatima El Idrissi" in page
    assert "Front desk" in page
    assert "All shops" in page


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_writes_the_theme_into_the_page(desk: Person, theme: str) -> None:
    assert 'data-theme="' not in desk.get("/staff/me/").content.decode()
    page = desk.post("/staff/me/", {"theme": theme, "single_keys": "on"}, follow=True).content.decode()
    assert f'<html lang="en" data-theme="{theme}">' in page
    assert 'data-theme="' not in desk.post("/staff/me/", {"theme": ""}, follow=True).content.decode()


def test_it_switches_one_letter_keys_off_and_on(desk: Person) -> None:
    assert 'data-keys="off"' in desk.post("/staff/me/", {"theme": ""}, follow=True).content.decode()
    assert 'data-keys="on"' in desk.post("/staff/me/", {"single_keys": "on"}, follow=True).content.decode()


def test_it_leads_htmx_on_whole_and_swaps_a_part_after_a_mistake(desk: Person) -> None:
    assert desk.post("/staff/me/", {"theme": "dark"}, headers=HTMX)["HX-Redirect"] == "/staff/me/"
    part = desk.post("/staff/me/", {"theme": "purple"}, headers=HTMX)
    assert part.status_code == 422
    assert "Select a valid choice" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_it_changes_nothing_but_its_own_two_fields(desk: Person) -> None:
    desk.post("/staff/me/", {"theme": "dark", "role": "admin", "is_superuser": "on", "name": "Somebody Else"})
    me = Staff.objects.get(pk=desk.staff.pk)
    assert (me.theme, me.name, me.role, me.is_superuser) == ("dark", "Fatima El Idrissi", "desk", False)


def test_it_is_open_to_a_person_without_a_role(stranger: Person) -> None:
    assert "No role yet" in stranger.get("/staff/me/").content.decode()


def test_it_changes_the_password_and_ends_the_other_sessions_only(
    staff: Callable[..., Staff], shop: Shop, browser_of: Callable[..., Client]
) -> None:
    person = staff()
    here, elsewhere = browser_of(person), browser_of(person)
    new = {"oldpassword": PASSWORD, "password1": "purple kettle drum", "password2": "purple kettle drum"}
    answer = here.post("/account/password/change/", new, follow=True)
    assert answer.redirect_chain == [("/staff/me/", 302)]
    assert "Your password is changed." in answer.content.decode()
    assert elsewhere.get("/staff/me/").status_code == 302


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password1": "short", "password2": "short"}, "at least 10"),
        ({"password2": "something else entirely"}, "same password"),
        ({"password1": "fatimaelidrissi", "password2": "fatimaelidrissi"}, "too similar"),
        ({"oldpassword": ""}, "required"),
    ],
)
def test_it_says_what_is_wrong_with_a_new_password(desk: Person, change: dict[str, str], words: str) -> None:
    new = {"oldpassword": PASSWORD, "password1": "purple kettle drum", "password2": "purple kettle drum"}
    page = desk.post("/account/password/change/", new | change).content.decode()
    assert words in page
    assert "purple kettle drum" not in page
    assert Staff.objects.get(pk=desk.staff.pk).check_password(PASSWORD)
