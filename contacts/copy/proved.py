"""Which addresses of the copy were proved here: a code that was mailed there was read back. The ledger knows it."""

from __future__ import annotations

from collections.abc import Iterable

from contacts.claiming.addresses import address_of, same_address
from contacts.models import ContactCopy
from piggyadmin.ledger.models import Act, State

CHECKED = "contact.verify_code"  # by name: its own module stands above this one


def remember(rows: Iterable[ContactCopy]) -> None:
    """Give these rows, of which only the address is known yet, the moment it was proved; None for never. One query."""
    wanted = {row.contact_uuid: row for row in rows}
    for row in wanted.values():
        row.email_verified_at = None
    acts = Act.objects.filter(
        action=CHECKED,
        target_kind="contact",
        target_id__in=[row.contact_uuid for row in wanted.values() if row.email],
        state__outcome=State.DONE,
    )
    for act in acts.order_by("seq").prefetch_related("details"):
        row = wanted[act.target_id]
        if same_address(address_of(act), row.email):
            row.email_verified_at = act.at


def tell(act: Act) -> None:
    """A code has just been found right: the copy of its contact is told, if it has the same address."""
    sent = address_of(act)
    for row in ContactCopy.objects.filter(contact_uuid=act.target_id).exclude(email=""):
        if same_address(sent, row.email):
            ContactCopy.objects.filter(pk=row.pk, email=row.email).update(email_verified_at=act.at)
