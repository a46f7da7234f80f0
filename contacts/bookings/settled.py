"""What a settled act means for the bookings we know. Piggy cannot be asked about a booking: a person decides."""

from collections.abc import Mapping
from typing import Any

from contacts.bookings import known
from piggyadmin.ledger.models import Act


def settled_change(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    """A change that happened after all becomes what we know. Its values are gone where its words were erased."""
    if happened:
        known.apply(
            booking_uuid=act.target_id,
            values=known.sent_values(act),
            by=act.staff,
            at=act.sent_at,
            contact_uuid=act.contact_id,
        )
