"""What a scan has read, held in this process from one of its tasks to the next: reading a million takes long."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from contacts.duplicates import reading
from contacts.duplicates.engine.keys import Keys
from contacts.duplicates.engine.levels import Comparer
from contacts.duplicates.reading import Everybody

SECONDS = 60  # that nobody asks for it, after which it is let go: another worker has the next task
_lock = threading.Lock()


@dataclass(frozen=True)
class Held:
    scan_id: UUID
    everybody: Everybody

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.everybody.columns)

    @cached_property
    def comparer(self) -> Comparer:
        return Comparer(self.everybody.columns)


_held: Held | None = None
_timer: threading.Timer | None = None


def hold(scan_id: UUID) -> Held:
    """All contacts, as this process has read them for this scan."""
    global _held, _timer
    with _lock:
        found = _held if _held is not None and _held.scan_id == scan_id else None
    found = found or Held(scan_id, reading.everybody())
    with _lock:
        if _timer is not None:
            _timer.cancel()
        _held, _timer = found, threading.Timer(SECONDS, let_go, [scan_id])
        _timer.daemon = True
        _timer.start()
    return found


def let_go(scan_id: UUID) -> None:
    """Give the memory back."""
    global _held
    with _lock:
        if _held is not None and _held.scan_id == scan_id:
            _held = None
