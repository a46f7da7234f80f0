"""How the values of attributes are read, whatever writing of them Piggy has sent."""

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contacts.editing import controls
from piggyadmin import moments
from piggyadmin.piggy.payloads import AttributeDefinition

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MIDNIGHT = re.compile(r"(?:[T ][0:.]+(?:Z|[+-][0-9:]+)?)?")


class Misread(ValueError):
    """A value of a shape that we do not read."""


def as_it_came(value: Any) -> str:
    """A value of a shape that we do not read, for showing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def misread() -> str:
    raise Misread


def is_odd(text: str) -> bool:
    return any(unicodedata.category(character) in controls.ODD for character in text)


def line(value: Any) -> str:
    """A text of one line; a number is its digits. What a one-line control would change is misread."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Misread
    return misread() if is_odd(str(value)) else str(value)


def option(value: Any) -> str:
    return line(value) if isinstance(value, str | int) else misread()


def options_of(about: AttributeDefinition, present: Sequence[str]) -> list[tuple[str, str]]:
    """The options of a select; what stands there now and is none of them (any more) stays to be seen and kept."""
    options = [(option.value, option.label or option.value) for option in about.options]
    known = {value for value, _ in options}
    return options + [(value, f"{value} (no option any more)") for value in present if value and value not in known]


def label_of(about: AttributeDefinition, value: str) -> str:
    return next((option.label or value for option in about.options if option.value == value), value)


def day_text(value: Any) -> str:
    """2026-11-20 out of a date, or out of a moment at midnight."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise Misread
    day = value[:10]
    if DAY.fullmatch(day) is None or MIDNIGHT.fullmatch(value[10:]) is None:
        raise Misread
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise Misread from error


def day_words(day: str) -> str:
    if not day:
        return ""
    on = date.fromisoformat(day)
    return f"{on.day} {moments.MONTHS[on.month - 1]} {on.year}"


def moment(value: Any) -> datetime:
    """Piggy writes moments with an offset, and those without one are UTC."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Misread from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def which_time(text: str, at: datetime, zone: ZoneInfo) -> str:
    """ "first" or "second" where the clock shows this time twice, else ""."""
    try:
        moments.moment_of(datetime.fromisoformat(text), zone)
    except moments.Twice:
        return "second" if moments.is_second(at, zone) else "first"
    except moments.NotAMoment:
        return ""
    return ""


def ends_of(value: Any) -> list[Any]:
    """The two ends of a range: a list or an object of two, or a text with " - ", "/" or " to " between them."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, str):
        for between in (" - ", "/", " to "):
            if value.count(between) == 1:
                value = value.split(between)
                break
    if not isinstance(value, list) or len(value) != 2:
        raise Misread
    return [end.strip() if isinstance(end, str) else end for end in value]
