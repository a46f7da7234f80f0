"""A filter that Piggy ignores would show a stranger's data, so every filtered answer is checked, item by item.

A mismatch is never dropped silently: it raises PiggyFilterIgnored, a page of its own. So does an item that lacks the
field it was filtered by, because then nothing shows that the filter worked.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from . import words
from .errors import PiggyFilterIgnored
from .payloads import Contact, ContactIdentifier, ContactRef, LoyaltyTransaction, PrepaidTransaction, Visit, Voucher

Item = TypeVar("Item")

TRANSACTION_KINDS = {
    "credit_receptions": ("CreditReception",),
    "reward_receptions": ("RewardReception", "DigitalRewardReception"),
}


def check_all(
    items: Iterable[Item], of: Callable[[Item], str | None], wanted: str | None, *, field: str, operation: str
) -> None:
    """Every item has `wanted` where `of` looks; nothing is checked when `wanted` is None (no filter was sent)."""
    if wanted is None:
        return
    for item in items:
        if of(item) != wanted:
            raise ignored(field=field, operation=operation)


def ignored(*, field: str, operation: str) -> PiggyFilterIgnored:
    return PiggyFilterIgnored(words.NOT_ABOUT_IT, operation=operation, detail=f"filter {field} was not applied")


def contact_of(item: Voucher | LoyaltyTransaction | PrepaidTransaction | ContactIdentifier | Visit) -> str | None:
    return item.contact.uuid if item.contact else None


def shop_of(item: LoyaltyTransaction | PrepaidTransaction) -> str | None:
    return item.shop.uuid if item.shop else None


def promotion_of(voucher: Voucher) -> str | None:
    return voucher.promotion.uuid if voucher.promotion else None


def check_kinds(items: Iterable[LoyaltyTransaction], wanted: str | None, *, operation: str) -> None:
    if wanted is not None and any(type(item).__name__ not in TRANSACTION_KINDS[wanted] for item in items):
        raise ignored(field="type", operation=operation)


def check_email(found: Contact | ContactRef, wanted: str, *, operation: str) -> None:
    if not same_email(found.email, wanted):
        raise ignored(field="email", operation=operation)


def same_email(one: str | None, other: str) -> bool:
    """Addresses are compared without regard to case."""
    return (one or "").strip().casefold() == other.strip().casefold()


def check_attributes(contacts: Iterable[Contact], wanted: dict[str, str], *, operation: str) -> None:
    """Attribute filters: the e-mail as above, phone numbers by their digits, all else without regard to case."""
    for contact in contacts:
        for name, value in wanted.items():
            if not _same_attribute(contact, name, value):
                raise ignored(field=f"attributes[{name}]", operation=operation)


def check_created(
    contacts: Iterable[Contact], first: datetime | None, last: datetime | None, *, operation: str
) -> None:
    """Each contact was made between two moments, both included, as far as it tells. Piggy is told whole seconds."""
    for contact in contacts:
        made = contact.created_at
        if made is None:
            continue
        if (first and made < first.replace(microsecond=0)) or (last and made.replace(microsecond=0) > last):
            raise ignored(field="created_at", operation=operation)


def check_period(
    items: Iterable[LoyaltyTransaction], since: datetime | None, before: datetime | None, *, operation: str
) -> None:
    """Each transaction was made at `since` or later, and before `before`. Piggy is told whole seconds."""
    for item in items:
        made = item.created_at.replace(microsecond=0)
        if (since and made < since.replace(microsecond=0)) or (before and made >= before.replace(microsecond=0)):
            raise ignored(field="created_at", operation=operation)


def check_order(contacts: Iterable[Contact], *, newest_first: bool, operation: str) -> None:
    """The contacts stand in the order of their dates, as far as they tell. One page of many: it cannot be sorted here
    when Piggy did not."""
    dates = [contact.created_at for contact in contacts if contact.created_at]
    if dates != sorted(dates, reverse=newest_first):
        raise ignored(field="sort", operation=operation)


def _same_attribute(contact: Contact, name: str, value: str) -> bool:
    if name == "email":
        return same_email(contact.email, value)
    has = contact.value(name)
    if name == "phonenumber":
        return bool(digits(value)) and digits(has) == digits(value)
    return has.casefold() == value.strip().casefold()


def digits(phone: str) -> str:
    """A phone number for comparing: its digits, without the zeros before the country ("+31 6" is "00316")."""
    return "".join(character for character in phone if character.isdecimal() and character.isascii()).lstrip("0")


def in_order(
    items: list[Item], of: Callable[[Item], Any], *, newest_first: bool, whole: bool, operation: str
) -> list[Item]:
    """The items in the order that was asked for.

    A page that comes in another order shows that Piggy does not sort, so it is not the first page of that order and is
    refused. When it holds all there is (`whole`), it is simply put in order here.
    """
    ordered = sorted(items, key=of, reverse=newest_first)
    if whole or [of(item) for item in ordered] == [of(item) for item in items]:
        return ordered
    raise ignored(field="sort", operation=operation)
