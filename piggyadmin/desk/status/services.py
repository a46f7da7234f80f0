"""How the dashboard and Piggy are doing: read from our own tables, and one call to Piggy."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from importlib import metadata
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from contacts.copy import jobs
from piggyadmin.catalogue.webhooks.asking import ask_about
from piggyadmin.desk.status import actions, of_answers, of_contacts, of_people, of_work
from piggyadmin.desk.status.checks import Check, Group, How
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record, was_begun

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    at: datetime
    groups: list[Group]
    version: str

    @property
    def needed(self) -> list[tuple[str, Check]]:
        """What somebody has to look at, with the title of its group."""
        return [(group.title, check) for group in self.groups for check in group.checks if check.needs_somebody]

    @property
    def is_fine(self) -> bool:
        return not self.needed

    @property
    def only_unknown(self) -> bool:
        return all(check.how == How.NOT_KNOWN for _, check in self.needed)

    def as_json(self) -> dict[str, Any]:
        """For a monitor. `state` is "fine" or "look"; each check has its own, "fact" and "under way" need nobody."""
        return {
            "state": "fine" if self.is_fine else "look",
            "at": self.at.isoformat(timespec="seconds"),
            "version": self.version,
            "checks": {
                f"{group.key}.{check.key}": {"state": str(check.how), "says": check.says, **check.figures}
                for group in self.groups
                for check in group.checks
            },
        }


def status(*, proposed_address: str) -> Status:
    """Everything, now. One part that cannot be read says so; the others stand. Never raises for Piggy's failures."""
    at = timezone.now()
    asked = ask_about(proposed=proposed_address)
    parts: list[tuple[str, str, Callable[[], list[Check]]]] = [
        ("piggy", "Piggy", lambda: [*of_work.piggy_checks(asked), *of_answers.answer_checks()]),
        ("copy", "Copy of contacts", of_contacts.copy_checks),
        ("webhooks", "Webhooks", partial(of_contacts.webhook_checks, asked.told)),
        ("duplicates", "Duplicates", of_people.duplicate_checks),
        ("held", "Merges and deletions", of_people.held_checks),
        ("jobs", "Background work", of_work.job_checks),
        ("ledger", "Ledger", of_work.ledger_checks),
    ]
    return Status(at, [Group(key, title, _read(key, part)) for key, title, part in parts], version())


def _read(key: str, part: Callable[[], list[Check]]) -> list[Check]:
    try:
        return part()
    except Exception:
        logger.exception("the status of %s could not be read", key)
        return [Check("unread", "This part", "could not be read", How.LOOK, "The log says why.")]


def read_all(*, actor: Actor, token: str) -> bool:
    """Have all contacts read, or go on with the reading that is under way. False: this form did it before.

    Raises PermissionDenied.
    """
    with transaction.atomic():
        if was_begun(token):
            return False
        record(actions.READ_ALL, by=actor, target=Target("copy", ""), form_token=token)
        jobs.read_all()
    return True


@cache
def version() -> str:
    """Of the dashboard, and of what it runs on."""
    try:
        ours = metadata.version("piggyadmin")
    except metadata.PackageNotFoundError:  # run from a folder, never installed
        ours = "not installed"
    return (
        f"piggyadmin {ours} ({settings.PIGGYADMIN_ENV}), Django {django.get_version()}, "
        f"Python {platform.python_version()}, {connection.vendor}"
    )
