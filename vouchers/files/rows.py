"""The rows of a run's files: columns in a fixed order, new ones only at the end; read a slice at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from django.utils.text import slugify

from vouchers.models import BatchRun, RunVoucher

COLUMNS = (
    *("voucher_uuid", "code", "status", "promotion_uuid", "promotion_name", "batch_id", "batch_label"),
    *("contact_uuid", "contact_email", "activation_date", "expiration_date", "redeemed_at", "created_at"),
    *("sent_at", "sent_to", "sheet_no", "exported_at"),
)
Row = tuple[str | int, ...]
SLICE = 1000
LONGEST_SLUG = 40
FIELDS = (
    *("number", "piggy_uuid", "code", "status"),
    *("activation_date", "expiration_date", "redeemed_at", "seen_at"),
)


class RowsMissing(RuntimeError):
    """Fewer vouchers came than were promised: the file breaks off instead of looking whole."""


def rows_of(run: BatchRun, *, upto: int, at: datetime, zone: tzinfo) -> Iterator[Row]:
    """The vouchers numbered 1 to `upto`, each one row of `COLUMNS`. One too many has no number, and no row.

    Times are ISO 8601 with the offset of `zone`. `created_at` is when the voucher was first seen: Piggy does not tell
    more. Who holds it, we know by id only; when and to whom it was sent, not at all. By slices, not by a cursor, which
    would stay open for as long as the reader takes. Raises RowsMissing.
    """

    def when(moment: datetime | None) -> str:
        return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""

    numbered = RunVoucher.objects.filter(run=run, number__lte=upto).order_by("number").values_list(*FIELDS)
    exported_at, after = when(at), 0
    while found := list(numbered.filter(number__gt=after)[:SLICE]):
        for number, uuid, code, status, activation, expiration, redeemed, seen in found:
            yield (
                *(uuid, code, status, run.promotion_uuid, run.promotion_name, str(run.pk), run.label),
                *(run.contact_uuid, "", when(activation), when(expiration), when(redeemed), when(seen)),
                *("", "", sheet_of(number, run.sheet_size), exported_at),
            )
            after = number
    if after != upto:
        raise RowsMissing(f"{after} of {upto} rows")


def sheet_of(number: int, size: int) -> int:
    """The sheet that a voucher's label stands on, from 1."""
    return (number - 1) // size + 1


def file_name(run: BatchRun, *, rows: int, at: datetime, ending: str) -> str:
    """`vouchers_summer_2026-11-20T1400Z_1284rows.csv`."""
    slug = slugify(run.promotion_name)[:LONGEST_SLUG].strip("-") or "run"
    return f"vouchers_{slug}_{at.astimezone(UTC):%Y-%m-%dT%H%MZ}_{rows}rows.{ending}"
