"""Tables that were booked: yesterday, today and in the days to come."""

from __future__ import annotations

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.places import DAY, Places
from piggyadmin.sandbox.make import Fields, make
from piggyadmin.sandbox.store import Row

BIG_TABLE = "7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01"
BOOKINGS: tuple[tuple[str, str, int, str, float, Fields], ...] = (
    (
        "utrecht",
        "wilhelmina",
        0,
        "10:30",
        1.5,
        {"uuid": BIG_TABLE, "number_of_people": 8, "company_name": "Oudekerk BV"},
    ),
    ("utrecht", "sanne", 0, "11:00", 1, {"number_of_people": 2}),
    ("utrecht", "joost", 0, "16:00", 2, {"number_of_people": 4, "prepaid_amount": 2_000}),
    ("utrecht", "xiaoming", 0, "17:30", 2, {"number_of_people": 3, "status": "canceled"}),
    ("amersfoort", "aylin", 0, "09:15", 1, {"number_of_people": 1, "status": "in progress"}),
    ("amersfoort", "pieter_jan", 0, "12:00", 1.5, {"number_of_people": 6, "source": "Phone"}),
    ("den_bosch", "emma", 0, "13:00", 2, {"number_of_people": 5, "company_name": None}),
    ("utrecht", "thorunn", -1, "10:00", 1, {"number_of_people": 2, "status": "completed"}),
    ("den_bosch", "markup", -1, "18:00", 2, {"number_of_people": 2, "status": "No show <script>"}),
    ("utrecht", "long", 1, "14:00", 2, {"number_of_people": 12, "company_name": "Café ’t Hoekje & Zonen"}),
    ("amersfoort", "sara", 5, "15:00", 1, {}),
)
"""Shop, who, days from today, time (UTC), hours, and the rest."""


def add_bookings(account: Account, places: Places, people: dict[str, Row]) -> None:
    for number, (shop, who, days, time, hours, rest) in enumerate(BOOKINGS, start=1):
        day = account.after(days * DAY)[:10]
        hour, minute = (int(part) for part in time.split(":"))
        until = hour * 60 + minute + round(hours * 60)
        status = rest.get("status", "created")
        fields: Fields = {
            "shop_uuid": places.shops[shop]["uuid"],
            "contact_uuid": people[who]["uuid"],
            "external_id": f"TF-{88_100 + number}",
            "source": "Tafelreserveringen",
            "starts_at": f"{day}T{time}:00+00:00",
            "ends_at": f"{day}T{until // 60:02d}:{until % 60:02d}:00+00:00",
            "checked_in_at": f"{day}T{time}:00+00:00" if status in ("in progress", "completed") else None,
            "status": status,
            "created_at": account.after((days - 9) * DAY),
        }
        make(account, "booking", {**fields, **rest})
