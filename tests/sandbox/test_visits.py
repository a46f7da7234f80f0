from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

ALL = {
    "external_id": "VI-1",
    "source": "Door",
    "starts_at": "2026-05-02T20:00:00+02:00",
    "ends_at": "2026-05-02 20:30",
}


@pytest.fixture
def who(account: SandboxAccount) -> dict[str, Any]:
    contact = account.add_contact("sanne@mail.example")
    return {"shop_uuid": account.add_shop()["uuid"], "contact_uuid": contact["uuid"]}


@pytest.fixture
def visit(api: Api, who: dict[str, Any]) -> dict[str, Any]:
    """As the API answers it."""
    data: dict[str, Any] = api.post("/visits", {**who, **ALL}).json()["data"]
    return data


def test_it_is_made_read_and_listed(api: Api, who: dict[str, Any], visit: dict[str, Any]) -> None:
    assert visit["contact"] == {"uuid": who["contact_uuid"], "email": "sanne@mail.example"}
    assert (visit["starts_at"], visit["ends_at"]) == ("2026-05-02T18:00:00+00:00", "2026-05-02T20:30:00+00:00")
    assert "shop" not in visit
    assert api.data(f"/visits/{visit['uuid']}") == visit
    assert api.data("/visits", {"contact_uuid": who["contact_uuid"]}) == [visit]
    assert api.meta("/visits", {"limit": 500}) == {"current_page": 1, "last_page": 1, "per_page": 500, "total": 1}


def test_a_list_is_of_one_contact_unless_its_filter_is_ignored(
    api: Api, account: SandboxAccount, who: dict[str, Any], visit: dict[str, Any]
) -> None:
    other = account.add_contact("joost@mail.example")["uuid"]
    assert api.data("/visits", {"contact_uuid": other}) == []
    account.fault("list_visits", kind="ignore_filters")
    assert len(api.data("/visits", {"contact_uuid": other})) == 1


def test_it_changes_only_what_is_sent_and_empties_what_is_sent_empty(api: Api, visit: dict[str, Any]) -> None:
    answer = api.send("PUT", f"/visits/{visit['uuid']}", json={"source": "", "shop_uuid": "other"})
    assert answer.json()["data"] == {**visit, "source": None}


def test_an_external_id_is_unique(api: Api, who: dict[str, Any], visit: dict[str, Any]) -> None:
    assert api.code("POST", "/visits", {**who, "external_id": "VI-1"}) == 1003
    other = api.post("/visits", who).json()["data"]["uuid"]
    assert api.code("PUT", f"/visits/{other}", {"external_id": "VI-1"}) == 1003
    assert api.send("PUT", f"/visits/{visit['uuid']}", json={"external_id": "VI-1"}).status_code == 200


def test_what_is_not_there_is_said_so(api: Api, who: dict[str, Any]) -> None:
    assert api.code("POST", "/visits", {**who, "shop_uuid": "none"}) == 1008
    assert api.code("POST", "/visits", {**who, "contact_uuid": "none"}) == 55031
    assert api.code("GET", "/visits/none") == 60013
    assert api.code("PUT", "/visits/none", {}) == 60013
    assert api.code("GET", "/visits", query={"limit": 501}) == 1003


def test_referrals_are_filtered_by_who_brought_and_by_status(api: Api, account: SandboxAccount) -> None:
    anna, ben = (account.add_contact(f"{name}@mail.example")["uuid"] for name in ("anna", "ben"))
    cleo = account.add_contact(anonymous=True)["uuid"]
    account.add("referral", referring_contact_uuid=anna, referred_contact_uuid=ben, status="completed")
    account.add("referral", referring_contact_uuid=ben, referred_contact_uuid=cleo)
    assert [row["status"] for row in api.data("/referrals")] == ["completed", "pending"]
    (row,) = api.data("/referrals", {"referring_contact_uuid": ben, "status": "pending"})
    assert row["referred_contact"] == {"uuid": cleo, "email": ""}
    assert api.data("/referrals", {"referring_contact_uuid": cleo}) == []
    assert api.code("GET", "/referrals", query={"status": "done"}) == 1003
    account.fault("list_referrals", kind="ignore_filters")
    assert len(api.data("/referrals", {"referring_contact_uuid": ben})) == 2


def test_the_settings_of_referrals_are_those_that_were_set(api: Api, account: SandboxAccount) -> None:
    assert api.data("/referrals/settings")["limit_per_contact"] is None
    account.add("referral_settings", limit_per_contact=10)
    assert api.data("/referrals/settings")["limit_per_contact"] == 10
