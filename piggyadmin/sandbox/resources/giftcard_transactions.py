"""Money on gift cards: https://docs.leat.com/v3/oauth/giftcard-transactions

Where the page is silent: input first, then that everything named exists, then the card's own state (switched off,
expired), then what it may hold. Its lists have no codes at all, so what a filter names and is not there brings nothing.
"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.pages import MAX_PAGE, Wanted, window_meta
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.attributes import own_names, take_values
from piggyadmin.sandbox.resources.giftcards import has_expired, program_of
from piggyadmin.sandbox.resources.periods import within
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

ENTITY = "giftcard_transaction"


def giftcard_transaction_view(account: Account, row: Row) -> dict[str, Any]:
    card = account.table("giftcard").get(row["giftcard_uuid"])
    shop = account.table("shop").get(row["shop_uuid"] or "")
    assert card is not None  # cards never go
    values = {**dict.fromkeys(own_names(account, ENTITY)), **row["attributes"]}
    return {
        "id": row["id"],
        "uuid": row["uuid"],
        "amount_in_cents": row["amount_in_cents"],
        "type": "STANDARD",
        "settled": False,
        "card": {"id": card["id"], "uuid": card["uuid"]},
        "shop": shop and {"id": shop["id"], "uuid": shop["uuid"], "name": shop["name"]},
        "settlements": [],
        "custom_attributes": values or [],
        "created_at": moments.shown(row["created_at"]),
    }


def new_giftcard_transaction(account: Account, *, card: Row, shop: Row, cents: int) -> Row:
    """Not put yet: see ``book_giftcard``."""
    return {
        "uuid": account.new_uuid(),
        "id": account.number("giftcard_transaction"),
        "created_at": account.now(),
        "giftcard_uuid": card["uuid"],
        "shop_uuid": shop["uuid"],
        "amount_in_cents": cents,
        "attributes": {},
    }


def book_giftcard(account: Account, row: Row) -> Row:
    """Put the transaction, and the balance after it into its card."""
    card = account.table("giftcard").get(row["giftcard_uuid"])
    assert card is not None
    account.put("giftcard", {**card, "amount_in_cents": card["amount_in_cents"] + row["amount_in_cents"]})
    return account.put("giftcard_transaction", row)


def _refuse_unless_fit(account: Account, card: Row, cents: int) -> None:
    """A card that cannot be topped up takes its first money all the same: it could hold none otherwise."""
    if not card["active"]:
        raise ApiError(7010)
    if has_expired(account, card):
        raise ApiError(5002)
    balance, most = card["amount_in_cents"] + cents, program_of(account, card)["max_amount_in_cents"]
    if balance < 0:
        raise ApiError(5003)
    if cents > 0 and not card["upgradeable"] and _of_card(account, card["uuid"]):
        raise ApiError(5006)
    if cents > 0 and most is not None and balance > most:
        raise ApiError(5008)


def _of_card(account: Account, giftcard_uuid: str) -> list[Row]:
    """Oldest first."""
    found = account.table("giftcard_transaction").where("giftcard_uuid", giftcard_uuid)
    return sorted(found, key=lambda row: row["created_at"])


@operation("GET", "/giftcard-transactions", "list_giftcard_transactions")
def list_giftcard_transactions(call: Call) -> Answer:
    """Pages of at most 100, whose size is called ``perPage``. Without ``sort`` the oldest come first."""
    asked = call.asked()
    page_wanted = Wanted(
        asked.integer("page", low=1, high=MAX_PAGE, default=1), asked.integer("perPage", low=0, high=100, default=10)
    )
    sort = asked.choice("sort", ("created_at", "-created_at"))
    period = asked.period("created_at")
    rows = within(_asked_for(call, asked), period)
    asked.done()
    if sort == "-created_at":
        rows.reverse()
    page = page_wanted.of(rows)
    return Answer([giftcard_transaction_view(call.account, row) for row in page.cut(rows)], meta=window_meta(page))


def _asked_for(call: Call, asked: Inputs) -> list[Row]:
    account = call.account
    card_hash, program_uuid = asked.text("giftcard_hash"), asked.text("giftcard_program_uuid")
    shop_uuid = asked.text("shop_uuid")
    rows = account.table("giftcard_transaction").by_age()
    if call.ignore_filters:
        return rows
    cards = account.table("giftcard")
    if card_hash:
        rows = [row for card in cards.where("hash", card_hash) for row in _of_card(account, card["uuid"])]
    if program_uuid:
        own = {card["uuid"] for card in cards.under("giftcard_program_uuid", program_uuid)}
        rows = [row for row in rows if row["giftcard_uuid"] in own]
    return [row for row in rows if row["shop_uuid"] == shop_uuid] if shop_uuid else rows


@operation("POST", "/giftcard-transactions", "create_giftcard_transaction")
def create_giftcard_transaction(call: Call) -> Answer:
    """A negative amount spends. An account with the setting ``marks`` off keeps no attributes."""
    sent = call.sent()
    giftcard_uuid = sent.text("giftcard_uuid", required=True)
    shop_uuid = sent.text("shop_uuid", required=True)
    cents = sent.whole("amount_in_cents", required=True)
    if cents == 0:
        sent.wrong("amount_in_cents", "may not be 0.")
    sent.done()
    account, values = call.account, sent.fields.get("custom_attributes")
    attributes = take_values(account, ENTITY, values, field="custom_attributes") if values else {}
    card = call.row("giftcard", giftcard_uuid or "", 5001)
    shop = call.row("shop", shop_uuid or "", 1008)
    _refuse_unless_fit(account, card, cents or 0)
    row = new_giftcard_transaction(account, card=card, shop=shop, cents=cents or 0)
    if setting(account, "marks"):
        row["attributes"] = attributes
    return call.answer(giftcard_transaction_view(account, book_giftcard(account, row)))


@operation("GET", "/giftcard-transactions/{giftcard_transaction_uuid}", "get_giftcard_transaction")
def get_giftcard_transaction(call: Call) -> Answer:
    row = call.row("giftcard_transaction", call.value("giftcard_transaction_uuid"), 5010)
    return call.answer(giftcard_transaction_view(call.account, row))


@operation("POST", "/giftcard-transactions/{giftcard_transaction_uuid}/reverse", "reverse_giftcard_transaction")
def reverse_giftcard_transaction(call: Call) -> Answer:
    """A new transaction of the opposite amount, for the last one of its card alone; so never twice."""
    account = call.account
    row = call.row("giftcard_transaction", call.value("giftcard_transaction_uuid"), 5010)
    if _of_card(account, row["giftcard_uuid"])[-1]["uuid"] != row["uuid"]:
        raise ApiError(55025)
    card, shop = account.table("giftcard").get(row["giftcard_uuid"]), account.table("shop").get(row["shop_uuid"] or "")
    assert card is not None
    assert shop is not None
    _refuse_unless_fit(account, card, -row["amount_in_cents"])
    opposite = new_giftcard_transaction(account, card=card, shop=shop, cents=-row["amount_in_cents"])
    return call.answer(giftcard_transaction_view(account, book_giftcard(account, opposite)))


@operation("POST", "/giftcard-transactions/{giftcard_transaction_uuid}/correct", "correct_giftcard_transaction")
def correct_giftcard_transaction(call: Call) -> Answer:
    """The older name of reversing."""
    return reverse_giftcard_transaction(call)
