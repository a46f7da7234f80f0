from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api


@pytest.fixture
def contact(account: SandboxAccount) -> dict[str, Any]:
    return account.add_contact("sanne@mail.example")


def day(number: int) -> str:
    return f"2026-03-{number:02d}T10:00:00+00:00"


class TestLoyalty:
    @pytest.fixture(autouse=True)
    def history(self, account: SandboxAccount, contact: dict[str, Any]) -> None:
        shop, web = account.add_shop("Utrecht West"), account.add_shop("Web", type="web")
        reward = account.add_reward("Free flat white", required_credits=150)
        card = account.add_identifier("2600", contact_uuid=contact["uuid"])
        mine = {"contact_uuid": contact["uuid"]}
        account.add_loyalty_transaction(
            **mine,
            credits=200,
            unit_value=200.4,
            shop_uuid=shop["uuid"],
            identifier_value=card["value"],
            created_at=day(1),
            attributes={"table_number": ""},
        )
        account.add_loyalty_transaction(
            **mine,
            credits=-150,
            type="reward_reception",
            title="Free flat white",
            reward_uuid=reward["uuid"],
            created_at=day(2),
        )
        account.add_loyalty_transaction(**mine, credits=25, shop_uuid=web["uuid"], created_at=day(3))
        account.add_loyalty_transaction(
            **mine, credits=-50, type="digital_reward_reception", title="Film", digital_code="F-1", created_at=day(4)
        )
        account.add_loyalty_transaction(credits=7, created_at=day(5))

    def credits(self, api: Api, query: dict[str, str] | None = None) -> list[int]:
        return [row["credits"] for row in api.data("/loyalty-transactions", query)]

    def test_it_filters_by_contact_shop_and_type(
        self, api: Api, account: SandboxAccount, contact: dict[str, Any]
    ) -> None:
        web = account.state("shop")[1]["uuid"]
        mine = {"contact_uuid": contact["uuid"]}
        assert self.credits(api) == [200, -150, 25, -50, 7]
        assert self.credits(api, mine) == [200, -150, 25, -50]
        assert self.credits(api, {**mine, "sort": "-created_at"}) == [-50, 25, -150, 200]
        assert self.credits(api, {"shop_uuid": web}) == [25]
        assert self.credits(api, {**mine, "type": "credit_receptions"}) == [200, 25]
        assert self.credits(api, {**mine, "type": "reward_receptions"}) == [-150, -50]
        assert self.credits(api, {"created_at[gte]": day(3), "created_at[lt]": day(5)}) == [25, -50]

    def test_it_refuses_filters_on_what_is_not_there(self, api: Api) -> None:
        path = "/loyalty-transactions"
        assert api.code("GET", path, query={"contact_uuid": "x"}) == 55031
        assert api.code("GET", path, query={"shop_uuid": "x"}) == 1008
        assert api.code("GET", path, query={"type": "credit_reception"}) == 1003
        assert api.code("GET", path, query={"limit": "101"}) == 1003

    def test_it_shows_a_credit_reception(self, api: Api, account: SandboxAccount, contact: dict[str, Any]) -> None:
        [row] = api.data("/loyalty-transactions", {"limit": "1", "sort": "created_at"})
        assert row["type"] == "credit_reception"
        assert row["contact"]["credit_balance"]["balance"] == 200
        assert row["shop"]["name"] == "Utrecht West"
        assert row["shop"]["address"]["housenumber"] == 101
        assert row["shop"]["address"]["house_number"] is None
        assert row["contact_identifier"] == {"name": "Loyalty card", "value": "2600", "active": True}
        assert row["unit_value"] == 200.4
        assert row["unit"]["name"] == "purchase_amount"
        assert row["table_number"] == ""

    def test_it_shows_rewards_that_were_taken(self, api: Api) -> None:
        rows = api.data("/loyalty-transactions", {"type": "reward_receptions"})
        physical, digital = rows
        assert physical["reward"]["title"] == physical["title"] == "Free flat white"
        assert physical["has_been_collected"] is True
        assert digital["digital_reward_code"] == {"code": "F-1"}
        assert "reward" not in digital

    def test_it_shows_rows_whose_contact_is_gone(self, api: Api) -> None:
        assert api.data("/loyalty-transactions", {"sort": "-created_at"})[0]["contact"] is None

    def test_it_pages(self, api: Api) -> None:
        assert self.credits(api, {"limit": "2", "page": "3"}) == [7]
        assert api.meta("/loyalty-transactions", {"limit": "2", "page": "3"}) == {
            "page": 3,
            "limit": 2,
            "viewing_from": 5,
            "viewing_to": 5,
            "last_page": 3,
            "total": 5,
        }

    def test_it_keeps_the_contacts_figures(self, api: Api, contact: dict[str, Any]) -> None:
        values = api.data(f"/contacts/{contact['uuid']}")["current_values"]
        assert values["loyalty_balance"] == 25
        assert values["previous_loyalty_balance"] == 75
        assert values["loyalty_number_of_transactions"] == 4
        assert values["loyalty_total_credits_received"] == 225
        assert values["loyalty_first_transaction_date"] == day(1)
        assert values["loyalty_last_transaction_date"] == day(4)
        assert values["loyalty_associated_shops"].count(";") == 1


class TestPrepaid:
    @pytest.fixture(autouse=True)
    def history(self, account: SandboxAccount, contact: dict[str, Any]) -> None:
        account.add_shop("Utrecht West", reference="UTR")
        for number, cents in enumerate((5000, -450, -50), start=1):
            account.add_prepaid_transaction(contact_uuid=contact["uuid"], amount_in_cents=cents, created_at=day(number))
        account.add_prepaid_transaction(amount_in_cents=99, created_at=day(9))

    def test_it_lists_the_newest_first(self, api: Api, contact: dict[str, Any]) -> None:
        rows = api.data("/prepaid-transactions", {"contact_uuid": contact["uuid"]})
        assert [row["amount_in_cents"] for row in rows] == [-50, -450, 5000]
        assert rows[0]["prepaid_balance"] == {"balance_in_cents": 4500, "balance": "€45.00"}
        assert rows[0]["contact"] == {"uuid": contact["uuid"], "email": "sanne@mail.example"}
        assert rows[0]["shop"]["reference"] == "UTR"

    def test_it_shows_rows_whose_contact_is_gone(self, api: Api) -> None:
        assert api.data("/prepaid-transactions")[0]["contact"] is None

    def test_it_pages_by_at_most_30(self, api: Api) -> None:
        assert api.meta("/prepaid-transactions", {"limit": "3", "page": "2"}) == {
            "current_page": 2,
            "from": 4,
            "last_page": 2,
            "per_page": 3,
            "total": 4,
        }
        assert api.code("GET", "/prepaid-transactions", query={"limit": "31"}) == 1003

    def test_it_refuses_filters_on_what_is_not_there(self, api: Api) -> None:
        assert api.code("GET", "/prepaid-transactions", query={"contact_uuid": "x"}) == 55031
        assert api.code("GET", "/prepaid-transactions", query={"shop_uuid": "x"}) == 1008
