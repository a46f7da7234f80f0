"""What customers claimed and have not collected yet: Fenna Postma's two tote bags, one of them too late."""

from __future__ import annotations

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.places import DAY
from piggyadmin.sandbox.make import Fields, make

CARD = "2600118077004410"
FENNA: Fields = {
    "email": "fenna.postma@mail.example",
    "firstname": "Fenna",
    "lastname": "Postma",
    "phonenumber": "+31677014410",
    "birthdate": "1991-10-05",
    "favourite_drink": "",
}
CREDITS = 390  # what she was given; the bags cost 75 each
BAGS = ((33.0, -3.0), (4.0, 26.0))
"""Claimed so many days ago, and to be collected until so many days from now."""
PREPAID = ((60.0, 2500), (21.0, -480), (2.0, -375))
"""So many days ago, and cents."""


def add_rewards(account: Account) -> None:
    shop = next(iter(account.table("shop")))
    bag = next(row for row in account.table("reward") if row["title"] == "Tote bag")
    since = account.after(-90 * DAY)
    contact = make(account, "contact", {**FENNA, "created_at": since})
    make(account, "identifier", {"value": CARD, "contact_uuid": contact["uuid"], "created_at": since})
    about: Fields = {"contact_uuid": contact["uuid"], "shop_uuid": shop["uuid"]}
    given: Fields = {"credits": CREDITS, "unit_value": float(CREDITS), "identifier_value": CARD}
    make(account, "loyalty_transaction", {**about, **given, "created_at": account.after(-40 * DAY)})
    for claimed, until in BAGS:
        dates = {"created_at": account.after(-claimed * DAY), "expires_at": account.after(until * DAY)}
        make(account, "claim", {**about, "reward_uuid": bag["uuid"], **dates})
    for days, cents in PREPAID:
        make(
            account,
            "prepaid_transaction",
            {**about, "amount_in_cents": cents, "created_at": account.after(-days * DAY)},
        )
