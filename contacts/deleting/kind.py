"""What a deletion brings to the machinery of held acts: what is read, sent, and looked at afterwards."""

from __future__ import annotations

from typing import Any

from django.utils.crypto import salted_hmac

from contacts.copy.forgetting import forget
from contacts.copy.reading_again import vanished
from contacts.deleting import refusing
from contacts.deleting.actions import DELETE, TOLD
from contacts.held.kinds import CannotPropose, HeldKind, Look, NotReady, Ready
from contacts.merging import reading
from contacts.merging.reading import Facts
from contacts.models import Deletion, GoneContact
from piggyadmin.ledger.actions import Settlement
from piggyadmin.piggy.client import Piggy

STOPPED = refusing.WORDS | {
    "changed": "Name, address or phone are not as they were when this was approved.",
    "more": "The customer was given credits or money after this was approved.",
    "cancelled": "It was cancelled while it was held.",
    "withdrawn": "Who proposed it took it back.",
    "expired": "Nobody decided within a day.",
    "not_sent": "Piggy could not be reached, time after time. The call never left here.",
    "refused": "The call was turned down before it left here, time after time.",
    "did_not_happen": "Somebody found out that it did not happen.",
    "55031": "Piggy does not know this customer any more.",
}


class DeletionKind(HeldKind[Deletion]):
    name = "deletion"
    model = Deletion
    action = DELETE
    told = TOLD

    def contact_of(self, row: Deletion) -> str:
        return row.contact_uuid

    def figures(self, row: Deletion) -> dict[str, Any]:
        asked = row.expected["asked"]
        return {
            "contact_uuid": row.contact_uuid,
            "type": row.type,
            "credits": asked["credits"],
            "prepaid_cents": asked["prepaid_cents"],
        }

    def refuse(self, row: Deletion) -> None:
        if code := refusing.why_not(row.contact_uuid):
            raise CannotPropose(refusing.WORDS[code])

    def read(self, row: Deletion) -> Ready:
        if code := refusing.why_not(row.contact_uuid, but=row):
            raise NotReady(code)
        try:
            [facts] = reading.read(row.contact_uuid)
        except reading.Gone as gone:
            raise NotReady("gone") from gone
        if identity(facts) != row.expected["identity"]:
            raise NotReady("changed")
        now = figures_of(facts)
        if any((now[name] or 0) > (row.expected["asked"][name] or 0) for name in ("credits", "prepaid_cents")):
            raise NotReady("more")
        return Ready(now, {row.contact_uuid: reading.picture(facts)})

    def send(self, client: Piggy, row: Deletion) -> None:
        client.delete_contact(contact_uuid=row.contact_uuid, type=row.type)  # type: ignore[arg-type]  # one of the two

    def resolve(self, row: Deletion) -> Settlement | None:
        """The customer is gone: it came about. While they answer nobody can tell: a deletion takes its time."""
        if reading.is_gone(row.contact_uuid):
            return Settlement(True, reading={"customer": "not at Piggy any more"})
        return Settlement(None, reading={"customer": "still at Piggy"})

    def look(self, row: Deletion) -> Look:
        return Look(gone=reading.is_gone(row.contact_uuid))

    def went(self, row: Deletion) -> None:
        """After a GDPR deletion nothing here tells who it was: no copy, no snapshot, no words, no digest."""
        why = GoneContact.Why.ERASED if row.type == Deletion.Type.GDPR else GoneContact.Why.DELETED
        forget(row.contact_uuid, why=why, act_id=row.act_id)
        row.refresh_from_db(fields=["expected"])

    def found_gone(self, row: Deletion) -> None:
        """The approved GDPR deletion is due here all the same."""
        if reading.is_gone(row.contact_uuid):
            vanished(row.contact_uuid)


def figures_of(facts: Facts) -> dict[str, Any]:
    """What goes with the customer, in numbers. None: Piggy does not tell it."""
    return {
        "credits": facts.contact.credits,
        "prepaid_cents": facts.contact.prepaid_cents,
        "cards": len(facts.cards),
        "vouchers": facts.active_vouchers,
    }


def identity(facts: Facts) -> str:
    """A digest of who it is. It names nobody, and differs when they were renamed or got another address."""
    contact = facts.contact
    told = (contact.known_email.casefold(), contact.name, contact.phone)
    return salted_hmac(f"deletion {facts.uuid}", repr(told)).hexdigest()[:32]


KIND = DeletionKind()
