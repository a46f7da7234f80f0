"""What the tests of runs have in common: begin one, drive it to its end in this process, and count at Piggy."""

import time
from collections import Counter
from typing import Any

from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import form_token
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers import marks
from vouchers.batches import jobs, running, starting, surplus
from vouchers.batches.orders import Order
from vouchers.models import BatchRun

BATCH, LIST, UPDATE = "create_voucher_batch", "list_vouchers", "update_voucher"
PATIENCE = 30  # s


def actor_of(person: Person) -> Actor:
    return Actor(person.staff, person.staff.role, person.shop)


def begin(person: Person, promotion: dict[str, Any], quantity: int, **fields: Any) -> BatchRun:
    order = Order(promotion["uuid"], promotion["name"], quantity, **fields)
    return starting.begin(order=order, actor=actor_of(person), token=form_token())


def drive(run: BatchRun, *, seconds: float = PATIENCE) -> BatchRun:
    """Go on with the run as workers would, until there is nothing more to do by itself."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        more = running.advance(run.pk, seconds=1)
        run.refresh_from_db()
        if not more and (run.ended_at or run.state in ("paused", "doubt")):
            return run
        if not jobs.due().filter(pk=run.pk).exists():
            time.sleep(0.05)
    raise AssertionError(f"{run.state} after {seconds} s: {list(run.chunks.values('number', 'state', 'made'))}")


def watch(run: BatchRun, sandbox: SandboxAccount, usable: int, *, seconds: float = PATIENCE) -> None:
    """Go on with an ended run until Piggy's books show so many usable vouchers, and nothing is on its way."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        running.advance(run.pk, seconds=1)
        pending = [row for row in sandbox.state("voucher_batch") if row["status"] == "PENDING"]
        if not pending and statuses(sandbox)["ACTIVE"] == usable and not surplus.pending(run).exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{statuses(sandbox)} at Piggy after {seconds} s")


def statuses(sandbox: SandboxAccount) -> Counter[str]:
    """The vouchers in Piggy's own books, by status."""
    return Counter(row["status"] for row in sandbox.state("voucher"))


def calls(sandbox: SandboxAccount, operation: str) -> int:
    return sum(call.operation == operation for call in sandbox.calls)


def sent_marks(sandbox: SandboxAccount) -> list[str]:
    """The marks of the batches that Piggy took, in their order."""
    return [row["attributes"][marks.MARK] for row in sandbox.state("voucher_batch")]
