"""Search in the copy: each kind of question beside the bare query to the index that answers it, in the same run.

The bare query is what one would write by hand for that kind: for texts the index's own ten best (bm25 of FTS5,
similarity of pg_trgm), for numbers and ids ten rows of the b-tree. It fetches the same columns and decides nothing:
no slips beyond what the index likes, no reason, no order that is the same on both databases.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from tests.bench.people import LETTERS, Person, people
from tests.bench.stage import ROOT

BAR = 3.0  # times the bare query, at p95
MOST_ROWS = 10
ENOUGH_MS = 50.0  # what a person waits for at most, on our side (product.md's journey 2)
AT_ONCE = 5_000  # rows of one insert
MEGABYTE = 1024 * 1024


class Kind(NamedTuple):
    name: str
    p50: float  # milliseconds
    p95: float
    bare_p50: float
    bare_p95: float
    most_rows: int
    met: float  # how many of the questions found the one who was meant

    @property
    def ratio(self) -> float:
        return self.p95 / self.bare_p95


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=100, help="of each kind")
    parser.add_argument("--database", default="", help="postgres://user@host/name (default: $TEST_POSTGRES_URL, as CI)")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one of the two; both where a server answers")


def run(arguments: argparse.Namespace) -> int:
    worst = [] if arguments.only == "postgresql" else [_on_sqlite(arguments)]
    if arguments.only != "sqlite":
        address = arguments.database or os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/test")
        if _answers(address):
            worst.append(_on_postgresql(arguments, address))
        elif arguments.database or not worst:
            raise SystemExit("No PostgreSQL answers there. Say with --database where one does.")
        else:
            print("\nNo PostgreSQL answers at $TEST_POSTGRES_URL: measured on SQLite alone.")
    print(f"\nsearch: {max(worst):.2f} (bar {BAR:.0f})")
    return 0 if max(worst) <= BAR else 1


def _on_sqlite(arguments: argparse.Namespace) -> float:
    with tempfile.TemporaryDirectory(prefix="piggyadmin-bench-") as folder:
        return _measured(arguments, f"sqlite:///{folder}/db.sqlite3", "SQLite")


def _answers(address: str) -> bool:
    import psycopg

    try:
        psycopg.connect(address.replace("postgres://", "postgresql://"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _on_postgresql(arguments: argparse.Namespace, address: str) -> float:
    """In a database of its own beside the named one, which goes afterwards."""
    import psycopg

    own = f"piggyadmin_bench_{os.getpid()}"
    parts = urlsplit(address)
    with psycopg.connect(address.replace("postgres://", "postgresql://"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {own}")
        try:
            return _measured(arguments, urlunsplit(parts._replace(path=f"/{own}")), "PostgreSQL")
        finally:
            server.execute(f"DROP DATABASE {own} WITH (FORCE)")


def _measured(arguments: argparse.Namespace, database: str, name: str) -> float:
    environment = _environment(database)
    for words in (["migrate", "-v0"], ["createcachetable"]):
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)
    call = f"from tests.bench.search import child; child({arguments.contacts}, {arguments.questions})"
    done = subprocess.run([sys.executable, "-c", call], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    told = json.loads(done.stdout)
    kinds = [Kind(*kind) for kind in told["kinds"]]
    print(f"\n{name}: {arguments.contacts:,} contacts, filled in {told['filled']:.0f} s, {told['size']}")
    print(f"{'kind':22} {'p50':>8} {'p95':>8}   {'bare p50':>9} {'bare p95':>9} {'ratio':>6} {'rows':>5} {'met':>6}")
    for kind in kinds:
        print(
            f"{kind.name:22} {kind.p50:6.2f}ms {kind.p95:6.2f}ms   {kind.bare_p50:7.2f}ms {kind.bare_p95:7.2f}ms "
            f"{kind.ratio:6.2f} {kind.most_rows:5} {kind.met:6.0%}"
        )
    if slow := [kind.name for kind in kinds if kind.p95 > ENOUGH_MS]:
        print(f"slower than {ENOUGH_MS:.0f} ms: {', '.join(slow)}")
    if long := [kind.name for kind in kinds if kind.most_rows > MOST_ROWS]:
        print(f"more than {MOST_ROWS} rows: {', '.join(long)}")
        return float("inf")
    return max(kind.ratio for kind in kinds)


def _environment(database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIGGY", "DJANGO_"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "PIGGYADMIN_ENV": "demo",
        "PIGGYADMIN_ENV_FILE": os.devnull,
        "DJANGO_SECRET_KEY": "bench-only",
        "DATABASE_URL": database,
        "PIGGY_BASE_URL": "http://127.0.0.1:9",
        "PIGGY_TOKEN": "bench-token",
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore::UserWarning",
    }


# --- in a process of its own ---------------------------------------------------------------------------------------


def child(contacts: int, questions: int) -> None:
    """Fill the database and measure; tells it as JSON."""
    import django

    django.setup()
    began = time.perf_counter()
    sample = _fill(contacts)
    filled = time.perf_counter() - began
    kinds = [_time(kind, ask, bare) for kind, ask, bare in _kinds(sample, questions)]
    json.dump({"kinds": kinds, "filled": filled, "size": _size()}, sys.stdout)


def _fill(contacts: int) -> list[Person]:
    """A copy of so many contacts; a sample of them to ask for."""
    from django.db import connection, transaction
    from django.utils import timezone

    from contacts.models import CardCopy, ContactCopy, How
    from contacts.search import index, pieces
    from contacts.search.fields import search_fields

    draw = random.Random(7)
    now = timezone.now()
    ours = index.current()
    ours.drop(connection)  # made at the end, as by a migration: that is quicker
    every = max(1, contacts // 5_000)
    sample: list[Person] = []
    for some in _batches(people(contacts)):
        copies, cards = [], []
        for person in some:
            found_by = search_fields(
                firstname=person.first, lastname=person.last, email=person.email, phone=person.phone
            )
            copies.append(
                ContactCopy(
                    id=person.id,
                    contact_uuid=_uuid(person.id),
                    is_anonymous=not person.email,
                    email=person.email,
                    firstname=person.first,
                    lastname=person.last,
                    phone=person.phone,
                    address=person.address,
                    credits=person.id % 500,
                    default_card=_card(person.id),
                    created_at=now,
                    read_at=now,
                    how=How.PAGE,
                    search_name=found_by.search_name,
                    search_email=found_by.search_email,
                    phone_e164=found_by.phone_e164,
                    phone_end=found_by.phone_end,
                )
            )
            cards.append(CardCopy(contact_id=person.id, value=_card(person.id), is_default=True, read_at=now))
            if person.id % every == 0 and len(person.last) > 5 and person.first and person.email and person.phone:
                sample.append(person)
        with transaction.atomic():
            ContactCopy.objects.bulk_create(copies, batch_size=1_000)
            CardCopy.objects.bulk_create(cards, batch_size=1_000)
            pieces.learn(copy.search_name for copy in copies)
    ours.create(connection)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    draw.shuffle(sample)
    return sample


def _batches(everybody: Iterator[Person]) -> Iterator[list[Person]]:
    some: list[Person] = []
    for person in everybody:
        some.append(person)
        if len(some) == AT_ONCE:
            yield some
            some = []
    yield some


def _uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def _card(number: int) -> str:
    return f"26{number * 7919 % 10**14:014}"


Ask = tuple[str, str]  # what is typed, and the uuid of the one who is meant ("" is nobody)


def _kinds(sample: list[Person], count: int) -> Iterator[tuple[str, list[Ask], Callable[[str], list[Any]]]]:
    draw = random.Random(11)

    def asks(typed: Callable[[Person], str]) -> list[Ask]:
        return [(typed(person), _uuid(person.id)) for person in draw.sample(sample, min(count, len(sample)))]

    last = lambda person: person.last.split()[-1]  # noqa: E731
    yield "surname", asks(last), _bare_text("search_name")
    yield "half a surname", asks(lambda person: last(person)[:5]), _bare_text("search_name")
    yield "surname with a slip", asks(lambda person: _slip(draw, last(person))), _bare_alike
    yield "both names", asks(lambda person: f"{person.first} {person.last}"), _bare_text("search_name")
    yield "both names, a slip", asks(lambda person: f"{_slip(draw, last(person))} {person.first}"), _bare_alike
    yield "part of an e-mail", asks(lambda person: person.email.partition("@")[0][1:]), _bare_text("search_email")
    yield "phone", asks(lambda person: person.phone), _bare_field("phone_e164", _e164)
    yield "phone, last four", asks(lambda person: person.phone[-4:]), _bare_field("phone_end", str)
    yield "card, last four", asks(lambda person: _card(person.id)[-4:]), _bare_card_end
    yield "card", asks(lambda person: _card(person.id)), _bare_field("cards__value", str)
    yield "id", asks(lambda person: _uuid(person.id)), _bare_field("contact_uuid", str)
    nobody = ["".join(draw.choice("bcdfghjklmnpqrstvwxz") for _ in range(8)) for _ in range(count)]
    yield "nobody", [(word, "") for word in nobody], _bare_alike


def _e164(typed: str) -> str:
    from contacts.search.fields import e164

    return e164(typed)


def _slip(draw: random.Random, word: str) -> str:
    """One letter wrong, missing, too many, or two swapped; never the first."""
    at = draw.randrange(1, len(word) - 1)
    return draw.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + draw.choice(LETTERS) + word[at:],
            word[:at] + draw.choice(LETTERS) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def _bare_text(field: str) -> Callable[[str], list[Any]]:
    """Texts that have all words somewhere, the index's own ten best."""

    def ask(typed: str) -> list[Any]:
        from contacts.search.folding import folded

        words = [word for word in folded(typed).split() if len(word) > 2]
        if _is_sqlite():
            return _sqlite(" AND ".join(f'{field} : "{word}"' for word in words))
        likes = " AND ".join(f"{field} LIKE %s" for _word in words)
        return _postgresql(field, likes, [f"%{word}%" for word in words], " ".join(words))

    return ask


def _bare_alike(typed: str) -> list[Any]:
    """Names that have any of the word's trigrams, the index's own ten best: how it finds what was typed with a slip."""
    from contacts.search.folding import folded_name

    text = f" {folded_name(typed)} "
    if _is_sqlite():
        grams = {text[at : at + 3] for at in range(len(text) - 2)}
        return _sqlite("search_name : (" + " OR ".join(f'"{gram}"' for gram in sorted(grams)) + ")")
    return _postgresql("search_name", "%s <%% search_name", [text.strip()], text.strip())


def _is_sqlite() -> bool:
    from django.db import connection

    return connection.vendor == "sqlite"


def _sqlite(match: str) -> list[Any]:
    sql = (
        f"SELECT {_columns()} FROM contacts_search s JOIN contacts_contactcopy c ON c.id = s.rowid "
        "WHERE contacts_search MATCH %s ORDER BY s.rank LIMIT 10"
    )
    return _rows(sql, [match])


def _postgresql(field: str, condition: str, values: list[str], text: str) -> list[Any]:
    sql = (
        f"SELECT {_columns()} FROM contacts_contactcopy c WHERE {condition} "
        f"ORDER BY similarity({field}, %s) DESC LIMIT 10"
    )
    return _rows(sql, [*values, text])


def _columns() -> str:
    from contacts.search.services import COLUMNS

    return ", ".join(f"c.{name}" for name in COLUMNS)


def _rows(sql: str, values: list[str]) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _bare_field(field: str, of: Callable[[str], str]) -> Callable[[str], list[Any]]:
    def ask(typed: str) -> list[Any]:
        from contacts.models import ContactCopy
        from contacts.search.services import COLUMNS

        return list(ContactCopy.objects.filter(**{field: of(typed)}).order_by("-id").values(*COLUMNS)[:MOST_ROWS])

    return ask


def _bare_card_end(typed: str) -> list[Any]:
    from django.db.models.expressions import RawSQL

    from contacts.models import ContactCopy
    from contacts.search.services import COLUMNS

    end = "substr(value, -4)" if _is_sqlite() else "right(value, 4)"
    newest = f"SELECT contact_id FROM contacts_cardcopy WHERE {end} = %s ORDER BY contact_id DESC LIMIT 10"
    keys = RawSQL(newest, [typed])
    return list(ContactCopy.objects.filter(id__in=keys).order_by("-id").values(*COLUMNS)[:MOST_ROWS])


def _time(kind: str, asks: list[Ask], bare: Callable[[str], list[Any]]) -> Kind:
    """Turn about, so that both find the machine and its caches in the same state."""
    from contacts.search.services import find

    for typed, _meant in asks[:10]:
        find(typed), bare(typed)
    own: list[float] = []
    bares: list[float] = []
    most = met = 0
    for number, (typed, meant) in enumerate(asks):
        for first in (number % 2, 1 - number % 2):
            began = time.perf_counter()
            if first:
                bare(typed)
                bares.append(time.perf_counter() - began)
                continue
            hits = find(typed)
            own.append(time.perf_counter() - began)
            most = max(most, len(hits))
            met += meant in [hit.contact_uuid for hit in hits] if meant else not hits
    return Kind(kind, _ms(own, 50), _ms(own, 95), _ms(bares, 50), _ms(bares, 95), most, met / len(asks))


def _ms(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100)[percent - 1] * 1000


def _size() -> str:
    """What the copy takes on disk, and how much of it search."""
    if _is_sqlite():
        (pages,), (size,) = _rows("PRAGMA page_count", []), _rows("PRAGMA page_size", [])
        whole = pages[0] * size[0]
        own = _rows("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'contacts_search%%'", []) if _has_dbstat() else []
        return f"{whole / MEGABYTE:,.0f} MB on disk" + (
            f", {own[0][0] / MEGABYTE:,.0f} MB of it the text index" if own else ""
        )
    whole = _rows("SELECT pg_database_size(current_database())", [])[0][0]
    names = "('copy_name_trigrams', 'copy_email_trigrams')"
    own = _rows(f"SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relname IN {names}", [])[0][0]
    return f"{whole / MEGABYTE:,.0f} MB on disk, {own / MEGABYTE:,.0f} MB of it the text index"


def _has_dbstat() -> bool:
    from django.db import DatabaseError

    try:
        _rows("SELECT 1 FROM dbstat LIMIT 1", [])
    except DatabaseError:
        return False
    return True
