"""The three changes: which vouchers take them, what is sent, and how a voucher read back tells that it is so."""

from collections.abc import Mapping
from datetime import datetime

from piggyadmin.piggy.payloads import Voucher
from piggyadmin.piggy.vouchers import SettableStatus
from vouchers.models import VoucherChange

Kind = VoucherChange.Kind

# ACTIVE beside a new end leaves a voucher as it is; Piggy takes no change without a status.
SENT_STATUS: Mapping[str, SettableStatus] = {
    Kind.DEACTIVATE: "DEACTIVATED",
    Kind.REACTIVATE: "ACTIVE",
    Kind.EXPIRY: "ACTIVE",
}
# The statuses that Piggy documents, and what each is called here.
STATUS_WORDS = {
    "ACTIVE": "valid",
    "INACTIVE": "not valid yet",
    "LOCKED": "locked at a till",
    "REDEEMED": "redeemed",
    "EXPIRED": "expired",
    "DEACTIVATED": "withdrawn",
}
TAKES: Mapping[str, tuple[str, ...]] = {
    Kind.DEACTIVATE: ("ACTIVE", "INACTIVE", "LOCKED"),
    Kind.REACTIVATE: ("DEACTIVATED",),
    Kind.EXPIRY: ("ACTIVE", "INACTIVE"),
}


def why_not(kind: str, voucher: Voucher, *, until: datetime | None) -> str:
    """Why a voucher, as read, cannot be changed so, in a few words; "" when it can."""
    status = voucher.status
    if status in TAKES[kind]:
        return _wrong_end(voucher, until) if kind == Kind.EXPIRY else ""
    if kind == Kind.DEACTIVATE and status == "DEACTIVATED":
        return "withdrawn already"
    if kind == Kind.REACTIVATE and status in TAKES[Kind.DEACTIVATE]:
        return "not withdrawn"
    return STATUS_WORDS.get(status, f"Piggy says {status[:20]}")


def is_so(kind: str, voucher: Voucher, *, until: datetime | None) -> bool:
    """Whether the voucher, as read, stands as the change wanted it."""
    if kind == Kind.EXPIRY:
        return voucher.expiration_date == until
    return (voucher.status == "DEACTIVATED") == (kind == Kind.DEACTIVATE)


def _wrong_end(voucher: Voucher, until: datetime | None) -> str:
    if voucher.expiration_date == until:
        return "ends then already"
    begins = voucher.activation_date
    return "begins only after that" if until and begins and begins >= until else ""
