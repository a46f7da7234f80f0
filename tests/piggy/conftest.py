"""Fixtures: a client over a function that plays Piggy, and a real server on a socket that can misbehave."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from piggyadmin.piggy.client import Piggy

Handler = Callable[[httpx.Request], httpx.Response]


def data(value: Any, meta: Any = ()) -> httpx.Response:
    """A success as Piggy wraps it; `meta` is [] unless given."""
    return httpx.Response(200, json={"data": value, "meta": list(meta) if meta == () else meta})


def refusal(code: int, *, status: int = 400, message: str = "Nee. | No.", **more: Any) -> httpx.Response:
    """A refusal as Piggy writes it."""
    return httpx.Response(status, json={"message": message, "code": code, "status_code": status, **more})


class Played:
    """A client and the requests it made."""

    def __init__(self, handler: Handler, **options: Any) -> None:
        self.requests: list[httpx.Request] = []

        def noted(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return handler(request)

        settings: dict[str, Any] = {"base_url": "http://piggy.test", "tokens": "test-token", "seconds": 2.0}
        self.piggy = Piggy(**{**settings, **options}, transport=httpx.MockTransport(noted))


@pytest.fixture
def played() -> Callable[..., Played]:
    """`played(handler_or_response)`: a client to whom that function, or always that answer, is Piggy."""

    def make(answer: Handler | httpx.Response, **options: Any) -> Played:
        if not isinstance(answer, httpx.Response):
            return Played(answer, **options)
        fixed = answer
        return Played(
            lambda request: httpx.Response(fixed.status_code, headers=fixed.headers, content=fixed.content), **options
        )

    return make


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


Step = Callable[[socket.socket], bool | None]


class Wire:
    """An HTTP server on a socket. Each request runs the next step of `script`; when none is left, it answers `data`.

    A step gets the connection and may write what it likes; it returns True when the connection stays open.
    """

    def __init__(self) -> None:
        self.script: list[Step] = []
        self.asked: list[Asked] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._connections = 0
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._stopping.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            threading.Thread(target=self._serve, args=(connection, self._connections), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection:
            try:
                while (asked := self._request(connection, number)) is not None:
                    with self._lock:
                        self.asked.append(asked)
                        step = self.script.pop(0) if self.script else answering({"uuid": "c", "email": None})
                    if not step(connection):
                        return
            except OSError:
                return

    def _request(self, connection: socket.socket, number: int) -> Asked | None:
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(65536)
            if not part:
                return None
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += connection.recv(65536)
        method, path, _ = first.split(" ")
        return Asked(method, path, headers, body, number)


def whole(body: bytes, *, status: str = "200 OK", kind: str = "application/json", extra: str = "") -> bytes:
    """An HTTP answer as bytes."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


def answering(value: Any, *, after: float = 0.0) -> Step:
    def step(connection: socket.socket) -> bool:
        time.sleep(after)
        connection.sendall(whole(json.dumps({"data": value, "meta": []}).encode()))
        return True

    return step


def sending(answer: bytes) -> Step:
    """Send these bytes and hang up."""

    def step(connection: socket.socket) -> bool:
        connection.sendall(answer)
        return False

    return step


def dribbling(answer: bytes, *, every: float) -> Step:
    """One byte at a time, each well within any timeout per read."""

    def step(connection: socket.socket) -> bool:
        for byte in answer:
            connection.sendall(bytes([byte]))
            time.sleep(every)
        return False

    return step


@pytest.fixture
def wire() -> Iterator[Wire]:
    server = Wire()
    yield server
    server.close()
