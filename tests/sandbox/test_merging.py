"""What Piggy cannot undo: merges and deletions, scheduled by a call and done minutes later."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api


@pytest.fixture(autouse=True)
def people(account: SandboxAccount) -> None:
    """a, b and c with 1, 10 and 100 credits and a card each."""
    for name, credits in (("a", 1), ("b", 10), ("c", 100)):
        account.add_contact(f"{name}@mail.example", uuid=name, credits=credits)
        account.add_identifier(f"260{name}", contact_uuid=name)


def merge(api: Api, source: str, destination: str) -> dict[str, Any]:
    response = api.post("/contacts/merge", {"source_contact_uuid": source, "destination_contact_uuid": destination})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def delete(api: Api, uuid: str, kind: str = "DEFAULT") -> dict[str, Any]:
    response = api.post(f"/contacts/{uuid}/delete", {"type": kind})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def credits(account: SandboxAccount) -> dict[str, int]:
    return {row["uuid"]: row["credits"] for row in account.state("contact")}


class TestAMerge:
    def test_it_says_nothing_and_happens_later(self, api: Api, account: SandboxAccount) -> None:
        assert merge(api, "a", "b")["data"] is None
        account.advance(170)
        assert credits(account) == {"a": 1, "b": 10, "c": 100}
        account.advance(20)
        assert credits(account) == {"b": 11, "c": 100}
        cards = api.data("/contacts/b/contact-identifiers")
        assert {card["value"]: card["default"] for card in cards} == {"260a": False, "260b": True}

    def test_it_refuses_what_it_does_not_know_and_what_makes_no_sense(self, api: Api) -> None:
        def code(**body: Any) -> int:
            return api.code("POST", "/contacts/merge", body)

        assert code(source_contact_uuid="a", destination_contact_uuid="nobody") == 55031
        assert code(source_contact_uuid="nobody", destination_contact_uuid="a") == 55031
        assert code(source_contact_uuid="a", destination_contact_uuid="a") == 1003
        assert code(source_contact_uuid="a") == code(destination_contact_uuid="a") == code() == 1003
        assert code(source_contact_uuid=["a"], destination_contact_uuid="b") == 1003

    def test_the_same_merge_twice_counts_once(self, api: Api, account: SandboxAccount) -> None:
        merge(api, "a", "b")
        merge(api, "a", "b")
        account.advance(200)
        assert credits(account) == {"b": 11, "c": 100}

    def test_a_chain_ends_where_it_leads(self, api: Api, account: SandboxAccount) -> None:
        merge(api, "a", "b")
        account.advance(10)
        merge(api, "b", "c")
        account.advance(200)
        assert credits(account) == {"c": 111}

    def test_a_merge_whose_destination_went_leaves_its_source_alone(self, api: Api, account: SandboxAccount) -> None:
        merge(api, "b", "c")
        account.advance(10)
        merge(api, "a", "b")
        account.advance(200)
        assert credits(account) == {"a": 1, "c": 110}

    def test_two_towards_each_other_leave_one(self, api: Api, account: SandboxAccount) -> None:
        merge(api, "a", "b")
        merge(api, "b", "a")
        account.advance(200)
        assert sorted(credits(account).values()) == [11, 100]

    def test_it_is_done_when_the_answer_was_lost(self, api: Api, account: SandboxAccount) -> None:
        account.fault("merge_contacts", kind="503_after")
        body = {"source_contact_uuid": "a", "destination_contact_uuid": "b"}
        assert api.post("/contacts/merge", body).status_code == 503
        account.advance(200)
        assert credits(account) == {"b": 11, "c": 100}


class TestADeletion:
    @pytest.mark.parametrize("kind", ["DEFAULT", "GDPR"])
    def test_it_answers_null_and_happens_later(self, api: Api, account: SandboxAccount, kind: str) -> None:
        assert delete(api, "a", kind) == {"data": None, "meta": {}}
        assert api.data("/contacts/a")["uuid"] == "a"
        account.advance(181)
        assert api.code("GET", "/contacts/a") == 55031
        assert api.code("POST", "/contacts/a/delete", {"type": kind}) == 55031

    def test_its_card_is_free_and_so_is_its_address(self, api: Api, account: SandboxAccount) -> None:
        account.set(delete_seconds=0)
        account.add_loyalty_transaction(contact_uuid="a", credits=4)
        delete(api, "a")
        [card] = [row for row in account.state("identifier") if row["value"] == "260a"]
        assert (card["contact_uuid"], card["default"]) == (None, False)
        assert api.post("/contacts", {"email": "a@mail.example"}).status_code == 200
        assert api.data("/loyalty-transactions")[0]["contact"] is None

    def test_it_needs_a_type(self, api: Api) -> None:
        for body in ({}, {"type": "SOFT"}, {"type": ["GDPR"]}, {"type": "gdpr"}):
            assert api.code("POST", "/contacts/a/delete", body) == 1003

    def test_of_a_merge_and_a_deletion_the_first_wins(self, api: Api, account: SandboxAccount) -> None:
        merge(api, "a", "b")
        delete(api, "a")
        account.advance(200)
        assert credits(account) == {"b": 11, "c": 100}
        account.set(delete_seconds=10)
        delete(api, "c")
        merge(api, "b", "c")
        account.advance(200)
        assert credits(account) == {"b": 11}
