"""Credit receptions: https://docs.leat.com/v3/oauth/credit-receptions"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.loyalty_transactions import book_credits, new_transaction, transaction_view
from piggyadmin.sandbox.resources.transaction_attributes import transaction_values
from piggyadmin.sandbox.resources.units import credits_for, unit_named
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

CHANNEL = "OAUTH_API"


@operation("GET", "/credit-receptions/calculate", "calculate_credits")
def calculate_credits(call: Call) -> Answer:
    """What a reception of this value would give by the programme's rules."""
    asked = call.asked()
    shop_uuid = asked.text("shop_uuid", required=True)
    contact_uuid = asked.text("contact_uuid")
    unit_value = asked.number("unit_value", required=True)
    unit_name = asked.text("unit_name")
    asked.done()
    call.row("shop", shop_uuid or "", 1008)
    if contact_uuid:
        call.row("contact", contact_uuid, 55031)
    return call.answer({"credits": credits_for(unit_named(call.account, unit_name), unit_value or 0)})


@operation("POST", "/credit-receptions", "create_credit_reception")
def create_credit_reception(call: Call) -> Answer:
    """``credits`` overrule the programme's rules, ``unit_value`` is subject to them; both may be sent, and credits may
    be negative, below a balance of nothing too: no page says otherwise. Attributes stand among the other keys."""
    sent = call.sent()
    wanted = _wanted(sent)
    attributes = transaction_values(call.account, sent)
    sent.done()
    account = call.account
    shop = call.row("shop", wanted["shop_uuid"], 1008)
    contact = call.row("contact", wanted["contact_uuid"], 55031)
    card = _card(call, wanted["contact_identifier_value"], contact)
    if wanted["pos_transaction_uuid"]:
        raise ApiError(1027)  # they come from the Register API alone, so none is ever found here
    unit = unit_named(account, wanted["unit_name"]) if _needs_unit(wanted) else None
    credits = wanted["credits"]
    if credits is None:
        assert unit is not None
        credits = credits_for(unit, wanted["unit_value"])
    if credits > setting(account, "max_amount"):
        raise ApiError(1015)
    if contact["uuid"] in setting(account, "running"):
        raise ApiError(60001)
    transaction = new_transaction(account, contact=contact, shop=shop, credits=credits)
    transaction |= {
        "identifier_value": card and card["value"],
        "unit_value": wanted["unit_value"],
        "unit_name": unit and unit["name"],
        "channel": CHANNEL,
        "attributes": attributes,
    }
    return call.answer(transaction_view(account, book_credits(account, transaction)))


def _wanted(sent: Inputs) -> dict[str, Any]:
    wanted = {
        "shop_uuid": sent.text("shop_uuid", required=True),
        "contact_uuid": sent.text("contact_uuid", required=True),
        "credits": sent.whole("credits"),
        "unit_value": sent.number("unit_value"),
        "unit_name": sent.text("unit_name"),
        "contact_identifier_value": sent.text("contact_identifier_value"),
        "pos_transaction_uuid": sent.text("pos_transaction_uuid"),
    }
    if wanted["credits"] is None and wanted["unit_value"] is None:
        sent.wrong("credits", "field is required when unit value is not present.")
    return wanted


def _needs_unit(wanted: dict[str, Any]) -> bool:
    return wanted["unit_value"] is not None or wanted["unit_name"] is not None


def _card(call: Call, value: str | None, contact: Row) -> Row | None:
    """The page lists "not found" and not "inactive": an inactive one is as good as none. Another person's is invalid
    input (no page says)."""
    if not value:
        return None
    card = call.row("identifier", value, 60003)
    if not card["active"]:
        raise ApiError(60003)
    if card["contact_uuid"] != contact["uuid"]:
        raise invalid("contact_identifier_value", "The contact identifier does not belong to this contact.")
    return card


@operation("POST", "/credit-receptions/{credit_reception_uuid}/reverse", "reverse_credit_reception")
def reverse_credit_reception(call: Call) -> Answer:
    """A new reception of the opposite credits. Only 1003 is listed, so that is what an unknown one, a reward, a second
    reversal, the reversal of a reversal and one of a contact that is gone get."""
    account = call.account
    uuid = call.value("credit_reception_uuid")
    row = account.table("loyalty_transaction").get(uuid)
    if row is None or row["type"] != "credit_reception":
        raise invalid("uuid", "The credit reception does not exist.")
    if row.get("reversed_by") or row.get("reverses"):
        raise invalid("uuid", "The credit reception has been reversed already.")
    contact = account.table("contact").get(row["contact_uuid"] or "")
    shop = account.table("shop").get(row["shop_uuid"] or "")
    if contact is None or shop is None:
        raise invalid("uuid", "The credit reception has no contact any more.")
    opposite = new_transaction(account, contact=contact, shop=shop, credits=-row["credits"])
    opposite |= {
        "identifier_value": row["identifier_value"],
        "unit_value": row["unit_value"],
        "unit_name": row.get("unit_name"),
        "channel": CHANNEL,
        "attributes": dict.fromkeys(row["attributes"]),
        "reverses": row["uuid"],
    }
    account.put("loyalty_transaction", {**row, "reversed_by": opposite["uuid"]})
    return call.answer(transaction_view(account, book_credits(account, opposite)))
