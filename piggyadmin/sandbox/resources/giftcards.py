"""Gift cards and their programs: https://docs.leat.com/v3/oauth/giftcards

What happens to their money is in ``giftcard_transactions``.
"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.pages import Page, wanted
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

DAY = 86_400
PHYSICAL, DIGITAL = 0, 1
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_program(account: Account) -> Row:
    """A program as an account begins with; not put yet."""
    return {
        "uuid": account.new_uuid(),
        "id": account.number("giftcard_program"),
        "created_at": account.now(),
        "name": "House gift card",
        "active": True,
        "expiration_days": None,
        "max_amount_in_cents": 15_000,
        "min_amount_in_cents": None,
        "upgradeable": True,
        "calculator_flow": "DEFAULT",
    }


def new_giftcard(account: Account, program: Row) -> Row:
    """An empty digital card of this program; not put yet."""
    days = program["expiration_days"]
    return {
        "uuid": account.new_uuid(),
        "id": account.number("giftcard"),
        "created_at": account.now(),
        "giftcard_program_uuid": program["uuid"],
        "type": "DIGITAL",
        "hash": "".join(account.choose(ALPHABET) for _ in range(16)),
        "amount_in_cents": 0,
        "upgradeable": program["upgradeable"],
        "active": True,
        "expiration_date": account.after(days * DAY) if days else None,
    }


def program_view(account: Account, row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "card_count": len(account.table("giftcard").under("giftcard_program_uuid", row["uuid"])),
        "settles": 0,
        "uuid": row["uuid"],
        "name": row["name"],
        "active": row["active"],
        "expiration_days": row["expiration_days"],
        "max_amount_in_cents": row["max_amount_in_cents"],
        "min_amount_in_cents": row["min_amount_in_cents"],
        "calculator_flow": row["calculator_flow"],
    }


def giftcard_view(account: Account, row: Row, origin: str) -> dict[str, Any]:
    """As making, reading and finding one answer it."""
    program, cents = program_of(account, row), row["amount_in_cents"]
    until = row["expiration_date"]
    return {
        "id": row["id"],
        **_common(row),
        "amount": cents / 100,
        "url": f"{origin}/gift?hash={row['hash']}",
        "display_amount": f"€{cents / 100:.2f}",
        "formatted_expiration_date": until and until[:10],
        "giftcard_program": {
            "id": program["id"],
            "name": program["name"],
            "uuid": program["uuid"],
            "max_amount_in_cents": program["max_amount_in_cents"],
            "calculator_flow": program["calculator_flow"],
            "expiration_days": program["expiration_days"],
        },
        "giftcard_recipients": [],
    }


def _listed(account: Account, row: Row) -> dict[str, Any]:
    program = program_of(account, row)
    return {**_common(row), "giftcard_program": {"uuid": program["uuid"], "name": program["name"]}}


def _common(row: Row) -> dict[str, Any]:
    return {
        "uuid": row["uuid"],
        "type": row["type"],
        "hash": row["hash"],
        "amount_in_cents": row["amount_in_cents"],
        "upgradeable": row["upgradeable"],
        "active": row["active"],
        "expiration_date": moments.shown(row["expiration_date"]),
    }


def program_of(account: Account, card: Row) -> Row:
    program = account.table("giftcard_program").get(card["giftcard_program_uuid"])
    assert program is not None  # programs never go
    return program


def has_expired(account: Account, card: Row) -> bool:
    return bool(card["expiration_date"]) and card["expiration_date"] <= account.now()


@operation("GET", "/giftcard-programs", "list_giftcard_programs")
def list_giftcard_programs(call: Call) -> Answer:
    return call.answer([program_view(call.account, row) for row in call.account.table("giftcard_program")])


@operation("GET", "/giftcards", "list_giftcards")
def list_giftcards(call: Call) -> Answer:
    """Pages of at most 100, in the order they were made: no order is documented."""
    asked = call.asked()
    page_wanted = wanted(asked, low=1, high=100, default=30)
    program_uuid = asked.text("giftcard_program_uuid")
    asked.done()
    table = call.account.table("giftcard")
    rows = table.all()
    if program_uuid:
        call.row("giftcard_program", program_uuid, 1100)
        if not call.ignore_filters:
            rows = table.under("giftcard_program_uuid", program_uuid)
    page = page_wanted.of(rows)
    return Answer([_listed(call.account, row) for row in page.cut(rows)], meta=_meta(page))


def _meta(page: Page) -> dict[str, Any]:
    return {"page": page.number, "per_page": page.limit, "last_page": page.last, "total": page.total}


@operation("POST", "/giftcards", "create_giftcard")
def create_giftcard(call: Call) -> Answer:
    """Empty: money comes by a transaction. No code is documented for a program that is switched off."""
    sent = call.sent()
    kind = sent.whole("type", required=True, low=PHYSICAL, high=DIGITAL)
    program_uuid = sent.text("giftcard_program_uuid", required=True)
    sent.done()
    program = call.row("giftcard_program", program_uuid or "", 1100)
    if kind != DIGITAL:
        raise ApiError(55021)
    if not program["active"]:
        raise invalid("giftcard_program_uuid", "The giftcard program is not active.")
    card = call.account.put("giftcard", new_giftcard(call.account, program))
    return call.answer(giftcard_view(call.account, card, call.origin))


@operation("GET", "/giftcards/find-one-by", "find_giftcard_by_hash")
def find_giftcard_by_hash(call: Call) -> Answer:
    asked = call.asked()
    value = asked.text("hash", required=True)
    asked.done()
    found = call.account.table("giftcard").where("hash", value)
    if not found:
        raise ApiError(5001)
    card = found[0]
    if call.ignore_filters:
        card = next(iter(call.account.table("giftcard")))
    return call.answer(giftcard_view(call.account, card, call.origin))


@operation("GET", "/giftcards/{giftcard_uuid}", "get_giftcard")
def get_giftcard(call: Call) -> Answer:
    card = call.row("giftcard", call.value("giftcard_uuid"), 5001)
    return call.answer(giftcard_view(call.account, card, call.origin))


@operation("POST", "/giftcards/{giftcard_uuid}/send-by-email", "send_giftcard_by_email")
def send_giftcard_by_email(call: Call) -> Answer:
    """No mail goes out; what would have gone is in rows of the kind "giftcard_mail". Only 1003 and 5001 are listed, so
    that is what a contact that is gone, or has no address, gets."""
    sent = call.sent()
    contact_uuid = sent.text("contact_uuid", required=True)
    email_uuid = sent.text("email_uuid")
    tags = sent.fields.get("merge_tags") or {}
    if not isinstance(tags, dict):
        sent.wrong("merge_tags", "must be an array.")
    elif not all(name.startswith("custom.") and isinstance(value, str) for name, value in tags.items()):
        sent.wrong("merge_tags", "must be texts by names that begin with custom.")
    sent.done()
    card = call.row("giftcard", call.value("giftcard_uuid"), 5001)
    contact = call.account.table("contact").get(contact_uuid or "")
    if contact is None or contact["is_anonymous"] or not contact["email"]:
        raise invalid("contact_uuid", "The contact cannot be written to.")
    row = {
        "uuid": call.account.new_uuid(),
        "created_at": call.account.now(),
        "giftcard_uuid": card["uuid"],
        "contact_uuid": contact["uuid"],
        "email_uuid": email_uuid,
        "merge_tags": tags,
    }
    call.account.put("giftcard_mail", row)
    return call.answer({"message": "success", "data": "Email successfully sent"})
