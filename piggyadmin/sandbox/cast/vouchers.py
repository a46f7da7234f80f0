"""Vouchers of the demo, in every state there is."""

from __future__ import annotations

from datetime import date, timedelta

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.places import DAY, Places
from piggyadmin.sandbox.make import Fields, make
from piggyadmin.sandbox.store import Row


def add_vouchers(account: Account, places: Places, people: dict[str, Row]) -> None:
    for code, promotion, holder, fields in _vouchers(account):
        wanted: Fields = {"code": code, "promotion_uuid": places.promotions[promotion]["uuid"], **fields}
        if holder:
            wanted["contact_uuid"] = people[holder]["uuid"]
        wanted.setdefault("created_at", account.after(-200 * DAY))
        make(account, "voucher", wanted)
    roastery = places.promotions["roastery"]["uuid"]  # 37 of its 40
    make(account, "vouchers", {"count": 37, "promotion_uuid": roastery, "expiration_date": new_year(account)})


def new_year(account: Account) -> str:
    """The end of this year, or of the next one when that is less than a month away."""
    soon = date.fromisoformat(account.now()[:10]) + timedelta(days=31)
    return f"{soon.year}-12-31T22:59:59+00:00"


def _vouchers(account: Account) -> list[tuple[str, str, str | None, Fields]]:
    """Code, promotion, holder and the rest."""
    until = new_year(account)
    at, summer = account.after, {"expiration_date": until, "attributes": {"sheet": "7", "batch_label": "118"}}
    used, old = {"status": "REDEEMED"}, {"status": "EXPIRED", "created_at": "2023-05-01T09:00:00+00:00"}
    return [
        ("COFFEE-1", "coffee", None, {}),
        ("COFFEE-2", "coffee", "sanne", {"expiration_date": until}),
        ("COFFEE-3", "coffee", "emma", {**used, "redeemed_at": at(-2 * DAY)}),
        ("COFFEE-4", "coffee", "aylin", {"status": "LOCKED"}),
        ("COFFEE-5", "coffee", None, {"status": "DEACTIVATED"}),
        ("WELK26KOFFIE3HWD", "coffee", "wilhelmina", {**used, "redeemed_at": at(-600)}),
        ("SUMR26AP4T7K9QXD", "summer", None, summer),
        ("SUMR26AP1M0O7K2M", "summer", "wilhelmina", {**summer, **used, "redeemed_at": at(-193 * DAY)}),
        ("SUMR26AP5P2R8TBC", "summer", "joost", summer),
        ("BDAY26TAART4TNP", "birthday", "wilhelmina", {"expiration_date": until, "attributes": {"guests": ""}}),
        ("BDAY26TAART7QRS", "birthday", "aylin", {"expiration_date": at(20 * DAY)}),
        ("TEN-COFFEES-7", "ten", "joost", _tenth(3, at(-4 * DAY))),
        ("TEN-COFFEES-9", "ten", None, _tenth(9, at(-1 * DAY))),
        ("TEN-COFFEES-0", "ten", "thorunn", _tenth(10, at(-30 * DAY))),
        ("OPENING-DB-1", "opening", None, {"status": "EXPIRED", "expiration_date": at(-90 * DAY)}),
        ("SPRING-OLD-1", "spring", "sanne", {**old, "expiration_date": "2023-06-01T21:59:59+00:00"}),
        ("WINTER-SOON-1", "winter", None, {"activation_date": at(10 * DAY)}),
        ("WINTER-SOON-2", "winter", "wilhelmina", {"activation_date": at(10 * DAY), "expiration_date": at(90 * DAY)}),
        ("EARLY-BIRD-1", "winter", "natalia", {"status": "ACTIVE", "activation_date": at(10 * DAY)}),
        ("LUNCH-20-JIP", "student", "jip", {"attributes": {"student_number": None}}),
        ("LUNCH-20-SEM", "student", "sem", {"status": "DEACTIVATED"}),
        ("2600555500005555", "student", None, {}),
        ("free coffee ☕", "coffee", "xiaoming", {}),
    ]


def _tenth(times: int, last: str) -> Fields:
    return {"total_redemptions_allowed": 10, "times_redeemed": times, "redeemed_at": last}
