"""Tokens: kept for all, renewed in time by one, dropped when refused; and never shown."""

import json
import threading
import time
from typing import Any

import httpx
import pytest

from piggyadmin.piggy.auth import RENEW_BEFORE, UNSTATED_LIFE, ClientCredentials, PersonalToken
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.credentials import client_credentials
from piggyadmin.piggy.deadline import Deadline
from piggyadmin.piggy.errors import PiggyNotSent, PiggyOutcomeUnknown, PiggyUnauthorized, PiggyUnavailable
from piggyadmin.piggy.payloads import AccessToken
from piggyadmin.piggy.pool import gather

from .conftest import data

LOCK = {"voucher": {"uuid": "v", "status": "LOCKED"}, "lock": {"release_key": "k"}}


class Shelf:
    """A cache of one process, with an atomic `add` and an expiry."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[Any, float]] = {}
        self.now = 1_000_000.0
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self.now

    def get(self, key: str) -> Any:
        value, ends = self.values.get(key, (None, 0.0))
        return value if ends > self.now else None

    def set(self, key: str, value: Any, timeout: int) -> None:
        self.values[key] = (value, self.now + timeout)

    def add(self, key: str, value: Any, timeout: int) -> bool:
        with self._lock:
            if self.get(key) is not None:
                return False
            self.set(key, value, timeout)
            return True

    def delete(self, key: str) -> bool:
        return self.values.pop(key, None) is not None


class Fetcher:
    def __init__(self, life: int | None = 3600, takes: float = 0.0) -> None:
        self.life, self.takes, self.fetched = life, takes, 0
        self.fails: Exception | None = None

    def __call__(self, deadline: Deadline) -> AccessToken:
        self.fetched += 1
        number = self.fetched
        time.sleep(self.takes)
        if self.fails:
            raise self.fails
        return AccessToken(access_token=f"token-{number}", expires_in=self.life)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def credentials(shelf: Shelf, fetch: Fetcher) -> ClientCredentials:
    return ClientCredentials(account="a", shelf=shelf, fetch=fetch, now=shelf.clock)


def test_a_personal_token_is_used_as_it_is():
    tokens = PersonalToken("secret")
    assert tokens.token(Deadline(1)) == "secret"
    assert tokens.renew("secret", Deadline(1)) is None
    assert "secret" not in repr(tokens) + tokens.account


def test_a_line_end_after_a_token_is_cut_and_other_odd_characters_are_refused():
    assert PersonalToken("secret\n").token(Deadline(1)) == "secret"
    for bad in ("se cret", "se\ncret", "sécret", "se\x00cret"):
        with pytest.raises(ValueError, match="no token has") as caught:
            PersonalToken(bad)
        assert "cret" not in str(caught.value)


def test_one_token_serves_all_processes_until_shortly_before_its_end(shelf):
    fetch = Fetcher(life=3600)
    assert [credentials(shelf, fetch).token(Deadline(1)) for _ in range(3)] == ["token-1"] * 3
    shelf.now += 3600 - RENEW_BEFORE - 1
    assert credentials(shelf, fetch).token(Deadline(1)) == "token-1"
    shelf.now += 2
    assert credentials(shelf, fetch).token(Deadline(1)) == "token-2"
    assert fetch.fetched == 2


def test_a_short_token_is_renewed_half_way(shelf):
    fetch = Fetcher(life=100)
    tokens = credentials(shelf, fetch)
    tokens.token(Deadline(1))
    shelf.now += 49
    assert tokens.token(Deadline(1)) == "token-1"
    shelf.now += 2
    assert tokens.token(Deadline(1)) == "token-2"


@pytest.mark.parametrize("life", [None, 0, -5])
def test_a_token_of_unstated_life_is_kept_for_a_little_while(shelf, life):
    fetch = Fetcher(life=life)
    tokens = credentials(shelf, fetch)
    tokens.token(Deadline(1))
    shelf.now += UNSTATED_LIFE + 1 if life != -5 else 2
    assert tokens.token(Deadline(1)) == "token-2"


def test_one_fetches_while_the_others_wait_for_it(shelf):
    fetch = Fetcher(takes=0.2)
    got: list[str] = []
    threads = [
        threading.Thread(target=lambda: got.append(credentials(shelf, fetch).token(Deadline(2)))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (fetch.fetched, got) == (1, ["token-1"] * 6)


def test_while_one_renews_the_others_go_on_with_the_old_one(shelf):
    fetch = Fetcher()
    tokens = credentials(shelf, fetch)
    tokens.token(Deadline(1))
    shelf.now += 3600 - RENEW_BEFORE + 1
    shelf.add(f"{tokens._key}-fetching", 1, 15)  # another process is at it
    tokens._sleep = lambda seconds: pytest.fail("it waits although it has a token")
    assert tokens.token(Deadline(1)) == "token-1"
    assert fetch.fetched == 1


def test_who_waits_for_another_gives_up_at_the_deadline_and_takes_over_when_it_died(shelf):
    fetch = Fetcher()
    tokens = credentials(shelf, fetch)
    shelf.add(f"{tokens._key}-fetching", 1, 15)
    with pytest.raises(PiggyNotSent):
        tokens.token(Deadline(0.2))
    shelf.now += 16
    assert tokens.token(Deadline(1)) == "token-1"


def test_a_failed_fetch_means_that_nothing_was_sent_and_the_next_may_try(shelf):
    fetch = Fetcher()
    fetch.fails = PiggyUnavailable("down")
    tokens = credentials(shelf, fetch)
    with pytest.raises(PiggyNotSent):
        tokens.token(Deadline(1))
    fetch.fails = PiggyUnauthorized("no")
    with pytest.raises(PiggyUnauthorized):
        tokens.token(Deadline(1))
    fetch.fails = None
    assert tokens.token(Deadline(1)) == "token-3"


def test_a_dropped_token_is_fetched_anew_but_never_a_newer_one_thrown_away(shelf):
    fetch = Fetcher()
    tokens = credentials(shelf, fetch)
    old = tokens.token(Deadline(1))
    assert tokens.renew(old, Deadline(1)) == "token-2"
    tokens.drop(old)  # late news from a process that still had the old one
    assert tokens.token(Deadline(1)) == "token-2"
    assert fetch.fetched == 2


# With a Piggy that gives and refuses tokens -------------------------------------------------------------------------


class Piggery:
    """A Piggy with client credentials, which accepts only the newest token, or none."""

    def __init__(self) -> None:
        self.given = 0
        self.accepts = 1
        self.asked: list[str] = []
        self.token_requests: list[Any] = []
        self.token_answer: httpx.Response | None = None
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            if request.url.path == "/oauth/token":
                self.token_requests.append(json.loads(request.content))
                self.given += 1
                body = {"token_type": "Bearer", "expires_in": "3600", "access_token": f"t{self.given}"}
                return self.token_answer or httpx.Response(200, json=body)
            self.asked.append(f"{request.method} {request.headers['Authorization']}")
            if request.headers["Authorization"] != f"Bearer t{self.accepts}":
                return httpx.Response(401, json={"message": "Unauthenticated."})
            return data(LOCK if request.method == "POST" else [])


@pytest.fixture
def piggery() -> Piggery:
    return Piggery()


@pytest.fixture
def piggy(piggery, shelf) -> Piggy:
    transport = httpx.MockTransport(piggery)
    tokens = client_credentials(
        base_url="http://piggy.test", client_id="17", client_secret="s3cret", shelf=shelf, transport=transport
    )
    return Piggy(base_url="http://piggy.test", tokens=tokens, transport=transport, seconds=2)


def test_it_asks_for_a_token_once_and_sends_it(piggy, piggery):
    piggy.list_shops()
    piggy.list_shops()
    piggy.lock_voucher(voucher_uuid="v")
    assert piggery.token_requests == [
        {"grant_type": "client_credentials", "client_id": "17", "client_secret": "s3cret"}
    ]
    assert piggery.asked == ["GET Bearer t1", "GET Bearer t1", "POST Bearer t1"]


def test_a_refused_token_of_a_read_is_renewed_once(piggy, piggery):
    piggy.list_shops()
    piggery.accepts = 2
    assert piggy.list_shops() == []
    assert piggery.asked[1:] == ["GET Bearer t1", "GET Bearer t2"]


def test_a_token_that_stays_refused_is_an_error_after_one_renewal(piggy, piggery):
    piggery.accepts = 99
    with pytest.raises(PiggyUnauthorized):
        piggy.list_shops()
    assert piggery.asked == ["GET Bearer t1", "GET Bearer t2"]


def test_a_refused_token_of_a_write_is_not_done_and_the_next_one_gets_another(piggy, piggery):
    piggy.list_shops()
    piggery.accepts = 2
    with pytest.raises(PiggyUnauthorized) as caught:
        piggy.lock_voucher(voucher_uuid="v")
    assert not isinstance(caught.value, PiggyOutcomeUnknown)
    assert piggery.asked[1:] == ["POST Bearer t1"]
    assert piggy.lock_voucher(voucher_uuid="v").lock.release_key == "k"
    assert piggery.asked[2:] == ["POST Bearer t2"]


def test_a_refused_personal_token_is_not_tried_twice(played):
    play = played(httpx.Response(401))
    with pytest.raises(PiggyUnauthorized) as caught:
        play.piggy.list_shops()
    assert caught.value.message == "Piggy does not accept our key. Tell an admin."
    assert len(play.requests) == 1


def test_gathered_reads_share_one_renewal(piggy, piggery):
    piggy.list_shops()
    piggery.accepts = 2
    answers = gather(piggy, {f"{n}": Piggy.list_shops for n in range(5)}, seconds=2)
    assert all(answer.ok for answer in answers.values())
    assert piggery.given == 2
    assert piggery.asked[1:] == ["GET Bearer t1"] * 5 + ["GET Bearer t2"] * 5


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(400, json={"error": "invalid_client"}), PiggyUnauthorized),
        (httpx.Response(401), PiggyUnauthorized),
        (httpx.Response(429), PiggyNotSent),
        (httpx.Response(500), PiggyNotSent),
        (httpx.Response(302, headers={"Location": "/"}), PiggyNotSent),
        (httpx.Response(200, content=b"<html>"), PiggyNotSent),
        (httpx.Response(200, json={"token_type": "Bearer"}), PiggyNotSent),
        (httpx.Response(200, json={"access_token": ""}), PiggyNotSent),
        (httpx.Response(200, json={"access_token": "a\nb"}), PiggyNotSent),
    ],
)
def test_without_a_token_nothing_is_sent(piggy, piggery, answer, kind):
    piggery.token_answer = answer
    for call in (piggy.list_shops, lambda: piggy.lock_voucher(voucher_uuid="v")):
        with pytest.raises(kind):
            call()
    assert piggery.asked == []


def test_a_token_server_that_is_down_means_that_nothing_was_sent(shelf):
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset")

    tokens = client_credentials(
        base_url="http://piggy.test", client_id="1", client_secret="s", shelf=shelf, transport=httpx.MockTransport(down)
    )
    with pytest.raises(PiggyNotSent):
        Piggy(base_url="http://piggy.test", tokens=tokens).lock_voucher(voucher_uuid="v")


def test_another_secret_does_not_find_the_tokens_of_the_old_one(shelf, piggery):
    transport = httpx.MockTransport(piggery)
    for secret in ("old", "new"):
        tokens = client_credentials(
            base_url="http://piggy.test", client_id="1", client_secret=secret, shelf=shelf, transport=transport
        )
        tokens.token(Deadline(1))
        assert secret not in repr(tokens) + tokens.account + "".join(shelf.values)
    assert piggery.given == 2
