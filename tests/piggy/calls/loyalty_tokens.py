"""Claim links: what the client asks for and what comes back."""

from decimal import Decimal
from typing import Any

from piggyadmin.piggy.loyalty_tokens import LoyaltyToken

CONTACT = "3f0c1a52-7d3e-4c0b-9f6a-1b2c3d4e5f60"
HASH = "0123456789abcdef0123456789abcdef01234567"
LINK = "https://points.example.org/l?version=v3&shop_uuid=s-1&unique_id=ord-1&timestamp=1788509550"
OF_CREDITS = f"{LINK}&credits=50&hash={HASH}"
OF_UNITS = f"{LINK}&unit_name=purchase_amount&unit_value=25.4&hash={HASH}"
TOKEN = LoyaltyToken(shop_uuid="s-1", unique_id="ord-1", timestamp="1788509550", hash=HASH, credits=50)
CLAIMED = {
    "type": "credit_reception",
    "uuid": "t-1",
    "credits": 50,
    "created_at": "2026-09-04T08:12:30+00:00",
    "contact": {"uuid": CONTACT, "email": "ada@example.org", "credit_balance": {"id": 501, "balance": 140}},
    "shop": {"id": 7, "uuid": "s-1", "name": "Harbour Street"},
}

READS: list[tuple[str, dict[str, Any], str, Any]] = []
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    ("create_loyalty_token", {"shop_uuid": "s-1", "unique_id": "ord-1", "credits": 50}, "POST", "/loyalty-tokens",
     {"version": "v3", "shop_uuid": "s-1", "unique_id": "ord-1", "credits": 50}, OF_CREDITS),
    ("create_loyalty_token",
     {"shop_uuid": "s-1", "unique_id": "ord-1", "unit_name": "purchase_amount", "unit_value": Decimal("25.40")},
     "POST", "/loyalty-tokens",
     {"version": "v3", "shop_uuid": "s-1", "unique_id": "ord-1", "unit_name": "purchase_amount", "unit_value": 25.4},
     OF_UNITS),
    ("claim_loyalty_token", {"token": TOKEN, "contact_uuid": CONTACT}, "POST", "/loyalty-tokens/claim",
     {"version": "v3", "shop_uuid": "s-1", "unique_id": "ord-1", "timestamp": "1788509550", "credits": 50,
      "hash": HASH, "contact_uuid": CONTACT},
     CLAIMED),
    ("send_giftcard_by_email", {"giftcard_uuid": "g-1", "contact_uuid": CONTACT}, "POST",
     "/giftcards/g-1/send-by-email", {"contact_uuid": CONTACT}, {"message": "success", "data": "Email sent"}),
]  # fmt: skip
