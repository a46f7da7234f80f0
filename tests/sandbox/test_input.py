"""What callers send: JSON, forms, PHP's brackets, and everything that is wrong."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from piggyadmin.sandbox.wire import parse_body, parse_pairs, to_json
from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api


@pytest.fixture
def wish(account: SandboxAccount) -> dict[str, str]:
    """The fields of a redemption that would succeed."""
    account.add_voucher("COFFEE-1")
    contact, shop = account.add_contact("a@mail.example"), account.add_shop()
    return {"code": "COFFEE-1", "shop_uuid": shop["uuid"], "contact_uuid": contact["uuid"]}


def test_it_takes_json(api: Api, wish: dict[str, str]) -> None:
    assert api.post("/vouchers/redeem", wish).status_code == 200


def test_it_takes_a_form(api: Api, wish: dict[str, str]) -> None:
    assert api.post("/vouchers/redeem", data=wish).status_code == 200


def test_it_takes_fields_in_the_query_string_of_a_post(api: Api, wish: dict[str, str]) -> None:
    assert api.post("/vouchers/redeem", params=wish).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b"[" * 100_000])
def test_it_takes_a_body_that_is_no_object_for_an_empty_one(api: Api, body: bytes) -> None:
    response = api.post("/vouchers/redeem", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()["code"] == 1003
    assert set(response.json()["errors"]) == {"code", "shop_uuid"}


@pytest.mark.parametrize("code", ["\x00", "A\x1fB", "A\x7f", "A\nB", "x" * 256, 17, True, [], {"a": "b"}, 1.5, ""])
def test_it_refuses_what_is_no_code(api: Api, wish: dict[str, str], code: Any) -> None:
    response = api.post("/vouchers/redeem", {**wish, "code": code})
    assert response.status_code == 400
    assert response.json()["code"] == 1003
    assert list(response.json()["errors"]) == ["code"]


def test_it_refuses_a_lone_surrogate(api: Api) -> None:
    body = b'{"code": "\\ud800", "shop_uuid": "x"}'
    response = api.post("/vouchers/redeem", content=body, headers={"Content-Type": "application/json"})
    assert list(response.json()["errors"]) == ["code"]


@pytest.mark.parametrize("path", ["/contacts/a%00b", "/contacts/" + "x" * 300, "/vouchers/%7f/lock"])
def test_it_refuses_ids_that_cannot_be(api: Api, path: str) -> None:
    method = "POST" if path.endswith("lock") else "GET"
    assert api.code(method, path) == 1003


def test_it_takes_letters_of_any_script(api: Api, account: SandboxAccount) -> None:
    account.add_voucher("free coffee ☕ قهوة")
    assert api.data("/vouchers/find", {"code": "free coffee ☕ قهوة"})["status"] == "ACTIVE"


def test_it_names_every_wrong_field_at_once(api: Api) -> None:
    query = {"page": "x", "limit": "1000", "sort": "name", "created_at[gt]": "never"}
    errors = api.get("/contacts", query).json()["errors"]
    assert set(errors) == {"page", "limit", "sort", "created_at"}


def test_it_gives_messages_as_lists_and_sometimes_as_bare_text(api: Api) -> None:
    seen = {type(api.get("/vouchers/find").json()["errors"]["code"]) for _ in range(60)}
    assert seen == {list, str}


@pytest.mark.parametrize("number", ["9" * 5000, "1e3", "٣", "-", "--1", " 1", "1_0", "0x1"])
def test_it_refuses_what_is_no_number(api: Api, number: str) -> None:
    assert api.code("GET", "/contacts", query={"limit": number}) == 1003


def test_it_refuses_what_is_far_too_long_over_a_real_connection_too(sandbox_account: SandboxAccount) -> None:
    api = Api(httpx.Client(), sandbox_account.base_url, sandbox_account.token)
    assert api.code("GET", "/vouchers/find", query={"code": "x" * 10_000}) == 1003
    assert api.code("GET", f"/contacts/{'x' * 10_000}") == 1003


def test_it_refuses_a_body_beyond_all_measure(api: Api) -> None:
    assert api.post("/vouchers/redeem", {"code": "x" * 1_100_000}).status_code == 413


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "2"}),
        ("a[b]=1&a[c][d]=2", {"a": {"b": "1", "c": {"d": "2"}}}),
        ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
        ("a[b]=1&a=2", {"a": "2"}),
        ("a%5Bb%5D=x%20y", {"a": {"b": "x y"}}),
        ("a[b=1&[=2&]=3", {"a": {"b": "1"}, "": {"0": "2"}, "]": "3"}),
        ("a=%ff", {"a": "�"}),
    ],
)
def test_it_reads_query_strings_as_php_does(text: str, tree: dict[str, Any]) -> None:
    assert parse_pairs(text) == tree


def test_it_does_not_follow_brackets_for_ever() -> None:
    node = parse_pairs("a" + "[b]" * 5000 + "=1")
    depth = 0
    while isinstance(node, dict):
        [node] = node.values()
        depth += 1
    assert depth == 5


def test_it_guesses_the_kind_of_a_body_without_a_content_type() -> None:
    assert parse_body(b'{"a": 1}', "") == {"a": 1}
    assert parse_body(b"a=1", "") == {"a": "1"}
    assert parse_body(b"a=1", "multipart/form-data; boundary=x") == {}


def test_it_writes_json_as_php_does() -> None:
    assert to_json({"url": "https://é/"}) == b'{"url":"https:\\/\\/\\u00e9\\/"}'
