"""Who brought whom, and what both get for it."""

from __future__ import annotations

from typing import Any

from .base import Payload
from .contacts import ContactRef


class Referral(Payload, frozen=True):
    uuid: str
    status: str  # pending, completed, failed
    referring_contact: ContactRef | None = None
    referred_contact: ContactRef | None = None


class ReferralIncentive(Payload, frozen=True):
    """`data` by `type`: loyalty_points {points, business_profile{uuid,name}}; voucher {promotion{uuid,name}}."""

    type: str | None = None
    data: dict[str, Any] = {}


class CompletionEvent(Payload, frozen=True):
    type: str | None = None  # "loyalty_transaction" is the one in Piggy's example
    data: dict[str, Any] = {}


class ReferralSettings(Payload, frozen=True):
    completion_event: CompletionEvent | None = None
    limit_per_contact: int | None = None  # how many one customer may bring; None is no limit
    referred_contact_incentive: ReferralIncentive | None = None
    referring_contact_incentive: ReferralIncentive | None = None
