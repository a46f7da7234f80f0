"""A run makes exactly what was asked for, reads it back, and ends with a sentence that is true."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from piggyadmin.ledger import approvals
from piggyadmin.ledger.door import OtherValues, form_token
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.verifying import verify_ledger
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.batch_hands import BATCH, LIST, actor_of, begin, calls, drive, sent_marks, statuses
from vouchers import marks
from vouchers.batches import controls, jobs, orders, running, sending, starting
from vouchers.batches.actions import BATCH_RUN
from vouchers.batches.orders import Order
from vouchers.models import BatchRun, Progress, RunVoucher

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quick(settings: Any, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BATCH_SETTLE_SECONDS = 1
    sandbox.set(batch_seconds=0.1)
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.02)


@pytest.fixture
def tens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls for ten vouchers instead of 500."""
    monkeypatch.setattr(orders, "MOST_IN_BATCH", 10)


def test_1200_vouchers_take_three_calls_and_are_all_read_back(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.set(batch_seconds=0)  # how often it asks again while it waits is another matter
    promotion = sandbox.add_promotion("Summer")
    sandbox.add_many_vouchers(promotion["uuid"], 37)
    run = drive(begin(marketing, promotion, 1200))
    assert (run.state, run.marks, run.ended_at is not None) == ("done", "seen", True)
    assert (run.count_before, run.watch_until) == (37, None)
    assert list(run.chunks.values_list("number", "quantity", "made", "state", "attempt")) == [
        (1, 500, 500, "done", 1),
        (2, 500, 500, "done", 1),
        (3, 200, 200, "done", 1),
    ]
    kept = list(RunVoucher.objects.filter(run=run).order_by("number"))
    assert [voucher.number for voucher in kept] == list(range(1, 1201))
    ours = [row["code"] for row in sandbox.state("voucher") if row["attributes"]]
    assert sorted(voucher.code for voucher in kept) == sorted(ours)
    assert calls(sandbox, BATCH) == 3
    assert calls(sandbox, LIST) <= 6  # to count, and a page of 500 for each 500
    assert verify_ledger().whole


def test_what_was_ordered_is_what_every_voucher_has(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute("channel", entity="voucher")
    contact = sandbox.add_contact("ada@mail.example")
    since, until = timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=90)
    fields = {"contact_uuid": contact["uuid"], "activation_date": since, "expiration_date": until}
    run = drive(begin(marketing, sandbox.add_promotion(), 3, attributes={"channel": "mail"}, label="June", **fields))
    assert run.state == "done"
    for row in sandbox.state("voucher"):
        assert (row["contact_uuid"], row["attributes"]["channel"]) == (contact["uuid"], "mail")
        assert marks.chunk_and_attempt(row["attributes"][marks.MARK], run_id=run.pk) == (1, 1)
    assert {voucher.status for voucher in RunVoucher.objects.all()} == {"INACTIVE"}
    assert "channel" in run.act.figures["attributes"]
    assert "June" not in str(run.act.figures)


def test_a_form_sent_twice_begins_one_run(marketing: Person, sandbox: SandboxAccount) -> None:
    order, actor = Order(sandbox.add_promotion()["uuid"], "Summer", 3), actor_of(marketing)
    first = starting.begin(order=order, actor=actor, token="one")
    assert starting.begin(order=order, actor=actor, token="one") == first
    with pytest.raises(OtherValues):
        starting.begin(order=Order(order.promotion_uuid, "Summer", 4), actor=actor, token="one")
    assert BatchRun.objects.count() == 1


def test_an_approval_is_used_once_and_for_just_this(marketing: Person, admin: Person, sandbox: SandboxAccount) -> None:
    order, actor = Order(sandbox.add_promotion()["uuid"], "Summer", 9000), actor_of(marketing)
    asked = approvals.request_approval(
        BATCH_RUN, by=actor, target=starting.target_of(order), figures=order.figures(), reason="The mailing"
    )
    with pytest.raises(ValidationError):
        starting.begin(order=order, actor=actor, token="early", approval=asked.pk)
    approvals.decide(asked.pk, by=actor_of(admin), granted=True)
    more = Order(order.promotion_uuid, "Summer", 9001)
    with pytest.raises(PermissionDenied):
        starting.begin(order=more, actor=actor, token="more", approval=asked.pk)
    run = starting.begin(order=order, actor=actor, token="now", approval=asked.pk)
    assert starting.begin(order=order, actor=actor, token="now", approval=asked.pk) == run
    with pytest.raises(ValidationError):
        starting.begin(order=order, actor=actor, token="again", approval=asked.pk)
    assert (run.approved_by, run.act.parent, BatchRun.objects.count()) == (admin.staff, asked.act, 1)


def test_who_may_not_make_vouchers_begins_nothing(desk: Person, sandbox: SandboxAccount) -> None:
    with pytest.raises(PermissionDenied):
        begin(desk, sandbox.add_promotion(), 3)
    assert not BatchRun.objects.exists()


@pytest.mark.usefixtures("tens")
def test_a_maker_who_lost_the_right_does_not_stop_the_run(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begin(marketing, sandbox.add_promotion(), 20)
    marketing.staff.groups.clear()
    assert drive(run).state == "done"
    assert {act.parent for act in Act.objects.filter(action="batch.chunk")} == {run.act}


@pytest.mark.usefixtures("tens")
def test_many_workers_at_once_send_each_chunk_once(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begin(marketing, sandbox.add_promotion(), 100)

    def work() -> None:
        try:
            for _ in range(12):
                # As if every lease had run out: all of them are at it, really at once.
                BatchRun.objects.filter(pk=run.pk).update(claimed_until=None)
                running.advance(run.pk, seconds=0.3)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drive(run).state == "done"
    sent = sent_marks(sandbox)
    assert len(sent) == len(set(sent)) == 10
    assert statuses(sandbox) == {"ACTIVE": 100}
    numbers = RunVoucher.objects.filter(run=run).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 101))


@pytest.mark.usefixtures("tens")
def test_piggys_limit_ends_the_run_with_what_was_made_and_why(marketing: Person, sandbox: SandboxAccount) -> None:
    run = drive(begin(marketing, sandbox.add_promotion(voucher_limit=25), 40))
    assert (run.state, run.code) == ("refused", "80008")
    assert run.reason == "Piggy’s limit of 25 vouchers for this promotion is reached."
    assert [chunk.state for chunk in run.chunks.all()] == ["done", "done", "refused", "planned"]
    assert RunVoucher.objects.filter(run=run).count() == 20
    assert calls(sandbox, BATCH) == 3


@pytest.mark.usefixtures("tens")
def test_a_promotion_that_is_not_active_any_more_ends_the_run(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(BATCH, kind="refused", value=80020, skip=1, times=-1)
    run = drive(begin(marketing, sandbox.add_promotion(), 30))
    assert (run.state, run.code) == ("refused", "80020")
    assert RunVoucher.objects.filter(run=run).count() == 10


def test_a_promotion_that_vanished_ends_the_run_before_anything_is_sent(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    run = drive(begin(marketing, {"uuid": "gone", "name": "Gone"}, 3))
    assert (run.state, run.code, calls(sandbox, BATCH)) == ("refused", "80002", 0)


@pytest.mark.usefixtures("tens")
def test_a_promotion_that_vanishes_meanwhile_ends_the_run(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(LIST, kind="refused", value=80002, skip=2, times=2)
    run = drive(begin(marketing, sandbox.add_promotion(), 30))
    assert (run.state, run.code, calls(sandbox, BATCH)) == ("refused", "80002", 1)
    assert run.reason == "Piggy does not know this promotion."
    assert RunVoucher.objects.filter(run=run).count() == 10


def test_busy_means_later_and_not_no(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(BATCH, kind="429", times=2, retry_after=1)
    run = drive(begin(marketing, sandbox.add_promotion(), 3))
    assert (run.state, run.chunks.get().attempt, len(sent_marks(sandbox))) == ("done", 3, 1)
    assert {act.outcome for act in Act.objects.filter(action="batch.chunk")} == {"done", "refused"}


@pytest.mark.usefixtures("tens")
def test_pause_go_on_and_cancel_between_two_calls(marketing: Person, sandbox: SandboxAccount) -> None:
    run, actor = begin(marketing, sandbox.add_promotion(), 30), actor_of(marketing)
    assert controls.pause(run=run, actor=actor, token="p")
    assert not controls.pause(run=run, actor=actor, token="p")
    assert (drive(run).state, calls(sandbox, BATCH)) == ("paused", 0)
    assert controls.resume(run=run, actor=actor, token="r")
    while calls(sandbox, BATCH) < 1:
        running.advance(run.pk, seconds=0)
    assert controls.cancel(run=run, actor=actor, token="c")
    run = drive(run)
    sent = calls(sandbox, BATCH)
    assert (run.state, sent) == ("cancelled", 1)
    assert RunVoucher.objects.filter(run=run).count() == 10 == statuses(sandbox)["ACTIVE"]
    assert not controls.resume(run=run, actor=actor, token="r2")
    told = Act.objects.filter(target_kind="batch", staff=marketing.staff).order_by("seq")
    assert [act.action for act in told] == ["batch.paused", "batch.resumed", "batch.cancelled"]


@pytest.mark.parametrize("own_codes", [(), ("SUMMER-0001", "SUMMER-0002")])
def test_a_run_paused_after_its_last_call_ends_by_itself(
    marketing: Person, sandbox: SandboxAccount, own_codes: tuple[str, ...]
) -> None:
    run = begin(marketing, sandbox.add_promotion(), 2, own_codes=own_codes)
    while run.chunks.filter(state=Progress.PLANNED).exists():
        running.advance(run.pk, seconds=0)
    assert controls.pause(run=run, actor=actor_of(marketing), token=form_token())
    told = marketing.get(f"/vouchers/batches/{run.pk}/").text
    assert "Every call was sent before the pause" in told
    assert "Nothing more is sent" not in told
    run = drive(run)
    assert (run.state, run.ended_at is not None, RunVoucher.objects.filter(run=run).count()) == ("done", True, 2)


@pytest.mark.usefixtures("tens")
def test_a_paused_run_whose_last_call_was_not_made_waits_for_go_on(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(BATCH, kind="lost_before")
    run = begin(marketing, sandbox.add_promotion(), 10)
    while not calls(sandbox, BATCH):
        running.advance(run.pk, seconds=0)
    assert controls.pause(run=run, actor=actor_of(marketing), token=form_token())
    assert (drive(run).state, run.chunks.get().state, calls(sandbox, BATCH)) == ("paused", "planned", 1)
    assert "Nothing more is sent until somebody presses Go on." in marketing.get(f"/vouchers/batches/{run.pk}/").text
    assert controls.resume(run=run, actor=actor_of(marketing), token=form_token())
    assert (drive(run).state, statuses(sandbox)) == ("done", {"ACTIVE": 10})


def test_pages_nudge_a_run_that_nobody_is_at(marketing: Person, sandbox: SandboxAccount) -> None:
    run = begin(marketing, sandbox.add_promotion(), 3)
    assert jobs.advance_open() == 1
    BatchRun.objects.update(claimed_until=timezone.now() + timedelta(seconds=9))
    assert jobs.advance_open() == 0
    assert not running.advance(run.pk)
    assert calls(sandbox, LIST) == 0
