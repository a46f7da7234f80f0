"""What people say of a pair: same person, not the same, family; and how it is taken back.

A verdict is an act of ours: nothing is written to Piggy and nothing is merged by it. Of two people who decide at once
the first one's word stands, and the other is told it before they may change it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from contacts.duplicates import actions, families
from contacts.duplicates.comparing import rescore_many
from contacts.duplicates.dropping import listed
from contacts.models import ContactCopy, DuplicatePair
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, TokenRefused, record, was_begun
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.services import acts_of

SAID_SHOWN = 8
Verdict = DuplicatePair.Verdict
ACTIONS: dict[str, Action] = {
    Verdict.SAME: actions.SAME,
    Verdict.DIFFERENT: actions.DIFFERENT,
    Verdict.FAMILY: actions.FAMILY,
    Verdict.OPEN: actions.REOPEN,
}


class PairGone(Exception):
    """The pair is not listed any more: one of the two is gone, or they are too unlike by now."""


class Changed(Exception):
    """The pair is not as it was shown: somebody else decided, or the details of one of the two are others."""

    def __init__(self, pair: DuplicatePair, *, by_details: bool) -> None:
        super().__init__(str(pair.pk))
        self.pair, self.by_details = pair, by_details


@dataclass(frozen=True, slots=True)
class Decided:
    pair: DuplicatePair
    is_new: bool  # False: this very form had been sent before, and nothing was done now


def open_pair(pair_id: UUID) -> DuplicatePair:
    """The pair. Raises PairGone."""
    pair = listed().select_related("decided_by").filter(pk=pair_id).first()
    if pair is None:
        raise PairGone(str(pair_id))
    return pair


def state_of(pair: DuplicatePair, digests: tuple[str, str]) -> str:
    """What a form was shown, for the next one who decides: the verdict, and the digests of both contacts' details."""
    return ".".join([pair.verdict, str(pair.act_id or ""), *digests])


def digests_of(pair: DuplicatePair) -> tuple[str, str]:
    """The digests of what both are compared by, as the copy has them; "" for one that is not in it."""
    rows = ContactCopy.objects.filter(contact_uuid__in=[pair.first_uuid, pair.second_uuid])
    matched = dict(rows.values_list("contact_uuid", "matched"))
    return matched.get(pair.first_uuid, ""), matched.get(pair.second_uuid, "")


def decide(
    *, pair_id: UUID, verdict: str, seen: str, actor: Actor, token: str, why: str = "", words: str = "", keep: str = ""
) -> Decided:
    """Keep a verdict (or "open", which takes one back). `seen` is `state_of` as the form was shown.

    `why` is a code of `words.WHY`, `words` the reviewer's own; `keep` is the contact that shall remain if they are one
    person. Raises PairGone, Changed and PermissionDenied.
    """
    pair = open_pair(pair_id)
    is_repeat = was_begun(token)
    try:
        with transaction.atomic():
            # `record` holds the ledger's head until the end of this transaction: who decides at the same time waits.
            act = _record(pair, verdict, actor, token, {"why": why, "keep_uuid": keep}, words)
            pair = open_pair(pair_id)
            if is_repeat or pair.act_id == act.pk:
                return Decided(pair, is_new=False)
            digests = digests_of(pair)
            if seen != state_of(pair, digests):
                raise Changed(pair, by_details=seen.startswith(f"{pair.verdict}.{pair.act_id or ''}."))
            touched = _keep(pair, verdict, act, actor, digests)
    except TokenRefused as error:  # this very form said something else before: an old page, or a second tab
        raise Changed(open_pair(pair_id), by_details=False) from error
    rescore_many(touched)
    return Decided(pair, is_new=True)


def leave_family(*, pair_id: UUID, contact_uuid: str, actor: Actor, token: str) -> bool:
    """Take one of a pair's household out of it; pairs that were "family" with them are to be decided again.

    False when they were in none (any more). A form sent twice is told what the first time did.
    Raises PairGone and PermissionDenied.
    """
    pair = open_pair(pair_id)
    if was_begun(token, action=actions.LEAVE, target_id=contact_uuid):
        return True
    with transaction.atomic():
        at = families.household_of(contact_uuid)
        if at is None or at not in (families.household_of(pair.first_uuid), families.household_of(pair.second_uuid)):
            return was_begun(token, action=actions.LEAVE, target_id=contact_uuid)
        act = record(actions.LEAVE, by=actor, target=Target("contact", contact_uuid), form_token=token)
        others = [uuid for uuid in families.leave(contact_uuid) if uuid != contact_uuid]
        touched = families.pairs_between(contact_uuid, others)
        again = [pair.pk for pair in touched if pair.verdict == Verdict.FAMILY]
        DuplicatePair.objects.filter(pk__in=again).update(
            verdict=Verdict.OPEN, act_id=act.pk, decided_by=None, decided_at=None, matched_first="", matched_second=""
        )
        if len(others) == 1:  # nobody is left for them to be family with
            touched += families.pairs_among(others)
    rescore_many(DuplicatePair.objects.filter(pk__in=[pair.pk for pair in touched]))
    return True


def said_before(pair: DuplicatePair) -> list[Act]:
    """What people said of a pair, the latest first, with their words."""
    told = acts_of(target=Target("pair", str(pair.pk))).prefetch_related("details")
    return list(told[:SAID_SHOWN])


def _record(pair: DuplicatePair, verdict: str, actor: Actor, token: str, told: dict[str, str], words: str) -> Act:
    figures = {"first_uuid": pair.first_uuid, "second_uuid": pair.second_uuid}
    return record(
        ACTIONS[verdict],
        by=actor,
        target=Target("pair", str(pair.pk), contact_id=told["keep_uuid"] or pair.first_uuid),
        figures=figures | {name: value for name, value in told.items() if value},
        detail={"reason": words} if words else None,
        form_token=token,
    )


def _keep(
    pair: DuplicatePair, verdict: str, act: Act, actor: Actor, digests: tuple[str, str]
) -> Iterable[DuplicatePair]:
    """Put the verdict on the pair; the pairs that are to be scored anew."""
    before, is_open = pair.verdict, verdict == Verdict.OPEN
    pair.verdict, pair.act_id = verdict, act.pk
    pair.decided_by, pair.decided_at = (None, None) if is_open else (actor.staff, timezone.now())
    pair.matched_first, pair.matched_second = ("", "") if is_open else digests
    pair.save(update_fields=["verdict", "act_id", "decided_by", "decided_at", "matched_first", "matched_second"])
    if verdict == Verdict.FAMILY:
        return families.pairs_among(families.join(pair.first_uuid, pair.second_uuid))
    if before == Verdict.FAMILY:
        return families.pairs_among(families.part(pair.first_uuid, pair.second_uuid))
    return []
