"""New rows for the demo's cast and for tests: perks, forms, automations and the brand kit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.resources.setup import BRAND
from piggyadmin.sandbox.store import Row

YES_OR_NO = [
    {"label": "No", "value": "false", "default": True},
    {"label": "Yes", "value": "true", "default": False},
]


def row_of(account: Account, kind: str, fields: dict[str, Any], defaults: Row) -> Row:
    """A row as `make` lays it out; a field that is in no default is a mistake."""
    frame = {"uuid": account.new_uuid(), "id": account.number(kind), "created_at": account.now()}
    whole = {**frame, **defaults}
    if strange := fields.keys() - whole.keys():
        raise ValueError(f"A {kind} has no {', '.join(sorted(strange))}.")
    return account.put(kind, {**whole, **fields})


def make_perk(account: Account, fields: dict[str, Any]) -> Row:
    """A boolean one unless ``data_type`` and ``options`` ([{label, value, default}]) are given."""
    defaults = {
        "label": "Free delivery",
        "name": f"free_delivery_{account.number('perk')}",
        "data_type": "boolean",
        "options": YES_OR_NO,
    }
    return row_of(account, "perk", fields, defaults)


def make_form(account: Account, fields: dict[str, Any]) -> Row:
    """Published and public unless ``status`` and ``type`` say otherwise."""
    number = account.number("form")
    defaults = {
        "name": "Visit survey",
        "status": "PUBLISHED",
        "type": "PUBLIC",
        "url": f"https://forms.koffie.example/forms/{number}",
    }
    return row_of(account, "form", fields, defaults)


def make_brand_kit(account: Account, fields: dict[str, Any]) -> Row:
    """The account's one brand kit; what is not given is null."""
    account_wide = {**dict.fromkeys(BRAND), **dict.fromkeys(("font_color", "description", "corner_theme"))}
    return row_of(
        account, "brand_kit", fields, {**account_wide, "cover_image_url": None, "sdk_spelling": False, "uuid": "brand"}
    )


def make_automation(account: Account, fields: dict[str, Any]) -> Row:
    """Active, and one that can be run by hand, unless ``status`` and ``event`` say otherwise."""
    defaults = {
        "name": "Welcome back",
        "status": "active",
        "event": "contact_updated",
        "updated_at": account.now(),
    }
    return row_of(account, "automation", fields, defaults)


MAKERS: dict[str, Callable[[Account, dict[str, Any]], Row]] = {
    "automation": make_automation,
    "perk": make_perk,
    "form": make_form,
    "brand_kit": make_brand_kit,
}
