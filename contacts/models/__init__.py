"""What we keep of contacts: a copy for finding, what Piggy cannot tell, what people decided. Piggy owns all else."""

from contacts.models.bookings import Booking
from contacts.models.copy import CardCopy, ContactCopy, GoneContact, Hint, How, Sweep
from contacts.models.desk import AnonymousContact, ContactFlag, RecentContact
from contacts.models.duplicates import (
    BlockingKey,
    DuplicateModel,
    DuplicatePair,
    DuplicateScan,
    Household,
    HouseholdMember,
)
from contacts.models.held import Deletion, HeldAct, Merge, Proof, RebuildStep, Snapshot
from contacts.models.permissions import ContactPermissions
from contacts.models.searching import NamePiece

__all__ = [
    "AnonymousContact",
    "BlockingKey",
    "Booking",
    "CardCopy",
    "ContactCopy",
    "ContactFlag",
    "ContactPermissions",
    "Deletion",
    "DuplicateModel",
    "DuplicatePair",
    "DuplicateScan",
    "GoneContact",
    "HeldAct",
    "Hint",
    "Household",
    "HouseholdMember",
    "How",
    "Merge",
    "NamePiece",
    "Proof",
    "RebuildStep",
    "RecentContact",
    "Snapshot",
    "Sweep",
]
