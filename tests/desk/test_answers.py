"""How Piggy answered, on the status page: counted in every process, for next to nothing, and read in ten seconds."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.desk.models import AnswerCount, PiggyLimit
from piggyadmin.desk.status import counting, of_answers
from piggyadmin.desk.status.checks import How
from piggyadmin.desk.status.counting import Counter
from piggyadmin.piggy import log
from piggyadmin.piggy.budget import StoreError
from piggyadmin.piggy.log import CallRecord
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-the-monitor-0123"


def call(**changes: Any) -> CallRecord:
    fields: dict[str, Any] = {
        "operation": "get_contact",
        "method": "GET",
        "status": 200,
        "code": None,
        "milliseconds": 80,
        "request_id": "r",
    }
    return CallRecord(**fields | changes)


def counted(*records: CallRecord) -> None:
    counter = Counter()
    for record in records:
        counter.observe(record)
    counter.write()


@pytest.fixture
def counting_all(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A counter that hears of every call of this process, and is written when the test says so."""
    counter = Counter()
    monkeypatch.setattr(log, "observers", [counter.observe])
    return counter


def check(key: str) -> of_answers.Check:
    return next(each for each in of_answers.answer_checks() if each.key == key)


class TestCounting:
    def test_pages_are_counted_with_what_piggy_said_of_its_limit(
        self, desk: Person, sandbox: SandboxAccount, counting_all: Counter
    ) -> None:
        contact = sandbox.add_contact("sanne@mail.example")
        desk.get(f"/contacts/{contact['uuid']}/")
        assert counting_all.write() > 1
        assert AnswerCount.objects.filter(operation="get_contact", status=200, kind="people", error="").exists()
        assert not AnswerCount.objects.filter(operation__contains="sanne").exists()
        seen = PiggyLimit.objects.get()
        assert 0 < seen.left <= seen.limit

    def test_jobs_are_told_from_people(self, sandbox: SandboxAccount, counting_all: Counter) -> None:
        with piggy.as_job():
            piggy.get_client().list_shops()
        piggy.get_client().list_shops()
        counting_all.write()
        assert check("answers").figures | {"calls": 2, "people": 1, "jobs": 1} == check("answers").figures

    def test_all_processes_add_to_the_same_rows(self) -> None:
        first, second = Counter(), Counter()
        for counter in (first, second, first):
            counter.observe(call())
        assert first.write() == 2
        assert second.write() == 1
        assert first.write() == 0
        assert AnswerCount.objects.get().count == 3

    def test_threads_lose_none(self) -> None:
        counter = Counter()
        threads = [threading.Thread(target=lambda: [counter.observe(call()) for _ in range(500)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counter.write() == 4000

    def test_what_could_not_be_written_is_written_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        counter = Counter()
        counter.observe(call())

        def full(counts: Any) -> None:
            raise DatabaseError

        with monkeypatch.context() as broken:
            broken.setattr(counting, "_add", full)
            assert counter.write() == 0
        counter.observe(call())
        assert counter.write() == 2

    @pytest.mark.parametrize("wild", [{"code": 10**30}, {"code": -(10**30)}, {"limit": 10**30, "left": -(10**30)}])
    def test_one_odd_answer_does_not_keep_the_others_from_being_written(self, wild: dict[str, int]) -> None:
        counter = Counter()
        counter.observe(call(**wild))
        assert counter.write() == 1

    def test_a_child_does_not_write_what_its_parent_counted(self) -> None:
        counter = Counter()
        counter.observe(call())
        counter.after_fork()
        assert counter.write() == 0

    def test_old_counts_are_forgotten(self) -> None:
        counted(call())
        AnswerCount.objects.create(
            minute=timezone.now() - timedelta(days=9), kind="people", operation="o", within=5, count=1
        )
        assert counting.forget_old() == 1
        assert AnswerCount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_thread_writes_what_was_counted_by_itself() -> None:
    counter = Counter(every=0.05)
    counter.observe(call())
    for _ in range(100):
        if AnswerCount.objects.exists():
            break
        threading.Event().wait(0.05)
    assert AnswerCount.objects.get().minute.second == 0
    assert AnswerCount.objects.get().count == 1


class TestThePage:
    def test_it_tells_how_many_how_fast_and_what_went_wrong(self, admin: Person, sandbox: SandboxAccount) -> None:
        counted(
            *[call(milliseconds=90)] * 18,
            call(milliseconds=640),
            call(status=400, code=1017, error="PiggyRejected", operation="create_reward_reception"),
            call(status=None, error="PiggyOutcomeUnknown", milliseconds=5001),
        )
        page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.get("/status/").content.decode()))
        assert "21 calls, 1 refused, 1 failed; half within 100 ms, 95 of 100 within 700 ms" in page
        assert "1 × The customer does not have enough credits (code 1017)" in page
        assert "1 × a write without an answer" in page
        told = admin.get("/status/json").json()["checks"]
        assert told["piggy.answers"]["calls"] == 21
        assert told["piggy.answers_24h"]["p95_ms"] == 700
        assert told["piggy.errors"]["top"][0]["count"] == 1

    @pytest.mark.parametrize("share", [0.5, 0.95])
    @pytest.mark.parametrize("true", [1, 5, 6, 99, 100, 101, 9_999, 10_000])
    def test_a_percentile_is_never_too_small_and_at_most_1_7_times_too_large(self, true: int, share: float) -> None:
        counted(*[call(milliseconds=true)] * 40)
        told = of_answers.answers_of(of_answers.HOUR).percentile(share)
        assert told is not None
        assert true <= told <= max(5, true * 1.7)

    def test_longer_than_any_bound_is_said_so(self) -> None:
        counted(call(milliseconds=12_000))
        assert "half within more than 10 s" not in check("answers").says
        assert "half took more than 10 s" in check("answers").says

    def test_an_hour_ago_is_not_the_last_hour(self) -> None:
        counted(call())
        AnswerCount.objects.update(minute=timezone.now() - timedelta(hours=2))
        assert check("answers").says == "nothing was asked"
        assert check("answers_24h").figures["calls"] == 1

    @pytest.mark.parametrize(("failed", "how"), [(9, How.FACT), (10, How.LOOK)])
    def test_many_calls_without_an_answer_need_somebody(self, failed: int, how: How) -> None:
        counted(*[call()] * 60, *[call(status=503, error="PiggyUnavailable")] * failed)
        assert check("answers").how == how

    def test_refusals_are_answers_and_need_nobody(self) -> None:
        counted(*[call(status=400, code=55031, error="PiggyNotFound")] * 50)
        assert check("answers").how == How.FACT
        assert check("answers").figures["refused"] == 50

    def test_it_takes_few_queries(self, django_assert_max_num_queries: Any) -> None:
        counted(*[call(operation=f"op_{number}", milliseconds=number * 7) for number in range(200)])
        with django_assert_max_num_queries(3):
            of_answers.answer_checks()


class TestTheBudget:
    @pytest.fixture(autouse=True)
    def _limited(self, settings: Any, sandbox: SandboxAccount) -> None:
        settings.PIGGY_RATE_PER_SECOND, settings.PIGGY_JOB_RATE_PER_SECOND = 50.0, 0.0

    def test_it_tells_what_is_taken_of_each(self, sandbox: SandboxAccount) -> None:
        for _ in range(5):
            piggy.get_client().list_shops()
        told = check("budget")
        assert told.figures["people"]["per_second"] == 50
        assert 0 < told.figures["people"]["taken"] <= 5
        assert "of 50 calls a second" in told.says
        assert "jobs" not in told.says  # nothing limits them

    def test_a_pause_that_piggy_asked_for_is_told(self, sandbox: SandboxAccount) -> None:
        client = piggy.get_client()
        assert client.budget is not None
        client.budget.seen(429, {"Retry-After": "40"})
        told = check("budget")
        assert told.how == How.UNDER_WAY
        assert "Piggy asked for a pause: 40 s more" in told.todo

    def test_a_store_that_cannot_be_read_is_a_line_and_no_error(
        self, admin: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken() -> dict[str, piggy.Use]:
            raise StoreError("OperationalError")

        monkeypatch.setattr(piggy, "budget_use", broken)
        assert admin.get("/status/").status_code == 200
        assert check("budget").how == How.LOOK


class TestTheMonitor:
    @pytest.fixture(autouse=True)
    def _token(self, settings: Any, sandbox: SandboxAccount) -> None:
        settings.STATUS_TOKEN = TOKEN

    def ask(self, token: str, query: str = "") -> Any:
        return Client().get(f"/status/json{query}", headers={"Authorization": f"Bearer {token}"})

    def test_the_token_is_enough(self) -> None:
        answer = self.ask(TOKEN)
        assert answer.status_code == 200
        assert answer.json()["state"] == "look"
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("wrong", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "tökèn"])
    def test_another_token_is_a_401_and_no_page(self, wrong: str) -> None:
        answer = self.ask(wrong)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert "state" not in answer.json()

    def test_without_a_token_set_none_fits(self, settings: Any) -> None:
        settings.STATUS_TOKEN = ""
        assert self.ask("").status_code == 401
        assert self.ask(TOKEN).status_code == 401

    def test_the_token_opens_nothing_else(self) -> None:
        answer = Client().get("/status/", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 302

    def test_a_wrong_token_is_not_made_good_by_a_session(self, admin: Person) -> None:
        assert admin.get("/status/json", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert admin.get("/status/json").status_code == 200

    def test_a_locked_screen_reads_nothing(self, admin: Person) -> None:
        session = admin.session
        session["locked"] = True
        session.save()
        assert admin.get("/status/json").status_code == 401

    def test_strict_is_a_503_while_something_is_to_look_at(self) -> None:
        assert self.ask(TOKEN, "?strict=1").status_code == 503
        assert self.ask(TOKEN, "?strict=0").status_code == 200
