"""New rows for the demo's cast and for tests: products, categories, and automations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.resources import automations, categories, products
from piggyadmin.sandbox.store import Row


def make_category(account: Account, fields: dict[str, Any]) -> Row:
    number = account.number(categories.KIND)
    defaults = {"external_identifier": f"cat-{number}", "name": f"Category {number}"}
    return _row(account, categories.KIND, fields, defaults)


def make_product(account: Account, fields: dict[str, Any]) -> Row:
    """``category_uuids`` names what it is under."""
    number = account.number(products.KIND)
    defaults: dict[str, Any] = {
        "external_identifier": f"sku-{number}",
        "name": f"Product {number}",
        "description": None,
        "category_uuids": [],
    }
    return _row(account, products.KIND, fields, defaults)


def make_automation(account: Account, fields: dict[str, Any]) -> Row:
    """One that can be run by hand, unless ``event`` or ``status`` says otherwise."""
    defaults = {
        "name": "Welcome back",
        "status": "active",
        "event": automations.RUNNABLE,
        "updated_at": account.now(),
    }
    return _row(account, "automation", fields, defaults)


def _row(account: Account, kind: str, fields: dict[str, Any], defaults: dict[str, Any]) -> Row:
    frame = {"uuid": account.new_uuid(), "created_at": account.now(), **defaults}
    if strange := fields.keys() - frame.keys():
        raise ValueError(f"A {kind} has no {', '.join(sorted(strange))}.")
    return account.put(kind, {**frame, **fields})


MAKERS: dict[str, Callable[[Account, dict[str, Any]], Row]] = {
    "automation": make_automation,
    "product": make_product,
    "product_category": make_category,
}
