"""The WSGI application: who asks, for what, how often, with which fault, and the answer's bytes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from piggyadmin.sandbox import cast, control, faults, registry
from piggyadmin.sandbox.account import Account, Recorded
from piggyadmin.sandbox.accounts import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_TOKEN, Accounts
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.faults import NOTHING, Played
from piggyadmin.sandbox.registry import OPERATIONS, Operation
from piggyadmin.sandbox.store import Store
from piggyadmin.sandbox.wire import MAX_BODY, parse_body, parse_pairs, to_json

import piggyadmin.sandbox.resources  # noqa: F401  isort: skip  registers the operations

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]

UNLIMITED = 5000
"""What X-RateLimit-Limit says while there is no limit: the figure of every published capture."""
PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
JSON, HTML = "application/json", "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Response:
    """Status, content type and bytes; ``headers`` beyond those two."""

    status: int
    content: bytes
    kind: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


def plain(status: int, message: str, *headers: tuple[str, str]) -> Response:
    """The framework's own errors, outside the API's error format."""
    return Response(status, to_json({"message": message}), headers=headers)


UNAUTHENTICATED = plain(401, "Unauthenticated.")


class Sandbox:
    """Use ``make_app`` to make one. ``accounts`` is open to in-process tests."""

    def __init__(
        self, accounts: Accounts, *, control: bool, latency_ms: int, rate: int, store: Store | None = None
    ) -> None:
        self.accounts = accounts
        self._store = store
        self._control = control
        self._latency = latency_ms / 1000
        self._rate = rate

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        headers: Headers = []
        try:
            response = self._respond(environ, headers)
        except (ConnectionError, faults.NoSocketError):  # a fault that was ordered
            raise
        except Exception:  # whatever else goes wrong is our mistake: say so as the API would, and log it for us
            logger.exception("The sandbox failed.")
            response = plain(500, "Server Error")
        headers += [("Content-Type", response.kind), ("Content-Length", str(len(response.content)))]
        headers += response.headers
        start_response(PHRASES[response.status], headers)
        return [response.content]

    def close(self) -> None:
        """Let go of the state file."""
        if self._store is not None:
            self._store.close()

    def _respond(self, environ: Environ, headers: Headers) -> Response:
        over = time.perf_counter() + self._latency
        method = environ["REQUEST_METHOD"]
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        raw = _read_body(environ)
        if raw is None:
            return plain(413, "The POST data is too large.")
        if self._control and path.startswith(control.PREFIX):
            return self._control_call(environ, method, path, raw)
        found = registry.match(path)
        if found is None:
            return plain(404, f"The route {path.strip('/')[:100]} could not be found.")
        methods, values = found
        operation = methods.get(method)
        if operation is None:
            allowed = ", ".join(methods)
            words = f"The {method[:20]} method is not supported for this route. Supported methods: {allowed}."
            return plain(405, words, ("Allow", allowed))
        body = parse_body(raw, environ.get("CONTENT_TYPE", "").lower())
        if operation.id == "request_access_token":
            return self._token_call(environ, operation, body, headers, over)
        account = self._account(environ)
        if account is None:
            return UNAUTHENTICATED
        query = environ.get("QUERY_STRING")
        call = Call(account, values, parse_pairs(query) if query else {}, body, origin=_origin(environ))
        return self._api_call(environ, operation, call, headers, over)

    def _account(self, environ: Environ) -> Account | None:
        scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.accounts.of_token(token.strip()) if scheme.lower() == "bearer" and token else None

    def _token_call(
        self, environ: Environ, operation: Operation, body: dict[str, Any], headers: Headers, over: float
    ) -> Response:
        if body.get("grant_type") != "client_credentials":
            words = "The authorization grant type is not supported by the authorization server."
            return Response(400, to_json({"error": "unsupported_grant_type", "message": words}))
        account = self.accounts.of_client(body.get("client_id"), body.get("client_secret"))
        if account is None:
            words = "Client authentication failed"
            return Response(401, to_json({"error": "invalid_client", "error_description": words, "message": words}))
        token, lifetime = self.accounts.issue(account)
        shown = {**body, "client_secret": "(hidden)"}
        return self._api_call(environ, operation, Call(account, [token, str(lifetime)], {}, shown), headers, over)

    def _control_call(self, environ: Environ, method: str, path: str, raw: bytes) -> Response:
        account = self._account(environ)
        if account is None:
            return UNAUTHENTICATED
        status, body = control.handle(account, method, path, parse_body(raw, JSON))
        return Response(status, to_json(body))

    def _api_call(self, environ: Environ, operation: Operation, call: Call, headers: Headers, over: float) -> Response:
        """Carry the call out. It is answered at `over`, a moment of ``time.perf_counter``, if it can be."""
        if self._latency:
            time.sleep(self._latency / 2)  # the way there; the rest is the way back
        account = call.account
        left = account.take_call(self._rate) if self._rate else UNLIMITED - 1
        if left < 0:
            played, response = NOTHING, plain(429, "Too Many Attempts.", ("Retry-After", "1"))
        else:
            played = self._meet_faults(account, operation)
            if played.wait_before:
                time.sleep(played.wait_before)
            response = faulty(played) if played.is_before() else _carry_out(operation, call, played)
        if self._control:
            self._record(environ, operation, call, response, played)
        if played.wait_after:
            time.sleep(played.wait_after)
        if played.name in ("lost_before", "lost_after"):
            faults.lose(environ)
        if played.name == "reset":
            faults.reset(environ, response.content)
        if self._latency:
            time.sleep(max(0.0, over - time.perf_counter()))
        shown = left if played.remaining is None else played.remaining
        headers.append(("X-RateLimit-Limit", str(self._rate or UNLIMITED)))
        headers.append(("X-RateLimit-Remaining", str(max(shown, 0))))
        return response

    def _meet_faults(self, account: Account, operation: Operation) -> Played:
        if not account.faults:
            return NOTHING
        with account.lock:
            return account.faults.play(operation)

    def _record(self, environ: Environ, operation: Operation, call: Call, response: Response, played: Played) -> None:
        unanswered = played.name in ("lost_before", "lost_after", "reset")
        call.account.calls.append(
            Recorded(
                operation=operation.id,
                method=operation.method,
                path=environ["PATH_INFO"],
                query=call.query,
                body=call.body,
                status=None if unanswered else response.status,
                request_id=environ.get("HTTP_X_REQUEST_ID", ""),
                at=call.account.now(),
                fault=played.name,
            )
        )


def _carry_out(operation: Operation, call: Call, played: Played) -> Response:
    """Run the handler. What it wrote is saved before this returns; an "after" fault then spoils the answer."""
    account = call.account
    call.ignore_filters, call.no_attributes, call.late = played.ignore_filters, played.no_attributes, played.late
    with account.lock:
        account.catch_up()
        try:
            with account.commit():
                answer = operation.handler(call)
        except ApiError as refusal:
            response = Response(400, to_json(_loosely(account, refusal)))
        else:
            response = Response(answer.status, to_json(answer.body()))
    return faulty(played, response) if played.outcome else response


def _loosely(account: Account, refusal: ApiError) -> dict[str, Any]:
    """The refusal's body. A field's messages come as a list or, now and then, as one bare string."""
    body = refusal.body()
    if refusal.errors and account.rng.random() < 0.25:
        body["errors"] = {field: messages[0] for field, messages in refusal.errors.items()}
    return body


def faulty(played: Played, response: Response | None = None) -> Response:
    """The answer a fault puts in the place of the right one."""
    fault = played.outcome
    assert fault is not None
    retry = () if fault.retry_after is None else (("Retry-After", str(fault.retry_after)),)
    kind = fault.kind.removesuffix("_after")
    if kind == "429":
        return plain(429, "Too Many Attempts.", *(retry or (("Retry-After", "1"),)))
    if kind == "503":
        return Response(503, faults.MAINTENANCE, HTML, retry)
    if kind == "500":
        return plain(500, "Server Error")
    if kind == "401":
        return UNAUTHENTICATED
    if kind in ("1000", "refused"):
        return Response(400, to_json(ApiError(fault.value or 1000).body()))
    if kind == "html200":
        return Response(200, faults.PORTAL, HTML)
    if kind == "garbage" and response is not None:
        return Response(200, response.content[: len(response.content) * 2 // 3] + b'"{')
    return response or Response(200, b"")  # lost and reset: the caller never sees it


def _read_body(environ: Environ) -> bytes | None:
    """The request's body; None when it is too long to be read."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > MAX_BODY:
        return None
    if length > 0:
        body: bytes = environ["wsgi.input"].read(length)
        return body
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        body = environ["wsgi.input"].read(MAX_BODY + 1)
        return None if len(body) > MAX_BODY else body
    return b""


def _origin(environ: Environ) -> str:
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def make_app(
    *,
    token: str = DEMO_TOKEN,
    client_id: str = DEMO_CLIENT_ID,
    client_secret: str = DEMO_CLIENT_SECRET,
    contacts: int | None = None,
    seed: int = 1,
    state: Path | None = None,
    control: bool = False,
    latency_ms: int = 0,
    rate: int = 0,
) -> Sandbox:
    """A sandbox as a WSGI application.

    ``contacts``: how many contacts the demo account begins with, its cast among them; None leaves it empty. A state
    file that has the account already is kept as it is. ``rate``: calls a second an account may make, 0 for any number.
    """
    store = Store(state) if state is not None else None
    accounts = Accounts(token=token, client_id=client_id, client_secret=client_secret, control=control, store=store)
    if contacts is not None and accounts.demo.is_new:
        cast.seed(accounts.demo, contacts=contacts, seed=seed)
    return Sandbox(accounts, control=control, latency_ms=latency_ms, rate=rate, store=store)


def implemented() -> list[tuple[str, str]]:
    """Method and path of every operation there is."""
    return [(entry.method, entry.path) for entry in OPERATIONS.values()]
