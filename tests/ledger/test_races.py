"""Many at once, and a process that dies in between: real threads, real processes, real transactions."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from piggyadmin.ledger import jobs, settling
from piggyadmin.ledger.actions import Action, Settlement
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, form_token, perform, record
from piggyadmin.ledger.models import Act, ActState, ChainHead, Event
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.verifying import verify_ledger
from piggyadmin.piggy.errors import PiggyOutcomeUnknown, PiggyRateLimited
from tests.ledger.conftest import Resolver

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


def at_once(do: Callable[[int], Any]) -> list[Any]:
    """`do(0)` to `do(7)`, begun at the same moment in a thread each."""
    start = threading.Barrier(MANY)

    def one(number: int) -> Any:
        try:
            start.wait(timeout=20)
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


class SlowCall:
    """Piggy takes a moment; how often it was asked is what matters."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.calls = 0
        self.lock = threading.Lock()

    def __call__(self, act: Act) -> str:
        with self.lock:
            self.calls += 1
        time.sleep(0.3)
        if self.error:
            raise self.error
        return "answer"


@pytest.mark.parametrize(
    ("error", "outcome"), [(None, "done"), (PiggyOutcomeUnknown("Piggy did not answer."), "unknown")]
)
def test_one_form_sent_eight_times_at_once_is_done_once_and_all_see_the_same(
    error: Exception | None, outcome: str, award: Action, actor: Actor, customer: Target
) -> None:
    token, call = form_token(), SlowCall(error)

    def submit(number: int) -> Outcome:
        return perform(award, by=actor, target=customer, figures={"credits": 24}, call=call, form_token=token)

    outcomes = at_once(submit)
    assert call.calls == 1
    assert {found.outcome for found in outcomes} == {outcome}
    assert len({found.act_id for found in outcomes}) == 1
    assert sorted(found.repeated for found in outcomes) == [False] + [True] * (MANY - 1)
    assert verify_ledger().whole


def test_a_planned_act_claimed_eight_times_at_once_is_sent_once(award: Action, actor: Actor, customer: Target) -> None:
    token, call = form_token(), SlowCall()

    def refuse(act: Act) -> None:
        raise PiggyRateLimited("Busy.", retry_after=0, status=429)

    perform(award, by=actor, target=customer, figures={"credits": 24}, call=refuse, form_token=token)
    outcomes = at_once(
        lambda number: perform(award, by=actor, target=customer, figures={"credits": 24}, call=call, form_token=token)
    )
    assert call.calls == 1
    assert {found.outcome for found in outcomes} == {"done"}
    assert ActState.objects.get().attempts == 2


def test_eight_different_acts_at_once_make_one_whole_chain(award: Action, actor: Actor, customer: Target) -> None:
    def submit(number: int) -> list[Outcome]:
        return [
            perform(award, by=actor, target=customer, figures={"credits": number}, call=lambda act: "answer")
            for _ in range(3)
        ]

    assert all(found.done for outcomes in at_once(submit) for found in outcomes)
    assert (Act.objects.count(), Event.objects.count()) == (24, 24)
    verdict = verify_ledger()
    assert (verdict.whole, verdict.links) == (True, 48)


def test_the_chain_can_be_verified_while_it_grows(award: Action, actor: Actor, customer: Target) -> None:
    def work(number: int) -> str:
        if number == 0:
            return " ".join(verify_ledger().problem for _ in range(6))
        for _ in range(4):
            perform(award, by=actor, target=customer, figures={"credits": number}, call=lambda act: "answer")
        return ""

    assert {problem.strip() for problem in at_once(work)} == {""}


def test_eight_looks_at_once_write_one_event(award: Action, actor: Actor, customer: Target, resolver: Resolver) -> None:
    call = SlowCall(PiggyOutcomeUnknown("Piggy did not answer."))
    act_id = perform(award, by=actor, target=customer, figures={"credits": 24}, call=call).act_id
    resolver.answer = Settlement(True, {"status": "DONE"})
    at_once(lambda number: settling.look(act_id))
    assert [event.outcome for event in Event.objects.order_by("seq")] == ["unknown", "done"]
    assert verify_ledger().whole


def test_eight_records_of_one_form_at_once_stand_once(noted: Action, actor: Actor) -> None:
    token = form_token()
    acts = at_once(
        lambda number: record(noted, by=actor, target=Target("staff", "1"), figures={"n": 1}, form_token=token)
    )
    assert len({act.pk for act in acts}) == 1
    assert Act.objects.count() == 1


def test_a_process_killed_between_intent_and_answer_leaves_an_act_that_is_settled_later(
    award: Action, actor: Actor, customer: Target, resolver: Resolver
) -> None:
    act_id = killed_in_mid_call(actor)
    assert ActState.objects.get(act=act_id).outcome == "sent"
    assert not Event.objects.exists()

    call = SlowCall()
    ActState.objects.update(updated_at=timezone.now() - timedelta(seconds=61))
    jobs.settle_open()
    again = perform(
        award,
        by=actor,
        target=customer,
        figures={"credits": 24},
        call=call,
        form_token="the-form-of-a-process-that-died",
    )
    assert (again.outcome, again.repeated, call.calls) == ("unknown", True, 0)

    resolver.answer = Settlement(True, {"status": "DONE"})
    ActState.objects.update(next_look_at=timezone.now())
    jobs.settle_open()
    assert [(event.outcome, event.how) for event in Event.objects.order_by("seq")] == [
        ("unknown", "silence"),
        ("done", "look"),
    ]
    assert verify_ledger().whole
    assert ChainHead.objects.get().seq == 3


def killed_in_mid_call(actor: Actor) -> UUID:
    """The act of a process that was killed while Piggy was being asked."""
    assert actor.shop is not None
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.dying", str(actor.staff.pk), str(actor.shop.pk)],
        env={**os.environ, "TEST_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        word, _, act_id = process.stdout.readline().strip().partition(" ")
        assert word == "asked"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return UUID(act_id)


def test_an_intent_waits_for_the_disk(award: Action, actor: Actor, customer: Target) -> None:
    """SQLite with synchronous=NORMAL (1) may lose its last commits when the power fails, with FULL (2) it does not."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")
    seen: list[Any] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT INTO") and "ledger_act" in sql and "ledger_actstate" not in sql:
            raw = connection.connection.cursor()
            raw.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
            seen.append(raw.fetchone()[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        perform(award, by=actor, target=customer, figures={"credits": 1}, call=lambda act: "answer")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        after = cursor.fetchone()[0]
    assert (seen, after) == (([2], 1) if connection.vendor == "sqlite" else (["local"], "off"))
