"""The sandbox as a process: what survives it, what it leaves behind, and many callers at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount, served_sandbox
from tests.sandbox.conftest import BASE, HOST, Api

DEMO = {"Authorization": "Bearer demo-token"}


def codes(address: str) -> dict[str, str]:
    """Code and status of every voucher in the demo account."""
    found = httpx.get(f"{address}{BASE}/vouchers", params={"limit": 500}, headers=DEMO).json()["data"]
    return {voucher["code"]: voucher["status"] for voucher in found}


def family(process: subprocess.Popen[str]) -> list[int]:
    """The process and its children."""
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    return [process.pid, *map(int, children.stdout.split())]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def kept_account(state: Path, token: str) -> Iterator[tuple[SandboxAccount, Api]]:
    """An account of a sandbox in this process that keeps its state in a file."""
    app = make_app(control=True, state=state)
    http = httpx.Client(transport=httpx.WSGITransport(app=app))
    yield SandboxAccount(HOST, token, http=http), Api(http, HOST, token)
    app.close()


class TestPersistence:
    def test_it_keeps_what_was_answered_over_kill_9(self, tmp_path: Path) -> None:
        state = str(tmp_path / "state" / "sandbox.sqlite3")
        with served_sandbox("--state", state) as (address, process):
            before = codes(address)
            redeem_url = f"{address}{BASE}/vouchers/redeem"
            shop = httpx.get(f"{address}{BASE}/shops", headers=DEMO).json()["data"][0]["uuid"]
            body = {"code": "COFFEE-2", "shop_uuid": shop}
            redemption = httpx.post(redeem_url, json=body, headers=DEMO).json()["data"]["voucher_redemption"]
            for pid in family(process):
                os.kill(pid, signal.SIGKILL)
            process.wait()
        with served_sandbox("--state", state) as (address, _):
            after = codes(address)
            assert after == {**before, "COFFEE-2": "REDEEMED"}
            reverse_url = f"{address}{BASE}/vouchers/{redemption['uuid']}/reverse"
            assert httpx.post(reverse_url, headers=DEMO).status_code == 200

    def test_it_keeps_locks_clocks_and_plans_over_a_restart(self, tmp_path: Path) -> None:
        state = tmp_path / "sandbox.sqlite3"
        token = "test-kept"
        with kept_account(state, token) as (account, api):
            voucher = account.add_voucher("COFFEE-1")
            account.advance(86_400)
            key = api.post(f"/vouchers/{voucher['uuid']}/lock").json()["data"]["lock"]["release_key"]
        with kept_account(state, token) as (account, api):
            assert account.state("voucher")[0]["lock"]["release_key"] == key
            account.advance(3605)
            assert api.data("/vouchers/find", {"code": "COFFEE-1"})["status"] == "ACTIVE"

    def test_it_saves_nothing_of_a_call_it_refuses(self, tmp_path: Path) -> None:
        state = tmp_path / "sandbox.sqlite3"
        with kept_account(state, "test-me") as (account, api):
            account.add_voucher("COFFEE-1")
            shop = account.add_shop()
            assert api.code("POST", "/vouchers/redeem", {"code": "COFFEE-1", "shop_uuid": shop["uuid"]}) == 1003
        with kept_account(state, "test-me") as (account, _):
            assert account.state("voucher")[0]["status"] == "ACTIVE"
            assert account.state("redemption") == []

    def test_it_takes_back_what_it_could_not_save(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        app = make_app(control=True, state=tmp_path / "sandbox.sqlite3")
        http = httpx.Client(transport=httpx.WSGITransport(app=app))
        account, api = SandboxAccount(HOST, "test-full", http=http), Api(http, HOST, "test-full")
        voucher = account.add_voucher("COFFEE-1")

        def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("piggyadmin.sandbox.store.Store.save", full)
        assert api.post(f"/vouchers/{voucher['uuid']}/lock").status_code == 500
        monkeypatch.undo()
        assert api.data("/vouchers/find", {"code": "COFFEE-1"})["status"] == "ACTIVE"
        app.close()

    def test_it_seeds_once(self, tmp_path: Path) -> None:
        state = tmp_path / "sandbox.sqlite3"
        make_app(contacts=80, state=state).close()
        app = make_app(contacts=5000, state=state)
        assert len(app.accounts.demo.table("contact")) == 80
        app.close()

    def test_it_keeps_no_token_in_the_file(self, tmp_path: Path) -> None:
        state = tmp_path / "sandbox.sqlite3"
        app = make_app(contacts=0, state=state, token="a-very-secret-token")
        app.close()
        assert b"a-very-secret-token" not in state.read_bytes()


class TestStartAndStop:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_it_stops_at_once_and_leaves_nothing_behind(self, number: signal.Signals) -> None:
        with served_sandbox() as (address, process), httpx.Client() as http:
            http.get(f"{address}{BASE}/shops", headers=DEMO)  # leaves a connection open
            pids = family(process)
            assert len(pids) == 2
            start = time.monotonic()
            process.send_signal(number)
            process.wait(timeout=10)
            assert time.monotonic() - start < 5
            assert not any(is_alive(pid) for pid in pids)
            with pytest.raises(httpx.ConnectError):
                httpx.get(address)

    def test_it_stops_although_a_slow_call_is_running(self) -> None:
        with served_sandbox() as (address, process), ThreadPoolExecutor(1) as pool:
            account = SandboxAccount(address)
            account.slow = 30
            headers = {"Authorization": f"Bearer {account.token}"}
            call = pool.submit(httpx.get, f"{address}{BASE}/shops", headers=headers, timeout=60)
            time.sleep(0.3)
            process.terminate()
            process.wait(timeout=10)
            assert isinstance(call.exception(timeout=10), httpx.HTTPError)

    def test_it_leaves_no_worker_when_its_master_is_killed(self) -> None:
        with served_sandbox() as (_, process):
            _, worker = family(process)
            process.kill()
            process.wait()
            deadline = time.monotonic() + 10
            while is_alive(worker) and time.monotonic() < deadline:
                time.sleep(0.1)
            assert not is_alive(worker)

    def test_it_names_a_busy_port_in_one_sentence(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as busy:
            port = busy.getsockname()[1]
            said = self.failed_start("--port", str(port))
        assert f"port {port}" in said
        assert len(said.splitlines()) == 1

    def test_it_names_a_state_file_it_cannot_write_in_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("not a folder")
        said = self.failed_start("--port", "0", "--state", str(tmp_path / "file" / "state.sqlite3"))
        assert "state.sqlite3" in said
        assert len(said.splitlines()) == 1
        (tmp_path / "text.sqlite3").write_text("this is no database" * 100)
        said = self.failed_start("--port", "0", "--state", str(tmp_path / "text.sqlite3"))
        assert "text.sqlite3" in said
        assert len(said.splitlines()) == 1

    def failed_start(self, *options: str) -> str:
        command = [sys.executable, "-m", "piggyadmin.sandbox", *options]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert ended.returncode != 0
        assert ended.stdout == ""
        return ended.stderr.strip()

    def test_it_logs_nothing_about_the_calls_it_serves_or_breaks(self) -> None:
        command = [sys.executable, "-m", "piggyadmin.sandbox", "--port", "0", "--contacts", "0", "--control"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            account = SandboxAccount(address)
            headers = {"Authorization": f"Bearer {account.token}"}
            for kind in ("lost_before", "lost_after", "reset", "garbage", "500"):
                account.fault(kind=kind)
                with suppress(httpx.HTTPError):
                    httpx.get(f"{address}{BASE}/contacts/find-one-by?email=a@b.example", headers=headers)
            assert len(account.calls) == 5
        finally:
            process.terminate()
            rest, _ = process.communicate(timeout=10)
        assert rest == ""


class TestManyAtOnce:
    def test_it_lets_exactly_one_of_many_lock_a_code(self, sandbox_account: SandboxAccount) -> None:
        voucher = sandbox_account.add_voucher("COFFEE-1")
        path = f"/vouchers/{voucher['uuid']}/lock"
        with ThreadPoolExecutor(16) as pool, httpx.Client() as http:
            api = Api(http, sandbox_account.base_url, sandbox_account.token)
            statuses = list(pool.map(lambda _: api.post(path).json().get("code", 200), range(16)))
        assert sorted(statuses) == [200, *[80017] * 15]

    def test_it_lets_exactly_one_of_two_redeem_a_locked_code(self, sandbox_account: SandboxAccount) -> None:
        shop = sandbox_account.add_shop()
        contact = sandbox_account.add_contact("a@mail.example")
        won = 0
        with ThreadPoolExecutor(2) as pool, httpx.Client() as http:
            api = Api(http, sandbox_account.base_url, sandbox_account.token)
            for number in range(20):
                code = f"COFFEE-{number}"
                key = sandbox_account.add_voucher(code, "LOCKED")["lock"]["release_key"]
                body = {"code": code, "shop_uuid": shop["uuid"], "contact_uuid": contact["uuid"], "release_key": key}
                answers = list(pool.map(lambda _, b=body: api.post("/vouchers/redeem", b), range(2)))
                assert sorted(answer.json().get("code", won) for answer in answers) == [won, 80005]
        assert len(sandbox_account.state("redemption")) == 20

    def test_it_breaks_exactly_one_of_many(self, sandbox_account: SandboxAccount) -> None:
        with ThreadPoolExecutor(16) as pool, httpx.Client() as http:
            api = Api(http, sandbox_account.base_url, sandbox_account.token)
            sandbox_account.fault(kind="503")
            statuses = list(pool.map(lambda _: api.get("/shops").status_code, range(32)))
        assert sorted(statuses) == [*[200] * 31, 503]

    def test_it_answers_slow_calls_side_by_side(self, sandbox_account: SandboxAccount) -> None:
        sandbox_account.slow = 0.3
        with ThreadPoolExecutor(20) as pool, httpx.Client() as http:
            api = Api(http, sandbox_account.base_url, sandbox_account.token)
            start = time.monotonic()
            assert {response.status_code for response in pool.map(lambda _: api.get("/shops"), range(20))} == {200}
        assert time.monotonic() - start < 2

    def test_it_takes_as_long_as_it_is_told(self) -> None:
        http = httpx.Client(transport=httpx.WSGITransport(app=make_app(latency_ms=150)))
        start = time.monotonic()
        Api(http, HOST, "demo-token").get("/shops")
        assert time.monotonic() - start >= 0.15
