"""Contacts and their balances: https://docs.leat.com/v3/oauth/contacts"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.pages import wanted, window_meta
from piggyadmin.sandbox.registry import keep_free, operation
from piggyadmin.sandbox.resources.attributes import own_names
from piggyadmin.sandbox.resources.periods import within
from piggyadmin.sandbox.resources.programme import tier_view
from piggyadmin.sandbox.resources.subscriptions import enrolment, subscription_values, subscriptions_view
from piggyadmin.sandbox.resources.system_attributes import WRITABLE
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

keep_free("/contacts/batch")


def new_contact(account: Account, *, email: str | None, channel: str, created_at: str | None = None) -> Row:
    """A contact as it begins, subscribed to what one has to opt out of. Without an address it is anonymous and gets a
    made-up one. Not put into the table yet."""
    number = account.number("contact")
    created = created_at or account.now()
    return {
        "uuid": account.new_uuid(),
        "id": number,
        "email": email or f"anonymous-{number}@anonymous.example",
        "tier_uuid": None,
        "subscribed": enrolment(account),
        "credits": 0,
        "previous_credits": 0,
        "transactions": 0,
        "credits_received": 0,
        "first_transaction_at": None,
        "last_transaction_at": None,
        "shop_uuids": [],
        "prepaid_in_cents": 0,
        "status": "ACTIVE",
        "channel": channel,
        "is_anonymous": email is None,
        "created_at": created,
        "updated_at": created,
        "values": {**dict.fromkeys(WRITABLE), "locale": "nl"},
    }


def contact_reference(row: Row | None) -> dict[str, Any] | None:
    """As other objects embed it. An anonymous contact's address may come as ""."""
    if row is None:
        return None
    return {"uuid": row["uuid"], "email": "" if row["is_anonymous"] else row["email"]}


def contact_with_balance(row: Row | None, balance: int) -> dict[str, Any] | None:
    """As loyalty transactions embed it; the balance is the one after that transaction."""
    if row is None:
        return None
    return {**(contact_reference(row) or {}), "credit_balance": {"id": row["id"], "balance": balance}}


def contact_view(account: Account, row: Row, *, listed: bool = False) -> dict[str, Any]:
    tier = account.table("tier").get(row["tier_uuid"] or "")
    values = current_values(account, row, tier)
    if listed:
        values |= {"id": row["id"], "contact_id": row["id"]}
        values |= {"added_at": values["created_at"], "last_updated_at": values["updated_at"]}
    view = {
        "id": row["id"],
        "uuid": row["uuid"],
        "email": row["email"],
        "tier": None if tier is None else tier_view(tier),
        "subscriptions": subscriptions_view(account, row),
        "credit_balance": {"balance": row["credits"]},
        "prepaid_balance": {"balance_in_cents": row["prepaid_in_cents"]},
        "current_values": values,
        "current_display_values": {name: _display(value) for name, value in values.items()},
        "wallet_pass": None,  # an extra key: servers add them
    }
    if listed:
        view["attributes"] = []  # deprecated, always empty
        view["credit_balance"] = {"id": row["id"], "balance": row["credits"]}
    return view


def current_values(account: Account, row: Row, tier: Row | None) -> dict[str, Any]:
    """Attribute name to typed value; the prepaid balance is in whole currency units here.

    They come later than the rest: after an asynchronous creation there are none for a moment, and after a claim they
    show for a minute what was before it."""
    now = account.now()
    if row.get("ready_at", "") > now:
        return {"uuid": row["uuid"], "email": row["email"]}
    identifiers = account.table("identifier").where("contact_uuid", row["uuid"])
    default = next((card["value"] for card in identifiers if card["default"]), None)
    number = row["id"]
    age = _age(row["values"].get("birthdate"), now)
    values = {
        **dict.fromkeys(own_names(account, "contact")),
        **row["values"],
        "uuid": row["uuid"],  # the account's own attributes come first: none of them hides one of Piggy's
        "email": row["email"],
        "age": row["values"].get("age") if age is None else age,
        "status": row["status"],
        "channel": row["channel"],
        "is_anonymous": row["is_anonymous"],
        "tier": None if tier is None else str(tier["id"]),
        "created_at": moments.shown(row["created_at"]),
        "updated_at": moments.shown(row["updated_at"]),
        "loyalty_balance": row["credits"],
        "previous_loyalty_balance": row["previous_credits"],
        "loyalty_number_of_transactions": row["transactions"],
        "loyalty_total_credits_received": row["credits_received"],
        "loyalty_first_transaction_date": moments.shown(row["first_transaction_at"]),
        "loyalty_last_transaction_date": moments.shown(row["last_transaction_at"]),
        "loyalty_associated_shops": ";".join(row["shop_uuids"]) or None,
        "prepaid_balance": row["prepaid_in_cents"] / 100,
        "default_contact_identifier": default,
        "custom_app_login_url": f"https://koffie.example/login/{number * 7919:08x}",
        "custom_app_login_code": 100_000 + number * 7919 % 900_000,
        "add_to_wallet": f"https://koffie.example/wallet/{row['uuid']}",
        "subscription_preferences_url": f"https://koffie.example/preferences/{row['uuid']}",
        **subscription_values(account, row),
    }
    trail = row.get("trail")
    return {**values, **trail["values"]} if trail and trail["until"] > now else values


def _age(birthdate: str | None, now: str) -> int | None:
    try:
        born = date.fromisoformat(birthdate or "")
    except ValueError:
        return None
    today = date.fromisoformat(now[:10])
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _display(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


@operation("GET", "/contacts", "list_contacts")
def list_contacts(call: Call) -> Answer:
    """Pages of at most 100; ``attributes[name]=value`` or ``attributes[name][eq]=value``, all of which must hold."""
    asked = call.asked()
    page_wanted = wanted(asked, low=1, high=100, default=30)
    sort = asked.choice("sort", ("created_at", "-created_at"))
    period = asked.period("created_at")
    filters = _attribute_filters(asked)
    asked.done()
    table = call.account.table("contact")
    if call.ignore_filters:
        period = []
    rows: Sequence[Row] = table.all()
    if sort:
        rows = table.aged(period, newest_first=sort == "-created_at")
    elif period:
        rows = within(rows, period)
    if filters and not call.ignore_filters:
        rows = [row for row in rows if all(_has(row, name, value) for name, value in filters)]
    page = page_wanted.of(rows)
    data = [contact_view(call.account, row, listed=True) for row in page.cut(rows)]
    return Answer(data, meta=window_meta(page, limit_was_sent="limit" in call.query))


def _attribute_filters(asked: Inputs) -> list[tuple[str, str]]:
    """No list of operators is documented, so "equals" is the only one there is."""
    attributes = asked.fields.get("attributes")
    if attributes is None or attributes == "":
        return []
    if not isinstance(attributes, dict):
        asked.wrong("attributes", "must be an array.")
        return []
    filters = []
    for name, wanted_value in attributes.items():
        if isinstance(wanted_value, dict):
            operators = Inputs(wanted_value)
            value = operators.text("eq")
            if operators.errors or set(wanted_value) != {"eq"}:
                asked.wrong("attributes", "has an unknown operator.")
        else:
            value = Inputs({"value": wanted_value}).text("value")
        if value is None:
            asked.wrong("attributes", "has a value that is no text.")
        else:
            filters.append((name, value))
    return filters


def _has(row: Row, name: str, value: str) -> bool:
    found = row["email"] if name == "email" else row["values"].get(name)
    return found is not None and str(found) == value


@operation("GET", "/contacts/find-one-by", "find_contact")
def find_contact(call: Call) -> Answer:
    asked = call.asked()
    email = asked.email("email", required=True)
    asked.done()
    found = call.account.table("contact").where("email", (email or "").lower())
    if not found:
        raise ApiError(55031)
    return call.answer(contact_view(call.account, found[0]))


@operation("GET", "/contacts/{contact_uuid}", "get_contact")
def get_contact(call: Call) -> Answer:
    return call.answer(contact_view(call.account, call.contact()))


@operation("GET", "/contacts/{contact_uuid}/credit-balance", "get_contact_credit_balance")
def get_contact_credit_balance(call: Call) -> Answer:
    return call.answer({"balance": call.contact()["credits"]})


@operation("GET", "/contacts/{contact_uuid}/prepaid-balance", "get_contact_prepaid_balance")
def get_contact_prepaid_balance(call: Call) -> Answer:
    return call.answer(prepaid_balance(call.contact()["prepaid_in_cents"]))


def prepaid_balance(cents: int) -> dict[str, Any]:
    sign = "-" if cents < 0 else ""
    return {"balance_in_cents": cents, "balance": f"{sign}€{abs(cents) / 100:.2f}"}
