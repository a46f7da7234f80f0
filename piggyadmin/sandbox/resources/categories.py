"""Product categories: https://docs.leat.com/v3/oauth/product-categories

And the catalogue's common pattern, which products follow too (``products``): a row is known by its uuid and by the
``external_identifier`` its owner gave it. No error codes are documented; ours are 60013 for what is not there and 1003
for an identifier that is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.pages import wanted, window_meta
from piggyadmin.sandbox.registry import keep_free, operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

KIND = "product_category"
MISSING = 60013
View = Callable[[Account, Row], dict[str, Any]]

keep_free("/product-categories/batch")


# --- the common pattern


def listed(call: Call, kind: str, view: View) -> Answer:
    """Pages of ten unless more is asked for, at most 100, in the order they were made."""
    asked = call.asked()
    page_wanted = wanted(asked, low=1, high=100, default=10)
    asked.done()
    rows = call.account.table(kind).all()
    page = page_wanted.of(rows)
    meta = window_meta(page, limit_was_sent="limit" in call.query)
    return Answer([view(call.account, row) for row in page.cut(rows)], meta=meta)


def found(call: Call, kind: str) -> Row:
    """The row with the external identifier that is asked for."""
    asked = call.asked()
    identifier = asked.text("external_identifier", required=True)
    asked.done()
    row = by_identifier(call.account, kind, identifier or "")
    if row is None:
        raise ApiError(MISSING)
    return next(iter(call.account.table(kind))) if call.ignore_filters else row


def by_identifier(account: Account, kind: str, identifier: str) -> Row | None:
    rows = account.table(kind).where("external_identifier", identifier)
    return rows[0] if rows else None


def need_free(account: Account, kind: str, identifier: str | None, *, but: str = "") -> None:
    """No two of a kind have one external identifier."""
    taken = by_identifier(account, kind, identifier) if identifier else None
    if taken is not None and taken["uuid"] != but:
        raise invalid("external_identifier", "The external identifier has already been taken.")


def put_new(account: Account, kind: str, fields: Row) -> Row:
    """Put a row with a uuid of its own."""
    return account.put(kind, {"uuid": account.new_uuid(), "created_at": account.now(), **fields})


# --- categories


def category_view(_account: Account, row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("uuid", "external_identifier", "name")}


def _fields(sent: Inputs, *, identifier: bool, name: bool) -> dict[str, Any]:
    """What was sent, refused when it is wrong; the two flags say what must be there."""
    fields = {
        "external_identifier": sent.text("external_identifier", required=identifier),
        "name": sent.text("name", required=name),
    }
    sent.done()
    return fields


@operation("GET", "/product-categories", "list_categories")
def list_categories(call: Call) -> Answer:
    return listed(call, KIND, category_view)


@operation("POST", "/product-categories", "create_category")
def create_category(call: Call) -> Answer:
    fields = _fields(call.sent(), identifier=True, name=True)
    need_free(call.account, KIND, fields["external_identifier"])
    return call.answer(category_view(call.account, put_new(call.account, KIND, fields)))


@operation("GET", "/product-categories/find", "find_category")
def find_category(call: Call) -> Answer:
    return call.answer(category_view(call.account, found(call, KIND)))


@operation("POST", "/product-categories/find-or-create", "find_or_create_category")
def find_or_create_category(call: Call) -> Answer:
    """What is there comes back as it is, whatever else was sent. A new one without a name is called as its
    identifier."""
    fields = _fields(call.sent(), identifier=True, name=False)
    row = by_identifier(call.account, KIND, fields["external_identifier"])
    if row is None:
        row = put_new(call.account, KIND, {**fields, "name": fields["name"] or fields["external_identifier"]})
    return call.answer(category_view(call.account, row))


@operation("GET", "/product-categories/{category_uuid}", "get_category")
def get_category(call: Call) -> Answer:
    return call.answer(category_view(call.account, _in_path(call)))


@operation("PUT", "/product-categories/{category_uuid}", "update_category")
def update_category(call: Call) -> Answer:
    fields = _fields(call.sent(), identifier=False, name=False)
    row = _in_path(call)
    need_free(call.account, KIND, fields["external_identifier"], but=row["uuid"])
    changed = {key: value for key, value in fields.items() if value is not None}
    return call.answer(category_view(call.account, call.account.put(KIND, {**row, **changed})))


@operation("DELETE", "/product-categories/{category_uuid}", "delete_category")
def delete_category(call: Call) -> Answer:
    """Its products stay, without it: their views leave out categories that are gone."""
    call.account.drop(KIND, _in_path(call)["uuid"])
    return call.answer(None)


def _in_path(call: Call) -> Row:
    return call.row(KIND, call.value("category_uuid"), MISSING)
