"""What a merge brings to the machinery of held acts: what is read, sent, and looked at afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from contacts.held.kinds import CannotPropose, HeldKind, Look, NotReady, Ready
from contacts.merging import reading, refusing, verifying
from contacts.merging.actions import MERGE, TOLD
from contacts.merging.reading import Facts
from contacts.models import Booking, ContactFlag, GoneContact, How, Merge
from piggyadmin.ledger.actions import Settlement
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyNotFound

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Staff


class MergeKind(HeldKind[Merge]):
    name = "merge"
    model = Merge
    action = MERGE
    told = TOLD

    def contact_of(self, row: Merge) -> str:
        return row.destination_uuid

    def names(self, row: Merge) -> dict[str, str]:
        return {"source_uuid": row.source_uuid, "destination_uuid": row.destination_uuid}

    def figures(self, row: Merge) -> dict[str, Any]:
        asked = row.expected.get("asked", {})
        return {
            **self.names(row),
            "credits": asked.get("credits"),
            "prepaid_cents": asked.get("prepaid_cents"),
            "proofs": len(row.proof),
        }

    def refuse(self, row: Merge) -> None:
        if code := refusing.why_not(row.source_uuid, row.destination_uuid):
            raise CannotPropose(refusing.WORDS[code])

    def barred(self, rows: Sequence[Merge], staff: Staff) -> dict[UUID, str]:
        pairs = {row.pk: tuple(sorted((row.source_uuid, row.destination_uuid))) for row in rows}
        flags = ContactFlag.objects.filter(flagged_by=staff, first_uuid__in={first for first, _ in pairs.values()})
        flagged = set(flags.values_list("first_uuid", "second_uuid"))
        found = {row.pk: "Who flagged a pair may not approve its merge." for row in rows if pairs[row.pk] in flagged}
        own = [row for row in rows if staff.pk in (row.proposed_by_id, row.flagged_by_id)]
        return found | {row.pk: "Who flagged or proposed a merge may not approve it." for row in own}

    def read(self, row: Merge) -> Ready:
        if code := refusing.why_not(row.source_uuid, row.destination_uuid, but=row):
            raise NotReady(code)
        try:
            source, destination = reading.read(row.source_uuid, row.destination_uuid)
        except reading.Gone as gone:
            raise NotReady("gone") from gone
        figures = expected(source, destination)
        if figures["credits"] is None or figures["prepaid_cents"] is None:
            raise NotReady("no_balance")  # without both sums nobody could say afterwards that it went well
        if identity(row, source, destination) != row.expected.get("identity"):
            raise NotReady("changed")
        return Ready(figures, {facts.uuid: reading.picture(facts) for facts in (source, destination)})

    def send(self, client: Piggy, row: Merge) -> None:
        client.merge_contacts(source_contact_uuid=row.source_uuid, destination_contact_uuid=row.destination_uuid)

    def resolve(self, row: Merge) -> Settlement | None:
        """The source is gone: it came about. While it answers nobody can tell: a merge takes its time."""
        if reading.is_gone(row.source_uuid):
            return Settlement(True, reading={"customer_that_goes": "not at Piggy any more"})
        source, destination = reading.read(row.source_uuid, row.destination_uuid)
        seen = {"customer_that_goes": "still at Piggy", "its_credits": source.contact.credits}
        return Settlement(None, reading={**seen, "credits_of_the_other": destination.contact.credits})

    def look(self, row: Merge) -> Look:
        if not reading.is_gone(row.source_uuid):
            return Look(gone=False)
        try:
            return verifying.look(row)
        except PiggyNotFound as error:
            if error.code != reading.CONTACT_NOT_FOUND:
                raise
            return Look(gone=True, problems=("survivor_gone",))

    def went(self, row: Merge) -> None:
        from contacts.copy.forgetting import forget
        from contacts.copy.reading_again import read_again

        forget(row.source_uuid, why=GoneContact.Why.MERGED, survivor=row.destination_uuid, act_id=row.act_id)
        Booking.objects.filter(contact_uuid=row.source_uuid).update(contact_uuid=row.destination_uuid)
        read_again(row.destination_uuid, how=How.WRITE, with_cards=True)


def expected(source: Facts, destination: Facts) -> dict[str, Any]:
    """What the survivor should have after: both balances, and the two that each is the sum of. None: not told."""
    credits = (source.contact.credits, destination.contact.credits)
    prepaid = (source.contact.prepaid_cents, destination.contact.prepaid_cents)
    return {
        "credits": None if None in credits else sum(number or 0 for number in credits),
        "credits_of": list(credits),
        "prepaid_cents": None if None in prepaid else sum(number or 0 for number in prepaid),
        "prepaid_of": list(prepaid),
        "cards": len(source.cards) + len(destination.cards),
    }


def identity(row: Merge, source: Facts, destination: Facts) -> str:
    """A digest of who the two are. It names nobody, and differs when somebody was renamed or got another address."""
    told = [
        (facts.uuid, facts.contact.known_email.casefold(), facts.contact.name, facts.contact.phone)
        for facts in (source, destination)
    ]
    return salted_hmac(f"merge {row.source_uuid} {row.destination_uuid}", repr(told)).hexdigest()[:32]


KIND = MergeKind()

STOPPED = refusing.WORDS | {
    "changed": "Name, address or phone of one of the two is not as it was when this was approved.",
    "no_balance": "Piggy did not tell the balances, so nobody could have checked the sum afterwards.",
    "cancelled": "It was cancelled while it was held.",
    "withdrawn": "Who proposed it took it back.",
    "expired": "Nobody decided within a day.",
    "not_sent": "Piggy could not be reached, time after time. The call never left here.",
    "refused": "The call was turned down before it left here, time after time.",
    "did_not_happen": "Somebody found out that it did not happen.",
    "55031": "Piggy does not know one of the two any more.",
}
