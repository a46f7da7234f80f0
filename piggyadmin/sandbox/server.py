"""The sandbox as a process: gunicorn with threads, one worker, and its command line."""

from __future__ import annotations

import argparse
import socket
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from piggyadmin.sandbox.accounts import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_TOKEN
from piggyadmin.sandbox.app import Sandbox, make_app

KEEP_ALIVE = 120
"""Seconds an idle connection stays open: longer than any caller's pool keeps it, so that callers close first."""


class Server(BaseApplication):
    """gunicorn without its command line and configuration files."""

    def __init__(self, options: dict[str, Any], load: Callable[[], Sandbox]) -> None:
        self._options = options
        self._load = load
        super().__init__()  # type: ignore[no-untyped-call]  # gunicorn has no types

    def load_config(self) -> None:
        assert self.cfg is not None
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Sandbox:
        return self._load()


def run(
    *,
    host: str = "127.0.0.1",
    port: int,
    contacts: int = 2000,
    seed: int = 1,
    latency_ms: int = 0,
    rate: int = 0,
    control: bool = False,
    state: Path | None = None,
    token: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    threads: int = 200,
) -> None:
    """Serve until SIGTERM or SIGINT. Port 0 takes a free one; the line on standard output says which.

    The state file is opened and seeded before the first worker starts, so that a path that cannot be written is said
    once, in a sentence."""

    def make() -> Sandbox:
        return make_app(
            token=token or DEMO_TOKEN,
            client_id=client_id or DEMO_CLIENT_ID,
            client_secret=client_secret or DEMO_CLIENT_SECRET,
            contacts=contacts,
            seed=seed,
            state=state,
            control=control,
            latency_ms=latency_ms,
            rate=rate,
        )

    listener = _listen(host, port)
    if state is not None:
        _prepare(make, state)
    print(f"The sandbox listens on http://{host}:{listener.getsockname()[1]}", flush=True)
    Server(_options(listener, threads), make).run()  # type: ignore[no-untyped-call]  # gunicorn has no types


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), backlog=2048)
    except OSError as error:
        sys.exit(f"The sandbox cannot listen on {host}, port {port}: {error.strerror}. Choose another --port.")
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _prepare(make: Callable[[], Sandbox], state: Path) -> None:
    try:
        make().close()
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"The sandbox cannot keep its state in {state}: {error}")


def _options(listener: socket.socket, threads: int) -> dict[str, Any]:
    return {
        "bind": f"fd://{listener.fileno()}",
        "worker_class": "gthread",
        "workers": 1,
        "threads": threads,
        "worker_connections": threads + 1000,
        "keepalive": KEEP_ALIVE,
        "timeout": 120,
        "graceful_timeout": 1,
        "control_socket_disable": True,
        "limit_request_line": 0,  # a query of any length gets the API's own refusal, not the server's
        "accesslog": None,
        "loglevel": "warning",
        "proc_name": "piggyadmin-sandbox",
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``piggyadmin sandbox`` and ``python -m piggyadmin.sandbox``."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    add("--port", type=int, default=8899, help="port to listen on; 0 takes a free one (%(default)s)")
    add("--contacts", type=int, default=2000, help="contacts in the demo account (%(default)s)")
    add("--seed", type=int, default=1, help="the same seed gives the same contacts (%(default)s)")
    add("--latency-ms", type=int, default=0, help="time each call takes, in milliseconds (%(default)s)")
    add("--rate", type=int, default=0, help="calls a second an account may make; 0 for any number (%(default)s)")
    add("--state", type=Path, help="file that keeps the state over a restart (none: memory only)")
    add("--token", default=DEMO_TOKEN, help="bearer token of the demo account (%(default)s)")
    add("--client-id", default=DEMO_CLIENT_ID, help="client id of the demo account (%(default)s)")
    add("--client-secret", default=DEMO_CLIENT_SECRET, help="its secret (%(default)s)")
    add("--threads", type=int, default=200, help="calls served at once (%(default)s)")
    add("--control", action="store_true", help="open /_sandbox/ and accounts for tokens that begin with test-")


def run_from_args(args: argparse.Namespace) -> None:
    run(
        host=args.host,
        port=args.port,
        contacts=args.contacts,
        seed=args.seed,
        latency_ms=args.latency_ms,
        rate=args.rate,
        control=args.control,
        state=args.state,
        token=args.token,
        client_id=args.client_id,
        client_secret=args.client_secret,
        threads=args.threads,
    )
