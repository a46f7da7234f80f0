from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

PATH, CALCULATE = "/credit-receptions", "/credit-receptions/calculate"


@pytest.fixture
def who(account: SandboxAccount) -> dict[str, Any]:
    contact = account.add_contact("sanne@mail.example")
    return {"shop_uuid": account.add_shop()["uuid"], "contact_uuid": contact["uuid"]}


def give(api: Api, who: dict[str, Any], **fields: Any) -> dict[str, Any]:
    response = api.post(PATH, {**who, **fields})
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def reverse(api: Api, uuid: str) -> dict[str, Any]:
    response = api.post(f"{PATH}/{uuid}/reverse")
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def balance(api: Api, who: dict[str, Any]) -> int:
    found: int = api.data(f"/contacts/{who['contact_uuid']}/credit-balance")["balance"]
    return found


class TestGiving:
    @pytest.mark.parametrize(
        ("value", "credits"), [(25.4, 25), ("10.99", 10), (0.99, 0), (7, 7), (-2.5, -2), ("1999.995", 1999)]
    )
    def test_it_gives_a_credit_for_every_whole_euro(
        self, api: Api, who: dict[str, Any], value: Any, credits: int
    ) -> None:
        answer = give(api, who, unit_value=value)
        assert (answer["credits"], answer["unit_value"]) == (credits, float(value))
        assert answer["contact"]["credit_balance"]["balance"] == balance(api, who) == credits
        asked = api.data(CALCULATE, {"shop_uuid": who["shop_uuid"], "unit_value": str(value)})
        assert asked == {"credits": credits}

    def test_it_follows_the_rate_of_a_unit(self, api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
        account.add_unit("visits", rate=5)
        answer = give(api, who, unit_value=2, unit_name="visits")
        assert (answer["credits"], answer["unit"]["name"]) == (10, "visits")
        asked = api.data(CALCULATE, {**who, "unit_value": "2", "unit_name": "visits"})
        assert asked == {"credits": 10}
        assert [unit["name"] for unit in api.data("/units")] == ["purchase_amount", "visits"]

    def test_it_lets_credits_overrule_the_value(self, api: Api, who: dict[str, Any]) -> None:
        answer = give(api, who, credits=3, unit_value=100)
        assert (answer["credits"], answer["unit_value"]) == (3, 100)
        assert give(api, who, credits="-5")["unit"] is None
        assert balance(api, who) == -2

    def test_it_shows_up_among_the_transactions(self, api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
        account.add_identifier("2600", contact_uuid=who["contact_uuid"])
        answer = give(api, who, credits=3, contact_identifier_value="2600")
        [listed] = api.data("/loyalty-transactions", {"contact_uuid": who["contact_uuid"]})
        assert listed == answer
        assert listed["contact_identifier"]["value"] == "2600"
        assert listed["channel"] == "OAUTH_API"
        values = api.data(f"/contacts/{who['contact_uuid']}")["current_values"]
        assert (values["loyalty_balance"], values["loyalty_number_of_transactions"]) == (3, 1)

    def test_it_says_what_it_does_not_know(self, api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
        body = {**who, "credits": 1}
        for fields, code in (
            ({"shop_uuid": "nowhere"}, 1008),
            ({"contact_uuid": "nobody"}, 55031),
            ({"contact_identifier_value": "2600"}, 60003),
            ({"unit_name": "miles"}, 60007),
            ({"pos_transaction_uuid": "till-1"}, 1027),
        ):
            assert api.code("POST", PATH, {**body, **fields}) == code
        account.set(default_unit=False)
        assert api.code("POST", PATH, {**who, "unit_value": 5}) == 55046
        assert balance(api, who) == 0

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"credits": "a lot"},
            {"credits": 1.5},
            {"unit_value": "1,50"},
            {"unit_value": "NaN"},
            {"unit_value": 1e300},
            {"credits": 3_000_000_000},
            {"credits": True},
            {"credits": 1, "shop_uuid": None},
        ],
    )
    def test_it_refuses_bad_input(self, api: Api, who: dict[str, Any], fields: dict[str, Any]) -> None:
        assert api.code("POST", PATH, {**who, **fields}) == 1003
        assert balance(api, who) == 0

    def test_it_refuses_cards_of_others_and_inactive_ones(
        self, api: Api, account: SandboxAccount, who: dict[str, Any]
    ) -> None:
        account.add_identifier("2600", contact_uuid=account.add_contact()["uuid"])
        account.add_identifier("2601", contact_uuid=who["contact_uuid"], active=False)
        for value, code in (("2600", 1003), ("2601", 60003)):
            assert api.code("POST", PATH, {**who, "credits": 1, "contact_identifier_value": value}) == code

    def test_it_has_a_most_for_one_reception(self, api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
        account.set(max_amount=100)
        assert api.data("/loyalty-program")["max_amount"] == 100
        assert api.code("POST", PATH, {**who, "credits": 101}) == 1015
        assert api.code("POST", PATH, {**who, "unit_value": 101}) == 1015
        assert give(api, who, unit_value=100.99)["credits"] == 100

    def test_it_waits_while_another_one_runs(self, api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
        account.set(running=[who["contact_uuid"]])
        assert api.code("POST", PATH, {**who, "credits": 1}) == 60001
        account.set(running=[])
        assert give(api, who, credits=1)["credits"] == 1


class TestCalculating:
    def test_it_changes_nothing_and_is_a_read(self, api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
        account.fault("writes", kind="503")
        assert api.data(CALCULATE, {**who, "unit_value": "12.5"}) == {"credits": 12}
        assert balance(api, who) == 0

    def test_it_says_what_it_does_not_know(self, api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
        query = {**who, "unit_value": "5"}
        assert api.code("GET", CALCULATE, query={**query, "shop_uuid": "nowhere"}) == 1008
        assert api.code("GET", CALCULATE, query={**query, "contact_uuid": "nobody"}) == 55031
        assert api.code("GET", CALCULATE, query={**query, "unit_name": "miles"}) == 60007
        assert api.code("GET", CALCULATE, query=who) == 1003
        account.set(default_unit=False)
        assert api.code("GET", CALCULATE, query=query) == 55046
        assert api.data("/units") == []


class TestReversing:
    def test_it_makes_a_new_one_of_the_opposite(self, api: Api, who: dict[str, Any]) -> None:
        first = give(api, who, unit_value=25.4)
        opposite = reverse(api, first["uuid"])
        assert opposite["uuid"] != first["uuid"]
        assert (opposite["type"], opposite["credits"]) == ("credit_reception", -25)
        assert balance(api, who) == 0
        assert [row["credits"] for row in api.data("/loyalty-transactions")] == [25, -25]

    def test_it_goes_below_nothing_when_the_credits_are_spent(self, api: Api, who: dict[str, Any]) -> None:
        first = give(api, who, credits=10)
        give(api, who, credits=-8)
        reverse(api, first["uuid"])
        assert balance(api, who) == -8

    def test_it_refuses_a_second_time_and_a_reversal(self, api: Api, who: dict[str, Any]) -> None:
        first = give(api, who, credits=10)
        opposite = reverse(api, first["uuid"])
        assert api.code("POST", f"{PATH}/{first['uuid']}/reverse") == 1003
        assert api.code("POST", f"{PATH}/{opposite['uuid']}/reverse") == 1003
        assert balance(api, who) == 0

    def test_it_refuses_rewards_orphans_and_the_unknown(
        self, api: Api, account: SandboxAccount, who: dict[str, Any]
    ) -> None:
        reward = account.add_loyalty_transaction(**who, credits=-5, type="reward_reception", title="Film")
        orphan = account.add_loyalty_transaction(credits=5)
        for uuid in (reward["uuid"], orphan["uuid"], "unknown"):
            assert api.code("POST", f"{PATH}/{uuid}/reverse") == 1003


class TestMarks:
    def test_it_gives_back_what_is_defined_and_drops_the_rest(
        self, api: Api, account: SandboxAccount, who: dict[str, Any]
    ) -> None:
        account.add_attribute("act", entity="loyalty_transaction")
        account.add_attribute("till", "number", entity="loyalty_transaction")
        answer = give(api, who, credits=1, act="a-1", colour="red")
        assert (answer["act"], answer["till"]) == ("a-1", None)
        assert "colour" not in answer
        [listed] = api.data("/loyalty-transactions")
        assert (listed["act"], listed["till"]) == ("a-1", None)
        assert reverse(api, answer["uuid"])["act"] is None

    def test_it_refuses_values_that_do_not_fit(self, api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
        account.add_attribute("till", "number", entity="loyalty_transaction")
        assert api.code("POST", PATH, {**who, "credits": 1, "till": "first"}) == 1003

    def test_it_drops_them_all_in_an_account_without_marks(
        self, api: Api, account: SandboxAccount, who: dict[str, Any]
    ) -> None:
        account.set(marks=False)
        body = {"name": "act", "data_type": "text"}
        assert api.post("/loyalty-transaction-attributes", body).status_code == 200
        assert "act" not in give(api, who, credits=1, act="a-1")
        assert "act" not in api.data("/loyalty-transactions")[0]
