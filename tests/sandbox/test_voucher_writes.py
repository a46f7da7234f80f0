"""Making vouchers, one or a batch, and changing them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import HOST, Api

DAY = 86_400
MARK = {"piggyadmin_act": "run.1.1"}


@pytest.fixture
def promotion(account: SandboxAccount) -> str:
    account.add_attribute("piggyadmin_act", entity="voucher")
    account.add_attribute("guests", "number", entity="voucher")
    uuid: str = account.add_promotion("Summer")["uuid"]
    return uuid


def day(number: int) -> str:
    """Midnight so many days from today, as answers write it."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=number)).isoformat()


def made(api: Api, promotion: str, **fields: Any) -> Any:
    response = api.post("/vouchers", {"promotion_uuid": promotion, **fields})
    assert response.status_code == 200, response.text
    return response.json()["data"]


def batch(api: Api, promotion: str, quantity: int = 3, **fields: Any) -> Any:
    response = api.post("/vouchers/batch", {"promotion_uuid": promotion, "quantity": quantity, **fields})
    assert response.status_code == 201, response.text
    return response.json()["data"]


def listed(api: Api, promotion: str, **query: Any) -> Any:
    return api.data("/vouchers", {"promotion_uuid": promotion, "limit": "500", **query})


def changed(api: Api, uuid: str, **fields: Any) -> Any:
    response = api.send("PUT", f"/vouchers/{uuid}", json=fields)
    assert response.status_code == 200, response.text
    return response.json()["data"]


class TestMakingOne:
    def test_it_chooses_what_is_not_said(self, api: Api, promotion: str) -> None:
        one, other = made(api, promotion), made(api, promotion)
        assert (one["status"], one["contact"], one["attributes"]) == ("ACTIVE", None, [])
        assert one["code"] != other["code"]
        assert (one["activation_date"], one["expiration_date"]) == (None, None)
        assert api.data("/vouchers/find", {"code": one["code"]})["total_redemptions_allowed"] == 1

    def test_it_takes_what_is_said(self, api: Api, account: SandboxAccount, promotion: str) -> None:
        contact = account.add_contact("sanne@mail.example")
        voucher = made(
            api,
            promotion,
            code="MINE-1",
            contact_uuid=contact["uuid"],
            activation_date=day(10),
            expiration_date=day(100).replace("T00:00:00+00:00", "T02:00:00+02:00"),
            total_redemptions_allowed="3",
            custom_attributes={**MARK, "guests": "4"},
        )
        assert (voucher["code"], voucher["status"]) == ("MINE-1", "INACTIVE")
        assert voucher["contact"]["uuid"] == contact["uuid"]
        assert voucher["expiration_date"] == day(100)
        assert voucher["attributes"] == {"piggyadmin_act": "run.1.1", "guests": 4}
        assert api.data("/vouchers/find", {"code": "MINE-1"})["redemptions_remaining"] == 3
        account.advance(20 * DAY)
        assert api.data("/vouchers/find", {"code": "MINE-1"})["status"] == "ACTIVE"
        account.advance(100 * DAY)
        assert api.data("/vouchers/find", {"code": "MINE-1"})["status"] == "EXPIRED"

    def test_it_reads_attributes_as_a_list_too(self, api: Api, promotion: str) -> None:
        voucher = made(api, promotion, custom_attributes=[{"name": "guests", "value": 2}])
        assert voucher["attributes"] == {"guests": 2}

    def test_it_follows_the_promotions_rules(self, api: Api, account: SandboxAccount) -> None:
        ten = account.add_promotion("Ten", expiration_duration=30 * DAY, redemptions_per_voucher=10)["uuid"]
        voucher = made(api, ten, activation_date="2098-06-01T00:00:00Z")
        assert voucher["expiration_date"] == "2098-07-01T00:00:00+00:00"
        assert api.data("/vouchers/find", {"code": voucher["code"]})["total_redemptions_allowed"] == 10
        assert made(api, ten, activation_date="9999-12-31T00:00:00Z")["expiration_date"] is None

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"promotion_uuid": ""}, 1003),
            ({"promotion_uuid": "unknown"}, 80002),
            ({"contact_uuid": "unknown"}, 55031),
            ({"code": "TAKEN"}, 80003),
            ({"code": "x" * 256}, 1003),
            ({"total_redemptions_allowed": 0}, 1003),
            ({"expiration_date": "soon"}, 1003),
            ({"activation_date": "2030-02-01", "expiration_date": "2030-02-01"}, 1003),
            ({"custom_attributes": {"colour": "red"}}, 1003),
            ({"custom_attributes": {"guests": "many"}}, 1003),
            ({"custom_attributes": "red"}, 1003),
            ({"custom_attributes": [{"value": 1}]}, 1003),
        ],
    )
    def test_it_refuses(
        self, api: Api, account: SandboxAccount, promotion: str, fields: dict[str, Any], code: int
    ) -> None:
        account.add_voucher("TAKEN", promotion_uuid=promotion)
        assert api.code("POST", "/vouchers", {"promotion_uuid": promotion, **fields}) == code
        assert len(account.state("voucher")) == 1


class TestMakingABatch:
    def test_it_promises_first_and_makes_them_later(self, api: Api, account: SandboxAccount, promotion: str) -> None:
        account.set(batch_seconds=60)
        answer = batch(api, promotion, 500, custom_attributes=MARK)
        assert (answer["type"], answer["quantity"], answer["status"]) == ("vouchers", 500, "PENDING")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d, \d\d:\d\d", answer["created_at"])
        account.advance(58)
        assert listed(api, promotion) == []
        account.advance(3)
        vouchers = listed(api, promotion)
        assert len({voucher["code"] for voucher in vouchers}) == 500
        assert all(voucher["attributes"] == MARK for voucher in vouchers)
        assert [row["status"] for row in account.state("voucher_batch")] == ["DONE"]

    def test_it_makes_them_at_once_where_it_is_told_to(self, api: Api, account: SandboxAccount, promotion: str) -> None:
        account.set(batch_seconds=0)
        batch(api, promotion)
        assert len(listed(api, promotion)) == 3

    def test_it_counts_fractions_of_seconds(self, api: Api, account: SandboxAccount, promotion: str) -> None:
        account.set(batch_seconds=0.2)
        asked = time.monotonic()
        batch(api, promotion)
        while not listed(api, promotion):
            assert time.monotonic() - asked < 5
        assert time.monotonic() - asked >= 0.2

    def test_it_lets_them_follow_their_dates(self, api: Api, account: SandboxAccount, promotion: str) -> None:
        account.set(batch_seconds=0)
        batch(api, promotion, activation_date=day(10), expiration_date=day(100))
        assert {voucher["status"] for voucher in listed(api, promotion)} == {"INACTIVE"}
        account.advance(20 * DAY)
        assert {voucher["status"] for voucher in listed(api, promotion)} == {"ACTIVE"}
        account.advance(100 * DAY)
        assert {voucher["status"] for voucher in listed(api, promotion)} == {"EXPIRED"}

    @pytest.mark.parametrize("quantity", [0, -1, 501, "1e9", 1.5, "", None, True])
    def test_it_makes_from_1_to_500(self, api: Api, promotion: str, quantity: Any) -> None:
        assert api.code("POST", "/vouchers/batch", {"promotion_uuid": promotion, "quantity": quantity}) == 1003

    def test_it_refuses_what_is_not_there(self, api: Api, promotion: str) -> None:
        assert api.code("POST", "/vouchers/batch", {"promotion_uuid": "unknown", "quantity": 1}) == 80002
        body = {"promotion_uuid": promotion, "quantity": 1, "contact_uuid": "unknown"}
        assert api.code("POST", "/vouchers/batch", body) == 55031

    def test_it_keeps_its_word_over_a_restart(self, tmp_path: Path) -> None:
        for step in ("ask", "look"):
            app = make_app(control=True, state=tmp_path / "sandbox.sqlite3")
            http = httpx.Client(transport=httpx.WSGITransport(app=app))
            account, api = SandboxAccount(HOST, "test-kept", http=http), Api(http, HOST, "test-kept")
            if step == "ask":
                account.set(batch_seconds=60)
                uuid = account.add_promotion()["uuid"]
                batch(api, uuid, 40)
                assert listed(api, uuid) == []
            else:
                account.advance(61)
                assert len(listed(api, uuid)) == 40
            app.close()


class TestItsLimits:
    def test_it_counts_what_is_on_its_way(self, api: Api, account: SandboxAccount) -> None:
        promotion = account.add_promotion(voucher_limit=10)["uuid"]
        account.add_voucher("GONE", "DEACTIVATED", promotion_uuid=promotion)
        batch(api, promotion, 6)
        assert api.code("POST", "/vouchers/batch", {"promotion_uuid": promotion, "quantity": 4}) == 80008
        batch(api, promotion, 3)
        account.advance(5)
        assert len(listed(api, promotion)) == 10
        assert api.code("POST", "/vouchers", {"promotion_uuid": promotion}) == 80008

    def test_it_counts_for_each_contact(self, api: Api, account: SandboxAccount) -> None:
        promotion = account.add_promotion(limit_per_contact=2)["uuid"]
        contact = account.add_contact("sanne@mail.example")["uuid"]
        made(api, promotion, contact_uuid=contact)
        batch(api, promotion, 5)
        batch(api, promotion, 1, contact_uuid=contact)
        body = {"promotion_uuid": promotion, "contact_uuid": contact}
        assert api.code("POST", "/vouchers", body) == 80008
        account.advance(5)
        assert api.code("POST", "/vouchers", body) == 80008
        other = account.add_contact("noor@mail.example")["uuid"]
        made(api, promotion, contact_uuid=other)


class TestChanging:
    def test_it_withdraws_and_gives_back(self, api: Api, promotion: str) -> None:
        voucher = made(api, promotion, custom_attributes=MARK)
        gone = changed(api, voucher["uuid"], status="DEACTIVATED", custom_attributes={"guests": 2})
        assert (gone["status"], gone["attributes"]) == ("DEACTIVATED", {**MARK, "guests": 2})
        assert gone["redemptions_remaining"] == 1
        assert changed(api, voucher["uuid"], status="DEACTIVATED")["status"] == "DEACTIVATED"
        assert changed(api, voucher["uuid"], status="ACTIVE")["status"] == "ACTIVE"

    def test_it_gives_back_as_the_dates_are_now(self, api: Api, account: SandboxAccount, promotion: str) -> None:
        soon = made(api, promotion, activation_date=day(100))["uuid"]
        late = made(api, promotion, expiration_date=day(10))["uuid"]
        for uuid in (soon, late):
            changed(api, uuid, status="DEACTIVATED")
        assert changed(api, soon, status="ACTIVE")["status"] == "INACTIVE"
        account.advance(20 * DAY)
        assert changed(api, late, status="ACTIVE")["status"] == "EXPIRED"

    def test_it_changes_the_end_of_active_and_inactive_ones(
        self, api: Api, account: SandboxAccount, promotion: str
    ) -> None:
        uuid = made(api, promotion, expiration_date=day(10))["uuid"]
        assert changed(api, uuid, status="ACTIVE", expiration_date=day(100))["expiration_date"] == day(100)
        account.advance(20 * DAY)
        assert listed(api, promotion)[0]["status"] == "ACTIVE"  # the first date has passed
        account.advance(100 * DAY)
        assert listed(api, promotion)[0]["status"] == "EXPIRED"
        soon = made(api, promotion, activation_date=day(300))["uuid"]
        changed(api, soon, status="ACTIVE", expiration_date=day(400))
        body = {"status": "ACTIVE", "expiration_date": day(299)}
        assert api.code("PUT", f"/vouchers/{soon}", body) == 1003
        at_once = made(api, promotion)["uuid"]
        assert changed(api, at_once, status="ACTIVE", expiration_date="2020-01-01")["status"] == "EXPIRED"

    @pytest.mark.parametrize("status", ["REDEEMED", "EXPIRED"])
    def test_it_leaves_alone_what_is_over(self, api: Api, account: SandboxAccount, status: str) -> None:
        uuid = account.add_voucher("OVER", status)["uuid"]
        for wanted in ("ACTIVE", "DEACTIVATED"):
            assert api.code("PUT", f"/vouchers/{uuid}", {"status": wanted}) == 1003
        assert account.state("voucher")[0]["status"] == status

    def test_it_ends_a_lock_by_withdrawing_alone(self, api: Api, account: SandboxAccount) -> None:
        voucher = account.add_voucher("HELD", "LOCKED")
        assert changed(api, voucher["uuid"], status="ACTIVE")["status"] == "LOCKED"
        changed(api, voucher["uuid"], status="DEACTIVATED")
        account.advance(3700)
        assert account.state("voucher")[0]["status"] == "DEACTIVATED"

    @pytest.mark.parametrize("body", [{}, {"status": "LOCKED"}, {"status": "active"}])
    def test_it_wants_one_of_two_statuses(self, api: Api, account: SandboxAccount, body: dict[str, str]) -> None:
        uuid = account.add_voucher("COFFEE-1")["uuid"]
        assert api.code("PUT", f"/vouchers/{uuid}", body) == 1003

    def test_it_refuses_an_end_for_what_is_withdrawn_and_what_is_not_there(
        self, api: Api, account: SandboxAccount
    ) -> None:
        uuid = account.add_voucher("GONE", "DEACTIVATED")["uuid"]
        body = {"status": "ACTIVE", "expiration_date": day(100)}
        assert api.code("PUT", f"/vouchers/{uuid}", body) == 1003
        assert api.code("PUT", "/vouchers/unknown", {"status": "ACTIVE"}) == 80004


class TestMakingPromotions:
    def test_it_makes_one(self, api: Api) -> None:
        body = {"name": "Summer", "description": "Ten off", "voucher_limit": 5, "expiration_duration": "3600"}
        answer = api.post("/promotions", body).json()["data"]
        assert (answer["voucher_limit"], answer["expiration_duration"], answer["limit_per_contact"]) == (5, 3600, None)
        assert (answer["type"], answer["redemptions_per_voucher"]) == ("SINGLE_USE", 1)
        assert api.data(f"/promotions/{answer['uuid']}") == answer
        ten = api.post("/promotions", {"name": "Ten", "description": "Ten", "redemptions_per_voucher": 10}).json()
        assert ten["data"]["type"] == "MULTI_USE"

    @pytest.mark.parametrize(
        "fields",
        [{"name": ""}, {"description": None}, {"voucher_limit": 0}, {"type": "ODD"}, {"limit_per_contact": "x"}],
    )
    def test_it_refuses(self, api: Api, account: SandboxAccount, fields: dict[str, Any]) -> None:
        assert api.code("POST", "/promotions", {"name": "Summer", "description": "Ten off", **fields}) == 1003
        assert account.state("promotion") == []


class TestWhatGoesWrong:
    """Over a real connection, where an answer can be lost."""

    @pytest.fixture
    def served(self, sandbox_account: SandboxAccount) -> Api:
        sandbox_account.set(batch_seconds=0)
        return Api(httpx.Client(), sandbox_account.base_url, sandbox_account.token)

    @pytest.mark.parametrize(("kind", "there"), [("lost_before", 0), ("lost_after", 3), ("reset", 3)])
    def test_it_loses_answers(self, served: Api, sandbox_account: SandboxAccount, kind: str, there: int) -> None:
        promotion = sandbox_account.add_promotion()["uuid"]
        sandbox_account.fault("create_voucher_batch", kind=kind)
        with pytest.raises(httpx.HTTPError):
            batch(served, promotion)
        assert len(listed(served, promotion)) == there

    def test_it_makes_them_after_the_caller_gave_up(self, served: Api, sandbox_account: SandboxAccount) -> None:
        promotion = sandbox_account.add_promotion()["uuid"]
        sandbox_account.fault(kind="late", seconds=60, times=-1)
        sandbox_account.fault("create_voucher_batch", kind="lost_after")
        with pytest.raises(httpx.HTTPError):
            batch(served, promotion)
        made(served, promotion, code="AT-ONCE")  # no other call is late
        assert [voucher["code"] for voucher in listed(served, promotion)] == ["AT-ONCE"]
        sandbox_account.advance(61)
        assert len(listed(served, promotion)) == 4

    def test_it_is_late_once_for_one_batch(self, served: Api, sandbox_account: SandboxAccount) -> None:
        promotion = sandbox_account.add_promotion()["uuid"]
        sandbox_account.fault("writes", kind="late", seconds=60)
        made(served, promotion)
        batch(served, promotion, 3)
        batch(served, promotion, 5)
        assert len(listed(served, promotion)) == 6

    def test_it_never_gives_attributes_back(self, served: Api, sandbox_account: SandboxAccount) -> None:
        promotion = sandbox_account.add_promotion()["uuid"]
        sandbox_account.add_attribute("piggyadmin_act", entity="voucher")
        sandbox_account.fault("list_vouchers", kind="no_attributes", times=-1)
        batch(served, promotion, custom_attributes=MARK)
        assert [voucher["attributes"] for voucher in listed(served, promotion)] == [[], [], []]
        assert {row["attributes"]["piggyadmin_act"] for row in sandbox_account.state("voucher")} == {"run.1.1"}

    def test_it_refuses_on_order(self, served: Api, sandbox_account: SandboxAccount) -> None:
        promotion = sandbox_account.add_promotion()["uuid"]
        sandbox_account.fault("create_voucher_batch", kind="refused", value=80020)
        body = {"promotion_uuid": promotion, "quantity": 3}
        assert served.code("POST", "/vouchers/batch", body) == 80020
        assert listed(served, promotion) == []
        with pytest.raises(ValueError, match="no code 17"):
            sandbox_account.fault(kind="refused", value=17)


def test_it_pages_through_very_many_as_fast_as_through_few(api: Api, account: SandboxAccount) -> None:
    few, many = (account.add_promotion(name)["uuid"] for name in ("Few", "Many"))
    account.add_many_vouchers(few, 500)
    account.add_many_vouchers(many, 20_000, attributes={"sheet": "7"})

    def seconds(promotion: str, page: int) -> float:
        begun = time.perf_counter()
        assert len(listed(api, promotion, page=str(page))) == 500
        return time.perf_counter() - begun

    assert api.meta("/vouchers", {"promotion_uuid": many})["total"] == 20_000
    assert len({voucher["code"] for page in range(1, 41) for voucher in listed(api, many, page=str(page))}) == 20_000
    fast = min(seconds(few, 1) for _ in range(5))
    assert min(seconds(many, 40) for _ in range(5)) < 2 * fast + 0.01


def test_it_says_what_is_wrong_with_a_wish_for_many(account: SandboxAccount) -> None:
    promotion = account.add_promotion()["uuid"]
    with pytest.raises(ValueError, match="no colour"):
        account.add_many_vouchers(promotion, 3, colour="red")
    with pytest.raises(ValueError, match="no promotion"):
        account.add_many_vouchers("unknown", 3)


class TestRedeemingSeveralTimes:
    @pytest.fixture
    def ten(self, account: SandboxAccount) -> dict[str, Any]:
        contact = account.add_contact("mila@mail.example")
        account.add_shop(uuid="shop-1")
        return account.add_voucher("TEN-1", contact_uuid=contact["uuid"], total_redemptions_allowed=10)

    def redeem(self, api: Api, times: Any) -> Any:
        return api.post("/vouchers/multi-redeem", {"code": "TEN-1", "shop_uuid": "shop-1", "number_of_times": times})

    def test_each_redemption_has_a_number_that_takes_it_back(self, api: Api, ten: dict[str, Any]) -> None:
        told = self.redeem(api, 3).json()["data"]
        numbers = {each["uuid"] for each in told["voucher_redemptions"]}
        assert len(numbers) == 3
        assert (told["voucher"]["times_redeemed"], told["voucher"]["redemptions_remaining"]) == (3, 7)
        assert api.post(f"/vouchers/{numbers.pop()}/reverse", {}).json()["data"]["times_redeemed"] == 2

    def test_more_than_is_left_is_refused_whole(self, api: Api, ten: dict[str, Any]) -> None:
        assert self.redeem(api, 8).json()["data"]["voucher"]["status"] == "ACTIVE"
        assert self.redeem(api, 3).json()["code"] == 80019
        assert self.redeem(api, 2).json()["data"]["voucher"]["status"] == "REDEEMED"

    @pytest.mark.parametrize("times", [0, 51, "many", None])
    def test_a_number_that_cannot_be_is_invalid(self, api: Api, ten: dict[str, Any], times: Any) -> None:
        assert self.redeem(api, times).json()["code"] == 1003
