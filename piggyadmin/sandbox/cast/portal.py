"""The demo's session token: what Wilhelmina's phone shows instead of her card, and one that was used."""

from __future__ import annotations

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.make import make

OF_CARD = "2600441700810092"
TOKENS = {"phone-wilhelmina-26": "active", "phone-used-26": "used"}


def add_session_tokens(account: Account) -> None:
    card = account.table("identifier").get(OF_CARD)
    assert card is not None
    for token, status in TOKENS.items():
        make(account, "session_token", {"token": token, "contact_uuid": card["contact_uuid"], "status": status})
