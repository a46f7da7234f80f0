"""A lease: taken, renewed, run out, taken over, given back; for rows with a place for a name and for those without."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone

from contacts.models import Sweep
from piggyadmin.accounts.models import Staff
from piggyadmin.runs import leases, tasks
from piggyadmin.runs.leases import Lease
from tests.vouchers.runs import batch_run
from vouchers.models import BatchRun

LENGTH = timedelta(seconds=9)
MANY = 6


def length() -> timedelta:
    return LENGTH


class Run:
    """A row of either sort, and those of its table that are not over."""

    def __init__(self, row: Any) -> None:
        self.row = row
        self.open: QuerySet[Model] = type(row).objects.filter(ended_at=None)

    def take(self, **options: Any) -> Lease[Model] | None:
        return leases.take(self.open, self.row.pk, length, **options)

    def taken(self) -> Lease[Model]:
        lease = self.take()
        assert lease is not None
        return lease

    def set(self, **values: Any) -> None:
        type(self.row).objects.filter(pk=self.row.pk).update(**values)

    def run_out(self) -> None:
        self.set(claimed_until=timezone.now() - timedelta(seconds=1))

    @property
    def held(self) -> tuple[datetime | None, str]:
        self.row.refresh_from_db()
        return self.row.claimed_until, getattr(self.row, "claimed_by", "")


@pytest.fixture(params=["with a name", "without"])
def run(request: pytest.FixtureRequest, db: None) -> Run:
    if request.param == "with a name":
        return Run(Sweep.objects.create(kind=Sweep.Kind.FULL, started_at=timezone.now()))
    staff: Staff = request.getfixturevalue("marketing").staff
    return Run(batch_run(staff, vouchers=1, state=BatchRun.State.RUNNING))


def test_one_has_it_and_then_the_next(run: Run) -> None:
    first = run.taken()
    until, name = run.held
    assert until == first.until
    assert name == first.name
    assert timezone.now() < first.until <= timezone.now() + LENGTH
    assert run.take() is None
    first.end()
    assert run.held == (None, "")
    assert run.take() is not None


def test_who_is_slow_and_was_not_taken_over_still_has_it(run: Run) -> None:
    first = run.taken()
    until = timezone.now() - timedelta(seconds=1)
    first.until = until  # the moment is also what a row without a name knows its holder by
    run.set(claimed_until=until)
    assert first.renew()
    assert run.held[0] == first.until > timezone.now()
    assert run.take() is None


def test_who_was_taken_over_neither_writes_nor_gives_back(run: Run) -> None:
    late = run.taken()
    run.run_out()
    now = run.taken()
    before = run.held
    when = timezone.now() + timedelta(hours=1)
    assert not late.renew(not_before=when)
    late.end(not_before=when)
    assert late.mine().update(not_before=when) == 0
    assert run.held == before
    assert run.row.not_before is None
    assert now.renew(not_before=when)
    assert run.held[0] == now.until
    assert run.row.not_before == when
    assert now.renew()
    assert now.mine().count() == 1


def test_a_run_that_is_over_is_neither_taken_nor_renewed_but_given_back(run: Run) -> None:
    lease = run.taken()
    run.set(ended_at=timezone.now())
    assert not lease.renew()
    lease.end()
    assert run.held == (None, "")
    assert run.take() is None


def test_one_that_waits_for_its_moment(run: Run) -> None:
    run.set(not_before=timezone.now() + timedelta(hours=1))
    assert run.take(only_due=True) is None
    assert not run.open.filter(leases.due(timezone.now())).exists()
    assert run.open.filter(leases.free(timezone.now())).exists()
    run.set(not_before=timezone.now())
    assert run.open.filter(leases.due(timezone.now())).exists()
    assert run.take(only_due=True) is not None
    assert not run.open.filter(leases.free(timezone.now())).exists()


def test_a_patient_one_waits_for_the_end_of_a_dead_ones(run: Run) -> None:
    run.set(claimed_until=timezone.now() + timedelta(seconds=0.4))
    begun = time.monotonic()
    assert run.take(patient=True) is not None
    assert 0.3 < time.monotonic() - begun < 5


def test_a_patient_one_waits_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one was alive, and renewed it."""
    other = run.taken()
    monkeypatch.setattr(time, "sleep", lambda seconds: other.renew())
    assert run.take(patient=True) is None


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def at_once(self, do: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(MANY)

        def one(number: int) -> Any:
            try:
                start.wait(timeout=20)
                return do()
            finally:
                connection.close()

        with ThreadPoolExecutor(MANY) as pool:
            return list(pool.map(one, range(MANY)))

    def test_one_takes_it(self, run: Run) -> None:
        for _ in range(3):
            got = [lease for lease in self.at_once(run.take) if lease is not None]
            assert len(got) == 1
            assert run.held[0] == got[0].until
            got[0].end()

    def test_one_takes_over_from_a_dead_one_and_that_one_gets_nothing(self, run: Run) -> None:
        dead = run.taken()
        run.run_out()
        got = [lease for lease in self.at_once(run.take) if lease is not None]
        assert len(got) == 1
        assert not dead.renew()
        assert got[0].renew()


class TestTasks:
    def test_a_watched_page_asks_now_and_then_and_only_while_nobody_is_at_it(self, run: Run) -> None:
        asked: list[Any] = []
        waiting = run.open.filter(leases.due(timezone.now()))
        for _ in range(3):
            tasks.nudge(waiting, run.row.pk, asked.append)
        assert asked == [run.row.pk]
        tasks.nudge(waiting.none(), run.row.pk, asked.append)
        assert len(asked) == 1

    def test_each_that_waits_gets_a_task(self, run: Run) -> None:
        asked: list[Any] = []
        assert tasks.enqueue_all(run.open, asked.append) == 1
        assert tasks.enqueue_all(run.open.none(), asked.append) == 0
        assert asked == [run.row.pk]

    def test_a_worker_starts_although_its_runs_cannot_be_taken_up(
        self, run: Run, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fails(pk: Any) -> None:
            raise OSError

        tasks.enqueue_after_start(run.open, fails)
        assert "could not be taken up" in caplog.text
