"""Forms and the brand kit: what the client asks for and what comes back."""

from typing import Any

FORM = {
    "uuid": "f-1",
    "name": "Visit survey",
    "status": "PUBLISHED",
    "type": "PUBLIC",
    "url": "https://forms.example.com/forms/f-1",
}

READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("list_forms", {"status": "PUBLISHED", "type": "PUBLIC"}, "/forms?status=PUBLISHED&type=PUBLIC", [FORM]),
    ("get_brand_kit", {}, "/brand-kit", {"primary_color": "#112233", "quaternary_color": "#445566"}),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = []
