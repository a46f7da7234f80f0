"""Every fault as a client meets it, over a real connection."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from piggyadmin.sandbox.faults import NoSocketError
from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import HOST, Api


@pytest.fixture
def api(sandbox_account: SandboxAccount) -> Iterator[Api]:
    with httpx.Client() as http:
        yield Api(http, sandbox_account.base_url, sandbox_account.token)


@pytest.fixture
def voucher(sandbox_account: SandboxAccount) -> dict[str, Any]:
    return sandbox_account.add_voucher("COFFEE-1")


def lock(api: Api, voucher: dict[str, Any]) -> httpx.Response:
    return api.post(f"/vouchers/{voucher['uuid']}/lock")


def status(account: SandboxAccount) -> str:
    return str(account.state("voucher")[0]["status"])


class TestConnections:
    @pytest.mark.parametrize(("kind", "left"), [("lost_before", "ACTIVE"), ("lost_after", "LOCKED")])
    def test_it_closes_without_an_answer(
        self, api: Api, sandbox_account: SandboxAccount, voucher: dict[str, Any], kind: str, left: str
    ) -> None:
        sandbox_account.fault("lock_voucher", kind=kind)
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
            lock(api, voucher)
        assert status(sandbox_account) == left
        [call] = sandbox_account.calls
        assert (call.operation, call.status, call.fault) == ("lock_voucher", None, kind)
        assert api.get("/shops").status_code == 200

    def test_it_resets_in_the_middle_of_the_body(
        self, api: Api, sandbox_account: SandboxAccount, voucher: dict[str, Any]
    ) -> None:
        sandbox_account.fault("writes", kind="reset")
        path = f"{api.base_url}/vouchers/{voucher['uuid']}/lock"
        with api.http.stream("POST", path, headers=api.headers) as response:
            assert response.status_code == 200
            with pytest.raises(httpx.ReadError, match="reset"):
                response.read()
        assert status(sandbox_account) == "LOCKED"
        assert sandbox_account.calls[0].fault == "reset"

    def test_it_breaks_kept_alive_connections_too(
        self, api: Api, sandbox_account: SandboxAccount, voucher: dict[str, Any]
    ) -> None:
        assert api.get("/shops").status_code == 200
        sandbox_account.fault(kind="lost_before", times=3)
        for _ in range(3):
            with pytest.raises(httpx.RemoteProtocolError):
                api.get("/shops")
        assert api.get("/shops").status_code == 200

    @pytest.mark.parametrize("kind", ["lost_before", "lost_after", "reset"])
    def test_it_says_that_it_needs_a_connection(self, account: SandboxAccount, http: httpx.Client, kind: str) -> None:
        account.fault(kind=kind)
        with pytest.raises(NoSocketError, match="served sandbox"):
            Api(http, HOST, account.token).get("/shops")


class TestAnswers:
    @pytest.mark.parametrize(
        ("kind", "code", "left"),
        [
            ("429", 429, "ACTIVE"),
            ("503", 503, "ACTIVE"),
            ("503_after", 503, "LOCKED"),
            ("500", 500, "ACTIVE"),
            ("500_after", 500, "LOCKED"),
            ("1000", 400, "ACTIVE"),
            ("1000_after", 400, "LOCKED"),
            ("401", 401, "ACTIVE"),
            ("garbage", 200, "LOCKED"),
            ("html200", 200, "LOCKED"),
        ],
    )
    def test_it_answers_wrongly_before_or_after_the_work(
        self, api: Api, sandbox_account: SandboxAccount, voucher: dict[str, Any], kind: str, code: int, left: str
    ) -> None:
        sandbox_account.fault("lock_voucher", kind=kind)
        assert lock(api, voucher).status_code == code
        assert status(sandbox_account) == left
        assert sandbox_account.calls[0].status == code

    def test_it_sends_maintenance_as_html(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.broken = 503
        response = api.get("/shops")
        assert response.headers["Content-Type"].startswith("text/html")
        assert "<h1>" in response.text
        assert "Retry-After" not in response.headers

    def test_it_sends_a_guest_networks_page_as_200(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault(kind="html200")
        response = api.get("/shops")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/html")

    def test_it_sends_json_that_is_none(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault(kind="garbage")
        response = api.get("/shops")
        assert response.headers["Content-Type"] == "application/json"
        with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
            response.json()

    def test_it_says_when_to_come_back(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault(kind="429")
        assert api.get("/shops").headers["Retry-After"] == "1"
        sandbox_account.fault(kind="429", retry_after=60)
        assert api.get("/shops").headers["Retry-After"] == "60"
        sandbox_account.fault(kind="503", retry_after=5)
        assert api.get("/shops").headers["Retry-After"] == "5"

    def test_it_sends_the_frameworks_words_with_500_and_the_apis_with_1000(
        self, api: Api, sandbox_account: SandboxAccount
    ) -> None:
        sandbox_account.fault(kind="500")
        assert api.get("/shops").json() == {"message": "Server Error"}
        sandbox_account.fault(kind="1000")
        assert api.code("GET", "/shops") == 1000


class TestBeside:
    @pytest.mark.parametrize("kind", ["latency", "latency_after"])
    def test_it_takes_its_time(self, api: Api, sandbox_account: SandboxAccount, kind: str) -> None:
        sandbox_account.fault(kind=kind, seconds=0.3)
        start = time.monotonic()
        assert api.get("/shops").status_code == 200
        assert time.monotonic() - start >= 0.3

    def test_it_works_before_or_after_a_caller_gave_up(
        self, api: Api, sandbox_account: SandboxAccount, voucher: dict[str, Any]
    ) -> None:
        sandbox_account.fault("writes", kind="latency_after", seconds=0.5)
        with pytest.raises(httpx.ReadTimeout):
            api.post(f"/vouchers/{voucher['uuid']}/lock", timeout=0.2)
        assert status(sandbox_account) == "LOCKED"
        other = sandbox_account.add_voucher("COFFEE-2")
        sandbox_account.fault("writes", kind="latency", seconds=0.5)
        with pytest.raises(httpx.ReadTimeout):
            api.post(f"/vouchers/{other['uuid']}/lock", timeout=0.2)
        assert sandbox_account.state("voucher")[1]["status"] == "ACTIVE"
        time.sleep(0.6)
        assert sandbox_account.state("voucher")[1]["status"] == "LOCKED"

    def test_it_is_slow_for_all_until_told_otherwise(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.slow = 0.6
        start = time.monotonic()
        api.get("/shops")
        api.get("/tiers")
        assert time.monotonic() - start >= 1.2
        sandbox_account.clear_faults()
        start = time.monotonic()
        api.get("/shops")
        assert time.monotonic() - start < 0.6

    def test_it_ignores_the_filters_of_lists(self, api: Api, sandbox_account: SandboxAccount) -> None:
        mine, other = sandbox_account.add_contact("me@mail.example"), sandbox_account.add_contact("you@mail.example")
        sandbox_account.add_voucher("YOURS", contact_uuid=other["uuid"])
        sandbox_account.add_loyalty_transaction(contact_uuid=other["uuid"])
        sandbox_account.add_prepaid_transaction(contact_uuid=other["uuid"])
        sandbox_account.add_reward(required_credits=1_000)
        query = {"contact_uuid": mine["uuid"]}
        paths = ("/vouchers", "/loyalty-transactions", "/prepaid-transactions", "/rewards")
        assert [len(api.data(path, query)) for path in paths] == [0, 0, 0, 0]
        sandbox_account.fault("reads", kind="ignore_filters", times=-1)
        assert [len(api.data(path, query)) for path in paths] == [1, 1, 1, 1]
        assert len(api.data("/contacts", {"attributes[phonenumber]": "+31600000000"})) == 2
        promotion = sandbox_account.add_promotion("Another")
        assert len(api.data("/vouchers", {"promotion_uuid": promotion["uuid"]})) == 1

    def test_it_says_that_few_calls_are_left(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault(kind="remaining", value=12)
        assert api.get("/shops").headers["X-RateLimit-Remaining"] == "12"

    def test_it_combines_with_an_outcome(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault(kind="503", times=2)
        sandbox_account.fault(kind="latency", seconds=0.2)
        start = time.monotonic()
        assert api.get("/shops").status_code == 503
        assert time.monotonic() - start >= 0.2


class TestWhen:
    def statuses(self, api: Api, *paths: str) -> list[int]:
        return [api.get(path).status_code for path in paths]

    def test_it_happens_so_many_times(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault(kind="503", times=2)
        assert self.statuses(api, "/shops", "/shops", "/shops") == [503, 503, 200]

    def test_it_happens_after_so_many_calls(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault("list_shops", kind="503", skip=2)
        assert self.statuses(api, "/shops", "/tiers", "/shops", "/shops", "/shops") == [200, 200, 200, 503, 200]

    def test_it_happens_to_its_operation_alone(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault("list_shops", kind="503", times=-1)
        assert self.statuses(api, "/tiers", "/shops", "/shops") == [200, 503, 503]

    def test_it_tells_reads_from_writes(
        self, api: Api, sandbox_account: SandboxAccount, voucher: dict[str, Any]
    ) -> None:
        shop = sandbox_account.add_shop()
        sandbox_account.fault("writes", kind="500", times=-1)
        assert self.statuses(api, "/shops") == [200]
        assert lock(api, voucher).status_code == 500
        validation = api.post(f"/vouchers/{voucher['uuid']}/validate", {"shop_uuid": shop["uuid"]})
        assert validation.json()["code"] == 1003  # a POST that changes nothing is a read
        sandbox_account.clear_faults()
        sandbox_account.fault("reads", kind="500", times=-1)
        assert self.statuses(api, "/shops") == [500]
        assert lock(api, voucher).status_code == 200

    def test_it_happens_one_after_the_other(self, api: Api, sandbox_account: SandboxAccount) -> None:
        for kind in ("503", "500", "429"):
            sandbox_account.fault(kind=kind)
        assert self.statuses(api, *["/shops"] * 4) == [503, 500, 429, 200]

    def test_it_happens_by_chance(self, api: Api, sandbox_account: SandboxAccount) -> None:
        sandbox_account.fault(kind="503", chance=0.5, times=-1)
        statuses = self.statuses(api, *["/shops"] * 60)
        assert 10 < statuses.count(503) < 50

    def test_it_breaks_the_token_call_too(self, sandbox_account: SandboxAccount, api: Api) -> None:
        sandbox_account.fault("request_access_token", kind="503")
        body = {
            "grant_type": "client_credentials",
            "client_id": sandbox_account.token,
            "client_secret": f"secret-{sandbox_account.token}",
        }
        url = f"{sandbox_account.base_url}/oauth/token"
        assert [api.http.post(url, json=body).status_code for _ in range(2)] == [503, 200]
