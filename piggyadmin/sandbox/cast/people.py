"""The people of the demo who have a part to play."""

from __future__ import annotations

from dataclasses import dataclass

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.definitions import BIRTHDAY, LETTERS
from piggyadmin.sandbox.cast.places import DAY, Places
from piggyadmin.sandbox.make import Fields, make
from piggyadmin.sandbox.resources.subscriptions import PENDING_CONFIRMATION, SUBSCRIBED
from piggyadmin.sandbox.store import Row

LONG = (
    "Anna Maria Josephina Wilhelmina Theodora Cornelia Petronella Hendrika Johanna Margaretha Elisabeth Catharina "
    "Adriana Jacoba Geertruida Antonia Francisca Hubertina Philomena Aldegonda Ida"
)
"""With its last name exactly 200 characters long."""


@dataclass(frozen=True, slots=True)
class Person:
    """``credits`` and ``prepaid`` (cents) are the balances their history ends with; ``rows`` its length."""

    first: str | None
    last: str | None
    email: str | None = None
    phone: str | None = None
    born: str | None = None
    cards: tuple[str, ...] = ()
    tier: str | None = None
    since: int = 300
    """Days ago."""
    credits: int = 0
    prepaid: int = 0
    rows: int = 0
    uuid: str | None = None
    address: str | None = None
    anonymous: bool = False


FAMILY = "+31612000118"

PEOPLE: dict[str, Person] = {
    "wilhelmina": Person(
        "Wilhelmina Theodora Cornelia",
        "van der Hoeven-Oudekerk de Graaf",
        "w.vanderhoeven@oudekerk.example",
        "+31612345678",
        "1961-03-04",
        ("2600441700810092", "2600118022107713"),
        "gold",
        since=2700,
        credits=1240,
        prepaid=108_550,
        rows=214,
        address="Oudekerkseweg 12, Utrecht",
    ),
    "sanne": Person(
        "Sanne", "Vermeulen", "sanne.vermeulen@mail.example", "+31687654321", "1994-07-19",
        ("2600118033104417",), "silver", since=900, credits=312, prepaid=2_500, rows=41,
    ),
    "mohammed": Person(
        "محمد الأمين", "بن يوسف", "mohammed.alamin@mail.example", "+31620003552", "1987-11-02",
        ("2600441700815520",), "bronze", since=620, credits=96, rows=12,
    ),
    "joost": Person(
        "Joost", "de Vries", "joost.devries@post.example", "+31698765118", "1979-01-30",
        ("2600441700818840", "2600555500005555"), "silver", since=1400, credits=540, prepaid=1_875, rows=66,
    ),
    "aylin": Person(
        "Aylin", "Yıldız-Kowalczyk", "aylin.yildiz@post.example", "+31644001177", "1990-05-23",
        ("2600118044001177",), "gold", since=1100, credits=1_480, prepaid=4_250, rows=88,
    ),
    "pieter_jan": Person(
        "Pieter-Jan", "’t Hooft", "pj.thooft@mail.example", "+31655000902", "1971-09-09",
        ("2600118055000902",), "silver", since=2000, credits=275, rows=30,
    ),
    "thorunn": Person(
        "Þórunn", "Ægisdóttir", "thorunn@aegir.example", "+31611882210", "1983-12-24",
        ("2600118022102210",), "bronze", since=410, credits=58, rows=7,
    ),
    # --- pairs that may be one person
    "saskia": Person(
        "Saskia", "van den Berg", "saskia.vandenberg@gmail.example", "+31611223344", "1988-03-04",
        ("2600118022104417", "2600118022105523"), "gold", since=1300, credits=80, rows=14,
    ),
    "saskia_old": Person(  # the phone in another spelling, the e-mail with a slip
        "S.", "v.d. Berg", "saskia.berg@gmial.example", "06 11 22 33 44", "1988-03-04",
        ("2600335600813356",), "silver", since=700, credits=120, prepaid=450, rows=14,
    ),
    "mohammed_latin": Person(  # the same phone, the name in another script
        "Mohamed", "el Amine", "m.elamine@post.example", "+31620003552", None,
        ("2600441700815521",), since=200, credits=34, rows=4,
    ),
    "jip": Person(
        "Jip", "Janssen", "jip@janssen.example", "+31633001122", "2001-02-14", ("2600118033001122",), "bronze",
        credits=66, rows=6,
    ),
    "jip_again": Person(  # one letter in the name
        "Jip", "Jansen", "jip.jansen@janssen.example", None, "2001-02-14", ("2600118033001123",), credits=12, rows=2,
    ),
    "wilhelmina_short": Person(  # initials, same address, other mail
        "W. T. C.", "van der Hoeven", "wtc.vanderhoeven@post.example", None, None, ("2600118022207713",),
        credits=40, rows=5, address="Oudekerkseweg 12, Utrecht",
    ),
    "swapped": Person("Nguyen", "Linh", "linh.nguyen@mail.example", "+31677001001", "1996-08-08", credits=50, rows=5),
    "swapped_again": Person("Linh", "Nguyen", "nguyen.linh@post.example", None, "1996-08-08", credits=25, rows=2),
    "tagged": Person("Bram", "Kuipers", "bram.kuipers@mail.example", "+31677002002", credits=90, rows=8),
    "tagged_again": Person("Bram", "Kuipers", "bram.kuipers+koffie@mail.example", None, credits=15, rows=1),
    "same_name": Person("Jan", "de Jong", "jan.dejong@mail.example", "+31677003003", "1955-06-01", credits=210, rows=9),
    "same_name_again": Person(
        "Jan", "de Jong", "jdejong55@post.example", "+31677003004", "1982-10-17", rows=3,
        credits=30,
    ),
    # --- a family with one phone
    "emma": Person(
        "Emma", "Bakker", "emma@bakker.example", FAMILY, "1985-04-11", ("2600118061180001",), credits=145,
        rows=11,
    ),
    "sem": Person(
        "Sem", "Bakker", "sem@bakker.example", FAMILY, "2012-09-30", ("2600118061180002",), credits=20,
        rows=3,
    ),
    "noor": Person(
        "Noor", "Bakker-Smit", "noor@bakker.example", FAMILY, "1984-02-02", ("2600118061180003",),
        credits=77, rows=6,
    ),
    # --- names in many scripts, long, short and odd
    "xiaoming": Person("小明", "王", "wang.xiaoming@mail.example", "+31677010001", credits=33, rows=3),
    "eleni": Person(
        "Ελένη", "Παπαδοπούλου", "eleni@papadopoulou.example", "+31677010002", "1992-01-06", credits=64,
        rows=5,
    ),
    "somchai": Person("สมชาย", "ใจดี", "somchai@jaidee.example", "+31677010003", credits=18, rows=2),
    "ibrahim": Person("İbrahim", "Işık", "ibrahim.isik@mail.example", "+31677010004", credits=41, rows=4),
    "zoe": Person("Zoe\u0308", "Andre\u0301", "zoe.andre@mail.example", "+31677010005", credits=27, rows=2),
    "sara": Person("שרה", "לוי", "sara.levi@mail.example", "+31677010006", credits=22, rows=2),
    "sakura": Person("さくら", "佐藤", "sakura.sato@mail.example", "+31677010007", credits=15, rows=1),
    "natalia": Person("Наталія", "Шевченко", "natalia@shevchenko.example", "+31677010008", credits=71, rows=6),
    "anh": Person("Ánh", "Nguyễn Thị", "anh.nguyenthi@mail.example", "+31677010009", credits=19, rows=2),
    "priya": Person("प्रिया", "शर्मा", "priya.sharma@mail.example", "+31677010010", credits=29, rows=2),
    "long": Person(LONG, "van Rechteren", "anna.vanrechteren@mail.example", "+31677010011", credits=100, rows=8),
    "nameless": Person(None, None, "no.name.given@mail.example", "+31677010012", credits=5, rows=1),
    "markup": Person("Siobhán <b>", "O'Brien & O’Neill", "siobhan@obrien.example", "+31677010013", credits=44, rows=3),
    "emoji": Person("Kim 🦊", "Peeters", "kim.peeters@mail.example", "+31677010014", credits=8, rows=1),
    "short_id": Person(
        "Truus", "Old-Account", "truus@old.example", "+31677010015", "1948-05-05", uuid="123", since=2900,
        credits=360, rows=25,
    ),
    # --- nobody knows who
    "anonymous": Person(None, None, cards=("2600441700818841",), anonymous=True, since=60, credits=84, rows=9),
    "anonymous_new": Person(None, None, cards=("2600441700810011",), anonymous=True, since=3, credits=6, rows=1),
    "anonymous_rich": Person(None, None, cards=("2600441700810027",), anonymous=True, since=500, credits=655, rows=48),
}  # fmt: skip

SAID: dict[str, Fields] = {
    "wilhelmina": {
        "nickname": "Mina",
        "allergies": ["nuts", "milk"],
        "own_cup": True,
        "cups_a_week": 6,
        "discount_rate": 2.5,
        "regular_since": "2018-05-01",
        "notes": "Prefers the table by the window.\nPays with the card of her sister now and then.",
        "holiday": "2026-07-01 - 2026-07-21",
        "quiet_hours": "12:00 - 14:30",
        "website": "https://oudekerk.example/wilhelmina",
        "seat_colour": "#8a1c2b",
        "number_plate": "GB-414-R",
        "imported_from": "paper cards",
    },
    "sanne": {"nickname": "Sanne V.", "own_cup": False, "child_born": "2021-11-30", "allergies": []},
    "joost": {"invoice_email": "facturen@devries.example", "work_phone": "030 123 45 67", "badge": "B-00118"},
}
"""What some of them told us, by attribute."""
PENDING = ("sanne", "natalia")
"""Who has not followed the link in the mail yet."""


def add_people(account: Account, places: Places) -> dict[str, Row]:
    """The contacts and their cards, without any balance yet."""
    people = {name: _add(account, places, name, person) for name, person in PEOPLE.items()}
    lost = account.table("identifier").get("2600118022107713")
    if lost is not None:
        account.put("identifier", {**lost, "active": False, "name": "Lost, 3 June"})
    make(account, "identifier", {"value": "2600000000000017", "name": None})
    make(account, "identifier", {"value": "2600000000000025", "active": False})
    return people


def _add(account: Account, places: Places, name: str, person: Person) -> Row:
    created = account.after(-person.since * DAY)
    fields: Fields = {
        "anonymous": person.anonymous,
        "created_at": created,
        "firstname": person.first,
        "lastname": person.last,
        "phonenumber": person.phone,
        "birthdate": person.born,
        "address": person.address,
        "favourite_drink": "" if person.rows < 10 else "flat white",
        **SAID.get(name, {}),
    }
    if person.email:
        fields["email"] = person.email
    if person.uuid:
        fields["uuid"] = person.uuid
    if person.tier:
        fields["tier_uuid"] = places.tiers[person.tier]["uuid"]
    contact = make(account, "contact", fields)
    wanted = {LETTERS: SUBSCRIBED} if person.tier else {}
    if name in PENDING:
        wanted[BIRTHDAY] = PENDING_CONFIRMATION
    contact = account.put("contact", {**contact, "subscribed": {**contact["subscribed"], **wanted}})
    for card in person.cards:
        make(account, "identifier", {"value": card, "contact_uuid": contact["uuid"], "created_at": created})
    return contact
