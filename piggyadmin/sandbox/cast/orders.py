"""Orders and visits, and who brought whom."""

from __future__ import annotations

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.places import DAY, Places
from piggyadmin.sandbox.make import Fields, make
from piggyadmin.sandbox.store import Row

HOUR = 3600
SERVICE = {"external_identifier": "SVC", "name": "Table service", "amount": 150, "total_amount": 150}
FREE_CAKE = {
    "external_identifier": "D-1",
    "name": "Birthday cake for two",
    "amount": 590,
    "type": "ABSOLUTE",
    "value": 5.9,
    "applied_to": "LINE_ITEM",
}
MORNING = [("Flat white", 2, 395), ("Croissant with butter", 2, 275)]
ORDERS: tuple[tuple[str, str, str, float, Fields], ...] = (
    ("UTR-100482", "wilhelmina", "utrecht", -1 * DAY, {"lines": MORNING}),
    (
        "UTR-100519",
        "wilhelmina",
        "utrecht",
        -2 * HOUR,
        {
            "lines": [
                ("Pot of Earl Grey", 2, 420),
                ("Carrot cake with walnuts", 2, 590),
                ("Beans of the house, kg", 0.25, 2800),
            ],
            "applied_discounts": [FREE_CAKE],
            "charges": [SERVICE],
            "reference": "Table 14",
        },
    ),
    ("WEB-2026-7731", "wilhelmina", "web", -6 * DAY, {"status": "PENDING", "payment_status": "UNPAID"}),
    ("AMF-55012", "sanne", "amersfoort", -3 * DAY, {"lines": [("Oat cappuccino", 1, 445)]}),
    ("UTR-100333", "sanne", "utrecht", -9 * DAY, {"status": "CANCELLED", "lines": [("Lunch of the day", 1, 1350)]}),
)
"""The till's number, who, shop, when (seconds from now), and the rest."""

VISITS: tuple[tuple[str, str, str, float, float, Fields], ...] = (
    ("VI-9001", "wilhelmina", "utrecht", -30 * DAY, 1.5, {"source": "Door counter"}),
    ("VI-9014", "wilhelmina", "utrecht", -8 * DAY, 2, {"source": "Door counter"}),
    ("VI-9027", "wilhelmina", "amersfoort", -1 * DAY, 0, {"source": "Wi-Fi"}),
    ("VI-9015", "sanne", "amersfoort", -3 * DAY, 0.5, {"source": None}),
)
"""Code elsewhere, who, shop, when, hours (0: nobody said when they left), and the rest."""

REFERRALS: tuple[tuple[str, str, str], ...] = (
    ("wilhelmina", "sanne", "completed"),
    ("wilhelmina", "joost", "pending"),
    ("wilhelmina", "thorunn", "failed"),
    ("sanne", "aylin", "completed"),
)


def add_orders(account: Account, places: Places, people: dict[str, Row]) -> None:
    for number, who, shop, seconds, fields in ORDERS:
        at = account.after(seconds)
        paid = fields.get("payment_status", "PAID") == "PAID"
        place: Fields = {
            "external_identifier": number,
            "contact_uuid": people[who]["uuid"],
            "shop_uuid": places.shops[shop]["uuid"],
            "created_at": at,
            "updated_at": at,
            "paid_at": at if paid else None,
            "completed_at": at if fields.get("status", "COMPLETED") == "COMPLETED" else None,
        }
        make(account, "order", {**place, **fields})
    for code, who, shop, seconds, hours, fields in VISITS:
        came: Fields = {
            "external_id": code,
            "contact_uuid": people[who]["uuid"],
            "shop_uuid": places.shops[shop]["uuid"],
            "starts_at": account.after(seconds),
            "ends_at": account.after(seconds + hours * HOUR) if hours else None,
            "created_at": account.after(seconds),
        }
        make(account, "visit", {**came, **fields})
    for rank, (who, whom, status) in enumerate(REFERRALS):
        brought: Fields = {
            "referring_contact_uuid": people[who]["uuid"],
            "referred_contact_uuid": people[whom]["uuid"],
            "status": status,
            "created_at": account.after(-(60 - 10 * rank) * DAY),
        }
        make(account, "referral", brought)
    shop_uuid = next(iter(places.shops.values()))["uuid"]
    promotion = next(iter(account.table("promotion")), None)
    make(account, "referral_settings", _settings(account, shop_uuid, promotion))


def _settings(account: Account, shop_uuid: str, promotion: Row | None) -> Fields:
    """Fifty credits for who brings somebody, a coffee for who comes."""
    shop = account.table("shop").get(shop_uuid)
    assert shop is not None
    points = {"points": 50, "business_profile": {"uuid": shop["uuid"], "name": shop["name"]}}
    coffee = {"promotion": {"uuid": promotion["uuid"], "name": promotion["name"]}} if promotion else {}
    return {
        "limit_per_contact": 10,
        "referring_contact_incentive": {"type": "loyalty_points", "data": points},
        "referred_contact_incentive": {"type": "voucher", "data": coffee},
    }
