"""Rare turns of a run: two workers at the same rows, late vouchers beside a limit, and what the ledger says of them."""

import hashlib
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.batch_hands import BATCH, actor_of, begin, calls, drive, statuses, watch
from vouchers import marks
from vouchers.batches import controls, looking, orders, reading, resolvers, running, sending, settling, surplus
from vouchers.batches.sending import EXISTS
from vouchers.models import BatchRun, RunVoucher

pytestmark = pytest.mark.django_db(transaction=True)
CREATE = "create_voucher"


@pytest.fixture(autouse=True)
def _quick(settings: Any, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BATCH_SETTLE_SECONDS = 0.6
    sandbox.set(batch_seconds=0.05)
    sandbox.add_attribute(marks.MARK, entity="voucher")
    monkeypatch.setattr(orders, "MOST_IN_BATCH", 10)
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(running, "STUBBORN", 0.1)


def surface(sandbox: SandboxAccount, run: BatchRun, number: int, *, chunk: int = 1, attempt: int = 1) -> None:
    """So many vouchers of this call of the run are there now."""
    mark = marks.mark_for(run_id=run.pk, chunk=chunk, attempt=attempt)
    sandbox.add_many_vouchers(run.promotion_uuid, number, attributes={marks.MARK: mark})


def begun(person: Person, promotion: dict[str, Any], quantity: int, **fields: Any) -> BatchRun:
    """A run whose first call is yet to come, of an account that gives marks back."""
    run = begin(person, promotion, quantity, **fields)
    known = {"begun_at": timezone.now(), "count_before": 0, "tail_page": 1, "marks": "seen"}
    BatchRun.objects.filter(pk=run.pk).update(**known)
    run.refresh_from_db()
    return run


def push(run: BatchRun, seconds: float) -> None:
    """Go on with the run for so long, as if it was due all the time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        BatchRun.objects.filter(pk=run.pk).update(not_before=None)
        running.advance(run.pk, seconds=0.2)
        time.sleep(0.02)
    run.refresh_from_db()


def test_a_reading_does_not_undo_a_claim_made_meanwhile(
    marketing: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(marketing, sandbox.add_promotion(), 10)
    run.chunks.update(attempt=1)  # sent before, and judged as not made
    surface(sandbox, run, 4)
    claimed: list[bool] = []
    threads: list[threading.Thread] = []
    real = reading._row

    def claim() -> None:
        try:
            claimed.append(sending.claim(run.chunks.get()))
        finally:
            connection.close()

    def row(*args: Any) -> Any:
        if not threads:
            threads.append(threading.Thread(target=claim))
            threads[0].start()
            threads[0].join(0.3)
        return real(*args)

    monkeypatch.setattr(reading, "_row", row)
    with piggy.as_job():
        reading.read_on(run)
    threads[0].join(10)
    chunk = run.chunks.get()
    assert chunk.made == 4
    assert (chunk.state, chunk.attempt) == (("sent", 2) if claimed[0] else ("planned", 1))


# Late vouchers fill what is short before any is withdrawn -----------------------------------------------------------


def test_late_vouchers_fill_what_was_not_sent_yet(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begun(marketing, sandbox.add_promotion(voucher_limit=20), 20)
    run.chunks.filter(number=1).update(state="sent", attempt=1, answered=True, sent_at=timezone.now())
    run.chunks.filter(number=2).update(not_before=timezone.now() + timedelta(seconds=20))
    surface(sandbox, run, 20)
    run = drive(run)
    assert (run.state, statuses(sandbox), calls(sandbox, BATCH)) == ("done", {"ACTIVE": 20}, 0)
    assert list(run.chunks.values_list("made", "state")) == [(10, "done"), (10, "done")]
    assert sorted(run.vouchers.values_list("number", flat=True)) == list(range(1, 21))
    assert not Act.objects.filter(action="batch.surplus").exists()


def test_a_run_that_met_piggys_limit_is_done_once_all_are_there_after_all(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    run = begun(marketing, sandbox.add_promotion(voucher_limit=20), 20)
    run.chunks.filter(number=1).update(attempt=1)  # sent before, and judged as not made
    surface(sandbox, run, 20)
    push(drive(run), 0.3)
    run.refresh_from_db()
    assert Act.objects.get(action="batch.chunk").state.code == "80008"
    assert (run.state, run.code, run.reason, statuses(sandbox)) == ("done", "", "", {"ACTIVE": 20})
    assert list(run.chunks.values_list("made", "state")) == [(10, "done"), (10, "done")]
    assert not Act.objects.filter(action="batch.surplus").exists()


def test_nothing_is_withdrawn_while_a_call_is_in_doubt(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begun(marketing, sandbox.add_promotion(voucher_limit=23), 20)
    run.chunks.update(state="unknown", attempt=1, sent_at=timezone.now())
    surface(sandbox, run, 23)
    run = drive(run)
    assert (run.state, statuses(sandbox), calls(sandbox, BATCH)) == ("done", {"ACTIVE": 20, "DEACTIVATED": 3}, 0)


def test_late_vouchers_of_a_cancelled_run_fill_nothing(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begun(marketing, sandbox.add_promotion(), 20)
    run.chunks.filter(number=1).update(state="sent", attempt=1, answered=True, sent_at=timezone.now())
    assert controls.cancel(run=run, actor=actor_of(marketing), token=form_token())
    surface(sandbox, run, 13)
    run = drive(run)
    assert (run.state, statuses(sandbox)) == ("cancelled", {"ACTIVE": 10, "DEACTIVATED": 3})


def test_what_fills_a_gap_meanwhile_is_not_withdrawn(
    marketing: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(marketing, sandbox.add_promotion(), 10)
    surface(sandbox, run, 11)
    with piggy.as_job():
        reading.read_on(run)
        extra = surplus.surplus(run).select_related("chunk").get()
        RunVoucher.objects.filter(pk=extra.pk).update(number=11)  # another worker was quicker
        assert not surplus.withdraw(run, extra)
    assert statuses(sandbox) == {"ACTIVE": 11}


# Codes of one's own -----------------------------------------------------------------------------------------------


def test_a_code_that_exists_is_refused_also_when_the_first_call_was_turned_away(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    promotion = sandbox.add_promotion()
    sandbox.add_voucher("TAKEN001", promotion_uuid=promotion["uuid"])
    sandbox.fault(CREATE, kind="429", retry_after=0)
    run = drive(begun(marketing, promotion, 2, own_codes=("TAKEN001", "FREE0001")))
    assert run.state == "done"
    assert list(run.chunks.values_list("attempt", "state", "reason")) == [(2, "refused", EXISTS), (1, "done", "")]


def test_a_voucher_that_piggy_answered_with_is_ours_although_its_mark_does_not_show(
    marketing: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault("find_voucher_by_code", kind="no_attributes", times=-1)
    real = looking.keep

    def killed(*args: Any) -> None:
        monkeypatch.setattr(looking, "keep", real)
        raise KeyboardInterrupt

    monkeypatch.setattr(looking, "keep", killed)
    run = begun(marketing, sandbox.add_promotion(), 2, own_codes=("CODE0001", "FREE0001"))
    with pytest.raises(KeyboardInterrupt):
        running.advance(run.pk)
    run = drive(run)
    assert (run.state, set(run.chunks.values_list("state", flat=True))) == ("done", {"done"})


# What the ledger says ---------------------------------------------------------------------------------------------


def chunk_acts() -> list[Act]:
    return list(Act.objects.filter(action="batch.chunk").select_related("state").order_by("seq"))


def test_a_call_told_as_not_made_is_made_as_soon_as_part_of_it_shows(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    sandbox.fault(BATCH, kind="lost_before")
    run = drive(begun(marketing, sandbox.add_promotion(), 10))
    assert [(act.outcome, act.state.code) for act in chunk_acts()] == [("refused", settling.ABSENT), ("done", "")]
    surface(sandbox, run, 3)
    BatchRun.objects.update(not_before=None)
    watch(run, sandbox, 10)
    first = chunk_acts()[0]
    assert (first.outcome, first.state.figures["made"]) == ("done", 3)


def test_a_worker_killed_before_it_told_the_ledger_leaves_that_to_the_next_reading(
    marketing: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault(BATCH, kind="lost_after")
    told: list[bool] = []
    real = settling.settle_seen

    def killed(calls: Any) -> None:
        if not told and list(calls):
            told.append(True)
            raise KeyboardInterrupt
        real(calls)

    monkeypatch.setattr(settling, "settle_seen", killed)
    run = begun(marketing, sandbox.add_promotion(), 10)
    with pytest.raises(KeyboardInterrupt):
        running.advance(run.pk, seconds=5)
    assert [act.outcome for act in chunk_acts()] == ["unknown"]
    with piggy.as_job():
        reading.read_on(BatchRun.objects.get(pk=run.pk))
    assert [act.outcome for act in chunk_acts()] == ["done"]


def test_how_long_a_call_may_have_waited_for_its_turn_counts_towards_the_settle_time(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    sandbox.fault(BATCH, kind="lost_before")
    run = begun(marketing, sandbox.add_promotion(), 10)
    chunk = run.chunks.get()
    with piggy.as_job():
        assert sending.claim(chunk)
        sending.send(run, chunk)
    (act,) = chunk_acts()
    for seconds, happened in ((2, None), (settings.PIGGY_TIMEOUT + 1, False)):
        BatchRun.objects.update(read_at=act.sent_at + timedelta(seconds=seconds))
        settlement = resolvers.resolve_chunk(act)
        assert settlement is not None
        assert settlement.happened is happened


def test_calls_that_piggy_had_wait_are_no_tries_of_a_call_that_is_turned_away(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    sandbox.fault(BATCH, kind="429", retry_after=0, times=sending.MOST_TRIES)
    sandbox.fault(BATCH, kind="401")
    run = drive(begun(marketing, sandbox.add_promotion(), 10))
    assert (run.state, run.chunks.get().attempt) == ("done", sending.MOST_TRIES + 2)


def test_the_digest_of_an_order_tells_nobody_its_codes() -> None:
    order = orders.Order("promotion", "Summer", 1, own_codes=("AB123",))
    plain = hashlib.sha256(canonical([{}, ["AB123"]]).encode("ascii")).hexdigest()
    other = orders.Order("promotion", "Summer", 1, own_codes=("AB124",))
    assert order.figures() == order.figures()
    assert order.figures()["content"] not in (plain, other.figures()["content"])
