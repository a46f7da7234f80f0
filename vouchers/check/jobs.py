"""The sweeper: free locks of ours that nobody used within two minutes, so that no till waits for an hour."""

import logging
import time

from django.utils import timezone

from piggyadmin import piggy
from vouchers.check import locks, services

logger = logging.getLogger(__name__)

JOB_SECONDS = 20.0  # a task of the worker is ended at 30 s


def release_stale_locks() -> int:
    """Release every stale lock, one act each. Returns how many were freed. What is left waits for the next minute."""
    until = time.monotonic() + JOB_SECONDS
    locks.end_lapsed(timezone.now())
    freed = 0
    with piggy.as_job():
        for own in locks.stale(timezone.now()):
            if time.monotonic() > until:
                break
            try:
                freed += services.release_stale(own=own).done
            except Exception:
                # One lock that trips must not keep all others locked.
                logger.exception("a stale lock could not be released")
    return freed
