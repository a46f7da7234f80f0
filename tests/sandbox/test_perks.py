"""Perks, units, forms and the brand kit, as the stand-in has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

YES_OR_NO = [
    {"label": "No", "value": "false", "default": True},
    {"label": "Yes", "value": "true", "default": False},
]
REFILLS = {"label": "Free refills", "name": "free_refills", "data_type": "boolean", "options": YES_OR_NO}


def test_a_perk_is_made_read_renamed_and_deleted(api: Api) -> None:
    made = api.post("/perks", REFILLS).json()["data"]
    assert made["options"] == [], "as the page's example has it"
    path = f"/perks/{made['uuid']}"
    assert api.data(path) == {**REFILLS, "uuid": made["uuid"]}
    renamed = api.send("PUT", path, json={"label": "Refills", "name": "another"}).json()["data"]
    assert (renamed["label"], renamed["name"]) == ("Refills", "free_refills")
    listed = api.get("/perks").json()
    assert [each["label"] for each in listed["data"]] == ["Refills"]
    assert "meta" not in listed
    assert api.send("DELETE", path).json()["data"] is None
    assert api.code("DELETE", path) == api.code("GET", path) == api.code("PUT", path, {"label": "x"}) == 110000


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"data_type": "text"},
        {"options": []},
        {"options": ["Yes"]},
        {"options": [YES_OR_NO[1]]},
        {"options": [YES_OR_NO[0], YES_OR_NO[0]]},
        {"options": [{**YES_OR_NO[0]}, {**YES_OR_NO[1], "default": True}]},
        {"options": [YES_OR_NO[0], {"label": "Perhaps", "value": "perhaps", "default": False}]},
    ],
)
def test_a_perk_needs_one_default_and_a_boolean_one_true_and_false(api: Api, wrong: dict[str, Any]) -> None:
    assert api.code("POST", "/perks", {**REFILLS, **wrong}) == 1003
    assert api.data("/perks") == []


def test_a_perks_name_is_its_own(api: Api, account: SandboxAccount) -> None:
    account.add("perk", name="free_refills")
    assert api.code("POST", "/perks", REFILLS) == 1003


def test_a_unit_is_made_once_and_may_become_the_default(api: Api) -> None:
    made = api.post("/units", {"name": "visits", "label": "Visits", "is_default": "yes"}).json()["data"]
    assert (made["name"], made["prefix"], made["is_default"]) == ("visits", "v", True)
    assert [(each["name"], each["is_default"]) for each in api.data("/units")] == [
        ("purchase_amount", False),
        ("visits", True),
    ]
    api.post("/units", {"name": "litres", "label": "Litres", "is_default": 1, "prefix": "l"})
    assert [each["name"] for each in api.data("/units") if each["is_default"]] == ["litres"]
    assert api.code("POST", "/units", {"name": "visits", "label": "Again"}) == 55045
    assert api.code("POST", "/units", {"name": "purchase_amount", "label": "Again"}) == 55045
    assert api.code("POST", "/units", {"name": "x", "label": "X", "is_default": "maybe"}) == 1003


def test_forms_are_listed_by_status_and_type(api: Api, account: SandboxAccount) -> None:
    for status, kind in (("PUBLISHED", "PUBLIC"), ("DRAFT", "PUBLIC"), ("PUBLISHED", "PRIVATE")):
        account.add("form", name=f"{status} {kind}", status=status, type=kind)
    assert len(api.data("/forms")) == 3
    assert [each["name"] for each in api.data("/forms", {"status": "DRAFT"})] == ["DRAFT PUBLIC"]
    both = {"status": "PUBLISHED", "type": "PRIVATE"}
    assert [each["name"] for each in api.data("/forms", both)] == ["PUBLISHED PRIVATE"]
    assert api.code("GET", "/forms", query={"status": "GONE"}) == 1003


def test_the_brand_kit_is_all_null_until_it_is_set(api: Api, account: SandboxAccount) -> None:
    assert set(api.data("/brand-kit").values()) == {None}
    account.add("brand_kit", primary_color="#112233", quarternary_color="#445566")
    assert api.data("/brand-kit")["quarternary_color"] == "#445566"


def test_the_fourth_colour_may_come_as_the_sdk_reads_it(api: Api, account: SandboxAccount) -> None:
    account.add("brand_kit", quarternary_color="#445566", sdk_spelling=True)
    kit = api.data("/brand-kit")
    assert kit["quaternary_color"] == "#445566"
    assert "quarternary_color" not in kit
