"""Bookings. Piggy returns few of the fields it takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .base import Payload
from .contacts import ContactRef


class Booking(Payload, frozen=True):
    """A booking as Piggy tells it after a write: it has neither a list of bookings nor a way to read one.

    `told` names the fields that were in the answer. A field that is not among them is unknown, not empty: no documented
    answer has status, number of people, company or prepaid amount, and that of a creation has no `checked_in_at`. They
    are read all the same, should Piggy come to tell them.
    """

    uuid: str
    contact: ContactRef
    external_id: str | None = None
    source: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    checked_in_at: datetime | None = None
    created_at: datetime | None = None
    status: str | None = None
    number_of_people: int | None = None
    company_name: str | None = None
    prepaid_amount: int | None = None  # cents
    told: frozenset[str] = frozenset()

    @staticmethod
    def tidied(told: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**told, "told": [key for key in told if key != "told"]}
