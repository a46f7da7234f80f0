"""Contact identifiers, cards above all: https://docs.leat.com/v3/oauth/contact-identifiers"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contacts import contact_reference
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer


def identifier_reference(row: Row | None) -> dict[str, Any] | None:
    """As transactions embed it."""
    if row is None:
        return None
    return {"name": row["name"], "value": row["value"], "active": row["active"]}


@operation("GET", "/contacts/{contact_uuid}/contact-identifiers", "list_contact_identifiers")
def list_contact_identifiers(call: Call) -> Answer:
    """Only here ``default`` is told; the contact is its uuid alone."""
    contact = call.contact()
    rows = call.account.table("identifier").where("contact_uuid", contact["uuid"])
    return call.answer(
        [
            {
                "name": row["name"],
                "value": row["value"],
                "active": row["active"],
                "default": row["default"],
                "contact": {"uuid": contact["uuid"]},
            }
            for row in rows
        ]
    )


@operation("GET", "/contact-identifiers/find", "find_contact_identifier")
def find_contact_identifier(call: Call) -> Answer:
    """An inactive identifier is an error, not a result; ``contact`` is null while none is linked."""
    asked = call.asked()
    value = asked.text("contact_identifier_value", required=True)
    asked.done()
    row = call.row("identifier", value or "", 60003)
    if not row["active"]:
        raise ApiError(60004)
    contact = call.account.table("contact").get(row["contact_uuid"] or "")
    return call.answer(
        {
            "name": row["name"],
            "value": row["value"],
            "active": True,
            "contact": contact_reference(contact),
        }
    )


# --- writes


def new_identifier(account: Account, value: str, name: str | None = None) -> Row:
    """Active and nobody's; its name is its value unless one is given."""
    row = {
        "uuid": account.new_uuid(),
        "id": account.number("identifier"),
        "value": value,
        "name": name or value,
        "active": True,
        "default": False,
        "contact_uuid": None,
        "created_at": account.now(),
    }
    return account.put("identifier", row)


def give_to(account: Account, card: Row, contact: Row) -> Row:
    """Link it; a contact's first becomes the default one."""
    first = not account.table("identifier").where("contact_uuid", contact["uuid"])
    return account.put("identifier", {**card, "contact_uuid": contact["uuid"], "default": first})


def identifier_view(account: Account, card: Row) -> dict[str, Any]:
    contact = account.table("contact").get(card["contact_uuid"] or "")
    return {**(identifier_reference(card) or {}), "contact": contact_reference(contact)}


def _active(call: Call, value: str | None) -> Row:
    card = call.row("identifier", value or "", 60003)
    if not card["active"]:
        raise ApiError(60004)
    return card


@operation("POST", "/contact-identifiers", "create_contact_identifier")
def create_contact_identifier(call: Call) -> Answer:
    sent = call.sent()
    value = sent.text("contact_identifier_value", required=True)
    contact_uuid = sent.text("contact_uuid")
    name = sent.text("contact_identifier_name")
    sent.done()
    account = call.account
    contact = call.row("contact", contact_uuid, 55031) if contact_uuid else None
    if account.table("identifier").get(value or "") is not None:
        raise ApiError(60006)
    card = new_identifier(account, value or "", name)
    return call.answer(identifier_view(account, give_to(account, card, contact) if contact else card))


@operation("PUT", "/contact-identifiers", "update_contact_identifier")
def update_contact_identifier(call: Call) -> Answer:
    """Name and activity; the value stands for good. An inactive one can be changed, or it would stay so for ever."""
    sent = call.sent()
    value = sent.text("contact_identifier_value", required=True)
    name = sent.text("contact_identifier_name")
    active = sent.flag("contact_identifier_active")
    sent.done()
    card = call.row("identifier", value or "", 60003)
    wanted = {"name": name, "active": active}
    changed = {key: value for key, value in wanted.items() if value is not None}
    return call.answer(identifier_view(call.account, call.account.put("identifier", {**card, **changed})))


@operation("DELETE", "/contact-identifiers", "delete_contact_identifier")
def delete_contact_identifier(call: Call) -> Answer:
    """The value may come in the body or in the query."""
    sent = call.sent()
    value = sent.text("contact_identifier_value", required=True)
    sent.done()
    card = call.row("identifier", value or "", 60003)
    call.account.drop("identifier", card["value"])
    return call.answer(None)


@operation("PUT", "/contact-identifiers/link", "link_contact_identifier")
def link_contact_identifier(call: Call) -> Answer:
    """The contact in the answer is its uuid alone. Linking to the same contact again is refused like any other."""
    sent = call.sent()
    value = sent.text("contact_identifier_value", required=True)
    contact_uuid = sent.text("contact_uuid", required=True)
    sent.done()
    card = _active(call, value)
    contact = call.row("contact", contact_uuid or "", 55031)
    if card["contact_uuid"]:
        raise ApiError(60014)
    linked = give_to(call.account, card, contact)
    return call.answer({**(identifier_reference(linked) or {}), "contact": {"uuid": contact["uuid"]}})


@operation("PUT", "/contact-identifiers/unlink", "unlink_contact_identifier")
def unlink_contact_identifier(call: Call) -> Answer:
    """An inactive one cannot be unlinked, as the page lists "inactive" among the refusals."""
    sent = call.sent()
    value = sent.text("contact_identifier_value", required=True)
    sent.done()
    card = _active(call, value)
    if not card["contact_uuid"]:
        raise ApiError(60011)
    free = call.account.put("identifier", {**card, "contact_uuid": None, "default": False})
    return call.answer(identifier_view(call.account, free))
