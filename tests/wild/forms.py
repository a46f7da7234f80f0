"""The forms of a page as a browser without JavaScript has them, and honest values for fields that are empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.utils import timezone

from tests.actions.browsing import Node

WAYS = ("get", "post")
# By a part of the field's name: what somebody who means well would type there.
BOOKING = "7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01"  # of the stand-in's cast
HONEST_AT = {
    ("/giftcards/", "code"): "GIFT2026HOUSE8KQ",
    ("/bookings/", "code"): BOOKING,
    ("/contacts/token/", "token"): "phone-wilhelmina-26",
    ("/catalogue/products/find/", "identifier"): "sku-1001",
    ("/catalogue/categories/find/", "identifier"): "cat-coffee",
}
HONEST = {
    "code": "COFFEE-2",
    "card": "2600441700810092",
    "email": "wild.walker@mail.example",
    "phone": "+31612345699",
    "reason": "Pressed for the wrong customer",
    "why": "Pressed for the wrong customer",
    "password": "correct horse battery",
    "query": "Sanne",
    "q": "Sanne",
    "typed": "Vermeulen",
}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str  # the input's type, "select" or "textarea"
    values: tuple[str, ...]

    @property
    def is_text(self) -> bool:
        """Whether a person types into it, so that a refusal must give it back."""
        return self.kind in ("text", "search", "email", "tel", "url", "textarea")


@dataclass(frozen=True, slots=True)
class Form:
    """`page` is where it stands, `button` what its button sends."""

    page: str
    action: str
    is_post: bool
    fields: tuple[Field, ...]
    button: tuple[tuple[str, str], ...] = ()
    by_htmx: bool = False

    @property
    def way(self) -> str:
        """What its button does; not which row it stands in, whose id may be the button's value."""
        return " ".join(f"{name}={value}" if value.isalpha() else name for name, value in self.button)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(each.name, value) for each in self.fields for value in each.values] + list(self.button)

    def with_wild(self, of: Field, values: tuple[str, ...]) -> list[tuple[str, str]]:
        others = [(name, value) for name, value in self.pairs if name != of.name]
        return others + [(of.name, value) for value in values]


def encoded(pairs: list[tuple[str, str]]) -> str:
    """As a program would send it that does not care: a half character becomes the bytes that stand for it."""
    return urlencode(pairs, errors="surrogatepass")


def forms_of(root: Node, page: str) -> list[Form]:
    """What can be sent from the page with these elements: one for each button, and what htmx asks by itself."""
    found = []
    for node in root.all("form"):
        action = node.attributes.get("action") or page
        is_post = node.attributes.get("method", "get").lower() == "post"
        name = node.attributes.get("id")
        here = [
            each
            for each in root.all("input", "select", "textarea", "button")
            if (each.attributes["form"] == name if "form" in each.attributes else each.within("form") is node)
            and "disabled" not in each.attributes
        ]
        fields: dict[str, Field] = {}
        for each in here:
            called, kind = each.attributes.get("name", ""), each.attributes.get("type", each.tag)
            if not called or called == "csrfmiddlewaretoken" or each.tag == "button" or kind in ("submit", "button"):
                continue
            if kind == "file":  # wild files: tests/vouchers/test_files_wild.py and the imports' own tests
                continue
            known = fields.get(called)
            values = _values(each, kind, known, urlsplit(action).path)
            fields[called] = Field(called, "text" if kind == "input" else kind, values)
        buttons = [each for each in here if each.tag == "button" and each.attributes.get("type") != "button"]
        sorts = {
            (
                each.attributes.get("formaction") or action,
                each.attributes.get("name", ""),
                each.attributes.get("value", ""),
            )
            for each in buttons
        } or {(action, "", "")}
        for where, label, value in sorted(sorts):
            sent = ((label, value),) if label else ()
            found.append(Form(page, where, is_post, tuple(fields.values()), sent))
        # What htmx asks while somebody types, or for a part of the page: another address, with the form's fields.
        asked = {(way, each.attributes[f"hx-{way}"]) for each in [node, *here] for way in WAYS if _asks(each, way)}
        for way, where in sorted(asked - {("post" if is_post else "get", action)}):
            found.append(Form(page, where, way == "post", tuple(fields.values()), by_htmx=True))
    return found


def _asks(node: Node, way: str) -> bool:
    return node.attributes.get(f"hx-{way}", "").startswith("/")


def _values(node: Node, kind: str, known: Field | None, action: str) -> tuple[str, ...]:
    before = known.values if known else ()
    if kind == "select":
        options = [option for option in node.all("option") if "disabled" not in option.attributes]
        chosen = [option for option in options if "selected" in option.attributes]
        if not any(option.attributes.get("value", option.words) for option in chosen):
            chosen = options[-1:]
        return tuple(option.attributes.get("value", option.words) for option in chosen)
    if kind in ("radio", "checkbox"):
        value = node.attributes.get("value", "on")
        if kind == "checkbox":
            return (*before, value)
        return (value,) if "checked" in node.attributes or not before else before
    value = node.words if node.tag == "textarea" else node.attributes.get("value", "")
    return (*before, value or ("" if kind == "hidden" else honest(node.attributes.get("name", ""), kind, action)))


def honest(name: str, kind: str, action: str = "") -> str:
    tomorrow = timezone.localtime() + timedelta(days=1)
    by_kind = {
        "number": "1",
        "date": tomorrow.date().isoformat(),
        "datetime-local": tomorrow.strftime("%Y-%m-%dT%H:%M"),
        "time": "12:30",
        "email": HONEST["email"],
        "url": "https://koffie.example/x",
        "password": HONEST["password"],
    }
    if (action, name) in HONEST_AT:
        return HONEST_AT[action, name]
    if kind in by_kind:
        return by_kind[kind]
    if "amount" in name or "credits" in name or "count" in name or "number" in name:
        return "5"
    return next((value for part, value in HONEST.items() if part in name), "Walker")
