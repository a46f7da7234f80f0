"""Portal sessions, the sign-in link, session tokens: https://docs.leat.com/v3/oauth/portal-sessions

No page says how a session ends or what its events are, so none ends here and it has none of its own accord."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import invalid
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import Handler, operation
from piggyadmin.sandbox.resources.contacts import contact_reference
from piggyadmin.sandbox.resources.shops import shop_reference
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SESSIONS = {
    "portal-sessions": "create_portal_session",
    "portal-sessions/credit-reception": "create_credit_reception_portal_session",
    "portal-sessions/top-up-giftcards": "create_top_up_giftcard_portal_session",
    "portal-sessions/redeem-giftcards": "create_redeem_giftcard_portal_session",
    "portal-sessions/pay-prepaid": "create_pay_prepaid_portal_session",
    "portal-sessions/top-up-prepaid": "create_top_up_prepaid_portal_session",
    "portal-sessions/vouchers": "create_voucher_portal_session",
}


def new_secret(account: Account, length: int = 20) -> str:
    return "".join(account.choose(ALPHABET) for _ in range(length))


def new_session_token(account: Account, contact: Row) -> Row:
    """What a customer's app shows; not put yet. Good once."""
    return {
        "token": new_secret(account, 16),
        "contact_uuid": contact["uuid"],
        "status": "active",
        "created_at": account.now(),
        "used_at": None,
    }


@operation("GET", "/contacts-portal/auth-url", "get_contacts_portal_auth_url", writes=True)
def get_contacts_portal_auth_url(call: Call) -> Answer:
    """Each call makes a link of its own."""
    asked = call.asked()
    contact_uuid = asked.text("contact_uuid", required=True)
    asked.done()
    account, contact = call.account, call.row("contact", contact_uuid or "", 55031)
    row = {
        "uuid": account.new_uuid(),
        "contact_uuid": contact["uuid"],
        "token": new_secret(account),
        "created_at": account.now(),
    }
    account.put("portal_login", row)
    return call.answer({"url": f"{call.origin}/home?token={row['token']}"})


def session_view(account: Account, row: Row, origin: str, *, created: bool) -> dict[str, Any]:
    view = {
        "uuid": row["uuid"],
        "url": f"{origin}/portal-sessions?uuid={row['uuid']}",
        "contact": contact_reference(account.table("contact").get(row["contact_uuid"] or "")),
        "shop": shop_reference(account.table("shop").get(row["shop_uuid"])),
        "created_at": moments.shown(row["created_at"]),
    }
    return {**view, "events": row["events"]} if created or row["events"] else view


def new_portal_session(account: Account, shop: Row, contact: Row | None, kind: str) -> Row:
    """Not put yet. `kind` is the last part of its path."""
    return {
        "uuid": account.new_uuid(),
        "kind": kind,
        "shop_uuid": shop["uuid"],
        "contact_uuid": contact and contact["uuid"],
        "created_at": account.now(),
        "options": {},
        "events": [],
    }


def _options(sent: Inputs) -> dict[str, Any]:
    return {
        "scanner_type": sent.choice("scanner_type", ("camera", "hand_scanner")),
        "enable_email_identification": sent.flag("enable_email_identification"),
        "enable_registration": sent.flag("enable_registration"),
        "enable_on_screen_keyboard": sent.flag("enable_on_screen_keyboard"),
        "camera_service": sent.whole("camera_service", low=1, high=3),
        "facing_mode": sent.choice("facing_mode", ("user", "environment")),
        "primary_identification_method": sent.choice("primary_identification_method", ("email", "identifier")),
    }


def _creates(path: str) -> Handler:
    kind = path.rpartition("/")[2]

    def create(call: Call) -> Answer:
        sent = call.sent()
        shop_uuid = sent.text("shop_uuid", required=True)
        contact_uuid = sent.text("contact_uuid")
        options = _options(sent)
        if kind == "redeem-giftcards":
            options["amount_in_cents"] = sent.whole("amount_in_cents", required=True, low=1)
            options["allow_multiple_giftcards"] = sent.flag("allow_multiple_giftcards")
        sent.done()
        account = call.account
        shop = call.row("shop", shop_uuid or "", 1008)
        contact = call.row("contact", contact_uuid, 55031) if contact_uuid else None
        row = account.put("portal_session", {**new_portal_session(account, shop, contact, kind), "options": options})
        return call.answer(session_view(account, row, call.origin, created=True), 201)

    return create


for _path, _id in SESSIONS.items():
    operation("POST", f"/{_path}", _id)(_creates(_path))


@operation("GET", "/portal-sessions/{portal_session_uuid}", "get_portal_session")
def get_portal_session(call: Call) -> Answer:
    row = call.account.table("portal_session").get(call.value("portal_session_uuid"))
    if row is None:  # only 1003 is listed
        raise invalid("portal_session_uuid", "The portal session does not exist.")
    return call.answer(session_view(call.account, row, call.origin, created=False))


def _token(call: Call) -> Row:
    """No codes are documented for tokens; an unknown one is invalid input here."""
    row = call.account.table("session_token").get(call.value("contact_session_token"))
    if row is None:
        raise invalid("contact_session_token", "The contact session token does not exist.")
    return row


def _token_view(account: Account, row: Row) -> dict[str, Any]:
    contact = account.table("contact").get(row["contact_uuid"])
    if contact is None:
        raise invalid("contact_session_token", "The contact of this session token is gone.")
    return {"token": row["token"], "contact": contact_reference(contact), "status": row["status"]}


@operation("GET", "/contact-session-tokens/{contact_session_token}", "find_contact_session_token")
def find_contact_session_token(call: Call) -> Answer:
    return call.answer(_token_view(call.account, _token(call)))


@operation("POST", "/contact-session-tokens/{contact_session_token}/use", "use_contact_session_token")
def use_contact_session_token(call: Call) -> Answer:
    """Once (our reading: what else would using one mean)."""
    row = _token(call)
    if row["status"] == "used":
        raise invalid("contact_session_token", "The contact session token has been used already.")
    view = _token_view(call.account, {**row, "status": "used"})
    call.account.put("session_token", {**row, "status": "used", "used_at": call.account.now()})
    return call.answer(view)
