"""What may be sent to Piggy at all. What is refused here is a PiggyInvalid without a status: no call was made."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote

from .errors import PiggyInvalid

R = TypeVar("R")

LONGEST_ID = 64
LONGEST_TEXT = 255
LONGEST_VALUE = 65_535  # characters of one value of a contact's attribute: long and rich texts
DEEPEST = 4  # lists and objects within one value
LARGEST_WHOLE = 2**53 - 1  # what every reader of JSON keeps exactly
LINES = {ord(character): " " for character in "\n\r\t"}
NEVER = {"Cc", "Cs", "Zl", "Zp", "Co", "Cn"}  # control characters, halves of characters, line breaks, no characters


def checked_id(value: str, *, field: str) -> str:
    """An id of Piggy's: opaque, but one line of at most 64 characters, without `/` and not `.` or `..`."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or value.strip() in ("", ".", ".."):
        raise refusal(field, "This is not an id that Piggy could have given.")
    if "/" in value or "\\" in value or _has_odd_characters(value):
        raise refusal(field, "This is not an id that Piggy could have given.")
    return value


def checked_text(value: str, *, field: str, longest: int = LONGEST_TEXT) -> str:
    """A code, card number, address or the like: one line, not empty, at most `longest` characters."""
    if not isinstance(value, str) or not value.strip():
        raise refusal(field, "This is empty.")
    if len(value) > longest:
        raise refusal(field, f"This is too long: at most {longest} characters.")
    if _has_odd_characters(value):
        raise refusal(field, "This has characters that cannot be typed. Type it again.")
    return value


def checked_name(value: str) -> str:
    """The name of an attribute: letters, digits and underscores. It becomes part of a parameter's own name."""
    if not re.fullmatch(r"[A-Za-z0-9_]{1,64}", value):
        raise refusal("attributes", "This is not the name of an attribute.")
    return value


def given(check: Callable[..., R], value: Any, *, field: str) -> R | None:
    """What may be left out: None stays None, all else is checked; "" is something, and refused."""
    return None if value is None else check(value, field=field)


def path_of(template: str, ids: Mapping[str, str]) -> str:
    """`contacts/{contact_uuid}/tier` with its ids checked and quoted."""
    return template.format(**{name: quote(checked_id(value, field=name), safe="") for name, value in ids.items()})


def checked_whole(value: int, *, field: str) -> int:
    """A whole number, such as credits or cents: never a fraction that somebody else would round."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_WHOLE:
        raise refusal(field, "This is not a whole number that Piggy can take.")
    return value


def checked_between(value: int, low: int, high: int, *, field: str) -> int:
    """A whole number from `low` to `high`, both included."""
    if not low <= checked_whole(value, field=field) <= high:
        raise refusal(field, f"This must be from {low} to {high}.")
    return value


def checked_number(value: Decimal | float, *, field: str) -> int | float:
    """A number as JSON has it, without losing a digit: 25.40 is sent as 25.4.

    More digits than readers of JSON keep, infinity and NaN are refused.
    """
    if isinstance(value, int):
        return checked_whole(value, field=field)
    if not isinstance(value, Decimal | float):
        raise refusal(field, "This is not a number.")
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite() or abs(exact) > LARGEST_WHOLE:
        raise refusal(field, "This is not a number that Piggy can take.")
    if exact == exact.to_integral_value():
        return int(exact)
    if Decimal(repr(float(exact))) != exact:
        raise refusal(field, "This number has too many digits.")
    return float(exact)


def number_text(value: Decimal | float, *, field: str) -> str:
    """A number as a query has it: "25.4", never "2.54e1"."""
    return format(Decimal(repr(checked_number(value, field=field))), "f")


def checked_moment(value: datetime, *, field: str) -> str:
    """A moment as Piggy takes it, ISO 8601 with its offset and whole seconds: "2026-05-01T20:00:00+02:00".

    One without an offset is refused: it would be another hour at Piggy than at the counter.
    """
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise refusal(field, "This moment has no time zone.")
    return value.isoformat(timespec="seconds")


def checked_value(value: Any, *, field: str, depth: int = DEEPEST) -> Any:
    """The value of an attribute as JSON: text (lines are fine), numbers, dates, moments, truth, lists and objects.

    None stays null, which is how an attribute is emptied.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _checked_lines(value, field=field)
    if isinstance(value, Decimal | int | float):
        return checked_number(value, field=field)
    if isinstance(value, datetime):
        return checked_moment(value, field=field)
    if isinstance(value, date):
        return value.isoformat()
    if depth > 0 and isinstance(value, list | tuple):
        return [checked_value(each, field=field, depth=depth - 1) for each in value]
    if depth > 0 and isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {
            _checked_lines(key, field=field): checked_value(each, field=field, depth=depth - 1)
            for key, each in value.items()
        }
    raise refusal(field, "This is nothing that can be sent to Piggy.")


def _checked_lines(value: str, *, field: str) -> str:
    if len(value) > LONGEST_VALUE:
        raise refusal(field, f"This is too long: at most {LONGEST_VALUE} characters.")
    if _has_odd_characters(value.translate(LINES)):
        raise refusal(field, "This has characters that cannot be typed. Type it again.")
    return value


def _has_odd_characters(value: str) -> bool:
    return any(unicodedata.category(character) in NEVER for character in value)


def refusal(field: str, sentence: str) -> PiggyInvalid:
    """The error for something that is not sent at all."""
    return PiggyInvalid(sentence, fields={field: [sentence]})
