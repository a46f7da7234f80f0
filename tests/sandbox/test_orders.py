from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

LINE = {"external_identifier": "1", "name": "Flat white", "quantity": 2, "price": 395, "total_amount": 790}


@pytest.fixture
def who(account: SandboxAccount) -> dict[str, Any]:
    return {
        "contact": {"uuid": account.add_contact("sanne@mail.example")["uuid"]},
        "business_profile": {"uuid": account.add_shop()["uuid"]},
    }


def test_an_order_is_found_by_its_number_and_by_its_id(api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
    row = account.add("order", external_identifier="UTR/1", lines=[("Flat white", 2, 395), ("Cake", 1, 590)])
    found = api.data("/orders/find", {"external_identifier": "UTR/1"})
    assert (found["uuid"], found["total_order_amount"], found["currency"]) == (row["uuid"], 1380, "EUR")
    assert found["contact"] == {"uuid": who["contact"]["uuid"], "email": "sanne@mail.example"}
    assert [line["name"] for line in found["line_items"]] == ["Flat white", "Cake"]
    assert api.data(f"/orders/{row['uuid']}") == found


def test_an_order_that_is_not_there_is_no_model(api: Api) -> None:
    assert api.code("GET", "/orders/find", query={"external_identifier": "UTR/9"}) == 60013
    assert api.code("GET", "/orders/find") == 1003
    assert api.code("GET", "/orders/7c1d5a52") == 60013


def test_a_simulation_gives_points_and_keeps_nothing(api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
    answer = api.post("/orders/simulate", {**who, "total_order_amount": 1140, "line_items": [LINE]}).json()["data"]
    assert answer == {"type": "points_transaction", "data": {"points": 11}}
    assert account.state("order") == []
    assert account.state("loyalty_transaction") == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"total_order_amount": None}, 1003),
        ({"total_order_amount": -1}, 1003),
        ({"line_items": None}, 1003),
        ({"line_items": [{"name": "Cake"}]}, 1003),
        ({"line_items": ["Cake"]}, 1003),
        ({"business_profile": None}, 1003),
        ({"business_profile": "s-1"}, 1003),
        ({"business_profile": {"uuid": ["s-1"]}}, 1003),
        ({"business_profile": {"uuid": "s-1"}}, 1008),
        ({"contact": {"uuid": "c-1"}}, 55031),
    ],
)
def test_a_simulation_that_makes_no_sense_is_refused(
    api: Api, who: dict[str, Any], changed: dict[str, Any], code: int
) -> None:
    body = {**who, "total_order_amount": 1140, "line_items": [LINE], **changed}
    assert api.code("POST", "/orders/simulate", body) == code
