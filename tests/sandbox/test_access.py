from __future__ import annotations

import httpx
import pytest

from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import BASE, HOST, Api


def ask_token(http: httpx.Client, **body: object) -> httpx.Response:
    return http.post(f"{HOST}/oauth/token", json={"grant_type": "client_credentials", **body})


def test_it_opens_an_empty_account_for_a_test_token(api: Api) -> None:
    for path in ("/contacts", "/vouchers", "/shops", "/promotions", "/rewards", "/tiers", "/loyalty-transactions"):
        assert api.data(path) == []


def test_it_knows_no_test_tokens_without_control() -> None:
    http = httpx.Client(transport=httpx.WSGITransport(app=make_app(control=False)))
    assert Api(http, HOST, "test-me").get("/shops").status_code == 401
    assert Api(http, HOST, "demo-token").get("/shops").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic demo-token", "demo-token"])
def test_it_refuses_other_tokens(http: httpx.Client, header: str) -> None:
    response = http.get(f"{HOST}{BASE}/shops", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.json() == {"message": "Unauthenticated."}


def test_it_exchanges_client_credentials_for_a_token(http: httpx.Client, account: SandboxAccount) -> None:
    account.add_shop("Utrecht West")
    answer = ask_token(http, client_id=account.token, client_secret=f"secret-{account.token}").json()
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert [shop["name"] for shop in Api(http, HOST, answer["access_token"]).data("/shops")] == ["Utrecht West"]


def test_it_takes_client_credentials_as_a_form_and_a_number_for_the_id() -> None:
    app = make_app(client_id="17", client_secret="hush")
    http = httpx.Client(transport=httpx.WSGITransport(app=app))
    form = {"grant_type": "client_credentials", "client_id": "17", "client_secret": "hush"}
    assert http.post(f"{HOST}/oauth/token", data=form).status_code == 200
    assert ask_token(http, client_id=17, client_secret="hush").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"client_id": "demo-client", "client_secret": "wrong"}, 401),
        ({"client_id": "nobody", "client_secret": "demo-secret"}, 401),
        ({"client_id": "demo-client"}, 401),
        ({"client_id": ["demo-client"], "client_secret": {}}, 401),
        ({"grant_type": "password", "client_id": "demo-client", "client_secret": "demo-secret"}, 400),
    ],
)
def test_it_refuses_wrong_client_credentials(http: httpx.Client, body: dict[str, object], status: int) -> None:
    response = ask_token(http, **body)
    assert response.status_code == status
    assert "access_token" not in response.json()


def test_it_lets_a_token_expire_by_the_accounts_clock(http: httpx.Client, account: SandboxAccount) -> None:
    answer = ask_token(http, client_id=account.token, client_secret=f"secret-{account.token}").json()
    api = Api(http, HOST, answer["access_token"])
    account.advance(3590)
    assert api.get("/shops").status_code == 200
    account.advance(11)
    assert api.get("/shops").status_code == 401


def test_it_does_not_record_the_client_secret(http: httpx.Client, account: SandboxAccount) -> None:
    ask_token(http, client_id=account.token, client_secret=f"secret-{account.token}")
    [call] = account.calls
    assert call.operation == "request_access_token"
    assert "secret-" not in str(call)


def test_it_keeps_accounts_apart(http: httpx.Client) -> None:
    one, other = SandboxAccount(HOST, http=http), SandboxAccount(HOST, http=http)
    contact = one.add_contact("a@one.example")
    one.fault(kind="503")
    assert Api(http, HOST, other.token).code("GET", f"/contacts/{contact['uuid']}") == 55031
    assert Api(http, HOST, one.token).get("/contacts").status_code == 503
    assert one.calls[0].operation == "list_contacts"
    assert [call.operation for call in other.calls] == ["get_contact"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/contacts/batch",
        "/vouchers/some-uuid/use",
        "/vouchers/batch/some-uuid",
        "/contacts//tier",
        "/brand-kits",
    ],
)
def test_it_has_nothing_at_paths_it_does_not_know(api: Api, path: str) -> None:
    for method in ("GET", "POST"):
        response = api.send(method, path)
        assert response.status_code == 404
        assert "could not be found" in response.json()["message"]


def test_it_names_the_methods_a_path_takes(api: Api) -> None:
    response = api.send("DELETE", "/contacts")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST"
    assert api.get("/vouchers/some-uuid").headers["Allow"] == "PUT"  # a voucher cannot be read by its uuid
    assert api.get("/vouchers/batch").headers["Allow"] == "POST"


def test_it_takes_a_trailing_slash_for_nothing(api: Api, account: SandboxAccount) -> None:
    voucher = account.add_voucher("COFFEE-1")
    assert api.get("/").status_code == api.get("").status_code == 200
    assert api.post(f"/vouchers/{voucher['uuid']}/lock/").status_code == 200


def test_it_tells_the_rate_limit_with_every_answer(api: Api) -> None:
    for response in (api.get("/shops"), api.get("/contacts/unknown")):
        assert response.headers["X-RateLimit-Limit"] == "5000"
        assert response.headers["X-RateLimit-Remaining"] == "4999"


def test_it_answers_429_beyond_the_rate() -> None:
    app = make_app(control=True, rate=3)
    http = httpx.Client(transport=httpx.WSGITransport(app=app))
    api, neighbour = Api(http, HOST, "test-busy"), Api(http, HOST, "test-quiet")
    responses = [api.get("/shops") for _ in range(12)]  # in less than a second, of which a new one may begin once
    passed = [response for response in responses if response.status_code == 200]
    refused = [response for response in responses if response.status_code == 429]
    assert 3 <= len(passed) <= 6
    assert len(passed) + len(refused) == 12
    assert refused[0].headers["Retry-After"] == "1"
    assert passed[0].headers["X-RateLimit-Limit"] == "3"
    assert passed[0].headers["X-RateLimit-Remaining"] == "2"
    assert neighbour.get("/shops").status_code == 200
