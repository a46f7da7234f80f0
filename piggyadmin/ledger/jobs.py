"""What the worker does for the ledger. Each may run twice at once, and ends well within a task's 30 seconds."""

import logging
from datetime import timedelta

from piggyadmin import piggy
from piggyadmin.ledger import approvals, settling, verifying

logger = logging.getLogger(__name__)

VERIFY_EVERY = timedelta(hours=1)
VERIFY_SECONDS = 15.0


def settle_open() -> int:
    """Every minute: see `settling.settle_open`. Requests that nobody decided in time are closed too."""
    approvals.expire_old()
    with piggy.as_job():
        return settling.settle_open()


def verify_chain() -> str:
    """Every minute: begin a verification once an hour, and go on with one that did not come to its end in one task."""
    if not verifying.is_due(VERIFY_EVERY):
        return "not yet"
    check = verifying.verify_within(VERIFY_SECONDS)
    if check.problem:
        logger.error("the ledger is broken at row %s: %s", check.broken_seq, check.problem)
    return str(check) if check.finished else f"read up to {check.seq}"
