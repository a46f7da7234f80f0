"""Making vouchers and changing them: https://docs.leat.com/v3/oauth/vouchers

Where the pages are silent: an attribute has to be defined before a voucher can carry it; an end must come after the
beginning; what is redeemed or expired cannot be changed any more.
"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.attributes import take_values
from piggyadmin.sandbox.resources.new_vouchers import add_vouchers, plan_batch, plan_dates, refuse_limits
from piggyadmin.sandbox.resources.vouchers import resting_status, voucher_view
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

MOST_IN_BATCH = 500


@operation("POST", "/vouchers", "create_voucher")
def create_voucher(call: Call) -> Answer:
    """Without a code it gets a random one, without dates those of its promotion."""
    sent = call.sent()
    code = sent.text("code")
    uses = sent.whole("total_redemptions_allowed", low=1)
    promotion, fields = _common(call, sent)
    if code and call.account.table("voucher").under("code", code):
        raise ApiError(80003)
    refuse_limits(call.account, promotion, fields["contact_uuid"], 1)
    [row] = add_vouchers(call.account, promotion, 1, code=code, total_redemptions_allowed=uses, **fields)
    return call.answer(voucher_view(call.account, row, counted=False))


@operation("POST", "/vouchers/batch", "create_voucher_batch")
def create_voucher_batch(call: Call) -> Answer:
    """Answers at once. The vouchers follow ``batch_seconds`` later, and nothing tells when they are there."""
    sent = call.sent()
    quantity = sent.whole("quantity", required=True, low=1, high=MOST_IN_BATCH)
    promotion, fields = _common(call, sent)
    assert quantity is not None
    refuse_limits(call.account, promotion, fields["contact_uuid"], quantity)
    seconds = setting(call.account, "batch_seconds") + call.late
    row = plan_batch(call.account, promotion, quantity, seconds, **fields)
    data = {
        "uuid": row["uuid"],
        "type": "vouchers",
        "quantity": quantity,
        "status": row["status"],
        "created_at": moments.dutch(call.account.epoch()),
    }
    return call.answer(data, status=201)


def _common(call: Call, sent: Inputs) -> tuple[Row, dict[str, Any]]:
    """The promotion, and what making one and making many have in common. Refuses what is wrong in ``sent`` so far."""
    promotion_uuid = sent.text("promotion_uuid", required=True)
    contact_uuid = sent.text("contact_uuid")
    starts, ends = sent.moment("activation_date"), sent.moment("expiration_date")
    if starts and ends and ends <= starts:
        sent.wrong("expiration_date", "must be a date after activation date.")
    sent.done()
    attributes = _attributes(call, sent)
    promotion = call.row("promotion", promotion_uuid or "", 80002)
    if contact_uuid:
        call.row("contact", contact_uuid, 55031)
    return promotion, {
        "contact_uuid": contact_uuid,
        "activation_date": starts,
        "expiration_date": ends,
        "attributes": attributes,
    }


def _attributes(call: Call, sent: Inputs) -> dict[str, Any]:
    """``custom_attributes``: a map of name to value, as documented, or the list of {name, value} that others send."""
    value = sent.fields.get("custom_attributes")
    if not value:
        return {}
    if isinstance(value, list):
        if not all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in value):
            raise invalid("custom_attributes", "The custom attributes must each have a name and a value.")
        value = {item["name"]: item.get("value") for item in value}
    return take_values(call.account, "voucher", value, field="custom_attributes")


@operation("PUT", "/vouchers/{voucher_uuid}", "update_voucher")
def update_voucher(call: Call) -> Answer:
    """Withdraws a voucher, or gives it back as its dates have it now. Withdrawing ends a lock; ACTIVE leaves one alone.
    Attributes that are not named stay; the date can be changed while the voucher is active or inactive."""
    sent = call.sent()
    wanted = sent.choice("status", ("ACTIVE", "DEACTIVATED"), required=True)
    ends = sent.moment("expiration_date")
    sent.done()
    attributes = _attributes(call, sent)
    row = call.row("voucher", call.value("voucher_uuid"), 80004)
    if row["status"] in ("REDEEMED", "EXPIRED"):
        raise invalid("status", f"The status of a voucher that is {row['status'].lower()} cannot be changed.")
    changed = {**row, "attributes": row["attributes"] | attributes}
    if ends:
        changed["expiration_date"] = _new_end(row, ends)
        plan_dates(call.account, [changed])
    changed |= _new_status(changed, wanted, call.account.now())
    return call.answer(voucher_view(call.account, call.account.put("voucher", changed)))


def _new_end(row: Row, ends: str) -> str:
    if row["status"] not in ("ACTIVE", "INACTIVE"):
        raise invalid("expiration_date", "The expiration date can be changed of active and inactive vouchers only.")
    if row["activation_date"] and ends <= row["activation_date"]:
        raise invalid("expiration_date", "The expiration date must be a date after activation date.")
    return ends


def _new_status(row: Row, wanted: str | None, now: str) -> Row:
    if wanted == "DEACTIVATED":
        return {"status": wanted, "lock": None}
    over = row["expiration_date"] and row["expiration_date"] <= now
    return {"status": resting_status(row, now)} if over or row["status"] == "DEACTIVATED" else {}
