"""While an address is typed: slips of the finger, and whose it is."""

import re

import pytest

from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.claiming_hands import Desk, add_sanne, add_unknown_card, writes
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


# --- the slip of a finger ------------------------------------------------------------------------------------------


def test_a_likely_slip_is_asked_about_once(at_the_desk: Desk, sandbox: SandboxAccount) -> None:
    at_the_desk.open().claim("nieuw@gnail.com")
    assert at_the_desk.status == 422
    assert "nieuw@gmail.com</strong></bdi> meant?" in at_the_desk.text
    assert 'value="nieuw@gnail.com"' in at_the_desk.text
    assert writes(sandbox) == []
    at_the_desk.claim("nieuw@gnail.com")
    assert at_the_desk.status == 303
    assert sandbox.state("contact")[0]["email"] == "nieuw@gnail.com"


def test_the_suggested_address_goes_into_the_field_and_claims_nothing(
    at_the_desk: Desk, desk: Person, sandbox: SandboxAccount
) -> None:
    at_the_desk.open().claim("nieuw@gnail.com")
    button = re.search(r'<button[^>]* name="use" value="([^"]*)"', at_the_desk.text)
    page = desk.post(at_the_desk.path, {"use": button.group(1), "typed": "nieuw@gnail.com"})
    at_the_desk._keep(page)
    assert page.status_code == 200
    assert 'value="nieuw@gmail.com"' in at_the_desk.text
    assert "You typed <bdi>nieuw@gnail.com</bdi>" in at_the_desk.text
    assert writes(sandbox) == []
    at_the_desk.claim("nieuw@gmail.com")
    assert sandbox.state("contact")[0]["email"] == "nieuw@gmail.com"


def test_a_hint_that_is_no_address_is_refused(at_the_desk: Desk, desk: Person, sandbox: SandboxAccount) -> None:
    page = desk.post(at_the_desk.path, {"use": "x" * 10_000, "typed": "\x00<b>"})
    assert page.status_code == 422
    assert writes(sandbox) == []


def test_another_slip_is_asked_about_again(at_the_desk: Desk, sandbox: SandboxAccount) -> None:
    at_the_desk.open().claim("nieuw@gnail.com").claim("nieuw@hotmial.com")
    assert at_the_desk.status == 422
    assert "nieuw@hotmail.com</strong>" in at_the_desk.text
    assert writes(sandbox) == []


# --- while typing --------------------------------------------------------------------------------------------------


def test_the_check_writes_nothing_and_says_the_same(
    desk: Person, sandbox: SandboxAccount, unknown_card: dict, sanne: dict
) -> None:
    it = Desk(desk, unknown_card["uuid"], htmx=True)
    assert "Nobody has this address yet" in it.check("nieuw@mail.example").text
    assert "Sanne Visser, 1,240 credits, has this address" in re.sub(
        r"</?bdi>", "", it.check("Sanne@mail.example").text
    )
    assert "nieuw@gmail.com" in it.check("nieuw@gnail.com").text
    assert it.check("nieuw@").text.strip() == ""
    assert "<html" not in it.text
    assert writes(sandbox) == []
    assert not Act.objects.exists()
    assert {call.operation for call in sandbox.calls} == {"get_contact", "find_contact"}


def test_the_check_does_not_show_an_error_of_piggys_as_a_verdict(
    desk: Person, sandbox: SandboxAccount, unknown_card: dict
) -> None:
    sandbox.fault("find_contact", kind="503", times=-1)
    it = Desk(desk, unknown_card["uuid"], htmx=True).check("nieuw@mail.example")
    assert it.status == 200
    assert "could not be looked up just now" in it.text
    assert "Nobody has this address" not in it.text


def test_the_check_without_htmx_is_the_whole_page(at_the_desk: Desk, sandbox: SandboxAccount, sanne: dict) -> None:
    at_the_desk.check("sanne@mail.example")
    assert "<html" in at_the_desk.text
    assert "Who has this address" in at_the_desk.text
    assert writes(sandbox) == []
