"""Propose a merge, and show one: the rules of the pages. What happens after is `contacts.held`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import normalize

from contacts.claiming import verification
from contacts.claiming.verification import Verification
from contacts.held import deciding
from contacts.held.kinds import CannotPropose
from contacts.merging import proofs, reading, refusing
from contacts.merging.kind import KIND, expected, identity
from contacts.merging.proofs import Shown
from contacts.merging.reading import Facts
from contacts.merging.sides import Picture
from contacts.models import ContactFlag, Merge, Snapshot
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail

NO_SUM = "Piggy does not tell both balances, so nobody could check the sum afterwards. Nothing was proposed."
NO_PROOF = "There is no proof for each of the two. Write in more words (20 letters at least) why you are sure."
SHORTEST_WITHOUT_PROOF = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """The two as Piggy shows them now, and what would become of them."""

    source: Facts
    destination: Facts
    left: Picture
    right: Picture
    expected: Mapping[str, Any]
    shown: list[Shown]
    proved: bool
    standings: Mapping[str, Verification]
    flag: ContactFlag | None
    refusal: str  # a sentence; "" when a merge may be proposed

    @property
    def read_at(self) -> datetime:
        return min(self.source.read_at, self.destination.read_at)

    @property
    def confirm(self) -> tuple[str, str]:
        """What has to be typed: how it is called, and the text."""
        return confirm_by(self.right, self.destination.uuid)


def preview(*, source_uuid: str, destination_uuid: str) -> Preview:
    """Read both. Raises reading.Gone, CannotPropose for one and the same, and what kept Piggy from answering."""
    if source_uuid == destination_uuid:
        raise CannotPropose(refusing.WORDS["itself"])
    source, destination = reading.read(source_uuid, destination_uuid)
    shown = proofs.shown_for(source.contact, destination.contact)
    code = refusing.why_not(source_uuid, destination_uuid)
    return Preview(
        source=source,
        destination=destination,
        left=reading.picture(source),
        right=reading.picture(destination),
        expected=expected(source, destination),
        shown=shown,
        proved=proofs.is_whole(shown, source_uuid, destination_uuid),
        standings={
            facts.uuid: verification.standing(contact=facts.contact)
            for facts in (source, destination)
            if facts.contact.known_email
        },
        flag=flag_of(source_uuid, destination_uuid),
        refusal=refusing.WORDS[code] if code else "",
    )


def default_sides(*, one_uuid: str, other_uuid: str) -> tuple[str, str]:
    """Who goes and who stays: a verified address stays, then any address, then the longer history, then the older."""
    if one_uuid == other_uuid:
        raise CannotPropose(refusing.WORDS["itself"])
    one, other = reading.read(one_uuid, other_uuid)
    return (other_uuid, one_uuid) if _stands(one) > _stands(other) else (one_uuid, other_uuid)


def _stands(facts: Facts) -> tuple[bool, bool, int, float]:
    contact = facts.contact
    verified = bool(contact.known_email) and verification.standing(contact=contact).state == "verified"
    since = contact.created_at.timestamp() if contact.created_at else float("inf")
    history = facts.transactions_total if facts.transactions_total is not None else len(facts.transactions)
    return (verified, bool(contact.known_email), history, -since)


def propose(*, seen: Preview, reason: str, at_once: bool, actor: Actor, token: str) -> Merge:
    """Ask for a second person to merge what was just read. A form sent twice proposes once.

    Raises CannotPropose (the message is for whoever tried), PermissionDenied.
    """
    if seen.expected["credits"] is None or seen.expected["prepaid_cents"] is None:
        raise CannotPropose(NO_SUM)
    if not seen.proved and len(reason.strip()) < SHORTEST_WITHOUT_PROOF:
        raise CannotPropose(NO_PROOF)
    row = Merge(
        source_uuid=seen.source.uuid,
        destination_uuid=seen.destination.uuid,
        customer_is_here=at_once,
        flagged_by=seen.flag.flagged_by if seen.flag else None,
        proof=[each.kept() for each in seen.shown],
    )
    asked = {name: seen.expected[name] for name in ("credits", "prepaid_cents")}
    row.expected = {
        **seen.expected,
        "asked": asked,
        "identity": identity(row, seen.source, seen.destination),
    }
    return deciding.propose(KIND, row, by=actor, reason=reason.strip(), token=token)


def confirm_by(picture: Picture, contact_uuid: str) -> tuple[str, str]:
    """What has to be typed to confirm who stays, and its name in a sentence."""
    last_name = str(picture.get("last_name") or "") or str(picture.get("name") or "").rpartition(" ")[2]
    if last_name:
        return "the last name that stays", last_name
    cards = picture.get("cards") or []
    card = next((card for card in cards if card["default"]), cards[0] if cards else None)
    if card:
        return "the last four of the card that stays", str(card["value"])[-4:]
    return "the first four of the id that stays", contact_uuid[:4]


def is_confirmed(typed: str, wanted: str) -> bool:
    """Compared without case, blanks and ways to write an accent: it makes people read, and tests no typing."""
    return _bare(typed) == _bare(wanted)


def _bare(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())


def flag_of(one_uuid: str, other_uuid: str) -> ContactFlag | None:
    first, second = sorted((one_uuid, other_uuid))
    return ContactFlag.objects.select_related("flagged_by").filter(first_uuid=first, second_uuid=second).first()


def reason_of(row: Merge) -> str:
    """Why it was proposed; "" once erased."""
    return _reason(row.propose_act_id)


def reasons_of(rows: Iterable[Merge]) -> dict[Any, str]:
    """Why they were proposed, by the proposal's act."""
    acts = [row.propose_act_id for row in rows if row.propose_act_id]
    details = ActDetail.objects.filter(act_id__in=acts, event=None)
    return {detail.act_id: str(detail.words.get("reason", "")) for detail in details}


def decision_reason(row: Merge) -> str:
    """What whoever decided wrote."""
    steps = ("approval.granted", "approval.declined")
    act = Act.objects.filter(parent_id=row.propose_act_id, action__in=steps).first()
    return _reason(act.pk) if act else ""


def _reason(act_id: Any) -> str:
    detail = ActDetail.objects.filter(act_id=act_id, event=None).first() if act_id else None
    return str(detail.words.get("reason", "")) if detail else ""


def came_about(row: Merge) -> bool:
    """Whether the customer that goes was seen to be gone. One that is only late may still come about, or never."""
    return row.state == Merge.State.DONE or (
        row.state == Merge.State.INCIDENT and not set(Merge.LATE) & set(row.problems)
    )


def pictures_of(row: Merge) -> tuple[Picture, Picture] | None:
    """Both as they were right before the merge was sent; None while there are none, or once they are erased."""
    kept = {picture.contact_uuid: picture.body for picture in Snapshot.objects.filter(merge=row)}
    left, right = kept.get(row.source_uuid), kept.get(row.destination_uuid)
    return (left, right) if left and right else None


def proofs_of(row: Merge) -> list[dict[str, Any]]:
    """The proofs that were there when it was proposed: kind, whose, by whom and when."""
    acts = {
        str(act.pk): act
        for act in Act.objects.filter(pk__in=[each["act_id"] for each in row.proof]).select_related("staff")
    }
    return [{**each, "act": acts.get(each["act_id"])} for each in row.proof]
