from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from piggyadmin.sandbox.app import Sandbox, make_app
from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import HOST, Api

EMAIL = "sanne@mail.example"


@pytest.fixture
def stranger(account: SandboxAccount) -> dict[str, Any]:
    """An anonymous contact with a card and 30 credits."""
    contact = account.add_contact(anonymous=True)
    account.add_identifier("2600", contact_uuid=contact["uuid"])
    account.add_loyalty_transaction(contact_uuid=contact["uuid"], credits=30)
    return contact


@pytest.fixture
def holder(account: SandboxAccount) -> dict[str, Any]:
    """Who has the address already, with a card and 100 credits."""
    contact = account.add_contact(EMAIL)
    account.add_identifier("2601", contact_uuid=contact["uuid"])
    account.add_loyalty_transaction(contact_uuid=contact["uuid"], credits=100)
    return contact


def claim(api: Api, contact: dict[str, Any], email: str = EMAIL) -> httpx.Response:
    return api.send("PUT", f"/contacts/{contact['uuid']}/claim", json={"email": email})


class TestWithAFreeAddress:
    def test_it_gives_the_contact_the_address(self, api: Api, stranger: dict[str, Any]) -> None:
        answer = claim(api, stranger).json()["data"]
        assert (answer["uuid"], answer["email"]) == (stranger["uuid"], EMAIL)
        assert api.data("/contacts/find-one-by", {"email": EMAIL})["uuid"] == stranger["uuid"]

    def test_it_shows_current_values_of_before_for_a_minute(
        self, api: Api, account: SandboxAccount, stranger: dict[str, Any]
    ) -> None:
        for values in (
            claim(api, stranger).json()["data"]["current_values"],
            api.data(f"/contacts/{stranger['uuid']}")["current_values"],
        ):
            assert (values["email"], values["is_anonymous"]) == (stranger["email"], True)
        account.advance(61)
        values = api.data(f"/contacts/{stranger['uuid']}")["current_values"]
        assert (values["email"], values["is_anonymous"]) == (EMAIL, False)

    def test_it_shows_the_new_ones_at_once_where_told_so(
        self, api: Api, account: SandboxAccount, stranger: dict[str, Any]
    ) -> None:
        account.set(trail_seconds=0)
        assert claim(api, stranger).json()["data"]["current_values"]["email"] == EMAIL

    def test_it_refuses_whoever_is_known(self, api: Api, stranger: dict[str, Any]) -> None:
        claim(api, stranger)
        again = {"email": "other@mail.example"}
        assert api.code("PUT", f"/contacts/{stranger['uuid']}/claim", again) == 60016

    def test_it_refuses_bad_input(self, api: Api, stranger: dict[str, Any]) -> None:
        path = f"/contacts/{stranger['uuid']}/claim"
        for body in ({}, {"email": "nobody"}, {"email": ["a@mail.example"]}):
            assert api.code("PUT", path, body) == 1003
        assert api.code("PUT", "/contacts/nobody/claim", {"email": EMAIL}) == 55031


class TestWithATakenAddress:
    def test_it_answers_the_other_contact_and_does_nothing_yet(
        self, api: Api, stranger: dict[str, Any], holder: dict[str, Any]
    ) -> None:
        answer = claim(api, stranger).json()["data"]
        assert (answer["uuid"], answer["email"]) == (holder["uuid"], EMAIL)
        assert answer["current_values"]["is_anonymous"] is True
        assert api.data(f"/contacts/{stranger['uuid']}")["credit_balance"] == {"balance": 30}
        after = api.data(f"/contacts/{holder['uuid']}")
        assert (after["credit_balance"]["balance"], after["current_values"]["is_anonymous"]) == (100, False)

    def test_it_merges_for_good_minutes_later(
        self, api: Api, account: SandboxAccount, stranger: dict[str, Any], holder: dict[str, Any]
    ) -> None:
        account.add_voucher("COFFEE-1", contact_uuid=stranger["uuid"])
        account.add_booking(contact_uuid=stranger["uuid"])
        account.add_prepaid_transaction(contact_uuid=stranger["uuid"], amount_in_cents=500)
        claim(api, stranger)
        account.advance(179)
        assert api.get(f"/contacts/{stranger['uuid']}").status_code == 200
        account.advance(2)
        assert api.code("GET", f"/contacts/{stranger['uuid']}") == 55031
        merged = api.data(f"/contacts/{holder['uuid']}")
        assert merged["credit_balance"] == {"balance": 130}
        assert merged["prepaid_balance"] == {"balance_in_cents": 500}
        assert merged["current_values"]["loyalty_number_of_transactions"] == 2
        cards = api.data(f"/contacts/{holder['uuid']}/contact-identifiers")
        assert {card["value"]: card["default"] for card in cards} == {"2600": False, "2601": True}
        mine = {"contact_uuid": holder["uuid"]}
        assert sorted(row["credits"] for row in api.data("/loyalty-transactions", mine)) == [30, 100]
        assert [row["code"] for row in api.data("/vouchers", mine)] == ["COFFEE-1"]
        assert account.state("booking")[0]["contact_uuid"] == holder["uuid"]

    def test_it_takes_as_long_as_it_is_told(
        self, api: Api, account: SandboxAccount, stranger: dict[str, Any], holder: dict[str, Any]
    ) -> None:
        account.set(merge_seconds=0)
        claim(api, stranger)
        assert api.code("GET", f"/contacts/{stranger['uuid']}") == 55031

    def test_it_refuses_a_second_claim_meanwhile(
        self, api: Api, account: SandboxAccount, stranger: dict[str, Any], holder: dict[str, Any]
    ) -> None:
        claim(api, stranger)
        assert claim(api, stranger).json()["code"] == 1003
        account.advance(200)
        assert api.data(f"/contacts/{holder['uuid']}")["credit_balance"] == {"balance": 130}

    def test_it_merges_even_when_the_answer_is_lost(
        self, api: Api, account: SandboxAccount, stranger: dict[str, Any], holder: dict[str, Any]
    ) -> None:
        account.fault("claim_anonymous_contact", kind="500_after")
        assert claim(api, stranger).status_code == 500
        account.advance(200)
        assert [row["uuid"] for row in account.state("contact")] == [holder["uuid"]]


def test_it_merges_after_a_restart_too(tmp_path: Path) -> None:
    def start() -> tuple[Sandbox, SandboxAccount, Api]:
        app = make_app(state=tmp_path / "state.sqlite3", control=True)
        http = httpx.Client(transport=httpx.WSGITransport(app=app))
        return app, SandboxAccount(HOST, "test-restart", http=http), Api(http, HOST, "test-restart")

    app, account, api = start()
    account.set(merge_seconds=60)
    account.add_contact(EMAIL)
    claim(api, account.add_contact(anonymous=True))
    app.close()
    app, account, api = start()
    assert len(account.state("contact")) == 2
    account.advance(61)
    assert [row["email"] for row in account.state("contact")] == [EMAIL]
    app.close()
