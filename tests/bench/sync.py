"""The copy of all contacts: how close the first reading comes to what the budget of calls allows.

A stand-in Piggy in a process of its own, an empty database, and in this process the very steps that the worker's task
takes. The bar is on the pages of the list; the other cards cost a call a contact and are told apart.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.stage import TOKEN, free_port, process

BAR = 1.1
RATE = 5.0  # calls a second that jobs may make, as in production
LATENCY = 80  # ms that Piggy takes for each call, as in the benchmark of the contact page
CARDS = 100  # contacts whose cards are read
PAGE = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=RATE, help=f"calls a second of the jobs’ budget (default {RATE})")
    parser.add_argument("--latency-ms", type=int, default=LATENCY, help=f"of each call (default {LATENCY})")


def run(arguments: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped as well
    with tempfile.TemporaryDirectory(prefix="piggyadmin-bench-") as folder:
        port = free_port()
        _set_up(Path(folder), port, arguments.rate)
        with _sandbox(port, arguments.contacts, arguments.latency_ms):
            return _measure(Path(folder), arguments)


def _measure(folder: Path, arguments: argparse.Namespace) -> int:
    from contacts.copy import jobs, sweeping, sweeps
    from contacts.models import BlockingKey, CardCopy, ContactCopy, Sweep
    from piggyadmin import piggy

    told = piggy.get_client(kind="people").list_contacts(limit=1).total or 0
    time.sleep(2)  # the budget is whole again
    least = max(1, -(-told // PAGE) - arguments.rate) / arguments.rate  # a second's worth may go at once
    sweep = sweeps.start(Sweep.Kind.FULL)
    begun, busy = time.monotonic(), time.process_time()
    while sweeping.advance(sweep.pk):
        pass
    seconds, busy = time.monotonic() - begun, time.process_time() - busy
    sweep.refresh_from_db()
    copied = ContactCopy.objects.count()

    begun = time.monotonic()
    with_cards = jobs.read_some_cards(CARDS, seconds=600)
    card_seconds = time.monotonic() - begun

    print(f"contacts at the stand-in     {told:12,}")
    print(
        f"contacts in the copy         {copied:12,}   default cards {CardCopy.objects.count():,}, "
        f"keys for duplicates {BlockingKey.objects.count():,}"
    )
    print(f"pages read                   {sweep.pages:12,}   of {PAGE}, at {arguments.rate:g} calls a second")
    print(f"the least the budget allows  {least:12.1f} s")
    print(
        f"wall                         {seconds:12.1f} s   of which this process was busy for {busy:.1f} s, "
        f"{1000 * busy / max(1, sweep.pages):.0f} ms a page"
    )
    print(f"other cards                  {with_cards:12,}   contacts in {card_seconds:.1f} s, one call each")
    print(f"size of the copy             {_size(folder) / 1e6:12.1f} MB  with the indexes of search and duplicates")
    is_whole = sweep.stage == Sweep.Stage.ENDED and copied == told and not sweep.problem
    ratio = seconds / least
    print(f"\nsync: {ratio:.2f} (bar {BAR})" + ("" if is_whole else f", NOT WHOLE: {sweep.stage} {sweep.problem}"))
    return 0 if is_whole and ratio <= BAR else 1


def _size(folder: Path) -> int:
    """Bytes of the database."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return sum(path.stat().st_size for path in folder.glob("db.sqlite3*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _set_up(folder: Path, port: int, rate: float) -> None:
    """A database of its own, and Django over it in this process."""
    for name in [name for name in os.environ if name.startswith(("PIGGY", "DJANGO_", "CACHE_URL"))]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "PIGGYADMIN_ENV": "test",
        "PIGGYADMIN_ENV_FILE": os.devnull,
        "DJANGO_SECRET_KEY": "bench-only",
        "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/db.sqlite3"),
        "CACHE_URL": "locmemcache://",
        "PIGGY_BASE_URL": f"http://127.0.0.1:{port}",
        "PIGGY_TOKEN": TOKEN,
        "PIGGY_JOB_RATE_PER_SECOND": str(rate),
        "LOG_LEVEL": "ERROR",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@contextmanager
def _sandbox(port: int, contacts: int, latency_ms: int) -> Iterator[None]:
    command = [sys.executable, "-m", "piggyadmin.sandbox", "--port", str(port), "--token", TOKEN]
    command += ["--contacts", str(contacts), "--latency-ms", str(latency_ms)]
    environment: dict[str, Any] = {name: value for name, value in os.environ.items() if not name.startswith("PIGGY")}
    with process(command, environment, f"http://127.0.0.1:{port}/", seconds=600):
        yield
