"""One line for every call to Piggy, and a hook for whoever counts them.

The line holds the operation's name, never the path, the query, a body or the token: paths carry customers' ids, queries
their addresses.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger("piggyadmin.piggy")


@dataclass(frozen=True, slots=True)
class CallRecord:
    """How one call went. `status` and `code` are None where there is none; `error` is the class of the PiggyError.

    `kind` says whose budget paid. `left` of `limit` is what the answer said of Piggy's own limit, where it said it.
    """

    operation: str
    method: str
    status: int | None
    code: int | None
    milliseconds: int
    request_id: str
    error: str = ""
    detail: str = ""
    kind: str = "people"
    limit: int | None = None
    left: int | None = None


observers: list[Callable[[CallRecord], None]] = []


def observe(record: CallRecord) -> None:
    """Log a call and tell the observers. They run in the calling thread, perhaps a pool thread: no ORM there."""
    logger.info(
        "operation=%s method=%s status=%s code=%s ms=%d request_id=%s%s%s",
        record.operation,
        record.method,
        record.status or "-",
        record.code if record.code is not None else "-",
        record.milliseconds,
        record.request_id or "-",
        f" error={record.error}" if record.error else "",
        f" detail={record.detail!r}" if record.detail else "",
    )
    for observer in observers:
        try:
            observer(record)
        except Exception:  # a broken counter must not turn an answered call into a failed one
            logger.exception("a call observer failed")
