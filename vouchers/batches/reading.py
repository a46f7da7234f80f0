"""Read a run's vouchers back: page by page among those of its promotion, each known by its mark.

A quick reading goes on where the last full page ended, for Piggy lists new vouchers last; that is what captures show,
no promise. So nothing is ever called absent by it, only by a whole reading of all pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.piggy import words
from piggyadmin.piggy.errors import PiggyUnexpected
from piggyadmin.piggy.paging import VOUCHERS, Page
from piggyadmin.piggy.payloads import Voucher
from vouchers import marks
from vouchers.batches import filling, settling
from vouchers.models import BatchChunk, BatchRun, Progress, RunVoucher

SIZE = VOUCHERS.most
TOLD = ("status", "activation_date", "expiration_date", "redeemed_at")  # what Piggy may tell anew


class Unmarked(PiggyUnexpected):
    """Vouchers of the run are there without the marks that they had before."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one page showed: how many new vouchers of the run, whether it was the last page, and of which reading."""

    new: int
    at_end: bool
    whole: bool
    total: int | None  # vouchers of the promotion, as Piggy counts them
    bare: bool  # many new vouchers, and not one with any attribute: perhaps Piggy left them out


def count(run: BatchRun) -> int | None:
    """How many vouchers the promotion has, by Piggy's count. Raises PiggyError."""
    return piggy.get_client().list_vouchers(promotion_uuid=run.promotion_uuid, limit=1).total


def start_whole(run: BatchRun) -> None:
    """From now on `read_on` reads all pages, once."""
    run.read_page, run.read_begun_at = 1, timezone.now()
    run.save(update_fields=["read_page", "read_begun_at"])


def read_on(run: BatchRun, *, believe_bare: bool = False) -> Sight:
    """Read the next page, of the whole reading if one is under way. One call. Raises PiggyError.

    A page that `is bare` counts as not read, unless `believe_bare`.
    """
    whole = run.read_page > 0 or run.tail_page == 0
    if whole and run.read_page == 0:
        start_whole(run)
    number = run.read_page if whole else run.tail_page
    page = piggy.get_client().list_vouchers(promotion_uuid=run.promotion_uuid, page=number, limit=SIZE)
    if page.number not in (None, number) and page.received:
        raise PiggyUnexpected(words.UNREADABLE, detail="paging: another page than the one asked for")
    if _is_bare(run, number, page.items) and not believe_bare:
        return Sight(0, at_end=False, whole=whole, total=page.total, bare=True)
    known = _marked(run, page.items)
    new = take(run, known)
    at_end = _is_last(page, number)
    if whole:
        _go_on_whole(run, number, at_end=at_end, out_of_order=bool(new) and number < run.tail_page)
    elif page.received >= SIZE:
        BatchRun.objects.filter(pk=run.pk, tail_page=number).update(tail_page=number + 1)
    return Sight(new, at_end=at_end, whole=whole, total=page.total, bare=False)


def take(run: BatchRun, found: Iterable[tuple[Voucher, int, int]]) -> int:
    """Keep the vouchers (with the chunk's number and the attempt that their marks name); how many were new.

    Each new one gets the next number, until its chunk has as many as were asked for: the rest are too many.
    """
    seen = {voucher.uuid: (voucher, chunk, attempt) for voucher, chunk, attempt in found}
    if not seen:
        return 0
    now = timezone.now()
    with transaction.atomic():
        # Two readers at once would give the same numbers: the run's row lets in one at a time.
        locked = BatchRun.objects.select_for_update().get(pk=run.pk)
        kept = {row.piggy_uuid: row for row in RunVoucher.objects.filter(piggy_uuid__in=seen)}
        _refresh(kept.values(), {uuid: entry[0] for uuid, entry in seen.items()})
        numbers = {chunk for _, chunk, _ in seen.values()}
        # Locked too: whoever claims one meanwhile waits, and then finds that more of it is made.
        asked_for = BatchChunk.objects.select_for_update().filter(run=locked, number__in=numbers)
        chunks = {chunk.number: chunk for chunk in asked_for}
        last = RunVoucher.objects.filter(run=locked).aggregate(last=Max("number"))["last"] or 0
        rows = []
        for uuid, (voucher, number, attempt) in seen.items():
            chunk = chunks.get(number)
            if uuid in kept or chunk is None:
                continue
            fits = chunk.made < chunk.quantity
            last, chunk.made, chunk.seen_at = last + fits, chunk.made + fits, now
            rows.append(_row(locked, chunk, attempt, voucher, last if fits else None))
        RunVoucher.objects.bulk_create(rows)
        touched = {row.chunk_id for row in rows}
        for chunk in chunks.values():
            if chunk.pk in touched:
                changed = ["made", "seen_at"]
                if chunk.made >= chunk.quantity:
                    chunk.state, chunk.code, chunk.reason = Progress.DONE, "", ""
                    changed += ["state", "code", "reason"]
                chunk.save(update_fields=changed)
        if locked.marks != BatchRun.Marks.SEEN and rows and any(entry[0].mark for entry in seen.values()):
            BatchRun.objects.filter(pk=run.pk).update(marks=BatchRun.Marks.SEEN)
            run.marks = BatchRun.Marks.SEEN
    filling.done_after_all(run)
    # Of all of them, not only the new: whoever kept some may have died before the ledger was told.
    settling.settle_seen({(chunks[number], attempt) for _, number, attempt in seen.values() if number in chunks})
    return len(rows)


def _marked(run: BatchRun, vouchers: list[Voucher]) -> list[tuple[Voucher, int, int]]:
    """Those that carry a mark of this run. One that did so before and does not now makes the page unreadable.

    After the end nothing is concluded from what a page lacks: then it tells how the vouchers known stand.
    """
    found, unmarked = [], []
    for voucher in vouchers:
        known = marks.chunk_and_attempt(voucher.mark, run_id=run.pk)
        if known is not None:
            found.append((voucher, *known))
        elif not voucher.mark:
            unmarked.append(voucher.uuid)
    rows = RunVoucher.objects.filter(run=run, piggy_uuid__in=unmarked).select_related("chunk") if unmarked else []
    known_by_uuid = {row.piggy_uuid: (row.chunk.number, row.attempt) for row in rows}
    if known_by_uuid and run.ended_at is None:
        raise Unmarked(words.UNREADABLE, operation="list_vouchers", detail="vouchers without their attributes")
    found += [(each, *known_by_uuid[each.uuid]) for each in vouchers if each.uuid in known_by_uuid]
    return found


def _is_bare(run: BatchRun, number: int, vouchers: list[Voucher]) -> bool:
    """Whether the page ends after those that were there before us, and nothing on it has any attribute."""
    beyond = run.count_before is None or number * SIZE > run.count_before
    return beyond and bool(vouchers) and not any(voucher.attributes or voucher.mark for voucher in vouchers)


def _go_on_whole(run: BatchRun, number: int, *, at_end: bool, out_of_order: bool) -> None:
    # Only the reading that this page belongs to: another worker may have begun a new one.
    same = BatchRun.objects.filter(pk=run.pk, read_page=number, read_begun_at=run.read_begun_at)
    if at_end:
        same.update(read_page=0, read_at=run.read_begun_at)
    else:
        same.update(read_page=number + 1)
    if out_of_order:  # new ones are not listed last here: quick readings would miss them
        BatchRun.objects.filter(pk=run.pk).update(tail_page=0)


def _is_last(page: Page[Voucher], number: int) -> bool:
    if page.last is not None:
        return number >= page.last
    if page.total is not None:
        return number * SIZE >= page.total
    return page.received < SIZE


def _refresh(rows: Iterable[RunVoucher], told: dict[str, Voucher]) -> None:
    changed, now = [], timezone.now()
    for row in rows:
        voucher = told[row.piggy_uuid]
        if any(getattr(row, name) != getattr(voucher, name) for name in TOLD):
            for name in TOLD:
                setattr(row, name, getattr(voucher, name))
            row.read_at = now
            changed.append(row)
    RunVoucher.objects.bulk_update(changed, [*TOLD, "read_at"], batch_size=100)


def _row(run: BatchRun, chunk: BatchChunk, attempt: int, voucher: Voucher, number: int | None) -> RunVoucher:
    now = timezone.now()
    return RunVoucher(
        run=run,
        chunk=chunk,
        attempt=attempt,
        piggy_uuid=voucher.uuid,
        code=voucher.code,
        number=number,
        seen_at=now,
        read_at=now,
        **{name: getattr(voucher, name) for name in TOLD},
    )
