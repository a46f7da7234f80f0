"""Which token the settings mean, and how one is got with client credentials."""

import time

import httpx
import msgspec

from . import words
from .auth import ClientCredentials, PersonalToken, Shelf, Tokens
from .deadline import Deadline
from .errors import PiggyError, PiggyNotSent, PiggyUnauthorized, PiggyUnavailable
from .log import CallRecord, observe
from .payloads import AccessToken
from .prepass import MisfitError, decode
from .request_id import request_id
from .transport import Clients, thread_clients

OPERATION = "request_access_token"


def tokens_from(*, base_url: str, token: str, client_id: str, client_secret: str) -> Tokens:
    """The personal access token if there is one, else tokens by client id and secret, kept in Django's cache."""
    if token:
        return PersonalToken(token)
    from django.core.cache import cache

    return client_credentials(base_url=base_url, client_id=client_id, client_secret=client_secret, shelf=cache)


def client_credentials(
    *, base_url: str, client_id: str, client_secret: str, shelf: Shelf, transport: httpx.BaseTransport | None = None
) -> ClientCredentials:
    """Tokens by client id and secret. `transport` replaces the network, for tests."""
    clients = Clients(transport) if transport else None

    def fetch(deadline: Deadline) -> AccessToken:
        return fetch_token(clients or thread_clients(), base_url, client_id, client_secret, deadline)

    # The secret is part of the name: another one must not find the tokens of the one it replaced.
    return ClientCredentials(account=f"{base_url} {client_id} {client_secret}", shelf=shelf, fetch=fetch)


def fetch_token(clients: Clients, base_url: str, client_id: str, client_secret: str, deadline: Deadline) -> AccessToken:
    """One new token. PiggyUnauthorized for refused credentials, PiggyUnavailable for all else: asked for once.

    https://docs.piggy.eu/oauth/authorization
    """
    request = clients.writes.build_request(
        "POST",
        f"{base_url.rstrip('/')}/oauth/token",
        json={"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret},
        headers={"Accept": "application/json"},
        extensions={"deadline": deadline},
    )
    started = time.perf_counter()
    status: int | None = None
    failure: PiggyError | None = None
    try:
        if deadline.passed:
            raise PiggyNotSent(words.NO_TIME, operation=OPERATION)
        response = clients.send(request, write=True)
        status = response.status_code
        return _token_in(response)
    except httpx.RequestError as exc:
        failure = PiggyUnavailable(words.silence(deadline.seconds), operation=OPERATION, detail=type(exc).__name__)
        raise failure from exc
    except PiggyError as exc:
        failure = exc
        raise
    finally:
        observe(
            CallRecord(
                operation=OPERATION,
                method="POST",
                status=status,
                code=None,
                milliseconds=round((time.perf_counter() - started) * 1000),
                request_id=request_id.get(),
                error=type(failure).__name__ if failure else "",
            )
        )


def _token_in(response: httpx.Response) -> AccessToken:
    status = response.status_code
    if 400 <= status < 500 and status != 429:
        raise PiggyUnauthorized(words.KEY_REFUSED, status=status, operation=OPERATION)
    if not response.is_success:
        raise PiggyUnavailable(words.BROKEN, status=status, operation=OPERATION)
    try:
        got = decode(msgspec.json.decode(response.content), AccessToken)
    except (msgspec.MsgspecError, RecursionError, MisfitError) as exc:
        raise PiggyUnavailable(words.UNREADABLE, status=status, operation=OPERATION) from exc
    if not got.access_token or not all("!" <= character <= "~" for character in got.access_token):
        raise PiggyUnavailable(words.UNREADABLE, status=status, operation=OPERATION)
    return got
