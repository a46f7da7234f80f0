"""The mark of batches: run, chunk and attempt, in a voucher attribute: each voucher says which call made it."""

from __future__ import annotations

import re
from uuid import UUID

from piggyadmin.ledger.marks import DESCRIPTION, LABEL, MARK, MarkAttribute

ATTRIBUTE = MarkAttribute(
    kind="voucher",
    action_name="batch.make_mark",
    permission="vouchers.make_batch",
    writes="Vouchers",
    read=lambda client: client.list_custom_attributes(entity="voucher"),
    write=lambda client: client.create_custom_attribute(
        entity="voucher", name=MARK, label=LABEL, type="text", description=DESCRIPTION
    ),
)

_FORM = re.compile(r"([0-9a-f]{32})\.(\d{1,6})\.(\d{1,4})")


def mark_for(*, run_id: UUID, chunk: int, attempt: int) -> str:
    """What the vouchers of one call carry: "<run>.<chunk>.<attempt>"."""
    return f"{run_id.hex}.{chunk}.{attempt}"


def chunk_and_attempt(mark: str, *, run_id: UUID) -> tuple[int, int] | None:
    """The chunk's number and the attempt, if the mark is one of this run's."""
    found = _FORM.fullmatch(mark)
    if found is None or found[1] != run_id.hex:
        return None
    return int(found[2]), int(found[3])
