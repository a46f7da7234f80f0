"""Automations, as far as Piggy tells of them: not what they do."""

from __future__ import annotations

from datetime import datetime

from .base import Payload

RUNNABLE_EVENT = "contact_updated"


class Automation(Payload, frozen=True):
    """Older answers leave the uuid out, and without it an automation cannot be run."""

    name: str
    status: str = ""  # active, inactive
    event: str = ""  # what starts it: contact_updated, visit_created, ...
    uuid: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        return self.status.casefold() == "active"

    @property
    def can_be_run(self) -> bool:
        """Whether Piggy takes a run of it by hand."""
        return bool(self.uuid) and self.is_active and self.event == RUNNABLE_EVENT
