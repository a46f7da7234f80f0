"""The list of keys, the switch for those of one letter, and the last customers by number."""

import re
from pathlib import Path

import pytest

from contacts.models import RecentContact
from piggyadmin.desk.keys import PLACES, Place
from piggyadmin.navigation import NAVIGATION
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = (ROOT / "static" / "app.js").read_text(encoding="utf-8")
# Where in the templates the keys of a place stand; "" is all of them.
STAND_IN = {
    "Everywhere": ("",),
    "Go to a page": ("_navigation.html",),
    "On most pages": ("",),
    "In a list": (),
    "On a customer’s page": ("contacts/lookup/", "contacts/bookings/_panel.html"),
    "Proving an e-mail address": ("contacts/claiming/verify.html",),
    "Taking an award back": ("contacts/credits/reverse.html",),
    "On a pair of duplicates": ("contacts/duplicates/pair.html",),
    "Vouchers": ("vouchers/",),
    "Bookings": ("contacts/bookings/",),
}
# What stands in no template as such: in the script, or as what every browser does.
IN_THE_SCRIPT = {"Ctrl + K": "=== 'k'", "/": "'/'", "j": "'j'", "k": "'k'", "Ctrl + Enter": "[data-save]"}
OF_THE_BROWSER = {"Enter"}


def keys_in(template: Path) -> set[str]:
    """The keys of one template, in the words of the list."""
    text = template.read_text(encoding="utf-8")
    found = set(re.findall(r'data-(?:row-)?key="([^"]+)"', text))
    numbers = {"{{ forloop.counter }}": "1", "Alt {{ forloop.counter }}": "Alt + 1", "Escape": "Esc"}
    return {numbers.get(key, key) for key in found}


STANDING = {
    str(template.relative_to(ROOT / "templates")): keys
    for template in sorted((ROOT / "templates").rglob("*.html"))
    if (keys := keys_in(template))
}


@pytest.mark.django_db
class TestTheList:
    def test_it_lists_every_key_by_its_place(self, admin: Person) -> None:
        page = admin.get("/keys/").content.decode()
        for place in PLACES:
            assert place.words.replace("’", "’") in page
            for key in place.keys:
                assert key.does.partition(":")[0] in page

    def test_as_a_part_it_is_the_list_alone(self, desk: Person) -> None:
        part = desk.get("/keys/", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert "Everywhere" in part

    def test_keys_of_one_letter_can_be_switched_off_and_on(self, desk: Person) -> None:
        assert 'data-keys="on"' in desk.get("/").content.decode()
        assert desk.post("/keys/", {"single_keys": "off"}).status_code == 303
        assert 'data-keys="off"' in desk.get("/keys/").content.decode()
        assert "(off)" in desk.get("/keys/").content.decode()
        desk.post("/keys/", {"single_keys": "on"})
        assert 'data-keys="on"' in desk.get("/").content.decode()


@pytest.mark.parametrize("template", STANDING)
def test_no_page_has_a_key_that_the_list_does_not_know(template: str) -> None:
    listed = {
        " ".join(key.keys)
        for place in PLACES
        if any(template.startswith(begin) for begin in STAND_IN[place.words])
        for key in place.keys
    }
    assert STANDING[template] - listed == set()


@pytest.mark.parametrize("place", [place for place in PLACES if place.words != "Go to a page"], ids=lambda it: it.words)
def test_the_list_has_no_key_that_no_page_knows(place: Place) -> None:
    begins = STAND_IN[place.words]
    there = set().union(*(keys for name, keys in STANDING.items() if name.startswith(begins)), set())
    for key in place.keys:
        [name] = key.keys
        if place.words in ("Everywhere", "In a list", "On most pages") and name in IN_THE_SCRIPT:
            assert IN_THE_SCRIPT[name] in SCRIPT
        else:
            assert name in there | OF_THE_BROWSER, f"{place.words}: {name}"


def test_every_page_of_the_navigation_with_a_key_is_listed_once() -> None:
    [place] = [place for place in PLACES if place.words == "Go to a page"]
    wanted = [entry.keys for group in NAVIGATION for entry in group.entries if entry.keys]
    assert [" ".join(key.keys) for key in place.keys] == wanted
    assert len(set(wanted)) == len(wanted), "one key, one page"
    assert all(keys[:2] == "g " and len(keys) == 3 for keys in wanted)


def test_no_place_and_no_key_stands_twice() -> None:
    assert len({place.words for place in PLACES}) == len(PLACES)
    for place in PLACES:
        names = [key.keys for key in place.keys]
        assert len(set(names)) == len(names), place.words


def test_every_letter_alone_can_be_switched_off() -> None:
    """The script asks `data-keys` before any of them, and only Ctrl, Alt, Enter and Escape come before that."""
    for key in [key for place in PLACES for key in place.keys]:
        assert key.single == all(len(part) == 1 for part in key.keys), key
    before, after = SCRIPT.split("body.dataset.keys === 'off'")
    assert "letter(key, performance" in after
    assert "letter(key, performance" not in before


@pytest.mark.django_db
def test_nobody_is_told_of_pages_that_are_not_theirs(desk: Person, admin: Person) -> None:
    assert "<dd>Merges" in admin.get("/keys/").content.decode()
    assert "<dd>Merges" not in desk.get("/keys/").content.decode()
    assert "<dd>Bookings" in desk.get("/keys/").content.decode()


@pytest.mark.django_db
class TestLastCustomers:
    def test_a_number_leads_to_that_customer(self, desk: Person, sandbox: SandboxAccount) -> None:
        first, second = sandbox.add_contact("a@mail.example"), sandbox.add_contact("b@mail.example")
        for contact in (first, second):
            desk.get(f"/contacts/{contact['uuid']}/")
        assert desk.get("/last/1/").headers["Location"] == f"/contacts/{second['uuid']}/"
        assert desk.get("/last/2/").headers["Location"] == f"/contacts/{first['uuid']}/"

    @pytest.mark.parametrize("number", [0, 1, 9, 99999])
    def test_one_that_is_not_there_leads_home_with_a_word(self, desk: Person, number: int) -> None:
        page = desk.get(f"/last/{number}/", follow=True)
        assert page.redirect_chain[-1][0] == "/"
        assert "Nobody opened yet." in page.content.decode()

    def test_it_is_ones_own_list(self, desk: Person, admin: Person, sandbox: SandboxAccount) -> None:
        admin.get(f"/contacts/{sandbox.add_contact('a@mail.example')['uuid']}/")
        assert RecentContact.objects.count() == 1
        assert desk.get("/last/1/").headers["Location"] == "/"
