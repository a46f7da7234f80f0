"""The bearer token: a personal access token as it stands, or one got with client credentials.

https://docs.piggy.eu/oauth/authorization. A token of the second kind expires after `expires_in` seconds and has no
refresh token: a new one is asked for. It is kept where all processes find it (`Shelf`, in the dashboard Django's
cache), is renewed before it expires, and one process does that while the others go on with the old one.

When Piggy refuses a token (401), the shelved one is dropped. A read is then tried once more with a new one. A write is
not: a 401 says that it was not done, so the person is told so and the next press of the button finds the new token.
That keeps "writes are never retried" without exception.

The token is asked for in the caller's thread, never in a pool thread: the shelf may be a table.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any, Protocol

from . import words
from .deadline import Deadline
from .errors import PiggyError, PiggyNotSent, PiggyUnauthorized
from .payloads import AccessToken

RENEW_BEFORE = 120.0  # s before its end a token is renewed
UNSTATED_LIFE = 300.0  # s that a token without expires_in is kept
FETCHING_AT_MOST = 15.0  # s after which another process may try to fetch
LOOK_AGAIN = 0.05  # s

Fetch = Callable[[Deadline], AccessToken]


class Shelf(Protocol):
    """A few values for all processes: Django's cache has these methods. `timeout` is in seconds."""

    def get(self, key: str) -> Any: ...
    def set(self, key: str, value: Any, timeout: int) -> None: ...
    def add(self, key: str, value: Any, timeout: int) -> bool: ...
    def delete(self, key: str) -> Any: ...


class Tokens(Protocol):
    """Where a client gets its bearer token. `renew` drops a refused one: None when there is no other to be had."""

    account: str  # tells one account's tokens from another's; no secret, though it may be made of one

    def token(self, deadline: Deadline) -> str: ...
    def renew(self, refused: str, deadline: Deadline) -> str | None: ...
    def drop(self, refused: str) -> None: ...


class PersonalToken:
    """A personal access token: the only one there is. ValueError when it cannot be one."""

    def __init__(self, token: str) -> None:
        self._token = token.strip()  # a file or a form often adds a line end
        if not all("!" <= character <= "~" for character in self._token):
            raise ValueError("The Piggy token has characters that no token has.")
        self.account = hashlib.sha256(self._token.encode()).hexdigest()

    def token(self, deadline: Deadline) -> str:
        return self._token

    def renew(self, refused: str, deadline: Deadline) -> str | None:
        return None

    def drop(self, refused: str) -> None:
        """Nothing to drop: only an admin can give another one."""

    def __repr__(self) -> str:
        return "PersonalToken(...)"


class ClientCredentials:
    """Tokens by client id and secret, shelved for all processes. `fetch` asks Piggy for one."""

    def __init__(
        self,
        *,
        account: str,
        shelf: Shelf,
        fetch: Fetch,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.account = hashlib.sha256(account.encode()).hexdigest()
        self._key = f"piggy-token-{self.account[:32]}"
        self._shelf = shelf
        self._fetch = fetch
        self._now = now
        self._sleep = sleep

    def token(self, deadline: Deadline) -> str:
        """A token that is good for a while. PiggyNotSent or PiggyUnauthorized when none can be had by the deadline."""
        while True:
            held, renew_at, ends = self._shelved()
            now = self._now()
            if held and now < renew_at:
                return held
            if self._shelf.add(f"{self._key}-fetching", 1, int(FETCHING_AT_MOST)):
                return self._fetched(deadline)
            if held and now < ends:
                return held  # another process is renewing it, and the old one still holds
            if deadline.left() < LOOK_AGAIN:
                raise PiggyNotSent(words.NO_TIME)
            self._sleep(LOOK_AGAIN)

    def renew(self, refused: str, deadline: Deadline) -> str | None:
        self.drop(refused)
        return self.token(deadline)

    def drop(self, refused: str) -> None:
        """Take the token off the shelf, unless another process has put a newer one there."""
        held, _, _ = self._shelved()
        if held == refused:
            self._shelf.delete(self._key)

    def _shelved(self) -> tuple[str, float, float]:
        """The token, when to renew it and when it ends, in seconds of `now`."""
        found = self._shelf.get(self._key)
        if isinstance(found, list | tuple) and len(found) == 3:
            return str(found[0]), float(found[1]), float(found[2])
        return "", 0.0, 0.0

    def _fetched(self, deadline: Deadline) -> str:
        try:
            held, renew_at, _ = self._shelved()
            if held and self._now() < renew_at:
                return held  # another process was done just before we began
            asked_at = self._now()
            got = self._fetch(deadline)
            life = float(max(1, got.expires_in or UNSTATED_LIFE))
            ends = asked_at + life
            self._shelf.set(self._key, [got.access_token, ends - min(RENEW_BEFORE, life / 2), ends], int(life))
            return got.access_token
        except PiggyUnauthorized:
            raise
        except PiggyError as exc:
            raise PiggyNotSent(exc.message, status=exc.status, operation=exc.operation, detail=exc.detail) from exc
        finally:
            self._shelf.delete(f"{self._key}-fetching")

    def __repr__(self) -> str:
        return "ClientCredentials(...)"
