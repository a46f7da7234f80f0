from __future__ import annotations

from typing import Any

import pytest

from piggyadmin.sandbox.attribute_values import TYPES
from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

OPTIONS = [{"label": "Tea", "value": 1}, {"name": "Coffee", "value": "2"}]


def named(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    [row] = [row for row in rows if row["name"] == name]
    return row


class TestContactAttributes:
    def test_it_has_piggys_own_in_every_account(self, api: Api) -> None:
        rows = api.data("/contact-attributes")
        assert all(row["is_piggy_defined"] for row in rows)
        writable = [row["name"] for row in rows if not row["is_soft_read_only"]]
        assert sorted(writable) == sorted(
            ["avatar", "firstname", "lastname", "address", "phonenumber", "birthdate", "age", "locale"]
        )
        assert named(rows, "email")["is_hard_read_only"] is True
        assert named(rows, "loyalty_balance")["is_hard_read_only"] is False
        assert [option["value"] for option in named(rows, "locale")["options"]] == ["en", "nl", "de", "es", "fr"]

    def test_it_has_a_value_for_each_of_them(self, api: Api, account: SandboxAccount) -> None:
        account.add_attribute("cups", "number")
        uuid = account.add_contact("a@mail.example")["uuid"]
        values = api.data(f"/contacts/{uuid}")["current_values"]
        assert {row["name"] for row in api.data("/contact-attributes")} <= set(values)

    def test_it_takes_data_type_and_gives_type_back(self, api: Api) -> None:
        body = {"name": "drink", "label": "Drink", "data_type": "select", "options": OPTIONS}
        answer = api.post("/contact-attributes", body).json()["data"]
        assert (answer["type"], answer["is_piggy_defined"]) == ("select", False)
        shown = [(option["value"], option["label"]) for option in answer["options"]]
        assert shown == [("1", "Tea"), ("2", "Coffee")]
        assert named(api.data("/contact-attributes"), "drink") == answer

    @pytest.mark.parametrize("name", ["firstname", "drink"])
    def test_it_refuses_a_name_twice(self, api: Api, account: SandboxAccount, name: str) -> None:
        account.add_attribute("drink")
        assert api.code("POST", "/contact-attributes", {"name": name, "label": "x", "data_type": "text"}) == 60009

    def test_it_never_lets_one_hide_a_value_of_piggys(self, api: Api, account: SandboxAccount) -> None:
        account.add_attribute("uuid")
        uuid = account.add_contact("a@mail.example")["uuid"]
        assert api.data(f"/contacts/{uuid}")["current_values"]["uuid"] == uuid

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"name": "drink", "label": "Drink"},
            {"name": "drink", "label": "Drink", "data_type": "liquid"},
            {"name": "a/b", "label": "Drink", "data_type": "text"},
            {"name": " drink", "label": "Drink", "data_type": "text"},
            {"name": "drink", "label": "Drink", "data_type": "select", "options": "tea"},
            {"name": "drink", "label": "Drink", "data_type": "select", "options": [{"label": "Tea"}]},
            {"name": "drink", "label": "Drink", "data_type": "select", "options": ["tea"]},
        ],
    )
    def test_it_refuses_bad_definitions(self, api: Api, account: SandboxAccount, body: dict[str, Any]) -> None:
        assert api.code("POST", "/contact-attributes", body) == 1003
        assert account.state("attribute") == []


class TestCustomAttributes:
    def create(self, api: Api, **fields: Any) -> Any:
        return api.post("/custom-attributes", {"entity": "booking", "label": "Terrace", "type": "text", **fields})

    def test_it_keeps_entities_apart(self, api: Api) -> None:
        assert self.create(api, name="terrace").status_code == 201
        assert self.create(api, name="terrace", entity="visit").status_code == 201
        assert [row["name"] for row in api.data("/custom-attributes", {"entity": "booking"})] == ["terrace"]
        assert api.data("/custom-attributes", {"entity": "voucher"}) == []
        assert self.create(api, name="terrace").json()["code"] == 60009

    def test_it_is_the_other_door_to_contact_attributes(self, api: Api) -> None:
        self.create(api, name="drink", entity="contact")
        assert named(api.data("/contact-attributes"), "drink")["label"] == "Terrace"
        names = [row["name"] for row in api.data("/custom-attributes", {"entity": "contact"})]
        assert {"firstname", "drink"} <= set(names)

    def test_its_list_has_no_meta(self, api: Api) -> None:
        assert "meta" not in api.get("/custom-attributes", {"entity": "contact"}).json()

    @pytest.mark.parametrize("kind", TYPES)
    def test_it_takes_every_type(self, api: Api, kind: str) -> None:
        assert self.create(api, name="x", type=kind).json()["data"]["type"] == kind

    def test_it_has_21_types(self) -> None:
        assert len(TYPES) == 21

    def test_it_refuses_unknown_entities(self, api: Api) -> None:
        assert self.create(api, name="x", entity="parrot").json()["code"] == 1003
        assert api.code("GET", "/custom-attributes", query={"entity": "parrot"}) == 1003
        assert api.code("GET", "/custom-attributes") == 1003

    def test_it_changes_label_description_options_and_group(self, api: Api) -> None:
        self.create(api, name="drink", type="select", options=OPTIONS)
        api.post("/custom-attribute-groups", {"entity": "booking", "name": "bar"})
        body: dict[str, Any] = {"entity": "booking", "label": "Drink", "description": "First one", "group_name": "bar"}
        body |= {"type": "text", "options": [{"label": "Milk", "value": 3}]}
        answer = api.send("PUT", "/custom-attributes/drink", json=body).json()["data"]
        assert (answer["label"], answer["type"], answer["group"]) == ("Drink", "select", {"name": "bar"})
        assert answer["options"] == [{"label": "Milk", "value": "3"}]

    def test_it_refuses_to_change_piggys_own_and_what_is_not_there(self, api: Api) -> None:
        assert api.code("PUT", "/custom-attributes/firstname", {"entity": "contact", "label": "x"}) == 1003
        assert api.code("PUT", "/custom-attributes/nothing", {"entity": "contact", "label": "x"}) == 1003

    def test_it_has_groups(self, api: Api) -> None:
        group = {"entity": "booking", "name": "bar", "label": "At the bar"}
        response = api.post("/custom-attribute-groups", group)
        assert response.status_code == 201
        assert api.data("/custom-attribute-groups", {"entity": "booking"}) == [response.json()["data"]]
        assert api.data("/custom-attribute-groups", {"entity": "visit"}) == []
        assert api.code("POST", "/custom-attribute-groups", group) == 60009
        assert self.create(api, name="x", group_name="bar").json()["data"]["group"] == {"name": "bar"}
        assert self.create(api, name="y", group_name="cellar").json()["code"] == 1003


class TestTransactionAttributes:
    PATH = "/loyalty-transaction-attributes"

    def test_it_lists_what_was_created(self, api: Api) -> None:
        answer = api.post(self.PATH, {"name": "till", "data_type": "text"}).json()["data"]
        assert (answer["name"], answer["label"], answer["type"], answer["options"]) == ("till", "till", "text", [])
        assert api.data(self.PATH) == [answer]

    @pytest.mark.parametrize("options", [{"good": "Good"}, [{"value": "good", "label": "Good"}]])
    def test_it_gives_options_as_a_map(self, api: Api, options: Any) -> None:
        body = {"name": "mood", "data_type": "select", "options": options}
        assert api.post(self.PATH, body).json()["data"]["options"] == {"good": "Good"}

    def test_it_refuses_a_name_twice_or_one_that_means_something(self, api: Api, account: SandboxAccount) -> None:
        account.add_attribute("till", entity="loyalty_transaction")
        assert api.code("POST", self.PATH, {"name": "till", "data_type": "text"}) == 60009
        assert api.code("POST", self.PATH, {"name": "credits", "data_type": "text"}) == 1003
        assert api.code("POST", self.PATH, {"name": "x", "data_type": "liquid"}) == 1003
        odd = {"name": "x", "data_type": "select", "options": {"a": 1}}
        assert api.code("POST", self.PATH, odd) == 1003
