"""The worker's part in Piggy's events: one task at a time reads contacts again, well within a task's 30 seconds."""

from __future__ import annotations

import logging

from django.core.cache import cache
from django.db import DatabaseError

from contacts.copy import hints
from piggyadmin import piggy
from piggyadmin.runs import tasks

logger = logging.getLogger(__name__)

WORK = "contacts.copy.hint_jobs.work_hints"
ASKED = "copy:hints-asked"
ASKED_FOR = 60  # s that a task that was asked for is waited for; a killed worker never says that it is done
SECONDS = 12.0  # after which no other contact is begun with: one takes two calls, and a worker ends a task at 30


def ask() -> None:
    """Have a worker go on with the hints, unless one is asked for. Never fails: the minute's job comes anyway."""
    try:
        # Looked at first: adding takes the database's one write lock, also when the mark stands already.
        if cache.get(ASKED) is None and cache.add(ASKED, True, ASKED_FOR):
            tasks.ask(WORK, group="webhooks")
    except DatabaseError:
        logger.exception("no worker could be asked to go on with the webhooks")


def work_hints() -> None:
    """The task: read contacts again, and leave another task if there is more to do at once."""
    try:
        with piggy.as_job():
            piggy_answers = hints.work(seconds=SECONDS)
    finally:
        cache.delete(ASKED)
    # Looked at after the mark is gone: what came in the meantime asked for nobody. A Piggy that is down can wait.
    if piggy_answers and hints.is_more():
        ask()


def go_on() -> int:
    """Every minute: prune what is old, and ask for a worker where hints are due; how many are."""
    hints.prune()
    waiting = hints.due().count()
    if waiting:
        ask()
    return waiting
