"""`piggyadmin sync` killed at any line, as often as one likes: in the end the copy equals the stand-in's books."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from contacts.models import ContactCopy, Sweep
from tests.contacts.sweep_hands import books, copy
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
CONTACTS, KILLS = 3000, 4


def test_what_is_killed_goes_on_where_it_was(sandbox: SandboxAccount) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    dice = random.Random(seed)
    sandbox.seed(contacts=CONTACTS)
    hits = 0
    for _ in range(KILLS):
        process = start(sandbox)
        known = ContactCopy.objects.count()
        until = time.monotonic() + 60
        while ContactCopy.objects.count() == known and process.poll() is None:
            assert time.monotonic() < until, "nothing came"
            time.sleep(0.02)
        time.sleep(dice.random() / 2)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            hits += 1
        process.wait()
        Sweep.objects.update(claimed_until=None)  # as if what it held had run out
    assert hits >= 1, "no kill met it at work"
    assert start(sandbox).wait(120) == 0
    assert copy() == books(sandbox)
    done = Sweep.objects.get()
    assert (done.stage, done.seen, done.added, done.gone) == ("ended", len(copy()), len(copy()), 0)


def start(sandbox: SandboxAccount) -> "subprocess.Popen[bytes]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIGGY", "DJANGO_"))}
    ours = {
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "PIGGYADMIN_ENV": "test",
        "PIGGYADMIN_ENV_FILE": os.devnull,
        "DJANGO_SECRET_KEY": "tests-only",
        "DATABASE_URL": _database_url(),
        "CACHE_URL": "locmemcache://",
        "PIGGY_BASE_URL": sandbox.base_url,
        "PIGGY_TOKEN": sandbox.token,
        "PIGGY_RATE_PER_SECOND": "0",
        "PIGGY_JOB_RATE_PER_SECOND": "0",
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "manage.py", "sync"]
    return subprocess.Popen(command, cwd=ROOT, env=kept | ours, stdout=subprocess.DEVNULL)


def _database_url() -> str:
    """The database of this test, for another process."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
