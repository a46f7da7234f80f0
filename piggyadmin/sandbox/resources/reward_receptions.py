"""Rewards claimed and taken back, and collected: https://docs.leat.com/v3/oauth/reward-receptions

and https://docs.leat.com/v3/oauth/collectable-rewards
"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contacts import contact_with_balance
from piggyadmin.sandbox.resources.loyalty_transactions import book_credits, new_transaction, transaction_view
from piggyadmin.sandbox.resources.rewards import reward_view
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

CHANNEL = "OAUTH_API"
PHYSICAL, DIGITAL = "reward_reception", "digital_reward_reception"
REDEMPTION = "reward_redemption"
CODE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@operation("POST", "/reward-receptions", "create_reward_reception")
def create_reward_reception(call: Call) -> Answer:
    """A reward that the shop does not give is as good as none, and one without a price costs nothing (no page says)."""
    sent = call.sent()
    contact_uuid = sent.text("contact_uuid", required=True)
    reward_uuid = sent.text("reward_uuid", required=True)
    shop_uuid = sent.text("shop_uuid", required=True)
    value = sent.text("contact_identifier_value")
    sent.done()
    account = call.account
    contact = call.row("contact", contact_uuid or "", 55031)
    shop = call.row("shop", shop_uuid or "", 1008)
    reward = call.row("reward", reward_uuid or "", 6003)
    card = _card(account, value, contact)
    _refuse_unless_claimable(account, reward, contact, shop)
    row = new_transaction(account, contact=contact, shop=shop, credits=-(reward["required_credits"] or 0))
    row |= claim_fields(account, reward)
    row |= {"identifier_value": card and card["value"], "channel": CHANNEL}
    if reward["stock"] is not None:
        account.put("reward", {**reward, "stock": reward["stock"] - 1})
    return call.answer(transaction_view(account, book_credits(account, row)))


def claim_fields(account: Account, reward: Row) -> dict[str, Any]:
    """What a claim of this reward has beyond any transaction: one that is handed over later waits for that."""
    digital = reward["reward_type"] == "DIGITAL"
    waits, seconds = bool(reward["pre_redeemable"]) and not digital, reward["expiration_duration"]
    return {
        "type": DIGITAL if digital else PHYSICAL,
        "title": reward["title"],
        "reward_uuid": reward["uuid"],
        "expires_at": account.after(seconds) if waits and seconds else None,
        "has_been_collected": not waits,
        "digital_code": "".join(account.choose(CODE) for _ in range(12)) if digital else None,
    }


def _card(account: Account, value: str | None, contact: Row) -> Row | None:
    """No code is listed for cards, so an unknown one, an inactive one and another person's are invalid input."""
    if not value:
        return None
    card = account.table("identifier").get(value)
    if card is None or not card["active"] or card["contact_uuid"] != contact["uuid"]:
        raise invalid("contact_identifier_value", "The contact identifier does not belong to this contact.")
    return card


def _refuse_unless_claimable(account: Account, reward: Row, contact: Row, shop: Row) -> None:
    if reward["shop_uuids"] is not None and shop["uuid"] not in reward["shop_uuids"]:
        raise ApiError(6003)
    if not reward["is_active"]:
        raise ApiError(1052)
    if reward["stock"] is not None and reward["stock"] <= 0:
        raise ApiError(1018)
    most = reward.get("claims_per_contact")
    if most is not None and _claims(account, contact, reward) >= most:
        raise ApiError(1019)
    if contact["credits"] < (reward["required_credits"] or 0):
        raise ApiError(1017)


def _claims(account: Account, contact: Row, reward: Row) -> int:
    rows = account.table("loyalty_transaction").where("contact_uuid", contact["uuid"])
    return sum(row["reward_uuid"] == reward["uuid"] and not row.get("reversed_by") for row in rows)


@operation("POST", "/reward-receptions/{reward_reception_uuid}/reverse", "reverse_reward_reception")
def reverse_reward_reception(call: Call) -> Answer:
    """A new credit reception of the credits it cost. Only 1003 is listed, so that is what an unknown one, a second
    reversal and one that was handed over since get."""
    account = call.account
    row = account.table("loyalty_transaction").get(call.value("reward_reception_uuid"))
    if row is None or row["type"] not in (PHYSICAL, DIGITAL):
        raise invalid("uuid", "The reward reception does not exist.")
    if row.get("reversed_by"):
        raise invalid("uuid", "The reward reception has been reversed already.")
    contact = account.table("contact").get(row["contact_uuid"] or "")
    shop = account.table("shop").get(row["shop_uuid"] or "")
    if contact is None or shop is None:
        raise invalid("uuid", "The reward reception has no contact any more.")
    if _collected(account, row):
        raise invalid("uuid", "The reward has been collected.")
    back = new_transaction(account, contact=contact, shop=shop, credits=-row["credits"])
    back |= {"identifier_value": row["identifier_value"], "channel": CHANNEL, "reverses": row["uuid"]}
    account.put("loyalty_transaction", {**row, "reversed_by": back["uuid"]})
    reward = account.table("reward").get(row["reward_uuid"] or "")
    if reward is not None and reward["stock"] is not None:
        account.put("reward", {**reward, "stock": reward["stock"] + 1})
    return call.answer(transaction_view(account, book_credits(account, back)))


# --- collected later


def _collected(account: Account, row: Row) -> Row | None:
    """The hand-over of this claim that counts."""
    found = account.table(REDEMPTION).where("loyalty_transaction_uuid", row["uuid"])
    return next((each for each in found if each["status"] == "COLLECTED"), None)


def collectable_view(account: Account, row: Row, reward: Row, contact: Row) -> dict[str, Any]:
    return {
        "uuid": row["uuid"],
        "title": row["title"] or "",
        "created_at": moments.shown(row["created_at"]),
        "contact": contact_with_balance(contact, contact["credits"]),
        "reward": reward_view(reward),
        "expires_at": moments.shown(row["expires_at"]),
        "has_been_collected": row["has_been_collected"],
    }


@operation("GET", "/collectable-rewards", "list_collectable_rewards")
def list_collectable_rewards(call: Call) -> Answer:
    """Claimed and not collected, oldest first; those that have expired too."""
    asked = call.asked()
    contact_uuid = asked.text("contact_uuid", required=True)
    asked.done()
    account = call.account
    contact = call.row("contact", contact_uuid or "", 55031)
    table = account.table("loyalty_transaction")
    rows = table.by_age() if call.ignore_filters else table.where("contact_uuid", contact["uuid"])
    data = []
    for row in sorted(rows, key=lambda each: each["created_at"]):
        reward = account.table("reward").get(row["reward_uuid"] or "")
        holder = account.table("contact").get(row["contact_uuid"] or "")
        if reward is not None and holder is not None and _waits(row):
            data.append(collectable_view(account, row, reward, holder))
    return call.answer(data)


def _waits(row: Row) -> bool:
    return row["type"] == PHYSICAL and not row["has_been_collected"] and not row.get("reversed_by")


@operation("PUT", "/collectable-rewards/collect/{loyalty_transaction_uuid}", "collect_collectable_reward")
def collect_collectable_reward(call: Call) -> Answer:
    """One code for what is not there, was collected or taken back, and has expired."""
    account = call.account
    row = call.row("loyalty_transaction", call.value("loyalty_transaction_uuid"), 80300)
    if not _waits(row) or (row["expires_at"] and row["expires_at"] <= account.now()):
        raise ApiError(80300)
    account.put("loyalty_transaction", {**row, "has_been_collected": True})
    redemption = {
        "uuid": account.new_uuid(),
        "created_at": account.now(),
        "loyalty_transaction_uuid": row["uuid"],
        "status": "COLLECTED",
    }
    return call.answer(_redemption_view(account.put(REDEMPTION, redemption)))


@operation(
    "POST",
    "/collectable-rewards/{collectable_reward_redemption_uuid}/reverse",
    "reverse_collectable_reward_redemption",
)
def reverse_collectable_reward_redemption(call: Call) -> Answer:
    """No codes are listed: the one of collecting stands for what is not there and what was undone already."""
    account = call.account
    redemption = call.row(REDEMPTION, call.value("collectable_reward_redemption_uuid"), 80300)
    if redemption["status"] != "COLLECTED":
        raise ApiError(80300)
    row = account.table("loyalty_transaction").get(redemption["loyalty_transaction_uuid"])
    if row is not None:
        account.put("loyalty_transaction", {**row, "has_been_collected": False})
    return call.answer(_redemption_view(account.put(REDEMPTION, {**redemption, "status": "REVERSED"})))


def _redemption_view(row: Row) -> dict[str, Any]:
    return {"uuid": row["uuid"], "status": row["status"]}
