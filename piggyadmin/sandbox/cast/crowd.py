"""Everybody else: as many contacts as are asked for, with a little of everything."""

from __future__ import annotations

from random import Random

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.doubles import DOUBLES, RELATIVES, relative, second_sight
from piggyadmin.sandbox.cast.histories import add_credits, add_prepaid
from piggyadmin.sandbox.cast.places import DAY, Places
from piggyadmin.sandbox.cast.vouchers import new_year
from piggyadmin.sandbox.make import Fields, make
from piggyadmin.sandbox.resources.new_vouchers import ALPHABET

FIRST_NAMES = (
    "Daan Noah Lucas Levi Finn Luuk Milan James Sam Bram Mees Hugo Adam Lars Thijs Gijs Jesse Ruben Stijn Teun Julia "
    "Mila Emma Tess Sophie Zoë Sara Nora Yara Lotte Evi Lieke Fleur Noor Anna Eva Fenna Isa Roos Saar Mohamed Yusuf "
    "Fatima Amina Ayşe Emre Zeynep Can Anouk Björn Chloé Dániel Éva François Gülşen Håkon Inès Jürgen Kwame Łukasz "
    "Mireille Nadia Oluwaseun Pilar Renske Søren Tomás Ulrike Václav Wieke Xanthe Yetunde Hendrik Willem Cornelis "
    "Johanna Maria Petra Anneke Marijke Gerrit Klaas Truus Henk Ineke Wouter Maaike Jeroen Marloes Sjoerd Femke"
)
LAST_NAMES = (
    "de Jong|Jansen|de Vries|van den Berg|van Dijk|Bakker|Janssen|Visser|Smit|Meijer|de Boer|Mulder|de Groot|Bos|Vos|"
    "Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|van der Meer|van der Linden|Kok|Jacobs|"
    "de Haan|Vermeulen|van den Heuvel|van der Veen|van den Broek|de Bruijn|Schouten|van Beek|Willems|van Vliet|"
    "Hoekstra|Maas|Verhoeven|Koster|van Dam|Prins|Blom|Huisman|Yılmaz|Öztürk|Benali|El Idrissi|Nowak|Kovács|García|"
    "Nguyễn|Chen|Ahmadi|Okafor|Müller|D'Angelo|Ó Briain|Søndergaard|Wójcik|Ivanova|Sital|Ramdin|Koolhaas|ter Braak"
)
FIRST, LAST = FIRST_NAMES.split(), LAST_NAMES.split("|")
HOSTS = ("mail.example", "post.example", "home.example", "work.example", "koffie.example")
STREETS = ("Kanaalstraat", "Langestraat", "Hinthamerstraat", "Oudegracht", "Vleutenseweg", "Leusderweg")
SHOPS = ("utrecht", "utrecht", "amersfoort", "den_bosch", "web")


def add_crowd(account: Account, dice: Random, places: Places, contacts: int) -> None:
    """Fill the account up to so many contacts; with fewer than there are, nothing."""
    start = len(account.table("contact"))
    known: list[Fields] = []
    for number in range(start, contacts):
        since = dice.randrange(2, 2400)
        who = _somebody(dice, number, known)
        uuid = _contact(account, dice, places, since, who)
        if who is None or dice.random() < 0.7:
            card = {"value": f"26007{dice.randrange(1000):03d}{number:08d}", "contact_uuid": uuid}
            make(account, "identifier", {**card, "created_at": account.after(-since * DAY)})
        _history(account, dice, places, uuid, since)
    _vouchers(account, dice, places, max(contacts - start, 0) // 4)


def _somebody(dice: Random, number: int, known: list[Fields]) -> Fields | None:
    """A person, somebody's second sight or relative, or, for an anonymous contact, nobody. Now and then a till wrote
    down the phone of one who gave no name."""
    chance = dice.random()
    if chance < 0.06:
        return {"phonenumber": dice.choice(known)["phonenumber"]} if known and chance < 0.005 else None
    if known and chance < 0.06 + DOUBLES:
        return second_sight(dice, dice.choice(known), number)
    if known and chance < 0.06 + DOUBLES + RELATIVES:
        return relative(dice, dice.choice(known), dice.choice(FIRST), number)
    first, last = dice.choice(FIRST), dice.choice(LAST)
    who: Fields = {
        "firstname": first,
        "lastname": last,
        "email": f"{_plain(first)}.{_plain(last)}.{number}@{dice.choice(HOSTS)}",
        "phonenumber": f"+316{dice.randrange(10**8):08d}" if dice.random() < 0.8 else None,
        "birthdate": f"{dice.randrange(1940, 2010)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}",
        "address": f"{dice.choice(STREETS)} {dice.randrange(1, 200)}" if dice.random() < 0.3 else None,
    }
    known.append(who)
    return who


def _contact(account: Account, dice: Random, places: Places, since: int, who: Fields | None) -> str:
    named = who is not None and "email" in who
    fields: Fields = {"created_at": account.after(-since * DAY), "anonymous": not named, "favourite_drink": ""}
    if named:
        fields["tier_uuid"] = places.tiers[dice.choice(("bronze", "bronze", "silver", "gold"))]["uuid"]
    uuid: str = make(account, "contact", fields | (who or {}))["uuid"]
    return uuid


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isascii() and char.isalpha()) or "x"


def _history(account: Account, dice: Random, places: Places, uuid: str, since: int) -> None:
    days = sorted((dice.uniform(0.1, since) for _ in range(dice.randrange(6))), reverse=True)
    for day in days:
        bill = dice.randrange(250, 3500) / 100
        add_credits(account, places, uuid, day, round(bill), {"shop": dice.choice(SHOPS), "unit_value": bill})
    if dice.random() < 0.1:
        add_prepaid(account, places, uuid, dice.uniform(0.1, since), dice.choice((1000, 2000, 5000)))


def _vouchers(account: Account, dice: Random, places: Places, count: int) -> None:
    """Letters to members: half of them to somebody, a third of them used."""
    people = list(account.table("contact"))
    until = new_year(account)
    for _ in range(count):
        fields: Fields = {
            "code": "SUMR26" + "".join(dice.choices(ALPHABET, k=10)),
            "promotion_uuid": places.promotions["summer"]["uuid"],
            "expiration_date": until,
            "created_at": account.after(-200 * DAY),
            "attributes": {"sheet": "", "batch_label": "118"},
        }
        if dice.random() < 0.5:
            fields["contact_uuid"] = dice.choice(people)["uuid"]
            if dice.random() < 0.6:
                fields |= {"status": "REDEEMED", "redeemed_at": account.after(-dice.uniform(1, 190) * DAY)}
        make(account, "voucher", fields)
