"""Orders of the tills: what the client asks for and what comes back."""

from typing import Any

ORDER = {
    "uuid": "o-1",
    "contact": {"uuid": "8b7e1d52", "email": "mila.jansen@example.com"},
    "business_profile": {"uuid": "s-1", "name": "Harbour"},
    "external_identifier": "T1/2026-0042",
    "reference": None,
    "status": "COMPLETED",
    "payment_status": "PAID",
    "currency": "EUR",
    "formatted_total_order_amount": "€ 11,40",
    "total_order_amount": 1140,
    "line_items": [
        {"external_identifier": "1", "name": "Flat white", "quantity": 2, "price": 395, "total_amount": 790},
        {"external_identifier": "2", "name": "Beans, kg", "quantity": "0.25", "price": 1400, "total_amount": "350"},
    ],
    "applied_discounts": [],
    "created_at": "2026-09-04T08:12:30+00:00",
}
EARNS = {"type": "points_transaction", "data": {"points": 11}}
READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("find_order", {"external_identifier": "T1/2026-0042"}, "/orders/find?external_identifier=T1%2F2026-0042", ORDER),
    ("get_order", {"order_uuid": "o-1"}, "/orders/o-1", ORDER),
]
# A simulation writes nothing, but is a POST, and sent once as any other.
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    (
        "simulate_order",
        {
            "shop_uuid": "s-1",
            "total_order_amount": 1140,
            "contact_uuid": "8b7e1d52",
            "line_items": [("Flat white", 2, 395), ("Beans", 1, 350)],
        },
        "POST",
        "/orders/simulate",
        {
            "total_order_amount": 1140,
            "business_profile": {"uuid": "s-1"},
            "contact": {"uuid": "8b7e1d52"},
            "line_items": [
                {
                    "external_identifier": "1",
                    "name": "Flat white",
                    "quantity": 2,
                    "price": 395,
                    "total_amount": 790,
                },
                {"external_identifier": "2", "name": "Beans", "quantity": 1, "price": 350, "total_amount": 350},
            ],
        },
        EARNS,
    ),
]
