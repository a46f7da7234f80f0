"""Vouchers, their locks and the promotions they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .base import Payload
from .contacts import ContactRef

MARK = "piggyadmin_act"


class Promotion(Payload, frozen=True):
    """`expiration_duration` is in seconds. Inside a voucher, custom attributes stand in `extra`."""

    uuid: str
    name: str | None = None
    description: str | None = None
    voucher_limit: int | None = None
    limit_per_contact: int | None = None
    expiration_duration: int | None = None
    type: str | None = None
    redemptions_per_voucher: int | None = None
    id: Any = None  # a number that nothing needs; named here to keep it out of `extra`
    media: Any = None
    attributes: dict[str, Any] = {}
    extra: dict[str, Any] = {}


class Voucher(Payload, frozen=True):
    """`status` is ACTIVE, REDEEMED, EXPIRED, DEACTIVATED, INACTIVE or LOCKED: Piggy's word, not derived from dates.

    Custom attributes stand in `attributes`, and in `extra` where Piggy writes them among its own keys.
    """

    uuid: str
    code: str
    status: str
    name: str | None = None
    description: str | None = None
    activation_date: datetime | None = None
    expiration_date: datetime | None = None
    redeemed_at: datetime | None = None
    is_redeemed: bool | None = None
    redemptions_remaining: int | None = None  # these three: in newer answers only, never in lists
    times_redeemed: int | None = None
    total_redemptions_allowed: int | None = None
    attributes: dict[str, Any] = {}
    contact: ContactRef | None = None
    promotion: Promotion | None = None
    extra: dict[str, Any] = {}

    @property
    def mark(self) -> str:
        """Which of our acts made it; "" for none of ours, and where the account does not bring marks back."""
        return str(self.attributes.get(MARK) or self.extra.get(MARK) or "")


class VoucherBatch(Payload, frozen=True):
    """Piggy's word that it will make so many vouchers; its uuid leads nowhere. `created_at` is text, in Dutch time."""

    uuid: str
    quantity: int
    status: str = ""
    type: str | None = None
    created_at: str | None = None


class VoucherRedemption(Payload, frozen=True):
    """Its uuid is the only way to reverse the redemption, and nothing tells it a second time."""

    uuid: str
    created_at: datetime | None = None


class RedeemedVoucher(Voucher, frozen=True):
    voucher_redemption: VoucherRedemption | None = None


class MultiRedeemedVoucher(Payload, frozen=True):
    """A voucher of several uses after some of them at once, each with the number that alone can take it back."""

    voucher: Voucher
    voucher_redemptions: list[VoucherRedemption] = []


class LockedVoucher(Payload, frozen=True):
    uuid: str
    status: str


class Lock(Payload, frozen=True):
    """`release_key` is a secret between Piggy and whoever locked. Piggy itself releases at `system_release_at`."""

    release_key: str
    locked_at: datetime | None = None
    unlocked_at: datetime | None = None
    system_release_at: datetime | None = None


class VoucherLock(Payload, frozen=True):
    voucher: LockedVoucher
    lock: Lock
