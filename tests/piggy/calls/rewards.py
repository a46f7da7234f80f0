"""Rewards: claimed, taken back, handed over, changed: what the client asks for and what comes back."""

from typing import Any

CONTACT = {"uuid": "c-1", "email": "ada@example.org", "credit_balance": {"id": 501, "balance": 140}}
REWARD = {
    "uuid": "w-1",
    "title": "Tote bag",
    "description": None,
    "cost_price": None,
    "required_credits": 75,
    "media": {"type": "image", "value": "https://cdn.example.org/tote.jpg"},
    "is_active": True,
    "active": True,
    "reward_type": "PHYSICAL",
    "stock": None,
    "till_sku": "TOTE1",
}
CLAIM = {
    "type": "reward_reception",
    "title": "Tote bag",
    "uuid": "t-1",
    "credits": -75,
    "contact": CONTACT,
    "shop": {"id": 7, "uuid": "s-1", "name": "Harbour Street"},
    "contact_identifier": None,
    "created_at": "2026-09-04T08:20:00+00:00",
    "reward": REWARD,
    "expires_at": "2026-10-04T08:20:00+00:00",
    "has_been_collected": False,
}
BACK = {
    "type": "credit_reception",
    "uuid": "t-2",
    "credits": 75,
    "created_at": "2026-09-04T08:30:00+00:00",
    "contact": CONTACT,
    "unit_value": None,
}
WAITING = {
    "uuid": "t-1",
    "title": "Tote bag",
    "created_at": "2026-09-04T08:20:00+00:00",
    "contact": CONTACT,
    "reward": REWARD,
    "expires_at": "2026-10-04T08:20:00+00:00",
    "has_been_collected": False,
}

READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("get_reward", {"reward_uuid": "w-1"}, "/rewards/w-1", REWARD),
    ("list_collectable_rewards", {"contact_uuid": "c-1"}, "/collectable-rewards?contact_uuid=c-1", [WAITING]),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    ("update_reward",
     {"reward_uuid": "w-1", "title": "Tote bag", "required_credits": 75, "attributes": {"till_sku": None}},
     "PUT", "/rewards/w-1", {"title": "Tote bag", "required_credits": 75, "till_sku": ""}, REWARD),
    ("create_reward_reception", {"contact_uuid": "c-1", "reward_uuid": "w-1", "shop_uuid": "s-1"},
     "POST", "/reward-receptions", {"contact_uuid": "c-1", "reward_uuid": "w-1", "shop_uuid": "s-1"}, CLAIM),
    ("reverse_reward_reception", {"uuid": "t-1"}, "POST", "/reward-receptions/t-1/reverse", None, BACK),
    ("collect_collectable_reward", {"loyalty_transaction_uuid": "t-1"}, "PUT", "/collectable-rewards/collect/t-1",
     None, {"uuid": "h-1", "status": "COLLECTED"}),
    ("reverse_collectable_reward_redemption", {"redemption_uuid": "h-1"}, "POST", "/collectable-rewards/h-1/reverse",
     None, {"uuid": "h-1", "status": "REVERSED"}),
]  # fmt: skip
