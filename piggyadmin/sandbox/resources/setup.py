"""Forms and the brand kit: https://docs.leat.com/v3/oauth/forms and .../brand-kit"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

FORM, BRAND_KIT = "form", "brand_kit"
STATUSES = ("PUBLISHED", "DRAFT", "BIN")
TYPES = ("PUBLIC", "PRIVATE")
BRAND = (
    "small_logo_url",
    "large_logo_url",
    "primary_color",
    "secondary_color",
    "tertiary_color",
    "quarternary_color",  # as docs and Postman spell it
    "font_family",
)


def form_view(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("uuid", "name", "status", "type", "url")}


@operation("GET", "/forms", "list_forms")
def list_forms(call: Call) -> Answer:
    asked = call.asked()
    status = asked.choice("status", STATUSES)
    kind = asked.choice("type", TYPES)
    asked.done()
    if call.ignore_filters:
        status = kind = None
    rows = [
        row
        for row in call.account.table(FORM)
        if (not status or row["status"] == status) and (not kind or row["type"] == kind)
    ]
    return call.answer([form_view(row) for row in rows])


@operation("GET", "/brand-kit", "get_brand_kit")
def get_brand_kit(call: Call) -> Answer:
    """All is null in an account that never set it. One whose ``sdk_spelling`` is set has its fourth colour under the
    name that the SDK reads, and the keys that only the SDK tells of."""
    row = next(iter(call.account.table(BRAND_KIT)), None)
    if row is None:
        return call.answer(dict.fromkeys(BRAND))
    kit = {name: row[name] for name in BRAND}
    if row["sdk_spelling"]:
        kit["quaternary_color"] = kit.pop("quarternary_color")
        kit |= {name: row[name] for name in ("font_color", "description", "corner_theme", "cover_image_url")}
    return call.answer(kit)
