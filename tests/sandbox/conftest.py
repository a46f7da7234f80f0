"""An account of a sandbox in this process, and a client that speaks to it as any client of Piggy's would."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

BASE = "/api/v3/oauth/clients"
HOST = "http://piggy.example"


class Api:
    """One account over HTTP: paths begin behind ``/api/v3/oauth/clients``."""

    def __init__(self, http: httpx.Client, base_url: str, token: str) -> None:
        self.http = http
        self.base_url = f"{base_url}{BASE}"
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.http.request(method, f"{self.base_url}{path}", headers=headers, **options)

    def get(self, path: str, query: dict[str, Any] | str | None = None, **options: Any) -> httpx.Response:
        return self.send("GET", path, params=query, **options)

    def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        return self.send("POST", path, json=body, **options)

    def data(self, path: str, query: dict[str, Any] | str | None = None) -> Any:
        """What a GET that must succeed answers."""
        response = self.get(path, query)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    def meta(self, path: str, query: dict[str, Any] | str | None = None) -> Any:
        return self.get(path, query).json()["meta"]

    def code(self, method: str, path: str, body: dict[str, Any] | None = None, query: Any = None) -> int:
        """The code of a call that must be refused."""
        response = self.send(method, path, json=body, params=query)
        assert response.status_code == 400, response.text
        answer = response.json()
        assert answer["status_code"] == 400
        assert answer["message"]
        code: int = answer["code"]
        return code


@pytest.fixture
def http() -> httpx.Client:
    """A client of a sandbox of its own, in this process."""
    return httpx.Client(transport=httpx.WSGITransport(app=make_app(control=True)))


@pytest.fixture
def account(http: httpx.Client) -> SandboxAccount:
    return SandboxAccount(HOST, http=http)


@pytest.fixture
def api(account: SandboxAccount, http: httpx.Client) -> Api:
    return Api(http, HOST, account.token)
