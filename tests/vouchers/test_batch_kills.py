"""Workers die at any line, and sometimes Piggy with them: the run ends with exactly what was asked for."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Person
from tests.vouchers.batch_hands import begin
from tests.vouchers.workers import Place, database_url, killed_run, make_place

pytestmark = pytest.mark.django_db(transaction=True)

KILLED_RUNS, QUANTITY = 5, 5000


@pytest.fixture
def place(db: None, tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path, database_url=database_url(), settle=2)
    try:
        made.start_sandbox()
        made.worker.start()
        yield made
    finally:
        made.stop()


def test_a_killed_worker_loses_nothing_and_makes_nothing_twice(marketing: Person, place: Place) -> None:
    first = random.SystemRandom().randrange(1_000_000)
    for seed in range(first, first + KILLED_RUNS):
        print(f"seed {seed}")
        run = killed_run(place, lambda promotion, n: begin(marketing, promotion, n), quantity=QUANTITY, seed=seed)
        assert run.state == "done"
    assert place.hits >= 1, "no kill met a run at work"
