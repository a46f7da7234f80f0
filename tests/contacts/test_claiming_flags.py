"""Flag two customers as perhaps one person: kept once, told in the ledger, nothing changed at Piggy."""

from typing import Any

import pytest

from contacts.models import ContactFlag
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount


@pytest.fixture
def pair(sandbox: SandboxAccount) -> tuple[str, str]:
    return (
        sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"],
        sandbox.add_contact(anonymous=True)["uuid"],
    )


def flag(person: Person, one: str, other: str, token: str = "a-form-of-my-own", **fields: Any) -> Any:
    return person.post(f"/contacts/{one}/flag/", {"other": other, "form_token": token, **fields}, follow=True)


def test_a_second_flag_of_the_same_pair_changes_nothing_and_says_so(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    one, other = pair
    assert "Flagged. An admin" in flag(desk, one, other).text
    page = flag(reviewer, other, one, token="the-form-of-another")
    assert "flagged already, by Fatima El Idrissi" in page.text
    assert ContactFlag.objects.count() == Act.objects.count() == 1


def test_a_second_click_is_told_the_same_as_the_first(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    flag(desk, *pair)
    assert "Flagged. An admin" in flag(desk, *pair).text
    assert ContactFlag.objects.count() == Act.objects.count() == 1


def test_a_flag_that_comes_in_between_is_told_as_standing_already(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from contacts.claiming import services
    from piggyadmin.ledger.actor import Actor

    mine = Actor(reviewer.staff, "admin", reviewer.shop)
    both_exist = services._both_exist

    def meanwhile(*uuids: str) -> None:
        monkeypatch.setattr(services, "_both_exist", both_exist)
        services.flag(contact_uuid=uuids[0], other_uuid=uuids[1], reason="", actor=mine, token="the-faster-form")

    monkeypatch.setattr(services, "_both_exist", meanwhile)
    assert "flagged already, by Saskia de Wit" in flag(desk, *pair).text
    assert ContactFlag.objects.count() == Act.objects.count() == 1


def test_a_customer_is_not_flagged_with_themselves_or_with_nobody(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    page = flag(desk, pair[0], pair[0])
    assert page.status_code == 422
    assert "one and the same customer" in page.text
    page = flag(desk, pair[0], "no-such-customer")
    assert page.status_code == 422
    assert "Piggy does not have one of the two" in page.text
    assert not ContactFlag.objects.exists()
    assert not Act.objects.exists()


@pytest.mark.parametrize("other", ["", "x" * 65, "a/b", "a\x00b", "\n"])
def test_an_id_that_is_none_is_refused(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str], other: str
) -> None:
    assert flag(desk, pair[0], other).status_code == 422
    assert not ContactFlag.objects.exists()


def test_a_reason_too_long_is_kept_in_the_field_and_can_be_sent_shorter(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    page = flag(desk, *pair, reason="x" * 501)
    assert page.status_code == 422
    assert "x" * 501 in page.text
    assert "Flag as one person" in page.text
    assert not ContactFlag.objects.exists()


def test_with_piggy_down_a_pair_can_still_be_flagged(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    sandbox.broken = 503
    flag(desk, *pair)
    assert ContactFlag.objects.get().flagged_by == desk.staff


def test_who_claims_sees_an_earlier_flag_before_an_address_is_typed(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    one, other = pair
    assert "Flagged as perhaps the same person" not in desk.get(f"/contacts/{other}/claim/").text
    flag(reviewer, one, other)
    page = desk.get(f"/contacts/{other}/claim/").text
    assert "Flagged as perhaps the same person" in page
    assert f'href="/contacts/{one}/"' in page
    assert reviewer.staff.name in page


def test_marketing_may_not_flag(marketing: Person, sandbox: SandboxAccount, pair: tuple[str, str]) -> None:
    assert flag(marketing, *pair).status_code == 403
    assert not ContactFlag.objects.exists()
