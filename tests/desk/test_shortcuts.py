"""Words typed into the one box that name a page or an act: offered to whoever may, and never in a customer's way."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from piggyadmin import shortcuts
from piggyadmin.catalogue.places import PLACES, Place
from piggyadmin.navigation import NAVIGATION
from tests.conftest import Person
from tests.contacts.copy_hands import copied
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
CARD = "9100000000000017"


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    """Sanne Vermeulen, at Piggy and in the copy."""
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Vermeulen")
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"])
    copied(contact["uuid"], "Sanne Vermeulen", "sanne@mail.example", "0612344417", CARD)
    return str(contact["uuid"])


def offers(page: str) -> list[tuple[str, str]]:
    """The rows of a page: the words, and where each leads."""
    rows = re.findall(r'<a class="(?:row|option)"[^>]* href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [(" ".join(re.sub(r"<[^>]+>", " ", words).split()), url) for url, words in rows]


def typed(person: Person, text: str) -> str:
    """The rows under the box."""
    return person.post("/contacts/search/", {"q": text}, headers=HTMX).text


def found(person: Person, text: str):
    """What the box finds when it is sent, without JavaScript."""
    return person.post("/find/", {"q": text})


def test_a_verb_and_a_name_offer_the_act_for_that_customer(desk: Person, sanne: str) -> None:
    [(words, url)] = offers(typed(desk, "award sanne"))
    assert words.startswith("Award credits to Sanne Vermeulen")
    assert url == f"/contacts/{sanne}/award/"
    assert " data-first" in typed(desk, "award sanne"), "Enter goes there"
    page = found(desk, "Award  SANNE")
    assert page.status_code == 200
    assert ("Award credits to Sanne Vermeulen", f"/contacts/{sanne}/award/") in offers(page.text)


@pytest.mark.parametrize("rest", [CARD, "sanne@mail.example"])
def test_a_verb_and_what_only_one_customer_has_lead_there_at_once(desk: Person, sanne: str, rest: str) -> None:
    assert found(desk, f"edit {rest}").headers["Location"] == f"/contacts/{sanne}/edit/"


def test_of_several_customers_none_is_taken_by_enter(desk: Person, sanne: str) -> None:
    copied("sander", "Sanne Bakker", "other@mail.example")
    part = typed(desk, "award sanne")
    assert len(offers(part)) == 2
    assert " data-first" not in part
    assert found(desk, "award sanne").status_code == 200


def test_names_alike_do_not_stand_in_the_way_of_the_one_that_was_typed(desk: Person, sanne: str) -> None:
    copied("sanna", "Sanna Visser", "sanna@mail.example")
    part = typed(desk, "award sanne")
    assert [url for _words, url in offers(part)] == [f"/contacts/{sanne}/award/", "/contacts/sanna/award/"]
    assert " data-first" in part
    assert " data-first" not in typed(desk, "award sannx"), "both are guesses"


def test_a_claim_is_offered_for_the_anonymous_alone(desk: Person, sanne: str) -> None:
    assert offers(typed(desk, "claim sanne")) == []
    assert ("Anonymous customers", "/contacts/anonymous/") in [
        (words.removesuffix(" page"), url) for words, url in offers(typed(desk, "claim"))
    ]


def test_a_verb_alone_offers_the_last_customers(desk: Person, sanne: str) -> None:
    desk.get(f"/contacts/{sanne}/")
    assert ("Award credits to Sanne Vermeulen", f"/contacts/{sanne}/award/") in offers(found(desk, "award").text)
    under_the_box = typed(desk, "award")
    assert "For whom?" in under_the_box
    assert "Nobody like" not in under_the_box


@pytest.mark.parametrize(
    ("who", "text", "wanted", "unwanted"),
    [
        ("marketing", "batch", "New batch", "Merges"),
        ("marketing", "batch", "Promotions", "Bookings"),
        ("desk", "batch", "", "New batch"),
        ("admin", "merge", "Merges", "New batch"),
        ("desk", "merge", "", "Merges"),
        ("desk", "new", "New customer", "New batch"),
        ("marketing", "new", "New promotion", "New customer"),
        ("admin", "status", "Status", "Keys"),
        ("desk", "status", "", "Status"),
        ("desk", "keys", "Keys", "Status"),
        ("desk", "shift", "My shift", "Status"),
        ("desk", "book", "Bookings", "Merges"),
        ("admin", "rewards", "Rewards in the catalogue", "Merges"),
        ("admin", "automat", "Automations", "Merges"),
        ("desk", "gift cards", "Gift cards", "Merges"),
        ("marketing", "award sanne", "", "Award credits"),
    ],
)
def test_only_what_a_person_may_do_is_offered(
    request: pytest.FixtureRequest, sanne: str, who: str, text: str, wanted: str, unwanted: str
) -> None:
    person = request.getfixturevalue(who)
    for page in (typed(person, text), found(person, text).text.partition("<main")[2].partition("Your last")[0]):
        shown = " ".join(words for words, _url in offers(page))
        assert wanted in shown
        assert unwanted not in shown


def test_a_customer_who_is_called_like_a_word_is_still_found_and_neither_is_opened_unseen(
    desk: Person, sandbox: SandboxAccount
) -> None:
    copied("keys", "Alicia Keys", "keys@mail.example")
    part = typed(desk, "keys")
    assert [url for _words, url in offers(part)] == ["/contacts/keys/", "/keys/"]
    assert " data-first" not in part
    assert {"/contacts/keys/", "/keys/"} <= {url for _words, url in offers(found(desk, "keys").text)}


def test_a_voucher_that_is_coded_like_a_word_is_still_found(desk: Person, sandbox: SandboxAccount) -> None:
    voucher = sandbox.add_voucher("keys")
    assert f"/vouchers/{voucher['uuid']}/" in {url for _words, url in offers(found(desk, "keys").text)}


def test_a_verb_and_nobody_says_so(desk: Person, sanne: str) -> None:
    page = found(desk, "award xyzzy")
    assert page.status_code == 404
    assert "Nothing found" in page.text
    assert "Nobody like" in typed(desk, "award xyzzy")


@pytest.mark.parametrize("text", ["sanne", "batch", "sanne@mail.example", "4417"])
def test_one_word_costs_no_query_more(desk: Person, sanne: str, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    typed(desk, text)  # what is counted once an hour is counted now
    counts = []
    for wish_of in (shortcuts.wish_of, lambda text, may: shortcuts.Wish()):
        monkeypatch.setattr(shortcuts, "wish_of", wish_of)
        with CaptureQueriesContext(connection) as queries:
            typed(desk, text)
        counts.append(len(queries))
    assert counts[0] <= counts[1]


def test_every_verb_and_every_page_leads_somewhere() -> None:
    for verb in shortcuts.VERBS.values():
        assert reverse(verb.url_name, args=["somebody"])
    for page in [page for pages in shortcuts.PAGES.values() for page in pages]:
        assert reverse(page.url_name)
    for group in NAVIGATION:
        for entry in group.entries:
            assert reverse(entry.url_name)


@pytest.mark.parametrize(
    "place", [place for place in PLACES if place.words != "Overview"], ids=lambda place: place.words
)
def test_every_page_of_the_catalogue_is_found_by_its_name(admin: Person, sandbox: SandboxAccount, place: Place) -> None:
    assert f'href="{reverse(place.url_name)}"' in typed(admin, place.words.lower())


def test_what_is_typed_stands_in_no_address(desk: Person, sanne: str) -> None:
    for text in ("award sanne", f"edit {CARD}", "award sanne@mail.example"):
        page = found(desk, text)
        assert "?" not in page.headers.get("Location", "")
