"""What we keep of vouchers: those we have seen, our own locks, runs that make and change them, and claim links."""

from .changes import VoucherChange, VoucherChangeItem
from .claim_links import ClaimLink, ClaimLinkOrder
from .paper import ExportFile, ExportPart, Printer
from .permissions import VoucherPermissions
from .runs import BatchChunk, BatchRun, Progress, RunVoucher
from .seen import KnownRedemption, KnownVoucher, OwnLock

__all__ = [
    "BatchChunk",
    "BatchRun",
    "ClaimLink",
    "ClaimLinkOrder",
    "ExportFile",
    "ExportPart",
    "KnownRedemption",
    "KnownVoucher",
    "OwnLock",
    "Printer",
    "Progress",
    "RunVoucher",
    "VoucherChange",
    "VoucherChangeItem",
    "VoucherPermissions",
]
