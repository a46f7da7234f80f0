"""Portal sessions, session tokens, claim links and gift card mails: what the stand-in takes, keeps and refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api


@pytest.fixture
def at(account: SandboxAccount) -> dict[str, Any]:
    return {"shop_uuid": account.add_shop()["uuid"], "contact_uuid": account.add_contact()["uuid"]}


def test_a_session_tells_whose_it_is_and_where(api: Api, at: dict[str, Any], account: SandboxAccount) -> None:
    made = api.post("/portal-sessions/vouchers", at)
    assert made.status_code == 201
    session = made.json()["data"]
    assert (session["contact"]["uuid"], session["shop"]["uuid"]) == (at["contact_uuid"], at["shop_uuid"])
    assert session["events"] == []
    assert session["url"].endswith(session["uuid"])
    read = api.data(f"/portal-sessions/{session['uuid']}")
    assert (read["uuid"], "events" in read) == (session["uuid"], False)
    assert account.state("portal_session")[0]["kind"] == "vouchers"


def test_options_and_amounts_are_checked(api: Api, at: dict[str, Any]) -> None:
    assert api.code("POST", "/portal-sessions", {**at, "scanner_type": "nose"}) == 1003
    assert api.code("POST", "/portal-sessions", {**at, "camera_service": 4}) == 1003
    assert api.code("POST", "/portal-sessions/redeem-giftcards", at) == 1003
    assert api.code("POST", "/portal-sessions", {"contact_uuid": at["contact_uuid"]}) == 1003
    assert api.code("POST", "/portal-sessions", {**at, "shop_uuid": "x"}) == 1008
    assert api.code("POST", "/portal-sessions", {**at, "contact_uuid": "x"}) == 55031
    assert api.code("GET", "/portal-sessions/x") == 1003


def test_each_sign_in_link_is_another(api: Api, at: dict[str, Any], account: SandboxAccount) -> None:
    query = {"contact_uuid": at["contact_uuid"]}
    links = {api.data("/contacts-portal/auth-url", query)["url"] for _ in range(2)}
    assert len(links) == len(account.state("portal_login")) == 2
    assert api.code("GET", "/contacts-portal/auth-url", query={"contact_uuid": "x"}) == 55031


def test_a_session_token_is_good_once(api: Api, at: dict[str, Any], account: SandboxAccount) -> None:
    account.add("session_token", token="T-1", contact_uuid=at["contact_uuid"])
    assert api.data("/contact-session-tokens/T-1")["status"] == "active"
    assert api.post("/contact-session-tokens/T-1/use", {}).json()["data"]["status"] == "used"
    assert api.code("POST", "/contact-session-tokens/T-1/use", {}) == 1003
    assert api.code("GET", "/contact-session-tokens/T-2") == 1003


def test_links_need_what_their_version_needs(api: Api, at: dict[str, Any]) -> None:
    shop = {"shop_uuid": at["shop_uuid"], "unique_id": "o-1"}
    assert api.code("POST", "/loyalty-tokens", {**shop, "version": "v1"}) == 60018
    assert api.code("POST", "/loyalty-tokens", {**shop, "version": "v2", "credits": 5}) == 60019
    assert api.code("POST", "/loyalty-tokens", {**shop, "version": "v3"}) == 1003
    assert api.code("POST", "/loyalty-tokens", {"version": "v3", "unique_id": "o-1", "credits": 5}) == 1003
    assert api.code("POST", "/loyalty-tokens", {**shop, "version": "v3", "shop_uuid": "x", "credits": 5}) == 1008
    old = {"version": "v1", "unique_id": "o-1", "credits": 5, "shop_id": 1}
    assert "version=v1" in api.post("/loyalty-tokens", old).json()["data"]
    assert api.code("POST", "/loyalty-tokens", {**old, "shop_id": "99"}) == 1008


def test_a_gift_card_mail_is_kept_with_its_tags(api: Api, at: dict[str, Any], account: SandboxAccount) -> None:
    path = f"/giftcards/{account.add('giftcard')['uuid']}/send-by-email"
    body = {"contact_uuid": at["contact_uuid"], "merge_tags": {"custom.message": "Enjoy"}}
    assert api.post(path, body).json()["data"]["message"] == "success"
    assert account.state("giftcard_mail")[0]["merge_tags"] == {"custom.message": "Enjoy"}
    assert api.code("POST", path, {**body, "merge_tags": {"message": "Enjoy"}}) == 1003
    assert api.code("POST", path, {**body, "merge_tags": "Enjoy"}) == 1003
    assert api.code("POST", path, {**body, "contact_uuid": "x"}) == 1003
    assert api.code("POST", "/giftcards/x/send-by-email", body) == 5001
