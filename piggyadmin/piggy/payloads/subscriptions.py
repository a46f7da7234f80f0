"""What a customer wants to be written about."""

from __future__ import annotations

from .base import Payload

STATES = ("SUBSCRIBED", "PENDING_CONFIRMATION", "UNSUBSCRIBED")


class SubscriptionType(Payload, frozen=True):
    uuid: str | None = None  # a type without one cannot be addressed
    name: str | None = None
    description: str | None = None
    active: bool | None = None
    strategy: str | None = None  # OPT_OUT, OPT_IN, DOUBLE_OPT_IN


class Subscription(Payload, frozen=True):
    is_subscribed: bool | None = None
    status: str | None = None  # UNSUBSCRIBED, PENDING_CONFIRMATION, SUBSCRIBED; "0" or "1" in some answers
    subscription_type: SubscriptionType | None = None

    @property
    def state(self) -> str:
        """SUBSCRIBED, PENDING_CONFIRMATION or UNSUBSCRIBED, "" when Piggy says nothing readable.

        The word decides where there is one; an older 0 or 1 cannot tell pending from unsubscribed, so beside it
        `is_subscribed` does.
        """
        if self.status in STATES:
            return self.status or ""
        if self.is_subscribed is None:
            return {"1": "SUBSCRIBED", "0": "UNSUBSCRIBED"}.get(self.status or "", "")
        return "SUBSCRIBED" if self.is_subscribed else "UNSUBSCRIBED"
