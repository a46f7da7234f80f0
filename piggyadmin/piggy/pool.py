"""Several questions to Piggy at once: one process-wide pool of threads, each with its own httpx.Client.

A page asks for its facts together and takes as long as the slowest of them. What belongs to the request is done in its
own thread beforehand: the budget for all calls, and the token. Pool threads touch neither the ORM nor Django's cache.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from . import words
from .client import Piggy
from .deadline import Deadline
from .errors import PiggyError, PiggyUnauthorized, PiggyUnavailable

T = TypeVar("T")
Question = Callable[[Piggy], Any]

DEFAULT_THREADS = 60
HEAD_START = 0.015  # s in which the threads get their calls out before the caller's own work competes with them


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What one question brought: `value`, or `error`; and when (`read_at`, aware, UTC)."""

    read_at: datetime
    value: T | None = None
    error: PiggyError | None = None

    @property
    def ok(self) -> bool:
        return self.error is None

    def get(self) -> T:
        """The value; raises the error if there is one."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # None is a value some questions have


def gather(
    piggy: Piggy,
    calls: Mapping[str, Question],
    *,
    seconds: float,
    threads: int = DEFAULT_THREADS,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, Answer[Any]]:
    """Ask all `calls` at once, reads only, and bring every answer within `seconds`.

    One that fails leaves the others as they are; one that is late is PiggyUnavailable, and is not waited for. When the
    budget or the token cannot be had, that is everybody's error. What is no PiggyError (a mistake of ours) is raised.

    `meanwhile` is work of the caller's own (our database, say), done in its thread while Piggy is on its way.
    """
    deadline = Deadline(seconds)
    try:
        token = piggy.pay_for(len(calls), deadline)
    except PiggyError as exc:
        if meanwhile is not None:
            meanwhile()
        return {name: Answer(datetime.now(UTC), error=exc) for name in calls}
    answers = _ask(piggy, calls, token, deadline, threads, meanwhile)
    refused = {name: calls[name] for name, answer in answers.items() if isinstance(answer.error, PiggyUnauthorized)}
    if refused:
        answers.update(_ask_with_another_token(piggy, refused, token, deadline, threads))
    return answers


def _ask_with_another_token(
    piggy: Piggy, refused: Mapping[str, Question], token: str, deadline: Deadline, threads: int
) -> dict[str, Answer[Any]]:
    """The refused ones once more, if there is another token; nothing otherwise, and their first error stands."""
    try:
        other = piggy.renewed_token(token, deadline)
        if other is None:
            return {}
        piggy.pay_for(len(refused), deadline)
    except PiggyError:
        return {}
    return _ask(piggy, refused, other, deadline, threads)


def _ask(
    piggy: Piggy,
    calls: Mapping[str, Question],
    token: str,
    deadline: Deadline,
    threads: int,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, Answer[Any]]:
    pool = executor(threads)
    asked: dict[str, Future[Answer[Any]]] = {
        name: pool.submit(copy_context().run, _answer, call, piggy.for_pool_thread(token=token, deadline=deadline))
        for name, call in calls.items()
    }
    if meanwhile is not None:
        wait(asked.values(), timeout=min(HEAD_START, deadline.left()))
        meanwhile()
    wait(asked.values(), timeout=deadline.left())
    return {name: _taken(future, deadline) for name, future in asked.items()}


def _answer(call: Question, piggy: Piggy) -> Answer[Any]:
    try:
        value = call(piggy)
    except PiggyError as exc:
        return Answer(datetime.now(UTC), error=exc)
    return Answer(datetime.now(UTC), value=value)


def _taken(future: Future[Answer[Any]], deadline: Deadline) -> Answer[Any]:
    if future.done():
        return future.result()
    future.cancel()  # if it waits for a thread, it need not begin; if it runs, its own deadline ends it
    return Answer(datetime.now(UTC), error=PiggyUnavailable(words.silence(deadline.seconds)))


# The threads -------------------------------------------------------------------------------------------------------

_lock = threading.Lock()
_pools: dict[tuple[int, int], ThreadPoolExecutor] = {}


def executor(threads: int) -> ThreadPoolExecutor:
    """This process's pool of `threads`, made at its first use: after a fork, for threads do not survive one."""
    key = (os.getpid(), max(1, threads))
    with _lock:
        if key not in _pools:
            for old in [old for old in _pools if old[0] == key[0]]:
                _pools.pop(old).shutdown(wait=False)
            _pools[key] = ThreadPoolExecutor(max_workers=key[1], thread_name_prefix="piggy")
        return _pools[key]
