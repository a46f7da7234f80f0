"""Products and categories of the demo, its automations, and attributes of other things than contacts."""

from __future__ import annotations

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.places import DAY
from piggyadmin.sandbox.make import Fields, make

CATEGORIES = {
    "cat-coffee": "Coffee",
    "cat-tea": "Tea and chocolate",
    "cat-bakery": "From the oven",
    "cat-beans": "Beans to take home",
}
PRODUCTS: tuple[tuple[str, str, str | None, tuple[str, ...]], ...] = (
    ("sku-1001", "Flat white", "200 ml, with oat milk at no extra", ("cat-coffee",)),
    ("sku-1002", "Filter coffee of the day", None, ("cat-coffee",)),
    ("sku-1003", "Espresso", "Single", ("cat-coffee",)),
    ("sku-1004", "Cortado", None, ("cat-coffee",)),
    ("sku-2001", "Mint tea, fresh", "With honey from Amersfoort", ("cat-tea",)),
    ("sku-2002", "شاي بالنعناع", "Mint tea as the menu of the Utrecht shop has it", ("cat-tea",)),
    ("sku-2003", "Hot chocolate with whipped cream", None, ("cat-tea",)),
    ("sku-3001", "Apple pie", "A slice", ("cat-bakery",)),
    ("sku-3002", "Banana bread", None, ("cat-bakery",)),
    ("sku-3003", "Croissant", None, ("cat-bakery",)),
    ("sku-4001", "House blend, 250 g", "Whole beans", ("cat-beans", "cat-coffee")),
    ("sku-4002", "Ethiopia Yirgacheffe natural, roasted on Tuesday, 1 kg for offices", None, ("cat-beans",)),
    ("sku-4003", "Decaf, 250 g", None, ("cat-beans",)),
    ("sku-9001", "Deposit on a glass", "Given back at the till", ()),
)
AUTOMATIONS: tuple[tuple[str, str, str], ...] = (
    ("Welcome back", "contact_updated", "active"),
    ("Ask for a review", "contact_updated", "active"),
    ("Win back after the summer", "contact_updated", "inactive"),
    ("Thank you for your visit", "visit_created", "active"),
    ("Birthday cake", "contact_created", "active"),
)
ATTRIBUTES: tuple[tuple[str, str, str, str], ...] = (
    ("promotion", "till_discount_code", "Discount code at the till", "text"),
    ("reward", "till_sku", "Article number at the till", "text"),
    ("giftcard_transaction", "till_receipt", "Receipt", "identifier"),
    ("visit", "table", "Table", "number"),
    ("business_profiles", "manager", "Manager", "text"),
)


def add_products(account: Account) -> None:
    since = account.after(-2 * 365 * DAY)
    known = {
        identifier: make(
            account, "product_category", {"external_identifier": identifier, "name": name, "created_at": since}
        )["uuid"]
        for identifier, name in CATEGORIES.items()
    }
    for identifier, name, description, under in PRODUCTS:
        fields: Fields = {"external_identifier": identifier, "name": name, "description": description}
        make(account, "product", {**fields, "category_uuids": [known[each] for each in under], "created_at": since})
    for name, event, status in AUTOMATIONS:
        make(account, "automation", {"name": name, "event": event, "status": status, "created_at": since})
    for entity, name, label, kind in ATTRIBUTES:
        make(account, "attribute", {"entity": entity, "name": name, "label": label, "type": kind})
