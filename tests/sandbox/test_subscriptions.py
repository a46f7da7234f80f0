from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api


@pytest.fixture
def types(account: SandboxAccount) -> dict[str, str]:
    """One of each strategy: strategy to uuid."""
    return {
        strategy: account.add_subscription_type(strategy.title(), strategy)["uuid"]
        for strategy in ("OPT_OUT", "OPT_IN", "DOUBLE_OPT_IN")
    }


@pytest.fixture
def contact(api: Api, account: SandboxAccount, types: dict[str, str]) -> str:
    uuid: str = api.post("/contacts", {"email": "sanne@mail.example"}).json()["data"]["uuid"]
    return uuid


def put(api: Api, contact: str, act: str, type_uuid: str) -> dict[str, Any]:
    response = api.send("PUT", f"/contact-subscriptions/{contact}/{act}", json={"subscription_type_uuid": type_uuid})
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def subscribed(api: Api, contact: str) -> list[bool]:
    return [row["is_subscribed"] for row in api.data(f"/contact-subscriptions/{contact}")]


def test_it_lists_the_types(api: Api, account: SandboxAccount, types: dict[str, str]) -> None:
    account.add_subscription_type("Old list", addressable=False)
    listed = api.data("/subscription-types")
    assert [row["strategy"] for row in listed] == ["OPT_OUT", "OPT_IN", "DOUBLE_OPT_IN", "OPT_IN"]
    assert [row["uuid"] for row in listed] == [*types.values(), None]


def test_it_enrols_new_contacts_only_where_one_has_to_opt_out(api: Api, contact: str) -> None:
    assert subscribed(api, contact) == [True, False, False]
    shown = api.data(f"/contacts/{contact}")
    assert [row["status"] for row in shown["subscriptions"]] == ["SUBSCRIBED", "UNSUBSCRIBED", "UNSUBSCRIBED"]


def test_it_subscribes_and_unsubscribes(api: Api, contact: str, types: dict[str, str]) -> None:
    answer = put(api, contact, "subscribe", types["OPT_IN"])
    assert (answer["is_subscribed"], answer["status"]) == (True, "SUBSCRIBED")
    assert answer["subscription_type"]["uuid"] == types["OPT_IN"]
    assert (put(api, contact, "unsubscribe", types["OPT_OUT"])["status"]) == "UNSUBSCRIBED"
    assert subscribed(api, contact) == [False, True, False]


def test_it_waits_for_the_second_yes_of_a_double_opt_in(
    api: Api, account: SandboxAccount, contact: str, types: dict[str, str]
) -> None:
    double = types["DOUBLE_OPT_IN"]
    answer = put(api, contact, "subscribe", double)
    assert (answer["is_subscribed"], answer["status"]) == (False, "PENDING_CONFIRMATION")
    assert api.data(f"/contact-subscriptions/{contact}")[2]["status"] == "PENDING_CONFIRMATION"
    account.confirm_subscription(contact, double)
    assert subscribed(api, contact) == [True, False, True]
    assert put(api, contact, "subscribe", double)["status"] == "SUBSCRIBED"
    with pytest.raises(ValueError, match="no such subscription"):
        account.confirm_subscription(contact, double)


def test_it_writes_statuses_as_words_and_as_numbers(api: Api, contact: str) -> None:
    seen = {api.data(f"/contact-subscriptions/{contact}")[1]["status"] for _ in range(30)}
    assert seen == {0, "UNSUBSCRIBED"}


def test_it_tells_statuses_among_the_values_too(api: Api, contact: str, types: dict[str, str]) -> None:
    put(api, contact, "subscribe", types["DOUBLE_OPT_IN"])
    values = api.data(f"/contacts/{contact}")["current_values"]
    assert [values[f"subscription_status_{number}"] for number in (1, 2, 3)] == [
        "SUBSCRIBED",
        "UNSUBSCRIBED",
        "PENDING_CONFIRMATION",
    ]
    assert values["double_opt_in_confirmation_url_3"].startswith("https://")


@pytest.mark.parametrize("act", ["subscribe", "unsubscribe"])
def test_it_refuses_types_and_contacts_it_cannot_address(
    api: Api, account: SandboxAccount, contact: str, types: dict[str, str], act: str
) -> None:
    path = f"/contact-subscriptions/{contact}/{act}"
    closed = account.add_subscription_type("Closed", active=False)["uuid"]
    hidden = account.add_subscription_type("Old list", addressable=False)["uuid"]
    for uuid in ("nothing", closed, hidden):
        assert api.code("PUT", path, {"subscription_type_uuid": uuid}) == 55030
    assert api.code("PUT", path, {}) == 1003
    body = {"subscription_type_uuid": types["OPT_IN"]}
    assert api.code("PUT", f"/contact-subscriptions/nobody/{act}", body) == 55031
    assert api.code("GET", "/contact-subscriptions/nobody") == 55031
