"""Several questions at once: together as fast as the slowest, each with its own answer, none past the deadline."""

import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from piggyadmin.piggy.budget import Budget
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyNotFound, PiggyNotSent, PiggyUnavailable
from piggyadmin.piggy.pool import Answer, executor, gather
from piggyadmin.piggy.request_id import request_id

from .conftest import answering, data, refusal
from .test_budget import Memory


def test_it_asks_at_once_and_not_one_after_another(wire):
    wire.script = [answering([], after=0.3)] * 8
    piggy = Piggy(base_url=wire.url, tokens="t")
    started = time.monotonic()
    answers = gather(piggy, {f"shops {n}": Piggy.list_shops for n in range(8)}, seconds=3)
    assert time.monotonic() - started < 1.2  # one after another: 2.4 s
    assert [answer.get() for answer in answers.values()] == [[]] * 8
    assert len({asked.connection for asked in wire.asked}) == 8


def test_each_answer_says_when_it_came(played):
    before = datetime.now(UTC)
    answer = gather(played(data([])).piggy, {"shops": Piggy.list_shops}, seconds=2)["shops"]
    assert before <= answer.read_at <= datetime.now(UTC)
    assert answer.read_at.utcoffset() == timedelta(0)


def test_one_that_fails_leaves_the_others(played):
    play = played(lambda request: refusal(55031) if request.url.path.endswith("/gone") else data([]))
    answers = gather(
        play.piggy,
        {"shops": Piggy.list_shops, "contact": lambda piggy: piggy.get_contact(contact_uuid="gone")},
        seconds=2,
    )
    assert (answers["shops"].value, answers["shops"].ok) == ([], True)
    assert isinstance(answers["contact"].error, PiggyNotFound)
    assert not answers["contact"].ok
    with pytest.raises(PiggyNotFound):
        answers["contact"].get()


def test_one_that_is_late_is_not_waited_for(wire):
    wire.script = [answering([], after=0.0)] * 10

    gate = threading.Event()

    def slow(piggy: Piggy) -> str:
        gate.wait(5)
        return "too late"

    started = time.monotonic()
    answers = gather(Piggy(base_url=wire.url, tokens="t"), {"shops": Piggy.list_shops, "slow": slow}, seconds=0.3)
    assert time.monotonic() - started < 2
    gate.set()
    assert answers["shops"].ok
    late = answers["slow"].error
    assert isinstance(late, PiggyUnavailable)
    assert late.message == "Piggy did not answer in 0.3 s. Try again."


def test_a_server_that_does_not_answer_costs_no_more_than_the_deadline(wire):
    wire.script = [answering([], after=4)] * 3
    started = time.monotonic()
    answers = gather(Piggy(base_url=wire.url, tokens="t", seconds=9), {"shops": Piggy.list_shops}, seconds=0.3)
    assert time.monotonic() - started < 2
    assert isinstance(answers["shops"].error, PiggyUnavailable)


def test_questions_that_never_got_a_thread_are_given_up(played):
    asked: list[str] = []
    gate = threading.Event()

    def piggy(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        gate.wait(2)
        return data([])

    answers = gather(played(piggy).piggy, {f"{n}": Piggy.list_shops for n in range(5)}, seconds=0.3, threads=2)
    gate.set()
    assert all(isinstance(answer.error, PiggyUnavailable) for answer in answers.values())
    time.sleep(0.1)
    assert len(asked) == 2


def test_the_budget_is_taken_once_for_all_in_the_callers_thread(played):
    memory, threads = Memory(), []
    original = memory.change

    def change(account, how) -> None:
        threads.append(threading.current_thread())
        original(account, how)

    memory.change = change
    budget = Budget(memory, account="a", rates={"people": 50})
    play = played(data([]), budget=budget)
    gather(play.piggy, {f"{n}": Piggy.list_shops for n in range(6)}, seconds=2)
    assert threads == [threading.current_thread()]
    (row,) = memory.rows.values()
    assert row.people - memory.now == pytest.approx(6 / 50)


def test_a_question_of_two_calls_pays_for_the_second_itself(played):
    memory = Memory()
    play = played(data([]), budget=Budget(memory, account="a", rates={"people": 50}))
    gather(play.piggy, {"both": lambda piggy: (piggy.list_shops(), piggy.list_tiers())}, seconds=2)
    (row,) = memory.rows.values()
    assert row.people - memory.now == pytest.approx(2 / 50)


def test_an_empty_budget_is_everybodys_error_and_nothing_is_asked(played):
    play = played(data([]), budget=Budget(Memory(), account="a", rates={"people": 2}))
    answers = gather(play.piggy, {f"{n}": Piggy.list_shops for n in range(6)}, seconds=0.5)
    assert all(isinstance(answer.error, PiggyNotSent) for answer in answers.values())
    assert play.requests == []


def test_the_request_id_goes_with_the_questions(played):
    play = played(data([]))
    token = request_id.set("req-9")
    try:
        gather(play.piggy, {f"{n}": Piggy.list_shops for n in range(3)}, seconds=2)
    finally:
        request_id.reset(token)
    assert [request.headers["X-Request-Id"] for request in play.requests] == ["req-9"] * 3


def test_a_write_cannot_be_gathered_for_it_might_be_given_up_half_way(played):
    play = played(data([]))
    with pytest.raises(TypeError):
        gather(play.piggy, {"lock": lambda piggy: piggy.lock_voucher(voucher_uuid="v")}, seconds=2)
    assert play.requests == []


def test_a_mistake_of_ours_is_raised_and_not_shown_as_piggys(played):
    with pytest.raises(ZeroDivisionError):
        gather(played(data([])).piggy, {"bad": lambda piggy: 1 / 0, "shops": Piggy.list_shops}, seconds=2)


def test_nothing_to_ask_brings_nothing(played):
    assert gather(played(data([])).piggy, {}, seconds=1) == {}


def test_two_pages_at_once_do_not_wait_for_each_other(wire):
    wire.script = [answering([], after=0.2)] * 40
    took: list[float] = []

    def page() -> None:
        started = time.monotonic()
        answers = gather(Piggy(base_url=wire.url, tokens="t"), {f"{n}": Piggy.list_shops for n in range(6)}, seconds=3)
        took.append(time.monotonic() - started)
        assert all(answer.ok for answer in answers.values())

    pages = [threading.Thread(target=page) for _ in range(5)]
    for thread in pages:
        thread.start()
    for thread in pages:
        thread.join()
    assert len(took) == 5
    assert max(took) < 1.2  # thirty one after another: 6 s


def test_threads_are_kept_from_page_to_page():
    assert executor(7) is executor(7)
    smaller = executor(3)
    assert smaller is not executor(7)


def test_an_answer_of_nothing_is_an_answer():
    answer: Answer[None] = Answer(datetime.now(UTC), value=None)
    assert answer.ok
    assert answer.get() is None


def test_work_of_ones_own_is_done_in_ones_own_thread_while_piggy_is_on_its_way(wire):
    wire.script = [answering([], after=0.3)]
    piggy, done = Piggy(base_url=wire.url, tokens="t"), []

    def meanwhile() -> None:
        time.sleep(0.2)
        done.append(threading.current_thread())

    started = time.monotonic()
    answers = gather(piggy, {"shops": Piggy.list_shops}, seconds=3, meanwhile=meanwhile)
    assert time.monotonic() - started < 0.45  # one after the other: 0.5 s
    assert done == [threading.current_thread()]
    assert answers["shops"].get() == []
