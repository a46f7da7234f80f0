"""Pairs with their scores, in the database: written, dropped, and opened again when a matched field has changed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from contacts.duplicates.engine.columns import Ints
from contacts.duplicates.engine.levels import Comparer, Levels
from contacts.duplicates.engine.model import BUILT_IN, FAMILY, FAMILY_WEIGHT, Floats, Model, Scales, from_json
from contacts.duplicates.reading import Everybody
from contacts.models import ContactCopy, DuplicateModel, DuplicatePair, HouseholdMember
from contacts.models.duplicates import ordered

Verdict = DuplicatePair.Verdict
Reason = tuple[str, str, float]
Kept = tuple[float, list[list[str | float]]]  # score and reasons as they stand in the database
PAIR = DuplicatePair._meta
AT_ONCE = 400  # pairs in one query


@dataclass(frozen=True)
class Scored:
    """`left` and `right` are ids of `ContactCopy`."""

    left: int
    right: int
    score: float
    reasons: list[Reason]


def current_model() -> Model:
    """The newest fit; the built-in weights as long as there is none."""
    saved = DuplicateModel.objects.first()
    return from_json(saved.weights) if saved else BUILT_IN.for_size(ContactCopy.objects.count())


def scored(scales: Scales, left: Ints, right: Ints, levels: Levels, sums: Floats) -> list[Scored]:
    """Each pair with its reasons."""
    ids = scales.columns.ids
    rows = zip(ids[left].tolist(), ids[right].tolist(), sums.tolist(), scales.reasons(levels, left), strict=True)
    return [Scored(one, other, round(total, 2), reasons) for one, other, total, reasons in rows]


def likely(scales: Scales, comparer: Comparer, left: Ints, right: Ints) -> list[Scored]:
    """Those of these pairs that are more likely one person than not."""
    levels = comparer.levels(left, right)
    sums = scales.sums(levels, left)
    high = np.flatnonzero(sums >= scales.model.threshold)
    return scored(scales, left[high], right[high], levels[high], sums[high])


def store(found: Sequence[Scored], model: Model, *, seen: Everybody | None = None) -> int:
    """Write these pairs, whatever stood there of them before; what people said of them stays. How many there are now.

    A pair of one family is written only if it is likely in spite of that. One that was compared as `seen`, and of which
    a contact has changed since, is left as it is: it was compared again then.
    """
    written = 0
    for begin in range(0, len(found), AT_ONCE):
        written += _store(found[begin : begin + AT_ONCE], model, seen)
    return written


def _store(found: Sequence[Scored], model: Model, seen: Everybody | None) -> int:
    known = contacts_of({each.left for each in found} | {each.right for each in found})
    if seen is not None:
        same = seen.unchanged(known)
        known = {key: each for key, each in known.items() if key in same}
    homes = households_of({uuid for uuid, _ in known.values()})
    kept: dict[tuple[str, str], Kept] = {}
    for each in found:
        if each.left not in known or each.right not in known:
            continue  # deleted or changed a moment ago
        first, second = ordered(known[each.left][0], known[each.right][0])
        score, reasons = weighed(each, is_family=first in homes and homes[first] == homes.get(second))
        if score >= model.threshold:
            kept[first, second] = score, reasons
    _upsert(kept)
    reopen(list(kept), dict(known.values()))
    return len(kept)


def _upsert(kept: Mapping[tuple[str, str], Kept]) -> None:
    """Straight SQL, as Django would write it: to make 100,000 model instances takes longer than to find them."""
    id_field, moment = PAIR.get_field("id"), PAIR.get_field("found_at")
    now = moment.get_db_prep_save(timezone.now(), connection)
    verdict = Verdict.OPEN.value
    rows = [
        (
            id_field.get_db_prep_save(uuid.uuid4(), connection),
            *pair,
            score,
            json.dumps(reasons),
            now,
            now,
            verdict,
            False,
        )
        for pair, (score, reasons) in sorted(kept.items())  # in one order: two at once must not wait for each other
    ]
    reasons_as = "%s::jsonb" if connection.vendor == "postgresql" else "%s"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {PAIR.db_table} (id, first_uuid, second_uuid, score, reasons, found_at, scored_at, verdict, "  # noqa: S608
            f"is_flagged, matched_first, matched_second) VALUES (%s, %s, %s, %s, {reasons_as}, %s, %s, %s, %s, '', '') "
            "ON CONFLICT (first_uuid, second_uuid) DO UPDATE SET score = EXCLUDED.score, reasons = EXCLUDED.reasons, "
            "scored_at = EXCLUDED.scored_at",
            rows,
        )


def weighed(each: Scored, *, is_family: bool) -> Kept:
    """Score and reasons as they are kept: members of one household resemble each other for another reason."""
    reasons: list[list[str | float]] = [[*reason] for reason in each.reasons]
    if not is_family:
        return each.score, reasons
    return round(each.score + FAMILY_WEIGHT, 2), [[FAMILY, "same", FAMILY_WEIGHT], *reasons]


def reopen(pairs: Sequence[tuple[str, str]], digests: dict[str, str]) -> int:
    """Of these pairs, those that were rejected before a matched field changed are to decide again. How many."""
    if not pairs:
        return 0
    wanted = set(pairs)
    rejected = DuplicatePair.objects.filter(
        verdict=Verdict.DIFFERENT, first_uuid__in={first for first, _ in pairs}
    ).values_list("pk", "first_uuid", "second_uuid", "matched_first", "matched_second")
    again = [
        key
        for key, first, second, before, before_too in rejected
        if (first, second) in wanted and (before, before_too) != (digests.get(first), digests.get(second))
    ]
    return DuplicatePair.objects.filter(pk__in=again, verdict=Verdict.DIFFERENT).update(
        verdict=Verdict.OPEN, decided_by=None, decided_at=None, act_id=None, matched_first="", matched_second=""
    )


def unlikely(pairs: Iterable[object]) -> int:
    """Drop those of these pairs, by their keys, that nobody said anything of. How many."""
    undecided = Q(verdict=Verdict.OPEN, is_flagged=False)
    return DuplicatePair.objects.filter(undecided, pk__in=list(pairs)).delete()[0]


def contacts_of(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """(uuid, digest of the matched fields) of each contact, by its id."""
    rows = ContactCopy.objects.filter(pk__in=list(ids)).values_list("pk", "contact_uuid", "matched")
    return {key: (uuid, matched) for key, uuid, matched in rows}


def households_of(uuids: Iterable[str]) -> dict[str, object]:
    """The household of each of these contacts that has one."""
    members = HouseholdMember.objects.filter(contact_uuid__in=list(uuids))
    return dict(members.values_list("contact_uuid", "household_id"))
