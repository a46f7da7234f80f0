"""The customers of a filter as a CSV file, with addresses and numbers in full."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from contacts.models import ContactCopy
from piggyadmin.csv_lines import lines_of

COLUMNS = (
    *("contact_uuid", "email", "is_anonymous", "first_name", "last_name", "phone_e164", "tier", "credits"),
    *("prepaid_cents", "identifiers", "created_at", "as_of"),
)
SLICE = 500


def file_name(rows: int, at: datetime) -> str:
    return f"contacts_{at.astimezone(UTC):%Y-%m-%dT%H%MZ}_{rows}rows.csv"


def csv_lines(copies: QuerySet[ContactCopy]) -> Iterator[str]:
    """The lines of the file, the oldest copy first, read a slice at a time: a cursor would stay open for minutes."""
    return lines_of(COLUMNS, (_cells(copy) for copy in _in_slices(copies)))


def _in_slices(copies: QuerySet[ContactCopy]) -> Iterator[ContactCopy]:
    ordered = copies.order_by("id").prefetch_related("cards")
    after = 0
    while found := list(ordered.filter(id__gt=after)[:SLICE]):
        yield from found
        after = found[-1].pk


def _cells(copy: ContactCopy) -> list[Any]:
    return [
        copy.contact_uuid,
        copy.email,
        "true" if copy.is_anonymous else "false",
        copy.firstname,
        copy.lastname,
        copy.phone_e164 or copy.phone,
        copy.tier_name,
        "" if copy.credits is None else copy.credits,
        "" if copy.prepaid_cents is None else copy.prepaid_cents,
        ";".join(sorted(card.value for card in copy.cards.all())),
        copy.created_at.astimezone(UTC).isoformat(timespec="seconds") if copy.created_at else "",
        copy.read_at.astimezone(UTC).isoformat(timespec="seconds"),
    ]
