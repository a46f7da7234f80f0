"""Contacts as Piggy tells them, made by hand, and the copy beside the stand-in's own books."""

from __future__ import annotations

from typing import Any

from contacts.models import CardCopy, ContactCopy
from piggyadmin.piggy.payloads import Contact, ContactIdentifier
from piggyadmin.piggy.prepass import decode
from tests.fixtures_sandbox import SandboxAccount


def told(
    uuid: str = "c-1", *, email: str | None = "sanne@mail.example", credits: int | None = 120, **values: Any
) -> Contact:
    """A contact as Piggy tells it; any other name is a value of it, `card` the default one's number."""
    known = {"firstname": "Sanne", "lastname": "Jansen", "created_at": "2026-05-01T20:00:00+00:00", **values}
    if "card" in known:
        known["default_contact_identifier"] = known.pop("card")
    body = {"uuid": uuid, "email": email, "credit_balance": {"balance": credits}, "current_values": known}
    return decode(body, Contact)


def card(value: str, **fields: Any) -> ContactIdentifier:
    return decode({"value": value, **fields}, ContactIdentifier)


def copied(uuid: str = "c-1") -> ContactCopy:
    return ContactCopy.objects.get(contact_uuid=uuid)


def cards(uuid: str = "c-1") -> dict[str, bool]:
    """Each card that the copy has of a contact, and whether it is the default one."""
    return dict(CardCopy.objects.filter(contact__contact_uuid=uuid).values_list("value", "is_default"))


def books(sandbox: SandboxAccount) -> dict[str, tuple[Any, ...]]:
    """What the stand-in has of every contact that the copy should have too."""
    cards = {row["contact_uuid"]: row["value"] for row in sandbox.state("identifier") if row["default"]}
    return {
        row["uuid"]: (
            "" if row["is_anonymous"] else row["email"],
            row["values"].get("firstname") or "",
            row["values"].get("lastname") or "",
            row["credits"],
            row["prepaid_in_cents"],
            cards.get(row["uuid"], ""),
        )
        for row in sandbox.state("contact")
    }


def copy() -> dict[str, tuple[Any, ...]]:
    """The same of the copy."""
    fields = ("email", "firstname", "lastname", "credits", "prepaid_cents", "default_card")
    return {row[0]: row[1:] for row in ContactCopy.objects.values_list("contact_uuid", *fields)}
