"""New rows for the demo's cast and for tests: portal sessions, and the tokens that customers' apps show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.resources.portal import new_portal_session, new_session_token
from piggyadmin.sandbox.store import Row

Fields = dict[str, Any]


def make_session_token(account: Account, fields: Fields) -> Row:
    """``token``, ``contact_uuid`` (needed), ``status``."""
    contact = account.table("contact").get(fields["contact_uuid"])
    assert contact is not None  # `make` has seen to it
    return account.put("session_token", {**new_session_token(account, contact), **fields})


def make_portal_session(account: Account, fields: Fields) -> Row:
    """``contact_uuid`` (None for nobody's), ``kind``, ``events``, ``shop_uuid`` (else the first shop)."""
    contact = account.table("contact").get(fields.get("contact_uuid") or "")
    shop = account.table("shop").get(fields.get("shop_uuid") or "") or next(iter(account.table("shop")))
    return account.put("portal_session", {**new_portal_session(account, shop, contact, "vouchers"), **fields})


MAKERS: dict[str, Callable[[Account, Fields], Row]] = {
    "session_token": make_session_token,
    "portal_session": make_portal_session,
}
