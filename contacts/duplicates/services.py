"""The list of pairs: what is to be decided, best first, and what was said of the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from contacts.duplicates.dropping import listed
from contacts.duplicates.sides import Side, copies_of, sides_of
from contacts.duplicates.words import Reason, reasons_of, told
from contacts.models import ContactFlag, DuplicatePair, DuplicateScan, Merge
from piggyadmin.ledger.listing import ROWS, Page
from piggyadmin.ledger.models import ActDetail

Verdict = DuplicatePair.Verdict
OPEN, FLAGGED = "open", "flagged"
# The tabs of the list: what each shows, and its name.
SHOWN = {
    OPEN: "To decide",
    FLAGGED: "Flagged",
    Verdict.SAME.value: "Same person",
    Verdict.FAMILY.value: "Family",
    Verdict.DIFFERENT.value: "Not the same",
}
MOST_BITS = 40  # a score that fills the bar


@dataclass(frozen=True, slots=True)
class Flag:
    """Who saw that two are one, and why, in their words ("" when they gave none, or the words are erased)."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    pair: DuplicatePair
    left: Side
    right: Side
    reasons: tuple[Reason, ...]
    flag: Flag | None
    merge: Merge | None

    @property
    def score(self) -> str:
        return told(self.pair.score)

    @property
    def bar(self) -> int:
        """The score as a part of a hundred."""
        return round(100 * min(max(self.pair.score, 0), MOST_BITS) / MOST_BITS)


@dataclass(frozen=True, slots=True)
class Listing:
    rows: list[Row]
    page: Page
    counts: dict[str, int]  # by the names in SHOWN


@dataclass(frozen=True, slots=True)
class Filter:
    """`show` is a name of SHOWN; `score` the least score, in bits, None for any."""

    show: str = OPEN
    score: float | None = None

    def narrow(self, pairs: QuerySet[DuplicatePair]) -> QuerySet[DuplicatePair]:
        pairs = pairs.filter(verdict=Verdict.OPEN if self.show == FLAGGED else self.show)
        if self.show == FLAGGED:
            pairs = pairs.filter(is_flagged=True)
        return pairs if self.score is None else pairs.filter(score__gte=self.score)

    @property
    def is_to_decide(self) -> bool:
        return self.show in (OPEN, FLAGGED)


def list_pairs(*, asked: Filter, number: int) -> Listing:
    """One page of the list. A number past the end is the last page."""
    counts = _counts(asked)
    total = counts[asked.show]
    pages = max(1, -(-total // ROWS))
    page = Page(min(max(number, 1), pages), pages, total)
    chosen = asked.narrow(listed().select_related("decided_by"))
    chosen = chosen.order_by(*(BEST_FIRST if asked.is_to_decide else LAST_FIRST))
    pairs = list(chosen[page.first - 1 : page.last]) if total else []
    return Listing(_rows(pairs), page, counts)


BEST_FIRST = ("-is_flagged", "-score", "pk")
LAST_FIRST = ("-decided_at", "pk")


def _counts(asked: Filter) -> dict[str, int]:
    all_pairs = listed()
    if asked.score is not None:
        all_pairs = all_pairs.filter(score__gte=asked.score)
    grouped = (
        all_pairs.order_by().values("verdict").annotate(n=Count("pk"), flagged=Count("pk", filter=Q(is_flagged=True)))
    )
    counts = dict.fromkeys(SHOWN, 0)
    for row in grouped:
        counts[row["verdict"]] = row["n"]
        if row["verdict"] == OPEN:
            counts[FLAGGED] = row["flagged"]
    return counts


def next_pair(asked: Filter, *, after: DuplicatePair | None = None) -> DuplicatePair | None:
    """The best pair that is to be decided, or the one that follows `after`. None: there is none."""
    shown = asked if asked.is_to_decide else Filter()
    pairs = shown.narrow(listed()).order_by(*BEST_FIRST)
    if after is not None:
        same = Q(is_flagged=after.is_flagged)
        later = same & (Q(score__lt=after.score) | Q(score=after.score, pk__gt=after.pk))
        pairs = pairs.filter(later | Q(is_flagged=False) if after.is_flagged else later).exclude(pk=after.pk)
    return pairs.first()


def pairs_of(contact_uuid: str) -> list[DuplicatePair]:
    """The pairs with this contact that are to be decided, the likeliest first. Two indexed look-ups."""
    firsts = listed().filter(first_uuid=contact_uuid, verdict=Verdict.OPEN)
    seconds = listed().filter(second_uuid=contact_uuid, verdict=Verdict.OPEN)
    return sorted([*firsts, *seconds], key=lambda pair: (not pair.is_flagged, -pair.score, pair.pk))


def last_scans() -> tuple[DuplicateScan | None, DuplicateScan | None]:
    """The scan that is under way, if any, and the last one that came to its end."""
    ended = [DuplicateScan.Stage.ENDED, DuplicateScan.Stage.STOPPED]
    running = DuplicateScan.objects.exclude(stage__in=ended).first()
    return running, DuplicateScan.objects.filter(stage=DuplicateScan.Stage.ENDED).order_by("-ended_at").first()


def flags_of(pairs: Iterable[DuplicatePair]) -> dict[UUID, Flag]:
    """The flags of these pairs, by the pair's id."""
    ids = {(pair.first_uuid, pair.second_uuid): pair.pk for pair in pairs if pair.is_flagged}
    if not ids:
        return {}
    flags = ContactFlag.objects.filter(first_uuid__in=[first for first, _ in ids]).select_related("flagged_by")
    wanted = {flag.act_id: flag for flag in flags if (flag.first_uuid, flag.second_uuid) in ids}
    details = ActDetail.objects.filter(act__in=list(wanted), event=None)
    words = {detail.act_id: str(detail.words.get("reason", "")) for detail in details}
    return {
        ids[flag.first_uuid, flag.second_uuid]: Flag(flag.flagged_by.name, flag.flagged_at, words.get(act_id, ""))
        for act_id, flag in wanted.items()
    }


def _rows(pairs: Sequence[DuplicatePair]) -> list[Row]:
    copies = copies_of({uuid for pair in pairs for uuid in (pair.first_uuid, pair.second_uuid)})
    flags, merges = flags_of(pairs), _merges(pairs)
    return [
        Row(
            pair,
            *sides_of(pair, copies),
            reasons=reasons_of(pair.reasons),
            flag=flags.get(pair.pk),
            merge=merges.get(frozenset((pair.first_uuid, pair.second_uuid))),
        )
        for pair in pairs
    ]


def _merges(pairs: Sequence[DuplicatePair]) -> dict[frozenset[str], Merge]:
    """The latest merge of each of these pairs, either way round."""
    uuids = [uuid for pair in pairs for uuid in (pair.first_uuid, pair.second_uuid)]
    if not uuids:
        return {}
    found = Merge.objects.filter(source_uuid__in=uuids, destination_uuid__in=uuids).order_by("proposed_at")
    return {frozenset((merge.source_uuid, merge.destination_uuid)): merge for merge in found}
