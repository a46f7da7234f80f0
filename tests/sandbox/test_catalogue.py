from __future__ import annotations

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api


def test_it_lists_shops_and_shows_one(api: Api, account: SandboxAccount) -> None:
    west = account.add_shop("Utrecht West", reference="UTR")
    account.add_shop("Web shop", type="web")
    assert [shop["type"] for shop in api.data("/shops")] == ["physical", "web"]
    shop = api.data(f"/shops/{west['uuid']}")
    assert (shop["name"], shop["reference"]) == ("Utrecht West", "UTR")
    assert api.code("GET", "/shops/unknown") == 1008


def test_it_lists_promotions_and_shows_one(api: Api, account: SandboxAccount) -> None:
    summer = account.add_promotion("Summer", voucher_limit=10, attributes={"till_code": "SUM10"})
    account.add_promotion("Plain")
    summer_shown, plain = api.data("/promotions")
    assert summer_shown["attributes"] == {"till_code": "SUM10"}
    assert plain["attributes"] == []
    assert api.data(f"/promotions/{summer['uuid']}")["voucher_limit"] == 10
    assert api.code("GET", "/promotions/unknown") == 80002


def test_it_lists_all_promotions_whatever_limit_is_sent(api: Api, account: SandboxAccount) -> None:
    for number in range(4):
        account.add_promotion(f"P{number}")
    assert len(api.data("/promotions", {"limit": "2", "page": "9"})) == 4


def test_it_lists_only_rewards_the_contact_can_claim(api: Api, account: SandboxAccount) -> None:
    contact = account.add_contact("a@mail.example", credits=100)
    account.add_reward("In reach", required_credits=100)
    account.add_reward("Too dear", required_credits=101)
    account.add_reward("Sold out", required_credits=1, stock=0)
    account.add_reward("Withdrawn", required_credits=1, is_active=False)
    assert len(api.data("/rewards")) == 4
    claimable = api.data("/rewards", {"contact_uuid": contact["uuid"]})
    assert [reward["title"] for reward in claimable] == ["In reach"]
    assert api.code("GET", "/rewards", query={"contact_uuid": "x"}) == 55031


def test_it_lists_only_rewards_of_the_shop(api: Api, account: SandboxAccount) -> None:
    west, east = account.add_shop("West"), account.add_shop("East")
    account.add_reward("Everywhere", attributes={"till_sku": ""})
    account.add_reward("West only", shop_uuids=[west["uuid"]], reward_type="DIGITAL")
    assert [reward["title"] for reward in api.data("/rewards", {"shop_uuid": east["uuid"]})] == ["Everywhere"]
    physical, digital = api.data("/rewards", {"shop_uuid": west["uuid"]})
    assert physical["type"] == physical["reward_type"] == "PHYSICAL"
    assert physical["till_sku"] == ""
    assert "pre_redeemable" not in digital
    assert api.code("GET", "/rewards", query={"shop_uuid": "x"}) == 1008


def test_it_tells_the_programme_and_its_tiers(api: Api, account: SandboxAccount) -> None:
    account.add_tier("Gold", position=2)
    account.add_tier("Bronze", position=1)
    assert [tier["name"] for tier in api.data("/tiers")] == ["Bronze", "Gold"]
    assert api.data("/loyalty-program")["unit"]["name"] == "purchase_amount"


def test_it_mixes_lists_and_objects_for_a_meta_without_meaning(api: Api) -> None:
    seen = [api.meta("/shops") for _ in range(40)]
    assert [] in seen
    assert {} in seen
