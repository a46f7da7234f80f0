"""Runs as the engine leaves them, straight into the rows: for tests of what comes after a run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.ledger.actions import Action, Words
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from vouchers.models import BatchChunk, BatchRun, Progress, RunVoucher

CALL = 500  # vouchers a call
WHEN = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)

# The engine's own name for it, without its rule of who may: everybody with a role may have made a test's run.
RUN = Action(
    "batch.run",
    "ledger.view_acts",
    Words("Make vouchers", "Made.", "Not made.", "Nobody knows."),
    writes_to_piggy=False,
)


def numbered_code(number: int) -> str:
    return f"SUMR{number:08d}"


def batch_run(
    staff: Staff,
    *,
    shop: Shop | None = None,
    vouchers: int = 24,
    quantity: int | None = None,
    state: str = BatchRun.State.DONE,
    code: Callable[[int], str] = numbered_code,
    surplus: int = 0,
    promotion_name: str = "Summer",
    promotion_uuid: str = "promotion-summer",
    **fields: Any,
) -> BatchRun:
    """A run that ended with so many vouchers in hand, numbered from 1, each ACTIVE; `surplus` more have no number.

    `fields` are columns of the run: `label`, `ended_at`, `expiration_date`, `contact_uuid`, ...
    """
    quantity = vouchers if quantity is None else quantity
    by = Actor(staff, staff.role, shop)
    act = record(RUN, by=by, target=Target("promotion", promotion_uuid), figures={"quantity": quantity})
    over = state not in (BatchRun.State.RUNNING, BatchRun.State.PAUSED)
    dates = {"activation_date": WHEN, "expiration_date": WHEN + timedelta(days=92)}
    end = WHEN + timedelta(minutes=4) if over else None
    times = {"created_at": WHEN, "begun_at": WHEN, "ended_at": end, "told_at": end}
    run = BatchRun.objects.create(
        **{"act": act, "staff": staff, "shop": shop, "quantity": quantity, "state": state}
        | {"promotion_uuid": promotion_uuid, "promotion_name": promotion_name, "marks": BatchRun.Marks.SEEN}
        | dates
        | times
        | fields
    )
    chunks = BatchChunk.objects.bulk_create(
        BatchChunk(
            run=run,
            number=number,
            quantity=min(CALL, quantity - (number - 1) * CALL),
            state=Progress.DONE if number * CALL <= vouchers or quantity <= vouchers else Progress.PLANNED,
            attempt=1,
            made=max(0, min(CALL, vouchers - (number - 1) * CALL)),
        )
        for number in range(1, max(1, -(-quantity // CALL)) + 1)
    )
    rows = _rows(run, chunks, vouchers, surplus, code)
    while some := list(islice(rows, 2000)):
        RunVoucher.objects.bulk_create(some)
    return run


def _rows(
    run: BatchRun, chunks: list[BatchChunk], vouchers: int, surplus: int, code: Callable[[int], str]
) -> Iterator[RunVoucher]:
    for number in range(1, vouchers + surplus + 1):
        is_surplus = number > vouchers
        yield RunVoucher(
            run=run,
            chunk=chunks[0] if is_surplus else chunks[(number - 1) // CALL],
            attempt=2 if is_surplus else 1,
            piggy_uuid=str(uuid.uuid4()),
            code=f"SURPLUS{number:08d}" if is_surplus else code(number),
            number=None if is_surplus else number,
            status="DEACTIVATED" if is_surplus else "ACTIVE",
            activation_date=run.activation_date,
            expiration_date=run.expiration_date,
            seen_at=WHEN,
            read_at=WHEN,
        )
