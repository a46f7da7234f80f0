"""Shops, tiers, promotions and rewards of the demo."""

from __future__ import annotations

from dataclasses import dataclass

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.make import Fields, make
from piggyadmin.sandbox.store import Row

DAY = 86_400

SHOPS: dict[str, Fields] = {
    "utrecht": {"name": "Utrecht West", "reference": "UTR-W", "city": "Utrecht", "postalcode": "3531AB"},
    "amersfoort": {"name": "Amersfoort", "reference": "AMF", "city": "Amersfoort", "postalcode": "3811CD"},
    "den_bosch": {"name": "’s-Hertogenbosch", "reference": None, "city": "’s-Hertogenbosch", "postalcode": "5211EF"},
    "web": {"name": "Koffie & Co web shop", "reference": "WEB", "type": "web", "city": "", "postalcode": ""},
}
TIERS: dict[str, Fields] = {
    "bronze": {"name": "Bronze", "description": "Everybody begins here."},
    "silver": {"name": "Silver", "description": "From 250 credits a year."},
    "gold": {"name": "Gold", "description": "From 1,000 credits a year: free refills and a priority seat."},
}
PROMOTIONS: dict[str, Fields] = {
    "coffee": {"name": "Free coffee", "description": "One coffee of your choice, any size.", "limit_per_contact": 5},
    "summer": {
        "name": "Summer 2026, letters to members",
        "description": "€ 10.00 off any order over € 40.00",
        "voucher_limit": 5000,
        "attributes": {"till_discount_code": "SUM10", "campaign": "summer-letters"},
    },
    "birthday": {
        "name": "Birthday cake for two",
        "description": "Two slices of cake in your birthday month.",
        "expiration_duration": 60 * DAY,
        "attributes": {"till_discount_code": "BDAY2"},
    },
    "ten": {
        "name": "Ten coffees, one card",
        "description": "Ten filter coffees, paid in advance.",
        "type": "MULTI_USE",
        "redemptions_per_voucher": 10,
    },
    "opening": {
        "name": "Opening week ’s-Hertogenbosch",
        "description": "A muffin with any drink.",
        "voucher_limit": 500,
    },
    "winter": {"name": "Winter warmer", "description": "Hot chocolate for the price of a tea."},
    "student": {
        "name": "Student lunch, 20 % off",
        "description": "On weekdays, with a student card.",
        "attributes": {"till_discount_code": "", "percentage": 20, "approved_by": None},
    },
    "spring": {"name": "Spring letter", "description": None, "expiration_duration": 30 * DAY},
    "roastery": {
        "name": "Evening at the roastery",
        "description": "Two seats at the long table, tasting included.",
        "voucher_limit": 40,
        "limit_per_contact": 1,
    },
    "neighbours": {
        "name": "For everybody who lives around the Amsterdamsestraatweg and put up with the noise of the builders "
        "while the shop was made twice as large: a coffee, a cake and our thanks",
        "description": "One coffee and one slice of cake, for each household.",
        "expiration_duration": 90 * DAY,
    },
}
REWARDS: dict[str, Fields] = {
    "flat_white": {"title": "Free flat white", "required_credits": 150, "attributes": {"till_sku": "FW1"}},
    "cake": {"title": "Slice of cake", "required_credits": 200, "attributes": {"till_sku": ""}},
    "tote": {
        "title": "Tote bag",
        "description": "Cotton, with our hare on it.",
        "required_credits": 75,
        "pre_redeemable": True,
        "expiration_duration": 30 * DAY,
        "stock": 12,
    },
    "beans": {"title": "250 g of beans", "required_credits": 400, "attributes": {"till_sku": "BN250"}},
    "film": {"title": "Cinema ticket", "required_credits": 900, "reward_type": "DIGITAL"},
    "mug": {"title": "Enamel mug", "required_credits": 300, "stock": 0},
    "old": {"title": "Summer parasol", "required_credits": 500, "is_active": False},
    "tasting": {"title": "Tasting at the roastery", "description": "Two persons, Saturdays.", "required_credits": 1200},
}


@dataclass(frozen=True, slots=True)
class Places:
    """What the people meet, by the short names above."""

    shops: dict[str, Row]
    tiers: dict[str, Row]
    promotions: dict[str, Row]
    rewards: dict[str, Row]


def add_places(account: Account) -> Places:
    long_ago = account.after(-7 * 365 * DAY)
    shops = _all(account, "shop", SHOPS, long_ago)
    tiers = _all(account, "tier", TIERS, long_ago)
    promotions = _all(account, "promotion", PROMOTIONS, account.after(-400 * DAY))
    rewards = _all(account, "reward", REWARDS, long_ago)
    tasting = {**rewards["tasting"], "shop_uuids": [shops["utrecht"]["uuid"]]}  # given in one shop only
    rewards["tasting"] = account.put("reward", tasting)
    return Places(shops, tiers, promotions, rewards)


def _all(account: Account, kind: str, wanted: dict[str, Fields], created_at: str) -> dict[str, Row]:
    return {name: make(account, kind, {**fields, "created_at": created_at}) for name, fields in wanted.items()}
