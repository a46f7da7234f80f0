"""The list of keys, the switch for those of one letter, and the last customers by number."""

import re
from pathlib import Path

import pytest

from contacts.models import RecentContact
from piggyadmin.desk.keys import PLACES
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
LISTED = {" ".join(key.keys) for place in PLACES for key in place.keys}


@pytest.mark.django_db
class TestTheList:
    def test_it_lists_every_key_by_its_place(self, desk: Person) -> None:
        page = desk.get("/keys/").content.decode()
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


def test_no_page_has_a_key_that_the_list_does_not_know() -> None:
    found = set()
    for template in TEMPLATES.rglob("*.html"):
        for value in re.findall(r'data-(?:row-)?keys?="([^"{]+)"', template.read_text(encoding="utf-8")):
            found.add({"Escape": "Esc"}.get(value, value))
    assert found - LISTED - {"Enter"} == set()


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
