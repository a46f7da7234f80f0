"""Real workers, killed at random moments: each merge is sent once at most, and none is called done falsely."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.held import deciding, jobs
from contacts.merging import services
from contacts.merging.kind import KIND
from contacts.models import Merge
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import ActState, State
from tests.conftest import Person
from tests.vouchers.workers import Place, make_place

pytestmark = pytest.mark.django_db(transaction=True)

MERGES, KILLS, LONGEST = 6, 4, 150


@pytest.fixture
def place(db: None, tmp_path: Path, settings: Any, shop: Any) -> Iterator[Place]:
    made = make_place(tmp_path, database_url=_database_url(), settle=2, timeout=3)
    made.worker.environment["MERGE_SETTLE_SECONDS"] = "60"
    settings.PIGGY_BASE_URL, settings.PIGGY_TOKEN = made.account.base_url, made.account.token
    settings.PIGGY_TIMEOUT = 20
    try:
        made.start_sandbox()
        made.account.add_shop(uuid=shop.piggy_uuid, name=shop.name)
        yield made
    finally:
        made.stop()


def test_killed_workers_send_no_merge_twice_and_tell_no_lie(admin: Person, reviewer: Person, place: Place) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    dice = random.Random(seed)
    merges = [approved(place, admin, reviewer, number) for number in range(MERGES)]
    place.account.set(merge_seconds=1)
    place.account.fault("*", kind="latency", seconds=0.15, times=-1)  # so that a kill meets work
    place.worker.start()
    hits = 0
    for kill in range(KILLS):
        begin = time.monotonic()
        while not is_at_work() and time.monotonic() < begin + 60:  # each kill should hit work, the first one surely
            wait(0.05, merges)
        if kill:
            wait(dice.uniform(0, 1.2), merges)
        hits += is_at_work()
        place.worker.kill()
        place.worker.start()
    until = time.monotonic() + LONGEST
    while time.monotonic() < until and not all(is_settled(place, merge) for merge in merges):
        wait(0.5, merges)
    for merge in merges:
        merge.refresh_from_db()
        asked = asked_for(place, merge)
        assert asked <= 1
        if merge.state == "unknown":
            assert asked == 0, "it was done, and that can be seen"
            assert credits_of(place, merge) == (10, 20)
        else:
            assert (merge.state, merge.actual["credits"]) == ("done", 30)
            assert asked == 1
            assert credits_of(place, merge) == (None, 30)
    assert hits >= 1, "no kill met a merge at work"


def approved(place: Place, admin: Person, reviewer: Person, number: int) -> Merge:
    source = place.account.add_contact(f"goes{number}@mail.example", credits=10)["uuid"]
    destination = place.account.add_contact(f"stays{number}@mail.example", credits=20)["uuid"]
    seen = services.preview(source_uuid=source, destination_uuid=destination)
    by = Actor(admin.staff, "admin", admin.shop)
    reason = "The same person, who stood here."
    merge = services.propose(seen=seen, reason=reason, at_once=True, actor=by, token=f"a-token-of-merge-{number}")
    deciding.approve(merge, by=Actor(reviewer.staff, "admin", reviewer.shop))
    return merge


def wait(seconds: float, merges: list[Merge]) -> None:
    """With the page of each open, which asks for itself. What went silent is given up at once, not in a minute."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        now = timezone.now()
        for merge in merges:
            jobs.nudge(KIND, merge.pk)
        dead = ActState.objects.filter(outcome=State.SENT, updated_at__lt=now - timedelta(seconds=12))
        dead.update(updated_at=now - timedelta(minutes=2))
        ActState.objects.filter(outcome=State.UNKNOWN, next_look_at__gt=now).update(next_look_at=now)
        Merge.objects.filter(ended_at=None, look_at__gt=now + timedelta(seconds=2)).update(look_at=now)
        time.sleep(0.1)


def is_at_work() -> bool:
    """Whether a worker has a merge in hand just now."""
    return Merge.objects.filter(ended_at=None, claimed_until__gt=timezone.now()).exists()


def is_settled(place: Place, merge: Merge) -> bool:
    merge.refresh_from_db()
    return merge.ended_at is not None or (merge.state == "unknown" and asked_for(place, merge) == 0)


def asked_for(place: Place, merge: Merge) -> int:
    asked = [call for call in place.account.calls if call.operation == "merge_contacts"]
    return len([call for call in asked if call.body["source_contact_uuid"] == merge.source_uuid])


def credits_of(place: Place, merge: Merge) -> tuple[int | None, int | None]:
    rows = {row["uuid"]: row["credits"] for row in place.account.state("contact")}
    return rows.get(merge.source_uuid), rows.get(merge.destination_uuid)


def _database_url() -> str:
    """The database of this test, for other processes."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
