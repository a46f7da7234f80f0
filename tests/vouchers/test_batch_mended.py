"""Rare turns of a run: whoever stopped it, whatever Piggy hides or refuses, it ends and sends nothing it should not."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.batch_hands import BATCH, LIST, UPDATE, actor_of, begin, calls, drive, statuses
from vouchers import marks
from vouchers.batches import controls, orders, running, sending, services, surplus
from vouchers.batches.progress import picture
from vouchers.models import BatchRun, RunVoucher

pytestmark = pytest.mark.django_db(transaction=True)
CREATE, FIND = "create_voucher", "find_voucher_by_code"


@pytest.fixture(autouse=True)
def _quick(settings: Any, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BATCH_SETTLE_SECONDS = 0.5
    sandbox.set(batch_seconds=0.05)
    sandbox.add_attribute(marks.MARK, entity="voucher")
    monkeypatch.setattr(orders, "MOST_IN_BATCH", 10)
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(running, "STUBBORN", 0.01)


def push(run: BatchRun, until: Callable[[], bool], *, seconds: float = 10) -> None:
    """Go on with the run, as if it was due all the time, until something has come about."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, f"{run.state} {run.reason} {list(run.chunks.values('number', 'state', 'made'))}"
        BatchRun.objects.filter(pk=run.pk).update(not_before=None)
        running.advance(run.pk, seconds=0.5)
        run.refresh_from_db()


def first_call(run: BatchRun, sandbox: SandboxAccount) -> None:
    """Go on until the first call is sent, and what it made is there."""
    while not statuses(sandbox)["ACTIVE"]:
        running.advance(run.pk, seconds=0)


def begun(person: Person, promotion: dict[str, Any], quantity: int) -> BatchRun:
    """A run whose first call is yet to come, of an account that gives marks back."""
    run = begin(person, promotion, quantity)
    known = {"begun_at": timezone.now(), "count_before": 0, "tail_page": 1, "marks": "seen"}
    BatchRun.objects.filter(pk=run.pk).update(**known)
    run.refresh_from_db()
    return run


def surface(sandbox: SandboxAccount, run: BatchRun, number: int, *, attempt: int = 1) -> None:
    """So many vouchers of this try at the first call are there now."""
    mark = marks.mark_for(run_id=run.pk, chunk=1, attempt=attempt)
    sandbox.add_many_vouchers(run.promotion_uuid, number, attributes={marks.MARK: mark})


# Stopped by a person, then doubt -----------------------------------------------------------------------------------


def test_a_cancelled_run_ends_where_marks_do_not_come_back(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(LIST, kind="no_attributes", times=-1)
    run = begin(marketing, sandbox.add_promotion(), 30)
    first_call(run, sandbox)
    assert controls.cancel(run=run, actor=actor_of(marketing), token=form_token())
    push(run, lambda: run.ended_at is not None)
    assert (run.state, run.marks) == ("cancelled", "missing")
    assert "we asked for 10" in run.reason
    sandbox.clear_faults()
    push(run, lambda: run.marks == "seen")
    assert (run.state, calls(sandbox, BATCH), run.vouchers.count()) == ("cancelled", 1, 10)


def test_a_refused_run_in_doubt_ends_and_says_both(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(LIST, kind="no_attributes", times=-1)
    run = begin(marketing, sandbox.add_promotion(), 30)
    first_call(run, sandbox)
    BatchRun.objects.filter(pk=run.pk).update(state="refused", code="80008", reason="The limit is reached.")
    push(run, lambda: run.ended_at is not None)
    assert (run.state, run.code) == ("refused", "80008")
    assert run.reason.startswith("The limit is reached. Piggy does not give our marks back")


def test_a_paused_run_stays_paused_once_its_doubt_is_over(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(LIST, kind="no_attributes", times=-1)
    run = begin(marketing, sandbox.add_promotion(), 30)
    first_call(run, sandbox)
    assert controls.pause(run=run, actor=actor_of(marketing), token=form_token())
    push(run, lambda: run.state == "doubt")
    sandbox.clear_faults()
    push(run, lambda: run.state != "doubt")
    running.advance(run.pk, seconds=0.2)
    assert (run.state, run.reason, calls(sandbox, BATCH)) == ("paused", "", 1)


def test_a_cancelled_run_of_codes_ends_where_one_has_no_mark(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(CREATE, kind="lost_after")
    sandbox.fault(FIND, kind="no_attributes", times=-1)
    run = begin(marketing, sandbox.add_promotion(), 2, own_codes=("SUMMER-0001", "SUMMER-0002"))
    first_call(run, sandbox)
    assert controls.cancel(run=run, actor=actor_of(marketing), token=form_token())
    push(run, lambda: run.ended_at is not None)
    assert run.state == "cancelled"
    assert "1 of the codes exist" in run.reason
    assert calls(sandbox, CREATE) == 1


# The promotion is gone ---------------------------------------------------------------------------------------------


def test_a_run_ends_as_it_stands_when_its_promotion_is_gone_for_good(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    run = begin(marketing, sandbox.add_promotion(), 30)
    sandbox.set(batch_seconds=60)
    while not calls(sandbox, BATCH):
        running.advance(run.pk, seconds=0)
    sandbox.fault("*", kind="refused", value=80002, times=-1)
    push(run, lambda: run.ended_at is not None)
    assert (run.state, run.code, run.watch_until) == ("refused", "80002", None)
    chunk = run.chunks.get(number=1)
    assert (chunk.state, chunk.made) == ("unknown", 0)
    words = picture(run).open_chunks[0].words
    assert "of it was seen" in words
    assert "again" not in words
    assert services.read_again(run=run)
    run.refresh_from_db()
    push(run, lambda: run.watch_until is None and run.read_page == 0)


def test_a_voucher_too_many_that_is_gone_ends_no_run(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begin(marketing, sandbox.add_promotion(), 2)
    surface(sandbox, run, 1)
    sandbox.fault(UPDATE, kind="lost_before")
    sandbox.fault(FIND, kind="refused", value=80004, times=-1)
    run = drive(run)
    assert (run.state, statuses(sandbox)) == ("done", {"ACTIVE": 2, "DEACTIVATED": 1})


def test_whoever_lost_the_run_while_seeing_to_marks_does_not_count(
    marketing: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(marketing, sandbox.add_promotion(), 2)

    def slow(*args: Any) -> bool:
        BatchRun.objects.filter(pk=run.pk).update(claimed_until=None)  # the lease ran out
        return True

    monkeypatch.setattr(type(marks.ATTRIBUTE), "ensure", slow)
    assert not running.advance(run.pk, seconds=1)
    run.refresh_from_db()
    assert (calls(sandbox, LIST), run.begun_at) == (0, None)


# Vouchers too many that Piggy does not let go ----------------------------------------------------------------------


def test_a_voucher_that_cannot_be_withdrawn_is_tried_some_times_and_told(
    marketing: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surplus, "MOST_TRIES", 2)
    run = begin(marketing, sandbox.add_promotion(), 2)
    surface(sandbox, run, 3)
    sandbox.fault(UPDATE, kind="refused", value=1003, times=-1)
    push(run, lambda: run.ended_at is not None and surplus.given_up(run).count() == 3)
    assert (run.state, Act.objects.filter(action="batch.surplus").count()) == ("done", 6)
    seen = picture(run)
    assert (seen.surplus, seen.surplus_open, seen.surplus_stuck) == (3, 0, 3)
    page = marketing.get(reverse("vouchers:batch", args=[run.pk]))
    assert "3 of them could not be withdrawn" in page.content.decode()


def test_the_wait_between_two_tries_grows(
    marketing: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "STUBBORN", 9.0)
    run = begin(marketing, sandbox.add_promotion(), 2)
    surface(sandbox, run, 1)
    sandbox.fault(UPDATE, kind="refused", value=1003, times=-1)
    tries = Act.objects.filter(action="batch.surplus")
    for number, wait in enumerate((9, 18, 36), start=1):
        push(run, lambda n=number: tries.count() == n)  # type: ignore[misc]
        running.advance(run.pk, seconds=0.1)
        assert tries.count() == number
        voucher = surplus.next_one(run)
        assert voucher is not None
        assert wait - 5 < surplus.waits_for(voucher, first=running.STUBBORN) <= wait
        RunVoucher.objects.filter(pk=voucher.pk).update(read_at=timezone.now() - timedelta(seconds=wait))


def test_busy_stops_the_round(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begin(marketing, sandbox.add_promotion(), 2)
    surface(sandbox, run, 3)
    sandbox.fault(UPDATE, kind="429", retry_after=30, times=-1)
    push(run, lambda: Act.objects.filter(action="batch.surplus").exists())
    assert Act.objects.filter(action="batch.surplus").count() == 1
    run.refresh_from_db()
    assert run.not_before is not None


# Marks that vanish -------------------------------------------------------------------------------------------------


def test_marks_that_vanish_after_they_were_seen_are_for_a_person(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begin(marketing, sandbox.add_promotion(), 30)
    while run.marks != "seen":
        running.advance(run.pk, seconds=0)
        run.refresh_from_db()
    sandbox.fault(LIST, kind="no_attributes", times=-1)
    push(run, lambda: run.state == "doubt")
    assert run.reason.startswith("Piggy shows vouchers of this batch without our marks")
    sandbox.clear_faults()
    push(run, lambda: run.ended_at is not None)
    assert (run.state, run.reason, statuses(sandbox)["ACTIVE"]) == ("done", "", 30)


def test_a_run_that_ended_is_read_again_also_without_its_marks(marketing: Person, sandbox: SandboxAccount) -> None:
    run = drive(begin(marketing, sandbox.add_promotion(), 2, own_codes=("SUMMER-0001", "SUMMER-0002")))
    sandbox.fault(LIST, kind="no_attributes", times=-1)
    read_at = timezone.now()
    assert services.read_again(run=run)
    run.refresh_from_db()
    push(run, lambda: run.watch_until is None)
    assert (run.state, run.read_page) == ("done", 0)
    assert run.read_at is not None
    assert run.read_at >= read_at


# Long ago ----------------------------------------------------------------------------------------------------------


def test_what_was_absent_before_a_pause_is_read_again_before_it_is_sent(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    sandbox.fault(BATCH, kind="lost_before")
    run = begun(marketing, sandbox.add_promotion(), 10)
    while not calls(sandbox, BATCH):
        running.advance(run.pk, seconds=0)
    assert controls.pause(run=run, actor=actor_of(marketing), token=form_token())
    push(run, lambda: run.chunks.get().state == "planned")
    surface(sandbox, run, 10)
    assert controls.resume(run=run, actor=actor_of(marketing), token=form_token())
    run = drive(run)
    assert (run.state, calls(sandbox, BATCH), statuses(sandbox)) == ("done", 1, {"ACTIVE": 10})
