"""The one box: type, paste or scan anything."""

import re

import pytest

from contacts.models import RecentContact
from piggyadmin.ledger.door import form_token
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers.models import KnownVoucher

HTMX = {"HX-Request": "true"}


def test_a_scanned_card_leads_to_its_customer(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    sandbox.add_identifier("2600441700810092", contact_uuid=contact["uuid"])
    page = desk.post("/find/", {"q": "2600441700810092"})
    assert page.status_code == 303
    assert page.url == f"/contacts/{contact['uuid']}/"


def test_htmx_is_led_there_whole(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example")
    part = desk.post("/find/", {"q": "sanne@mail.example"}, headers=HTMX)
    assert part.headers["HX-Redirect"] == f"/contacts/{contact['uuid']}/"


def test_an_e_mail_address_leads_to_its_customer_and_stands_in_no_url(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_contact("sanne@mail.example")
    page = desk.post("/find/", {"q": "Sanne@Mail.Example"})
    assert page.status_code == 303
    assert "@" not in page.url


def test_a_uuid_leads_to_its_customer(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example")
    assert desk.post("/find/", {"q": contact["uuid"]}).url == f"/contacts/{contact['uuid']}/"


def test_a_phone_number_is_found_however_it_is_stored(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example", phonenumber="+31612345678")
    assert desk.post("/find/", {"q": "06-12345678"}).url == f"/contacts/{contact['uuid']}/"


def test_a_voucher_code_leads_to_its_page_and_stands_in_no_url(desk: Person, sandbox: SandboxAccount) -> None:
    voucher = sandbox.add_voucher("COFFEE-1")
    page = desk.post("/find/", {"q": "COFFEE-1"})
    assert page.url == f"/vouchers/{voucher['uuid']}/"


def test_two_meanings_give_two_rows_and_never_a_guess(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example")
    sandbox.add_identifier("12345678", contact_uuid=contact["uuid"])
    voucher = sandbox.add_voucher("12345678")
    page = desk.post("/find/", {"q": "12345678"})
    assert page.status_code == 200
    assert f"/contacts/{contact['uuid']}/" in page.text
    assert f"/vouchers/{voucher['uuid']}/" in page.text


def test_a_family_with_one_phone_gives_a_row_each(desk: Person, sandbox: SandboxAccount) -> None:
    for name in ("Anna", "Bram"):
        sandbox.add_contact(f"{name.lower()}@mail.example", firstname=name, phonenumber="0612345678")
    page = desk.post("/find/", {"q": "0612345678"})
    assert "Anna" in page.text
    assert "Bram" in page.text


def test_it_says_what_it_took_it_for_and_keeps_what_was_typed(desk: Person, sandbox: SandboxAccount) -> None:
    page = desk.post("/find/", {"q": "0612345678"})
    assert page.status_code == 404
    assert "Looks like: phone number, card, voucher code." in page.text
    assert 'value="0612345678"' in page.text
    assert "Nothing found" in page.text


def test_a_card_that_is_switched_off_is_said(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example")
    sandbox.add_identifier("2600441700810092", contact_uuid=contact["uuid"], active=False)
    assert "Card 2600 4417 0081 0092 is switched off." in desk.post("/find/", {"q": "2600441700810092"}).text


def test_a_card_of_nobody_is_said(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_identifier("2600441700810092")
    assert "belongs to nobody yet" in desk.post("/find/", {"q": "2600441700810092"}).text


def test_a_name_is_found_among_the_last_customers(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Vermeulen")
    desk.get(f"/contacts/{contact['uuid']}/")
    page = desk.post("/find/", {"q": "vermeulen"})
    assert page.status_code == 200, "a name is never enough to open somebody by itself"
    assert f"/contacts/{contact['uuid']}/" in page.text


def test_a_card_of_nobody_is_not_passed_over_for_a_voucher_of_the_same_number(
    desk: Person, sandbox: SandboxAccount
) -> None:
    sandbox.add_identifier("12345678")
    sandbox.add_voucher("12345678")
    page = desk.post("/find/", {"q": "12345678"})
    assert page.status_code == 200
    assert "belongs to nobody yet" in page.text
    assert "voucher, code ends" in page.text


def test_a_code_of_digits_with_marks_of_its_own_is_found(desk: Person, sandbox: SandboxAccount) -> None:
    voucher = sandbox.add_voucher("1234-5678")
    assert desk.post("/find/", {"q": "1234-5678"}).url == f"/vouchers/{voucher['uuid']}/"


def test_a_name_that_cannot_be_asked_for_says_what_to_do(desk: Person, sandbox: SandboxAccount) -> None:
    page = desk.post("/find/", {"q": "de Vries"})
    assert "Piggy cannot be asked for a name" in page.text
    assert sandbox.calls == []


@pytest.mark.parametrize("text", ["", "x" * 10_000, "CO\x00FFEE", "not@an-address", "\ud7ff\x07"])
def test_bad_input_is_refused_beside_the_field_and_never_reaches_piggy(
    desk: Person, sandbox: SandboxAccount, text: str
) -> None:
    for headers in ({}, HTMX):
        page = desk.post("/find/", {"q": text}, headers=headers)
        assert page.status_code == 422
        assert 'class="error"' in page.text
    assert sandbox.calls == []


def test_when_one_question_fails_nothing_is_jumped_to(desk: Person, sandbox: SandboxAccount) -> None:
    voucher = sandbox.add_voucher("12345678")
    sandbox.fault("find_contact_identifier", kind="503", times=-1)
    page = desk.post("/find/", {"q": "12345678"})
    assert page.status_code == 200
    assert f"/vouchers/{voucher['uuid']}/" in page.text
    assert "could not be asked for everything" in page.text


def test_when_piggy_is_down_it_says_so(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    part = desk.post("/find/", {"q": "12345678"}, headers=HTMX)
    assert part.status_code == 503
    assert "could not be asked" in part.text
    assert "<html" not in part.text


def test_marketing_sees_an_address_masked(marketing: Person, sandbox: SandboxAccount) -> None:
    for name in ("anna", "bram"):
        sandbox.add_contact(f"{name}@mail.example", phonenumber="0612345678")
    page = marketing.post("/find/", {"q": "0612345678"})
    assert "anna@mail.example" not in page.text
    assert "an…@mail.example" in page.text


def test_the_last_eight_customers_stand_below(desk: Person, sandbox: SandboxAccount) -> None:
    names = ["Ada", "Bo", "Cas", "Dee", "Eli", "Fay", "Gus", "Hal", "Ivy"]
    for name in names:
        contact = sandbox.add_contact(f"{name.lower()}@mail.example", firstname=name)
        desk.get(f"/contacts/{contact['uuid']}/")
    page = desk.get("/").text.split("Your last customers")[1]
    assert "Ada" not in page
    assert [name for name in names[1:] if name in page] == names[1:]
    assert page.index("Ivy") < page.index("Bo")
    assert RecentContact.objects.filter(staff=desk.staff).count() == 8


def test_nobody_sees_anybody_elses_last_customers(desk: Person, admin: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    desk.get(f"/contacts/{contact['uuid']}/")
    assert "Sanne" not in admin.get("/").text


def test_a_bare_visit_leads_to_the_box(desk: Person) -> None:
    assert desk.get("/find/").url == "/"


# --- the strip -----------------------------------------------------------------------------------------------------


def test_each_last_customer_tells_what_one_did_for_them(desk: Person, admin: Person, sandbox: SandboxAccount) -> None:
    sanne = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    sandbox.add_contact("jan@mail.example", firstname="Jan")
    sandbox.add_voucher("COFFEE-1", contact_uuid=sanne["uuid"])
    for email in ("jan@mail.example", "sanne@mail.example"):
        desk.post("/find/", {"q": email}, follow=True)
    assert desk.get("/").text.count(">looked<") == 2
    desk.post("/vouchers/check/", {"code": "COFFEE-1"})
    uuid = KnownVoucher.objects.get().piggy_uuid
    desk.post(f"/vouchers/{uuid}/lock/", {"form_token": form_token()})
    page = desk.get("/").text
    assert page.count(">looked<") == 1
    assert "Locked the voucher ending EE-1." in page
    sandbox.fault("release_voucher", kind="lost_before")
    desk.post(f"/vouchers/{uuid}/release/", {"form_token": form_token()})
    page = desk.get("/").text
    assert "Release voucher" in page
    assert "unknown" in page
    admin.post("/find/", {"q": "sanne@mail.example"}, follow=True)
    assert ">looked<" in admin.get("/").text


# --- nobody has it yet ---------------------------------------------------------------------------------------------

OFFER = "Give this card to a customer, or to a new one"


@pytest.mark.parametrize("is_known", [False, True])
def test_a_card_that_nobody_has_can_be_given_to_somebody(desk: Person, sandbox: SandboxAccount, is_known: bool) -> None:
    if is_known:
        sandbox.add_identifier("2600777766665555")
    page = desk.post("/find/", {"q": "2600 7777 6666 5555"})
    assert OFFER in page.text
    assert 'name="card" value="2600777766665555"' in page.text
    ways = desk.post("/contacts/cards/", {"card": "2600777766665555"})
    assert ways.status_code == 200
    assert "2600777766665555" not in ways.request["PATH_INFO"]


def test_a_card_that_somebody_has_or_that_is_off_is_not_given_away(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact("sanne@mail.example")
    sandbox.add_identifier("2600777766665555", active=False)
    assert OFFER not in desk.post("/find/", {"q": "2600777766665555"}).text
    sandbox.add_identifier("2600777766664444", contact_uuid=contact["uuid"])
    sandbox.add_voucher("2600777766664444")
    assert OFFER not in desk.post("/find/", {"q": "2600777766664444"}).text


def test_while_piggy_does_not_answer_nobody_is_new(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault("find_contact_identifier", kind="503", times=-1)
    page = desk.post("/find/", {"q": "2600777766665555"})
    assert OFFER not in page.text


@pytest.mark.parametrize(("typed", "field"), [("new@mail.example", "email"), ("0612345678", "phone")])
def test_who_is_not_found_can_be_made(desk: Person, sandbox: SandboxAccount, typed: str, field: str) -> None:
    page = desk.post("/find/", {"q": typed})
    assert page.status_code == 404
    form = re.search(r'<form method="post" action="/contacts/new/">.*?</form>', page.text, re.DOTALL)
    assert form
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group()))
    assert field in values
    looked = desk.post("/contacts/new/", values)
    assert looked.status_code == 200
    assert "Nobody was found" in looked.text
    assert [call.operation for call in sandbox.calls if call.method != "GET"] == []


def test_marketing_is_offered_neither(marketing: Person, sandbox: SandboxAccount) -> None:
    for typed in ("2600777766665555", "new@mail.example"):
        page = marketing.post("/find/", {"q": typed}).text
        assert OFFER not in page
        assert "New customer" not in page
