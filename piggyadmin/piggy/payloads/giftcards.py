"""Gift cards, what they come from, and what was put on them and spent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .account import Shop
from .base import Payload
from .vouchers import MARK


class GiftcardProgram(Payload, frozen=True):
    """Inside a card Piggy may leave all but the name out. Amounts are cents; None is no bound."""

    uuid: str | None = None
    name: str | None = None
    active: bool | None = None
    card_count: int | None = None
    expiration_days: int | None = None
    max_amount_in_cents: int | None = None
    min_amount_in_cents: int | None = None


class Giftcard(Payload, frozen=True):
    """`hash` is the code on the card and as good as cash. `amount_in_cents` is what is on it now.

    One that is not `upgradeable` takes money once.
    """

    uuid: str
    hash: str
    amount_in_cents: int
    id: Any = None  # a number: old transactions name their card by it alone
    type: str | None = None  # DIGITAL, PHYSICAL
    active: bool | None = None
    upgradeable: bool | None = None
    expiration_date: datetime | None = None
    giftcard_program: GiftcardProgram | None = None


class GiftcardRef(Payload, frozen=True):
    id: Any = None
    uuid: str | None = None


class GiftcardTransaction(Payload, frozen=True):
    """`amount_in_cents` is signed: below zero was spent. Very old ones have no uuid."""

    amount_in_cents: int
    created_at: datetime
    uuid: str | None = None
    type: str | None = None
    settled: bool | None = None
    card: GiftcardRef | None = None
    shop: Shop | None = None
    custom_attributes: dict[str, Any] = {}

    @property
    def mark(self) -> str:
        """Which of our acts made it; "" for none of ours, and where the account does not bring marks back."""
        return str(self.custom_attributes.get(MARK) or "")
