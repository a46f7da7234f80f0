"""New rows for the demo's cast and for tests: what customers claimed and have not collected yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.resources.loyalty_transactions import book_credits, new_transaction
from piggyadmin.sandbox.resources.reward_receptions import claim_fields
from piggyadmin.sandbox.store import Row


def make_claim(account: Account, fields: dict[str, Any]) -> Row:
    """A loyalty transaction by which a contact claimed a reward, in the first shop unless ``shop_uuid`` is given."""
    contact = account.table("contact").get(fields["contact_uuid"])
    reward = account.table("reward").get(fields["reward_uuid"])
    shop = account.table("shop").get(fields.get("shop_uuid") or "") or next(iter(account.table("shop")))
    assert reward is not None
    row = new_transaction(account, contact=contact, shop=shop, credits=-reward["required_credits"])
    return book_credits(account, {**row, **claim_fields(account, reward), **fields})


MAKERS: dict[str, Callable[[Account, dict[str, Any]], Row]] = {"claim": make_claim}
