"""What signs a contact in."""

from __future__ import annotations

from .base import Payload


class AuthToken(Payload, frozen=True):
    """`auth_token` is a credential: `repr()` leaves it out, and it is put into no log, row or session."""

    auth_token: str
