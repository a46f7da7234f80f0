"""Visits to the shops."""

from __future__ import annotations

from datetime import datetime

from .base import Payload
from .contacts import ContactRef


class Visit(Payload, frozen=True):
    """That somebody was there. The shop is taken when it is made, and in no answer."""

    uuid: str
    contact: ContactRef
    external_id: str | None = None
    source: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    created_at: datetime | None = None
