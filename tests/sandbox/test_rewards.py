"""Rewards: claimed, taken back, handed over, changed; and all that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

PATH = "/reward-receptions"
HERE = "/collectable-rewards"


@pytest.fixture
def shop(account: SandboxAccount) -> str:
    return str(account.add_shop()["uuid"])


@pytest.fixture
def mila(account: SandboxAccount, shop: str) -> str:
    uuid = str(account.add_contact("mila@mail.example")["uuid"])
    account.add_loyalty_transaction(contact_uuid=uuid, credits=240)
    return uuid


def claim(api: Api, contact: str, reward: dict[str, Any], shop: str) -> dict[str, Any]:
    response = api.post(PATH, {"contact_uuid": contact, "reward_uuid": reward["uuid"], "shop_uuid": shop})
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def refused(api: Api, contact: str, reward: str, shop: str, **fields: Any) -> int:
    return api.code("POST", PATH, {"contact_uuid": contact, "reward_uuid": reward, "shop_uuid": shop, **fields})


def balance(api: Api, contact: str) -> int:
    found: int = api.data(f"/contacts/{contact}/credit-balance")["balance"]
    return found


def test_a_claim_takes_its_credits_and_is_handed_over_at_once(
    api: Api, account: SandboxAccount, mila: str, shop: str
) -> None:
    done = claim(api, mila, account.add_reward("Coffee", required_credits=100, stock=3), shop)
    assert (done["type"], done["credits"], done["title"]) == ("reward_reception", -100, "Coffee")
    assert (done["has_been_collected"], done["expires_at"]) == (True, None)
    assert done["contact"]["credit_balance"]["balance"] == balance(api, mila) == 140
    assert api.data(HERE, {"contact_uuid": mila}) == []
    assert account.state("reward")[0]["stock"] == 2


def test_a_digital_reward_brings_its_code(api: Api, account: SandboxAccount, mila: str, shop: str) -> None:
    done = claim(api, mila, account.add_reward("Cinema", required_credits=100, reward_type="DIGITAL"), shop)
    assert done["type"] == "digital_reward_reception"
    assert done["digital_reward_code"]["code"]


def test_a_claim_is_refused_with_the_code_that_says_why(
    api: Api, account: SandboxAccount, mila: str, shop: str
) -> None:
    there = account.add_reward("Coffee", required_credits=100)["uuid"]
    assert refused(api, mila, account.add_reward("Dear", required_credits=241)["uuid"], shop) == 1017
    assert refused(api, mila, account.add_reward("Gone", stock=0)["uuid"], shop) == 1018
    assert refused(api, mila, account.add_reward("Off", is_active=False)["uuid"], shop) == 1052
    other = account.add_shop("Elsewhere")["uuid"]
    assert refused(api, mila, account.add_reward("Elsewhere", shop_uuids=[other])["uuid"], shop) == 6003
    assert refused(api, mila, "x", shop) == 6003
    assert refused(api, "x", there, shop) == 55031
    assert refused(api, mila, there, "x") == 1008
    assert refused(api, mila, there, "") == 1003
    assert refused(api, mila, there, shop, contact_identifier_value="strange") == 1003
    once = account.add_reward("Once", required_credits=1, claims_per_contact=1)
    claim(api, mila, once, shop)
    assert refused(api, mila, once["uuid"], shop) == 1019
    assert balance(api, mila) == 239


def test_a_claim_is_taken_back_once_by_a_reception_of_credits(
    api: Api, account: SandboxAccount, mila: str, shop: str
) -> None:
    done = claim(api, mila, account.add_reward("Coffee", required_credits=100, stock=3), shop)
    back = api.post(f"{PATH}/{done['uuid']}/reverse").json()["data"]
    assert (back["type"], back["credits"], back["unit_value"]) == ("credit_reception", 100, None)
    assert back["uuid"] != done["uuid"]
    assert balance(api, mila) == 240
    assert account.state("reward")[0]["stock"] == 3
    assert api.code("POST", f"{PATH}/{done['uuid']}/reverse") == 1003
    assert api.code("POST", f"{PATH}/{back['uuid']}/reverse") == 1003
    assert api.code("POST", f"{PATH}/x/reverse") == 1003


def test_a_reward_that_waits_is_handed_over_once_and_undone_once(
    api: Api, account: SandboxAccount, mila: str, shop: str
) -> None:
    bag = account.add_reward("Tote bag", required_credits=75, pre_redeemable=True, expiration_duration=3600)
    done = claim(api, mila, bag, shop)
    (waiting,) = api.data(HERE, {"contact_uuid": mila})
    assert (waiting["uuid"], waiting["title"]) == (done["uuid"], "Tote bag")
    assert waiting["expires_at"] == done["expires_at"]
    handed = api.send("PUT", f"{HERE}/collect/{done['uuid']}").json()["data"]
    assert handed["status"] == "COLLECTED"
    assert api.data(HERE, {"contact_uuid": mila}) == []
    assert api.code("PUT", f"{HERE}/collect/{done['uuid']}") == 80300
    assert api.code("POST", f"{PATH}/{done['uuid']}/reverse") == 1003, "not while it is handed over"
    undone = api.post(f"{HERE}/{handed['uuid']}/reverse").json()["data"]
    assert undone == {"uuid": handed["uuid"], "status": "REVERSED"}
    assert api.code("POST", f"{HERE}/{handed['uuid']}/reverse") == 80300
    assert len(api.data(HERE, {"contact_uuid": mila})) == 1
    api.post(f"{PATH}/{done['uuid']}/reverse")
    assert api.data(HERE, {"contact_uuid": mila}) == []


def test_what_has_expired_is_still_listed_and_not_handed_over(
    api: Api, account: SandboxAccount, mila: str, shop: str
) -> None:
    bag = account.add_reward("Tote bag", required_credits=75, pre_redeemable=True, expiration_duration=60)
    done = claim(api, mila, bag, shop)
    account.advance(61)
    assert len(api.data(HERE, {"contact_uuid": mila})) == 1
    assert api.code("PUT", f"{HERE}/collect/{done['uuid']}") == 80300
    assert api.code("GET", HERE, query={"contact_uuid": "x"}) == 55031
    assert api.code("GET", HERE) == 1003


def test_a_reward_is_read_and_changed(api: Api, account: SandboxAccount) -> None:
    reward = account.add_reward("Tote bag", required_credits=75, attributes={"till_sku": "T1"})
    account.add_attribute("till_sku", entity="reward")
    path = f"/rewards/{reward['uuid']}"
    assert api.data(path)["till_sku"] == "T1"
    body = {"title": "Bag", "required_credits": 80, "till_sku": "T2", "strange": 1}
    changed = api.send("PUT", path, json=body).json()["data"]
    assert (changed["title"], changed["required_credits"], changed["till_sku"]) == ("Bag", 80, "T2")
    assert "strange" not in changed
    assert changed == api.data(path)
    assert api.data("/rewards")[0]["title"] == "Bag"
    assert api.code("GET", "/rewards/x") == 6003
    assert api.code("PUT", "/rewards/x", {"title": "Bag"}) == 6003
    assert api.code("PUT", path, {"required_credits": "many", "till_sku": []}) == 1003


def test_a_filter_that_is_ignored_shows_what_others_wait_for(
    api: Api, account: SandboxAccount, mila: str, shop: str
) -> None:
    bag = account.add_reward("Tote bag", required_credits=75, pre_redeemable=True)
    account.add_claim(contact_uuid=mila, reward_uuid=bag["uuid"])
    other = account.add_contact("other@mail.example")["uuid"]
    assert api.data(HERE, {"contact_uuid": other}) == []
    account.fault(kind="ignore_filters", times=-1)
    assert api.data(HERE, {"contact_uuid": other})[0]["contact"]["uuid"] == mila
