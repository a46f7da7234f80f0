"""Claim links: https://docs.leat.com/v3/loyalty-tokens

All that a link gives stands in its query string, under a hash with the account's secret. Nothing is kept of a link
until it is claimed; from then on its ``unique_id`` is used up, whatever else a second link of that id says."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.inputs import MAX_NUMBER, Inputs
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.credit_receptions import CHANNEL
from piggyadmin.sandbox.resources.loyalty_transactions import book_credits, new_transaction, transaction_view
from piggyadmin.sandbox.resources.units import credits_for, units
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer


def _wanted(call: Call, sent: Inputs) -> dict[str, Any]:
    version = sent.choice("version", ("v1", "v2", "v3"), required=True)
    unique_id = sent.text("unique_id", required=True)
    shop_uuid = sent.text("shop_uuid", required=version == "v3")
    # Older links name the shop by its number.
    shop_id = sent.text("shop_id") if isinstance(sent.fields.get("shop_id"), str) else sent.whole("shop_id")
    credits = sent.whole("credits", low=1)
    unit_name, unit_value = sent.text("unit_name"), sent.number("unit_value")
    sent.done()
    if version == "v1" and credits is None:
        raise ApiError(60018)
    if version == "v2" and (unit_name is None or unit_value is None):
        raise ApiError(60019)
    if credits is None and (unit_name is None or unit_value is None):
        raise invalid("credits", "The credits field is required when unit name and unit value are not present.")
    if credits is None and not any(unit["name"] == unit_name for unit in units(call.account)):
        raise invalid("unit_name", "The selected unit name is invalid.")
    shop = _shop(call, shop_uuid, shop_id)
    gives: dict[str, Any] = {"credits": credits}
    if credits is None:
        gives = {"unit_name": unit_name, "unit_value": f"{unit_value:.10g}"}
    # The order is part of what is hashed.
    return {"version": version, "shop_uuid": shop["uuid"], "unique_id": unique_id, "gives": gives}


def _shop(call: Call, shop_uuid: str | None, shop_id: Any) -> Row:
    if shop_uuid:
        return call.row("shop", shop_uuid, 1008)
    found = next((row for row in call.account.table("shop") if str(row["id"]) == str(shop_id)), None)
    if found is None:
        raise ApiError(1008)
    return found


def _query(account: Account, wanted: dict[str, Any], timestamp: str) -> str:
    named = {name: wanted[name] for name in ("version", "shop_uuid", "unique_id")}
    query = urlencode({**named, "timestamp": timestamp, **wanted["gives"]})
    secret = f"loyalty-secret-{account.key}"
    digest = hashlib.sha1(f"{query}&secret={secret}".encode(), usedforsecurity=False).hexdigest()
    return f"{query}&hash={digest}"


@operation("POST", "/loyalty-tokens", "create_loyalty_token")
def create_loyalty_token(call: Call) -> Answer:
    """The whole link as a bare string. What was made is kept for the test's own books; claiming does not ask there."""
    wanted, account = _wanted(call, call.sent()), call.account
    timestamp = str(int(datetime.fromisoformat(account.now()).timestamp()))
    row = {"uuid": account.new_uuid(), "created_at": account.now(), **wanted}
    account.put("loyalty_token", row)
    return call.answer(f"{call.origin}/l?{_query(account, wanted, timestamp)}")


@operation("POST", "/loyalty-tokens/claim", "claim_loyalty_token")
def claim_loyalty_token(call: Call) -> Answer:
    """A hash that does not fit is invalid input, and a second claim 60000 (both our reading: no page says)."""
    sent = call.sent()
    timestamp, digest = _timestamp(sent), sent.text("hash", required=True)
    contact_uuid = sent.text("contact_uuid", required=True)
    wanted, account = _wanted(call, sent), call.account
    contact = call.row("contact", contact_uuid or "", 55031)
    if _query(account, wanted, timestamp).rpartition("=")[2] != (digest or "").lower():
        raise invalid("hash", "The hash is invalid.")
    if account.table("claimed_token").get(wanted["unique_id"]) is not None:
        raise ApiError(60000)
    shop, gives = call.row("shop", wanted["shop_uuid"], 1008), wanted["gives"]
    transaction = _transaction(account, contact, shop, gives)
    account.put("claimed_token", {"unique_id": wanted["unique_id"], "created_at": account.now()})
    return call.answer(transaction_view(account, book_credits(account, transaction)))


def _transaction(account: Account, contact: Row, shop: Row, gives: dict[str, Any]) -> Row:
    if "unit_name" not in gives:
        row = new_transaction(account, contact=contact, shop=shop, credits=gives["credits"])
        return {**row, "channel": CHANNEL}
    unit = next(unit for unit in units(account) if unit["name"] == gives["unit_name"])
    value = float(gives["unit_value"])
    row = new_transaction(account, contact=contact, shop=shop, credits=credits_for(unit, value))
    return {**row, "channel": CHANNEL, "unit_value": value, "unit_name": unit["name"]}


def _timestamp(sent: Inputs) -> str:
    """Seconds of Unix time, as a number or as text."""
    value = sent.fields.get("timestamp")
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_NUMBER:
        return str(value)
    text = sent.text("timestamp", required=True)
    if text is not None and not (text.isascii() and text.isdigit()):
        sent.wrong("timestamp", "must be a timestamp.")
    return text or ""
