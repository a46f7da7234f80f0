from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

PATH, LINK, UNLINK = "/contact-identifiers", "/contact-identifiers/link", "/contact-identifiers/unlink"


@pytest.fixture
def contact(account: SandboxAccount) -> dict[str, Any]:
    return account.add_contact("sanne@mail.example")


def put(api: Api, path: str, **fields: Any) -> dict[str, Any]:
    response = api.send("PUT", path, json=fields)
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def state(account: SandboxAccount) -> list[tuple[str, bool, str | None]]:
    return [(row["value"], row["active"], row["contact_uuid"]) for row in account.state("identifier")]


class TestCreating:
    def test_it_makes_one_of_nobody_named_by_its_value(self, api: Api) -> None:
        answer = api.post(PATH, {"contact_identifier_value": "2600"}).json()["data"]
        assert answer == {"name": "2600", "value": "2600", "active": True, "contact": None}

    def test_it_makes_one_of_a_contact_with_a_name(self, api: Api, contact: dict[str, Any]) -> None:
        body = {"contact_identifier_value": "2600", "contact_uuid": contact["uuid"], "contact_identifier_name": "Blue"}
        answer = api.post(PATH, body).json()["data"]
        assert answer["name"] == "Blue"
        assert answer["contact"] == {"uuid": contact["uuid"], "email": "sanne@mail.example"}
        [card] = api.data(f"/contacts/{contact['uuid']}/contact-identifiers")
        assert card["default"] is True

    def test_it_refuses_a_value_that_is_there_and_a_contact_that_is_not(
        self, api: Api, account: SandboxAccount
    ) -> None:
        account.add_identifier("2600", active=False)
        assert api.code("POST", PATH, {"contact_identifier_value": "2600"}) == 60006
        assert api.code("POST", PATH, {"contact_identifier_value": "2601", "contact_uuid": "nobody"}) == 55031
        assert api.code("POST", PATH, {}) == 1003
        assert state(account) == [("2600", False, None)]


class TestChanging:
    def test_it_renames_and_switches_off_and_on(
        self, api: Api, account: SandboxAccount, contact: dict[str, Any]
    ) -> None:
        account.add_identifier("2600", contact_uuid=contact["uuid"])
        off = put(api, PATH, contact_identifier_value="2600", contact_identifier_active=False)
        assert (off["active"], off["contact"]["uuid"]) == (False, contact["uuid"])
        on = put(
            api, PATH, contact_identifier_value="2600", contact_identifier_name="Lost", contact_identifier_active="1"
        )
        assert (on["name"], on["active"]) == ("Lost", True)

    def test_it_leaves_what_is_not_sent(self, api: Api, account: SandboxAccount) -> None:
        account.add_identifier("2600", name="Blue", active=False)
        same = put(api, PATH, contact_identifier_value="2600")
        assert (same["name"], same["active"]) == ("Blue", False)

    def test_it_refuses_unknown_ones_and_odd_flags(self, api: Api, account: SandboxAccount) -> None:
        account.add_identifier("2600")
        assert api.code("PUT", PATH, {"contact_identifier_value": "2601"}) == 60003
        odd = {"contact_identifier_value": "2600", "contact_identifier_active": "perhaps"}
        assert api.code("PUT", PATH, odd) == 1003


class TestLinking:
    def test_it_links_and_tells_the_contact_by_its_uuid_alone(
        self, api: Api, account: SandboxAccount, contact: dict[str, Any]
    ) -> None:
        account.add_identifier("2600", name="Blue")
        answer = put(api, LINK, contact_identifier_value="2600", contact_uuid=contact["uuid"])
        assert answer == {"name": "Blue", "value": "2600", "active": True, "contact": {"uuid": contact["uuid"]}}
        assert state(account) == [("2600", True, contact["uuid"])]

    def test_it_says_why_it_does_not_link(self, api: Api, account: SandboxAccount, contact: dict[str, Any]) -> None:
        account.add_identifier("2600", contact_uuid=contact["uuid"])
        account.add_identifier("2601", active=False)
        account.add_identifier("2602")
        whom = {"contact_uuid": contact["uuid"]}
        for value, code in (("2600", 60014), ("2601", 60004), ("2609", 60003)):
            assert api.code("PUT", LINK, {"contact_identifier_value": value, **whom}) == code
        assert api.code("PUT", LINK, {"contact_identifier_value": "2602", "contact_uuid": "nobody"}) == 55031
        assert api.code("PUT", LINK, {"contact_identifier_value": "2602"}) == 1003

    def test_it_unlinks(self, api: Api, account: SandboxAccount, contact: dict[str, Any]) -> None:
        account.add_identifier("2600", contact_uuid=contact["uuid"])
        assert put(api, UNLINK, contact_identifier_value="2600")["contact"] is None
        assert api.data(f"/contacts/{contact['uuid']}/contact-identifiers") == []
        assert api.code("PUT", UNLINK, {"contact_identifier_value": "2600"}) == 60011

    def test_it_says_why_it_does_not_unlink(self, api: Api, account: SandboxAccount, contact: dict[str, Any]) -> None:
        account.add_identifier("2601", contact_uuid=contact["uuid"], active=False)
        assert api.code("PUT", UNLINK, {"contact_identifier_value": "2601"}) == 60004
        assert api.code("PUT", UNLINK, {"contact_identifier_value": "2609"}) == 60003
        assert api.code("PUT", UNLINK, {}) == 1003


class TestDeleting:
    @pytest.mark.parametrize("where", ["params", "json"])
    def test_it_takes_the_value_from_query_or_body(self, api: Api, account: SandboxAccount, where: str) -> None:
        account.add_identifier("2600")
        response = api.send("DELETE", PATH, **{where: {"contact_identifier_value": "2600"}})
        assert response.status_code == 200
        assert response.json()["data"] is None
        assert state(account) == []

    def test_it_refuses_unknown_ones(self, api: Api) -> None:
        assert api.code("DELETE", PATH, query={"contact_identifier_value": "2600"}) == 60003
        assert api.code("DELETE", PATH) == 1003
