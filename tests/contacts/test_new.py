"""Make a new customer: look first, then one of three ways, and what is known of them as acts of their own."""

import re
from html import unescape
from typing import Any

import pytest

from contacts.claiming.actions import FLAG
from contacts.editing.actions import CREATE, NEW_CUSTOMER
from piggyadmin.ledger import settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform, record
from piggyadmin.ledger.erasing import erase_details
from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
CARD = "2600441700810092"


class Page:
    """One person's page of a new customer, used as a browser does: by the forms that are on it."""

    def __init__(self, person: Person, *, htmx: bool = False) -> None:
        self.person, self.headers = person, HTMX if htmx else {}

    def look(self, **typed: str) -> "Page":
        return self._post({"email": "", "phone": "", "card": "", **typed})

    def none_of_these(self) -> "Page":
        return self._post(self._form("None of these"))

    def make(self, **typed: str) -> "Page":
        self.sent = {"way": self.ways[0]} | self._form('aria-label="Make the customer"') | typed
        return self.again()

    def again(self) -> "Page":
        return self._post(self.sent)

    def _form(self, inside: str) -> dict[str, str]:
        forms = re.findall(r"<form.*?</form>", self.text, re.DOTALL)
        form = next((form for form in forms if inside in form), None)
        assert form, f"There is no form with {inside} on this page."
        tags = [tag for tag in re.findall(r"<input[^>]*>", form) if "radio" not in tag or " checked" in tag]
        pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
        sent = {name.group(1): unescape(value.group(1)) if value else "" for name, value in pairs}
        sent.pop("csrfmiddlewaretoken", None)
        return sent

    def _post(self, values: dict[str, str]) -> "Page":
        self.page = self.person.post("/contacts/new/", values, headers=self.headers)
        self.status, self.text = self.page.status_code, self.page.content.decode()
        self.ways = re.findall(r'name="way" value="(\w+)"', self.text)
        self.went = self.page.headers.get("HX-Redirect") or self.page.headers.get("Location", "")
        return self

    def after(self) -> str:
        """The page that the browser is led to."""
        return self.person.get(self.went).content.decode()


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def page(request: pytest.FixtureRequest, desk: Person, sandbox: SandboxAccount) -> Page:
    return Page(desk, htmx=request.param)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser", phonenumber="0612345678")
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"])
    return contact


def contacts(sandbox: SandboxAccount) -> list[dict[str, Any]]:
    return sandbox.state("contact")


def writes(sandbox: SandboxAccount) -> list[str]:
    return [
        call.operation for call in sandbox.calls if call.operation == "find_or_create_contact" or call.method != "GET"
    ]


# --- looking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [{"email": "SANNE@mail.example"}, {"phone": "+31 6 12345678"}, {"card": CARD}, {"card": "2600 4417 0081 0092"}],
)
def test_one_match_is_a_row_to_open_and_is_never_made_past(
    page: Page, sandbox: SandboxAccount, sanne: dict, typed: dict
) -> None:
    page.look(**typed)
    assert page.status == 200
    assert "Is this the customer?" in page.text
    assert f'href="/contacts/{sanne["uuid"]}/"' in page.text
    assert "Sanne Visser" in page.text
    assert page.ways == []
    assert writes(sandbox) == []


def test_all_three_are_asked_at_once_and_one_person_is_one_row(
    page: Page, sandbox: SandboxAccount, sanne: dict
) -> None:
    page.look(email="sanne@mail.example", phone="0612345678", card=CARD)
    assert page.text.count(f'href="/contacts/{sanne["uuid"]}/"') == 1
    assert "same e-mail and phone and card" in page.text


def test_two_people_are_two_rows(page: Page, sandbox: SandboxAccount, sanne: dict) -> None:
    other = sandbox.add_contact("other@mail.example", firstname="Omar")
    page.look(email="other@mail.example", phone="0612345678")
    assert "Is it one of these?" in page.text
    assert other["uuid"] in page.text
    assert sanne["uuid"] in page.text


def test_none_of_these_makes_nobody_with_an_address_that_is_taken(
    page: Page, sandbox: SandboxAccount, sanne: dict
) -> None:
    page.look(email="sanne@mail.example").none_of_these()
    assert "Nobody new can be made with these" in page.text
    assert page.ways == []


def test_none_of_these_makes_somebody_who_shares_a_phone(page: Page, sandbox: SandboxAccount, sanne: dict) -> None:
    page.look(email="lars@mail.example", phone="0612345678").none_of_these()
    assert page.ways == ["create"]
    assert page.make(firstname="Lars").page.status_code in (200, 303)
    assert len(contacts(sandbox)) == 2


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"email": "anna@"},
        {"email": "a\x00b@mail.example"},
        {"phone": "12"},
        {"card": "x" * 10_000},
        {"card": "a\x07b"},
        {"email": "👩@" + "x" * 300},
        {"phone": "عبد"},
    ],
)
def test_bad_input_is_told_beside_the_field_and_never_reaches_piggy(
    page: Page, sandbox: SandboxAccount, typed: dict
) -> None:
    page.look(**typed)
    assert page.status == 422
    assert 'class="error' in page.text
    assert sandbox.calls == []


def test_a_mistyped_mail_host_is_asked_about(page: Page, sandbox: SandboxAccount) -> None:
    page.look(email="anna@gnail.com")
    assert "anna@gmail.com" in page.text
    assert "meant?" in page.text


def test_no_address_stands_in_any_url_or_the_log(
    page: Page, sandbox: SandboxAccount, caplog: pytest.LogCaptureFixture
) -> None:
    page.look(email="anna@mail.example").make()
    assert "anna" not in page.went
    assert "anna@mail" not in caplog.text


def test_only_who_may_make_customers_comes_here(marketing: Person, sandbox: SandboxAccount) -> None:
    assert marketing.get("/contacts/new/").status_code == 403
    assert marketing.post("/contacts/new/", {"email": "anna@mail.example"}).status_code == 403


# --- with an address -----------------------------------------------------------------------------------------------


def test_it_makes_a_customer_and_then_says_what_they_are_called(page: Page, sandbox: SandboxAccount) -> None:
    page.look(email="anna@mail.example", phone="0612345678")
    assert "Nobody was found" in page.text
    page.make(firstname="Anna", lastname="de Wit")
    (made,) = contacts(sandbox)
    assert page.went == f"/contacts/{made['uuid']}/"
    assert made["email"] == "anna@mail.example"
    assert made["values"]["firstname"] == "Anna"
    assert made["values"]["phonenumber"] == "+31612345678"
    assert writes(sandbox) == ["create_contact", "update_contact"]
    text = page.after()
    assert "Created a customer." in text
    assert "Saved first name, last name and phone number." in text


def test_the_address_is_words_and_the_uuid_a_figure(page: Page, sandbox: SandboxAccount) -> None:
    page.look(email="anna@mail.example").make(firstname="Anna")
    act = Act.objects.get(action="contact.create")
    assert "anna" not in str(act.figures).lower()
    assert ActDetail.objects.get(act=act, event=None).words == {"email": "anna@mail.example", "firstname": "Anna"}
    assert act.state.figures["contact_uuid"] == contacts(sandbox)[0]["uuid"]


def test_a_card_is_linked_as_an_act_of_its_own(page: Page, sandbox: SandboxAccount) -> None:
    sandbox.add_identifier(CARD)
    page.look(email="anna@mail.example", card=CARD)
    assert "belongs to nobody yet" in page.text
    assert page.ways == ["create", "anonymous"]
    page.make(way="create", firstname="Anna")
    (card,) = sandbox.state("identifier")
    assert card["contact_uuid"] == contacts(sandbox)[0]["uuid"]
    assert writes(sandbox) == ["create_contact", "update_contact", "link_contact_identifier"]


def test_names_that_were_not_saved_leave_the_customer_made(page: Page, sandbox: SandboxAccount) -> None:
    sandbox.fault("update_contact", kind="401")
    page.look(email="anna@mail.example").make(firstname="Anna")
    (made,) = contacts(sandbox)
    text = page.after()
    assert "Created a customer." in text
    assert "First name was not saved. Piggy does not accept our key." in text
    assert f'href="/contacts/{made["uuid"]}/edit/"' in text


def test_names_without_an_answer_are_not_called_saved(page: Page, sandbox: SandboxAccount) -> None:
    sandbox.fault("update_contact", kind="lost_before")
    page.look(email="anna@mail.example").make(firstname="Anna")
    text = page.after()
    act = Act.objects.get(action="contact.update")
    assert "We do not know whether first name was saved." in text
    assert f"/audit/{act.pk}/" in text
    assert "Saved" not in text


def test_somebody_who_was_made_meanwhile_is_shown_and_not_made_twice(page: Page, sandbox: SandboxAccount) -> None:
    page.look(email="anna@mail.example")
    other = sandbox.add_contact("Anna@mail.example", firstname="Anna")
    page.make(firstname="Anne")
    assert page.status == 409
    assert "exists already" in page.text
    assert f'href="/contacts/{other["uuid"]}/"' in page.text
    assert writes(sandbox) == []
    assert len(contacts(sandbox)) == 1


def test_a_second_click_makes_nobody_else(page: Page, sandbox: SandboxAccount) -> None:
    page.look(email="anna@mail.example").make(firstname="Anna")
    went = page.went
    assert page.again().went == went
    assert len(contacts(sandbox)) == 1
    assert writes(sandbox) == ["create_contact", "update_contact"]


def test_two_tabs_make_one_customer(desk: Person, sandbox: SandboxAccount) -> None:
    one, other = Page(desk).look(email="anna@mail.example"), Page(desk).look(email="anna@mail.example")
    one.make()
    other.make()
    assert other.status == 409
    assert len(contacts(sandbox)) == 1


def test_a_full_account_is_told(page: Page, sandbox: SandboxAccount) -> None:
    sandbox.set(contact_limit=0)
    page.look(email="anna@mail.example").make(firstname="Anna")
    assert page.status == 409
    assert "usage limit" in page.text
    assert 'value="Anna"' in page.text


@pytest.mark.parametrize("typed", [{"firstname": "x" * 10_000}, {"lastname": "a\x07b"}, {"way": "other"}])
def test_a_bad_name_is_told_and_nothing_is_made(page: Page, sandbox: SandboxAccount, typed: dict) -> None:
    page.look(email="anna@mail.example", card=CARD).make(**typed)
    assert page.status == 422
    assert 'class="error' in page.text
    assert writes(sandbox) == []


def test_no_answer_leads_back_here_and_not_to_a_second_try(page: Page, sandbox: SandboxAccount) -> None:
    page.look(email="anna@mail.example")
    sandbox.fault("create_contact", kind="lost_before")
    page.make(firstname="Anna")
    act = Act.objects.get(action="contact.create")
    assert page.went == f"/contacts/new/?act={act.pk}"
    text = page.after()
    assert "Do not create the customer again" in text
    assert f"/audit/{act.pk}/" in text
    page.look(email="anna@mail.example").make()
    assert page.status == 409
    assert "Look at that first" in page.text
    assert writes(sandbox) == ["create_contact"]


def test_a_look_that_fails_right_before_leaves_nothing_unknown(page: Page, sandbox: SandboxAccount) -> None:
    page.look(email="anna@mail.example")
    sandbox.fault("find_contact", kind="500", times=3)
    page.make(firstname="Anna")
    assert page.status == 409
    assert "No customer was created." in page.text
    assert Act.objects.get(action="contact.create").outcome == "refused"
    assert writes(sandbox) == []


# --- whoever has it, else somebody new -----------------------------------------------------------------------------


def test_it_is_offered_only_where_the_address_could_not_be_asked(page: Page, sandbox: SandboxAccount) -> None:
    sandbox.fault("find_contact", kind="503", times=-1)
    page.look(email="anna@mail.example")
    assert page.status == 503
    assert page.ways == ["find_or_create"]
    assert "Piggy could not be asked for everything" in page.text
    page.make(firstname="Anna")
    (made,) = contacts(sandbox)
    assert made["values"]["firstname"] == "Anna"
    assert page.went == f"/contacts/{made['uuid']}/"


def test_somebody_who_was_there_keeps_their_name(page: Page, sandbox: SandboxAccount) -> None:
    there = sandbox.add_contact("anna@mail.example", firstname="Anna", created_at="2020-01-01T00:00:00+00:00")
    sandbox.fault("find_contact", kind="503", times=-1)
    page.look(email="anna@mail.example", card=CARD).make(way="find_or_create", firstname="Somebody else")
    assert page.went == f"/contacts/{there['uuid']}/"
    assert contacts(sandbox)[0]["values"]["firstname"] == "Anna"
    assert writes(sandbox) == ["find_or_create_contact"]
    assert "Piggy had this customer already" in page.after()


# --- anonymous -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
def test_it_makes_an_anonymous_customer_with_a_card(page: Page, sandbox: SandboxAccount, known: bool) -> None:
    if known:
        sandbox.add_identifier(CARD)
    page.look(card=CARD)
    assert page.ways == ["anonymous"]
    page.make(firstname="Anna")
    (made,) = contacts(sandbox)
    assert made["is_anonymous"]
    assert made["values"]["firstname"] == "Anna"
    assert sandbox.state("identifier")[0]["contact_uuid"] == made["uuid"]
    assert page.went == f"/contacts/{made['uuid']}/"


def test_a_card_that_is_off_makes_nobody(page: Page, sandbox: SandboxAccount) -> None:
    sandbox.add_identifier(CARD, active=False)
    page.look(card=CARD)
    assert "switched off" in page.text
    assert page.ways == []


def test_a_card_given_to_somebody_meanwhile_makes_nobody(page: Page, sandbox: SandboxAccount, sanne: dict) -> None:
    page.look(card="9999")
    sandbox.add_identifier("9999", contact_uuid=sanne["uuid"])
    page.make()
    assert page.status == 409
    assert "belongs to another customer" in page.text
    assert len(contacts(sandbox)) == 1


def test_a_phone_alone_makes_nobody(page: Page, sandbox: SandboxAccount) -> None:
    page.look(phone="0612345678")
    assert "An address or a card is needed too" in page.text
    assert page.ways == []


def test_with_piggy_down_nothing_is_lost(page: Page, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    page.look(card=CARD, email="anna@mail.example")
    assert page.status == 503
    assert 'value="anna@mail.example"' in page.text
    assert "Piggy could not be asked" in page.text


# --- what careful reading found ------------------------------------------------------------------------------------


def test_an_address_typed_as_a_card_becomes_no_card(page: Page, sandbox: SandboxAccount) -> None:
    page.look(card="jan@mail.example")
    assert page.status == 422
    assert "That is an e-mail address" in page.text
    assert sandbox.calls == []


def test_names_typed_before_a_card_is_scanned_stay(desk: Person, sandbox: SandboxAccount) -> None:
    page = Page(desk, htmx=True)
    page.look(email="new@mail.example", card=CARD, firstname="Jan", lastname="de Vries")
    assert 'value="Jan"' in page.text
    assert 'value="de Vries"' in page.text


def test_what_a_customer_of_this_minute_told_themselves_is_not_written_over(
    page: Page, sandbox: SandboxAccount
) -> None:
    sandbox.fault("find_contact", kind="503")
    page.look(email="new@mail.example")
    sandbox.add_contact("new@mail.example", firstname="Johanna")
    page.make(way="find_or_create", firstname="Jan", lastname="de Vries")
    (contact,) = contacts(sandbox)
    assert contact["values"]["firstname"] == "Johanna"
    assert contact["values"]["lastname"] == "de Vries"
    assert "nothing was saved over them" in page.after()


def test_a_form_that_waits_may_be_changed_and_is_sent_as_it_is_then(page: Page, sandbox: SandboxAccount) -> None:
    page.look(email="new@mail.example")
    sandbox.fault("create_contact", kind="429", retry_after=0)
    page.make(firstname="Jan")
    assert "Piggy is busy" in page.text
    page.make(firstname="Johanna")
    assert page.went
    (contact,) = contacts(sandbox)
    assert contact["values"]["firstname"] == "Johanna"
    given_up, done = Act.objects.filter(action="contact.create").order_by("seq")
    assert (given_up.outcome, given_up.state.code) == ("refused", "given_up")
    assert done.outcome == "done"


def test_a_customer_made_long_ago_says_nothing_of_one_made_now(desk: Person, sandbox: SandboxAccount) -> None:
    perform(
        CREATE,
        by=Actor(desk.staff, "desk", desk.shop),
        target=Target(NEW_CUSTOMER.name, ""),
        detail={"email": "new@mail.example"},
        call=lambda act: "deleted-since",
        done_figures=lambda uuid: {"contact_uuid": uuid},
    )
    sandbox.fault("create_contact", kind="lost_after")
    Page(desk).look(email="new@mail.example").make()
    lost = Act.objects.filter(action="contact.create").latest("seq")
    settled = settling.look(lost.pk)
    assert settled.done
    assert settled.figures["contact_uuid"] == contacts(sandbox)[0]["uuid"]


def test_erasing_a_customer_takes_the_words_of_tries_that_came_to_nothing(
    desk: Person, sandbox: SandboxAccount
) -> None:
    page = Page(desk).look(email="new@mail.example")
    sandbox.add_contact("new@mail.example", uuid="c-1")
    page.make(firstname="Jan")
    refused = Act.objects.get(action="contact.create")
    assert refused.outcome == "refused"
    Page(desk).look(email="else@mail.example").make()
    uuid = next(row["uuid"] for row in contacts(sandbox) if row["uuid"] != "c-1")
    erase_details(contact_id=uuid, by=None)
    assert ActDetail.objects.get(act=refused, event=None).words, "it was about somebody else"
    record(FLAG, by=None, target=Target("contact", "c-1"), detail={"email": "new@mail.example"})
    erase_details(contact_id="c-1", by=None)
    assert not ActDetail.objects.get(act=refused, event=None).words
