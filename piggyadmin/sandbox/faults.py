"""Faults on demand: what goes wrong between a caller and Piggy, ordered by tests per account and operation.

``before`` kinds leave the state untouched; ``after`` kinds break the answer of a call that was carried out.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from errno import ECONNRESET
from typing import Any, NoReturn

from piggyadmin.sandbox.dice import dice
from piggyadmin.sandbox.errors import MESSAGES
from piggyadmin.sandbox.registry import OPERATIONS, Operation

BEFORE = {"lost_before", "429", "503", "500", "1000", "401", "refused"}
AFTER = {"lost_after", "reset", "503_after", "500_after", "1000_after", "garbage", "html200"}
BESIDE = {"latency", "latency_after", "ignore_filters", "remaining", "no_attributes", "late"}
"""Kinds that change how a call runs, not what becomes of it; they combine with one of the others."""
KINDS = BEFORE | AFTER | BESIDE
GROUPS = {"*", "writes", "reads"}
LATE = "create_voucher_batch"
"""The one call whose work is done after its answer, and so the only one that "late" meets."""

MAINTENANCE = (
    b"<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head>"
    b"<body><h1>Be right back.</h1></body></html>"
)
PORTAL = b"<!DOCTYPE html><html><head><title>Welcome to the guest network</title></head><body>Sign in</body></html>"


class NoSocketError(RuntimeError):
    """A lost or reset connection needs a connection: it cannot be played in-process."""


@dataclass(slots=True)
class Fault:
    """``times`` -1 is for ever; ``skip`` matching calls pass first; ``chance`` is from 0 to 1.

    ``seconds`` is how long a latency lasts, and how much later than usual the vouchers of a ``late`` batch are there;
    ``retry_after`` goes with 429 (and with 503, where given); ``value`` is what ``remaining`` puts into
    X-RateLimit-Remaining, and the code that ``refused`` refuses with. ``no_attributes`` hides those of vouchers that
    are listed or found."""

    kind: str
    operation: str = "*"
    times: int = 1
    skip: int = 0
    chance: float = 1.0
    seconds: float = 0.0
    retry_after: int | None = None
    value: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There is no fault {self.kind!r}; there are {', '.join(sorted(KINDS))}.")
        if self.operation not in GROUPS and self.operation not in OPERATIONS:
            raise ValueError(f"There is no operation {self.operation!r}.")
        if self.kind == "refused" and self.value not in MESSAGES:
            raise ValueError(f"There is no code {self.value!r}.")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def concerns(self, operation: Operation) -> bool:
        if self.kind == "late" and operation.id != LATE:
            return False
        if self.operation in GROUPS:
            return self.operation == "*" or operation.writes == (self.operation == "writes")
        return self.operation == operation.id


@dataclass(slots=True)
class Played:
    """What one call meets: at most one fault that decides its outcome, and whatever runs beside it."""

    outcome: Fault | None = None
    wait_before: float = 0.0
    wait_after: float = 0.0
    ignore_filters: bool = False
    remaining: int | None = None
    no_attributes: bool = False
    late: float = 0.0

    @property
    def name(self) -> str | None:
        return self.outcome.kind if self.outcome else None

    def is_before(self) -> bool:
        return self.outcome is not None and self.outcome.kind in BEFORE


NOTHING = Played()


class Faults:
    """The faults ordered for an account, in order; the account's lock guards them."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._rng = dice("faults")

    def __bool__(self) -> bool:
        return bool(self._faults)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def play(self, operation: Operation) -> Played:
        """Take what this call meets; a fault whose ``times`` are used up goes."""
        played = Played()
        for fault in list(self._faults):
            if not fault.concerns(operation) or (played.outcome and fault.kind not in BESIDE):
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif self._rng.random() < fault.chance:
                self._use(fault, played)
        return played

    def _use(self, fault: Fault, played: Played) -> None:
        if fault.kind == "latency":
            played.wait_before += fault.seconds
        elif fault.kind == "latency_after":
            played.wait_after += fault.seconds
        elif fault.kind == "ignore_filters":
            played.ignore_filters = True
        elif fault.kind == "remaining":
            played.remaining = fault.value
        elif fault.kind == "no_attributes":
            played.no_attributes = True
        elif fault.kind == "late":
            played.late += fault.seconds
        else:
            played.outcome = fault
        if fault.times > 0:
            fault.times -= 1
            if fault.times == 0:
                self._faults.remove(fault)


def lose(environ: dict[str, Any]) -> NoReturn:
    """Close the caller's connection without a byte of an answer."""
    connection = _socket(environ)
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()
    _stop()


def reset(environ: dict[str, Any], body: bytes) -> NoReturn:
    """Send half of an answer, then reset the connection (RST, not FIN)."""
    connection = _socket(environ)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body) + 100}\r\n\r\n"
    connection.sendall(head.encode("ascii") + body[: len(body) // 2])
    time.sleep(0.05)  # let the caller read what came: a reset throws away what it has not
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    _stop()


def _socket(environ: dict[str, Any]) -> socket.socket:
    connection = environ.get("gunicorn.socket")
    if connection is None:
        raise NoSocketError("This fault breaks a connection, and an in-process call has none: use a served sandbox.")
    assert isinstance(connection, socket.socket)
    return connection


def _stop() -> NoReturn:
    # gunicorn takes this for a caller who went away: it logs nothing and writes nothing
    raise ConnectionResetError(ECONNRESET, "The sandbox broke this connection on purpose.")
