"""One pair for a reviewer: both from the copy at once, then both as Piggy has them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from contacts.copy.reading_again import CONTACT_NOT_FOUND, end
from contacts.copy.taking import take, take_cards
from contacts.duplicates import families, verdicts
from contacts.duplicates.services import Flag, flags_of
from contacts.duplicates.sides import Line, Side, compared, copies_of, sides_of
from contacts.duplicates.words import WHY, Reason, reasons_of, told
from contacts.models import DuplicatePair, How, Merge
from piggyadmin import piggy
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyError, PiggyNotFound
from piggyadmin.piggy.pool import Question


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of the pair before, and why, in words ("" where there are none, or they are erased)."""

    act: Act
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """`state` is what a form hands back, so that nobody decides about what they did not see."""

    pair: DuplicatePair
    left: Side
    right: Side
    reasons: tuple[Reason, ...]
    state: str
    flag: Flag | None
    family: tuple[Side, ...]  # everybody in the household of one of them
    said: list[Said]  # the latest first
    merge: Merge | None  # the latest one of these two

    def lines(self, *, sees_identity: bool) -> list[Line]:
        return compared(self.left, self.right, sees_identity=sees_identity)

    @property
    def score(self) -> str:
        return told(self.pair.score)

    @property
    def copied_at(self) -> datetime | None:
        """When the older of the two was read."""
        return min((side.copy.read_at for side in (self.left, self.right) if side.copy), default=None)

    @property
    def keep_uuid(self) -> str:
        """Who shall remain, where somebody said that both are one person."""
        last = self.said[0].act if self.said and self.pair.verdict == DuplicatePair.Verdict.SAME else None
        return str(last.figures.get("keep_uuid", "")) if last else ""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """What Piggy said just now. `changed` says that it was news to the copy; `error` that one could not be read."""

    read_at: datetime
    gone: tuple[str, ...] = ()
    changed: bool = False
    error: PiggyError | None = None


def open_review(pair: DuplicatePair, *, left: str = "") -> Review:
    """The pair from our own tables alone. `left` is who stands on the left of the page, if it stands already."""
    at_home = families.members_of(pair.first_uuid, pair.second_uuid)
    family = sorted({uuid for members in at_home.values() for uuid in members})
    copies = copies_of({pair.first_uuid, pair.second_uuid, *family})
    left_side, right_side = sides_of(pair, copies, left=left)
    first, second = copies.get(pair.first_uuid), copies.get(pair.second_uuid)
    digests = (first.matched if first else "", second.matched if second else "")
    return Review(
        pair=pair,
        left=left_side,
        right=right_side,
        reasons=reasons_of(pair.reasons),
        state=verdicts.state_of(pair, digests),
        flag=flags_of([pair]).get(pair.pk),
        family=tuple(Side(uuid, copies.get(uuid)) for uuid in family),
        said=[Said(act, _why(act)) for act in verdicts.said_before(pair)],
        merge=merge_of(pair),
    )


def check_live(pair: DuplicatePair) -> LiveCheck:
    """Read both at Piggy, with their cards, all at once, and take it into the copy. A contact that Piggy does not have
    any more is forgotten, and the pair with it."""
    both = (pair.first_uuid, pair.second_uuid)
    asked_at = timezone.now()
    questions = {f"contact {uuid}": _contact(uuid) for uuid in both} | {f"cards {uuid}": _cards(uuid) for uuid in both}
    answers = piggy.gather(questions, seconds=settings.PIGGY_TIMEOUT)
    gone, changed, failed = [], False, None
    for uuid in both:
        contact, cards = answers[f"contact {uuid}"], answers[f"cards {uuid}"]
        if _is_gone(contact.error):
            end(uuid)
            gone.append(uuid)
            continue
        failed = failed or contact.error
        if contact.error is None:
            changed = take(contact.get(), how=How.OPENED, read_at=asked_at) or changed
            if cards.error is None:
                changed = take_cards(uuid, cards.get(), asked_at) or changed
    return LiveCheck(read_at=asked_at, gone=tuple(gone), changed=changed, error=failed)


def _why(act: Act) -> str:
    words = next((str(detail.words.get("reason", "")) for detail in act.details.all() if detail.event_id is None), "")
    return ". ".join(filter(None, [WHY.get(str(act.figures.get("why", "")), ""), words]))


def _is_gone(error: PiggyError | None) -> bool:
    """Whether Piggy said that it has no such contact. Any other refusal may be of this question alone."""
    return isinstance(error, PiggyNotFound) and error.code == CONTACT_NOT_FOUND


def merge_of(pair: DuplicatePair) -> Merge | None:
    """The latest merge of these two, either way round."""
    one_way = Q(source_uuid=pair.first_uuid, destination_uuid=pair.second_uuid)
    other_way = Q(source_uuid=pair.second_uuid, destination_uuid=pair.first_uuid)
    return Merge.objects.filter(one_way | other_way).order_by("-proposed_at").first()


def _contact(uuid: str) -> Question:
    return lambda client: client.get_contact(contact_uuid=uuid)


def _cards(uuid: str) -> Question:
    return lambda client: client.list_identifiers(contact_uuid=uuid)
