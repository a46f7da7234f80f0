"""Customers, their cards, balances and tiers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..prepass import MisfitError, moment
from .base import Payload
from .subscriptions import Subscription


class ContactRef(Payload, frozen=True):
    uuid: str
    email: str | None = None


class CreditBalance(Payload, frozen=True):
    balance: int | None = None  # credits


class PrepaidBalance(Payload, frozen=True):
    balance_in_cents: int | None = None
    balance: str | None = None  # Piggy's own writing of it, "€12.50"


class Tier(Payload, frozen=True):
    uuid: str | None = None
    name: str | None = None
    description: str | None = None
    position: int | None = None
    media: Any = None


class Contact(Payload, frozen=True):
    """A customer. `current_values` trails behind: after a claim it may hold the old address for a while.

    So balances are only ever read from `credit_balance` and `prepaid_balance` (None: Piggy did not say), and the
    e-mail address only from the top level.
    """

    uuid: str
    email: str | None = None
    tier: Tier | None = None
    subscriptions: list[Subscription] = []
    credit_balance: CreditBalance | None = None
    prepaid_balance: PrepaidBalance | None = None
    attributes: Any = None  # deprecated by Piggy, kept as it came
    current_values: dict[str, Any] = {}
    current_display_values: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """First and last name, "" when Piggy knows neither."""
        return " ".join(part for part in (self.value("firstname"), self.value("lastname")) if part)

    @property
    def phone(self) -> str:
        return self.value("phonenumber")

    @property
    def credits(self) -> int | None:
        return self.credit_balance.balance if self.credit_balance else None

    @property
    def prepaid_cents(self) -> int | None:
        return self.prepaid_balance.balance_in_cents if self.prepaid_balance else None

    @property
    def tier_name(self) -> str:
        """ "" for a contact without a tier, which comes as null, as [] and as a tier without a name."""
        return (self.tier.name if self.tier else None) or ""

    @property
    def is_anonymous(self) -> bool:
        """Whether the contact has no address of its own.

        Just after a claim the top level has the new address while `current_values` still says anonymous and holds the
        invented one: then the top level is right.
        """
        if self.value("is_anonymous").lower() not in ("true", "1"):
            return False
        inner = self.value("email")
        return not (inner and self.email and inner.casefold() != self.email.casefold())

    @property
    def known_email(self) -> str:
        """The address people may see and write to: "" for an anonymous contact, whose address is invented."""
        return "" if self.is_anonymous else (self.email or "")

    @property
    def created_at(self) -> datetime | None:
        return self._moment("created_at")

    @property
    def updated_at(self) -> datetime | None:
        return self._moment("updated_at")

    def value(self, name: str) -> str:
        """A contact attribute as text: the typed value, else Piggy's display value, else ""."""
        for values in (self.current_values, self.current_display_values):
            found = values.get(name)
            if isinstance(found, str | int | float) and found != "":
                return str(found).strip()
        return ""

    def _moment(self, name: str) -> datetime | None:
        try:
            found = moment(self.current_values.get(name))
        except MisfitError:  # one odd date is no reason to lose the customer
            return None
        return found if isinstance(found, datetime) else None


class ContactIdentifier(Payload, frozen=True):
    """A card or another number that leads to a contact; `contact` is None while unlinked."""

    value: str
    name: str | None = None
    active: bool | None = None
    default: bool | None = None  # only in the list of one contact
    contact: ContactRef | None = None


class ContactCreated(Payload, frozen=True):
    """All that Piggy tells of a contact it has just made: read it to know more."""

    uuid: str


class VerificationSent(Payload, frozen=True):
    type: str  # "Success", in either case


class ContactVerified(Payload, frozen=True):
    """The contact whose address the code proved."""

    uuid: str
