"""Exporting a run's vouchers: how much more memory the process needs at its peak, for few rows and for many.

Each measurement is a process of its own, as a web worker or a job is one: it first exports a small run, so that what
every export needs is there, and then the one that counts. The figure is what that added to the peak.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from tests.bench.memory import peak
from tests.bench.stage import ROOT

SMALL = 500  # rows that warm a process up
BAR = 4.0  # MB that ten times the rows may add to the peak
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """`grown` and `size` are megabytes: what the export added to the peak, and how large the file is."""

    rows: int
    grown: float
    size: float
    seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000)


def run(arguments: argparse.Namespace) -> int:
    sizes = [max(1, arguments.rows // 10), arguments.rows]
    with tempfile.TemporaryDirectory(prefix="piggyadmin-bench-") as folder:
        environment = _environment(folder)
        for words in (["migrate", "-v0"], ["createcachetable"], ["sync_roles", "-v0"]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)
        for rows in (SMALL, *sizes):
            _child(environment, "make", rows)
        found = {kind: [Measured(**_child(environment, kind, rows)) for rows in sizes] for kind in ("csv", "xlsx")}
    print(f"{'export':8} {'rows':>9} {'peak grew by':>14} {'file':>10} {'seconds':>8}")
    for kind, (few, many) in found.items():
        for each in (few, many):
            print(f"{kind:8} {each.rows:9,} {each.grown:11.1f} MB {each.size:7.1f} MB {each.seconds:8.1f}")
    more = {kind: many.grown - few.grown for kind, (few, many) in found.items()}
    told = ", ".join(f"{added:.1f} MB to {kind.upper()}" for kind, added in more.items())
    print(f"\nexport: ten times the rows add {told} (bar {BAR:.1f} MB each)")
    return 0 if max(more.values()) <= BAR else 1


def _environment(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIGGY", "DJANGO_"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "PIGGYADMIN_ENV": "demo",
        "PIGGYADMIN_ENV_FILE": os.devnull,
        "DJANGO_SECRET_KEY": "bench-only",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "PIGGY_BASE_URL": "http://127.0.0.1:9",
        "PIGGY_TOKEN": "bench-token",
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore::UserWarning",  # no static files are collected here, and none are asked for
    }


def _child(environment: dict[str, str], what: str, rows: int) -> dict[str, float]:
    command = [sys.executable, "-c", f"from tests.bench.export import child; child({what!r}, {rows})"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    answer: dict[str, float] = json.loads(done.stdout or "{}")
    return answer


def child(what: str, rows: int) -> None:
    """In the child: make a run of so many rows, or measure its export and print what was found as JSON."""
    import django

    django.setup()
    if what == "make":
        _make(rows)
        return
    export = {"csv": _csv, "xlsx": _xlsx}[what]
    export(SMALL)
    before, begun = peak(), time.perf_counter()
    size = export(rows)
    seconds, grown = time.perf_counter() - begun, peak() - before
    print(json.dumps({"rows": rows, "grown": grown, "size": size / MEGABYTE, "seconds": seconds}))


def _make(rows: int) -> None:
    from django.contrib.auth.models import Group

    from piggyadmin.accounts.models import Staff
    from tests.vouchers.runs import batch_run

    staff, is_new = Staff.objects.get_or_create(username="marketing", defaults={"name": "Noor van Dijk"})
    if is_new:
        staff.groups.add(Group.objects.get(name="marketing"))
    batch_run(staff, vouchers=rows)


def _csv(rows: int) -> int:
    """The whole answer of the page, read to its end as a browser reads it. Answers how many bytes came."""
    from django.http import StreamingHttpResponse
    from django.test import Client

    from piggyadmin.accounts.models import Staff
    from vouchers.models import BatchRun

    client = Client(headers={"host": "localhost"})
    client.force_login(Staff.objects.get())
    run = BatchRun.objects.get(quantity=rows)
    response = client.post(f"/vouchers/batches/{run.pk}/export.csv", {"separator": ","})
    assert isinstance(response, StreamingHttpResponse)
    size = lines = 0
    for part in response:
        size += len(part)
        lines += part.count(b"\r\n")
    assert lines == rows + 1, f"{lines} lines"
    return size


def _xlsx(rows: int) -> int:
    """A large workbook written by its job and downloaded, its parts read as a browser reads them. Answers its bytes."""
    from django.http import StreamingHttpResponse
    from django.test import Client
    from django.utils import timezone

    from piggyadmin.accounts.models import Staff
    from piggyadmin.ledger.actor import Actor
    from piggyadmin.ledger.door import record
    from vouchers.files import actions, jobs, services
    from vouchers.models import BatchRun, ExportFile

    run = BatchRun.objects.get(quantity=rows)
    figures = {"rows": rows, "kind": "XLSX"}
    by = Actor(run.staff, run.staff.role, None)
    act = record(actions.ASKED, by=by, target=services.batch_target(run), figures=figures)
    asked = {"staff": run.staff, "name": "bench.xlsx", "rows": rows, "asked_at": timezone.now()}
    file = ExportFile.objects.create(run=run, act=act, **asked)
    assert jobs.write(str(file.pk))
    client = Client(headers={"host": "localhost"})
    client.force_login(Staff.objects.get())
    response = client.post(f"/vouchers/batches/{run.pk}/files/{file.pk}/")
    assert isinstance(response, StreamingHttpResponse)
    return sum(len(part) for part in response)
