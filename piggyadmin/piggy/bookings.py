"""Bookings, which Piggy takes and changes, and neither lists nor shows. https://docs.piggy.eu/v3/oauth/bookings"""

from collections.abc import Callable, Mapping
from typing import Any

from .caller import Caller
from .inputs import checked_id, checked_moment, checked_text, checked_whole, refusal
from .payloads import Booking

EMPTY = ""
FIELDS: dict[str, Callable[..., Any]] = {
    "external_id": checked_text,
    "source": checked_text,
    "starts_at": checked_moment,
    "ends_at": checked_moment,
    "checked_in_at": checked_moment,
    "number_of_people": checked_whole,
    "company_name": checked_text,
    "status": checked_text,
    "prepaid_amount": checked_whole,
}


class BookingCalls(Caller):
    def create_booking(self, *, shop_uuid: str, contact_uuid: str, fields: Mapping[str, Any]) -> Booking:
        """Make a booking. Keep its uuid: nothing tells it a second time.

        `fields` are those of `FIELDS`: `starts_at`, `ends_at` and `checked_in_at` as aware datetimes, `prepaid_amount`
        in cents, `number_of_people` whole, the others text; `status` is free text. What is None is left out; a field
        that cannot be sent is PiggyInvalid before any call. PiggyNotFound (55031, 1008), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/bookings (Create Booking)
        """
        sent = {name: value for name, value in _sent(fields).items() if value != EMPTY}
        return self._write(
            "create_booking",
            "POST",
            "bookings",
            Booking,
            json={
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
                "contact_uuid": checked_id(contact_uuid, field="contact_uuid"),
                **sent,
            },
            is_ours=lambda done: done.contact.uuid == contact_uuid and _has_number(done, sent),
        )

    def update_booking(self, *, booking_uuid: str, fields: Mapping[str, Any]) -> Booking:
        """Change these fields (as in `create_booking`) and leave the others; shop and contact stay for good.

        None empties a field: it is sent as "", which a form would send. Piggy documents no way, so look at the answer:
        a field that is in its `told` and still holds something was not emptied; of the others nobody knows.

        PiggyNotFound (60013, which is not documented), PiggyInvalid (1003; also for nothing to change).

        https://docs.piggy.eu/v3/oauth/bookings (Update Booking)
        """
        sent = _sent(fields)
        if not sent:
            raise refusal("fields", "There is nothing to change.")
        return self._write(
            "update_booking",
            "PUT",
            "bookings/{booking_uuid}",
            Booking,
            ids={"booking_uuid": booking_uuid},
            json=sent,
            is_ours=lambda done: done.uuid == booking_uuid and _has_number(done, sent),
        )


def _sent(fields: Mapping[str, Any]) -> dict[str, Any]:
    for name in fields:
        if name not in FIELDS:
            raise refusal(name, "A booking has no such field.")
    return {name: EMPTY if value is None else FIELDS[name](value, field=name) for name, value in fields.items()}


def _has_number(done: Booking, sent: Mapping[str, Any]) -> bool:
    """Whether the answer has the number that was sent. One without any number says nothing against it."""
    return not sent.get("external_id") or done.external_id in (None, sent["external_id"])
