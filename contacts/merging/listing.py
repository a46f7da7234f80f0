"""The list of merges, filtered, on the page and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contacts.merging.actions import EXPORTED
from contacts.merging.forms import MergeFilter
from contacts.merging.services import reasons_of
from contacts.merging.sides import name_of
from contacts.models import ContactCopy, Merge, Snapshot
from piggyadmin.csv_lines import lines_of
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.listing import ROWS, Page

COLUMNS = (
    *("merge_id", "source_uuid", "destination_uuid", "proposed_by", "approved_by", "reason", "requested_at"),
    *("finished_at", "expected_credits", "actual_credits", "result"),
)
SLICE = 500


@dataclass(frozen=True, slots=True)
class File:
    name: str
    lines: Iterator[str]


def page_of(form: MergeFilter) -> dict[str, Any]:
    """One page of the filtered list. A number past the end is the last page."""
    found = narrowed(form)
    total = found.count()
    pages = max(1, -(-total // ROWS))
    page = Page(min((form.cleaned_data.get("page") if form.is_valid() else None) or 1, pages), pages, total)
    rows = list(found.select_related("proposed_by", "decided_by")[page.first - 1 : page.last]) if total else []
    names = names_of(rows)
    return {
        "rows": [
            {"row": row, "left": names.get(row.source_uuid), "right": names.get(row.destination_uuid)} for row in rows
        ],
        "page": page,
    }


def narrowed(form: MergeFilter) -> QuerySet[Merge]:
    state = form.cleaned_data.get("state", "") if form.is_valid() else ""
    found = Merge.objects.order_by("-proposed_at", "pk")
    if state == "open":
        return found.filter(ended_at=None)
    return found.filter(state=state) if state else found


def names_of(rows: Sequence[Merge]) -> dict[str, str]:
    """Names from the copy; of those that are gone from the picture that was kept of them."""
    uuids = {uuid for row in rows for uuid in (row.source_uuid, row.destination_uuid)}
    pictures = Snapshot.objects.filter(merge__in=rows, erased_at=None)
    names = {picture.contact_uuid: name_of(picture.body) for picture in pictures}
    return names | {copy.contact_uuid: copy.name for copy in ContactCopy.objects.filter(contact_uuid__in=uuids)}


def export(form: MergeFilter, *, actor: Actor) -> File:
    """The file of the filtered list; who took it stands in the audit."""
    found = narrowed(form)
    rows = found.count()
    figures = {"rows": rows, "state": form.cleaned_data["state"] or "all"}
    record(EXPORTED, by=actor, target=Target("merges", ""), figures=figures)
    name = f"merges_{timezone.now().astimezone(UTC):%Y-%m-%dT%H%MZ}_{rows}rows.csv"
    return File(name, lines_of(COLUMNS, _rows(found)))


def _rows(found: QuerySet[Merge]) -> Iterator[list[Any]]:
    ids = list(found.values_list("pk", flat=True))
    for at in range(0, len(ids), SLICE):
        part = Merge.objects.filter(pk__in=ids[at : at + SLICE]).select_related("proposed_by", "decided_by")
        reasons = reasons_of(part)
        for row in part.order_by("-proposed_at", "pk"):
            yield [
                str(row.pk),
                row.source_uuid,
                row.destination_uuid,
                row.proposed_by.name,
                row.decided_by.name if row.decided_by else "",
                reasons.get(row.propose_act_id, ""),
                _moment(row.proposed_at),
                _moment(row.ended_at),
                row.expected.get("credits", ""),
                row.actual.get("credits", ""),
                row.state,
            ]


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""
