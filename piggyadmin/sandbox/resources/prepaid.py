"""Prepaid transactions: https://docs.leat.com/v3/oauth/prepaid-transactions"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.inputs import MAX_NUMBER
from piggyadmin.sandbox.pages import prepaid_meta, wanted
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contacts import contact_reference, prepaid_balance
from piggyadmin.sandbox.resources.identifiers import identifier_reference
from piggyadmin.sandbox.resources.shops import shop_reference
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer


def prepaid_view(account: Account, row: Row) -> dict[str, Any]:
    return {
        "uuid": row["uuid"],
        "amount_in_cents": row["amount_in_cents"],
        "prepaid_balance": prepaid_balance(row["balance_after"]),
        "created_at": moments.shown(row["created_at"]),
        "shop": shop_reference(account.table("shop").get(row["shop_uuid"] or "")),
        "contact_identifier": identifier_reference(account.table("identifier").get(row["identifier_value"] or "")),
    }


@operation("GET", "/prepaid-transactions", "list_prepaid_transactions")
def list_prepaid_transactions(call: Call) -> Answer:
    """Pages of at most 30, newest first. No order is documented and none can be asked for."""
    asked = call.asked()
    page_wanted = wanted(asked, low=0, high=30, default=10)
    contact_uuid = asked.text("contact_uuid")
    shop_uuid = asked.text("shop_uuid")
    asked.done()
    table = call.account.table("prepaid_transaction")
    rows = table.by_age()
    if contact_uuid:
        call.row("contact", contact_uuid, 55031)
        if not call.ignore_filters:
            rows = sorted(table.where("contact_uuid", contact_uuid), key=lambda row: row["created_at"])
    if shop_uuid:
        call.row("shop", shop_uuid, 1008)
        rows = [row for row in rows if row["shop_uuid"] == shop_uuid]
    rows = rows[::-1]
    page = page_wanted.of(rows)
    contacts = call.account.table("contact")
    data = [
        {**prepaid_view(call.account, row), "contact": contact_reference(contacts.get(row["contact_uuid"] or ""))}
        for row in page.cut(rows)
    ]
    return Answer(data, meta=prepaid_meta(page))


# --- writes


def new_prepaid(account: Account, *, contact: Row | None, shop: Row, cents: int) -> Row:
    """Not put yet: see ``book_prepaid``."""
    return {
        "uuid": account.new_uuid(),
        "id": account.number("prepaid_transaction"),
        "created_at": account.now(),
        "amount_in_cents": cents,
        "contact_uuid": contact and contact["uuid"],
        "shop_uuid": shop["uuid"],
        "identifier_value": None,
        "balance_after": cents + (contact["prepaid_in_cents"] if contact else 0),
    }


def book_prepaid(account: Account, row: Row) -> Row:
    """Put the transaction, and the balance after it into its contact."""
    contact = account.table("contact").get(row["contact_uuid"] or "")
    if contact is not None:
        account.put("contact", {**contact, "prepaid_in_cents": row["balance_after"]})
    return account.put("prepaid_transaction", row)


def _refuse_overdraft(contact: Row, cents: int) -> None:
    """No code is documented for too little money: invalid input."""
    if contact["prepaid_in_cents"] + cents < 0:
        raise invalid("amount_in_cents", "The prepaid balance is insufficient.")
    if contact["prepaid_in_cents"] + cents > MAX_NUMBER:
        raise invalid("amount_in_cents", "The prepaid balance would be too large.")


@operation("POST", "/prepaid-transactions", "create_prepaid_transaction")
def create_prepaid_transaction(call: Call) -> Answer:
    """A negative amount spends. The contact is named itself or by an identifier; by both only if they agree."""
    sent = call.sent()
    cents = sent.whole("amount_in_cents", required=True)
    shop_uuid = sent.text("shop_uuid", required=True)
    contact_uuid = sent.text("contact_uuid")
    value = sent.text("contact_identifier_value")
    if not contact_uuid and not value:
        sent.wrong("contact_uuid", "field is required when contact identifier value is not present.")
    if cents == 0:
        sent.wrong("amount_in_cents", "may not be 0.")
    sent.done()
    account = call.account
    shop = call.row("shop", shop_uuid or "", 1008)
    card = _card(call, value)
    holder = card["contact_uuid"] if card else None
    contact = call.row("contact", contact_uuid or holder or "", 55031)
    if card is not None and holder != contact["uuid"]:
        raise invalid("contact_identifier_value", "The contact identifier does not belong to this contact.")
    _refuse_overdraft(contact, cents or 0)
    row = new_prepaid(account, contact=contact, shop=shop, cents=cents or 0)
    row["identifier_value"] = card and card["value"]
    return call.answer(prepaid_view(account, book_prepaid(account, row)))


def _card(call: Call, value: str | None) -> Row | None:
    if not value:
        return None
    card = call.row("identifier", value, 60003)
    if not card["active"]:
        raise ApiError(60004)
    return card


@operation("POST", "/prepaid-transactions/{prepaid_transaction_uuid}/reverse", "reverse_prepaid_transaction")
def reverse_prepaid_transaction(call: Call) -> Answer:
    """A new transaction of the opposite amount. What cannot be reversed, or not again, is invalid input."""
    account = call.account
    row = account.table("prepaid_transaction").get(call.value("prepaid_transaction_uuid"))
    if row is None:
        raise invalid("uuid", "The prepaid transaction does not exist.")
    if row.get("reversed_by") or row.get("reverses"):
        raise invalid("uuid", "The prepaid transaction has been reversed already.")
    contact = account.table("contact").get(row["contact_uuid"] or "")
    shop = account.table("shop").get(row["shop_uuid"] or "")
    if contact is None or shop is None:
        raise invalid("uuid", "The prepaid transaction has no contact any more.")
    _refuse_overdraft(contact, -row["amount_in_cents"])
    opposite = new_prepaid(account, contact=contact, shop=shop, cents=-row["amount_in_cents"])
    opposite |= {"identifier_value": row["identifier_value"], "reverses": row["uuid"]}
    account.put("prepaid_transaction", {**row, "reversed_by": opposite["uuid"]})
    return call.answer(prepaid_view(account, book_prepaid(account, opposite)))
