"""What the people did: credits, rewards and prepaid money, so that the rows add up to the balances."""

from __future__ import annotations

from random import Random

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.people import PEOPLE, Person
from piggyadmin.sandbox.cast.places import DAY, Places
from piggyadmin.sandbox.make import Fields, make
from piggyadmin.sandbox.store import Row

Visit = tuple[int, Fields]
"""Credits, and the rest of the row by short names: shop, reward, card."""

SHOPS = ("utrecht", "utrecht", "utrecht", "amersfoort", "den_bosch", "web")
LAST_OF_WILHELMINA: tuple[tuple[float, int, Fields], ...] = (
    (9.2, 46, {"shop": "web", "unit_value": 46.0, "channel": "WEBSHOP_API", "attributes": {"order": "10002291"}}),
    (5.15, 900, {"shop": "amersfoort", "unit_value": 900.0, "attributes": {"table_number": None}}),
    (5.1, -900, {"shop": "amersfoort", "attributes": {"table_number": "", "note": "one nought too many"}}),
    (0.9, 9, {"shop": "utrecht", "unit_value": 8.5}),
    (0.89, -150, {"shop": "utrecht", "reward": "flat_white"}),
    (0.01, 24, {"shop": "utrecht", "unit_value": 24.0}),
)
"""Days ago, credits, and the rest."""


def add_histories(account: Account, dice: Random, places: Places, people: dict[str, Row]) -> None:
    for name, person in PEOPLE.items():
        uuid = people[name]["uuid"]
        last = LAST_OF_WILHELMINA if name == "wilhelmina" else ()
        _add_credits(account, dice, places, uuid, person, last)
        if person.prepaid:
            _add_prepaid(account, dice, places, uuid, person)
    _add_orphans(account, places)


def _add_credits(
    account: Account,
    dice: Random,
    places: Places,
    uuid: str,
    person: Person,
    last: tuple[tuple[float, int, Fields], ...],
) -> None:
    """``person.rows`` rows that end at ``person.credits``, the ``last`` ones as given."""
    count = person.rows - len(last)
    visits = _visits(dice, count, person.credits - sum(credits for _, credits, _ in last))
    newest = last[0][0] + 1 if last else 0.2
    days = sorted((dice.uniform(newest, person.since - 1) for _ in range(count)), reverse=True)
    rows = [(day, credits, rest) for day, (credits, rest) in zip(days, visits, strict=True)]
    for day, credits, rest in [*rows, *last]:
        add_credits(account, places, uuid, day, credits, {"card": person.cards[0] if person.cards else None, **rest})


def _visits(dice: Random, count: int, goal: int) -> list[Visit]:
    """Bills, and a reward for every dozen of them, that add up to ``goal``. Rewards come only once there is enough."""
    rewards = count // 12
    bills = _shares(dice, count - rewards, goal + 150 * rewards)
    visits: list[Visit] = [(credits, _bill(dice, credits)) for credits in bills]
    for number in range(rewards):
        place = int(count * (0.35 + 0.6 * (number + 1) / rewards))
        visits.insert(place, (-150, {"shop": "utrecht", "reward": "flat_white"}))
    return visits


def _shares(dice: Random, count: int, total: int) -> list[int]:
    """``total`` as a sum of ``count`` random whole numbers, none below 1."""
    weights = [dice.uniform(0.2, 1.8) for _ in range(count)]
    shares = [max(1, int(total * weight / sum(weights))) for weight in weights]
    if shares:
        shares[0] += total - sum(shares)
    return shares


def _bill(dice: Random, credits: int) -> Fields:
    """A credit for every euro, cents rounded away."""
    table = dice.choice((None, "", "7"))
    cents = dice.randrange(0, 50)
    return {"shop": dice.choice(SHOPS), "unit_value": credits + cents / 100, "attributes": {"table_number": table}}


def add_credits(account: Account, places: Places, uuid: str | None, days: float, credits: int, rest: Fields) -> None:
    """One loyalty transaction, so many days ago. ``rest`` names its shop, reward and card by short names."""
    rest = dict(rest)
    reward = places.rewards.get(rest.pop("reward", ""))
    fields: Fields = {
        "shop_uuid": places.shops[rest.pop("shop")]["uuid"],
        "identifier_value": rest.pop("card", None),
        **rest,
        "contact_uuid": uuid,
        "credits": credits,
        "created_at": account.after(-days * DAY),
    }
    if reward is not None:
        digital = reward["reward_type"] == "DIGITAL"
        fields |= {
            "type": "digital_reward_reception" if digital else "reward_reception",
            "title": reward["title"],
            "reward_uuid": reward["uuid"],
        }
    make(account, "loyalty_transaction", fields)


def _add_prepaid(account: Account, dice: Random, places: Places, uuid: str, person: Person) -> None:
    """Top-ups and bills, the last of which ends at ``person.prepaid``."""
    balance = 0
    days = sorted((dice.uniform(0.4, min(person.since - 1, 400)) for _ in range(17)), reverse=True)
    for day in days[:-1]:
        bill = dice.randrange(250, 2400)
        amount = -bill if balance > bill else dice.choice((2000, 2500, 5000))
        balance += amount
        add_prepaid(account, places, uuid, day, amount)
    if balance != person.prepaid:
        add_prepaid(account, places, uuid, days[-1], person.prepaid - balance)


def add_prepaid(account: Account, places: Places, uuid: str | None, days: float, cents: int) -> None:
    shop = places.shops["utrecht" if cents < 0 else "amersfoort"]
    fields = {"contact_uuid": uuid, "amount_in_cents": cents, "shop_uuid": shop["uuid"]}
    make(account, "prepaid_transaction", {**fields, "created_at": account.after(-days * DAY)})


def _add_orphans(account: Account, places: Places) -> None:
    """Rows of people who had themselves deleted: their contact is null."""
    for day in (1200.0, 610.0, 33.0):
        add_credits(account, places, None, day, 12, {"shop": "den_bosch", "unit_value": 12.4})
    film = {"shop": "amersfoort", "reward": "film", "digital_code": "FILM-204417"}
    add_credits(account, places, None, 34.0, -900, film)
    add_prepaid(account, places, None, 45.0, -320)
