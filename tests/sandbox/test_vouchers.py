from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

HOUR = 3600


@pytest.fixture
def shop(account: SandboxAccount) -> dict[str, Any]:
    return account.add_shop("Utrecht West")


@pytest.fixture
def contact(account: SandboxAccount) -> dict[str, Any]:
    return account.add_contact("sanne@mail.example")


def redeem(api: Api, code: str, shop: dict[str, Any], **fields: Any) -> Any:
    response = api.post("/vouchers/redeem", {"code": code, "shop_uuid": shop["uuid"], **fields})
    assert response.status_code == 200, response.text
    return response.json()["data"]


def refused(api: Api, code: str, shop: dict[str, Any], **fields: Any) -> int:
    return api.code("POST", "/vouchers/redeem", {"code": code, "shop_uuid": shop["uuid"], **fields})


def find(api: Api, code: str) -> Any:
    return api.data("/vouchers/find", {"code": code})


def lock(api: Api, voucher: dict[str, Any]) -> Any:
    return api.post(f"/vouchers/{voucher['uuid']}/lock").json()["data"]["lock"]


class TestFinding:
    def test_it_finds_a_voucher_by_its_code(self, api: Api, account: SandboxAccount, contact: dict[str, Any]) -> None:
        promotion = account.add_promotion("Summer", description="Ten euro off", attributes={"till_code": "SUM10"})
        account.add_voucher(
            "COFFEE-1",
            promotion_uuid=promotion["uuid"],
            contact_uuid=contact["uuid"],
            expiration_date="2099-12-31T23:00:00+01:00",
            attributes={"sheet": ""},
        )
        voucher = find(api, "COFFEE-1")
        assert voucher["status"] == "ACTIVE"
        assert voucher["name"] == "Summer"
        assert voucher["description"] == "Ten euro off"
        assert voucher["contact"] == {"uuid": contact["uuid"], "email": "sanne@mail.example"}
        assert voucher["expiration_date"] == "2099-12-31T22:00:00+00:00"
        assert voucher["attributes"] == {"sheet": ""}
        assert voucher["promotion"]["till_code"] == "SUM10"
        assert "attributes" not in voucher["promotion"]
        assert (voucher["redemptions_remaining"], voucher["times_redeemed"]) == (1, 0)

    def test_it_wants_the_code_exactly(self, api: Api, account: SandboxAccount) -> None:
        account.add_voucher("COFFEE-1")
        assert find(api, "COFFEE-1")["contact"] is None
        for wrong in ("coffee-1", "COFFEE-1 ", "COFFEE"):
            assert api.code("GET", "/vouchers/find", query={"code": wrong}) == 80004
        assert api.code("GET", "/vouchers/find") == 1003

    def test_it_gives_no_attributes_as_an_empty_list(self, api: Api, account: SandboxAccount) -> None:
        account.add_voucher("COFFEE-1")
        assert find(api, "COFFEE-1")["attributes"] == []

    def test_it_writes_old_dates_with_a_blank(self, api: Api, account: SandboxAccount) -> None:
        account.add_voucher("OLD", "EXPIRED", expiration_date="2023-06-01T21:59:59+00:00")
        assert find(api, "OLD")["expiration_date"] == "2023-06-01 21:59:59+00:00"


class TestTheList:
    def test_it_filters_by_promotion_contact_and_status(
        self, api: Api, account: SandboxAccount, contact: dict[str, Any]
    ) -> None:
        other = account.add_promotion("Other")
        account.add_promotion("More")
        account.add_voucher("A", promotion_uuid=other["uuid"], contact_uuid=contact["uuid"])
        account.add_voucher("B", promotion_uuid=other["uuid"])
        account.add_voucher("C", "DEACTIVATED", contact_uuid=contact["uuid"])

        def codes(**query: str) -> list[str]:
            return [voucher["code"] for voucher in api.data("/vouchers", query)]

        assert codes() == ["A", "B", "C"]
        assert codes(promotion_uuid=other["uuid"]) == ["A", "B", "C"]  # the first promotion is the default one
        assert codes(contact_uuid=contact["uuid"]) == ["A", "C"]
        assert codes(contact_uuid=contact["uuid"], status="ACTIVE") == ["A"]
        assert codes(promotion_uuid=other["uuid"], contact_uuid=contact["uuid"], status="REDEEMED") == []

    def test_it_refuses_filters_on_what_is_not_there(self, api: Api) -> None:
        assert api.code("GET", "/vouchers", query={"promotion_uuid": "x"}) == 80002
        assert api.code("GET", "/vouchers", query={"contact_uuid": "x"}) == 55031
        assert api.code("GET", "/vouchers", query={"status": "active"}) == 1003

    def test_it_has_links_that_drop_the_filters_and_a_textual_per_page(self, api: Api, account: SandboxAccount) -> None:
        for number in range(5):
            account.add_voucher(f"V{number}")
        answer = api.get("/vouchers", {"limit": "2", "page": "2", "status": "ACTIVE"}).json()
        meta, links = answer["meta"], answer["links"]
        assert [voucher["code"] for voucher in answer["data"]] == ["V2", "V3"]
        assert "redemptions_remaining" not in answer["data"][0]
        assert (meta["current_page"], meta["from"], meta["to"], meta["last_page"], meta["total"]) == (2, 3, 4, 3, 5)
        assert meta["per_page"] == "2"
        assert links["next"] == "http://piggy.example/api/v3/oauth/clients/vouchers?page=3"
        assert links["prev"].endswith("?page=1")
        assert [link["label"] for link in meta["links"]] == ["pagination.previous", "1", "2", "3", "pagination.next"]

    def test_it_has_limits_from_0_to_500(self, api: Api, account: SandboxAccount) -> None:
        account.add_voucher("A")
        assert api.data("/vouchers", {"limit": "0"}) == []
        assert len(api.data("/vouchers", {"limit": "500"})) == 1
        for limit in ("-1", "501"):
            assert api.code("GET", "/vouchers", query={"limit": limit}) == 1003


class TestLocking:
    def test_it_locks_for_an_hour(self, api: Api, account: SandboxAccount) -> None:
        voucher = account.add_voucher("COFFEE-1")
        answer = api.post(f"/vouchers/{voucher['uuid']}/lock").json()["data"]
        assert answer["voucher"] == {"uuid": voucher["uuid"], "status": "LOCKED"}
        assert answer["lock"]["unlocked_at"] is None
        assert find(api, "COFFEE-1")["status"] == "LOCKED"
        account.advance(HOUR - 5)
        assert find(api, "COFFEE-1")["status"] == "LOCKED"
        account.advance(6)
        assert find(api, "COFFEE-1")["status"] == "ACTIVE"

    def test_it_does_not_let_an_old_lock_end_a_new_one(self, api: Api, account: SandboxAccount) -> None:
        voucher = account.add_voucher("COFFEE-1")
        first = lock(api, voucher)
        api.post(f"/vouchers/{voucher['uuid']}/release", {"release_key": first["release_key"]})
        account.advance(HOUR / 2)
        lock(api, voucher)
        account.advance(HOUR / 2 + 5)
        assert find(api, "COFFEE-1")["status"] == "LOCKED"

    def test_it_refuses_a_second_lock(self, api: Api, account: SandboxAccount) -> None:
        voucher = account.add_voucher("COFFEE-1")
        lock(api, voucher)
        assert api.code("POST", f"/vouchers/{voucher['uuid']}/lock") == 80017

    @pytest.mark.parametrize(
        ("status", "code"), [("REDEEMED", 80005), ("EXPIRED", 80006), ("DEACTIVATED", 80012), ("INACTIVE", 80014)]
    )
    def test_it_locks_only_what_is_active(self, api: Api, account: SandboxAccount, status: str, code: int) -> None:
        voucher = account.add_voucher("COFFEE-1", status)
        assert api.code("POST", f"/vouchers/{voucher['uuid']}/lock") == code
        assert api.code("POST", "/vouchers/unknown/lock") == 80004

    def test_it_releases_with_the_right_key_alone(self, api: Api, account: SandboxAccount) -> None:
        voucher = account.add_voucher("COFFEE-1")
        key = lock(api, voucher)["release_key"]
        path = f"/vouchers/{voucher['uuid']}/release"
        assert api.code("POST", path) == 1003
        assert api.code("POST", path, {"release_key": "wrong"}) == 1003
        assert find(api, "COFFEE-1")["status"] == "LOCKED"
        answer = api.post(path, {"release_key": key}).json()["data"]
        assert answer["voucher"]["status"] == find(api, "COFFEE-1")["status"] == "ACTIVE"
        assert answer["lock"]["unlocked_at"]
        assert answer["lock"]["system_release_at"] is None
        assert api.code("POST", path, {"release_key": key}) == 1003

    def test_it_says_why_a_lock_that_ended_otherwise_cannot_be_released(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        used, late = account.add_voucher("USED"), account.add_voucher("LATE", expiration_date="2099-01-01")
        keys = {voucher["code"]: lock(api, voucher)["release_key"] for voucher in (used, late)}
        redeem(api, "USED", shop, contact_uuid=contact["uuid"], release_key=keys["USED"])
        assert api.code("POST", f"/vouchers/{used['uuid']}/release", {"release_key": keys["USED"]}) == 80005
        account.advance(80 * 366 * 24 * HOUR)
        assert api.code("POST", f"/vouchers/{late['uuid']}/release", {"release_key": keys["LATE"]}) == 80006


class TestRedeeming:
    def test_it_redeems_and_links_what_nobody_held(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        account.add_voucher("COFFEE-1")
        answer = redeem(api, "COFFEE-1", shop, contact_uuid=contact["uuid"])
        assert answer["status"] == "REDEEMED"
        assert answer["is_redeemed"] is True
        assert answer["contact"]["uuid"] == contact["uuid"]
        assert answer["voucher_redemption"]["uuid"]
        assert find(api, "COFFEE-1")["redeemed_at"] == answer["redeemed_at"]
        assert refused(api, "COFFEE-1", shop, contact_uuid=contact["uuid"]) == 80005

    def test_it_needs_to_know_whose_it_is(self, api: Api, account: SandboxAccount, shop: dict[str, Any]) -> None:
        account.add_voucher("COFFEE-1")
        response = api.post("/vouchers/redeem", {"code": "COFFEE-1", "shop_uuid": shop["uuid"]})
        assert response.json()["code"] == 1003
        assert "contact_uuid" in response.json()["errors"]
        assert find(api, "COFFEE-1")["status"] == "ACTIVE"

    def test_it_refuses_somebody_elses(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        account.add_voucher("COFFEE-1", contact_uuid=contact["uuid"])
        stranger = account.add_contact("stranger@mail.example")
        assert refused(api, "COFFEE-1", shop, contact_uuid=stranger["uuid"]) == 1003
        assert redeem(api, "COFFEE-1", shop)["status"] == "REDEEMED"

    @pytest.mark.parametrize(
        ("status", "code"),
        [("REDEEMED", 80005), ("EXPIRED", 80006), ("DEACTIVATED", 80012), ("INACTIVE", 80014), ("LOCKED", 80017)],
    )
    def test_it_redeems_only_what_is_active(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any], status: str, code: int
    ) -> None:
        account.add_voucher("COFFEE-1", status)
        assert refused(api, "COFFEE-1", shop, contact_uuid=contact["uuid"]) == code

    def test_it_checks_input_then_what_is_named_then_the_state(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        account.add_voucher("USED", "REDEEMED")
        nowhere, nobody = {"uuid": "nowhere"}, {"contact_uuid": "nobody"}
        assert api.code("POST", "/vouchers/redeem", {"code": "nothing"}) == 1003
        assert refused(api, "nothing", nowhere, **nobody) == 80004
        assert refused(api, "USED", nowhere, **nobody) == 1008
        assert refused(api, "USED", shop, **nobody) == 55031
        assert refused(api, "USED", shop, contact_uuid=contact["uuid"]) == 80005

    def test_it_opens_a_lock_with_its_key(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        voucher = account.add_voucher("COFFEE-1", contact_uuid=contact["uuid"])
        key = lock(api, voucher)["release_key"]
        assert refused(api, "COFFEE-1", shop) == 80017
        assert refused(api, "COFFEE-1", shop, release_key="wrong") == 80017
        assert redeem(api, "COFFEE-1", shop, release_key=key)["status"] == "REDEEMED"
        account.advance(HOUR + 5)
        assert find(api, "COFFEE-1")["status"] == "REDEEMED"

    def test_it_counts_the_uses_of_a_voucher_for_several(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        voucher = account.add_voucher("TWICE", total_redemptions_allowed=2, contact_uuid=contact["uuid"])
        key = lock(api, voucher)["release_key"]
        first = redeem(api, "TWICE", shop, release_key=key)
        assert (first["status"], first["redemptions_remaining"], first["is_redeemed"]) == ("ACTIVE", 1, False)
        second = redeem(api, "TWICE", shop)
        assert (second["status"], second["redemptions_remaining"]) == ("REDEEMED", 0)
        assert refused(api, "TWICE", shop) == 80005

    def test_it_records_where_and_for_whom(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        account.add_voucher("COFFEE-1")
        uuid = redeem(api, "COFFEE-1", shop, contact_uuid=contact["uuid"])["voucher_redemption"]["uuid"]
        [redemption] = account.state("redemption")
        assert (redemption["uuid"], redemption["shop_uuid"]) == (uuid, shop["uuid"])
        assert redemption["contact_uuid"] == contact["uuid"]


class TestReversing:
    def test_it_makes_the_voucher_active_again_once(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        voucher = account.add_voucher("COFFEE-1")
        uuid = redeem(api, "COFFEE-1", shop, contact_uuid=contact["uuid"])["voucher_redemption"]["uuid"]
        assert api.code("POST", f"/vouchers/{voucher['uuid']}/reverse") == 80004  # not the voucher's own uuid
        restored = api.post(f"/vouchers/{uuid}/reverse").json()["data"]
        assert (restored["status"], restored["times_redeemed"], restored["redeemed_at"]) == ("ACTIVE", 0, None)
        assert api.code("POST", f"/vouchers/{uuid}/reverse") == 1003
        assert find(api, "COFFEE-1")["times_redeemed"] == 0

    def test_it_leaves_an_expired_voucher_expired(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        account.add_voucher("LATE", expiration_date="2099-01-01", contact_uuid=contact["uuid"])
        uuid = redeem(api, "LATE", shop)["voucher_redemption"]["uuid"]
        account.advance(80 * 366 * 24 * HOUR)
        assert api.post(f"/vouchers/{uuid}/reverse").json()["data"]["status"] == "EXPIRED"

    def test_it_leaves_the_other_redemptions_alone(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        account.add_voucher("TWICE", total_redemptions_allowed=2, contact_uuid=contact["uuid"])
        first = redeem(api, "TWICE", shop)
        account.advance(60)
        second = redeem(api, "TWICE", shop)
        restored = api.post(f"/vouchers/{second['voucher_redemption']['uuid']}/reverse").json()["data"]
        assert (restored["status"], restored["times_redeemed"]) == ("ACTIVE", 1)
        assert restored["redeemed_at"] == first["redeemed_at"]


class TestValidating:
    def test_it_says_yes_without_changing_anything(
        self, api: Api, account: SandboxAccount, shop: dict[str, Any], contact: dict[str, Any]
    ) -> None:
        voucher = account.add_voucher("COFFEE-1")
        body = {"shop_uuid": shop["uuid"], "contact_uuid": contact["uuid"]}
        assert api.post(f"/vouchers/{voucher['uuid']}/validate", body).status_code == 200
        unlinked = find(api, "COFFEE-1")
        assert (unlinked["status"], unlinked["contact"]) == ("ACTIVE", None)

    def test_it_refuses_as_redeeming_would(self, api: Api, account: SandboxAccount, shop: dict[str, Any]) -> None:
        voucher = account.add_voucher("COFFEE-1", "EXPIRED")
        path = f"/vouchers/{voucher['uuid']}/validate"
        assert api.code("POST", path) == 1003
        assert api.code("POST", path, {"shop_uuid": shop["uuid"]}) == 1003
        contact = account.add_contact("a@mail.example")
        assert api.code("POST", path, {"shop_uuid": shop["uuid"], "contact_uuid": contact["uuid"]}) == 80006
        assert api.code("POST", "/vouchers/unknown/validate", {"shop_uuid": shop["uuid"]}) == 80004


class TestItsDates:
    def test_it_becomes_active_and_expires_by_itself(self, api: Api, account: SandboxAccount) -> None:
        account.add_voucher("SOON", activation_date="2098-01-01", expiration_date="2099-01-01")
        assert find(api, "SOON")["status"] == "INACTIVE"
        account.advance(72 * 365.25 * 24 * HOUR)
        assert find(api, "SOON")["status"] == "ACTIVE"
        account.advance(2 * 366 * 24 * HOUR)
        assert find(api, "SOON")["status"] == "EXPIRED"

    def test_it_does_not_expire_what_is_used_or_withdrawn(self, api: Api, account: SandboxAccount) -> None:
        account.add_voucher("USED", "REDEEMED", expiration_date="2099-01-01")
        account.add_voucher("GONE", "DEACTIVATED", expiration_date="2099-01-01")
        account.advance(80 * 366 * 24 * HOUR)
        assert (find(api, "USED")["status"], find(api, "GONE")["status"]) == ("REDEEMED", "DEACTIVATED")
