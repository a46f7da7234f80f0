"""The call budgets: the arithmetic, the pauses that all processes share, and that four processes keep to one rate."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piggyadmin.piggy.budget import LONGEST_PAUSE, LOW_PAUSE, NOTE_EVERY, Budget, Purse, Spent, _spend
from piggyadmin.piggy.deadline import Deadline
from piggyadmin.piggy.errors import PiggyNotSent, PiggyRateLimited
from piggyadmin.piggy.stores import PostgresStore, SqliteStore, store_for

from .conftest import data

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/test")
TAKER = Path(__file__).with_name("takers.py")
ROOT = Path(__file__).parents[2]


class Memory:
    """A store with a clock of its own."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.rows: dict[str, Spent] = {}
        self.changes = 0

    def change(self, account, how) -> None:
        self.changes += 1
        self.rows[account] = how(self.now, self.rows.get(account, Spent()))


@pytest.fixture
def memory() -> Memory:
    return Memory()


def budget_in(memory: Memory, people: float = 50, jobs: float = 5, **options) -> Budget:
    return Budget(memory, account="a", rates={"people": people, "jobs": jobs}, **options)


def test_a_seconds_worth_may_go_at_once_and_then_one_by_one(memory):
    budget = budget_in(memory, people=10)
    assert [budget.reserve("people", 1, 5) for _ in range(10)] == [0.0] * 10
    assert [round(budget.reserve("people", 1, 5), 3) for _ in range(3)] == [0.1, 0.2, 0.3]
    memory.now += 0.25
    assert round(budget.reserve("people", 1, 5), 3) == 0.15


def test_an_idle_budget_fills_up_to_one_second_and_no_more(memory):
    budget = budget_in(memory, people=10)
    budget.reserve("people", 10, 5)
    memory.now += 3600
    assert budget.reserve("people", 10, 5) == 0
    assert budget.reserve("people", 1, 5) == pytest.approx(0.1)


def test_n_calls_are_taken_at_once_in_one_change(memory):
    budget = budget_in(memory, people=10)
    assert budget.reserve("people", 6, 5) == 0
    assert budget.reserve("people", 6, 5) == pytest.approx(0.2)
    assert memory.changes == 2


def test_more_than_a_seconds_worth_at_once_waits(memory):
    assert budget_in(memory, people=10).reserve("people", 25, 5) == pytest.approx(1.5)


def test_people_and_jobs_do_not_wait_for_each_other(memory):
    budget = budget_in(memory, people=10, jobs=2)
    budget.reserve("jobs", 20, 60)
    assert budget.reserve("people", 10, 0.0) == 0


def test_what_does_not_fit_the_deadline_is_not_taken(memory):
    budget = budget_in(memory, people=10)
    budget.reserve("people", 10, 5)
    before = dict(memory.rows)
    with pytest.raises(PiggyNotSent) as caught:
        budget.reserve("people", 20, 1.0)
    assert caught.value.message == "Too much is being asked of Piggy at once. Nothing was sent. Try again in a moment."
    assert memory.rows == before


def test_a_slow_rate_lets_one_go_at_once(memory):
    budget = budget_in(memory, jobs=0.5)
    assert budget.reserve("jobs", 1, 5) == 0
    assert budget.reserve("jobs", 1, 5) == pytest.approx(2.0)


def test_a_rate_of_nothing_is_no_budget_and_touches_no_store(memory):
    budget = budget_in(memory, people=0, jobs=0)
    assert budget.reserve("people", 1000, 0.0) == 0
    budget.seen(429, {"Retry-After": "60"})
    assert memory.changes == 0


def test_accounts_do_not_share_a_budget(memory):
    one = Budget(memory, account="one", rates={"people": 1})
    other = Budget(memory, account="other", rates={"people": 1})
    assert (one.reserve("people", 1, 5), other.reserve("people", 1, 5)) == (0, 0)


def test_no_token_and_no_address_is_a_rows_name(memory):
    Budget(memory, account="https://api.piggy.eu secret", rates={"people": 1}).reserve("people", 1, 5)
    (name,) = memory.rows
    assert "secret" not in name
    assert "piggy.eu" not in name


def test_a_clock_that_is_set_back_does_not_stop_the_shop(memory):
    budget = budget_in(memory, people=10)
    budget.reserve("people", 10, 5)
    budget.seen(429, {"Retry-After": "60"})
    memory.now -= 7200
    assert budget.reserve("people", 10, 0.0) == 0
    assert budget.reserve("people", 1, 5) == pytest.approx(0.1)


def test_take_sleeps_until_the_calls_may_go(memory):
    slept: list[float] = []
    budget = budget_in(memory, people=10, sleep=slept.append)
    budget.take("people", 10, Deadline(5))
    budget.take("people", 5, Deadline(5))
    assert slept == [pytest.approx(0.5)]


def test_a_retry_after_is_obeyed_by_all_who_share_the_account(memory):
    budget_in(memory).seen(429, httpx.Headers({"retry-after": "3"}))
    others = budget_in(memory)
    assert others.reserve("people", 1, 5) == pytest.approx(3)
    assert others.reserve("jobs", 1, 5) == pytest.approx(3)
    memory.now += 3
    assert others.reserve("people", 1, 5) == 0


def test_a_retry_after_beyond_the_deadline_is_told_at_once(memory):
    budget = budget_in(memory)
    budget.seen(429, {"Retry-After": "30"})
    memory.now += 10
    with pytest.raises(PiggyRateLimited) as caught:
        budget.reserve("people", 1, 5)
    assert caught.value.retry_after == pytest.approx(20)
    assert caught.value.message == "Piggy asks us to wait 20 s. This was not done. Try again after that."
    assert caught.value.status is None


def test_an_odd_retry_after_does_not_close_the_shop(memory):
    budget = budget_in(memory)
    budget.seen(429, {"Retry-After": "99999999"})
    memory.now += LONGEST_PAUSE
    assert budget.reserve("people", 1, 5) == 0


def test_little_left_pauses_jobs_for_a_while_and_people_not_at_all(memory):
    budget = budget_in(memory)
    budget.seen(200, {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "999"})
    assert budget.reserve("people", 1, 0.0) == 0
    with pytest.raises(PiggyRateLimited):
        budget.reserve("jobs", 1, LOW_PAUSE - 1)
    assert budget.reserve("jobs", 1, LOW_PAUSE + 1) == pytest.approx(LOW_PAUSE)
    memory.now += LOW_PAUSE
    assert budget.reserve("jobs", 1, 5) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "1000"},
        {"X-RateLimit-Limit": "5000"},
        {"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "few"},
        {"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0"},
    ],
)
def test_enough_left_or_nothing_told_pauses_nobody(memory, headers):
    budget_in(memory).seen(200, headers)
    assert memory.changes == 0


def test_little_left_is_noted_once_a_second_and_not_with_every_answer(memory):
    now = [0.0]
    budget = budget_in(memory, clock=lambda: now[0])
    low = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "1"}
    for _ in range(50):
        budget.seen(200, low)
    assert memory.changes == 1
    now[0] += NOTE_EVERY
    budget.seen(200, low)
    assert memory.changes == 2


@given(
    rate=st.floats(0.5, 100),
    takes=st.lists(st.tuples(st.integers(1, 5), st.floats(0, 0.5)), min_size=1, max_size=25),
)
def test_no_window_of_time_ever_holds_more_than_the_rate_and_its_burst(rate, takes):
    row, now, went = Spent(), 1000.0, []
    for n, later in takes:
        now += later
        try:
            row, wait = _spend(row, now, kind="people", n=n, rate=rate, within=30)
        except PiggyNotSent:
            continue
        went += [now + wait] * n
    burst = max(rate, 1.0, max(n for n, _ in takes))  # n at once go together, when there is room for all
    for first in range(len(went)):
        for last in range(first, len(went)):
            assert last - first + 1 <= burst + rate * (went[last] - went[first]) + 1e-6


def test_calls_are_never_booked_more_than_a_minute_ahead(memory):
    budget = budget_in(memory, jobs=1)
    budget.reserve("jobs", 60, 1000)
    with pytest.raises(PiggyNotSent):
        budget.reserve("jobs", 10, 1000)


def test_a_purse_spends_what_was_paid_before_it_takes_more(memory):
    purse = Purse(budget_in(memory), "people", paid=2)
    for _ in range(3):
        purse.take(Deadline(5))
    assert memory.changes == 1


def test_the_client_takes_one_call_out_of_its_budget_for_each_call(memory, played):
    play = played(data([]), budget=budget_in(memory, people=3), seconds=0.2)
    for _ in range(3):
        play.piggy.list_shops()
    with pytest.raises(PiggyNotSent):
        play.piggy.list_shops()
    assert len(play.requests) == 3


def test_the_client_remembers_a_429_for_everybody(memory, played):
    play = played(httpx.Response(429, headers={"Retry-After": "20"}), budget=budget_in(memory))
    with pytest.raises(PiggyRateLimited):
        play.piggy.lock_voucher(voucher_uuid="v")
    assert len(play.requests) == 1
    others = played(data([]), budget=budget_in(memory))
    with pytest.raises(PiggyRateLimited):
        others.piggy.list_shops()
    assert others.requests == []


# The stores --------------------------------------------------------------------------------------------------------


@pytest.fixture
def account() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of a database whose table for budgets lies in a schema of this test's own."""
    schema = f"budget_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"{POSTGRES}?options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'budget.sqlite3'}"
    return str(request.getfixturevalue("postgres"))


def test_a_store_keeps_a_row_and_forgets_a_change_that_fails(url, account):
    store = store_for(url)
    store.change(account, lambda now, row: Spent(people=now, jobs=1, paused=2, jobs_paused=3))
    with pytest.raises(PiggyNotSent):
        store.change(account, _refuse)
    seen: list[Spent] = []
    store.change(account, lambda now, row: seen.append(row) or row)
    assert (seen[0].jobs, seen[0].paused, seen[0].jobs_paused) == (1, 2, 3)
    assert abs(seen[0].people - time.time()) < 60


def _refuse(now: float, row: Spent) -> Spent:
    raise PiggyNotSent("no")


def test_threads_of_one_process_lose_no_call(url, account):
    budget = Budget(store_for(url), account=account, rates={"people": 10})
    started = time.time()
    threads = [threading.Thread(target=lambda: [budget.reserve("people", 1, 60) for _ in range(25)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen: list[float] = []
    store_for(url).change(budget._account, lambda now, row: seen.append(row.people) or row)
    assert 20 - 0.1 <= seen[0] - started <= 20 + (time.time() - started) + 0.1


def test_four_processes_keep_to_fifty_a_second_together(url, account):
    rate, seconds = 50, 2.0
    command = [sys.executable, str(TAKER), url, account, str(rate), str(seconds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    takers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(4)]
    lines = [taker.communicate(timeout=30)[0].split() for taker in takers]
    assert [taker.returncode for taker in takers] == [0] * 4
    times = sorted(float(line) for taken in lines for line in taken[1:])
    # On a busy machine one may start so late that the others are done: together means more than one.
    assert sum(len(taken) > 5 for taken in lines) >= 2
    lasted = times[-1] - times[0]
    assert len(times) <= rate + rate * lasted + 1
    assert len(times) >= 0.5 * rate * (1 + lasted)
    slack = 6  # a process that oversleeps calls late, and closer to the next one
    for window in (0.5, 1.0):
        for start, first in enumerate(times):
            inside = sum(1 for moment in times[start:] if moment < first + window)
            assert inside <= rate + rate * window + slack


def test_a_store_that_cannot_be_opened_stops_the_call_and_says_so(tmp_path, played):
    store = SqliteStore(str(tmp_path / "no" / "such" / "folder" / "b.sqlite3"))
    play = played(data([]), budget=Budget(store, account="a", rates={"people": 5}))
    with pytest.raises(PiggyNotSent) as caught:
        play.piggy.list_shops()
    assert caught.value.message.endswith("Tell an admin.")
    assert play.requests == []
    gone = PostgresStore("postgres://nobody@127.0.0.1:1/none?connect_timeout=1")
    with pytest.raises(PiggyNotSent):
        Budget(gone, account="a", rates={"people": 5}).reserve("people", 1, 1)


def test_an_answer_that_cannot_be_noted_is_still_an_answer(tmp_path):
    store = SqliteStore(str(tmp_path / "none" / "b.sqlite3"))
    Budget(store, account="a", rates={"people": 5}).seen(429, {"Retry-After": "1"})


def test_a_store_recovers_when_its_file_was_thrown_away(tmp_path):
    path = tmp_path / "budget.sqlite3"
    budget = Budget(SqliteStore(str(path)), account="a", rates={"people": 5})
    budget.reserve("people", 1, 5)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE piggy_call_budget")
    with pytest.raises(PiggyNotSent):
        budget.reserve("people", 1, 5)
    assert budget.reserve("people", 1, 5) == 0


def test_a_store_opens_its_connection_anew_in_another_process(url, account):
    store = store_for(url)
    budget = Budget(store, account=account, rates={"people": 100})
    budget.reserve("people", 1, 5)
    ours = id(store._connection)
    child = os.fork()
    if child == 0:
        inherited = store._connection  # kept alive, so that its id cannot come back
        try:
            budget.reserve("people", 1, 5)
            os._exit(0 if store._connection is not inherited else 2)
        except BaseException:  # whatever it is, the parent must see it as a failed child
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert budget.reserve("people", 1, 5) == 0
    assert id(store._connection) == ours


@pytest.mark.parametrize("bad", ["", "sqlite:", "sqlite:///", "mysql://x/y", "/var/budget"])
def test_a_budget_url_of_another_kind_is_refused(bad):
    with pytest.raises(ValueError, match="PIGGY_BUDGET_URL"):
        store_for(bad)
