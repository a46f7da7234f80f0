"""The account: its shops and its tokens."""

from __future__ import annotations

from .base import Payload


class Shop(Payload, frozen=True):
    """`type` is physical, web or on_site. Beside a transaction `name` may be missing."""

    uuid: str
    name: str | None = None
    type: str | None = None
    reference: str | None = None


class AccessToken(Payload, frozen=True):
    """The answer of /oauth/token, which has no envelope. `expires_in` is in seconds."""

    access_token: str
    token_type: str | None = None
    expires_in: int | None = None
