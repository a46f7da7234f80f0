"""Credits, prepaid money, rewards and the programme."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .account import Shop
from .base import Payload
from .contacts import ContactIdentifier, ContactRef, CreditBalance, PrepaidBalance


class ContactWithBalance(ContactRef, frozen=True):
    credit_balance: CreditBalance | None = None  # after the transaction, as far as captures show


class Unit(Payload, frozen=True):
    name: str | None = None
    label: str | None = None
    prefix: str | None = None
    is_default: bool | None = None


class LoyaltyProgram(Payload, frozen=True):
    id: str | None = None
    name: str | None = None
    max_amount: int | None = None  # credits in one go
    custom_credit_name: str | None = None
    unit: Unit | None = None


class Reward(Payload, frozen=True):
    """Custom attributes stand in `extra`. `expiration_duration` is in seconds, `stock` None is without limit."""

    uuid: str
    title: str | None = None
    description: str | None = None
    required_credits: int | None = None
    reward_type: str | None = None  # PHYSICAL, DIGITAL
    type: str | None = None  # the same again, in lists
    is_active: bool | None = None
    active: bool | None = None
    stock: int | None = None
    pre_redeemable: bool | None = None
    expiration_duration: int | None = None
    cost_price: float | None = None
    media: Any = None
    id: Any = None
    extra: dict[str, Any] = {}


class Transaction(Payload, frozen=True, tag_field="type"):
    """What all loyalty transactions share. `credits` is signed; loyalty transaction attributes stand in `extra`."""

    uuid: str
    credits: int
    created_at: datetime
    contact: ContactWithBalance | None = None
    shop: Shop | None = None
    contact_identifier: ContactIdentifier | None = None
    channel: str | None = None
    extra: dict[str, Any] = {}


class CreditReception(Transaction, frozen=True, tag="credit_reception"):
    """Credits given (or taken, below zero). `extra["piggyadmin_act"]` is our mark, where the account returns it."""

    unit_value: float | None = None  # major units, 10.40
    unit: Unit | None = None


class RewardReception(Transaction, frozen=True, tag="reward_reception"):
    title: str | None = None
    reward: Reward | None = None
    expires_at: datetime | None = None
    has_been_collected: bool | None = None


class DigitalRewardReception(Transaction, frozen=True, tag="digital_reward_reception"):
    title: str | None = None
    digital_reward: Reward | None = None
    digital_reward_code: Any = None  # a secret of the customer's, kept out of `extra`


class CollectableReward(Payload, frozen=True):
    """A claim that waits to be handed over. `uuid` is that of the claim among the loyalty transactions."""

    uuid: str
    created_at: datetime
    title: str | None = None
    contact: ContactWithBalance | None = None
    reward: Reward | None = None
    expires_at: datetime | None = None
    has_been_collected: bool | None = None


class CollectableRewardRedemption(Payload, frozen=True):
    """A hand-over. `uuid` is its own, to undo it with; `has_been_collected` stands in older answers alone."""

    uuid: str | None = None
    status: str | None = None  # COLLECTED, REVERSED
    has_been_collected: bool | None = None


LoyaltyTransaction = CreditReception | RewardReception | DigitalRewardReception


class PrepaidTransaction(Payload, frozen=True):
    """`amount_in_cents` is signed; `prepaid_balance` is the one after it."""

    uuid: str
    amount_in_cents: int
    created_at: datetime
    prepaid_balance: PrepaidBalance | None = None
    shop: Shop | None = None
    contact_identifier: ContactIdentifier | None = None
    contact: ContactRef | None = None


class CalculatedCredits(Payload, frozen=True):
    credits: int
