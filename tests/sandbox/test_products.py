"""Products, categories, automations, older lists of attributes and the auth token, as the stand-in has them."""

from __future__ import annotations

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api


def test_a_product_is_made_found_changed_and_deleted(api: Api, account: SandboxAccount) -> None:
    drinks = account.add("product_category", external_identifier="cat-1", name="Drinks")
    new = {"external_identifier": "sku-1", "name": "Tea", "categories": [{"external_identifier": "cat-1"}]}
    made = api.post("/products", new).json()["data"]
    assert made["categories"] == [{"uuid": drinks["uuid"], "external_identifier": "cat-1", "name": "Drinks"}]
    assert api.data("/products/find", {"external_identifier": "sku-1"}) == made == api.data(f"/products/{made['uuid']}")
    assert api.code("POST", "/products", new) == 1003  # the identifier is taken
    api.send("PUT", f"/products/{made['uuid']}", json={"description": "Hot", "categories": []})
    assert api.data(f"/products/{made['uuid']}") == {**made, "description": "Hot", "categories": []}
    assert api.send("DELETE", f"/products/{made['uuid']}").json()["data"] is None
    assert api.code("GET", f"/products/{made['uuid']}") == 60013
    assert api.code("GET", "/products/find?external_identifier=sku-1") == 60013


@pytest.mark.parametrize("path", ["/products", "/product-categories"])
def test_find_or_create_makes_one_once(api: Api, path: str) -> None:
    first = api.post(f"{path}/find-or-create", {"external_identifier": "x-1", "name": "Tea"}).json()["data"]
    again = api.post(f"{path}/find-or-create", {"external_identifier": "x-1", "name": "Other"}).json()["data"]
    assert first == again
    assert first["name"] == "Tea"
    nameless = api.post(f"{path}/find-or-create", {"external_identifier": "x-2"}).json()["data"]
    assert nameless["name"] == "x-2"
    assert len(api.data(path)) == 2


def test_a_list_has_ten_a_page_unless_more_are_asked_for(api: Api, account: SandboxAccount) -> None:
    for _ in range(12):
        account.add("product_category")
    body = api.get("/product-categories").json()
    assert (len(body["data"]), body["meta"]["last_page"], body["meta"]["total"]) == (10, 2, 12)
    assert len(api.data("/product-categories", {"page": 2, "limit": 10})) == 2


def test_a_deleted_category_leaves_its_products(api: Api, account: SandboxAccount) -> None:
    category = account.add("product_category")
    product = account.add("product", category_uuids=[category["uuid"]])
    assert len(api.data(f"/products/{product['uuid']}")["categories"]) == 1
    api.send("DELETE", f"/product-categories/{category['uuid']}")
    assert api.data(f"/products/{product['uuid']}")["categories"] == []


def test_only_active_automations_of_one_event_can_be_run(api: Api, account: SandboxAccount) -> None:
    contact = account.add_contact()["uuid"]
    fine = account.add("automation", name="Welcome back")["uuid"]
    off = account.add("automation", status="inactive")["uuid"]
    other = account.add("automation", event="visit_created")["uuid"]
    assert [each["name"] for each in api.data("/automations")][:1] == ["Welcome back"]
    run = {"contact_uuid": contact, "automation_uuid": fine, "data": {"table": "1"}}
    assert api.post("/automations/runs", run).json()["data"] == []
    for uuid, code in ((off, 1003), (other, 1003), ("x", 60013)):
        assert api.code("POST", "/automations/runs", {**run, "automation_uuid": uuid}) == code
    assert api.code("POST", "/automations/runs", {**run, "contact_uuid": "x"}) == 55031
    (kept,) = account.state("automation_run")
    assert (kept["contact_uuid"], kept["automation_uuid"], kept["data"]) == (contact, fine, {"table": "1"})


def test_an_auth_token_comes_in_both_shapes_and_is_not_kept(api: Api, account: SandboxAccount) -> None:
    contact = account.add_contact()["uuid"]
    got = [api.data(f"/contact-verification/auth-token/{contact}") for _ in range(12)]
    tokens = [each["auth_token"] if isinstance(each, dict) else each for each in got]
    assert len({type(each) for each in got}) == 2
    assert len(set(tokens)) == 12
    kept = account.state("auth_token")
    assert [row["ends_with"] for row in kept] == [token[-4:] for token in tokens]
    assert all(token not in str(kept) for token in tokens)
    assert api.code("GET", "/contact-verification/auth-token/x") == 55031


def test_the_older_lists_look_at_the_same_definitions(api: Api) -> None:
    new = {"name": "sku", "label": "SKU", "type": "select", "options": [{"label": "One", "value": 1}]}
    made = api.post("/promotion-attributes", new).json()["data"]
    assert made["options"][0]["value"] == "1"
    assert api.code("POST", "/promotion-attributes", new) == 60009
    api.send("PUT", f"/promotion-attributes/{made['id']}", json={"label": "Stock"})
    assert api.data(f"/promotion-attributes/{made['id']}")["label"] == "Stock"
    assert [each["label"] for each in api.data("/custom-attributes", {"entity": "promotion"})] == ["Stock"]
    assert api.code("GET", "/promotion-attributes/7") == 60013
    assert api.post("/reward-attributes", new).json()["data"]["isPiggyDefined"] is False
    assert api.data("/reward-attributes")[0]["isPiggyDefined"] == 0
