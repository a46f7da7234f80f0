"""Subscriptions of contacts: https://docs.leat.com/v3/oauth/contact-subscriptions and .../subscription-types

A contact's row has ``subscribed``: subscription type to status."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

STRATEGIES = ("OPT_OUT", "OPT_IN", "DOUBLE_OPT_IN")
UNSUBSCRIBED, PENDING_CONFIRMATION, SUBSCRIBED = "UNSUBSCRIBED", "PENDING_CONFIRMATION", "SUBSCRIBED"
STATUSES = (UNSUBSCRIBED, PENDING_CONFIRMATION, SUBSCRIBED)
AS_NUMBERS = {UNSUBSCRIBED: 0, SUBSCRIBED: 1}
"""How some answers write a status. None was seen for a pending one, which stays a word."""


def enrolment(account: Account) -> dict[str, str]:
    """What a new contact is subscribed to: the types one has to opt out of."""
    types = account.table("subscription_type")
    return {row["uuid"]: SUBSCRIBED for row in types if row["active"] and row["strategy"] == "OPT_OUT"}


def type_view(row: Row) -> dict[str, Any]:
    """A type that cannot be addressed has null for its uuid."""
    return {
        "id": row["id"],
        "uuid": row["uuid"] if row["addressable"] else None,
        "name": row["name"],
        "description": row["description"],
        "active": row["active"],
        "strategy": row["strategy"],
    }


def status_of(contact: Row, row: Row) -> str:
    status: str = contact.get("subscribed", {}).get(row["uuid"], UNSUBSCRIBED)
    return status


def subscription_view(contact: Row, row: Row, *, as_number: bool = False) -> dict[str, Any]:
    status = status_of(contact, row)
    return {
        "is_subscribed": status == SUBSCRIBED,
        "status": AS_NUMBERS.get(status, status) if as_number else status,
        "subscription_type": type_view(row),
    }


def subscriptions_view(account: Account, contact: Row) -> list[dict[str, Any]]:
    """Every type of the account; older types still write the status as a number."""
    types = account.table("subscription_type")
    return [subscription_view(contact, row, as_number=not row["addressable"]) for row in types]


def subscription_values(account: Account, contact: Row) -> dict[str, Any]:
    """What ``current_values`` has about subscriptions."""
    values: dict[str, Any] = {}
    for row in account.table("subscription_type"):
        status = status_of(contact, row)
        values[f"subscription_status_{row['id']}"] = status
        if row["strategy"] == "DOUBLE_OPT_IN":
            link = (
                f"https://koffie.example/confirm/{row['id']}/{contact['uuid']}"
                if status == PENDING_CONFIRMATION
                else None
            )
            values[f"double_opt_in_confirmation_url_{row['id']}"] = link
    return values


def set_status(account: Account, contact: Row, row: Row, status: str) -> Row:
    subscribed = {**contact.get("subscribed", {}), row["uuid"]: status}
    return account.put("contact", {**contact, "subscribed": subscribed, "updated_at": account.now()})


@operation("GET", "/subscription-types", "list_subscription_types")
def list_subscription_types(call: Call) -> Answer:
    return call.answer([type_view(row) for row in call.account.table("subscription_type")])


@operation("GET", "/contact-subscriptions/{contact_uuid}", "list_contact_subscriptions")
def list_contact_subscriptions(call: Call) -> Answer:
    """Its example writes statuses as numbers, captures write words: one answer does the one, the next the other."""
    contact = call.contact()
    numbers = call.account.rng.random() < 0.5
    types = call.account.table("subscription_type")
    return call.answer([subscription_view(contact, row, as_number=numbers) for row in types])


@operation("PUT", "/contact-subscriptions/{contact_uuid}/subscribe", "subscribe_contact")
def subscribe_contact(call: Call) -> Answer:
    """With double opt-in a mail goes out, and until its link is followed the subscription is pending."""
    contact, row = _asked_for(call)
    if row["strategy"] == "DOUBLE_OPT_IN" and status_of(contact, row) != SUBSCRIBED:
        return call.answer(subscription_view(set_status(call.account, contact, row, PENDING_CONFIRMATION), row))
    return call.answer(subscription_view(set_status(call.account, contact, row, SUBSCRIBED), row))


@operation("PUT", "/contact-subscriptions/{contact_uuid}/unsubscribe", "unsubscribe_contact")
def unsubscribe_contact(call: Call) -> Answer:
    contact, row = _asked_for(call)
    return call.answer(subscription_view(set_status(call.account, contact, row, UNSUBSCRIBED), row))


def _asked_for(call: Call) -> tuple[Row, Row]:
    sent = call.sent()
    uuid = sent.text("subscription_type_uuid", required=True)
    sent.done()
    contact = call.contact()
    row = call.row("subscription_type", uuid or "", 55030)
    if not row["addressable"] or not row["active"]:
        raise ApiError(55030)
    return contact, row


def confirm(account: Account, contact_uuid: str, type_uuid: str) -> None:
    """What following the link in the double opt-in mail does. ValueError when nothing is pending."""
    contact = account.table("contact").get(contact_uuid)
    row = account.table("subscription_type").get(type_uuid)
    if contact is None or row is None or status_of(contact, row) != PENDING_CONFIRMATION:
        raise ValueError("There is no such subscription to confirm.")
    with account.commit():
        set_status(account, contact, row, SUBSCRIBED)
