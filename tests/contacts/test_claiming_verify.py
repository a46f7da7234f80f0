"""Prove an address: a mail with a code, the code read out, and what the page says in between."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from contacts.claiming import verification
from contacts.copy import sweeping, sweeps
from contacts.copy.reading_again import read_again
from contacts.copy.taking import take
from contacts.duplicates.sides import copies_of, sides_of
from contacts.models import ContactCopy, DuplicatePair, How, Sweep
from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.contacts import sweep_hands
from tests.contacts.booking_hands import settle
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}


class Proof:
    """One person verifying one customer's address, by the forms that are on the page."""

    def __init__(self, person: Person, uuid: str, *, htmx: bool = False) -> None:
        self.person, self.uuid, self.headers = person, uuid, HTMX if htmx else {}
        self.path = f"/contacts/{uuid}/verify/"
        self.open()

    def open(self) -> "Proof":
        return self._keep(self.person.get(self.path))

    def send(self) -> "Proof":
        self.sent = (self.path, {"form_token": self.token(self.path)})
        return self.again()

    def hand_in(self, code: str) -> "Proof":
        path = f"{self.path}code/"
        self.sent = (path, {"form_token": self.token(path), "otp": code})
        return self.again()

    def again(self) -> "Proof":
        path, values = self.sent
        page = self.person.post(path, values, headers=self.headers)
        to = page.headers.get("Location") or page.headers.get("HX-Redirect")
        return self._keep(self.person.get(to) if to else page)

    def token(self, path: str) -> str:
        form = re.search(rf'<form[^>]* action="{path}".*?</form>', self.text, re.DOTALL)
        assert form, f"There is no form for {path} on this page."
        found = re.search(r'name="form_token" value="([^"]+)"', form.group())
        assert found
        return found.group(1)

    def _keep(self, page: Any) -> "Proof":
        self.page, self.text, self.status = page, unescape(page.content.decode()), page.status_code
        return self


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser")


@pytest.fixture
def proof(desk: Person, sanne: dict) -> Proof:
    return Proof(desk, sanne["uuid"])


@pytest.fixture
def a_minute_later(monkeypatch: pytest.MonkeyPatch) -> Any:
    def pass_it() -> None:
        monkeypatch.setattr(verification, "PAUSE", timedelta(0))

    return pass_it


def code_of(sandbox: SandboxAccount) -> str:
    return sandbox.codes_sent[-1].code


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def outcomes() -> list[tuple[str, str]]:
    return [(act.action, act.state.outcome) for act in Act.objects.select_related("state").order_by("seq")]


# --- the way through -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_a_mail_then_its_code_proves_the_address(
    desk: Person, sandbox: SandboxAccount, sanne: dict, htmx: bool
) -> None:
    proof = Proof(desk, sanne["uuid"], htmx=htmx)
    assert "not verified" in proof.text
    assert "The code</h2>" not in proof.text
    proof.send()
    assert "Sent a verification mail" in proof.text
    assert re.search(r"Mail sent .*asked for by <bdi>Fatima El Idrissi</bdi>, <bdi>Utrecht West</bdi>", proof.text)
    assert [sent.email for sent in sandbox.codes_sent] == ["sanne@mail.example"]
    proof.hand_in(code_of(sandbox))
    assert "Verified: the code proved" in proof.text
    assert re.search(r"Verified <time.* by <bdi>Fatima El Idrissi</bdi>", proof.text)
    assert writes(sandbox) == ["send_verification_email", "verify_login_code"]
    assert Act.objects.order_by("seq").last().events.last().figures == {"verified": True}


def test_a_code_read_in_groups_is_taken(proof: Proof, sandbox: SandboxAccount) -> None:
    code = code_of(proof.send() and sandbox)
    assert "Verified: the code" in proof.hand_in(f" {code[:3]} {code[3:]} ").text


def test_the_code_is_kept_nowhere(
    proof: Proof, sandbox: SandboxAccount, caplog: pytest.LogCaptureFixture, django_db_blocker: Any
) -> None:
    with caplog.at_level("DEBUG"):
        code = code_of(proof.send() and sandbox)
        proof.hand_in(wrong(code))
        proof.hand_in(code)
    assert [outcome for _, outcome in outcomes()] == ["done", "refused", "done"]
    for told in (code, wrong(code)):
        assert told not in "".join(
            record.getMessage() for record in caplog.records if record.name != "django.db.backends"
        )
        for act in Act.objects.all():
            assert told not in str(act.figures)
            assert all(told not in str(event.figures) for event in act.events.all())
        assert all(told not in detail.body for detail in ActDetail.objects.all())


def test_a_form_kept_by_the_idle_lock_leaves_the_code_out() -> None:
    from piggyadmin.typed import SECRET_NAME

    assert SECRET_NAME.search("otp")


def test_a_wrong_code_is_refused_beside_the_field_and_can_be_typed_again(proof: Proof, sandbox: SandboxAccount) -> None:
    code = code_of(proof.send() and sandbox)
    used = proof.token(f"{proof.path}code/")
    proof.hand_in(wrong(code))
    assert proof.status == 409
    assert 'id="id_otp-e"' in proof.text
    assert "This code is not right" in proof.text
    assert proof.token(f"{proof.path}code/") != used
    assert "Verified: the code" in proof.hand_in(code).text


@pytest.mark.parametrize(
    "typed", ["", "  ", "12 34 €", "1\x002", "1" * 33, "x" * 10_000, "１２３４５６", "123\u202e456"]
)
def test_what_is_no_code_reaches_nobody(proof: Proof, sandbox: SandboxAccount, typed: str) -> None:
    proof.send().hand_in(typed)
    assert proof.status == 422
    assert 'id="id_otp-e"' in proof.text
    assert writes(sandbox) == ["send_verification_email"]


def test_a_second_click_sends_one_mail_and_checks_a_code_once(proof: Proof, sandbox: SandboxAccount) -> None:
    assert "Sent a verification mail" in proof.send().again().text
    assert "Verified: the code" in proof.hand_in(code_of(sandbox)).again().text
    assert writes(sandbox) == ["send_verification_email", "verify_login_code"]


def test_a_form_without_its_token_does_nothing(proof: Proof, desk: Person, sandbox: SandboxAccount) -> None:
    assert desk.post(proof.path).status_code == 422
    page = desk.post(f"{proof.path}code/", {"otp": "123456"})
    assert page.status_code == 422
    assert "Nothing was done" in page.text
    assert writes(sandbox) == []


# --- one mail a minute ---------------------------------------------------------------------------------------------


def test_another_mail_within_a_minute_is_not_offered_and_not_sent(
    proof: Proof, desk: Person, sandbox: SandboxAccount
) -> None:
    proof.send()
    assert re.search(r"Another mail can be asked for from <time[^>]*>\d\d:\d\d:\d\d</time> on", proof.text)
    assert "Send another mail" not in proof.text
    page = desk.post(proof.path, {"form_token": "another-form-of-mine"})
    assert page.status_code == 409
    assert re.search(r"A mail was asked for at \d\d:\d\d:\d\d\. Ask for another from \d\d:\d\d:\d\d on", page.text)
    assert writes(sandbox) == ["send_verification_email"]


def test_after_a_minute_another_mail_can_be_sent_and_its_code_counts(
    proof: Proof, sandbox: SandboxAccount, a_minute_later: Any
) -> None:
    first = code_of(proof.send() and sandbox)
    a_minute_later()
    proof.open().send()
    assert len(sandbox.codes_sent) == 2
    if first != code_of(sandbox):
        assert "This code is not right" in proof.hand_in(first).text
    assert "Verified: the code" in proof.hand_in(code_of(sandbox)).text


def test_a_mail_that_was_refused_need_not_be_waited_for(proof: Proof, sandbox: SandboxAccount) -> None:
    sandbox.set(portal=False)
    assert proof.send().status == 409
    assert "no customer portal" in proof.text
    assert "not verified" in proof.text
    sandbox.set(portal=True)
    assert "Sent a verification mail" in proof.send().text


# --- what the state is about ---------------------------------------------------------------------------------------


def test_what_was_proved_of_an_earlier_address_proves_nothing_of_this_one(
    proof: Proof, sandbox: SandboxAccount
) -> None:
    proof.send().hand_in(code_of(sandbox))
    assert "Verified <time" in proof.open().text
    sandbox.add_contact("anders@mail.example", uuid=proof.uuid)  # Piggy shows another address from now on
    assert "anders@mail.example" in proof.open().text
    assert "not verified" in proof.open().text
    assert "Send the mail" in proof.text


def test_once_the_words_are_erased_nothing_is_said_to_be_proved(proof: Proof, sandbox: SandboxAccount) -> None:
    proof.send().hand_in(code_of(sandbox))
    ActDetail.objects.update(body="", salt="", erased_at=timezone.now())
    assert "not verified" in proof.open().text


def test_an_anonymous_customer_is_claimed_first(desk: Person, sandbox: SandboxAccount) -> None:
    contact = sandbox.add_contact(anonymous=True)
    path = f"/contacts/{contact['uuid']}/verify/"
    for page in (
        desk.get(path),
        desk.post(path, {"form_token": "a-form-of-my-own"}),
        desk.post(f"{path}code/", {"form_token": "a-form-of-my-own", "otp": "123456"}),
    ):
        assert "An anonymous customer is claimed with an address first" in page.text
        assert contact["email"] not in page.text
    assert writes(sandbox) == []


def test_just_after_a_claim_the_new_address_is_the_one(desk: Person, sandbox: SandboxAccount) -> None:
    from piggyadmin import piggy

    contact = sandbox.add_contact(anonymous=True)
    piggy.get_client().claim_contact(contact_uuid=contact["uuid"], email="nieuw@mail.example")
    Proof(desk, contact["uuid"]).send()
    assert [sent.email for sent in sandbox.codes_sent] == ["nieuw@mail.example"]


def test_a_customer_that_piggy_does_not_have_is_said_so(desk: Person, sandbox: SandboxAccount) -> None:
    for page in (
        desk.get("/contacts/gone/verify/"),
        desk.post("/contacts/gone/verify/", {"form_token": "a-form-of-my-own"}),
        desk.post("/contacts/gone/verify/code/", {"form_token": "a-form-of-my-own", "otp": "123456"}),
    ):
        assert page.status_code == 404
        assert "Piggy has no customer with this id" in page.text
    assert writes(sandbox) == []


def test_the_address_is_masked_for_whoever_may_not_see_it(
    marketing: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    from django.contrib.auth.models import Group, Permission

    Group.objects.get(name="marketing").permissions.add(Permission.objects.get(codename="claim_contact"))
    proof = Proof(marketing, sanne["uuid"]).send()
    assert "sanne@mail.example" not in proof.text
    assert "sa…@mail.example" in proof.text


def test_a_code_that_belongs_to_another_customer_proves_nothing_and_is_reported(
    proof: Proof, desk: Person, sandbox: SandboxAccount, sanne: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    from piggyadmin.piggy.client import Piggy
    from piggyadmin.piggy.payloads import ContactVerified

    proof.send()
    monkeypatch.setattr(Piggy, "verify_code", lambda self, **asked: ContactVerified(uuid="somebody-else"))
    proof.hand_in(code_of(sandbox))
    assert proof.status == 409
    assert "This code belongs to another customer" in proof.text
    assert "Verified <time" not in proof.text
    checked, told = Act.objects.order_by("seq")[1:]
    assert checked.state.outcome == "refused"
    assert checked.figures == {"verified": False}
    assert (told.action, told.figures, told.parent) == (
        "contact.verify_mismatch",
        {"other_uuid": "somebody-else"},
        checked,
    )
    assert "another customer’s" in desk.get(f"/contacts/{sanne['uuid']}/").text


# --- answers that get lost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_a_mail_without_an_answer_is_not_called_sent_and_may_be_sent_again_after_a_minute(
    desk: Person, sandbox: SandboxAccount, sanne: dict, a_minute_later: Any, htmx: bool
) -> None:
    proof = Proof(desk, sanne["uuid"], htmx=htmx)
    sandbox.fault("send_verification_email", kind="lost_after")
    proof.send()
    assert proof.status == 200
    assert "We do not know whether the mail went out" in proof.text
    assert "Perhaps it went out" in proof.text
    assert "Sent a verification mail" not in proof.text
    assert "Send another mail" not in proof.text
    a_minute_later()
    assert "Sent a verification mail" in proof.open().send().text
    assert writes(sandbox).count("send_verification_email") == 2


def test_a_code_without_an_answer_is_not_called_right_and_a_new_mail_helps(
    proof: Proof, sandbox: SandboxAccount, a_minute_later: Any
) -> None:
    proof.send()
    sandbox.fault("verify_login_code", kind="lost_after")
    proof.hand_in(code_of(sandbox))
    assert "We do not know whether the code was right" in proof.text
    assert "Verified <time" not in proof.text
    assert "no answer came" in proof.open().text
    a_minute_later()
    proof.open().send().hand_in(code_of(sandbox))
    assert "Verified <time" in proof.text


def test_with_piggy_down_after_the_call_the_unknown_outcome_is_still_told(
    proof: Proof, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    from piggyadmin.piggy.client import Piggy

    send = Piggy.send_verification

    def then_down(self: Piggy, *, email: str) -> None:
        sandbox.broken = 503
        send(self, email=email)

    monkeypatch.setattr(Piggy, "send_verification", then_down)
    proof.send()
    assert "We do not know whether the mail went out" in proof.text
    assert "could not be read afterwards" in proof.text
    sandbox.clear_faults()
    again = re.search(r'href="([^"]+)">Read again', proof.text)
    assert again
    assert "Perhaps it went out" in proof._keep(proof.person.get(again.group(1))).text


def test_with_piggy_down_the_page_says_so(proof: Proof, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    assert proof.open().status == 503


# --- what the copy knows of it -------------------------------------------------------------------------------------


def unverified(admin: Person) -> str:
    """The list of those of whom no address is verified."""
    return unescape(admin.get("/contacts/?unverified=on").text)


def test_the_list_and_the_duplicates_know_of_whom_an_address_is_verified(
    proof: Proof, admin: Person, sandbox: SandboxAccount
) -> None:
    other = sandbox.add_contact("visser@mail.example", firstname="S", created_at="2020-01-01T10:00:00+00:00")
    for uuid in (proof.uuid, other["uuid"]):
        read_again(uuid, how=How.HINT)
    assert proof.uuid in unverified(admin)
    first, second = sorted((proof.uuid, other["uuid"]))
    pair = DuplicatePair(first_uuid=first, second_uuid=second)
    assert sides_of(pair, copies_of([first, second]))[1].uuid == other["uuid"]  # the one that is known longer
    proof.send().hand_in(code_of(sandbox))
    assert ContactCopy.objects.get(contact_uuid=proof.uuid).email_verified_at == checked().at
    assert proof.uuid not in unverified(admin)
    assert other["uuid"] in unverified(admin)
    assert sides_of(pair, copies_of([first, second]))[1].uuid == proof.uuid


def checked() -> Act:
    return Act.objects.filter(action="contact.verify_code").latest("seq")


def test_a_wrong_code_verifies_nothing_in_the_copy(proof: Proof, sandbox: SandboxAccount) -> None:
    read_again(proof.uuid, how=How.HINT)
    proof.send().hand_in(wrong(code_of(sandbox)))
    assert ContactCopy.objects.get().email_verified_at is None


def test_what_was_verified_before_the_contact_was_copied_is_known_of_the_same_address(
    proof: Proof, sandbox: SandboxAccount
) -> None:
    proof.send().hand_in(code_of(sandbox))
    ContactCopy.objects.all().delete()
    sandbox.add_contact("third@mail.example")
    list(sweep_all())
    proved = dict(ContactCopy.objects.values_list("email", "email_verified_at"))
    assert proved == {"sanne@mail.example": checked().at, "third@mail.example": None}


def test_another_address_is_not_verified_and_the_former_one_is_so_again(proof: Proof, sandbox: SandboxAccount) -> None:
    proof.send().hand_in(code_of(sandbox))
    for email, proved in (("sanne@mail.example", True), ("other@mail.example", False), ("Sanne@mail.example", True)):
        take(sweep_hands.told(proof.uuid, email=email), how=How.HINT)
        assert (ContactCopy.objects.get().email_verified_at is not None) is proved, email


def sweep_all() -> Iterator[bool]:
    begun = sweeps.start(Sweep.Kind.FULL)
    while Sweep.objects.get(pk=begun.pk).ended_at is None:
        yield sweeping.advance(begun.pk)


@pytest.mark.parametrize("happened", [True, False])
def test_a_lost_answer_that_somebody_settled_is_known_in_the_copy(
    proof: Proof, admin: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch, happened: bool
) -> None:
    read_again(proof.uuid, how=How.HINT)
    proof.send()
    sandbox.fault("verify_login_code", kind="lost_after")
    proof.hand_in(code_of(sandbox))
    assert ContactCopy.objects.get().email_verified_at is None
    settle(admin, checked(), happened=happened, monkeypatch=monkeypatch)
    assert (ContactCopy.objects.get().email_verified_at is not None) is happened
