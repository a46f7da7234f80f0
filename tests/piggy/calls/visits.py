"""Visits to the shops: what the client asks for and what comes back."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

CONTACT = "8b7e1d52"
VISIT = {
    "uuid": "vi-1",
    "contact": {"uuid": CONTACT, "email": "mila.jansen@example.com"},
    "external_id": "VI-1",
    "source": "Door",
    "starts_at": "2026-05-02T16:00:00+00:00",
    "ends_at": None,
    "created_at": "2026-05-02T16:00:04+00:00",
}
CAME = datetime(2026, 5, 2, 18, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
READS: list[tuple[str, dict[str, Any], str, Any]] = [
    (
        "list_visits",
        {"contact_uuid": CONTACT, "page": 2, "limit": 900},
        f"/visits?contact_uuid={CONTACT}&page=2&limit=500",
        [VISIT],
    ),
    ("get_visit", {"visit_uuid": "vi-1"}, "/visits/vi-1", VISIT),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    (
        "create_visit",
        {
            "shop_uuid": "s-1",
            "contact_uuid": CONTACT,
            "fields": {"external_id": "VI-1", "source": None, "starts_at": CAME},
        },
        "POST",
        "/visits",
        {
            "contact_uuid": CONTACT,
            "shop_uuid": "s-1",
            "external_id": "VI-1",
            "starts_at": "2026-05-02T18:00:00+02:00",
        },
        VISIT,
    ),
    (
        "update_visit",
        {"visit_uuid": "vi-1", "fields": {"ends_at": CAME, "source": None}},
        "PUT",
        "/visits/vi-1",
        {"ends_at": "2026-05-02T18:00:00+02:00", "source": ""},
        VISIT,
    ),
]
