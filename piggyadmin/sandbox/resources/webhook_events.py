"""What happened in a commit, as the webhooks that tell of it: https://docs.leat.com/v3/webhooks

No payload is documented; the envelope is ``{"type": event, "data": {entity: {...}}}``. Nothing tells that a contact is
gone, nor whom it was merged into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from piggyadmin.sandbox.account import Account, Change, after_commit
from piggyadmin.sandbox.delivery import POSTMAN, Delivery
from piggyadmin.sandbox.resources.contacts import contact_reference, contact_view
from piggyadmin.sandbox.resources.giftcard_transactions import giftcard_transaction_view
from piggyadmin.sandbox.resources.identifiers import identifier_view
from piggyadmin.sandbox.resources.loyalty_transactions import transaction_view
from piggyadmin.sandbox.resources.prepaid import prepaid_view
from piggyadmin.sandbox.resources.vouchers import voucher_view
from piggyadmin.sandbox.resources.webhook_subscriptions import KIND
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import to_json

ATTRIBUTES = {
    "email": "email",
    "tier_uuid": "tier",
    "status": "status",
    "is_anonymous": "is_anonymous",
    "credits": "loyalty_balance",
    "previous_credits": "previous_loyalty_balance",
    "transactions": "loyalty_number_of_transactions",
    "credits_received": "loyalty_total_credits_received",
    "last_transaction_at": "loyalty_last_transaction_date",
    "shop_uuids": "loyalty_associated_shops",
    "prepaid_in_cents": "prepaid_balance",
    "subscribed": "subscription_status",
}
"""Columns of a contact's row, and the contact attributes that show them."""


def _prepaid(account: Account, row: Row) -> dict[str, Any]:
    contact = account.table("contact").get(row["contact_uuid"] or "")
    return {**prepaid_view(account, row), "contact": contact_reference(contact)}


ENTITIES: dict[str, tuple[str, Callable[[Account, Row], dict[str, Any]]]] = {
    "contact": ("contact", contact_view),
    "identifier": ("contact_identifier", identifier_view),
    "loyalty_transaction": ("credit_reception", transaction_view),
    "prepaid_transaction": ("prepaid_transaction", _prepaid),
    "giftcard_transaction": ("giftcard_transaction", giftcard_transaction_view),
    "voucher": ("voucher", voucher_view),
}


def event_of(kind: str, before: Row | None, row: Row) -> str | None:
    """What the change of a row is called; None where nobody is told."""
    entity = ENTITIES[kind][0]
    if before is None:
        told = kind != "loyalty_transaction" or row["type"] == "credit_reception"
        return f"{entity}_created" if told else None
    if kind == "voucher" and before != row:
        return "voucher_redeemed" if row["times_redeemed"] > before["times_redeemed"] else "voucher_updated"
    return "contact_updated" if kind == "contact" and changed_attributes(before, row) else None


def changed_attributes(before: Row, row: Row) -> set[str]:
    """The contact attributes that a change touched."""
    changed = {shown for name, shown in ATTRIBUTES.items() if before.get(name) != row.get(name)}
    values = before["values"].keys() | row["values"].keys()
    return changed | {name for name in values if before["values"].get(name) != row["values"].get(name)}


@after_commit
def tell(account: Account, changes: list[Change]) -> None:
    """Hand out the webhooks of a commit. Costs nothing while nobody has subscribed."""
    subscriptions = [row for row in account.table(KIND) if row["status"] == "ACTIVE"]
    if not subscriptions:
        return
    for kind, before, row in changes:
        event = event_of(kind, before, row) if row is not None and kind in ENTITIES else None
        if row is None or event is None:
            continue
        body = b""
        for subscription in _concerned(subscriptions, event, before, row):
            body = body or _body(account, kind, event, row)
            secret = subscription["secret"] or setting(account, "account_secret")
            POSTMAN.take(Delivery(account, event, subscription["url"], secret, body))


def _concerned(subscriptions: list[Row], event: str, before: Row | None, row: Row) -> Iterator[Row]:
    """Who asked for this event. Watched attributes matter to contact_updated alone; without any, all count."""
    for subscription in subscriptions:
        if subscription["event_type"] != event:
            continue
        watched = subscription["properties"]
        if event == "contact_updated" and watched and before and not changed_attributes(before, row) & set(watched):
            continue
        yield subscription


def _body(account: Account, kind: str, event: str, row: Row) -> bytes:
    entity, view = ENTITIES[kind]
    return to_json({"type": event, "data": {entity: view(account, row)}})
