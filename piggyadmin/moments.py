"""Local times as people type them, in a shop's zone, and the moments they mean. The nights the clock moves included."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TYPED = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?")
EARLIEST, LATEST = 2000, 2100
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class NotAMoment(ValueError):
    """What was typed is no time at all; the message says why, for the person who typed it."""


class Twice(NotAMoment):
    """The clock shows this time twice that night. `first` and `second` are the two moments, in UTC."""

    def __init__(self, local: datetime, first: datetime, second: datetime) -> None:
        super().__init__(f"The clock shows {local:%H:%M} twice that night. Choose which one.")
        self.first, self.second = first, second


def local_text(at: datetime, zone: ZoneInfo) -> str:
    """ "2026-11-21T19:30": what a field for date and time shows. Seconds are not shown, and so never typed."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def is_second(at: datetime, zone: ZoneInfo) -> bool:
    """Whether this is the second time that the clock shows it."""
    return bool(at.astimezone(zone).fold)


def typed_local(text: str) -> datetime:
    """The date and time that `text` says, without a zone. Raises NotAMoment, which names what does not exist."""
    found = TYPED.fullmatch(text.strip())
    if found is None:
        raise NotAMoment("Write a day and a time as 2026-11-21 19:30.")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    if not EARLIEST <= year <= LATEST:
        raise NotAMoment(f"Check the year: {year}.")
    try:
        on = date(year, month, day)
    except ValueError as error:
        named = f"{day} {MONTHS[month - 1]} {year}" if 1 <= month <= 12 else f"month {month}"
        raise NotAMoment(f"There is no such day: {named}.") from error
    try:
        return datetime.combine(on, time(hour, minute, second))
    except ValueError as error:
        raise NotAMoment(f"There is no such time: {hour:02}:{minute:02}.") from error


def moment_of(local: datetime, zone: ZoneInfo, *, second: bool | None = None) -> datetime:
    """The moment, in UTC, at which the clock in `zone` shows `local` (without a zone).

    `second` chooses where the clock shows it twice. Raises Twice when that is not said, and NotAMoment, naming the
    gap, for a time that the clock jumps over.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    other = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == other:
        return first
    if first > other:  # before the jump the clock is behind, so its reading of `local` comes out later
        raise NotAMoment(_gap(local, zone, other, first))
    if second is None:
        raise Twice(local, first, other)
    return other if second else first


def which_words(at: datetime, zone: ZoneInfo) -> str:
    """ "summer time, UTC+02:00": what tells the two times of one night apart."""
    local = at.astimezone(zone)
    return f"{'summer' if local.dst() else 'winter'} time, {offset_words(at, zone)}"


def offset_words(at: datetime, zone: ZoneInfo) -> str:
    """ "UTC+01:00"."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments, in UTC, at which this day begins and the next one does: 23, 24 or 25 hours apart."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day; where midnight is jumped over, the moment of the jump."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _gap(local: datetime, zone: ZoneInfo, before: datetime, after: datetime) -> str:
    """A sentence about the jump that `local` falls into; the jump lies between the two moments."""
    old = before.astimezone(zone).utcoffset()
    low, high = before, after
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == old else (low, middle)
    jump = high.replace(microsecond=0)
    to = jump.astimezone(zone)
    start = (jump.replace(tzinfo=None) + (old or timedelta())).replace(microsecond=0)
    day = f"{start.day} {MONTHS[start.month - 1]} {start.year}"
    return f"{local:%H:%M} does not exist on {day}: the clock goes from {start:%H:%M} to {to:%H:%M}."
