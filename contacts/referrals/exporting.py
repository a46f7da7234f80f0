"""Referrals as a CSV file, with addresses in full."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from piggyadmin.csv_lines import lines_of
from piggyadmin.piggy.payloads import Referral

COLUMNS = (
    *("referral_uuid", "status", "referring_contact_uuid", "referring_email"),
    *("referred_contact_uuid", "referred_email"),
)


def file_name(rows: int, at: datetime, *, is_cut: bool) -> str:
    return f"referrals_{at.astimezone(UTC):%Y-%m-%dT%H%MZ}_{'first' if is_cut else ''}{rows}rows.csv"


def csv_lines(referrals: Iterable[Referral]) -> Iterator[str]:
    return lines_of(COLUMNS, (_cells(referral) for referral in referrals))


def _cells(referral: Referral) -> list[str]:
    referring, referred = referral.referring_contact, referral.referred_contact
    return [
        referral.uuid,
        referral.status,
        referring.uuid if referring else "",
        (referring.email or "") if referring else "",
        referred.uuid if referred else "",
        (referred.email or "") if referred else "",
    ]
