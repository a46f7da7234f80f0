"""One search through all contacts, some seconds at a time: keys that are missing, the weights, then pair by pair.

Where it stands is in its row. Killed at any line it goes on from there: what it had found stays, and a part that was
under way is done again to the same end. Two tasks at once: one has the lease, the other ends.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.duplicates import held, keys_kept, scored
from contacts.duplicates.comparing import rescore as rescore  # asked for here by the pages
from contacts.duplicates.comparing import settle
from contacts.duplicates.engine import blocks, fitting
from contacts.duplicates.engine.columns import Ints
from contacts.duplicates.engine.keys import CARD, kept_keys
from contacts.duplicates.engine.model import BUILT_IN, Model, Scales, from_json
from contacts.models import ContactCopy, DuplicateModel, DuplicatePair, DuplicateScan
from piggyadmin.runs import leases

Stage = DuplicateScan.Stage
SECONDS = 20.0  # that one task goes on; a worker ends it at 30
LEASE = timedelta(seconds=120)  # for a step; a worker that died gives the scan up after that
BARE_AT_ONCE = 20_000  # contacts that get keys in one step
SAMPLE = 1_500_000  # pairs, about, that the weights are fitted on
MODELS_KEPT = 5


def start(by: Any = None) -> DuplicateScan:
    """A new scan; the one that is under way if there is one."""
    return under_way() or start_new(by) or DuplicateScan.objects.latest("started_at")


def start_new(by: Any = None) -> DuplicateScan | None:
    """A new scan; None when one is under way, which somebody else may have begun this very moment."""
    try:
        with transaction.atomic():
            return DuplicateScan.objects.create(
                asked_by=by, started_at=timezone.now(), contacts=ContactCopy.objects.count()
            )
    except IntegrityError:  # of the constraint that there is one at a time
        return None


def under_way() -> DuplicateScan | None:
    return DuplicateScan.objects.filter(ended_at=None).first()


def unfinished() -> QuerySet[DuplicateScan]:
    return DuplicateScan.objects.exclude(stage__in=[Stage.ENDED, Stage.STOPPED])


def stop(scan_id: UUID) -> bool:
    """End a scan where it stands; what it found stays. False: it had ended."""
    ended = {"stage": Stage.STOPPED, "ended_at": timezone.now(), "claimed_until": None, "claimed_by": ""}
    return bool(unfinished().filter(pk=scan_id).update(**ended))


def advance(scan_id: UUID, *, seconds: float | None = None) -> bool:
    """Go on with a scan for about `seconds`, or `SECONDS`.

    True: there is more to do. False: it ended, or another task is at it.
    """
    lease = leases.take(unfinished(), scan_id, lambda: LEASE)
    if lease is None:
        return False
    try:
        return _Work(lease, time.monotonic() + (SECONDS if seconds is None else seconds)).go()
    finally:
        lease.end()


class _Lost(Exception):
    """Another task is at this scan, or somebody stopped it."""


class _Work:
    def __init__(self, lease: leases.Lease[DuplicateScan], until: float) -> None:
        self.lease = lease
        self.until = until
        self.scan = DuplicateScan.objects.get(pk=lease.pk)

    def go(self) -> bool:
        steps = {Stage.KEYS: self._keys, Stage.MODEL: self._model, Stage.PAIRS: self._pairs}
        try:
            while self.scan.stage in steps:
                if not steps[Stage(self.scan.stage)]() or time.monotonic() >= self.until:
                    return self.scan.stage in steps
        except _Lost:
            pass
        return False

    def _save(self, **changes: Any) -> None:
        """Write how far it has come; refuses when the lease is lost."""
        if not self.lease.renew(**changes):
            raise _Lost
        for name, value in changes.items():
            setattr(self.scan, name, value)

    @cached_property
    def seen(self) -> held.Held:
        found = held.hold(self.scan.pk)
        self._save()
        return found

    def _keys(self) -> bool:
        """Contacts that have no keys get theirs. True: there were none such. The next stage is another task's."""
        made: dict[int, Ints] = {}
        while bare := keys_kept.without_keys(self.scan.cursor.get("id", 0), BARE_AT_ONCE):
            columns = self.seen.everybody.columns
            made = made or kept_keys(columns)
            wanted = np.isin(columns.ids, bare)
            with transaction.atomic():
                keys_kept.insert(keys_kept.rows_of(columns, made, wanted))
                self._save(cursor={"id": bare[-1]})
            if time.monotonic() >= self.until:
                return False
        self._save(stage=Stage.MODEL, cursor={})
        return not made

    def _model(self) -> bool:
        """The weights are fitted on a part of the pairs. Few contacts: the built-in ones hold."""
        columns = self.seen.everybody.columns
        cursor: dict[str, Any] = {}
        if len(columns) >= fitting.ENOUGH:
            model, pairs = self._fitted()
            kept = DuplicateModel.objects.create(
                fitted_at=timezone.now(), contacts=len(columns), pairs=pairs, weights=model.as_json()
            )
            old = DuplicateModel.objects.order_by("-fitted_at").values_list("pk", flat=True)[MODELS_KEPT:]
            DuplicateModel.objects.filter(pk__in=list(old)).delete()
            cursor = {"model": str(kept.pk)}
        self._save(stage=Stage.PAIRS, cursor=cursor)
        return True

    def _fitted(self) -> tuple[Model, int]:
        """The model of these contacts, and how many pairs it was fitted on."""
        seen, met, pairs = self.seen, fitting.Patterns(), 0
        every = max(1, round(blocks.cost(seen.keys) / SAMPLE))
        for part in blocks.walk(seen.keys, every=every):
            met.add(seen.comparer.levels(part.left, part.right))
            pairs += len(part.left)
            self._save()
        strangers = fitting.strangers(seen.comparer)
        return fitting.fit(seen.everybody.columns, met, strangers, seen.everybody.shared, share=1 / every), pairs

    def _weights(self) -> Model:
        """Those that this scan began with: every pair of it is weighed alike."""
        saved = DuplicateModel.objects.filter(pk=self.scan.cursor.get("model")).first()
        return from_json(saved.weights) if saved else BUILT_IN.for_size(len(self.seen.everybody.columns))

    def _pairs(self) -> bool:
        columns, model, cursor = self.seen.everybody.columns, self._weights(), self.scan.cursor
        scales, cards = Scales(model, columns), (CARD, columns.card_rows, columns.cards)
        for part in blocks.walk(self.seen.keys, cards, after=(cursor.get("kind", 0), cursor.get("key", 0))):
            found = scored.likely(scales, self.seen.comparer, part.left, part.right)
            with transaction.atomic():
                written = scored.store(found, model, seen=self.seen.everybody)
                self._save(
                    cursor={**cursor, "kind": part.kind, "key": part.key},
                    compared=self.scan.compared + len(part.left),
                    found=self.scan.found + written,
                    done=min(self.scan.contacts, int(self.scan.contacts * part.share)),
                )
            if time.monotonic() >= self.until:
                return False
        not_found = DuplicatePair.objects.filter(
            Q(scored_at__lt=self.scan.started_at) | Q(scored_at=None),
            verdict=DuplicatePair.Verdict.OPEN,
            is_flagged=False,
        )
        last = None
        while last := settle(not_found, after=last):
            self._save()
            if time.monotonic() >= self.until:
                return False
        self._save(stage=Stage.ENDED, ended_at=timezone.now(), done=self.scan.contacts, cursor={})
        held.let_go(self.scan.pk)
        return True
