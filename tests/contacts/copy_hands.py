"""Contacts put into the copy by hand, as if Piggy had told them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from contacts.models import CardCopy, ContactCopy, How
from contacts.search import pieces
from contacts.search.fields import search_fields

FIRST_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


def copied(uuid: str, name: str = "", email: str = "", phone: str = "", card: str = "", **more: Any) -> ContactCopy:
    """`name` is "First Last": all after the first blank is the last name. Later calls are newer contacts."""
    firstname, _blank, lastname = name.partition(" ")
    found_by = search_fields(firstname=firstname, lastname=lastname, email=email, phone=phone)
    known = ContactCopy.objects.count()
    facts = {
        "is_anonymous": not email,
        "created_at": FIRST_DAY + timedelta(days=known),
        "read_at": timezone.now(),
        "how": How.PAGE,
    } | more
    row = ContactCopy.objects.create(
        contact_uuid=uuid,
        firstname=firstname,
        lastname=lastname,
        email=email,
        phone=phone,
        default_card=card,
        search_name=found_by.search_name,
        search_email=found_by.search_email,
        phone_e164=found_by.phone_e164,
        phone_end=found_by.phone_end,
        **facts,
    )
    pieces.learn([row.search_name])
    if card:
        CardCopy.objects.create(contact=row, value=card, is_default=True, active=True, read_at=row.read_at)
    return row
