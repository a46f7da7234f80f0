"""What a caller may send. Each wrong field gets a message; all of them come back together in one 1003."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.errors import ApiError, FieldErrors

MAX_TEXT = 255
"""Characters in one value; the columns behind such an API are that wide (our assumption, no page says so)."""

MAX_NUMBER = 2**31 - 1


def unfit(text: str) -> str | None:
    """Why a text is refused, or None. Control characters and lone surrogates fit in no column."""
    if len(text) > MAX_TEXT:
        return f"may not be greater than {MAX_TEXT} characters."
    if not text.isprintable() and any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        return "contains characters that are not allowed."
    return None


class Inputs:
    """Reads fields out of a query or a body; ``done()`` refuses when any was wrong.

    A missing field, null and "" are the same thing, as they are to the framework behind the API."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        self.errors: FieldErrors = {}

    def wrong(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(f"The {name.replace('_', ' ')} {message}")

    def done(self) -> None:
        if self.errors:
            raise ApiError(1003, self.errors)

    def _value(self, name: str, required: bool) -> Any:
        value = self.fields.get(name)
        if value is None or value == "":
            if required:
                self.wrong(name, "field is required.")
            return None
        return value

    def text(self, name: str, *, required: bool = False) -> str | None:
        value = self._value(name, required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(name, "must be a string.")
            return None
        if reason := unfit(value):
            self.wrong(name, reason)
            return None
        return value

    def lines(self, name: str) -> str | None:
        """Text that may run over several lines."""
        value = self._value(name, False)
        if not isinstance(value, str):
            return self.text(name)
        if reason := unfit(value.replace("\r", " ").replace("\n", " ").replace("\t", " ")):
            self.wrong(name, reason)
            return None
        return value

    def email(self, name: str, *, required: bool = False) -> str | None:
        value = self.text(name, required=required)
        if value is None:
            return None
        if not is_email(value):
            self.wrong(name, "must be a valid email address.")
            return None
        return value

    def choice(self, name: str, allowed: Iterable[str], *, required: bool = False) -> str | None:
        value = self.text(name, required=required)
        if value is not None and value not in allowed:
            self.wrong(name, "is invalid.")
            return None
        return value

    def integer(self, name: str, *, low: int, high: int, default: int) -> int:
        value = self._value(name, False)
        if value is None:
            return default
        number = whole_number(value)
        if number is None:
            self.wrong(name, "must be an integer.")
            return default
        if not low <= number <= high:
            self.wrong(name, f"must be between {low} and {high}.")
            return default
        return number

    def whole(self, name: str, *, required: bool = False, low: int = -MAX_NUMBER, high: int = MAX_NUMBER) -> int | None:
        """A whole number that fits an integer column and its bounds, or None where none was sent."""
        value = self._value(name, required)
        if value is None:
            return None
        number = whole_number(value)
        if number is None or abs(number) > MAX_NUMBER:
            self.wrong(name, "must be an integer.")
            return None
        if not low <= number <= high:
            self.wrong(name, f"must be between {low} and {high}.")
            return None
        return number

    def number(self, name: str, *, required: bool = False) -> float | None:
        """A finite number, also written as a text with a point."""
        value = self._value(name, required)
        if value is None:
            return None
        number = any_number(value)
        if number is None or abs(number) > MAX_NUMBER:
            self.wrong(name, "must be a number.")
            return None
        return number

    def flag(self, name: str) -> bool | None:
        """true, false, 1 or 0, also as text."""
        value = self._value(name, False)
        if value is None:
            return None
        found = truth(value)
        if found is None:
            self.wrong(name, "field must be true or false.")
        return found

    def moment(self, name: str) -> str | None:
        """A point in time in ISO 8601, in our spelling; without an offset it counts as UTC."""
        value = self.text(name)
        if value is None:
            return None
        moment = moments.read(value)
        if moment is None:
            self.wrong(name, "is not a valid date.")
        return moment

    def period(self, name: str) -> list[tuple[str, str]]:
        """``created_at[gte]=...``: the bounds as (operator, moment), any number of them."""
        value = self.fields.get(name)
        if value is None or value == "":
            return []
        if not isinstance(value, dict):
            self.wrong(name, "must be an array.")
            return []
        bounds = []
        for operator, text in value.items():
            moment = moments.read(text) if isinstance(text, str) else None
            if operator not in ("gt", "gte", "lt", "lte"):
                self.wrong(name, "has an unknown operator.")
            elif moment is None:
                self.wrong(name, "is not a valid date.")
            else:
                bounds.append((operator, moment))
        return bounds


def is_email(text: str) -> bool:
    local, at, host = text.rpartition("@")
    return bool(at and local and host and " " not in text)


def whole_number(value: Any) -> int | None:
    """A whole number as JSON or a form writes it."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and len(value) <= 12:
        digits = value.removeprefix("-")
        if digits.isascii() and digits.isdigit():
            return int(value)
    return None


def any_number(value: Any) -> float | None:
    """A finite number as JSON or a form writes it."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not (len(value) <= 24 and value.isascii() and set(value) <= set("+-.0123456789")):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def truth(value: Any) -> bool | None:
    """A boolean as JSON or a form writes it."""
    if isinstance(value, bool):
        return value
    return {"1": True, "0": False, "true": True, "false": False}.get(value if isinstance(value, str) else repr(value))
