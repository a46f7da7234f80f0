"""A contact as Piggy told it, as the columns of the copy. Knows no database."""

from __future__ import annotations

from datetime import date
from typing import Any

from contacts.duplicates.engine.normal import matched_digest
from contacts.search.fields import search_fields
from piggyadmin.piggy.payloads import Contact

LONGEST_UUID = 64
LONGEST_TEXT = 10_000  # characters of a name or an address that are kept
BIGGEST = 2**63 - 1

# What Piggy tells. A contact has changed when one of these has.
TOLD = (
    *("is_anonymous", "email", "firstname", "lastname", "phone", "birthdate", "address", "locale"),
    *("tier_uuid", "tier_name", "shop_uuids", "credits", "prepaid_cents", "default_card", "created_at"),
)
# What is made from it, and Piggy's own date of a change, which moves also where nothing of the above did.
MADE = ("search_name", "search_email", "phone_e164", "phone_end", "matched", "updated_at")


def facts_of(contact: Contact) -> dict[str, Any]:
    """The columns `TOLD` and `MADE`. The invented address of an anonymous contact is not among them.

    Whatever is too long or too big for its column is cut or left out: one odd contact must not stop a page of 100.
    """
    told: dict[str, Any] = {
        "is_anonymous": contact.is_anonymous,
        "email": _text(contact.known_email, 254),
        "firstname": _text(contact.value("firstname"), LONGEST_TEXT),
        "lastname": _text(contact.value("lastname"), LONGEST_TEXT),
        "phone": _text(contact.phone, 100),
        "birthdate": _day(contact.value("birthdate")),
        "address": _text(contact.value("address"), LONGEST_TEXT),
        "locale": _text(contact.value("locale"), 20),
        "tier_uuid": _text(contact.tier.uuid or "" if contact.tier and contact.tier_name else "", 64),
        "tier_name": _text(contact.tier_name, 255),
        "shop_uuids": _shops(contact.value("loyalty_associated_shops")),
        "credits": _number(contact.credits),
        "prepaid_cents": _number(contact.prepaid_cents),
        "default_card": _text(contact.value("default_contact_identifier"), 255),
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
    }
    found_by = search_fields(**{name: told[name] for name in ("firstname", "lastname", "email", "phone")})
    return told | {
        "search_name": found_by.search_name,
        "search_email": found_by.search_email,
        "phone_e164": found_by.phone_e164,
        "phone_end": found_by.phone_end,
        "matched": matched_digest(
            first=told["firstname"],
            last=told["lastname"],
            email=told["email"],
            phone=found_by.phone_e164 or told["phone"],
            birthdate=told["birthdate"].isoformat() if told["birthdate"] else "",
            address=told["address"],
        ),
    }


def card_text(value: str) -> str:
    """A card's number as it is kept."""
    return _text(value, 255)


def _text(value: str, longest: int) -> str:
    return value.replace("\x00", "")[:longest]  # PostgreSQL keeps no NUL


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _number(value: int | None) -> int | None:
    return value if value is None or -BIGGEST <= value <= BIGGEST else None


def _shops(text: str) -> str:
    """Piggy joins them by semicolons: "a;b" is kept as ";a;b;", so that one can be looked for."""
    uuids = [part.strip() for part in _text(text, LONGEST_TEXT).split(";") if part.strip()]
    return f";{';'.join(uuids)};" if uuids else ""
