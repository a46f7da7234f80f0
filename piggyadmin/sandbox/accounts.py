"""Which token opens which account."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.store import Store

TEST_PREFIX = "test-"
TOKEN_SECONDS = 3600
DEMO_TOKEN = "demo-token"  # noqa: S105  opens nothing but the demo
DEMO_CLIENT_ID = "demo-client"
DEMO_CLIENT_SECRET = "demo-secret"  # noqa: S105  opens nothing but the demo


class Accounts:
    """The demo account, and with ``control`` an empty account for every token or client id that begins with "test-".

    Issued tokens live in memory only: after a restart callers have to ask for new ones, as after an expiry."""

    def __init__(
        self,
        *,
        token: str = DEMO_TOKEN,
        client_id: str = DEMO_CLIENT_ID,
        client_secret: str = DEMO_CLIENT_SECRET,
        control: bool = False,
        store: Store | None = None,
    ) -> None:
        self._token = token
        self._client = (client_id, client_secret)
        self._control = control
        self._store = store
        self._lock = threading.Lock()
        self._open: dict[str, Account] = {}
        self._issued: dict[str, tuple[Account, float]] = {}

    @property
    def demo(self) -> Account:
        return self.open(self._token)

    def open(self, token: str) -> Account:
        """The account of a token that is known to be good; made at its first use. The file has no token in it."""
        account = self._open.get(token)
        if account is None:
            with self._lock:
                account = self._open.get(token)
                if account is None:
                    key = hashlib.sha256(token.encode()).hexdigest()[:16]
                    account = self._open[token] = Account(key, self._store)
        return account

    def of_token(self, token: str) -> Account | None:
        """The account behind a bearer token; None for one unknown, or expired by that account's clock."""
        account = self._open.get(token)
        if account is not None:
            return account
        issued = self._issued.get(token)
        if issued is not None:
            account, expires = issued
            return account if account.epoch() < expires else None
        if _same(token, self._token) or (self._control and token.startswith(TEST_PREFIX)):
            return self.open(token)
        return None

    def of_client(self, client_id: Any, client_secret: Any) -> Account | None:
        """The account behind client credentials; the id may be sent as a number."""
        client_id = str(client_id)
        if not isinstance(client_secret, str):
            return None
        if _same(client_id, self._client[0]) and _same(client_secret, self._client[1]):
            return self.demo
        if self._control and client_id.startswith(TEST_PREFIX) and _same(client_secret, f"secret-{client_id}"):
            return self.open(client_id)
        return None

    def issue(self, account: Account) -> tuple[str, int]:
        """A new access token and its lifetime in seconds."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._issued[token] = (account, account.epoch() + TOKEN_SECONDS)
        return token, TOKEN_SECONDS


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
