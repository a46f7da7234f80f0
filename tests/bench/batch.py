"""Vouchers by the thousand: how close a run comes to what its budget of calls allows, and whether it is ever wrong.

First without faults, at the rate limit. Then with each fault of the sandbox at 10 % of all calls: whatever goes wrong,
in the end there must be exactly as many usable vouchers as were asked for. With `--kills N` workers are killed instead,
N runs of 5,000, at points that the printed seeds choose.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.vouchers.workers import Place
    from vouchers.models import BatchRun

BAR = 1.2
SETTLE = 5.0  # s
RATE = 5  # calls a second that jobs may make, as in production
QUICK_RATE = 25  # the same under faults, which ask whether a run is right and not how fast it is
CHANCE = 0.1
LONGEST = 900.0  # s for one run
PAGE = CALL = 500
ALLOWED = 3  # times the rate: what the sandbox lets through, so that jobs do not see their limit nearly used up

FAULTS: dict[str, dict[str, Any]] = {
    **{kind: {} for kind in ("lost_before", "429", "503", "500", "1000", "401")},
    **{kind: {} for kind in ("lost_after", "reset", "503_after", "500_after", "1000_after", "garbage", "html200")},
    "latency": {"seconds": 7},  # longer than a call may take
    "latency_after": {"seconds": 7},
    "ignore_filters": {},
    "no_attributes": {},
    "remaining": {"value": 0},
    "late": {"seconds": 2.5 * SETTLE, "operation": "create_voucher_batch"},  # long after the run gave it up
}


@dataclass(frozen=True)
class Measured:
    name: str
    usable: int
    withdrawn: int
    calls: Counter[str]
    seconds: float

    @property
    def line(self) -> str:
        reads, batches = self.calls["list_vouchers"], self.calls["create_voucher_batch"]
        other = sum(self.calls.values()) - reads - batches
        return (
            f"{self.name:16} {self.usable:9,} {self.withdrawn:10,} {batches:8} {reads:6} {other:6} {self.seconds:9.1f}"
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vouchers", type=int, default=10_000)
    parser.add_argument("--fault", action="append", choices=["none", *FAULTS], help="only these; none: without faults")
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="kill workers in N runs instead")
    parser.add_argument("--seed", type=int, help="of the first killed run, to see one again")


def run(arguments: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped as well
    with tempfile.TemporaryDirectory(prefix="piggyadmin-bench-") as folder:
        begin = _set_up(Path(folder))
        if arguments.kills:
            return _kills(Path(folder), begin, arguments)
        return _faults(Path(folder), begin, arguments)


def _faults(folder: Path, begin: Any, arguments: argparse.Namespace) -> int:
    wanted = arguments.fault or ["none", *FAULTS]
    head = ("fault", "usable", "withdrawn", "batches", "reads", "other", "seconds")
    print("{:16} {:>9} {:>10} {:>8} {:>6} {:>6} {:>9}".format(*head), flush=True)
    wrong, ratio = [], None
    for name in wanted:
        measured = _measure(folder, begin, name, arguments.vouchers)
        print(measured.line, flush=True)
        if measured.usable != arguments.vouchers:
            wrong.append(name)
        if name == "none":
            ratio = measured.seconds / _least(arguments.vouchers)
            least = _least(arguments.vouchers)
            print(f"{'':16} the least its budget of {RATE} calls a second allows: {least:.1f} s", flush=True)
    told = "not measured" if ratio is None else f"{ratio:.2f}"
    exact = f"wrong under {', '.join(wrong)}" if wrong else f"exact in {len(wanted)} of {len(wanted)}"
    print(f"\nbatch: {told} of the least time (bar {BAR}), {exact}")
    return 1 if wrong or (ratio is not None and ratio > BAR) else 0


def _measure(folder: Path, begin: Any, name: str, quantity: int) -> Measured:
    with _place(folder, job_rate=RATE if name == "none" else QUICK_RATE) as place:
        promotion = place.account.add_promotion("Summer")
        if name != "none":
            from vouchers import marks

            place.account.add_attribute(marks.MARK, entity="voucher")  # its making is no part of what is measured
            place.account.fault(**{"operation": "*", "kind": name, "times": -1, "chance": CHANCE, **FAULTS[name]})
        begun = time.monotonic()
        made: BatchRun = begin(promotion, quantity)
        place.wait_for(made, seconds=LONGEST)
        seconds = time.monotonic() - begun
        calls = Counter(call.operation for call in place.account.calls)
        books = _watched(place, made, quantity)
        return Measured(name, books["ACTIVE"], books["DEACTIVATED"], calls, seconds)


def _watched(place: Place, made: BatchRun, quantity: int) -> Counter[str]:
    """The books once nothing is on its way any more and all that was too many is withdrawn, or time is up."""
    from vouchers.batches import jobs

    until = time.monotonic() + LONGEST
    while True:
        jobs.advance_open()  # what the schedule does every minute
        pending = any(row["status"] == "PENDING" for row in place.account.state("voucher_batch"))
        books = Counter(row["status"] for row in place.account.state("voucher"))
        if (books["ACTIVE"] == quantity and not pending) or time.monotonic() > until:
            return books
        time.sleep(2)


def _least(quantity: int) -> float:
    """Seconds that the budget allows at the least: every batch, and every page of them once."""
    return 2 * -(-quantity // CALL) / RATE


def _kills(folder: Path, begin: Any, arguments: argparse.Namespace) -> int:
    from tests.vouchers.workers import killed_run

    first = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1_000_000)
    exact = 0
    for seed in range(first, first + arguments.kills):
        with _place(folder, settle=2, timeout=1) as place:
            begun = time.monotonic()
            try:
                killed_run(place, begin, quantity=5000, seed=seed)
                exact, told = exact + 1, "exactly 5,000"
            except AssertionError as error:
                told = str(error)
            print(f"seed {seed:6}: {told}, {place.hits} kills at work, {time.monotonic() - begun:.1f} s", flush=True)
    print(f"\nbatch: {exact} of {arguments.kills} killed runs exact (bar {arguments.kills})")
    return 0 if exact == arguments.kills else 1


@contextmanager
def _place(folder: Path, *, settle: float = SETTLE, timeout: float = 5, job_rate: float = 0) -> Iterator[Place]:
    from django.conf import settings

    from tests.vouchers.workers import make_place

    place = make_place(
        folder,
        database_url=os.environ["DATABASE_URL"],
        settle=settle,
        timeout=timeout,
        rate=int(ALLOWED * job_rate),
        job_rate=job_rate,
    )
    # This process counts and asks as the worker does.
    settings.PIGGY_BASE_URL, settings.PIGGY_TOKEN = place.account.base_url, place.account.token
    settings.BATCH_SETTLE_SECONDS, settings.PIGGY_TIMEOUT = settle, timeout
    try:
        place.start_sandbox()
        place.worker.start()
        _wait_for_worker()
        yield place
    finally:
        place.stop()
        _forget_tasks()


def _wait_for_worker() -> None:
    """A worker that is up is what is measured, not its start."""
    from django_q.models import OrmQ
    from django_q.tasks import async_task

    async_task("vouchers.batches.jobs.advance_open")
    until = time.monotonic() + 60
    while OrmQ.objects.exists() and time.monotonic() < until:
        time.sleep(0.1)


def _forget_tasks() -> None:
    """What a place leaves behind would be taken up by the next one's worker, and asked of another Piggy."""
    from django.utils import timezone
    from django_q.models import OrmQ

    from vouchers.models import BatchRun

    OrmQ.objects.all().delete()
    BatchRun.objects.filter(ended_at=None).update(state="cancelled", ended_at=timezone.now())
    BatchRun.objects.update(watch_until=None, claimed_until=None)


def _set_up(folder: Path) -> Any:
    """A database of its own, Django over it in this process, and a function that begins a run."""
    kept = {name for name in os.environ if name.startswith(("PIGGY", "DJANGO_", "CACHE_URL"))}
    for name in kept:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "PIGGYADMIN_ENV": "test",
        "PIGGYADMIN_ENV_FILE": os.devnull,
        "DJANGO_SECRET_KEY": "tests-only",  # the workers’: tasks are signed with it
        "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/db.sqlite3"),
        "CACHE_URL": "locmemcache://",
        "PIGGY_BASE_URL": "http://127.0.0.1:9",
        "PIGGY_TOKEN": "test-nobody",
        "LOG_LEVEL": "ERROR",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("sync_roles", verbosity=0)
    from django.contrib.auth.models import Group

    from piggyadmin.accounts.models import Staff
    from piggyadmin.ledger.actor import Actor
    from piggyadmin.ledger.door import form_token
    from vouchers.batches import starting
    from vouchers.batches.orders import Order

    staff = Staff.objects.create_user(username="bench", name="Bench", password="correct horse battery")
    staff.groups.add(Group.objects.get(name="marketing"))

    def begin(promotion: dict[str, Any], quantity: int) -> BatchRun:
        order = Order(promotion["uuid"], promotion["name"], quantity)
        return starting.begin(order=order, actor=Actor(staff, "marketing", None), token=form_token())

    return begin
