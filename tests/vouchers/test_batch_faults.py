"""Whatever goes wrong on the way to Piggy and back, in the end its books hold exactly what was asked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from piggyadmin.ledger.models import Act
from piggyadmin.ledger.settling import look
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.batch_hands import BATCH, LIST, UPDATE, begin, calls, drive, sent_marks, statuses, watch
from vouchers import marks
from vouchers.batches import orders, running, sending
from vouchers.models import BatchRun, RunVoucher

pytestmark = pytest.mark.django_db(transaction=True)

NOT_DONE = ["lost_before", "429", "503", "500", "1000", "401"]
DONE_UNHEARD = ["lost_after", "reset", "503_after", "500_after", "1000_after", "garbage", "html200"]
KINDS = NOT_DONE + DONE_UNHEARD


@pytest.fixture(autouse=True)
def _quick(settings: Any, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BATCH_SETTLE_SECONDS = 1
    sandbox.set(batch_seconds=0.1)
    sandbox.add_attribute(marks.MARK, entity="voucher")
    monkeypatch.setattr(orders, "MOST_IN_BATCH", 10)
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(running, "STUBBORN", 0.1)


def exactly(sandbox: SandboxAccount, run: BatchRun, number: int) -> None:
    """So many usable ones at Piggy, and just these kept, numbered from 1 on."""
    active = {row["uuid"] for row in sandbox.state("voucher") if row["status"] == "ACTIVE"}
    kept = RunVoucher.objects.filter(run=run).exclude(number=None).order_by("number")
    assert len(active) == number
    assert [voucher.number for voucher in kept] == list(range(1, number + 1))
    assert {voucher.piggy_uuid for voucher in kept} == active


def test_every_fault_of_the_batch_call_met_by_one_run(marketing: Person, sandbox: SandboxAccount) -> None:
    for kind in KINDS:
        sandbox.fault(BATCH, kind=kind, skip=1)
    run = drive(begin(marketing, sandbox.add_promotion(), 150))
    assert (run.state, run.reason) == ("done", "")
    exactly(sandbox, run, 150)
    assert {call.fault for call in sandbox.calls} >= set(KINDS)
    open_acts = Act.objects.filter(action="batch.chunk", state__outcome__in=("sent", "unknown", "planned"))
    assert not open_acts.exists()
    taken = Act.objects.filter(action="batch.chunk", state__outcome="done")
    assert sum(act.figures["quantity"] for act in taken) == 150


@pytest.mark.parametrize("kind", ["lost_after", "503_after", "garbage"])
def test_a_call_that_was_done_and_not_heard_is_never_sent_again(
    marketing: Person, sandbox: SandboxAccount, kind: str
) -> None:
    sandbox.fault(BATCH, kind=kind)
    run = drive(begin(marketing, sandbox.add_promotion(), 15))
    assert len(sent_marks(sandbox)) == 2
    exactly(sandbox, run, 15)


def test_every_fault_of_the_reading(marketing: Person, sandbox: SandboxAccount) -> None:
    # Answers are repeated within a call where that may help; three of a kind are more than it repeats.
    for kind in ["503", "reset", "401", "garbage", "html200", "1000", "ignore_filters", "no_attributes"]:
        sandbox.fault(LIST, kind=kind, times=3 if kind in ("503", "reset") else 1, skip=1)
    other = sandbox.add_promotion("Another")
    sandbox.add_many_vouchers(other["uuid"], 5)
    run = drive(begin(marketing, sandbox.add_promotion(), 30))
    assert run.state == "done"
    assert len(sent_marks(sandbox)) == 3
    ours = RunVoucher.objects.filter(run=run).exclude(number=None)
    assert ours.count() == 30


def test_one_call_in_four_fails_whatever_it_is(marketing: Person, sandbox: SandboxAccount) -> None:
    for kind in KINDS:
        sandbox.fault("*", kind=kind, times=-1, chance=0.25 / len(KINDS))
    run = begin(marketing, sandbox.add_promotion(), 120)
    drive(run, seconds=60)
    sandbox.clear_faults()
    watch(run, sandbox, 120)
    run.refresh_from_db()
    assert run.state == "done"
    exactly(sandbox, run, 120)


def test_a_batch_that_surfaces_after_the_settle_time_is_withdrawn(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(BATCH, kind="lost_after")
    sandbox.fault(BATCH, kind="late", seconds=2)
    run = drive(begin(marketing, sandbox.add_promotion(), 4))
    assert run.state == "done"
    watch(run, sandbox, 4)
    assert statuses(sandbox) == {"ACTIVE": 4, "DEACTIVATED": 4}
    exactly(sandbox, run, 4)
    too_many = RunVoucher.objects.filter(run=run, number=None)
    assert {voucher.status for voucher in too_many} == {"DEACTIVATED"}
    surplus = Act.objects.filter(action="batch.surplus")
    assert {act.outcome for act in surplus} == {"done"}
    assert len(surplus) == 4
    assert not any(voucher.code in str(act.figures) for act in surplus for voucher in too_many)


def test_an_answered_batch_that_never_comes_is_made_again(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(BATCH, kind="late", seconds=2.5, skip=1)
    run = drive(begin(marketing, sandbox.add_promotion(), 15))
    first, second = sent_marks(sandbox)[1:3]
    assert (first[-4:], second[-4:]) == (".2.1", ".2.2")
    watch(run, sandbox, 15)
    assert statuses(sandbox) == {"ACTIVE": 15, "DEACTIVATED": 5}
    late = Act.objects.get(form_token__endswith="-2-1")
    assert late.outcome == "done"  # told as not happened, then seen after all


def test_every_fault_of_withdrawing_met_by_one_run(marketing: Person, sandbox: SandboxAccount) -> None:
    """Piggy makes more than it was asked for: some are there under the mark of the run's call before that call."""
    promotion = sandbox.add_promotion()
    run = begin(marketing, promotion, 2)
    mark = marks.mark_for(run_id=run.pk, chunk=1, attempt=1)
    sandbox.add_many_vouchers(promotion["uuid"], len(KINDS), attributes={marks.MARK: mark})
    for kind in KINDS:
        sandbox.fault(UPDATE, kind=kind)
    watch(drive(run), sandbox, 2)
    assert statuses(sandbox) == {"ACTIVE": 2, "DEACTIVATED": len(KINDS)}
    assert {call.fault for call in sandbox.calls} >= set(KINDS)
    assert not Act.objects.filter(action="batch.surplus", state__outcome__in=("sent", "unknown", "planned")).exists()


def test_a_batch_made_in_part_gets_just_the_rest(marketing: Person, sandbox: SandboxAccount) -> None:
    promotion = sandbox.add_promotion()
    sandbox.fault(BATCH, kind="lost_before", skip=1)
    run = begin(marketing, promotion, 20)
    mark = marks.mark_for(run_id=run.pk, chunk=2, attempt=1)
    sandbox.add_many_vouchers(promotion["uuid"], 7, attributes={marks.MARK: mark})
    drive(run)
    assert [row["quantity"] for row in sandbox.state("voucher_batch")] == [10, 3]
    exactly(sandbox, run, 20)
    part = Act.objects.get(form_token__endswith="-2-1")
    assert (part.outcome, part.all_figures["made"]) == ("done", 7)
    sandbox.add_many_vouchers(promotion["uuid"], 3, attributes={marks.MARK: mark})
    watch(run, sandbox, 20)
    exactly(sandbox, run, 20)


def test_nothing_is_sent_again_before_the_settle_time(
    marketing: Person, sandbox: SandboxAccount, settings: Any
) -> None:
    settings.BATCH_SETTLE_SECONDS = 600
    sandbox.fault(BATCH, kind="lost_before")
    run = begin(marketing, sandbox.add_promotion(), 4)
    with pytest.raises(AssertionError, match="running after 2 s"):
        drive(run, seconds=2)
    assert calls(sandbox, BATCH) == 1
    assert run.chunks.get().state == "unknown"


def test_the_ledgers_own_look_asks_what_the_readings_know(
    marketing: Person, sandbox: SandboxAccount, settings: Any
) -> None:
    settings.BATCH_SETTLE_SECONDS = 600
    sandbox.fault(BATCH, kind="lost_before", skip=1)
    run = begin(marketing, sandbox.add_promotion(), 20)
    with pytest.raises(AssertionError, match="running after 1 s"):
        drive(run, seconds=1)
    act = run.chunks.get(number=2).act
    assert look(act.pk).unknown
    assert act.state.reading == {"vouchers with our mark": 0, "asked for": 10}
    # As if ten minutes had gone by, and a whole reading had shown none of them.
    BatchRun.objects.filter(pk=run.pk).update(read_at=timezone.now() + timedelta(seconds=620), not_before=None)
    assert look(act.pk).refused
    assert run.chunks.get(number=2).state == "planned"
    assert drive(run).state == "done"
    exactly(sandbox, run, 20)
