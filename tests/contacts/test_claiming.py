"""Claim an anonymous customer: what the desk sees, and what Piggy was asked."""

import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from contacts.claiming.forms import ClaimForm
from contacts.models import AnonymousContact
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.claiming_hands import CARD, Desk, add_sanne, add_unknown_card, row, writes
from tests.fixtures_sandbox import SandboxAccount


@pytest.fixture
def unknown_card(sandbox: SandboxAccount) -> dict:
    return add_unknown_card(sandbox)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    return add_sanne(sandbox)


@pytest.fixture
def at_the_desk(desk: Person, unknown_card: dict) -> Desk:
    return Desk(desk, unknown_card["uuid"])


# --- the page ------------------------------------------------------------------------------------------------------


def test_it_shows_whom_one_claims(at_the_desk: Desk, sandbox: SandboxAccount, unknown_card: dict) -> None:
    at_the_desk.open()
    assert at_the_desk.status == 200
    for words in ("2600 4417 0081 0092", "240", "€\u00a012.50", "Back to the customer", "live "):
        assert words in at_the_desk.text
    assert "anonymous.example" not in at_the_desk.text
    assert writes(sandbox) == []


@pytest.mark.parametrize("who", ["marketing", "stranger"])
def test_who_may_not(
    who: str, request: pytest.FixtureRequest, sandbox: SandboxAccount, unknown_card: dict, sanne: dict
) -> None:
    person = request.getfixturevalue(who)
    for path in ("claim/", "claim/check/", "flag/", "verify/", "verify/code/"):
        assert person.post(f"/contacts/{unknown_card['uuid']}/{path}", {"email": "a@b.example"}).status_code == 403
    assert sandbox.calls == []


def test_without_a_shop_it_asks_for_one(at_the_desk: Desk, desk: Person, sandbox: SandboxAccount) -> None:
    from piggyadmin.accounts.models import Shop

    Shop.objects.create(piggy_uuid="other", name="Amersfoort")
    desk.staff.last_shop = None
    desk.staff.save()
    session = desk.session
    session.pop("shop")
    session.save()
    assert "/shop" in at_the_desk.open().page.headers["Location"]
    assert sandbox.calls == []


def test_a_customer_that_piggy_does_not_have_is_said_so_and_forgotten(desk: Person, sandbox: SandboxAccount) -> None:
    from django.utils import timezone

    AnonymousContact.objects.create(contact_uuid="gone", met_at=timezone.now(), seen_at=timezone.now())
    page = Desk(desk, "gone").open()
    assert page.status == 404
    assert "Piggy has no customer with this id" in page.text
    assert not AnonymousContact.objects.exists()


def test_with_piggy_down_the_page_says_so(at_the_desk: Desk, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    assert at_the_desk.open().status == 503
    assert "Maintenance" in at_the_desk.text


# --- the claim -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_it_claims_and_offers_the_verification_mail(
    desk: Person, sandbox: SandboxAccount, unknown_card: dict, htmx: bool
) -> None:
    it = Desk(desk, unknown_card["uuid"], htmx=htmx).open().claim("Nieuwe.Klant@Mail.EXAMPLE")
    assert it.status == (200 if htmx else 303)
    it.follow()
    assert "Claimed" in it.text
    assert "Send the mail" in it.text
    assert "Nieuwe.Klant@mail.example" in it.text
    assert writes(sandbox) == ["claim_anonymous_contact"]
    claimed = row(sandbox, unknown_card["uuid"])
    assert (claimed["email"], claimed["is_anonymous"]) == ("Nieuwe.Klant@mail.example", False)
    act = Act.objects.get()
    assert act.state.outcome == "done"
    assert act.details.get(event=None).words == {"email": "Nieuwe.Klant@mail.example"}
    assert "example" not in str(act.figures)


def test_no_address_stands_in_a_url_or_a_log(
    at_the_desk: Desk, sandbox: SandboxAccount, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="piggyadmin"):
        at_the_desk.open().check("nieuw@mail.example").open().claim("nieuw@mail.example").follow()
    assert "nieuw" not in caplog.text
    assert "nieuw" not in at_the_desk.page.request["PATH_INFO"] + at_the_desk.page.request["QUERY_STRING"]


def test_a_claimed_customer_is_no_longer_in_the_list_of_anonymous_ones(
    at_the_desk: Desk, sandbox: SandboxAccount, unknown_card: dict
) -> None:
    from django.utils import timezone

    AnonymousContact.objects.create(
        contact_uuid=unknown_card["uuid"], card=CARD, met_at=timezone.now(), seen_at=timezone.now()
    )
    at_the_desk.open().claim("nieuw@mail.example")
    assert not AnonymousContact.objects.exists()


def test_a_second_click_claims_once_and_leads_to_the_same(at_the_desk: Desk, sandbox: SandboxAccount) -> None:
    at_the_desk.open().claim("nieuw@mail.example")
    first = at_the_desk.page.headers["Location"]
    assert at_the_desk.again().page.headers["Location"] == first
    assert writes(sandbox) == ["claim_anonymous_contact"]


def test_of_two_tabs_the_second_says_that_it_is_done(
    desk: Person, sandbox: SandboxAccount, unknown_card: dict, at_the_desk: Desk
) -> None:
    other = Desk(desk, unknown_card["uuid"]).open()
    at_the_desk.open().claim("nieuw@mail.example")
    other.claim("anders@mail.example")
    assert other.status == 409
    assert "This customer has an e-mail address already" in other.text
    assert "nieuw@mail.example" in other.text
    assert "by <bdi>Fatima El Idrissi</bdi>" in other.text
    assert writes(sandbox) == ["claim_anonymous_contact"]


def test_nobody_claims_a_customer_with_an_address(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    it = Desk(desk, sanne["uuid"]).open()
    assert "Nothing to claim" in it.text
    assert "sanne@mail.example" in it.text
    page = desk.post(it.path, {"email": "nieuw@mail.example", "form_token": "a-token-of-my-own"})
    assert page.status_code == 409
    assert writes(sandbox) == []


def test_whoever_may_not_see_addresses_sees_them_masked(
    marketing: Person, sandbox: SandboxAccount, unknown_card: dict, sanne: dict
) -> None:
    from django.contrib.auth.models import Group, Permission

    # No role of ours may claim without seeing addresses; a house that changes that is served all the same.
    Group.objects.get(name="marketing").permissions.add(Permission.objects.get(codename="claim_contact"))
    already = Desk(marketing, sanne["uuid"]).open().text
    taken = Desk(marketing, unknown_card["uuid"]).open().claim("SANNE@mail.example").text
    for text in (already, taken.replace('value="SANNE@mail.example"', "")):
        assert "sanne@mail.example" not in text.lower()
        assert "sa…@mail.example" in text
    assert "/flag/" not in taken


def test_a_form_without_its_token_does_nothing_and_is_made_whole(
    at_the_desk: Desk, desk: Person, sandbox: SandboxAccount
) -> None:
    at_the_desk._keep(desk.post(at_the_desk.path, {"email": "nieuw@mail.example"}))
    assert at_the_desk.status == 422
    assert "Nothing was done" in at_the_desk.text
    assert writes(sandbox) == []
    at_the_desk.claim("nieuw@mail.example")
    assert writes(sandbox) == ["claim_anonymous_contact"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "nieuw",
        "nieuw@",
        "@mail.example",
        "nieuw@mail",
        "nieuw @mail.example",
        "nieuw@mail .example",
        "a@mail.example b@mail.example",
        "a@mail.example,b@mail.example",
        "Sanne <sanne@mail.example>",
        "nieuw@[127.0.0.1]",
        "nieuw@localhost",
        "nieuw\x00@mail.example",
        "nieuw\x1b@mail.example",
        "nieuw\n@mail.example",
        "nieuw\u200b@mail.example",
        "nieuw@ma\u200bil.example",
        "nieuw\u202e@mail.example",
        "nieuw\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") + "@mail.example",
        "x" * 10_000 + "@mail.example",
        "عبد@mail.example",
    ],
)
def test_what_is_no_address_is_refused_beside_the_field_and_reaches_nobody(
    at_the_desk: Desk, sandbox: SandboxAccount, typed: str
) -> None:
    at_the_desk.open()
    sandbox.forget_calls()
    at_the_desk.claim(typed)
    assert at_the_desk.status == 422
    assert 'id="id_email-e"' in at_the_desk.text
    assert 'aria-invalid="true"' in at_the_desk.text
    assert not [call for call in sandbox.calls if "email" in call.query or call.method != "GET"]
    assert not Act.objects.exists()


@pytest.mark.parametrize("typed", ["nieuw@müller.example", "nieuw@xn--mller-kva.example", "O'Brien+1@mail.example"])
def test_odd_and_right_addresses_are_taken(at_the_desk: Desk, sandbox: SandboxAccount, typed: str) -> None:
    at_the_desk.open().claim(typed)
    assert at_the_desk.status == 303
    assert sandbox.state("contact")[0]["email"] == typed


@given(st.text(max_size=300))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_whatever_is_typed_is_an_address_or_a_sentence(text: str) -> None:
    form = ClaimForm({"email": text, "form_token": "a-token-of-this-page"})
    if form.is_valid():
        assert form.cleaned_data["email"].count("@") == 1
        assert len(form.cleaned_data["email"]) <= 254
    else:
        assert all(str(error).endswith((".", ".)")) for errors in form.errors.values() for error in errors)


@given(st.emails(domains=st.sampled_from(["mail.example", "Gmail.com", "Koffie.Example"])))
def test_every_plain_address_is_taken_with_its_host_in_small_letters(address: str) -> None:
    form = ClaimForm({"email": f"  {address}\r\n", "form_token": "a-token-of-this-page"})
    if len(address) > 254:
        return
    assert form.is_valid(), form.errors
    name, host = form.cleaned_data["email"].split("@")
    assert (name, host) == (address.split("@")[0], address.split("@")[1].lower())


# --- answers that get lost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("kind", ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"])
def test_a_claim_without_an_answer_is_not_called_done_and_not_sent_again(
    desk: Person, sandbox: SandboxAccount, unknown_card: dict, kind: str, htmx: bool
) -> None:
    it = Desk(desk, unknown_card["uuid"], htmx=htmx).open()
    sandbox.fault("claim_anonymous_contact", kind=kind)
    it.claim("nieuw@mail.example").follow()
    assert "Nobody knows yet whether a claim worked" in it.text
    assert "/audit/" in it.text
    assert 'name="email"' not in it.text
    page = desk.post(it.path, {"email": "nieuw@mail.example", "form_token": "another-form-of-mine"})
    assert page.status_code == 409
    assert writes(sandbox) == ["claim_anonymous_contact"]
    act = Act.objects.get()
    desk.post(f"/audit/{act.pk}/look/")
    it.open()
    assert "Nothing to claim" in it.text
    assert act.state.__class__.objects.get(act=act).outcome == "done"


def test_with_piggy_down_after_the_call_the_unknown_outcome_is_still_told(
    at_the_desk: Desk, sandbox: SandboxAccount
) -> None:
    at_the_desk.open()
    sandbox.fault("claim_anonymous_contact", kind="lost_after")
    at_the_desk.claim("nieuw@mail.example")
    sandbox.broken = 503
    at_the_desk.follow()
    assert "We do not know whether this customer was claimed" in at_the_desk.text
    assert "could not be read afterwards" in at_the_desk.text
    sandbox.clear_faults()
    again = re.search(r'href="([^"]+)">Read again', at_the_desk.text)
    assert again
    assert "Nobody knows yet" in at_the_desk._keep(at_the_desk.person.get(again.group(1))).text


def test_too_many_calls_is_not_done_and_may_be_sent_again(at_the_desk: Desk, sandbox: SandboxAccount) -> None:
    at_the_desk.open()
    sandbox.fault("claim_anonymous_contact", kind="429", retry_after=30)
    at_the_desk.claim("nieuw@mail.example")
    assert at_the_desk.status == 409
    assert "Try again at" in at_the_desk.text
    at_the_desk.claim("nieuw@mail.example")
    assert at_the_desk.status == 303
    assert writes(sandbox).count("claim_anonymous_contact") == 2
