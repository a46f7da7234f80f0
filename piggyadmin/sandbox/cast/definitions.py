"""What the demo's account has defined: attributes of every type, subscription types, and a second unit."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.places import DAY
from piggyadmin.sandbox.make import Fields, make
from piggyadmin.sandbox.resources.attributes import LOYALTY_TRANSACTION

LETTERS = "0b5f8c3e-6a51-4a0e-9a6f-2f5f0d1c7b01"
BIRTHDAY = "0b5f8c3e-6a51-4a0e-9a6f-2f5f0d1c7b03"

SUBSCRIPTION_TYPES: tuple[Fields, ...] = (
    {"uuid": LETTERS, "name": "Newsletter", "description": "Once a month.", "strategy": "OPT_IN"},
    {"name": "Old list", "description": "Once a month.", "strategy": "OPT_IN", "addressable": False},
    {"uuid": BIRTHDAY, "name": "Birthday surprise", "description": "Once a year.", "strategy": "DOUBLE_OPT_IN"},
    {"name": "Changes to your card", "description": "When something changes.", "strategy": "OPT_OUT"},
    {"name": "Paper catalogue", "description": None, "strategy": "OPT_IN", "active": False},
)


def _options(*labels: str) -> list[dict[str, str]]:
    return [{"value": label, "label": label.capitalize()} for label in labels]


CONTACT_ATTRIBUTES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "favourite_drink": ("Favourite drink", "select", {"options": _options("flat white", "filter", "tea", "lemonade")}),
    "allergies": ("Allergies", "multi_select", {"options": _options("nuts", "milk", "gluten", "soy")}),
    "nickname": ("Name on the cup", "text", {"description": "What we call when the coffee is ready."}),
    "notes": ("Notes", "long_text", {"description": "Seen by all staff. Nothing about health."}),
    "story": ("Their story with us", "rich_text", {}),
    "own_cup": ("Brings a cup", "boolean", {}),
    "cups_a_week": ("Cups a week", "number", {}),
    "discount_rate": ("Discount in %", "float", {}),
    "regular_since": ("Regular since", "date", {}),
    "child_born": ("Birthday of a child", "birth_date", {}),
    "next_tasting": ("Next tasting", "date_time", {}),
    "holiday": ("On holiday", "date_range", {}),
    "quiet_hours": ("Do not call between", "time_range", {}),
    "work_phone": ("Phone at work", "phone", {}),
    "invoice_email": ("E-mail for invoices", "email", {}),
    "website": ("Website", "url", {}),
    "seat_colour": ("Colour of the seat", "color", {}),
    "badge": ("Number of the badge", "identifier", {}),
    "number_plate": ("Number plate", "license_plate", {}),
    "signed_terms": ("Signed terms", "file_upload", {}),
    "portrait": ("Portrait", "media_upload", {}),
    "imported_from": ("Imported from", "text", {"soft": True, "description": "Set by the import of 2021."}),
}
"""Name to label, type and the rest: one of each of the 21 types, and one that cannot be written."""
TRANSACTION_ATTRIBUTES = {"table_number": "Table number", "order": "Order", "note": "Note"}

VOUCHER_ATTRIBUTES = {
    "sheet": "Sheet",
    "batch_label": "Batch",
    "guests": "Guests",
    "student_number": "Student number",
}


def add_definitions(account: Account) -> None:
    long_ago = account.after(-6 * 365 * DAY)
    for fields in SUBSCRIPTION_TYPES:
        make(account, "subscription_type", {**fields, "created_at": long_ago})
    group: Fields = {"entity": "contact", "name": "guest_book", "label": "Guest book", "created_at": long_ago}
    account.put("attribute_group", {**group, "uuid": "contact/guest_book"})
    for name, (label, kind, rest) in CONTACT_ATTRIBUTES.items():
        common = {"name": name, "label": label, "type": kind, "group_name": "guest_book", "created_at": long_ago}
        make(account, "attribute", {**common, **rest})
    for name, label in TRANSACTION_ATTRIBUTES.items():
        make(account, "attribute", {"entity": LOYALTY_TRANSACTION, "name": name, "label": label})
    for name, label in VOUCHER_ATTRIBUTES.items():
        make(account, "attribute", {"entity": "voucher", "name": name, "label": label})
    make(account, "attribute", {"entity": "booking", "name": "terrace", "label": "Terrace", "type": "boolean"})
    make(account, "unit", {"name": "visits", "label": "Visits", "prefix": "v", "rate": 5})
