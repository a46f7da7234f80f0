"""Parts of our addresses that are Piggy's: opaque ids ("123" occurs), never with anything a database would choke on."""

import re

from django.urls import register_converter
from django.urls.converters import get_converters


class PiggyIdConverter:
    """An id as Piggy may give it: 1 to 64 printable characters without a slash."""

    regex = r"[^/\\\x00-\x1f\x7f-\x9f\u2028\u2029]{1,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def could_be_an_id(text: str) -> bool:
    """Whether Piggy may have given this id; what was typed into an address may be anything."""
    return re.fullmatch(PiggyIdConverter.regex, text) is not None


def register() -> None:
    """Make `<piggy:name>` known to Django's URLs; again does no harm."""
    if "piggy" not in get_converters():
        register_converter(PiggyIdConverter, "piggy")
