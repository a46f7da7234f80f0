"""Sends webhooks: one background thread, so that no call waits for whoever listens.

What has not arrived when the process ends is lost; callers must be able to live without any webhook.
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
import http.client
import logging
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from piggyadmin.sandbox.account import Account, Delivered
from piggyadmin.sandbox.settings import setting

logger = logging.getLogger(__name__)

TRIES = 6
"""The first one and at most five more."""
TIMEOUT = 5
"""Seconds a listener may take."""
MOST_WAITING = 20_000
"""Deliveries that may wait; what is beyond them is dropped with a line in the log."""
BUNDLE_SECONDS = 0.5
"""With ``webhooks`` "backwards": all of such a stretch of time go out together, the newest first."""


@dataclass(slots=True)
class Delivery:
    """One webhook on its way. ``body`` is sent and signed as it is."""

    account: Account
    event: str
    url: str
    secret: str
    body: bytes
    tries: int = 0

    def signature(self) -> str:
        secret = "wrong" if setting(self.account, "webhooks") == "forged" else self.secret
        return hmac.new(secret.encode("utf-8", "surrogatepass"), self.body, hashlib.sha256).hexdigest()


class Postman:
    """Deliveries in the order they fall due. The thread begins with the first of them."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Delivery]] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._number = 0
        self._bundle = 0.0

    def take(self, delivery: Delivery) -> None:
        """Have it delivered, in the way the account's setting ``webhooks`` says."""
        way = setting(delivery.account, "webhooks")
        if way == "drop":
            delivery.account.deliveries.append(Delivered(delivery.event, delivery.url, None, 0, "dropped"))
            return
        for _ in range(2 if way == "twice" else 1):
            self._add(delivery, backwards=way == "backwards")

    def _add(self, delivery: Delivery, *, seconds: float = 0, backwards: bool = False) -> None:
        now = time.monotonic()
        with self._changed:
            due = now + seconds
            if backwards:
                self._bundle = due = self._bundle if self._bundle > now else now + BUNDLE_SECONDS
            if len(self._waiting) >= MOST_WAITING:
                logger.warning("Too many webhooks are waiting; one was dropped.")
                return
            self._number += 1
            delivery.account.deliveries_waiting += 1
            heapq.heappush(self._waiting, (due, -self._number if backwards else self._number, delivery))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            delivery = self._next()
            try:
                self._deliver(delivery)
            except Exception:  # the thread has to go on, whatever one delivery met
                logger.exception("A webhook could not be delivered.")
            with self._changed:
                delivery.account.deliveries_waiting -= 1

    def _next(self) -> Delivery:
        with self._changed:
            while True:
                wait = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(wait)

    def _deliver(self, delivery: Delivery) -> None:
        delivery.tries += 1
        status = _post(delivery)
        arrived = status is not None and 200 <= status < 300
        outcome = "arrived" if arrived else "given up" if delivery.tries >= TRIES else "to be retried"
        delivery.account.deliveries.append(Delivered(delivery.event, delivery.url, status, delivery.tries, outcome))
        if outcome == "to be retried":
            pause = float(setting(delivery.account, "webhook_retry_seconds"))
            self._add(delivery, seconds=pause * 2 ** (delivery.tries - 1))


def _post(delivery: Delivery) -> int | None:
    """The status of the answer; None when there was none. Redirects are not followed and no proxy is asked."""
    url = urlsplit(delivery.url)
    secure = url.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    try:
        connection = kind(url.hostname or "", url.port, timeout=TIMEOUT)
    except (ValueError, http.client.HTTPException):
        return None
    headers = {"Content-Type": "application/json", "Signature": delivery.signature(), "User-Agent": "Leat"}
    try:
        connection.request("POST", f"{url.path or '/'}{f'?{url.query}' if url.query else ''}", delivery.body, headers)
        return connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


POSTMAN = Postman()
