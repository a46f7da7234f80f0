"""Perks and units of the programme: what the client asks for and what comes back."""

from typing import Any

OPTIONS = [
    {"label": "No", "value": "false", "default": True},
    {"label": "Yes", "value": "true", "default": False},
]
PERK = {
    "uuid": "pk-1",
    "label": "Free delivery",
    "name": "free_delivery",
    "data_type": "boolean",
    "options": OPTIONS,
}

READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("list_perks", {}, "/perks", [PERK]),
    ("get_perk", {"perk_uuid": "pk-1"}, "/perks/pk-1", PERK),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    ("create_perk",
     {"label": "Free delivery", "name": "free_delivery", "data_type": "boolean",
      "options": [("No", "false"), ("Yes", "true")], "default": "false"},
     "POST", "/perks",
     {"label": "Free delivery", "name": "free_delivery", "data_type": "boolean", "options": OPTIONS},
     {**PERK, "options": []}),
    ("update_perk", {"perk_uuid": "pk-1", "label": "Free shipping"}, "PUT", "/perks/pk-1", {"label": "Free shipping"},
     PERK),
    ("delete_perk", {"perk_uuid": "pk-1"}, "DELETE", "/perks/pk-1", None, None),
    ("create_unit", {"name": "visits", "label": "Visits"}, "POST", "/units",
     {"name": "visits", "label": "Visits", "is_default": False},
     {"loyalty_program_id": 64, "name": "visits", "label": "Visits", "is_default": False, "prefix": "v"}),
]  # fmt: skip
