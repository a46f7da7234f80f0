"""What lets a contact in: the auth token: what the client asks for and what comes back."""

from typing import Any

READS: list[tuple[str, dict[str, Any], str, Any]] = []
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    (
        "get_contact_auth_token",
        {"contact_uuid": "c-1"},
        "GET",
        "/contact-verification/auth-token/c-1",
        None,
        {"auth_token": "ZXhhbXBsZQ=="},
    ),
]
