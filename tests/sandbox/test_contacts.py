from __future__ import annotations

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api


def test_it_shows_a_contact_with_balances_and_values(api: Api, account: SandboxAccount) -> None:
    tier = account.add_tier("Gold")
    made = account.add_contact(
        "sanne@mail.example",
        firstname="Sanne",
        credits=320,
        prepaid_in_cents=1250,
        tier_uuid=tier["uuid"],
        birthdate="2000-01-01",
        favourite_drink="flat white",
    )
    contact = api.data(f"/contacts/{made['uuid']}")
    values = contact["current_values"]
    assert contact["uuid"] == made["uuid"]
    assert contact["email"] == values["email"] == "sanne@mail.example"
    assert contact["credit_balance"] == {"balance": 320}
    assert contact["prepaid_balance"] == {"balance_in_cents": 1250}
    assert contact["tier"]["name"] == "Gold"
    assert values["firstname"] == "Sanne"
    assert values["favourite_drink"] == "flat white"
    assert values["lastname"] is None
    assert values["prepaid_balance"] == 12.5
    assert values["tier"] == str(tier["id"])
    assert values["age"] >= 26
    assert "attributes" not in contact


def test_it_gives_display_values_as_text(api: Api, account: SandboxAccount) -> None:
    uuid = account.add_contact("a@mail.example", credits=7)["uuid"]
    shown = api.data(f"/contacts/{uuid}")["current_display_values"]
    assert shown["loyalty_balance"] == "7"
    assert shown["is_anonymous"] == "False"
    assert shown["lastname"] == ""
    assert all(isinstance(value, str) for value in shown.values())


def test_it_finds_a_contact_by_email_whatever_the_case(api: Api, account: SandboxAccount) -> None:
    made = account.add_contact("Sanne@Mail.example")
    assert api.data("/contacts/find-one-by", {"email": "sanne@mail.EXAMPLE"})["uuid"] == made["uuid"]


def test_it_says_55031_for_a_contact_that_is_not_there(api: Api) -> None:
    assert api.code("GET", "/contacts/unknown") == 55031
    assert api.code("GET", "/contacts/find-one-by", query={"email": "nobody@mail.example"}) == 55031
    for part in ("credit-balance", "prepaid-balance", "tier", "contact-identifiers"):
        assert api.code("GET", f"/contacts/unknown/{part}") == 55031


@pytest.mark.parametrize("email", ["", "no-at-sign", "@host.example", "two words@mail.example", "a\x00b@mail.example"])
def test_it_refuses_what_is_no_email(api: Api, email: str) -> None:
    assert api.code("GET", "/contacts/find-one-by", query={"email": email}) == 1003


def test_it_takes_ids_that_are_no_uuids(api: Api, account: SandboxAccount) -> None:
    account.add_contact("truus@old.example", uuid="123")
    assert api.data("/contacts/123")["uuid"] == "123"


def test_it_tells_balances_alone(api: Api, account: SandboxAccount) -> None:
    uuid = account.add_contact("a@mail.example", credits=320, prepaid_in_cents=108_550)["uuid"]
    assert api.data(f"/contacts/{uuid}/credit-balance") == {"balance": 320}
    prepaid = api.data(f"/contacts/{uuid}/prepaid-balance")
    assert prepaid == {"balance_in_cents": 108_550, "balance": "€1085.50"}


def test_it_has_two_ways_to_say_that_a_contact_has_no_tier(api: Api, account: SandboxAccount) -> None:
    uuid = account.add_contact("a@mail.example")["uuid"]
    answers = [api.data(f"/contacts/{uuid}/tier") for _ in range(30)]
    assert None in answers
    assert any(answer is not None and answer["name"] is None for answer in answers)


def test_it_gives_anonymous_contacts_a_made_up_address(api: Api, account: SandboxAccount) -> None:
    made = account.add_contact(anonymous=True)
    contact = api.data(f"/contacts/{made['uuid']}")
    assert contact["email"].endswith("@anonymous.example")
    assert contact["current_values"]["is_anonymous"] is True


class TestTheList:
    @pytest.fixture(autouse=True)
    def people(self, account: SandboxAccount) -> None:
        for number in range(5):
            day = f"2026-03-0{5 - number}T10:00:00+00:00"
            account.add_contact(f"c{number}@mail.example", created_at=day, phonenumber=f"+3161234567{number % 2}")

    def emails(self, api: Api, query: dict[str, str]) -> list[str]:
        return [contact["email"][:2] for contact in api.data("/contacts", query)]

    def test_it_pages_and_gives_the_limit_back_as_text_when_it_was_sent(self, api: Api) -> None:
        assert self.emails(api, {"page": "2", "limit": "2"}) == ["c2", "c3"]
        assert api.meta("/contacts", {"page": "2", "limit": "2"}) == {
            "page": 2,
            "limit": "2",
            "viewing_from": 3,
            "viewing_to": 4,
            "last_page": 3,
            "total": 5,
        }
        assert api.meta("/contacts")["limit"] == 30
        assert self.emails(api, {"page": "9"}) == []

    @pytest.mark.parametrize(
        "query", [{"limit": "0"}, {"limit": "101"}, {"page": "0"}, {"page": "x"}, {"limit": "1.5"}]
    )
    def test_it_refuses_pages_out_of_bounds(self, api: Api, query: dict[str, str]) -> None:
        assert api.code("GET", "/contacts", query=query) == 1003

    def test_it_sorts_by_age(self, api: Api) -> None:
        assert self.emails(api, {"sort": "created_at"}) == ["c4", "c3", "c2", "c1", "c0"]
        assert self.emails(api, {"sort": "-created_at"}) == ["c0", "c1", "c2", "c3", "c4"]
        assert api.code("GET", "/contacts", query={"sort": "email"}) == 1003

    def test_it_keeps_to_a_period(self, api: Api) -> None:
        assert self.emails(api, {"created_at[gte]": "2026-03-04T10:00:00Z"}) == ["c0", "c1"]
        assert self.emails(api, {"created_at[gt]": "2026-03-04T10:00:00Z"}) == ["c0"]
        between = {"created_at[gt]": "2026-03-01", "created_at[lt]": "2026-03-03T12:00:00+02:00"}
        assert self.emails(api, between) == ["c3", "c4"]
        for wrong in ({"created_at[gt]": "soon"}, {"created_at[from]": "2026-03-01"}, {"created_at": "2026-03-01"}):
            assert api.code("GET", "/contacts", query=wrong) == 1003

    def test_it_filters_by_an_attribute(self, api: Api) -> None:
        assert self.emails(api, {"attributes[phonenumber]": "+31612345671"}) == ["c1", "c3"]
        assert self.emails(api, {"attributes[phonenumber][eq]": "+31612345671"}) == ["c1", "c3"]
        both = {"attributes[phonenumber]": "+31612345671", "attributes[email]": "c3@mail.example"}
        assert self.emails(api, both) == ["c3"]
        assert self.emails(api, {"attributes[phonenumber]": "+31600000000"}) == []

    @pytest.mark.parametrize(
        "query", [{"attributes[phonenumber][like]": "+316"}, {"attributes": "x"}, {"attributes[phonenumber]": ""}]
    )
    def test_it_refuses_filters_it_does_not_know(self, api: Api, query: dict[str, str]) -> None:
        assert api.code("GET", "/contacts", query=query) == 1003

    def test_it_adds_what_only_the_list_has(self, api: Api) -> None:
        [contact] = api.data("/contacts", {"limit": "1"})
        values = contact["current_values"]
        assert contact["attributes"] == []
        assert contact["credit_balance"]["id"] == values["contact_id"] == values["id"] == contact["id"]
        assert values["added_at"] == values["created_at"]


class TestIdentifiers:
    def test_it_finds_whose_card_it_is(self, api: Api, account: SandboxAccount) -> None:
        contact = account.add_contact("a@mail.example")
        account.add_identifier("2600441700810092", contact_uuid=contact["uuid"], name="Blue card")
        found = api.data("/contact-identifiers/find", {"contact_identifier_value": "2600441700810092"})
        assert found == {
            "name": "Blue card",
            "value": "2600441700810092",
            "active": True,
            "contact": {"uuid": contact["uuid"], "email": "a@mail.example"},
        }

    def test_it_finds_a_card_of_nobody(self, api: Api, account: SandboxAccount) -> None:
        account.add_identifier("2600")
        assert api.data("/contact-identifiers/find", {"contact_identifier_value": "2600"})["contact"] is None

    def test_it_may_leave_the_address_of_an_anonymous_holder_empty(self, api: Api, account: SandboxAccount) -> None:
        account.add_identifier("2600", contact_uuid=account.add_contact(anonymous=True)["uuid"])
        assert api.data("/contact-identifiers/find", {"contact_identifier_value": "2600"})["contact"]["email"] == ""

    def test_it_refuses_unknown_and_inactive_cards(self, api: Api, account: SandboxAccount) -> None:
        account.add_identifier("2600", active=False)
        find = "/contact-identifiers/find"
        assert api.code("GET", find, query={"contact_identifier_value": "2601"}) == 60003
        assert api.code("GET", find, query={"contact_identifier_value": "2600"}) == 60004
        assert api.code("GET", find) == 1003

    def test_it_lists_the_cards_of_a_contact_the_inactive_too(self, api: Api, account: SandboxAccount) -> None:
        uuid = account.add_contact("a@mail.example")["uuid"]
        account.add_identifier("2600", contact_uuid=uuid)
        account.add_identifier("2601", contact_uuid=uuid, active=False)
        account.add_identifier("2602")
        cards = api.data(f"/contacts/{uuid}/contact-identifiers")
        assert [(card["value"], card["active"], card["default"]) for card in cards] == [
            ("2600", True, True),
            ("2601", False, False),
        ]
        assert cards[0]["contact"] == {"uuid": uuid}
