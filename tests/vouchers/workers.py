"""Real processes for tests of runs: a stand-in Piggy that keeps its state, and workers, killed at random points."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from django.db import connection

from tests.fixtures_sandbox import SandboxAccount
from vouchers import marks
from vouchers.models import BatchRun, RunVoucher

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 90  # s that a run may take


@dataclass
class Group:
    """A process with all its children, started again and again with the same command."""

    command: list[str]
    environment: dict[str, str]
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.running = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """SIGKILL to all of it at once: nothing can be tidied up."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
            self.running = None


@dataclass
class Place:
    """A sandbox and a worker over the database that this process uses as well. `settle` is in seconds."""

    sandbox: Group
    worker: Group
    account: SandboxAccount
    settle: float
    hits: int = 0  # kills that met a run at work

    def start_sandbox(self) -> None:
        self.sandbox.start()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{self.account.base_url}/", timeout=2)
                return
            time.sleep(0.05)
        raise AssertionError("The sandbox did not start.")

    def stop(self) -> None:
        self.worker.kill()
        self.sandbox.kill()

    def kill_and_restart(self, dice: random.Random) -> None:
        """Kill the worker, now and then the sandbox as well, and start them again."""
        self.worker.kill()
        if dice.random() < 0.25:
            self.sandbox.kill()
            self.start_sandbox()
        self.worker.start()

    def wait_for(self, run: BatchRun, *, seconds: float = LONGEST) -> None:
        """Until the run has ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            run.refresh_from_db()
            if run.ended_at is not None or run.state == "doubt":
                return
            time.sleep(0.1)
        chunks = list(run.chunks.exclude(state="done").values("number", "state", "attempt", "made"))
        raise AssertionError(f"{run.state} after {seconds} s: {chunks}")


def make_place(
    folder: Path, *, database_url: str, settle: float, timeout: float = 1, rate: int = 0, job_rate: float = 0
) -> Place:
    """`rate` is how many calls a second the sandbox allows, `job_rate` how many a worker makes; 0: any number.

    `settle` and `timeout` (of one call to Piggy) are in seconds.
    """
    from tests.bench.stage import free_port

    port = free_port()
    account = SandboxAccount(f"http://127.0.0.1:{port}")
    ours = {
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "PIGGYADMIN_ENV": "test",
        "PIGGYADMIN_ENV_FILE": os.devnull,
        "DJANGO_SECRET_KEY": "tests-only",
        "DATABASE_URL": database_url,
        "CACHE_URL": "locmemcache://",
        "PIGGY_BASE_URL": account.base_url,
        "PIGGY_TOKEN": account.token,
        "PIGGY_RATE_PER_SECOND": "0",
        "PIGGY_JOB_RATE_PER_SECOND": str(job_rate),
        "PIGGY_TIMEOUT": str(timeout),
        "BATCH_SETTLE_SECONDS": str(settle),
        "LOG_LEVEL": "WARNING",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIGGY", "DJANGO_"))}
    sandbox = [sys.executable, "-m", "piggyadmin.sandbox", "--port", str(port), "--contacts", "0", "--control"]
    sandbox += ["--state", str(folder / f"sandbox-{port}.sqlite3"), "--rate", str(rate)]
    worker = [sys.executable, "manage.py", "qcluster"]
    return Place(Group(sandbox, kept | ours), Group(worker, kept | ours), account, settle)


def database_url() -> str:
    """The database of this test, for other processes."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


def check_books(place: Place, run: BatchRun, number: int) -> None:
    """Piggy has exactly so many usable vouchers of the run, we have just these, and no call went twice too early."""
    rows = [row for row in place.account.state("voucher") if row["promotion_uuid"] == run.promotion_uuid]
    active = {row["uuid"] for row in rows if row["status"] == "ACTIVE"}
    kept = set(RunVoucher.objects.filter(run=run).exclude(number=None).values_list("piggy_uuid", flat=True))
    assert len(active) == number, f"{len(active)} usable vouchers, {number} were asked for"
    assert kept == active
    for earlier, later in calls_repeated(place, run):
        assert later - earlier >= place.settle - 1, f"sent again after {later - earlier} s"  # Piggy tells whole seconds


def calls_repeated(place: Place, run: BatchRun) -> list[tuple[float, float]]:
    """When Piggy took a call, and when it took the next one for the same chunk."""
    taken: dict[int, float] = {}
    repeated = []
    for batch in place.account.state("voucher_batch"):
        known = marks.chunk_and_attempt(batch["attributes"].get(marks.MARK, ""), run_id=run.pk)
        if known is None:
            continue
        at = datetime.fromisoformat(batch["created_at"]).timestamp()
        if known[0] in taken:
            repeated.append((taken[known[0]], at))
        taken[known[0]] = at
    return repeated


def killed_run(place: Place, begin: Any, *, quantity: int, seed: int) -> BatchRun:
    """A run whose worker is killed at moments that `seed` chooses, until it has ended all the same."""
    dice = random.Random(seed)
    run: BatchRun = begin(place.account.add_promotion(f"Seed {seed}"), quantity)
    while run.begun_at is None:  # not before a worker is at it: each kill should hit work
        time.sleep(0.02)
        run.refresh_from_db()
    for _ in range(dice.choice((1, 1, 2))):
        time.sleep(dice.uniform(0, 1.6))
        place.kill_and_restart(dice)
        run.refresh_from_db()
        place.hits += run.ended_at is None
    place.wait_for(run)
    check_books(place, run, quantity)
    return run
