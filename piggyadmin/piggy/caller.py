"""One call to Piggy: what `Piggy`'s methods are made of. The methods themselves stand in the modules by resource.

`_attempt` makes one try of one call; reads are retried in one other place, the transport (`retries`). Writes are never
retried, and every way in which one can fail says whether it may have happened (`errors`).
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import httpx
import msgspec

from . import words
from .auth import PersonalToken, Tokens
from .budget import Budget, Kind, Purse, limit_in
from .deadline import Deadline
from .errors import (
    PiggyError,
    PiggyInvalid,
    PiggyNotSent,
    PiggyOutcomeUnknown,
    PiggyUnauthorized,
    PiggyUnavailable,
    error_for,
    unreadable,
)
from .inputs import path_of
from .log import CallRecord, observe
from .paging import Page, page_of
from .prepass import MisfitError, decode
from .request_id import request_id
from .retries import DeadlineRetry
from .transport import BodyTooLarge, Clients, thread_clients

T = TypeVar("T")
R = TypeVar("R")
C = TypeVar("C", bound="Caller")
Check = Callable[[T], object]

BASE_PATH = "/api/v3/oauth/clients"
# Raised before a byte of the request went out: no connection, no name, no TLS, no time.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


try:
    USER_AGENT = f"piggyadmin/{version('piggyadmin')}"
except PackageNotFoundError:  # run from its folder, not installed
    USER_AGENT = "piggyadmin"


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask. `path` is a template below the base path, `ids` fill it; None values are left out of the rest."""

    operation: str
    method: str
    path: str
    write: bool
    ids: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None


class Caller:
    """The machinery under `Piggy`.

    `base_url` is the host, "https://api.piggy.eu". `tokens` is where the bearer token comes from, or a personal access
    token itself. Each call may take `seconds`; with a `deadline` all calls together end by it. `transport` replaces the
    network, for tests.
    """

    def __init__(
        self,
        *,
        base_url: str,
        tokens: Tokens | str,
        seconds: float = 5.0,
        deadline: Deadline | None = None,
        budget: Budget | None = None,
        kind: Kind = "people",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._tokens: Tokens = PersonalToken(tokens) if isinstance(tokens, str) else tokens
        self._seconds = seconds
        self._deadline = deadline
        self.budget = budget
        self._purse = Purse(budget, kind)
        self._clients = Clients(transport) if transport else None
        self._pooled_token: str | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._base_url}>"

    # For the pool -------------------------------------------------------------------------------------------------

    def pay_for(self, calls: int, deadline: Deadline) -> str:
        """Take `calls` out of the budget and get the token: what must be done in the thread of the request."""
        self._purse.take_for(calls, deadline)
        return self._tokens.token(deadline)

    def for_pool_thread(self: C, *, token: str, deadline: Deadline) -> C:
        """A copy for one call in a pool thread: paid, with its token, and for reads only."""
        pooled = copy.copy(self)
        pooled._pooled_token = token
        pooled._deadline = deadline
        pooled._purse = self._purse.paid(1)
        return pooled

    def renewed_token(self, refused: str, deadline: Deadline) -> str | None:
        """Another token than the refused one; None when there is none. In the thread of the request."""
        return self._tokens.renew(refused, deadline)

    # What the methods use -----------------------------------------------------------------------------------------

    def _get(
        self,
        operation: str,
        path: str,
        shape: type[T],
        *,
        ids: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        check: Check[T] | None = None,
    ) -> T:
        """The `data` of a GET as `shape`. PiggyUnexpected when it does not fit, or what `check` raises of it."""
        call = Call(operation, "GET", path, write=False, ids=ids or {}, params=params or {})

        def read(response: httpx.Response) -> T:
            found = fitted(response, envelope(response, call)["data"], shape, call)
            if check:
                check(found)
            return found

        return self._read(call, read)

    def _get_page(
        self,
        operation: str,
        path: str,
        item: type[T],
        *,
        params: Mapping[str, Any],
        check: Check[list[T]] | None = None,
    ) -> Page[T]:
        """The `data` of a GET as a page of `item`s; PiggyUnexpected as above."""
        call = Call(operation, "GET", path, write=False, params=params)

        def read(response: httpx.Response) -> Page[T]:
            body = envelope(response, call)
            items: list[T] = fitted(response, body["data"], list[item], call)  # type: ignore[valid-type]
            if check:
                check(items)
            received = len(body["data"]) if isinstance(body["data"], list) else 0
            return page_of(items, body.get("meta"), received=received)

        return self._read(call, read)

    def _write(
        self,
        operation: str,
        method: str,
        path: str,
        shape: type[T],
        *,
        ids: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        is_ours: Callable[[T], bool] = lambda done: True,
    ) -> T:
        """The `data` of a call that changes something, whatever its method: some of Piggy's GETs create.

        Sent once at most. PiggyOutcomeUnknown when it may have happened; also when the answer does not fit, or is not
        about what was asked (`is_ours`).
        """
        call = Call(operation, method, path, write=True, ids=ids or {}, params=params or {}, json=json)

        def read(response: httpx.Response) -> T:
            done = fitted(response, envelope(response, call)["data"], shape, call)
            if not is_ours(done):
                raise odd(response, call, "the answer is about something else")
            return done

        return self._send(call, read)

    def _send(self, call: Call, read: Callable[[httpx.Response], R]) -> R:
        """A write. A token that was refused is dropped, so that the next write gets another; this one is over."""
        if self._pooled_token is not None:
            raise TypeError("Writes are made in the caller's own thread: a gathered call may be given up half-way.")
        deadline = self._deadline or Deadline(self._seconds)
        token = self._tokens.token(deadline)
        try:
            return self._attempt(call, token, deadline, read)
        except PiggyUnauthorized:
            self._tokens.drop(token)
            raise

    def _read(self, call: Call, read: Callable[[httpx.Response], R]) -> R:
        """A read; once more with another token if the first was refused and there is another."""
        deadline = self._deadline or Deadline(self._seconds)
        if self._pooled_token is not None:
            # The shelf of tokens is out of reach in a pool thread; `gather` renews for all its calls.
            return self._attempt(call, self._pooled_token, deadline, read)
        token = self._tokens.token(deadline)
        try:
            return self._attempt(call, token, deadline, read)
        except PiggyUnauthorized:
            other = self._tokens.renew(token, deadline)
            if other is None:
                raise
            return self._attempt(call, other, deadline, read)

    # One try ------------------------------------------------------------------------------------------------------

    def _attempt(self, call: Call, token: str, deadline: Deadline, read: Callable[[httpx.Response], R]) -> R:
        """Make the call once (the transport may repeat a read), read its answer and log it. Raises only PiggyErrors."""
        started = time.perf_counter()
        status, failure, limit = None, None, None
        try:
            response = self._sent(call, token, deadline)
            status = response.status_code
            limit = limit_in(response.headers)
            self._purse.seen(status, response.headers)
            if not response.is_success:
                raise error_for(
                    response,
                    write=call.write,
                    operation=call.operation,
                    request_id=request_id.get(),
                    sent=[name for name, value in (call.json or {}).items() if value is not None],
                )
            return read(response)
        except PiggyError as exc:
            failure = exc
            exc.operation = exc.operation or call.operation
            exc.request_id = exc.request_id or request_id.get()
            raise
        finally:
            observe(
                CallRecord(
                    operation=call.operation,
                    method=call.method,
                    status=status,
                    code=failure.code if failure else None,
                    milliseconds=round((time.perf_counter() - started) * 1000),
                    request_id=request_id.get(),
                    error=type(failure).__name__ if failure else "",
                    detail=failure.detail if failure else "",
                    kind=self._purse.kind,
                    limit=limit[0] if limit else None,
                    left=limit[1] if limit else None,
                )
            )

    def _sent(self, call: Call, token: str, deadline: Deadline) -> httpx.Response:
        """The answer, whatever its status. Every failure of the wire becomes a PiggyError here."""
        facts: dict[str, Any] = {"operation": call.operation, "request_id": request_id.get()}
        clients = self._clients or thread_clients()
        request = self._request(call, token, deadline)
        self._purse.take(deadline)
        if deadline.passed:
            raise PiggyNotSent(words.NO_TIME, **facts)
        try:
            return clients.send(request, write=call.write)
        except NOT_SENT as exc:
            raise PiggyNotSent(words.UNREACHABLE, detail=type(exc).__name__, **facts) from exc
        except (BodyTooLarge, httpx.DecodingError) as exc:
            raise unreadable(write=call.write, detail=type(exc).__name__, **facts) from exc
        except httpx.RequestError as exc:  # sent, perhaps, and no answer
            if call.write:
                raise PiggyOutcomeUnknown(words.UNKNOWN, detail=type(exc).__name__, **facts) from exc
            raise PiggyUnavailable(words.silence(deadline.seconds), detail=type(exc).__name__, **facts) from exc

    def _request(self, call: Call, token: str, deadline: Deadline) -> httpx.Request:
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": USER_AGENT,
        }
        if request_id.get() and request_id.get().isascii() and request_id.get().isprintable():
            headers["X-Request-Id"] = request_id.get()
        extensions: dict[str, Any] = {"deadline": deadline}
        if not call.write:
            extensions["retry"] = DeadlineRetry(
                deadline,
                reserve=self._purse.reserve,
                seen=lambda response: self._purse.seen(response.status_code, response.headers),
            )
        path = path_of(call.path, call.ids)
        try:
            # Not the client's own build_request: it parses the address three times, and a page waits for six calls.
            return httpx.Request(
                call.method,
                f"{self._base_url}{BASE_PATH}/{path}".rstrip("/"),
                params={name: value for name, value in call.params.items() if value is not None} or None,
                json=None if call.json is None else {k: v for k, v in call.json.items() if v is not None},
                headers=headers,
                extensions=extensions,
            )
        except (httpx.InvalidURL, ValueError, TypeError) as exc:
            raise PiggyInvalid("This cannot be sent to Piggy.", operation=call.operation) from exc


def envelope(response: httpx.Response, call: Call) -> dict[str, Any]:
    """The body of a success, `{"data": ..., "meta": ...}`; `meta` may be anything or missing, `data` may be null."""
    try:
        body = msgspec.json.decode(response.content)
    except (msgspec.MsgspecError, RecursionError) as exc:
        raise odd(response, call, f"the body is no JSON: {exc}") from exc
    if isinstance(body, dict) and "data" in body:
        return body
    raise odd(response, call, "the body has no data")


def fitted(response: httpx.Response, data: Any, shape: type[T], call: Call) -> T:
    try:
        return decode(data, shape)
    except MisfitError as exc:
        raise odd(response, call, str(exc)) from exc


def odd(response: httpx.Response, call: Call, detail: str) -> PiggyError:
    """The error for a success that is not what was asked for."""
    return unreadable(
        write=call.write,
        status=response.status_code,
        operation=call.operation,
        request_id=request_id.get(),
        detail=detail,
    )
