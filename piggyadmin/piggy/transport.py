"""The wire: connections that keep the whole deadline, whole bodies of a bounded size, and one pair of clients a thread.

- httpx's timeouts are per read: a server that sends a byte a second keeps a call with a timeout of 5 s going for ever.
  Here every single read and write of a socket waits for what is left of the request's Deadline, so the call ends with
  it, at whatever point a server dawdles. (Looking up a host's name is the one step that nothing can interrupt.)
- One httpx.Client per thread, never shared: httpx 0.28's pool slows down when many requests share it. Building one
  costs 19 ms, nearly all of it the TLS context, which all share.
- Reads and writes have a client each. Reads keep connections and are retried. A write always gets a connection of its
  own: on a kept one a server that just hung up looks like a lost answer, and every lost answer of a write must be
  settled by a person or a resolver.
- Proxies, netrc and certificates named in the environment are not used (`trust_env=False`): the token and customers'
  data go to the configured host and nowhere else.
"""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import httpcore
import httpx
from httpx_retries import RetryTransport

from .deadline import Deadline
from .retries import NEVER

LARGEST_BODY = 20 * 1024 * 1024  # bytes, before and after unpacking
SLICE = 64 * 1024
KEEP_IDLE = 20.0  # s that a connection for reads is kept


class BodyTooLarge(httpx.RequestError):
    """More than `LARGEST_BODY` came."""


class DeadlineStream(httpcore.NetworkStream):
    """A socket whose every step waits at most for what is left of the deadline its backend holds."""

    def __init__(self, inner: httpcore.NetworkStream, backend: DeadlineBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._backend.left(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Makes DeadlineStreams. `deadline` is that of the request under way: a thread's client has one at a time."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()
        self.deadline: Deadline | None = None

    def left(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
        if self.deadline is None:
            return timeout
        left = self.deadline.left()
        if left <= 0:
            raise late("the deadline has passed")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self.left(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._inner.connect_tcp(host, port, left, local_address, socket_options), self)


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport on DeadlineStreams. `_pool` is the one private name of httpx that is touched."""

    def __init__(self, *, keep_idle: float) -> None:
        super().__init__(verify=shared_ssl_context(), trust_env=False)
        self._backend = DeadlineBackend()
        self._pool = httpcore.ConnectionPool(
            ssl_context=shared_ssl_context(),
            max_connections=4,
            max_keepalive_connections=1 if keep_idle else 0,
            keepalive_expiry=keep_idle,
            network_backend=self._backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._backend.deadline = request.extensions.get("deadline")
        return super().handle_request(request)


class Slices(httpx.SyncByteStream):
    """A body that is here already, in slices, so that unpacking it can be stopped in time."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._body), SLICE):
            yield self._body[start : start + SLICE]


class WholeBody(httpx.BaseTransport):
    """Reads the body before it hands the answer on: an answer cut off in its middle is then a failure to retry."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline: Deadline | None = request.extensions.get("deadline")
        if deadline is not None:
            if deadline.passed:
                raise httpx.PoolTimeout("the deadline has passed", request=request)  # one that means: nothing sent
            request.extensions["timeout"] = httpx.Timeout(deadline.left()).as_dict()
        response = self._inner.handle_request(request)
        try:
            body = self._body_of(response, request)
        finally:
            response.close()
        return httpx.Response(
            response.status_code, headers=response.headers, stream=Slices(body), extensions=response.extensions
        )

    def _body_of(self, response: httpx.Response, request: httpx.Request) -> bytes:
        assert isinstance(response.stream, httpx.SyncByteStream)
        body = bytearray()
        for part in response.stream:
            body += part
            if len(body) > LARGEST_BODY:
                raise BodyTooLarge("the answer is too large", request=request)
        return bytes(body)

    def close(self) -> None:
        self._inner.close()


class Clients:
    """The two clients of a thread, or of a test's own transport."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        reads = WholeBody(transport or DeadlineTransport(keep_idle=KEEP_IDLE))
        writes = WholeBody(transport or DeadlineTransport(keep_idle=0))
        self.reads = PlainClient(RetryTransport(reads, retry=NEVER))
        self.writes = PlainClient(writes)

    def send(self, request: httpx.Request, *, write: bool) -> httpx.Response:
        """The answer with its body read and unpacked. Raises httpx.RequestError and nothing else."""
        client = self.writes if write else self.reads
        response = client.send(request, stream=True)
        try:
            if "Content-Encoding" not in response.headers:
                response.read()  # it is here already, and not too large
                return response
            unpacked = _unpacked(response)
        finally:
            response.close()
        headers = [(name, value) for name, value in response.headers.raw if name.lower() not in PACKING]
        return httpx.Response(response.status_code, headers=headers, content=unpacked, request=request)


def _unpacked(response: httpx.Response) -> bytes:
    """The body of a packed answer; BodyTooLarge as soon as it is more than `LARGEST_BODY`."""
    unpacked = bytearray()
    for part in response.iter_bytes():
        unpacked += part
        if len(unpacked) > LARGEST_BODY:
            raise BodyTooLarge("the answer is too large", request=response.request)
    return bytes(unpacked)


class NoCookies(httpx.Cookies):
    """A jar that stays empty. A policy that allows none would read every answer's headers for them all the same."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


class PlainClient(httpx.Client):
    """A client without proxies, redirects and cookies: a thread's client serves whoever comes next."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        super().__init__(transport=transport, trust_env=False, follow_redirects=False)
        self._no_cookies = NoCookies()

    @property  # type: ignore[misc]  # nobody sets any
    def cookies(self) -> httpx.Cookies:
        return self._no_cookies


PACKING = {b"content-encoding", b"content-length", b"transfer-encoding"}


@lru_cache(maxsize=1)
def shared_ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


_local = threading.local()


def thread_clients() -> Clients:
    """This thread's clients, made at its first call and anew after a fork: two processes must not share a socket."""
    pid, clients = getattr(_local, "clients", (0, None))
    if clients is None or pid != os.getpid():
        clients = Clients()
        _local.clients = (os.getpid(), clients)
    return clients
