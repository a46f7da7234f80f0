"""New rows for the demo's cast and for tests: orders and visits, and who brought whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.resources import orders, referrals, visits
from piggyadmin.sandbox.store import Row


def _put(account: Account, kind: str, defaults: dict[str, Any], fields: dict[str, Any]) -> Row:
    strange = fields.keys() - defaults.keys()
    if strange:
        raise ValueError(f"A {kind} has no {', '.join(sorted(strange))}.")
    return account.put(kind, {**defaults, **fields})


def _of(account: Account, kind: str, uuid: Any) -> str:
    """The row's uuid, or that of the account's first row of the kind."""
    return str(uuid or next(iter(account.table(kind)))["uuid"])


def make_order(account: Account, fields: dict[str, Any]) -> Row:
    """Paid and done, of one flat white, unless the fields say otherwise; ``lines`` are (name, how many, cents each)."""
    fields = dict(fields)
    number = account.number("order")
    now = fields.get("created_at") or account.now()
    lines = [
        {
            "uuid": account.new_uuid(),
            "external_identifier": str(place),
            "name": name,
            "quantity": quantity,
            "price": price,
            "total_amount": round(quantity * price),
        }
        for place, (name, quantity, price) in enumerate(fields.pop("lines", [("Flat white", 1, 395)]), start=1)
    ]
    charges, discounts = fields.get("charges", []), fields.get("applied_discounts", [])
    charged = sum(charge["total_amount"] for charge in charges)
    off = sum(discount["amount"] for discount in discounts)
    bought = sum(line["total_amount"] for line in lines)
    defaults = {
        "uuid": account.new_uuid(),
        "id": number,
        "contact_uuid": _of(account, "contact", fields.get("contact_uuid")),
        "shop_uuid": _of(account, "shop", fields.get("shop_uuid")),
        "external_identifier": f"T1-{number:06d}",
        "reference": None,
        "status": orders.STATUSES[2],
        "payment_status": orders.PAYMENTS[2],
        "currency": "EUR",
        "order_amount": bought,
        "total_charges_amount": charged,
        "total_discount_amount": off,
        "total_order_amount": bought + charged - off,
        "line_items": lines,
        "applied_discounts": discounts,
        "charges": charges,
        "paid_at": now,
        "completed_at": now,
        "created_at": now,
        "updated_at": now,
    }
    return _put(account, "order", defaults, fields)


def make_visit(account: Account, fields: dict[str, Any]) -> Row:
    """What is not given is null, as in a visit made without it."""
    defaults = {
        "uuid": account.new_uuid(),
        "id": account.number("visit"),
        "contact_uuid": _of(account, "contact", fields.get("contact_uuid")),
        "shop_uuid": _of(account, "shop", fields.get("shop_uuid")),
        **dict.fromkeys(visits.FIELDS),
        "created_at": account.now(),
    }
    return _put(account, "visit", defaults, fields)


def make_referral(account: Account, fields: dict[str, Any]) -> Row:
    """``referring_contact_uuid`` brought ``referred_contact_uuid``."""
    defaults = {
        "uuid": account.new_uuid(),
        "id": account.number("referral"),
        "referring_contact_uuid": "",
        "referred_contact_uuid": "",
        "status": referrals.STATUSES[0],
        "created_at": account.now(),
    }
    return _put(account, "referral", defaults, fields)


def make_referral_settings(account: Account, fields: dict[str, Any]) -> Row:
    """The account's one row of them, over what it had."""
    had = next(iter(account.table("referral_settings")), {"uuid": account.new_uuid()})
    return _put(account, "referral_settings", {**referrals.SETTINGS, **had}, fields)


MAKERS: dict[str, Callable[[Account, dict[str, Any]], Row]] = {
    "order": make_order,
    "visit": make_visit,
    "referral": make_referral,
    "referral_settings": make_referral_settings,
}
