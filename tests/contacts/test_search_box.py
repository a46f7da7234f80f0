"""The rows under the box, and what the box does with what the copy knows."""

import re

import pytest

from contacts.copy.forgetting import forget
from contacts.models import CardCopy, GoneContact
from tests.conftest import Person
from tests.contacts.copy_hands import copied
from tests.fixtures_sandbox import SandboxAccount
from vouchers.models import KnownVoucher

HTMX = {"HX-Request": "true"}
CARD = "9100000000000017"


@pytest.fixture
def jan(db: None) -> None:
    copied("jan", "Jan Jansen", "jan@mail.example", "0612344417", CARD)


def rows(person: Person, typed: str) -> str:
    part = person.post("/contacts/search/", {"q": typed}, headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.text
    return part.text


def test_a_row_says_who_and_why_and_leads_to_the_customer(desk: Person, jan: None) -> None:
    part = rows(desk, "jansn")
    assert 'href="/contacts/jan/"' in part
    assert "Jan Jansen" in part
    assert "name alike" in part
    assert "jan@mail.example" in part


def test_the_answer_says_for_which_text_it_is(desk: Person, jan: None) -> None:
    assert 'data-for="jan &amp; co"' in rows(desk, "jan & co")
    assert 'data-for="nobody"' in rows(desk, "nobody")


def test_marketing_sees_addresses_masked(marketing: Person, jan: None) -> None:
    part = rows(marketing, "jansen")
    assert "jan@mail.example" not in part
    assert "j…@mail.example" in part


def test_enter_opens_the_first_row_for_a_name_but_not_for_a_few_digits(desk: Person, jan: None) -> None:
    assert " data-first" in rows(desk, "jansen")
    assert " data-first" in rows(desk, CARD)
    assert " data-first" not in rows(desk, "4417")


def test_nobody_is_said_with_what_else_can_be_done(desk: Person, jan: None) -> None:
    part = rows(desk, "xyzzy")
    assert "Nobody like “<bdi>xyzzy</bdi>”" in part
    assert "in 1 customer" in part
    assert "Ask Piggy" in part
    assert 'href="/contacts/new/"' in part


@pytest.mark.parametrize(("typed", "field"), [("new@mail.example", "email"), ("0687654321", "phone")])
def test_a_new_customer_takes_along_what_was_typed_by_post(desk: Person, jan: None, typed: str, field: str) -> None:
    assert f'form="to-new" name="{field}" value="{typed}"' in rows(desk, typed)
    assert desk.get("/").text.count('<form id="to-new" method="post" action="/contacts/new/"') == 1


def test_marketing_is_not_offered_to_make_customers(marketing: Person, jan: None) -> None:
    assert "New customer" not in rows(marketing, "new@mail.example")


@pytest.mark.parametrize("typed", ["%", '"', "*", "🐷", "x" * 5000, "' OR 1=1 --", "", "  ", "\x00", "<script>"])
def test_anything_typed_is_answered(desk: Person, jan: None, typed: str) -> None:
    part = rows(desk, typed)
    assert "Jansen" not in part
    assert "<script>" not in part


def test_without_htmx_a_search_leads_to_the_box(desk: Person, jan: None) -> None:
    page = desk.post("/contacts/search/", {"q": "jansen"})
    assert (page.status_code, page.url) == (303, "/")


# --- /find/: Enter, and without JavaScript ---------------------------------------------------------------------------


def test_a_known_card_leads_to_its_customer_without_asking_piggy(desk: Person, jan: None) -> None:
    page = desk.post("/find/", {"q": CARD})  # there is no Piggy in this test: asking it would fail
    assert (page.status_code, page.url) == (303, "/contacts/jan/")
    assert desk.post("/find/", {"q": "9100 0000 0000 0017"}).url == "/contacts/jan/"


def test_a_known_card_that_is_switched_off_is_asked_for(desk: Person, sandbox: SandboxAccount, jan: None) -> None:
    CardCopy.objects.update(active=False)
    contact = sandbox.add_contact("other@mail.example")
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"])
    assert contact["uuid"] in desk.post("/find/", {"q": CARD}).text


def test_a_number_that_is_a_voucher_too_is_never_guessed(desk: Person, sandbox: SandboxAccount, jan: None) -> None:
    voucher = sandbox.add_voucher(CARD)
    KnownVoucher.objects.create(piggy_uuid=voucher["uuid"], code=CARD)
    page = desk.post("/find/", {"q": CARD})
    assert page.status_code == 200
    assert f"/vouchers/{voucher['uuid']}/" in page.text
    assert "/contacts/jan/" in page.text


def test_those_in_the_copy_stand_before_what_piggy_says(desk: Person, sandbox: SandboxAccount, jan: None) -> None:
    voucher = sandbox.add_voucher("JANSEN")
    page = desk.post("/find/", {"q": "JANSEN"})
    assert page.status_code == 200
    links = re.findall(r'<a class="row" href="([^"]+)"', page.text.partition('id="found"')[2])
    assert links[:2] == ["/contacts/jan/", f"/vouchers/{voucher['uuid']}/"]


def test_a_name_alone_never_opens_anybody(desk: Person, sandbox: SandboxAccount, jan: None) -> None:
    page = desk.post("/find/", {"q": "jansn"})
    assert page.status_code == 200
    assert "name alike" in page.text


def test_an_address_that_piggy_confirms_opens_the_customer_whoever_is_like_it(
    desk: Person, sandbox: SandboxAccount
) -> None:
    contact = sandbox.add_contact("jan@mail.example")
    copied(contact["uuid"], "Jan Jansen", "jan@mail.example")
    copied("other", "Jan Ander", "jan@mail.example.org")
    page = desk.post("/find/", {"q": "jan@mail.example"})
    assert (page.status_code, page.url) == (303, f"/contacts/{contact['uuid']}/")


def test_part_of_an_address_is_no_mistake_when_somebody_has_it(
    desk: Person, sandbox: SandboxAccount, jan: None
) -> None:
    page = desk.post("/find/", {"q": "jan@mail"})
    assert page.status_code == 200
    assert "e-mail contains “jan@mail”" in page.text
    assert desk.post("/find/", {"q": "nobody@mail"}).status_code == 422


def test_while_piggy_is_down_the_copy_still_answers(desk: Person, sandbox: SandboxAccount, jan: None) -> None:
    sandbox.broken = 503
    page = desk.post("/find/", {"q": "jansen"})
    assert page.status_code == 200
    assert "Jan Jansen" in page.text
    assert "Piggy could not be asked for everything" in page.text


def test_the_id_of_a_merged_customer_opens_the_survivor(desk: Person, sandbox: SandboxAccount, jan: None) -> None:
    old = "0f9a1c52-8f0e-4d37-9a51-6b1f2f6f3a10"
    forget(old, why=GoneContact.Why.MERGED, survivor="jan")
    page = desk.post("/find/", {"q": old})
    assert (page.status_code, page.url) == (303, "/contacts/jan/")
    assert "was merged into this one" in rows(desk, old)


def test_who_may_not_search_gets_no_rows_and_no_script(stranger: Person, jan: None) -> None:
    assert stranger.post("/contacts/search/", {"q": "jansen"}, headers=HTMX).status_code == 403
