"""Perks, forms, automations and the brand kit."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.make import make

YES_OR_NO = [{"label": "No", "value": "false", "default": True}, {"label": "Yes", "value": "true", "default": False}]
PERKS: tuple[dict[str, Any], ...] = (
    {"label": "Free refills", "name": "free_refills", "data_type": "boolean", "options": YES_OR_NO},
    {"label": "Seat kept until a quarter past", "name": "kept_seat", "data_type": "boolean", "options": YES_OR_NO},
    {
        "label": "Off the price of beans",
        "name": "off_beans",
        "data_type": "single_select",
        "options": [
            {"label": "Nothing", "value": "0", "default": True},
            {"label": "5 %", "value": "5", "default": False},
            {"label": "10 %", "value": "10", "default": False},
        ],
    },
)
FORMS: tuple[dict[str, Any], ...] = (
    {"name": "How was your coffee?", "status": "PUBLISHED", "type": "PUBLIC"},
    {"name": "Become a member", "status": "PUBLISHED", "type": "PUBLIC"},
    {"name": "Roastery evening: what you may not eat", "status": "PUBLISHED", "type": "PRIVATE"},
    {"name": "Autumn survey", "status": "DRAFT", "type": "PUBLIC"},
    {"name": "Summer survey 2024", "status": "BIN", "type": "PUBLIC"},
)
AUTOMATIONS: tuple[dict[str, Any], ...] = (
    {"name": "We miss you: a coffee on us", "event": "contact_updated"},
    {"name": "Welcome to Koffie & Co", "event": "contact_created"},
    {"name": "Gold: the priority seat explained", "event": "tier_reached"},
    {"name": "Spring letter", "event": "contact_updated", "status": "inactive"},
)
BRAND = {
    "small_logo_url": "https://cdn.koffie.example/hare-64.png",
    "large_logo_url": "https://cdn.koffie.example/hare-512.png",
    "primary_color": "#7A3B1D",
    "secondary_color": "#F4E7D3",
    "tertiary_color": "#2F4A3C",
    "quarternary_color": "#D9A441",
    "font_family": "Work Sans",
}


def add_catalogue(account: Account) -> None:
    for kind, rows in (("perk", PERKS), ("form", FORMS), ("automation", AUTOMATIONS)):
        for fields in rows:
            make(account, kind, fields)
    make(account, "brand_kit", BRAND)
