"""Both customers as Piggy shows them now, everything asked at once; and the pictures that are kept of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from contacts.models import Booking
from piggyadmin import piggy
from piggyadmin.codes import last_four
from piggyadmin.piggy import paging
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import (
    Contact,
    ContactIdentifier,
    LoyaltyTransaction,
    PrepaidTransaction,
    Subscription,
    Voucher,
)
from piggyadmin.piggy.pool import Answer, Question

TRANSACTIONS = 30
VOUCHERS = paging.VOUCHERS.most  # in one page; of more, all are counted and the newest are pictured
CONTACT_NOT_FOUND = 55031
# Ways to sign in as the customer, and links that act in their name: never kept.
SECRET = ("custom_app_login", "add_to_wallet", "subscription_preferences_url", "double_opt_in_confirmation_url")


class Gone(Exception):
    """Piggy does not have this contact (any more)."""

    def __init__(self, contact_uuid: str) -> None:
        super().__init__(contact_uuid)
        self.contact_uuid = contact_uuid


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told of one contact. Lists are the newest ones; `transactions_total` and so on count all."""

    contact: Contact
    cards: Sequence[ContactIdentifier]
    transactions: Sequence[LoyaltyTransaction]
    transactions_total: int | None
    prepaid: Sequence[PrepaidTransaction]
    vouchers: Sequence[Voucher]
    vouchers_total: int | None
    bookings: Sequence[Booking]  # those we know: Piggy cannot list them
    read_at: datetime

    @property
    def uuid(self) -> str:
        return self.contact.uuid

    @property
    def active_vouchers(self) -> int:
        return sum(voucher.status == "ACTIVE" for voucher in self.vouchers)

    @property
    def last_seen(self) -> datetime | None:
        return max((entry.created_at for entry in self.transactions), default=None)


def read(*uuids: str) -> list[Facts]:
    """These contacts, everything at once. Raises Gone, and what else kept any of it from being read."""
    answers = piggy.gather(
        {f"{name} {uuid}": question for uuid in uuids for name, question in _questions(uuid).items()},
        seconds=settings.PIGGY_TIMEOUT,
    )
    for uuid in uuids:
        _raise_gone(uuid, answers[f"contact {uuid}"])
    return [_facts(uuid, answers) for uuid in uuids]


def is_gone(contact_uuid: str) -> bool:
    """Whether Piggy says that it has no such contact (any more). Raises what kept it from saying so."""
    try:
        piggy.get_client().get_contact(contact_uuid=contact_uuid)
    except PiggyNotFound as error:
        if error.code != CONTACT_NOT_FOUND:
            raise
        return True
    return False


def _questions(uuid: str) -> dict[str, Question]:
    return {
        "contact": lambda client: client.get_contact(contact_uuid=uuid),
        "cards": lambda client: client.list_identifiers(contact_uuid=uuid),
        "transactions": lambda client: client.list_loyalty_transactions(contact_uuid=uuid, limit=TRANSACTIONS),
        "prepaid": lambda client: client.list_prepaid_transactions(contact_uuid=uuid, limit=TRANSACTIONS),
        "vouchers": lambda client: client.list_vouchers(contact_uuid=uuid, limit=VOUCHERS),
    }


@contextmanager
def asking_about(contact_uuid: str) -> Iterator[None]:
    """Raises Gone when what is asked inside finds that Piggy has no such contact (any more)."""
    try:
        yield
    except PiggyRejected as error:
        if _says_gone(error):
            raise Gone(contact_uuid) from error
        raise


def _raise_gone(uuid: str, answer: Answer[Any]) -> None:
    if _says_gone(answer.error):
        raise Gone(uuid) from answer.error


def _says_gone(error: Exception | None) -> bool:
    return isinstance(error, PiggyInvalid) or (isinstance(error, PiggyNotFound) and error.code == CONTACT_NOT_FOUND)


def _facts(uuid: str, answers: Mapping[str, Answer[Any]]) -> Facts:
    transactions, prepaid = answers[f"transactions {uuid}"].get(), answers[f"prepaid {uuid}"].get()
    vouchers = answers[f"vouchers {uuid}"].get()
    return Facts(
        contact=answers[f"contact {uuid}"].get(),
        cards=answers[f"cards {uuid}"].get(),
        transactions=transactions.items,
        transactions_total=transactions.total,
        prepaid=prepaid.items,
        vouchers=vouchers.items,
        vouchers_total=vouchers.total,
        bookings=list(Booking.objects.filter(contact_uuid=uuid).order_by("starts_at")),
        read_at=answers[f"contact {uuid}"].read_at,
    )


def picture(facts: Facts) -> dict[str, Any]:
    """What is kept of a contact before it is merged: the only thing left of it after."""
    contact = facts.contact
    values = {
        name: value
        for name, value in contact.current_values.items()
        if not name.startswith(SECRET) and isinstance(value, str | int | float | bool)
    }
    return {
        "read_at": facts.read_at.isoformat(),
        "name": contact.name,
        "last_name": contact.value("lastname"),
        "email": contact.known_email,
        "phone": contact.phone,
        "birthdate": contact.value("birthdate"),
        "address": contact.value("address"),
        "locale": contact.value("locale"),
        "tier": contact.tier_name,
        "is_anonymous": contact.is_anonymous,
        "created_at": contact.created_at.isoformat() if contact.created_at else "",
        "credits": contact.credits,
        "prepaid_cents": contact.prepaid_cents,
        "values": values,
        "subscriptions": [_subscription(each) for each in contact.subscriptions],
        "cards": [
            {
                "value": card.value,
                "name": card.name or "",
                "active": card.active is not False,
                "default": bool(card.default),
            }
            for card in facts.cards
        ],
        "transactions": [
            {"uuid": entry.uuid, "at": entry.created_at.isoformat(), "credits": entry.credits}
            for entry in facts.transactions
        ],
        "transactions_total": facts.transactions_total,
        "last_seen": facts.last_seen.isoformat() if facts.last_seen else "",
        "prepaid_transactions": [
            {"uuid": entry.uuid, "at": entry.created_at.isoformat(), "cents": entry.amount_in_cents}
            for entry in facts.prepaid
        ],
        "vouchers": [
            {
                "uuid": voucher.uuid,
                "code_end": last_four(voucher.code),
                "status": voucher.status,
                "promotion": (voucher.promotion.name if voucher.promotion else None) or voucher.name or "",
            }
            for voucher in facts.vouchers
        ],
        "vouchers_total": facts.vouchers_total,
        "bookings": [
            {
                "uuid": booking.piggy_uuid,
                "starts_at": booking.starts_at.isoformat() if booking.starts_at else "",
                "external_id": booking.external_id or "",
            }
            for booking in facts.bookings
        ],
    }


def _subscription(each: Subscription) -> dict[str, Any]:
    kind = each.subscription_type
    return {"name": (kind.name if kind else None) or "", "state": each.state}
