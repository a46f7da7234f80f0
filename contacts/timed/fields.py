"""Moments in the zone of a shop: as a form shows them, as a page says them, as a record keeps them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from piggyadmin.moments import is_second, which_words


def fold_text(at: datetime | None, zone: ZoneInfo) -> str:
    """ "0" or "1" for the first and second of two equal times of one night, "" for any other time."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return "1" if is_second(at, zone) else "0"


def moment_shown(at: datetime, zone: ZoneInfo) -> str:
    """ "Sat 21 Nov 2026, 19:30"; of two equal times of one night it says which."""
    local = at.astimezone(zone)
    words = f"{date_format(local, 'D j M Y')}, {local:%H:%M}"
    return f"{words} ({which_words(at, zone)})" if fold_text(at, zone) else words


def as_json(value: Any) -> Any:
    """A value for a record of what was sent: moments become text."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
