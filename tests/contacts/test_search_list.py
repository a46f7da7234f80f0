"""The list of all customers of the copy: filters in the URL, a text by POST, and the list as a file."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import AnonymousContact, CardCopy, ContactCopy
from contacts.search.facets import facets
from piggyadmin.ledger.models import Act
from tests.actions.browsing import Visit
from tests.conftest import Person
from tests.contacts.copy_hands import copied
from tests.fixtures_sandbox import SandboxAccount

URL = "/contacts/"
GOLD, SILVER = "tier-gold", "tier-silver"


@pytest.fixture
def customers(db: None) -> None:
    copied(
        "jan", "Jan Jansen", "jan@mail.example", "0612344417", "91000017", tier_uuid=GOLD, tier_name="Gold", credits=120
    )
    copied("piet", "Piet Zwart", "piet@mail.example", tier_uuid=SILVER, tier_name="Silver", shop_uuids=";shop-utrecht;")
    copied(
        "anna", "Anna Aalders", "anna@mail.example", tier_uuid=GOLD, tier_name="Gold", email_verified_at=timezone.now()
    )
    copied("nobody", card="91000025")


def uuids(person: Person, query: str = "", typed: str | None = None) -> list[str]:
    page = person.get(URL + query) if typed is None else person.post(URL + query, {"q": typed})
    assert page.status_code == 200
    return re.findall(r'<a class="row" href="/contacts/([^/]+)/"', page.text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["nobody", "anna", "piet", "jan"]),
        ("?sort=oldest", ["jan", "piet", "anna", "nobody"]),
        ("?sort=name", ["anna", "jan", "piet", "nobody"]),
        ("?who=anonymous", ["nobody"]),
        ("?who=known", ["anna", "piet", "jan"]),
        (f"?tier={GOLD}", ["anna", "jan"]),
        ("?shop=shop-utrecht", ["piet"]),
        ("?since=2026-01-02&until=2026-01-03", ["anna", "piet"]),
        ("?since=2026-01-02&until=2026-01-02", ["piet"]),
        ("?unverified=on", ["nobody", "piet", "jan"]),
        (f"?tier={GOLD}&unverified=on&sort=name", ["jan"]),
    ],
)
def test_a_filter_shows_those_it_lets_through(desk: Person, customers: None, query: str, found: list[str]) -> None:
    assert uuids(desk, query) == found


def test_a_text_is_searched_by_post_and_stands_in_no_url(desk: Person, customers: None) -> None:
    assert uuids(desk, "", "zwrat") == ["piet"]
    page = desk.post(URL, {"q": "zwart"}).text
    assert not re.search(r'(?:href|action|hx-[a-z]+)="[^"]*zwart', page)
    assert 'value="zwart"' in page


def test_nobody_found_offers_to_ask_piggy_and_a_new_customer(
    desk: Person, customers: None, sandbox: SandboxAccount
) -> None:
    sandbox.add_contact("nowhere@mail.example", firstname="Nowhere")
    page = Visit(desk, URL).press("Search", q="nowhere@mail.example").says("Nobody like", "ask Piggy")
    assert 'name="email" value="nowhere@mail.example">New customer' in page.answer.text
    page.press("Ask Piggy").says("Nowhere")


def test_a_text_is_searched_within_the_filter(desk: Person, customers: None) -> None:
    assert uuids(desk, f"?tier={GOLD}", "mail.example") == ["anna", "jan"]
    page = desk.post(f"{URL}?tier={GOLD}", {"q": "zwart"}).text
    assert "Nobody like" in page
    assert "1 like it, but not in this filter" in page


@pytest.mark.parametrize(
    "query", ["?since=x", "?page=0", "?page=x", "?tier=nope", "?shop=nope", "?who=all", "?until=1999-01-01"]
)
def test_a_filter_that_cannot_be_read_says_so(desk: Person, customers: None, query: str) -> None:
    page = desk.get(URL + query)
    assert page.status_code == 422
    assert "This filter cannot be read" in page.text
    assert "Jan Jansen" not in page.text


def test_fifty_to_a_page_and_past_the_end_is_the_last(desk: Person) -> None:
    for number in range(53):
        copied(f"c-{number}", f"Number {number:02}" if number % 2 else "", f"c{number}@mail.example")
    assert uuids(desk)[0] == "c-52"
    assert uuids(desk, "?page=2") == ["c-2", "c-1", "c-0"]
    assert uuids(desk, "?page=99") == ["c-2", "c-1", "c-0"]
    named = uuids(desk, "?sort=name")
    assert named[:2] == ["c-1", "c-3"]
    assert len(named) == 50
    assert set(named) | set(uuids(desk, "?sort=name&page=2")) == {f"c-{number}" for number in range(53)}


def test_the_page_costs_no_query_a_row(desk: Person, customers: None) -> None:
    desk.get(URL)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(URL)
    for number in range(30):
        copied(f"c-{number}", "More", f"c{number}@mail.example", tier_uuid=GOLD, tier_name="Gold")
    with CaptureQueriesContext(connection) as many:
        desk.get(URL)
    assert len(many) == len(few)


def test_the_choices_cost_no_query_a_tier(customers: None) -> None:
    for number in range(20):
        copied(f"c-{number}", "More", f"c{number}@mail.example", tier_uuid=f"tier-{number}", tier_name=f"No {number}")
    with CaptureQueriesContext(connection) as asked:
        tiers = facets().tiers
    assert len(asked) <= 3
    assert (tiers[0].name, tiers[0].contacts) == ("Gold", 2)
    assert {tier.name for tier in tiers} == {"Gold", "Silver", *(f"No {number}" for number in range(20))}


def test_marketing_sees_addresses_masked_and_the_desk_in_full(marketing: Person, desk: Person, customers: None) -> None:
    page = marketing.get(URL).text
    assert "jan@mail.example" not in page
    assert "0612344417" not in page
    assert "j…@mail.example" in page
    assert "jan@mail.example" in desk.get(URL).text


def test_an_empty_copy_says_what_to_do(desk: Person) -> None:
    page = desk.get(URL).text
    assert "Nobody was copied yet" in page
    assert "The copy is not complete yet" in page


# --- the file ---------------------------------------------------------------------------------------------------


def exported(person: Person, **asked: str) -> list[dict[str, str]]:
    answer = person.post("/contacts/export.csv", asked)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_has_the_rows_of_the_filter_in_full(marketing: Person, customers: None) -> None:
    CardCopy.objects.create(contact=ContactCopy.objects.get(contact_uuid="jan"), value="000123", read_at=timezone.now())
    first, second = exported(marketing, tier=GOLD)
    assert list(first) == [
        *("contact_uuid", "email", "is_anonymous", "first_name", "last_name", "phone_e164", "tier", "credits"),
        *("prepaid_cents", "identifiers", "created_at", "as_of"),
    ]
    assert first["contact_uuid"] == "jan"
    assert first["email"] == "jan@mail.example"
    assert first["phone_e164"] == "'+31612344417"  # guarded: a spreadsheet would take it for a sum
    assert first["identifiers"] == "000123;91000017"
    assert first["credits"] == "120"
    assert first["created_at"] == "2026-01-01T12:00:00+00:00"
    assert second["contact_uuid"] == "anna"


def test_names_that_a_spreadsheet_would_run_are_guarded(marketing: Person) -> None:
    copied("evil", "=1+1 @SUM", "-evil@mail.example")
    (row,) = exported(marketing)
    assert row["first_name"] == "'=1+1"
    assert row["last_name"] == "'@SUM"
    assert row["email"] == "'-evil@mail.example"


def test_the_export_is_an_act_with_its_rows_and_filters_and_no_person(marketing: Person, customers: None) -> None:
    exported(marketing, tier=GOLD, unverified="on")
    act = Act.objects.get(action="contacts.exported")
    assert act.figures == {"rows": 1, "filters": ["tier", "unverified"]}


def test_the_button_says_how_many_rows_and_only_to_those_who_may(
    marketing: Person, desk: Person, customers: None
) -> None:
    assert "Export 2 rows (this filter)" in marketing.get(f"{URL}?tier={GOLD}").text
    assert f'name="tier" value="{GOLD}"' in marketing.get(f"{URL}?tier={GOLD}").text
    assert "Export" not in desk.get(URL).text
    assert desk.post("/contacts/export.csv").status_code == 403


def test_a_file_of_a_filter_that_cannot_be_read_is_refused(marketing: Person, customers: None) -> None:
    assert marketing.post("/contacts/export.csv", {"since": "x"}).status_code == 422
    assert not Act.objects.filter(action="contacts.exported").exists()


# --- the anonymous ----------------------------------------------------------------------------------------------


def test_the_anonymous_of_the_copy_are_listed_with_those_met_before_it_knew_them(desk: Person, customers: None) -> None:
    now = timezone.now()
    for uuid in ("met", "nobody", "jan"):
        AnonymousContact.objects.create(contact_uuid=uuid, card="91000033", met_at=now, seen_at=now)
    page = desk.get("/contacts/anonymous/").text
    assert re.findall(r'<a class="row" href="/contacts/([^/]+)/"', page) == ["met", "nobody"]
    assert "not copied yet" in page


def test_the_pages_of_the_anonymous_leave_nobody_out(desk: Person) -> None:
    now = timezone.now()
    for number in range(30):
        moment = now - timedelta(minutes=number)
        AnonymousContact.objects.create(contact_uuid=f"met-{number}", card="", met_at=moment, seen_at=moment)
    for number in range(45):
        copied(f"copy-{number}", created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number))
    seen = [
        uuid
        for number in (1, 2)
        for uuid in re.findall(
            r'<a class="row" href="/contacts/([^/]+)/"', desk.get(f"/contacts/anonymous/?page={number}").text
        )
    ]
    assert seen == [f"met-{number}" for number in range(30)] + [f"copy-{number}" for number in reversed(range(45))]
