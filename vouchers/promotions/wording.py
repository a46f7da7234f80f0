"""A promotion's rules, and what states its vouchers are in, as people read them."""

from collections.abc import Mapping

from piggyadmin.piggy.payloads import Promotion
from piggyadmin.templatetags.words import thousands

DAY, HOUR, MINUTE = 86_400, 3_600, 60  # s
STATUSES: Mapping[str, str] = {
    "ACTIVE": "active",
    "REDEEMED": "redeemed",
    "INACTIVE": "not valid yet",
    "EXPIRED": "expired",
    "DEACTIVATED": "withdrawn",
    "LOCKED": "locked",
}
"""Piggy's states of a voucher, in the order of the page."""


def rules(promotion: Promotion) -> str:
    """ "At most 500 vouchers, 1 per customer, valid 30 days after it is made."."""
    told = []
    if promotion.voucher_limit is not None:
        told.append(f"at most {_counted(promotion.voucher_limit, 'voucher')}")
    if promotion.limit_per_contact is not None:
        told.append(f"{thousands(promotion.limit_per_contact)} per customer")
    if promotion.redemptions_per_voucher is not None and promotion.redemptions_per_voucher > 1:
        told.append(f"each good for {thousands(promotion.redemptions_per_voucher)} uses")
    if promotion.expiration_duration:
        told.append(f"valid {duration(promotion.expiration_duration)} after it is made")
    words = ", ".join(told or ["no limit", "valid without end unless a date is given"])
    return f"{words[0].upper()}{words[1:]}"


def duration(seconds: int) -> str:
    """ "30 days", "36 hours", "90 minutes": in the largest unit that it is a whole number of."""
    for size, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= size and seconds % size == 0:
            return _counted(seconds // size, name)
    return _counted(seconds, "second")


def status_words(status: str) -> str:
    """Piggy's word in ours; one that is new to us as it is."""
    return STATUSES.get(status, status.lower())


def _counted(number: int, thing: str) -> str:
    return f"{thousands(number)} {thing}{'' if number == 1 else 's'}"
