"""How often Piggy may be called: two budgets, people's and jobs', shared by all processes.

Piggy documents no rate limit; captures show `X-RateLimit-Limit: 5000` without its window, and Piggy's own Magento
module keeps to 5 calls a second. So people get `PIGGY_RATE_PER_SECOND` and jobs `PIGGY_JOB_RATE_PER_SECOND`, each with
a burst of one second's worth, by the generic cell rate algorithm: one time stamp per budget says until when it is
spent. They are apart, so jobs never make people wait.

Beside the time stamps the row remembers, for all processes:
- the `Retry-After` of a 429: everybody waits for it when it fits the deadline, and is told so at once when it does not;
- `X-RateLimit-Remaining` under a fifth of `X-RateLimit-Limit`: jobs pause for `LOW_PAUSE` seconds.
Both are bounded (`LONGEST_PAUSE`): one odd header must not close the shop.

Calls are taken n at once, in the caller's thread. That, two budgets with pauses in common, and rates that a setting
may change at any moment, is why this is not pyrate-limiter: its buckets have fixed rates, know no pause, and count the
calls of n one by one.

A rate of 0 is no budget: the store is then not touched, and a `Retry-After` holds only for the call that got it.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from . import words
from .deadline import Deadline
from .errors import PiggyNotSent, PiggyRateLimited, retry_after

logger = logging.getLogger("piggyadmin.piggy")

Kind = Literal["people", "jobs"]

LOW_SHARE = 0.2
LOW_PAUSE = 10.0  # s
LONGEST_PAUSE = 300.0  # s that a Retry-After is remembered at most
LONGEST_DEBT = 60.0  # s that calls can be booked ahead
NOTE_EVERY = 1.0  # s between two notes of this process about a nearly used up limit


@dataclass(frozen=True, slots=True)
class Spent:
    """The row of one account, in seconds of the store's clock: until when each budget is spent and calls are paused."""

    people: float = 0.0
    jobs: float = 0.0
    paused: float = 0.0
    jobs_paused: float = 0.0


@dataclass(frozen=True, slots=True)
class Use:
    """One budget at one moment: calls `taken` and not yet earned back, calls a second (0: no limit), seconds paused.

    One second's worth may be taken at once; more than that waits.
    """

    taken: float
    rate: float
    paused: float = 0.0


class StoreError(Exception):
    """The store of the budgets cannot be read or written."""


class Store(Protocol):
    """Keeps the rows. `change` calls `how(now, row)` with the row locked for all processes and stores what it returns.

    When `how` raises, nothing is stored. Raises StoreError when the store itself fails.
    """

    def change(self, account: str, how: Callable[[float, Spent], Spent]) -> None: ...


class Budget:
    """The budgets of one account at Piggy. `rates` are calls a second; `account` any text that is the account's own."""

    def __init__(
        self,
        store: Store,
        *,
        account: str,
        rates: Mapping[Kind, float],
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._account = hashlib.sha256(account.encode()).hexdigest()[:32]
        self._rates = rates
        self._sleep = sleep
        self._clock = clock
        self._noted: float | None = None

    def take(self, kind: Kind, n: int, deadline: Deadline) -> None:
        """Take `n` calls and sleep until they may go. Raises as `reserve` does when that is after the deadline."""
        pause = self.reserve(kind, n, deadline.left())
        if pause > 0:
            self._sleep(pause)

    def reserve(self, kind: Kind, n: int, within: float) -> float:
        """Take `n` calls and say in how many seconds they may go, all together.

        When that is more than `within` nothing is taken: PiggyRateLimited if Piggy asked for the pause, else
        PiggyNotSent (too much at once, or the store cannot be reached).
        """
        rate = self._rates.get(kind, 0.0)
        if rate <= 0:
            return 0.0
        found = 0.0

        def spend(now: float, row: Spent) -> Spent:
            nonlocal found
            changed, found = _spend(row, now, kind=kind, n=n, rate=rate, within=within)
            return changed

        try:
            self._store.change(self._account, spend)
        except StoreError as exc:
            logger.error("the store of the call budgets fails: %s", exc)
            raise PiggyNotSent("The count of calls to Piggy cannot be kept. Nothing was sent. Tell an admin.") from exc
        return found

    def seen(self, status: int, headers: Mapping[str, str]) -> None:
        """Note what an answer says about the limit: a 429's Retry-After, or that little is left."""
        if not any(rate > 0 for rate in self._rates.values()):
            return
        if status == 429:
            pause = min(retry_after(headers), LONGEST_PAUSE)
            self._note(lambda now, row: replace(row, paused=max(row.paused, now + pause)))
        elif _is_low(headers) and self._may_note():
            self._note(lambda now, row: replace(row, jobs_paused=now + LOW_PAUSE))

    def use(self) -> dict[Kind, Use]:
        """How much of each budget is taken now, and for how long its calls pause. Raises StoreError."""
        found: dict[Kind, Use] = {}

        def look(now: float, row: Spent) -> Spent:
            paused = _plausible(row.paused, now, LONGEST_PAUSE) - now
            for kind, rate in self._rates.items():
                spent = row.jobs if kind == "jobs" else row.people
                taken = (_plausible(spent, now, LONGEST_DEBT + max(rate, 1.0) / rate) - now) * rate if rate > 0 else 0.0
                low = _plausible(row.jobs_paused, now, LONGEST_PAUSE) - now if kind == "jobs" else 0.0
                found[kind] = Use(taken, rate, max(paused, low))
            return row

        self._store.change(self._account, look)
        return found

    def _may_note(self) -> bool:
        now = self._clock()
        if self._noted is not None and now - self._noted < NOTE_EVERY:
            return False
        self._noted = now
        return True

    def _note(self, how: Callable[[float, Spent], Spent]) -> None:
        try:
            self._store.change(self._account, how)
        except StoreError as exc:  # the answer is here; a note that cannot be kept must not cost it
            logger.error("the store of the call budgets fails: %s", exc)


def _spend(row: Spent, now: float, *, kind: Kind, n: int, rate: float, within: float) -> tuple[Spent, float]:
    """The row after `n` calls, and the seconds until they may go. Raises when that is more than `within`."""
    burst = max(rate, 1.0) / rate  # s
    spent = _plausible(row.jobs if kind == "jobs" else row.people, now, LONGEST_DEBT + burst) + n / rate
    pauses = [row.paused, row.jobs_paused] if kind == "jobs" else [row.paused]
    asked = max(_plausible(end, now, LONGEST_PAUSE) for end in pauses) - now
    if asked > within:
        raise PiggyRateLimited(words.wait(asked), retry_after=asked)
    pause = max(asked, spent - burst - now)
    if pause > within or spent - burst - now > LONGEST_DEBT:
        raise PiggyNotSent(words.BUSY)
    return (replace(row, jobs=spent) if kind == "jobs" else replace(row, people=spent)), max(0.0, pause)


def _plausible(stamp: float, now: float, ahead: float) -> float:
    """A stamp, not before `now`. None is ever set further `ahead`: one that is, is of before the clock was set back."""
    return stamp if now < stamp <= now + ahead else now


def limit_in(headers: Mapping[str, str]) -> tuple[int, int] | None:
    """Piggy's own limit and what is left of it, where an answer says both."""
    try:
        return int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"])
    except (KeyError, ValueError):
        return None


def _is_low(headers: Mapping[str, str]) -> bool:
    limit, left = limit_in(headers) or (0, 0)
    return limit > 0 and left < limit * LOW_SHARE


class Purse:
    """What one thread may spend: first the calls that were taken for it beforehand, then single ones."""

    def __init__(self, budget: Budget | None, kind: Kind, *, paid: int = 0) -> None:
        self._budget = budget
        self.kind = kind
        self._paid = paid
        self._lock = threading.Lock()

    def take(self, deadline: Deadline) -> None:
        with self._lock:
            if self._paid > 0:
                self._paid -= 1
                return
        if self._budget:
            self._budget.take(self.kind, 1, deadline)

    def take_for(self, calls: int, deadline: Deadline) -> None:
        """Take for several calls at once, which other purses then hold as `paid`."""
        if self._budget:
            self._budget.take(self.kind, calls, deadline)

    def reserve(self, within: float) -> float:
        return self._budget.reserve(self.kind, 1, within) if self._budget else 0.0

    def seen(self, status: int, headers: Mapping[str, str]) -> None:
        if self._budget:
            self._budget.seen(status, headers)

    def paid(self, calls: int) -> Purse:
        return Purse(self._budget, self.kind, paid=calls)
