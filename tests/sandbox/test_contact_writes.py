from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

EMAIL = "sanne@mail.example"


@pytest.fixture
def contact(account: SandboxAccount) -> dict[str, Any]:
    return account.add_contact(EMAIL)


def made(api: Api, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    response = api.post(path, body or {})
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


class TestCreating:
    def test_it_answers_the_uuid_alone(self, api: Api) -> None:
        answer = made(api, "/contacts", {"email": EMAIL, "referral_code": "FRIEND"})
        assert list(answer) == ["uuid"]
        contact = api.data(f"/contacts/{answer['uuid']}")
        assert contact["email"] == contact["current_values"]["email"] == EMAIL
        assert contact["current_values"]["is_anonymous"] is False

    def test_it_takes_a_form_too(self, api: Api) -> None:
        answer = api.send("POST", "/contacts", data={"email": EMAIL}).json()["data"]
        assert api.data("/contacts/find-one-by", {"email": EMAIL})["uuid"] == answer["uuid"]

    @pytest.mark.parametrize("path", ["/contacts", "/contacts/async"])
    def test_it_refuses_an_address_that_is_taken_whatever_the_case(
        self, api: Api, contact: dict[str, Any], path: str
    ) -> None:
        assert api.code("POST", path, {"email": EMAIL.upper()}) == 60005

    @pytest.mark.parametrize("email", [None, "", "nobody", 7, "a\tb@mail.example", "x" * 250 + "@mail.example"])
    def test_it_refuses_what_is_no_address(self, api: Api, account: SandboxAccount, email: Any) -> None:
        assert api.code("POST", "/contacts", {"email": email}) == 1003
        assert account.state("contact") == []

    def test_it_shows_system_values_of_an_asynchronous_one_later(self, api: Api, account: SandboxAccount) -> None:
        uuid = made(api, "/contacts/async", {"email": EMAIL})["uuid"]
        assert api.data(f"/contacts/{uuid}")["current_values"] == {"uuid": uuid, "email": EMAIL}
        account.advance(6)
        assert api.data(f"/contacts/{uuid}")["current_values"]["status"] == "ACTIVE"

    def test_it_says_when_the_account_is_full(self, api: Api, account: SandboxAccount, contact: dict[str, Any]) -> None:
        account.set(contact_limit=1)
        new = {"email": "new@mail.example"}
        assert api.code("POST", "/contacts/async", new) == 60000
        assert api.code("POST", "/contacts/anonymous", {}) == 60000
        assert api.code("GET", "/contacts/find-or-create", query=new) == 60000
        assert len(account.state("contact")) == 1


class TestFindOrCreate:
    def test_it_finds(self, api: Api, account: SandboxAccount, contact: dict[str, Any]) -> None:
        assert api.data("/contacts/find-or-create", {"email": EMAIL.upper()})["uuid"] == contact["uuid"]
        assert api.data("/contacts/find-or-create/async", {"email": EMAIL}) == {"uuid": contact["uuid"]}
        assert len(account.state("contact")) == 1

    def test_it_creates_though_it_is_a_get(self, api: Api, account: SandboxAccount) -> None:
        found = api.data("/contacts/find-or-create", {"email": EMAIL})
        assert found["current_values"]["email"] == EMAIL
        assert [row["uuid"] for row in account.state("contact")] == [found["uuid"]]
        other = api.data("/contacts/find-or-create/async", {"email": "other@mail.example"})
        assert list(other) == ["uuid"]

    @pytest.mark.parametrize("path", ["/contacts/find-or-create", "/contacts/find-or-create/async"])
    def test_it_is_a_write_to_the_faults(self, api: Api, account: SandboxAccount, path: str) -> None:
        account.fault("reads", kind="503")
        assert api.get(path, {"email": EMAIL}).status_code == 200
        account.clear_faults()
        account.fault("writes", kind="503_after")
        assert api.get(path, {"email": "other@mail.example"}).status_code == 503
        assert len(account.state("contact")) == 2


class TestAnonymous:
    def test_it_makes_one_without_a_card(self, api: Api) -> None:
        uuid = made(api, "/contacts/anonymous")["uuid"]
        contact = api.data(f"/contacts/{uuid}")
        assert contact["current_values"]["is_anonymous"] is True
        assert contact["email"].endswith(".example")

    def test_it_gives_it_a_card_that_is_there(self, api: Api, account: SandboxAccount) -> None:
        account.add_identifier("2600")
        uuid = made(api, "/contacts/anonymous", {"contact_identifier_value": "2600"})["uuid"]
        [card] = api.data(f"/contacts/{uuid}/contact-identifiers")
        assert (card["value"], card["default"]) == ("2600", True)

    def test_it_refuses_cards_that_are_not_there_or_not_free(
        self, api: Api, account: SandboxAccount, contact: dict[str, Any]
    ) -> None:
        account.add_identifier("2601", active=False)
        account.add_identifier("2602", contact_uuid=contact["uuid"])
        for value, code in (("2600", 60003), ("2601", 60003), ("2602", 60014), (7, 1003)):
            assert api.code("POST", "/contacts/anonymous", {"contact_identifier_value": value}) == code
        assert len(account.state("contact")) == 1

    def test_it_makes_the_card_where_the_account_works_that_way(self, api: Api, account: SandboxAccount) -> None:
        account.set(anonymous_makes_card=True)
        uuid = made(api, "/contacts/anonymous", {"contact_identifier_value": "2600"})["uuid"]
        assert [row["contact_uuid"] for row in account.state("identifier")] == [uuid]


class TestUpdating:
    def put(self, api: Api, contact: dict[str, Any], attributes: Any) -> Any:
        return api.send("PUT", f"/contacts/{contact['uuid']}", json={"attributes": attributes})

    def test_it_changes_what_is_named_and_nothing_else(
        self, api: Api, account: SandboxAccount, contact: dict[str, Any]
    ) -> None:
        account.add_attribute("cups", "number")
        self.put(api, contact, {"firstname": "Sanne", "lastname": "Vermeulen"})
        answer = self.put(api, contact, {"lastname": "", "cups": "6", "locale": "en"}).json()["data"]
        values = answer["current_values"]
        assert (values["firstname"], values["lastname"], values["cups"]) == ("Sanne", None, 6)
        assert api.data(f"/contacts/{contact['uuid']}")["current_values"] == values

    def test_it_takes_a_form_too(self, api: Api, contact: dict[str, Any]) -> None:
        form = {"attributes[firstname]": "Sanne"}
        answer = api.send("PUT", f"/contacts/{contact['uuid']}", data=form).json()["data"]
        assert answer["current_values"]["firstname"] == "Sanne"

    @pytest.mark.parametrize("name", ["email", "created_at", "loyalty_balance", "is_anonymous", "uuid", "shoe_size"])
    def test_it_refuses_what_cannot_be_written_and_then_writes_nothing(
        self, api: Api, account: SandboxAccount, contact: dict[str, Any], name: str
    ) -> None:
        response = self.put(api, contact, {"firstname": "Sanne", name: "1"})
        assert response.json()["code"] == 1003
        assert list(response.json()["errors"]) == [f"attributes.{name}"]
        assert account.state("contact")[0]["values"]["firstname"] is None

    def test_it_refuses_read_only_attributes_of_the_account(
        self, api: Api, account: SandboxAccount, contact: dict[str, Any]
    ) -> None:
        account.add_attribute("imported", soft=True)
        assert self.put(api, contact, {"imported": "x"}).json()["code"] == 1003

    @pytest.mark.parametrize("attributes", [None, "firstname", [], {}, ["firstname"], 1])
    def test_it_wants_a_map_of_attributes(self, api: Api, contact: dict[str, Any], attributes: Any) -> None:
        assert self.put(api, contact, attributes).json()["code"] == 1003

    def test_it_says_55031_for_nobody(self, api: Api) -> None:
        assert api.code("PUT", "/contacts/nobody", {"attributes": {"firstname": "X"}}) == 55031

    def test_it_counts_the_age_and_believes_one_only_without_a_birthdate(
        self, api: Api, contact: dict[str, Any]
    ) -> None:
        assert self.put(api, contact, {"age": 31}).json()["data"]["current_values"]["age"] == 31
        answer = self.put(api, contact, {"birthdate": "1990-01-01"}).json()["data"]
        assert answer["current_values"]["age"] > 31


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("url", "https://koffie.example/a?b=1", None),
        ("text", "flat white ☕", None),
        ("date", "2026-02-28", None),
        ("phone", "+31 6 12345678", None),
        ("float", "10.25", 10.25),
        ("color", "#8A1C2b", None),
        ("email", "a@mail.example", None),
        ("number", "12", 12),
        ("select", 1, "1"),
        ("boolean", "true", True),
        ("rich_text", "<p>Two\nlines</p>", None),
        ("date_time", "2026-05-02T20:00:00+02:00", "2026-05-02T18:00:00+00:00"),
        ("long_text", "x" * 9_000, None),
        ("date_range", "2026-05-02 - 2026-05-09", None),
        ("date_range", {"from": "2026-05-02", "until": "2026-05-02"}, None),
        ("time_range", ["09:00", "17:30"], None),
        ("identifier", "B-118", None),
        ("birth_date", "1961-03-04", None),
        ("file_upload", "https://koffie.example/terms.pdf", None),
        ("media_upload", "http://koffie.example/me.jpg", None),
        ("multi_select", ["2", 1, "2"], ["2", "1"]),
        ("multi_select", "2", ["2"]),
        ("license_plate", "GB-414-R", None),
    ],
)
def test_it_keeps_a_value_of_every_type(
    api: Api, account: SandboxAccount, contact: dict[str, Any], kind: str, sent: Any, kept: Any
) -> None:
    options = [{"value": "1", "label": "One"}, {"value": "2", "label": "Two"}]
    account.add_attribute("thing", kind, options=options if "select" in kind else None)
    uuid = contact["uuid"]
    response = api.send("PUT", f"/contacts/{uuid}", json={"attributes": {"thing": sent}})
    assert response.status_code == 200, response.text
    shown = api.data(f"/contacts/{uuid}")
    assert shown["current_values"]["thing"] == (sent if kept is None else kept)
    assert isinstance(shown["current_display_values"]["thing"], str)
    emptied = api.send("PUT", f"/contacts/{uuid}", json={"attributes": {"thing": None}}).json()["data"]
    assert emptied["current_values"]["thing"] is None


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("url", "koffie.example"),
        ("text", 7),
        ("text", "x" * 256),
        ("text", "a\x00b"),
        ("date", "2026-02-30"),
        ("date", "02-03-2026"),
        ("phone", "call me"),
        ("float", "ten"),
        ("float", "1e999"),
        ("color", "red"),
        ("email", "nobody"),
        ("number", "1.5"),
        ("number", True),
        ("select", "3"),
        ("select", ["1"]),
        ("boolean", "maybe"),
        ("rich_text", ["x"]),
        ("long_text", "x" * 10_001),
        ("date_time", "tomorrow"),
        ("date_range", "2026-05-09 - 2026-05-02"),
        ("date_range", "2026-05-09"),
        ("date_range", 5),
        ("time_range", "25:00 - 26:00"),
        ("identifier", {"a": 1}),
        ("birth_date", "1800-01-01"),
        ("file_upload", "terms.pdf"),
        ("media_upload", "javascript:alert(1)"),
        ("multi_select", ["1", "9"]),
        ("license_plate", 414),
    ],
)
def test_it_refuses_a_value_that_does_not_fit_its_type(
    api: Api, account: SandboxAccount, contact: dict[str, Any], kind: str, sent: Any
) -> None:
    options = [{"value": "1", "label": "One"}]
    account.add_attribute("thing", kind, options=options if "select" in kind else None)
    assert api.code("PUT", f"/contacts/{contact['uuid']}", {"attributes": {"thing": sent}}) == 1003
