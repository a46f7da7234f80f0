"""Orders of the tills. All amounts are whole cents of the order's own currency."""

from __future__ import annotations

from datetime import datetime

from .account import Shop
from .base import Payload
from .contacts import ContactRef


class OrderProduct(Payload, frozen=True):
    external_identifier: str | None = None
    name: str | None = None


class OrderSubLine(Payload, frozen=True):
    """What belongs to a line, oat milk in a coffee. Its total is not part of the line's."""

    external_identifier: str | None = None
    name: str | None = None
    quantity: float | None = None
    price: int | None = None
    total_amount: int | None = None
    discount_amount: int | None = None


class OrderLine(Payload, frozen=True):
    """`price` is that of one, `total_amount` what the line cost after its discounts."""

    external_identifier: str | None = None
    name: str | None = None
    quantity: float | None = None
    price: int | None = None
    total_amount: int | None = None
    discount_amount: int | None = None
    product: OrderProduct | None = None
    sub_line_items: list[OrderSubLine] = []


class OrderDiscount(Payload, frozen=True):
    """`amount` is what came off; `value` the percentage or sum that it was worked out from, as `type` says."""

    external_identifier: str | None = None
    name: str | None = None
    amount: int | None = None
    type: str | None = None  # PERCENTAGE, ABSOLUTE
    value: float | None = None
    applied_to: str | None = None  # ORDER, ORDER_LINES, LINE_ITEM, ...: Piggy's own pages differ


class OrderCharge(Payload, frozen=True):
    """Service, a tip, shipping, tax."""

    external_identifier: str | None = None
    name: str | None = None
    amount: int | None = None
    discount_amount: int | None = None
    total_amount: int | None = None


class Order(Payload, frozen=True):
    """A purchase as a till told it. `external_identifier` is the till's own number of it."""

    uuid: str
    external_identifier: str
    status: str  # CREATED, PENDING, COMPLETED, CANCELLED
    payment_status: str  # UNPAID, PENDING, PAID
    contact: ContactRef | None = None
    business_profile: Shop | None = None  # the shop, in Piggy's newer word
    reference: str | None = None
    currency: str | None = None  # ISO 4217
    formatted_total_order_amount: str | None = None
    order_amount: int | None = None
    total_charges_amount: int | None = None
    total_discount_amount: int | None = None
    total_order_amount: int | None = None
    paid_at: datetime | None = None
    completed_at: datetime | None = None
    line_items: list[OrderLine] = []
    applied_discounts: list[OrderDiscount] = []
    charges: list[OrderCharge] = []
    created_at: datetime | None = None
    updated_at: datetime | None = None


class OrderPoints(Payload, frozen=True):
    points: int | None = None
    new_balance: int | None = None  # not told of a simulation


class OrderResult(Payload, frozen=True):
    """What an order brings its customer. What comes where the account has no rule for orders is not documented."""

    type: str | None = None  # "points_transaction", in either case
    data: OrderPoints | None = None

    @property
    def points(self) -> int | None:
        """Credits; None where Piggy tells of none."""
        return self.data.points if self.data else None
