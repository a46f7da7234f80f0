"""Compare contacts that are new or have changed with those they resemble, at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.duplicates import keys_kept, reading
from contacts.duplicates.engine.levels import Comparer
from contacts.duplicates.engine.model import Model, Scales, without
from contacts.duplicates.scored import Kept, Scored, current_model, households_of, scored, store, unlikely, weighed
from contacts.models import ContactCopy, DuplicatePair

AT_ONCE = 400  # pairs in one query
Ids = tuple[int, int]  # of two contacts, the lesser first


def contact_changed(copy_ids: Sequence[int], *, keys_only: bool = False) -> None:
    """Find the pairs of these contacts anew; for new contacts, and when `ContactCopy.matched` has changed.

    A number of queries that does not grow with the account, and hardly with `copy_ids` (100 at most). `keys_only`: a
    scan will find the pairs. A pair that only the scan's coarser keys find is compared here if it stood there before.
    """
    ids = sorted(set(copy_ids))
    if not ids:
        return
    model = current_model()
    rows = keys_kept.key_rows(without(reading.columns_of(ids), model.shared))
    with transaction.atomic():
        keys_kept.rewrite(ids, rows)
        if keys_only:
            return
        twos = {(min(two), max(two)) for two in keys_kept.sharing(rows)}
        standing = _standing(ids)
        found = _compared(twos | set(standing.values()), model)
        high = [each for each in found.values() if each.score >= model.threshold]
        store(high, model)
        _settle(standing, found, model)


def rescore(pair: DuplicatePair) -> None:
    """Give a pair the score and reasons of this moment, whatever they are: people said something of it.

    One whose contacts are not both copied keeps what it has.
    """
    rescore_many([pair])
    pair.refresh_from_db(fields=["score", "reasons", "scored_at"])


def rescore_many(pairs: Iterable[DuplicatePair]) -> None:
    """The same for all of these, in a number of queries that hardly grows with theirs; one that is gone is none."""
    model = current_model()
    rows = sorted((pair.pk, pair.first_uuid, pair.second_uuid) for pair in pairs)
    for begin in range(0, len(rows), AT_ONCE):
        _write(_scores(_as_ids(rows[begin : begin + AT_ONCE]), model))


def settle(among: QuerySet[DuplicatePair], *, after: UUID | None) -> UUID | None:
    """Of some of these pairs, which a scan did not find: drop those that are unlikely or not both copied any more, and
    give the others their score. A contact may have changed after the scan had read it. None: that was the last one.
    """
    rest = among if after is None else among.filter(pk__gt=after)
    rows = list(rest.order_by("pk").values_list("pk", "first_uuid", "second_uuid")[:AT_ONCE])
    if not rows:
        return None
    model, asked = current_model(), among.filter(pk__in=[key for key, _, _ in rows])
    with transaction.atomic():
        # In the order in which they are written, so that two at once never wait for each other.
        locked = set(asked.order_by("first_uuid", "second_uuid").select_for_update().values_list("pk", flat=True))
        scores = _scores(_as_ids([row for row in rows if row[0] in locked]), model)
        likely = {key: each for key, each in scores.items() if each[0] >= model.threshold}
        among.filter(pk__in=locked - likely.keys()).delete()
        _write(likely)
    return rows[-1][0]


def _standing(ids: Sequence[int]) -> dict[UUID, Ids]:
    """The pairs that these contacts are in, by the pair's key, as ids of contacts. Both must be copied."""
    mine = list(ContactCopy.objects.filter(pk__in=ids).values_list("contact_uuid", flat=True))
    pairs = DuplicatePair.objects.filter(Q(first_uuid__in=mine) | Q(second_uuid__in=mine))
    rows = list(pairs.values_list("pk", "first_uuid", "second_uuid"))
    return _as_ids(rows)


def _as_ids(rows: Sequence[tuple[UUID, str, str]]) -> dict[UUID, Ids]:
    """Pairs (key and both uuids) as ids of contacts, by the key; without those that are not both copied."""
    if not rows:
        return {}
    uuids = {uuid for _, first, second in rows for uuid in (first, second)}
    known = dict(ContactCopy.objects.filter(contact_uuid__in=uuids).values_list("contact_uuid", "pk"))
    return {
        key: (min(known[first], known[second]), max(known[first], known[second]))
        for key, first, second in rows
        if first in known and second in known
    }


def _compared(twos: set[Ids], model: Model) -> dict[Ids, Scored]:
    """Each of these twos with its score."""
    if not twos:
        return {}
    columns = without(reading.columns_of(sorted({each for two in twos for each in two})), model.shared)
    place = {key: row for row, key in enumerate(columns.ids.tolist())}
    rows = [(place[one], place[other]) for one, other in sorted(twos) if one in place and other in place]
    if not rows:
        return {}
    left, right = np.array(rows, np.int64).T
    scales, levels = Scales(model, columns), Comparer(columns).levels(left, right)
    return {(each.left, each.right): each for each in scored(scales, left, right, levels, scales.sums(levels, left))}


def _settle(standing: dict[UUID, Ids], found: dict[Ids, Scored], model: Model) -> None:
    """The pairs that stood there get their new score; an unlikely one of which nobody said anything is dropped."""
    now = _weighed(standing, found)
    unlikely([key for key, (score, _) in now.items() if score < model.threshold])
    _write({key: each for key, each in now.items() if each[0] < model.threshold})


def _weighed(pairs: dict[UUID, Ids], found: dict[Ids, Scored]) -> dict[UUID, Kept]:
    """Score and reasons of these pairs as they are kept: with what being one family takes off."""
    uuids = dict(
        ContactCopy.objects.filter(pk__in={each for two in pairs.values() for each in two}).values_list(
            "pk", "contact_uuid"
        )
    )
    homes = households_of(uuids.values())
    return {
        key: weighed(found[two], is_family=homes.get(uuids[two[0]], two) == homes.get(uuids[two[1]]))
        for key, two in pairs.items()
        if two in found and two[0] in uuids and two[1] in uuids
    }


def _scores(pairs: dict[UUID, Ids], model: Model) -> dict[UUID, Kept]:
    return _weighed(pairs, _compared(set(pairs.values()), model))


def _write(scores: dict[UUID, Kept]) -> None:
    rows = [
        DuplicatePair(pk=key, score=score, reasons=reasons, scored_at=timezone.now())
        for key, (score, reasons) in scores.items()
    ]
    DuplicatePair.objects.bulk_update(rows, ["score", "reasons", "scored_at"], batch_size=100)
