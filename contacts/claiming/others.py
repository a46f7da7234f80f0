"""Who the other one may be, when somebody says that two customers are one person."""

from __future__ import annotations

from dataclasses import dataclass

from contacts.cards.finding import Finding, find_customers
from contacts.models import ContactCopy
from contacts.search.services import find
from piggyadmin.typed import NotReadable, clean

ENOUGH = 10


@dataclass(frozen=True, slots=True)
class Other:
    """A customer to choose, and what speaks for them. Address and phone are whole: pages mask them by permission."""

    uuid: str
    name: str
    email: str
    phone: str
    is_anonymous: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Others:
    """Those to choose from; why `text` is nothing to look for; what Piggy said besides."""

    people: tuple[Other, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    asked_piggy: bool = False


def look_for(text: str, *, but: str, time_zone: str, ask: bool) -> Others:
    """Those that `text` fits best in our copy, without the customer `but`.

    With `ask` Piggy is asked where the copy knows nobody: for an exact e-mail address, phone number or card.
    """
    try:
        text = clean(text)
    except NotReadable as why:
        return Others(problem=str(why) if ask else "")
    hits = [hit for hit in find(text, limit=ENOUGH + 1, time_zone=time_zone) if hit.contact_uuid != but][:ENOUGH]
    if hits or not ask:
        return Others(
            tuple(Other(hit.contact_uuid, hit.name, hit.email, hit.phone, hit.is_anonymous, hit.reason) for hit in hits)
        )
    try:
        found = find_customers(text=text, time_zone=time_zone)
    except NotReadable:
        return Others()
    return _told(found, but)


def name_of(contact_uuid: str) -> str:
    """The customer's name as the copy has it; "" where it has none."""
    copy = ContactCopy.objects.filter(contact_uuid=contact_uuid).first()
    return copy.name if copy else ""


def _told(found: Finding, but: str) -> Others:
    people = [
        Other(each.uuid, each.name, each.known_email, each.phone, each.is_anonymous, "as Piggy has them now")
        for each in found.customers
        if each.uuid != but
    ]
    notes = [*found.notes, *(error.message for error in found.failed)]
    return Others(tuple(people[:ENOUGH]), notes=tuple(notes), asked_piggy=True)
