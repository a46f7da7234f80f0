"""Which values an attribute takes, by its type. The pages name 21 types and hardly say what goes into them: where
nothing is said, what any reader of the type's name would expect is taken, and nothing narrower."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.inputs import MAX_NUMBER, any_number, is_email, truth, unfit, whole_number
from piggyadmin.sandbox.store import Row

MAX_LONG_TEXT = 10_000
"""Characters in a long or rich text (our assumption, no page says so)."""
MAX_CHOICES = 100

_PHONE = re.compile(r"\+?[0-9 ().-]{5,24}")
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_URL = re.compile(r"https?://[^\s/]+\.?[^\s]*")
_BETWEEN = re.compile(r"\s+-\s+|/| to ")


class UnfitError(ValueError):
    """Why a value is refused, as the end of a sentence that begins with the field's name."""


def _text(value: Any, row: Row) -> str:
    if not isinstance(value, str):
        raise UnfitError("must be a string.")
    if reason := unfit(value):
        raise UnfitError(reason)
    return value


def _long_text(value: Any, row: Row) -> str:
    if not isinstance(value, str):
        raise UnfitError("must be a string.")
    if len(value) > MAX_LONG_TEXT:
        raise UnfitError(f"may not be greater than {MAX_LONG_TEXT} characters.")
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\r\n\t" for char in value):
        raise UnfitError("contains characters that are not allowed.")
    return value


def _matching(pattern: re.Pattern[str], words: str) -> Callable[[Any, Row], str]:
    def check(value: Any, row: Row) -> str:
        text = _text(value, row)
        if not pattern.fullmatch(text):
            raise UnfitError(words)
        return text

    return check


def _email(value: Any, row: Row) -> str:
    text = _text(value, row)
    if not is_email(text):
        raise UnfitError("must be a valid email address.")
    return text


def _integer(value: Any, row: Row) -> int:
    number = whole_number(value)
    if number is None or abs(number) > MAX_NUMBER:
        raise UnfitError("must be an integer.")
    return number


def _float(value: Any, row: Row) -> float:
    number = any_number(value)
    if number is None or abs(number) > MAX_NUMBER:
        raise UnfitError("must be a number.")
    return number


def _boolean(value: Any, row: Row) -> bool:
    found = truth(value)
    if found is None:
        raise UnfitError("field must be true or false.")
    return found


def _date(value: Any, row: Row) -> str:
    try:
        return date.fromisoformat(_text(value, row)).isoformat()
    except ValueError as error:
        raise UnfitError("is not a valid date.") from error


def _birth_date(value: Any, row: Row) -> str:
    """The present day is not known here; whoever is born after 2100 is a mistake in any case."""
    born = _date(value, row)
    if not "1850" < born < "2100":
        raise UnfitError("is not a valid date of birth.")
    return born


def _date_time(value: Any, row: Row) -> str:
    moment = moments.read(_text(value, row))
    if moment is None:
        raise UnfitError("is not a valid date.")
    return moment


def _select(value: Any, row: Row) -> str:
    """One option's value, which may be sent as a number and comes back as a text."""
    wanted = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if wanted is None or wanted not in {option["value"] for option in row["options"]}:
        raise UnfitError("is not one of the options.")
    return wanted


def _multi_select(value: Any, row: Row) -> list[str]:
    """A list; a form sends it as ``name[0]=..&name[1]=..``; a lone value is a list of one."""
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    if len(items) > MAX_CHOICES:
        raise UnfitError(f"may not have more than {MAX_CHOICES} items.")
    return list(dict.fromkeys(_select(item, row) for item in items))


def _range(read: Callable[[str], Any], words: str) -> Callable[[Any, Row], Any]:
    """Two ends, the first not after the second. No page shows a range, so a map or list of two and "from - until" all
    do; what was sent is what comes back."""

    def check(value: Any, row: Row) -> Any:
        parts = list(value.values()) if isinstance(value, dict) else value
        if isinstance(parts, str):
            parts = _BETWEEN.split(_text(parts, row))
        try:
            start, end = (read(part) for part in parts)
        except (ValueError, TypeError) as error:
            raise UnfitError(words) from error
        if end < start:
            raise UnfitError("must not end before it starts.")
        return value

    return check


CHECKS: dict[str, Callable[[Any, Row], Any]] = {
    "url": _matching(_URL, "must be a valid URL."),
    "text": _text,
    "date": _date,
    "phone": _matching(_PHONE, "is not a valid phone number."),
    "float": _float,
    "color": _matching(_COLOUR, "must be a colour such as #1a2b3c."),
    "email": _email,
    "number": _integer,
    "select": _select,
    "boolean": _boolean,
    "rich_text": _long_text,
    "date_time": _date_time,
    "long_text": _long_text,
    "date_range": _range(date.fromisoformat, "must be two dates."),
    "time_range": _range(time.fromisoformat, "must be two times of day."),
    "identifier": _text,
    "birth_date": _birth_date,
    "file_upload": _matching(_URL, "must be the URL of a file."),
    "media_upload": _matching(_URL, "must be the URL of a picture or film."),
    "multi_select": _multi_select,
    "license_plate": _text,
}
TYPES = tuple(CHECKS)


def fitting(value: Any, row: Row) -> Any:
    """The value as it is kept, for the definition's type; null and "" mean none. UnfitError when it does not fit."""
    return None if value is None or value == "" else CHECKS[row["type"]](value, row)
