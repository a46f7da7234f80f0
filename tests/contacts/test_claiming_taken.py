"""Claim with an address that somebody has, or gets in the meantime: never a merge, and said so."""

from typing import Any

import pytest

from contacts.models import ContactFlag
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyFilterIgnored
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


def refuse_it(*args: Any, **kwargs: Any) -> None:
    """What the client's own check does with an answer about somebody else."""
    raise PiggyFilterIgnored("Piggy's answer was not about what we asked.")


# --- the address has a customer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("typed", ["sanne@mail.example", "SANNE@Mail.Example", "  sanne@mail.example\t"])
def test_an_address_that_somebody_has_is_never_claimed(
    desk: Person, sandbox: SandboxAccount, unknown_card: dict, sanne: dict, typed: str, htmx: bool
) -> None:
    it = Desk(desk, unknown_card["uuid"], htmx=htmx).open().claim(typed)
    assert it.status == 409
    assert "This address has a customer already" in it.text
    assert "Sanne Visser" in it.text
    assert "1,240" in it.text
    assert f"/contacts/{sanne['uuid']}/" in it.text
    assert ("<html" in it.text) is not htmx
    assert writes(sandbox) == []
    assert not Act.objects.exists()
    sandbox.advance(1000)
    assert len(sandbox.state("contact")) == 2


def test_the_pair_can_be_flagged_and_the_other_customer_opens(
    at_the_desk: Desk, desk: Person, sandbox: SandboxAccount, unknown_card: dict, sanne: dict
) -> None:
    at_the_desk.open().claim("sanne@mail.example")
    form = at_the_desk.fields_of("flag") | {"reason": "She stands here with the card"}
    page = desk.post(f"/contacts/{unknown_card['uuid']}/flag/", form, follow=True)
    assert page.redirect_chain[-1] == (f"/contacts/{sanne['uuid']}/", 303)
    assert "Flagged. An admin will look at the two" in page.text
    flag = ContactFlag.objects.get()
    assert {flag.first_uuid, flag.second_uuid} == {unknown_card["uuid"], sanne["uuid"]}
    assert flag.first_uuid < flag.second_uuid
    act = Act.objects.get()
    assert (act.pk, act.figures) == (flag.act_id, {"other_uuid": sanne["uuid"]})
    assert act.details.get().words == {"reason": "She stands here with the card"}
    assert writes(sandbox) == []


def test_a_flagged_pair_says_by_whom(
    at_the_desk: Desk, desk: Person, sandbox: SandboxAccount, unknown_card: dict, sanne: dict
) -> None:
    at_the_desk.open().claim("sanne@mail.example")
    desk.post(f"/contacts/{unknown_card['uuid']}/flag/", at_the_desk.fields_of("flag"))
    at_the_desk.claim("sanne@mail.example")
    assert "Flagged as one person already, by <bdi>Fatima El Idrissi</bdi>" in at_the_desk.text


def test_an_address_that_piggy_invented_is_no_address(
    at_the_desk: Desk, sandbox: SandboxAccount, unknown_card: dict
) -> None:
    at_the_desk.open().claim(unknown_card["email"])
    assert at_the_desk.status == 409
    assert "Piggy invented this address" in at_the_desk.text
    assert writes(sandbox) == []


def test_the_address_of_another_anonymous_customer_is_not_shown_and_not_claimed(
    at_the_desk: Desk, sandbox: SandboxAccount
) -> None:
    other = sandbox.add_contact(anonymous=True)
    at_the_desk.open().claim(other["email"])
    assert at_the_desk.status == 409
    assert "An anonymous customer" in at_the_desk.text
    assert at_the_desk.text.count(other["email"]) == at_the_desk.text.count(f'value="{other["email"]}"')
    assert writes(sandbox) == []


@pytest.mark.parametrize("kind", ["503", "500", "garbage", "reset", "html200"])
def test_an_address_that_cannot_be_looked_up_is_not_claimed(
    at_the_desk: Desk, sandbox: SandboxAccount, kind: str
) -> None:
    at_the_desk.open()
    sandbox.fault("find_contact", kind=kind, times=-1)
    at_the_desk.claim("nieuw@mail.example")
    assert at_the_desk.status == 503
    assert "could not be looked up, so nothing was sent" in at_the_desk.text
    assert 'value="nieuw@mail.example"' in at_the_desk.text
    assert writes(sandbox) == []


def test_a_search_that_answers_with_somebody_else_is_not_believed(
    at_the_desk: Desk, sandbox: SandboxAccount, sanne: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    from piggyadmin.piggy.client import Piggy

    find = Piggy.find_contact
    monkeypatch.setattr(Piggy, "find_contact", lambda self, *, email: find(self, email="sanne@mail.example"))
    monkeypatch.setattr("piggyadmin.piggy.contacts.check_email", refuse_it)
    at_the_desk.open()
    at_the_desk.claim("nieuw@mail.example")
    assert "Sanne" not in at_the_desk.text
    assert at_the_desk.status == 503
    assert writes(sandbox) == []


# --- somebody was faster -------------------------------------------------------------------------------------------


def test_an_address_taken_between_the_look_and_the_call_is_not_merged(
    at_the_desk: Desk, sandbox: SandboxAccount, unknown_card: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contacts.claiming import services

    one_at_a_time = services._one_at_a_time

    def meanwhile(*args: Any) -> None:
        sandbox.add_contact("nieuw@mail.example", firstname="Sanne")
        one_at_a_time(*args)

    monkeypatch.setattr(services, "_one_at_a_time", meanwhile)
    at_the_desk.open().claim("nieuw@mail.example")
    assert at_the_desk.status == 409
    assert "Somebody else was faster: this address has a customer by now" in at_the_desk.text
    assert "Who has this address" in at_the_desk.text
    assert writes(sandbox) == []
    assert Act.objects.get().state.outcome == "refused"
    assert at_the_desk.fields_of("claim")["form_token"] != at_the_desk.sent[1]["form_token"]


@pytest.mark.parametrize("address", ["nieuw@mail.example", "anders@mail.example"])
def test_a_customer_claimed_between_the_look_and_the_call_is_left_alone(
    at_the_desk: Desk, sandbox: SandboxAccount, unknown_card: dict, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    from contacts.claiming import services
    from piggyadmin import piggy

    one_at_a_time = services._one_at_a_time

    def meanwhile(*args: Any) -> None:
        piggy.get_client().claim_contact(contact_uuid=unknown_card["uuid"], email=address)
        one_at_a_time(*args)

    monkeypatch.setattr(services, "_one_at_a_time", meanwhile)
    at_the_desk.open().claim("nieuw@mail.example")
    assert at_the_desk.status == 409
    assert "Somebody else was faster: the customer" in at_the_desk.text
    assert "This customer has an e-mail address already" in at_the_desk.text
    assert writes(sandbox) == ["claim_anonymous_contact"]


def test_a_merge_that_happens_all_the_same_is_told_loudly(
    at_the_desk: Desk, desk: Person, sandbox: SandboxAccount, unknown_card: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contacts.claiming import services

    still_free = services._still_free
    others: list[dict] = []

    def then_taken(*args: Any) -> None:
        still_free(*args)
        others.append(sandbox.add_contact("nieuw@mail.example", firstname="Sanne"))

    monkeypatch.setattr(services, "_still_free", then_taken)
    at_the_desk.open().claim("nieuw@mail.example")
    at_the_desk.follow()
    other = others[0]["uuid"]
    assert "Piggy merged two customers" in at_the_desk.text
    assert f'href="/contacts/{other}/"' in at_the_desk.text
    claim, told = Act.objects.order_by("seq")
    assert claim.state.outcome == "done"
    assert (told.action, told.contact_id, told.parent) == ("contact.claim_merged", other, claim)
    assert "Piggy merged another customer into this one" in desk.get(f"/contacts/{other}/").text
    sandbox.advance(1000)
    assert at_the_desk._keep(desk.get(at_the_desk.page.request["PATH_INFO"] + f"?act={claim.pk}")).status == 200
    assert "Piggy merged two customers" in at_the_desk.text
