"""Telephone numbers as people type them, in the country of the shop they stand in."""

from functools import cache
from importlib.resources import files

import phonenumbers

DEFAULT_REGION = "NL"


@cache
def _regions() -> dict[str, str]:
    """Time zone to country, from the zone table that comes with tzdata: "Europe/Amsterdam" is in "NL"."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def region_of(time_zone: str) -> str:
    """The country a zone lies in, for numbers typed without a country code."""
    return _regions().get(time_zone, DEFAULT_REGION)


def spellings(text: str, *, time_zone: str) -> tuple[str, ...]:
    """The ways a number may be stored: +31612345678, 0612345678, as typed. Empty if it can be no number.

    One that no company has given out counts when it is written as a number is: somebody may have it stored so.
    """
    try:
        number = phonenumbers.parse(text, region_of(time_zone))
    except phonenumbers.NumberParseException:
        return ()
    written_so = text.strip()[:1] in ("+", "0") and phonenumbers.is_possible_number(number)
    if not phonenumbers.is_valid_number(number) and not written_so:
        return ()
    international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    compact = "".join(character for character in national if character.isdigit())
    return tuple(dict.fromkeys([international, compact, text.strip()]))
