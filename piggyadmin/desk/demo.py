"""The demo's bookings: Piggy tells nobody which there are, so a file of them is imported, as a shop would do."""

import csv
import io

from django.utils import timezone

from contacts.bookings.importing import carry_out, look_at
from contacts.bookings.reading import CENTS, COLUMNS
from contacts.models import Booking
from piggyadmin.desk.standin import ask
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import form_token


def seed_bookings(*, by: Actor) -> int:
    """Import what the stand-in Piggy has booked where no booking is known yet; how many were added."""
    if Booking.objects.exists():
        return 0
    plan = look_at(data=_file_of(ask("state/booking")), as_of=timezone.now(), actor=by)
    carry_out(key=plan.key, actor=by, token=form_token())
    return plan.added


def _file_of(rows: list[dict[str, object]]) -> bytes:
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(COLUMNS), extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        known = {name: value for name, value in row.items() if value is not None}
        writer.writerow({**known, "booking_uuid": row["uuid"], CENTS: known.get("prepaid_amount", "")})
    return sheet.getvalue().encode()
