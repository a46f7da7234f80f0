"""Loyalty transactions, that is credit and reward receptions: https://docs.leat.com/v3/oauth/loyalty-transactions"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.pages import wanted, window_meta
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contacts import contact_with_balance
from piggyadmin.sandbox.resources.identifiers import identifier_reference
from piggyadmin.sandbox.resources.periods import within
from piggyadmin.sandbox.resources.rewards import reward_view
from piggyadmin.sandbox.resources.shops import shop_with_address
from piggyadmin.sandbox.resources.units import UNIT, unit_view
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

TYPES = {
    "credit_receptions": ("credit_reception",),
    "reward_receptions": ("reward_reception", "digital_reward_reception"),
}
"""The filter's plural word, and what the rows call themselves."""


def transaction_view(account: Account, row: Row) -> dict[str, Any]:
    contact = account.table("contact").get(row["contact_uuid"] or "")
    view = {
        "type": row["type"],
        "uuid": row["uuid"],
        "credits": row["credits"],
        "created_at": moments.shown(row["created_at"]),
        "contact": contact_with_balance(contact, row["balance_after"]),
        "shop": shop_with_address(account.table("shop").get(row["shop_uuid"] or "")),
        "contact_identifier": identifier_reference(account.table("identifier").get(row["identifier_value"] or "")),
        "channel": row["channel"],
    }
    if row["type"] == "credit_reception":
        unit = account.table("unit").get(row.get("unit_name") or "") or UNIT
        view |= {"unit_value": row["unit_value"], "unit": None if row["unit_value"] is None else unit_view(unit)}
        return {**row["attributes"], **view}  # their own keys, among the others
    reward = account.table("reward").get(row["reward_uuid"] or "")
    view["title"] = row["title"]
    if row["type"] == "reward_reception":
        view |= {
            "reward": None if reward is None else reward_view(reward),
            "expires_at": moments.shown(row["expires_at"]),
            "has_been_collected": row["has_been_collected"],
        }
    else:
        view["digital_reward"] = None if reward is None else reward_view(reward)
        if row["digital_code"]:
            view["digital_reward_code"] = {"code": row["digital_code"]}
    return view


def new_transaction(account: Account, *, contact: Row | None, shop: Row, credits: int) -> Row:
    """A credit reception of now. Not put yet: see ``book_credits``."""
    return {
        "uuid": account.new_uuid(),
        "id": account.number("loyalty_transaction"),
        "created_at": account.now(),
        "type": "credit_reception",
        "credits": credits,
        "contact_uuid": contact and contact["uuid"],
        "shop_uuid": shop["uuid"],
        "identifier_value": None,
        "unit_value": None,
        "unit_name": None,
        "balance_after": credits + (contact["credits"] if contact else 0),
        "channel": "BUSINESS_APP",
        "attributes": {},
        "title": None,
        "reward_uuid": None,
        "expires_at": None,
        "has_been_collected": True,
        "digital_code": None,
    }


def book_credits(account: Account, row: Row) -> Row:
    """Put the transaction, and what follows from it into its contact."""
    contact = account.table("contact").get(row["contact_uuid"] or "")
    if contact is not None:
        shops = contact["shop_uuids"]
        changed = {
            "credits": row["balance_after"],
            "previous_credits": contact["credits"],
            "transactions": contact["transactions"] + 1,
            "credits_received": contact["credits_received"] + max(row["credits"], 0),
            "first_transaction_at": contact["first_transaction_at"] or row["created_at"],
            "last_transaction_at": row["created_at"],
            "shop_uuids": shops if row["shop_uuid"] in shops else [*shops, row["shop_uuid"]],
        }
        account.put("contact", {**contact, **changed})
    return account.put("loyalty_transaction", row)


@operation("GET", "/loyalty-transactions", "list_loyalty_transactions")
def list_loyalty_transactions(call: Call) -> Answer:
    """Pages of at most 100. Without ``sort`` the oldest come first; no order is documented for that."""
    asked = call.asked()
    page_wanted = wanted(asked, low=0, high=100, default=10)
    sort = asked.choice("sort", ("created_at", "-created_at"))
    kind = asked.choice("type", TYPES)
    contact_uuid = asked.text("contact_uuid")
    shop_uuid = asked.text("shop_uuid")
    period = asked.period("created_at")
    asked.done()
    rows = _of_contact(call, contact_uuid)
    if shop_uuid:
        call.row("shop", shop_uuid, 1008)
        rows = [row for row in rows if row["shop_uuid"] == shop_uuid]
    if kind:
        rows = [row for row in rows if row["type"] in TYPES[kind]]
    rows = within(rows, period)
    if sort == "-created_at":
        rows.reverse()
    page = page_wanted.of(rows)
    return Answer([transaction_view(call.account, row) for row in page.cut(rows)], meta=window_meta(page))


def _of_contact(call: Call, contact_uuid: str | None) -> list[Row]:
    """Oldest first."""
    table = call.account.table("loyalty_transaction")
    if contact_uuid:
        call.row("contact", contact_uuid, 55031)
        if not call.ignore_filters:
            return sorted(table.where("contact_uuid", contact_uuid), key=lambda row: row["created_at"])
    return table.by_age()
