"""A moment by which an answer must be there. Waiting, sleeping and calling all count against it."""

import time
from collections.abc import Callable

HARDLY_ANYTHING = 0.005  # s; with less than this left a call is not worth starting


class Deadline:
    """`seconds` from now on a clock that no summer time and no time server turns back."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds until the deadline, never below 0."""
        return max(0.0, self._end - self._clock())

    @property
    def passed(self) -> bool:
        return self.left() <= HARDLY_ANYTHING

    def __repr__(self) -> str:
        return f"Deadline({self.seconds}, left={self.left():.3f})"
