"""Gift cards of the demo: their programs, and a card in each state."""

from __future__ import annotations

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.places import DAY, Places
from piggyadmin.sandbox.make import Fields, make

PROGRAMS: dict[str, Fields] = {
    "house": {"name": "House gift card", "expiration_days": 730},
    "once": {"name": "Gift card from the bookshop next door", "upgradeable": False, "max_amount_in_cents": 5000},
    "old": {"name": "Christmas 2023", "active": False, "max_amount_in_cents": None},
}


def add_giftcards(account: Account, places: Places) -> None:
    since = account.after(-3 * 365 * DAY)
    programs = {
        name: make(account, "giftcard_program", {**fields, "created_at": since}) for name, fields in PROGRAMS.items()
    }
    for code, program, money, fields in _giftcards(account):
        wanted = {"hash": code, "giftcard_program_uuid": programs[program]["uuid"], "created_at": since, **fields}
        card = make(account, "giftcard", wanted)
        for days, shop, cents in money:
            moved: Fields = {"giftcard_uuid": card["uuid"], "shop_uuid": places.shops[shop]["uuid"]}
            make(
                account, "giftcard_transaction", {**moved, "amount_in_cents": cents, "created_at": account.after(days)}
            )


def _giftcards(account: Account) -> list[tuple[str, str, list[tuple[float, str, int]], Fields]]:
    """Hash, program, what was put on it and spent (when, in which shop, cents), and the rest."""
    used = [(-90 * DAY, "web", 5000), (-40 * DAY, "utrecht", -1850), (-12 * DAY, "amersfoort", -900)]
    return [
        ("GIFT2026HOUSE8KQ", "house", [*used, (-3 * DAY, "utrecht", 1500)], {}),
        ("GIFT2026EMPTY2RT", "house", [], {}),
        ("GIFT2025ONCE7MNP", "once", [(-200 * DAY, "utrecht", 2500)], {}),
        ("GIFT2023OLD5WXYZ", "old", [(-900 * DAY, "web", 1200)], {"expiration_date": account.after(-100 * DAY)}),
        ("GIFT2024LOST3BCD", "house", [(-300 * DAY, "den_bosch", 4000)], {"active": False}),
    ]
