"""Work of a request that nobody waits for: done in its thread once the answer has left.

It is lost when the process dies just then, so it may only be work that somebody else would make good.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from django.core.signals import request_finished, request_started

logger = logging.getLogger(__name__)
_waiting = threading.local()


def afterwards(work: Callable[[], Any]) -> None:
    """Do `work` when this thread's request is answered. A fault in it is logged, and harms nobody."""
    _list().append(work)


def _list() -> list[Callable[[], Any]]:
    if not hasattr(_waiting, "works"):
        _waiting.works = []
    works: list[Callable[[], Any]] = _waiting.works
    return works


def _begin(**kwargs: Any) -> None:
    _list().clear()


def _do(**kwargs: Any) -> None:
    works = _list()
    while works:
        try:
            works.pop(0)()
        except Exception:
            logger.exception("work after an answer failed")


request_started.connect(_begin, dispatch_uid="afterwards")
request_finished.connect(_do, dispatch_uid="afterwards")
