"""The audit as a CSV file: UTF-8 with BOM, commas, CRLF, ISO 8601, and no text that a spreadsheet runs as a formula."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from piggyadmin.csv_lines import lines_of
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.models import Act, ActDetail, Event

COLUMNS = (
    *("seq", "at", "staff", "role", "shop", "action", "target_kind", "target_id", "contact_id", "figures", "detail"),
    *("outcome", "how", "code", "status", "settled_by", "mark", "request_id", "parent_id", "act_id", "hash"),
)
SLICE = 500


def file_name(rows: int, at: datetime) -> str:
    return f"audit_{at.astimezone(UTC):%Y-%m-%dT%H%MZ}_{rows}rows.csv"


def csv_lines(acts: QuerySet[Act]) -> Iterator[str]:
    """The lines of the file, read a slice at a time in the order of the chain."""
    return lines_of(COLUMNS, (_cells(act) for act in _in_slices(acts)))


def _in_slices(acts: QuerySet[Act]) -> Iterator[Act]:
    """By `seq`, not by a cursor: a cursor would stay open for as long as the reader takes."""
    listed = acts.order_by("seq").prefetch_related(
        Prefetch("events", Event.objects.order_by("seq").select_related("staff")),
        Prefetch("details", ActDetail.objects.order_by("id")),
    )
    after = 0
    while found := list(listed.filter(seq__gt=after)[:SLICE]):
        yield from found
        after = found[-1].seq


def _cells(act: Act) -> list[Any]:
    last = max(act.events.all(), key=lambda event: event.seq, default=None)
    return [
        act.seq,
        timezone.localtime(act.at).isoformat(timespec="milliseconds"),
        act.staff.name if act.staff else "",
        act.role,
        act.shop.name if act.shop else "",
        act.action,
        act.target_kind,
        act.target_id,
        act.contact_id,
        canonical({**act.figures, **(last.figures if last else {})}),
        _detail(act),
        act.outcome,
        last.how if last else "",
        last.code if last else "",
        last.status if last and last.status is not None else "",
        last.staff.name if last and last.staff else "",
        act.mark,
        act.request_id,
        str(act.parent_id or ""),
        str(act.id),
        act.hash,
    ]


def _detail(act: Act) -> str:
    """The words kept with the act and its events, or "erased"."""
    kept = list(act.details.all())
    if any(detail.erased_at for detail in kept):
        return "erased"
    words: dict[str, Any] = {}
    for detail in sorted(kept, key=lambda detail: detail.event_id is not None):
        words |= detail.words
    return canonical(words) if words else ""
