from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

EMAIL = "sanne@mail.example"
SEND, VERIFY = "/contact-verification/send", "/contact-verification/verify"


@pytest.fixture
def contact(account: SandboxAccount) -> dict[str, Any]:
    return account.add_contact(EMAIL)


@pytest.fixture
def code(api: Api, account: SandboxAccount, contact: dict[str, Any]) -> str:
    response = api.post(SEND, {"email": EMAIL.upper()})
    assert response.json()["data"]["type"].lower() == "success"
    [mail] = account.codes_sent
    assert mail.email == EMAIL
    return mail.code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_it_knows_the_contact_by_the_code(api: Api, contact: dict[str, Any], code: str) -> None:
    response = api.post(VERIFY, {"email": EMAIL, "code": code})
    assert response.json()["data"] == {"uuid": contact["uuid"]}


def test_it_takes_a_code_once(api: Api, code: str) -> None:
    api.post(VERIFY, {"email": EMAIL, "code": code})
    assert api.code("POST", VERIFY, {"email": EMAIL, "code": code}) == 13010


def test_it_refuses_a_wrong_code_and_then_still_takes_the_right_one(api: Api, code: str) -> None:
    assert api.code("POST", VERIFY, {"email": EMAIL, "code": wrong(code)}) == 13010
    assert api.post(VERIFY, {"email": EMAIL, "code": code}).status_code == 200


def test_it_takes_only_the_last_code(api: Api, account: SandboxAccount, code: str) -> None:
    api.post(SEND, {"email": EMAIL})
    last = account.codes_sent[-1].code
    assert api.code("POST", VERIFY, {"email": EMAIL, "code": code if code != last else wrong(last)}) == 13010
    assert api.post(VERIFY, {"email": EMAIL, "code": last}).status_code == 200


def test_it_forgets_a_code_in_an_hour(api: Api, account: SandboxAccount, code: str) -> None:
    account.advance(3601)
    assert api.code("POST", VERIFY, {"email": EMAIL, "code": code}) == 13010


def test_it_refuses_the_code_of_another(api: Api, account: SandboxAccount, code: str) -> None:
    account.add_contact("other@mail.example")
    assert api.code("POST", VERIFY, {"email": "other@mail.example", "code": code}) == 13010


def test_it_writes_only_to_contacts(api: Api, account: SandboxAccount) -> None:
    assert api.code("POST", SEND, {"email": EMAIL}) == 55031
    assert api.code("POST", SEND, {"email": "nobody"}) == 1003
    assert api.code("POST", VERIFY, {"email": EMAIL}) == 1003
    assert account.codes_sent == []


def test_it_needs_a_contacts_portal(api: Api, account: SandboxAccount, code: str) -> None:
    account.set(portal=False)
    assert api.code("POST", SEND, {"email": EMAIL}) == 55032
    assert api.code("POST", VERIFY, {"email": EMAIL, "code": code}) == 55032
