"""What leads a customer to their own pages, and credits that whoever scans them first gets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .account import Shop
from .base import Payload
from .contacts import ContactRef


class PortalAuthUrl(Payload, frozen=True):
    """`url` signs whoever opens it in as the customer: a secret."""

    url: str


class PortalSession(Payload, frozen=True):
    """`url` opens the session on any screen. `events` come with the answer to making one, and perhaps later."""

    uuid: str
    url: str
    contact: ContactRef | None = None
    shop: Shop | None = None
    events: list[Any] = []
    created_at: datetime | None = None

    @property
    def link(self) -> str:
        """Its address for a page; "" when it is none that a browser may be sent to."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


class ContactSessionToken(Payload, frozen=True):
    """`token` is what the customer's phone shows: a secret while `status` is "active". "used" is over."""

    token: str
    status: str
    contact: ContactRef | None = None


class MailSent(Payload, frozen=True):
    """`message` is "success" in every capture."""

    message: str
    data: Any = None
