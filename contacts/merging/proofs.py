"""What somebody showed here that two contacts are one person: a code read back from an address, a card.

A scanner is a keyboard: nobody can tell a number it read from a typed one, so no page says that a card was scanned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from contacts.claiming import verification
from contacts.merging import reading
from contacts.merging.actions import CARD_SHOWN
from contacts.models import Proof
from piggyadmin import piggy
from piggyadmin.codes import last_four
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.payloads import Contact

VISIT = timedelta(hours=4)  # so long a card proves something: who showed it is still about


class NotProved(Exception):
    """This proves nothing; the message says why, for the person who tried."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One proof of one contact."""

    kind: str  # "code" or "card"
    contact_uuid: str
    by: str
    at: datetime
    act_id: str
    until: datetime | None = None  # when it counts no more; None: as long as the address is theirs

    def kept(self) -> dict[str, str]:
        return {"kind": self.kind, "contact_uuid": self.contact_uuid, "act_id": self.act_id}


def shown_for(*contacts: Contact) -> list[Shown]:
    """All that counts now for these two: their present addresses proved by a code, and cards of this visit."""
    found = [shown for contact in contacts if (shown := _code_of(contact))]
    first, second = _ordered(contact.uuid for contact in contacts)
    rows = Proof.objects.filter(first_uuid=first, second_uuid=second, kind=Proof.Kind.CARD)
    cards = rows.filter(shown_at__gte=timezone.now() - VISIT).select_related("shown_to").order_by("shown_at")
    latest = {proof.contact_uuid: proof for proof in cards}
    return found + [
        Shown(
            "card", proof.contact_uuid, proof.shown_to.name, proof.shown_at, str(proof.act_id), proof.shown_at + VISIT
        )
        for proof in latest.values()
    ]


def _code_of(contact: Contact) -> Shown | None:
    """The code that was read back from the address this contact has now."""
    if not contact.known_email:
        return None
    standing = verification.standing(contact=contact)
    if standing.state != "verified" or standing.act is None:
        return None
    by = standing.act.staff.name if standing.act.staff else ""
    return Shown("code", contact.uuid, by, standing.act.at, str(standing.act.pk))


def is_whole(shown: Iterable[Shown], *uuids: str) -> bool:
    """Whether there is a proof of each of these."""
    return set(uuids) <= {each.contact_uuid for each in shown}


def check_code(*, contact_uuid: str, other_uuid: str, code: str, actor: Actor, token: str) -> Outcome:
    """Have Piggy check a code that the customer read out. Raises as `verification.check_code`."""
    outcome = verification.check_code(contact_uuid=contact_uuid, code=code, actor=actor, token=token)
    if outcome.done and not outcome.repeated:
        act = Act.objects.get(pk=outcome.act_id)
        _keep(Proof.Kind.CODE, contact_uuid, other_uuid, actor, act)
    return outcome


def scan(*, card: str, uuids: tuple[str, str], actor: Actor, token: str) -> str:
    """Take a card, scanned or typed, as proof of whichever of the two it belongs to; whose it is.

    Raises NotProved, reading.Gone for one of the two whom Piggy does not know, and what kept it from being asked.
    """
    for uuid in uuids:
        with reading.asking_about(uuid):
            is_own = is_own_card(contact_uuid=uuid, card=card)
        if not is_own:
            continue
        other = uuids[1] if uuid == uuids[0] else uuids[0]
        with transaction.atomic():
            act = record(
                CARD_SHOWN,
                by=actor,
                target=Target("contact", uuid),
                figures={"card_end": last_four(card)},
                form_token=token,
            )
            if not Proof.objects.filter(act_id=act.pk).exists():
                _keep(Proof.Kind.CARD, uuid, other, actor, act)
        return uuid
    raise NotProved("This card is of neither of the two. It proves nothing.")


def is_own_card(*, contact_uuid: str, card: str) -> bool:
    """Whether Piggy lists this card among the customer's own. Raises NotProved for one that is switched off."""
    cards = piggy.get_client().list_identifiers(contact_uuid=contact_uuid)
    held = next((each for each in cards if each.value == card), None)
    if held is not None and held.active is False:
        raise NotProved("This card is switched off: perhaps it was lost. It proves nothing.")
    return held is not None


def _keep(kind: str, contact_uuid: str, other_uuid: str, actor: Actor, act: Act) -> None:
    first, second = _ordered((contact_uuid, other_uuid))
    Proof.objects.create(
        first_uuid=first,
        second_uuid=second,
        contact_uuid=contact_uuid,
        kind=kind,
        shown_to=actor.staff,
        shown_at=act.at,
        act_id=act.pk,
    )


def _ordered(uuids: Iterable[str]) -> tuple[str, str]:
    first, second = sorted(uuids)
    return first, second
