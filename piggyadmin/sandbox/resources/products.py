"""Products: https://docs.leat.com/v3/oauth/products. They follow the pattern of ``categories``."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import invalid
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import keep_free, operation
from piggyadmin.sandbox.resources import categories
from piggyadmin.sandbox.resources.categories import MISSING, by_identifier, found, listed, need_free, put_new
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

KIND = "product"
MAX_CATEGORIES = 100
"""Of one product (our assumption, no page says so)."""

keep_free("/products/batch")


def product_view(account: Account, row: Row) -> dict[str, Any]:
    known = account.table(categories.KIND)
    under = [known.get(uuid) for uuid in row["category_uuids"]]
    return {
        "uuid": row["uuid"],
        "external_identifier": row["external_identifier"],
        "name": row["name"],
        "description": row["description"],
        "categories": [categories.category_view(account, each) for each in under if each is not None],
    }


def _fields(call: Call, *, identifier: bool, name: bool) -> dict[str, Any]:
    """What was sent, refused when it is wrong; ``category_uuids`` is None when no categories were sent."""
    sent = call.sent()
    fields: dict[str, Any] = {
        "external_identifier": sent.text("external_identifier", required=identifier),
        "name": sent.text("name", required=name),
        "description": sent.lines("description"),
    }
    named = _named_categories(sent)
    sent.done()
    fields["category_uuids"] = None if named is None else _category_uuids(call.account, named)
    return fields


def _named_categories(sent: Inputs) -> list[dict[str, Any]] | None:
    """``categories[]{uuid or external_identifier}``; a form sends them as a map. An empty list takes all away."""
    value = sent.fields.get("categories")
    if value is None or value == "":
        return None
    items = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(items, list) or len(items) > MAX_CATEGORIES or not all(isinstance(each, dict) for each in items):
        sent.wrong("categories", "must be an array of categories.")
        return None
    return items


def _category_uuids(account: Account, named: list[dict[str, Any]]) -> list[str]:
    uuids: dict[str, None] = {}
    for place, each in enumerate(named):
        row = _category(account, each)
        if row is None:
            raise invalid(f"categories.{place}", "The selected category is invalid.")
        uuids[row["uuid"]] = None
    return list(uuids)


def _category(account: Account, named: dict[str, Any]) -> Row | None:
    uuid, identifier = named.get("uuid"), named.get("external_identifier")
    if isinstance(uuid, str) and uuid:
        return account.table(categories.KIND).get(uuid)
    if isinstance(identifier, str) and identifier:
        return by_identifier(account, categories.KIND, identifier)
    return None


@operation("GET", "/products", "list_products")
def list_products(call: Call) -> Answer:
    return listed(call, KIND, product_view)


@operation("POST", "/products", "create_product")
def create_product(call: Call) -> Answer:
    fields = _fields(call, identifier=True, name=True)
    need_free(call.account, KIND, fields["external_identifier"])
    return call.answer(product_view(call.account, _put_new(call.account, fields)))


@operation("GET", "/products/find", "find_product")
def find_product(call: Call) -> Answer:
    return call.answer(product_view(call.account, found(call, KIND)))


@operation("POST", "/products/find-or-create", "find_or_create_product")
def find_or_create_product(call: Call) -> Answer:
    """What is there comes back as it is, whatever else was sent. A new one without a name is called as its
    identifier."""
    fields = _fields(call, identifier=True, name=False)
    row = by_identifier(call.account, KIND, fields["external_identifier"])
    if row is None:
        row = _put_new(call.account, {**fields, "name": fields["name"] or fields["external_identifier"]})
    return call.answer(product_view(call.account, row))


def _put_new(account: Account, fields: dict[str, Any]) -> Row:
    return put_new(account, KIND, {**fields, "category_uuids": fields["category_uuids"] or []})


@operation("GET", "/products/{product_uuid}", "get_product")
def get_product(call: Call) -> Answer:
    return call.answer(product_view(call.account, _in_path(call)))


@operation("PUT", "/products/{product_uuid}", "update_product")
def update_product(call: Call) -> Answer:
    """Only what is sent changes. A description sent empty is emptied; categories take the place of those before."""
    fields = _fields(call, identifier=False, name=False)
    row = _in_path(call)
    need_free(call.account, KIND, fields["external_identifier"], but=row["uuid"])
    changed = {key: value for key, value in fields.items() if value is not None}
    if call.body.get("description") == "":
        changed["description"] = None
    return call.answer(product_view(call.account, call.account.put(KIND, {**row, **changed})))


@operation("DELETE", "/products/{product_uuid}", "delete_product")
def delete_product(call: Call) -> Answer:
    call.account.drop(KIND, _in_path(call)["uuid"])
    return call.answer(None)


def _in_path(call: Call) -> Row:
    return call.row(KIND, call.value("product_uuid"), MISSING)
