"""What Piggy tells on its own."""

from __future__ import annotations

from datetime import datetime

from .base import Payload


class WebhookSubscription(Payload, frozen=True):
    """A wish to be told of an event. The secret that signs it is never told again."""

    uuid: str
    name: str | None = None
    event_type: str | None = None
    url: str | None = None
    properties: list[str] = []  # the attributes that contact_updated watches; may be missing in lists
    status: str | None = None  # ACTIVE, INACTIVE
    version: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
