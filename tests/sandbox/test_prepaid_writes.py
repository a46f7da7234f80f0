from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

PATH = "/prepaid-transactions"


@pytest.fixture
def who(account: SandboxAccount) -> dict[str, Any]:
    contact = account.add_contact("sanne@mail.example")
    account.add_identifier("2600", contact_uuid=contact["uuid"])
    return {"shop_uuid": account.add_shop()["uuid"], "contact_uuid": contact["uuid"]}


def book(api: Api, who: dict[str, Any], cents: Any, **fields: Any) -> dict[str, Any]:
    response = api.post(PATH, {**who, "amount_in_cents": cents, **fields})
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def balance(api: Api, who: dict[str, Any]) -> int:
    found: int = api.data(f"/contacts/{who['contact_uuid']}/prepaid-balance")["balance_in_cents"]
    return found


def test_it_tops_up_and_spends(api: Api, who: dict[str, Any]) -> None:
    topped = book(api, who, 2000)
    assert topped["prepaid_balance"] == {"balance_in_cents": 2000, "balance": "€20.00"}
    assert "contact" not in topped
    assert book(api, who, "-450")["prepaid_balance"]["balance_in_cents"] == balance(api, who) == 1550
    listed = api.data(PATH, {"contact_uuid": who["contact_uuid"]})
    assert sorted(row["amount_in_cents"] for row in listed) == [-450, 2000]


def test_it_finds_the_contact_by_a_card(api: Api, who: dict[str, Any]) -> None:
    by_card = {"shop_uuid": who["shop_uuid"], "contact_identifier_value": "2600"}
    assert book(api, by_card, 500)["contact_identifier"]["value"] == "2600"
    assert balance(api, who) == 500
    book(api, who, 1, contact_identifier_value="2600")


def test_it_never_spends_more_than_there_is(api: Api, who: dict[str, Any]) -> None:
    book(api, who, 500)
    assert api.code("POST", PATH, {**who, "amount_in_cents": -501}) == 1003
    assert book(api, who, -500)["prepaid_balance"]["balance_in_cents"] == 0


@pytest.mark.parametrize("cents", [None, 0, "ten", 10.5, True, 10**12])
def test_it_refuses_amounts_that_are_none(api: Api, who: dict[str, Any], cents: Any) -> None:
    assert api.code("POST", PATH, {**who, "amount_in_cents": cents}) == 1003


def test_it_says_whom_and_what_it_does_not_know(api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
    account.add_identifier("2601", active=False)
    account.add_identifier("2602")
    account.add_identifier("2603", contact_uuid=account.add_contact()["uuid"])
    shop = {"shop_uuid": who["shop_uuid"], "amount_in_cents": 100}
    for fields, code in (
        ({}, 1003),
        ({"contact_uuid": "nobody"}, 55031),
        ({"contact_identifier_value": "2609"}, 60003),
        ({"contact_identifier_value": "2601"}, 60004),
        ({"contact_identifier_value": "2602"}, 55031),
        ({**who, "contact_identifier_value": "2603"}, 1003),
        ({**who, "shop_uuid": "nowhere"}, 1008),
    ):
        assert api.code("POST", PATH, {**shop, **fields}) == code
    assert account.state("prepaid_transaction") == []


class TestReversing:
    def test_it_books_the_opposite_once(self, api: Api, who: dict[str, Any]) -> None:
        uuid = book(api, who, 500)["uuid"]
        opposite = api.post(f"{PATH}/{uuid}/reverse").json()["data"]
        assert (opposite["amount_in_cents"], balance(api, who)) == (-500, 0)
        assert api.code("POST", f"{PATH}/{uuid}/reverse") == 1003
        assert api.code("POST", f"{PATH}/{opposite['uuid']}/reverse") == 1003
        assert balance(api, who) == 0

    def test_it_refuses_money_that_is_spent(self, api: Api, who: dict[str, Any]) -> None:
        uuid = book(api, who, 500)["uuid"]
        book(api, who, -1)
        assert api.code("POST", f"{PATH}/{uuid}/reverse") == 1003
        assert balance(api, who) == 499

    def test_it_refuses_orphans_and_the_unknown(self, api: Api, account: SandboxAccount) -> None:
        orphan = account.add_prepaid_transaction(amount_in_cents=5)
        assert api.code("POST", f"{PATH}/{orphan['uuid']}/reverse") == 1003
        assert api.code("POST", f"{PATH}/unknown/reverse") == 1003
