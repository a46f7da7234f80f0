"""Webhook subscriptions: https://docs.leat.com/v3/webhooks"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.inputs import Inputs, unfit
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

KIND = "webhook_subscription"
EVENTS = (
    "contact_created",
    "contact_updated",
    "contact_identifier_created",
    "credit_reception_created",
    "prepaid_transaction_created",
    "giftcard_transaction_created",
    "voucher_created",
    "voucher_updated",
    "voucher_redeemed",
    "form_submission_completed",
    "referral_completed",
    "reward_updated",
    "promotion_updated",
)
STATUSES = ("ACTIVE", "INACTIVE")


def webhook_view(row: Row, *, listed: bool = False) -> dict[str, Any]:
    """The secret is never told. A list may leave the watched attributes out, as the page's example does."""
    view = {
        "uuid": row["uuid"],
        "name": row["name"],
        "event_type": row["event_type"],
        "url": row["url"],
        "properties": row["properties"],
        "status": row["status"],
        "version": "V1",
        "created_at": moments.shown(row["created_at"]),
    }
    return {key: value for key, value in view.items() if not (listed and key == "properties" and not value)}


@operation("GET", "/webhook-subscriptions", "list_webhook_subscriptions")
def list_webhook_subscriptions(call: Call) -> Answer:
    asked = call.asked()
    event = asked.choice("event_type", EVENTS)
    status = asked.choice("status", STATUSES)
    asked.done()
    if call.ignore_filters:
        event = status = None
    rows = [
        row
        for row in call.account.table(KIND)
        if (not event or row["event_type"] == event) and (not status or row["status"] == status)
    ]
    return call.answer([webhook_view(row, listed=True) for row in rows])


@operation("POST", "/webhook-subscriptions", "create_webhook_subscription")
def create_webhook_subscription(call: Call) -> Answer:
    """Answers 201. The same address twice for one event is two subscriptions: no page says otherwise."""
    sent = call.sent()
    row = {
        "uuid": call.account.new_uuid(),
        "created_at": call.account.now(),
        "name": sent.text("name", required=True),
        "event_type": sent.choice("event_type", EVENTS, required=True),
        "url": _url(sent, required=True),
        "secret": sent.text("secret"),
        "properties": _attributes(sent) or [],
        "status": "ACTIVE",
    }
    sent.done()
    return call.answer(webhook_view(call.account.put(KIND, row)), status=201)


@operation("GET", "/webhook-subscriptions/{webhook_subscription_uuid}", "get_webhook_subscription")
def get_webhook_subscription(call: Call) -> Answer:
    return call.answer(webhook_view(_in_path(call)))


@operation("PUT", "/webhook-subscriptions/{webhook_subscription_uuid}", "update_webhook_subscription")
def update_webhook_subscription(call: Call) -> Answer:
    """Event and secret stay as they are, whatever is sent. ``attributes`` must come with contact_updated."""
    row = _in_path(call)
    sent = call.sent()
    wanted = {
        "name": sent.text("name"),
        "url": _url(sent),
        "status": sent.choice("status", STATUSES),
        "properties": _attributes(sent),
    }
    if row["event_type"] == "contact_updated" and wanted["properties"] is None and not sent.errors:
        sent.wrong("attributes", "field is required when event type is contact_updated.")
    sent.done()
    changed = {name: value for name, value in wanted.items() if value is not None}
    return call.answer(webhook_view(call.account.put(KIND, {**row, **changed})))


@operation("DELETE", "/webhook-subscriptions/{webhook_subscription_uuid}", "delete_webhook_subscription")
def delete_webhook_subscription(call: Call) -> Answer:
    call.account.drop(KIND, _in_path(call)["uuid"])
    return call.answer([])


def _in_path(call: Call) -> Row:
    return call.row(KIND, call.value("webhook_subscription_uuid"), 80300)


def _url(sent: Inputs, *, required: bool = False) -> str | None:
    text = sent.text("url", required=required)
    if text is None:
        return None
    try:
        url = urlsplit(text)
        fine = url.scheme in ("http", "https") and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        fine = False
    if not fine or not text.isascii() or " " in text:
        sent.wrong("url", "must be a valid URL.")
        return None
    return text


def _attributes(sent: Inputs) -> list[str] | None:
    """Names of contact attributes; as a list, or as a form writes one."""
    value = sent.fields.get("attributes")
    if value is None or value == "":
        return None
    names = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name and not unfit(name) for name in names):
        sent.wrong("attributes", "must be an array of names.")
        return None
    return names
