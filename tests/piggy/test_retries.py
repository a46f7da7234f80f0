"""Which reads are tried again, how often, and with what pauses; and that the deadline counts everything."""

import time

import httpx
import pytest

from piggyadmin.piggy.deadline import Deadline
from piggyadmin.piggy.errors import PiggyNotSent, PiggyOutcomeUnknown, PiggyRateLimited, PiggyUnavailable
from piggyadmin.piggy.retries import FIRST_PAUSE, SHORTEST_CALL, DeadlineRetry
from piggyadmin.piggy.transport import Clients

from .conftest import data, refusal

OK = {"uuid": "c"}


class Clock:
    """Time that passes only when somebody sleeps or a call takes its time."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def asked(
    clock: Clock, answers: list[httpx.Response | Exception], *, seconds: float = 5, takes: float = 0.0, **options
):
    """The final answer to one read over a transport that answers so, and how often it was asked."""
    calls: list[httpx.Request] = []

    def piggy(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        clock.now += takes
        answer = answers[len(calls) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    deadline = Deadline(seconds, clock=clock)
    retry = DeadlineRetry(deadline, sleep=clock.sleep, **options)
    clients = Clients(httpx.MockTransport(piggy))
    request = clients.reads.build_request(
        "GET", "http://piggy.test/", extensions={"retry": retry, "deadline": deadline}
    )
    return clients.send(request, write=False), len(calls)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_is_tried_again_twice_and_no_more(status):
    clock = Clock()
    response, calls = asked(clock, [httpx.Response(status)] * 5)
    assert (response.status_code, calls) == (status, 3)
    assert len(clock.slept) == 2


@pytest.mark.parametrize("status", [200, 201, 301, 400, 401, 404, 408, 422, 501])
def test_any_other_answer_is_final(status):
    clock = Clock()
    response, calls = asked(clock, [httpx.Response(status)])
    assert (response.status_code, calls, clock.slept) == (status, 1, [])


@pytest.mark.parametrize(
    "fault", [httpx.ReadTimeout("x"), httpx.ConnectError("x"), httpx.ReadError("x"), httpx.RemoteProtocolError("x")]
)
def test_a_failed_call_is_tried_again(fault):
    response, calls = asked(Clock(), [fault, fault, httpx.Response(200)])
    assert (response.status_code, calls) == (200, 3)


def test_a_failure_that_stays_is_raised():
    with pytest.raises(httpx.ReadError):
        asked(Clock(), [httpx.ReadError("x")] * 3)


def test_the_pauses_double_and_vary():
    firsts, seconds = set(), set()
    for _ in range(50):
        clock = Clock()
        asked(clock, [httpx.Response(503)] * 3)
        firsts.add(clock.slept[0])
        seconds.add(clock.slept[1])
    assert FIRST_PAUSE / 2 <= min(firsts) <= max(firsts) <= FIRST_PAUSE
    assert FIRST_PAUSE <= min(seconds) <= max(seconds) <= FIRST_PAUSE * 2
    assert len(firsts) > 10


def test_retry_after_is_honoured_when_it_fits():
    clock = Clock()
    response, calls = asked(clock, [httpx.Response(429, headers={"Retry-After": "3"}), httpx.Response(200)], seconds=5)
    assert (response.status_code, calls, clock.slept) == (200, 2, [3.0])


def test_retry_after_that_does_not_fit_is_not_waited_for_and_not_asked_early():
    clock = Clock()
    response, calls = asked(clock, [httpx.Response(503, headers={"Retry-After": "60"})], seconds=1)
    assert (response.status_code, calls, clock.slept) == (503, 1, [])


def test_a_second_retry_after_counts_what_the_first_and_the_calls_took():
    clock = Clock()
    busy = httpx.Response(429, headers={"Retry-After": "2"})
    _, calls = asked(clock, [busy, httpx.Response(429, headers={"Retry-After": "2"})], seconds=5, takes=0.6)
    assert (calls, clock.slept) == (2, [2.0])  # 0.6 + 2 + 0.6 are gone: 1.8 s are left


def test_there_must_be_time_for_the_call_after_the_pause():
    _, calls = asked(Clock(), [httpx.Response(503)] * 3, seconds=SHORTEST_CALL)
    assert calls == 1
    _, calls = asked(Clock(), [httpx.ReadError("x"), httpx.Response(200)], seconds=SHORTEST_CALL + FIRST_PAUSE)
    assert calls == 2


def test_the_time_that_calls_take_counts_against_the_deadline():
    _, calls = asked(Clock(), [httpx.Response(503)] * 3, seconds=1.0, takes=0.5)
    assert calls == 2
    _, calls = asked(Clock(), [httpx.Response(503)] * 3, seconds=1.0, takes=0.2)
    assert calls == 3
    with pytest.raises(httpx.ReadTimeout):
        asked(Clock(), [httpx.ReadTimeout("x")], seconds=1.0, takes=1.0)


def test_a_retry_takes_its_call_out_of_the_budget_and_waits_for_it():
    clock, asked_for = Clock(), []

    def reserve(within: float) -> float:
        asked_for.append(within)
        return 0.7

    _, calls = asked(clock, [httpx.Response(503), httpx.Response(200)], seconds=2, reserve=reserve)
    assert (calls, clock.slept, asked_for) == (2, [0.7], [pytest.approx(1.9)])


def test_a_retry_without_budget_is_not_made_and_the_first_failure_stands():
    def reserve(within: float) -> float:
        raise PiggyNotSent("busy")

    response, calls = asked(Clock(), [httpx.Response(503)], reserve=reserve)
    assert (response.status_code, calls) == (503, 1)


def test_answers_that_are_thrown_away_are_seen_by_the_budget():
    seen: list[int] = []
    asked(Clock(), [httpx.Response(429), httpx.Response(200)], seen=lambda response: seen.append(response.status_code))
    assert seen == [429]


def test_the_client_retries_a_read_and_gives_its_last_error(played):
    play = played(lambda request: refusal(1000) if len(play.requests) == 9 else httpx.Response(503))
    with pytest.raises(PiggyUnavailable) as caught:
        play.piggy.get_contact(contact_uuid="c")
    assert caught.value.message.startswith("Maintenance")
    assert len(play.requests) == 3


def test_the_client_never_retries_a_write(played):
    for answer in (httpx.Response(503), httpx.Response(429), httpx.Response(500), refusal(1000)):
        play = played(answer)
        with pytest.raises((PiggyOutcomeUnknown, PiggyRateLimited)):
            play.piggy.lock_voucher(voucher_uuid="v")
        assert len(play.requests) == 1


def test_a_get_that_creates_is_sent_as_a_write_and_never_retried(played):
    """find-or-create is a GET at Piggy: what makes a write is what it does."""
    play = played(httpx.Response(503))
    with pytest.raises(PiggyOutcomeUnknown):
        play.piggy._write("find_or_create_contact", "GET", "contacts/find-or-create", dict, params={"email": "a@b.c"})
    assert [request.method for request in play.requests] == ["GET"]


def test_a_429_with_a_long_wait_comes_back_at_once(played):
    play = played(httpx.Response(429, headers={"Retry-After": "60"}))
    started = time.monotonic()
    with pytest.raises(PiggyRateLimited) as caught:
        play.piggy.get_contact(contact_uuid="c")
    assert caught.value.retry_after == 60
    assert (len(play.requests), time.monotonic() - started < 1.5) == (1, True)


def test_a_read_that_works_the_second_time_brings_its_answer(played):
    play = played(lambda request: data(OK) if len(play.requests) == 2 else httpx.Response(502))
    assert play.piggy.get_contact(contact_uuid="c").uuid == "c"


def test_a_deadline_counts_down_and_never_below_nothing():
    clock = Clock()
    deadline = Deadline(2, clock=clock)
    clock.now += 1.5
    assert deadline.left() == pytest.approx(0.5)
    assert not deadline.passed
    clock.now += 5
    assert deadline.left() == 0
    assert deadline.passed
