"""The fields of a booking: their names at Piggy, ours in words, and their values as text, as JSON and as shown."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contacts.timed.fields import fold_text, moment_shown
from piggyadmin.moments import local_text
from piggyadmin.templatetags.words import euros

MOMENTS = ("starts_at", "ends_at", "checked_in_at")
WHOLE = ("number_of_people", "prepaid_amount")
LABELS = {
    "starts_at": "Starts",
    "ends_at": "Ends",
    "number_of_people": "Party size",
    "status": "Status",
    "company_name": "Company",
    "prepaid_amount": "Prepaid, in euros",
    "source": "Source",
    "external_id": "Code elsewhere",
    "checked_in_at": "Checked in",
}
"""Every field that can be changed, in the order of the page."""

NAMES = tuple(LABELS)
SHORT = LABELS | {"number_of_people": "party size", "prepaid_amount": "prepaid", "external_id": "code elsewhere"}
STATUSES = ("created", "in progress", "completed", "canceled")  # Piggy's examples; it takes any word
MOST_PEOPLE = 1000
LONGEST = 255  # characters; Piggy's own columns are no wider
LONGEST_ID = 64
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LARGEST = 2**53 - 1


def uuid_in(text: str) -> str:
    """The id of Piggy's that this is, or that stands in this link; "" for none."""
    found = UUID_FORM.search(text)
    return found.group().lower() if found else ""


def short_names(names: Any) -> str:
    """ "party size, ends": the fields' names for a sentence, in the order of the page."""
    return ", ".join(SHORT[name].lower() for name in NAMES if name in set(names))


def typed_text(name: str, value: Any, zone: ZoneInfo) -> str:
    """A value as its form field shows it; "" for none."""
    if value is None:
        return ""
    if name in MOMENTS:
        return local_text(value, zone)
    if name == "prepaid_amount":
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
    return str(value)


def typed_texts(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str]:
    """All fields as the form shows them. `..._fold` is "1" for the second of two equal times of one night."""
    texts = {name: typed_text(name, values.get(name), zone) for name in NAMES}
    for name in MOMENTS:
        at = values.get(name)
        texts[f"{name}_fold"] = fold_text(at, zone)
    return texts


def shown(name: str, value: Any, zone: ZoneInfo) -> str:
    """A value in words, for a page: "Sat 21 Nov 2026, 19:30", "€ 25.00"; "nothing" for none."""
    if value is None:
        return "nothing"
    if name in MOMENTS:
        return moment_shown(value, zone)
    if name == "prepaid_amount":
        return euros(value)
    return str(value)


def from_json(name: str, value: Any) -> Any:
    """The value that `as_json` made this of."""
    return datetime.fromisoformat(value) if name in MOMENTS and isinstance(value, str) else value


def tidied(name: str, value: Any) -> Any:
    """What Piggy told, made to fit a column of ours: it has no bounds of its own."""
    if isinstance(value, str):
        return value.replace("\x00", "")[:LONGEST] or None
    if name in WHOLE and isinstance(value, int) and abs(value) > LARGEST:
        return None
    return value
