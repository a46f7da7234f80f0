"""Gift cards: made empty, loaded, spent, taken back; and all that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

PATH = "/giftcard-transactions"


@pytest.fixture
def shop(account: SandboxAccount) -> str:
    return str(account.add_shop()["uuid"])


@pytest.fixture
def card(account: SandboxAccount, shop: str) -> dict[str, Any]:
    account.add("giftcard_program", max_amount_in_cents=10_000)
    return account.add("giftcard", hash="GIFT-1")


def book(api: Api, card: dict[str, Any], shop: str, cents: Any, **fields: Any) -> dict[str, Any]:
    body = {"giftcard_uuid": card["uuid"], "shop_uuid": shop, "amount_in_cents": cents, **fields}
    response = api.post(PATH, body)
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def refused(api: Api, card: dict[str, Any], shop: str, cents: Any, **fields: Any) -> int:
    body = {"giftcard_uuid": card["uuid"], "shop_uuid": shop, "amount_in_cents": cents, **fields}
    return api.code("POST", PATH, body)


def balance(api: Api, card: dict[str, Any]) -> int:
    found: int = api.data(f"/giftcards/{card['uuid']}")["amount_in_cents"]
    return found


def test_a_new_card_is_empty_and_of_its_program(api: Api, account: SandboxAccount) -> None:
    program = account.add("giftcard_program", name="Summer", expiration_days=10)
    made = api.post("/giftcards", {"type": 1, "giftcard_program_uuid": program["uuid"]}).json()["data"]
    assert (made["amount_in_cents"], made["type"], made["active"]) == (0, "DIGITAL", True)
    assert made["giftcard_program"]["name"] == "Summer"
    assert made["expiration_date"]
    assert api.data("/giftcards/find-one-by", {"hash": made["hash"]})["uuid"] == made["uuid"]
    assert api.data("/giftcard-programs")[0]["card_count"] == 1
    assert [row["uuid"] for row in api.data("/giftcards")] == [made["uuid"]]


def test_only_digital_cards_of_known_programs_are_made(api: Api, account: SandboxAccount) -> None:
    program = account.add("giftcard_program")["uuid"]
    off = account.add("giftcard_program", active=False)["uuid"]
    assert api.code("POST", "/giftcards", {"type": 0, "giftcard_program_uuid": program}) == 55021
    assert api.code("POST", "/giftcards", {"type": 1, "giftcard_program_uuid": "x"}) == 1100
    assert api.code("POST", "/giftcards", {"type": 1, "giftcard_program_uuid": off}) == 1003
    assert api.code("POST", "/giftcards", {"type": 2, "giftcard_program_uuid": program}) == 1003
    assert api.code("GET", "/giftcards/find-one-by", query={"hash": "x"}) == 5001
    assert api.code("GET", "/giftcards/x") == 5001
    assert api.code("GET", "/giftcards", query={"giftcard_program_uuid": "x"}) == 1100


def test_it_loads_and_spends_and_lists_both(api: Api, card: dict[str, Any], shop: str) -> None:
    book(api, card, shop, 2500)
    spent = book(api, card, shop, "-700")
    assert (spent["amount_in_cents"], spent["card"]["uuid"], spent["shop"]["uuid"]) == (-700, card["uuid"], shop)
    assert balance(api, card) == 1800
    asked = {"giftcard_hash": "GIFT-1", "sort": "-created_at", "perPage": 1}
    assert [row["uuid"] for row in api.data(PATH, asked)] == [spent["uuid"]]
    assert api.meta(PATH, asked)["last_page"] == 2
    assert api.data(f"{PATH}/{spent['uuid']}")["amount_in_cents"] == -700
    assert api.data(PATH, {"giftcard_hash": "GIFT-2"}) == []


def test_a_page_size_by_another_name_is_passed_over(api: Api, card: dict[str, Any], shop: str) -> None:
    for _ in range(3):
        book(api, card, shop, 100)
    assert len(api.data(PATH, {"giftcard_hash": "GIFT-1", "limit": 1})) == 3


def test_it_refuses_what_a_card_cannot_take(api: Api, account: SandboxAccount, card: dict[str, Any], shop: str) -> None:
    assert refused(api, card, shop, -1) == 5003
    assert refused(api, card, shop, 10_001) == 5008
    assert refused(api, card, shop, 0) == 1003
    assert refused(api, card, shop, 12.5) == 1003
    assert refused(api, card, "x", 100) == 1008
    assert refused(api, {"uuid": "x"}, shop, 100) == 5001
    assert refused(api, account.add("giftcard", active=False), shop, 100) == 7010
    assert refused(api, account.add("giftcard", expiration_date="2020-01-01T00:00:00Z"), shop, 100) == 5002
    once = account.add("giftcard", upgradeable=False)
    book(api, once, shop, 100)
    assert refused(api, once, shop, 100) == 5006
    book(api, once, shop, -100)


@pytest.mark.parametrize("word", ["reverse", "correct"])
def test_the_last_transaction_is_taken_back_once(api: Api, card: dict[str, Any], shop: str, word: str) -> None:
    first, last = book(api, card, shop, 2500), book(api, card, shop, -700)
    assert api.code("POST", f"{PATH}/{first['uuid']}/{word}") == 55025
    back = api.post(f"{PATH}/{last['uuid']}/{word}").json()["data"]
    assert (back["amount_in_cents"], balance(api, card)) == (700, 2500)
    assert back["uuid"] != last["uuid"]
    assert api.code("POST", f"{PATH}/{last['uuid']}/{word}") == 55025
    assert api.code("POST", f"{PATH}/x/{word}") == 5010


def test_what_was_spent_cannot_be_taken_from_the_card_again(api: Api, card: dict[str, Any], shop: str) -> None:
    first = book(api, card, shop, 2500)
    book(api, card, shop, -700)
    assert api.code("POST", f"{PATH}/{first['uuid']}/reverse") == 55025


def test_attributes_come_back_where_the_account_has_them(
    api: Api, account: SandboxAccount, card: dict[str, Any], shop: str
) -> None:
    assert refused(api, card, shop, 100, custom_attributes={"till": "3"}) == 1003
    assert book(api, card, shop, 100)["custom_attributes"] == []
    account.add_attribute("till", entity="giftcard_transaction")
    assert book(api, card, shop, 100, custom_attributes={"till": "3"})["custom_attributes"] == {"till": "3"}
    account.set(marks=False)
    assert book(api, card, shop, 100, custom_attributes={"till": "3"})["custom_attributes"] == {"till": None}


def test_a_filter_that_is_ignored_shows_other_cards(
    api: Api, account: SandboxAccount, card: dict[str, Any], shop: str
) -> None:
    other = account.add("giftcard", hash="GIFT-2")
    book(api, other, shop, 100)
    account.fault(kind="ignore_filters", times=-1)
    assert api.data(PATH, {"giftcard_hash": "GIFT-1"})[0]["card"]["uuid"] == other["uuid"]
    assert api.data("/giftcards/find-one-by", {"hash": "GIFT-2"})["hash"] == "GIFT-1"
