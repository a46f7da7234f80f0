"""Which reads are tried again, and when: httpx-retries, taught that there is a deadline.

As it comes, httpx-retries honours `Retry-After: 60` with one second left by waiting that second and asking too early,
and counts only its own sleeping as time. Here a read is tried again, at most twice, only when the whole pause and a
call fit into what is left. Writes never pass here: their client has no retry transport at all.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable

import httpx
from httpx_retries import Retry

from .deadline import Deadline
from .errors import PiggyError, retry_after

MOST_RETRIES = 2
FIRST_PAUSE = 0.1  # s, doubled for the second, each shortened at random by up to half
SHORTEST_CALL = 0.1  # s that must be left after the pause
STATUSES = frozenset({429, 500, 502, 503, 504})

Reserve = Callable[[float], float]
Seen = Callable[[httpx.Response], None]

NEVER = Retry(total=0)


class TryAgain(Exception):
    """Raised by the check of an answer that is worth another try."""


class DeadlineRetry(Retry):
    """The retries of one read.

    `reserve(within)` takes a call out of the budget and says in how many seconds it may go, or raises a PiggyError when
    that is later than `within`. `seen(response)` is told of each answer that is thrown away for another try.
    """

    def __init__(
        self,
        deadline: Deadline,
        *,
        reserve: Reserve = lambda within: 0.0,
        seen: Seen = lambda response: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(total=MOST_RETRIES, allowed_methods=["GET"])
        self._deadline = deadline
        self._reserve = reserve
        self._seen = seen
        self._sleep = sleep
        self._pause = 0.0
        self.validate_response = self._check

    def increment(self) -> DeadlineRetry:
        """The next attempt's Retry. The library would build it from its own arguments and lose ours."""
        following = copy.copy(self)
        following.attempts_made += 1
        following.validate_response = following._check
        return following

    def is_retryable_status_code(self, status_code: int) -> bool:
        """Never by the status alone: `_check` has the headers and decides."""
        return False

    def _check(self, response: httpx.Response) -> None:
        if response.status_code in STATUSES:
            self._seen(response)
            asked = retry_after(response.headers) if "Retry-After" in response.headers else 0.0
            if self._fits(asked):
                raise TryAgain

    def is_retryable_exception(self, exception: Exception) -> bool:
        """A failed call, if there is time; an answer worth another try was judged already."""
        if isinstance(exception, TryAgain):
            return True
        return super().is_retryable_exception(exception) and self._fits(0.0)

    def _fits(self, asked: float) -> bool:
        backoff = FIRST_PAUSE * 2**self.attempts_made * random.uniform(0.5, 1)  # noqa: S311 (jitter, no secret)
        pause = max(asked, backoff)
        within = self._deadline.left() - SHORTEST_CALL
        if pause > within:
            return False
        try:
            self._pause = max(pause, self._reserve(within))
        except PiggyError:  # no budget in time: the failure that is at hand is the better answer
            return False
        return True

    def sleep(self, response: httpx.Response | Exception) -> None:
        self._sleep(self._pause)
        self.elapsed_sleep += self._pause
