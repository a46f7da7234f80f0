from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

ALL = {
    "external_id": "TF-1",
    "source": "Widget",
    "starts_at": "2026-05-02T20:00:00+02:00",
    "ends_at": "2026-05-02 20:30",
    "checked_in_at": "2026-05-02T18:05:00Z",
    "number_of_people": 4,
    "company_name": "Café ’t Hoekje",
    "status": "a word of our own",
    "prepaid_amount": "2000",
}


@pytest.fixture
def who(account: SandboxAccount) -> dict[str, Any]:
    contact = account.add_contact("sanne@mail.example")
    return {"shop_uuid": account.add_shop()["uuid"], "contact_uuid": contact["uuid"]}


@pytest.fixture
def booking(api: Api, who: dict[str, Any]) -> dict[str, Any]:
    """As the API answers it."""
    data: dict[str, Any] = api.post("/bookings", {**who, **ALL}).json()["data"]
    return data


def kept(account: SandboxAccount) -> dict[str, Any]:
    [row] = account.state("booking")
    return row


def test_it_keeps_all_and_answers_half(account: SandboxAccount, who: dict[str, Any], booking: dict[str, Any]) -> None:
    assert set(booking) == {"uuid", "contact", "external_id", "source", "starts_at", "ends_at", "created_at"}
    assert booking["contact"] == {"uuid": who["contact_uuid"], "email": "sanne@mail.example"}
    assert booking["starts_at"] == "2026-05-02T18:00:00+00:00"
    row = kept(account)
    assert row["ends_at"] == "2026-05-02T20:30:00+00:00"
    assert (row["number_of_people"], row["prepaid_amount"], row["company_name"]) == (4, 2000, "Café ’t Hoekje")
    assert (row["status"], row["shop_uuid"]) == ("a word of our own", who["shop_uuid"])


def test_it_changes_only_what_is_sent(api: Api, account: SandboxAccount, booking: dict[str, Any]) -> None:
    before = kept(account)
    answer = api.send("PUT", f"/bookings/{booking['uuid']}", json={"status": "completed", "company_name": None})
    shown = answer.json()["data"]
    assert shown["checked_in_at"] == "2026-05-02T18:05:00+00:00"
    assert not {"status", "company_name", "number_of_people", "prepaid_amount", "shop"} & set(shown)
    assert kept(account) == {**before, "status": "completed", "company_name": None}


def test_it_holds_on_to_shop_and_contact(api: Api, account: SandboxAccount, booking: dict[str, Any]) -> None:
    before = kept(account)
    other = {"shop_uuid": account.add_shop("Other")["uuid"], "contact_uuid": account.add_contact()["uuid"]}
    assert api.send("PUT", f"/bookings/{booking['uuid']}", json=other).status_code == 200
    assert kept(account) == before


def test_it_can_neither_list_nor_read_nor_delete(api: Api, booking: dict[str, Any]) -> None:
    for method, path in (("GET", "/bookings"), ("GET", f"/bookings/{booking['uuid']}"), ("DELETE", "/bookings")):
        assert api.send(method, path).status_code == 405


def test_it_says_60013_for_what_is_not_there(api: Api) -> None:
    assert api.code("PUT", "/bookings/unknown", {"status": "completed"}) == 60013


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "soon"),
        ("starts_at", "2026-02-30T10:00:00Z"),
        ("ends_at", 20260502),
        ("number_of_people", "a few"),
        ("number_of_people", 2.5),
        ("number_of_people", True),
        ("prepaid_amount", 99_999_999_999),
        ("company_name", "x" * 256),
        ("status", {"a": 1}),
    ],
)
def test_it_refuses_what_does_not_fit_a_column(
    api: Api, account: SandboxAccount, who: dict[str, Any], booking: dict[str, Any], field: str, value: Any
) -> None:
    before = kept(account)
    assert api.code("PUT", f"/bookings/{booking['uuid']}", {field: value}) == 1003
    assert api.code("POST", "/bookings", {**who, field: value}) == 1003
    assert kept(account) == before


def test_it_sets_no_bounds_of_its_own(api: Api, account: SandboxAccount, who: dict[str, Any]) -> None:
    """None is documented, so a caller cannot lean on any."""
    odd = {"number_of_people": -1, "starts_at": "2026-05-02T20:00:00Z", "ends_at": "2026-05-01T20:00:00Z"}
    assert api.post("/bookings", {**who, **odd}).status_code == 200


def test_it_wants_a_shop_and_a_contact_that_are_there(api: Api, who: dict[str, Any]) -> None:
    assert api.code("POST", "/bookings", {}) == 1003
    assert api.code("POST", "/bookings", {**who, "shop_uuid": "nowhere"}) == 1008
    assert api.code("POST", "/bookings", {**who, "contact_uuid": "nobody"}) == 55031
