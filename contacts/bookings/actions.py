"""What can be done to a booking, as the ledger tells it. Piggy shows no booking, so no resolver can look."""

from contacts.bookings import known
from contacts.bookings.settled import settled_change
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

BOOKING = register_kind(Kind("booking", "booking {short}", "bookings:edit"))

MAKE = register(
    Action(
        name=known.MAKE,
        permission="contacts.edit_booking",
        words=Words(
            do="Make a booking",
            done="Made a booking.",
            refused="The booking was not made.",
            unknown="We do not know whether the booking was made. Do not make it again: look for {look_for} in "
            "Piggy’s own dashboard.",
            settle_question="Is there a booking with {look_for} in Piggy’s own dashboard?",
        ),
    )
)

CHANGE = register(
    Action(
        name=known.CHANGE,
        permission="contacts.edit_booking",
        words=Words(
            do="Change a booking",
            done="Changed the booking: {fields}.",
            refused="The booking was not changed.",
            unknown="We do not know whether the booking was changed ({fields}). Do not change it again: look at it in "
            "Piggy’s own dashboard.",
            settle_question="Does Piggy’s own dashboard show the new {fields}?",
        ),
        on_settled=settled_change,
    )
)

CHECK_IN = register(
    Action(
        name=known.CHECK_IN,
        permission="contacts.edit_booking",
        words=Words(
            do="Check in a booking",
            done="Checked in.",
            refused="The booking was not checked in.",
            unknown="We do not know whether the check-in was kept. Let the guests in; do not check them in again.",
            settle_question="Does Piggy’s own dashboard show the check-in?",
        ),
        on_settled=settled_change,
    )
)

IMPORT = register(
    Action(
        name="booking.import",
        permission="contacts.edit_booking",
        words=Words(
            do="Import bookings",
            done="Imported bookings from a file: {added:thousands} new, {changed:thousands} changed.",
            refused="Nothing was imported.",
            unknown="We do not know whether the bookings were imported.",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
