"""Where nobody can tell what was made, the run stops and a person decides. And codes of one's own."""

from typing import Any

import pytest

from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.batch_hands import BATCH, LIST, actor_of, begin, calls, drive
from vouchers import marks
from vouchers.batches import controls, orders, running, sending
from vouchers.models import BatchRun, RunVoucher

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ["lost_before", "lost_after", "reset", "503", "503_after", "429", "401", "garbage", "1000_after"]
CREATE, FIND = "create_voucher", "find_voucher_by_code"


@pytest.fixture(autouse=True)
def _quick(settings: Any, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BATCH_SETTLE_SECONDS = 1
    sandbox.set(batch_seconds=0.1)
    monkeypatch.setattr(orders, "MOST_IN_BATCH", 10)
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.02)


def test_marks_that_do_not_come_back_stop_the_run_after_one_call(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault(LIST, kind="no_attributes", times=-1)
    promotion = sandbox.add_promotion()
    sandbox.add_many_vouchers(promotion["uuid"], 7)
    run = drive(begin(marketing, promotion, 30))
    assert (run.state, run.marks, calls(sandbox, BATCH)) == ("doubt", "missing", 1)
    assert "had 7 vouchers before, has 17 now, and we asked for 10" in run.reason
    assert not RunVoucher.objects.exists()
    assert controls.decide(run=run, actor=actor_of(marketing), token="d", reason="Counted in Piggy: 10 are there.")
    run.refresh_from_db()
    assert (run.state, run.ended_at is not None) == ("cancelled", True)
    assert Act.objects.get(action="batch.decided").details.get().words["reason"].startswith("Counted")


def test_marks_that_were_only_left_out_for_a_while_let_the_run_go_on(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    sandbox.fault(LIST, kind="no_attributes", times=-1)
    run = drive(begin(marketing, sandbox.add_promotion(), 30))
    assert run.state == "doubt"
    sandbox.clear_faults()
    BatchRun.objects.update(not_before=None)
    while run.state == "doubt":
        running.advance(run.pk, seconds=1)
        run.refresh_from_db()
    run = drive(run)
    assert (run.state, run.marks, RunVoucher.objects.count()) == ("done", "seen", 30)


def test_a_lost_first_call_is_sent_again_only_if_the_count_has_not_risen(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    promotion = sandbox.add_promotion()
    sandbox.fault(BATCH, kind="lost_before")
    assert drive(begin(marketing, promotion, 5)).state == "done"
    BatchRun.objects.update(marks="")  # nothing was ever seen of this account
    sandbox.fault(BATCH, kind="lost_before")
    run = begin(marketing, promotion, 5)
    while run.begun_at is None:
        running.advance(run.pk, seconds=0)
        run.refresh_from_db()
    sandbox.add_many_vouchers(promotion["uuid"], 2)  # somebody else's, or ours without a mark
    run = drive(run)
    assert run.state == "doubt"


def test_an_account_that_takes_no_mark_gets_no_call_at_all(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault("create_custom_attribute", kind="refused", value=60000, times=-1)
    run = drive(begin(marketing, sandbox.add_promotion(), 5))
    assert (run.state, calls(sandbox, BATCH)) == ("doubt", 0)
    assert run.reason.endswith("Nothing was sent.")


# Codes of one's own -----------------------------------------------------------------------------------------------


def own(marketing: Person, sandbox: SandboxAccount, *codes: str) -> BatchRun:
    sandbox.add_attribute(marks.MARK, entity="voucher")
    return begin(marketing, sandbox.add_promotion(), len(codes), own_codes=codes)


def made(sandbox: SandboxAccount) -> list[str]:
    return sorted(row["code"] for row in sandbox.state("voucher"))


def test_each_code_becomes_one_voucher(marketing: Person, sandbox: SandboxAccount) -> None:
    run = drive(own(marketing, sandbox, "SUMMER-0001", "SUMMER-0002", "SUMMER-0003"))
    assert (run.state, run.kind, run.marks) == ("done", "own_codes", "seen")
    assert made(sandbox) == ["SUMMER-0001", "SUMMER-0002", "SUMMER-0003"]
    assert list(RunVoucher.objects.order_by("number").values_list("number", "code")) == [
        (1, "SUMMER-0001"),
        (2, "SUMMER-0002"),
        (3, "SUMMER-0003"),
    ]
    assert not any("SUMMER" in str(act.figures) for act in Act.objects.all())
    assert calls(sandbox, CREATE) == 3
    assert calls(sandbox, FIND) == 0


def test_a_code_that_exists_is_refused_and_the_others_go_on(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_voucher("SUMMER-0002")
    run = drive(own(marketing, sandbox, "SUMMER-0001", "SUMMER-0002", "SUMMER-0003"))
    assert run.state == "done"
    refused = run.chunks.get(state="refused")
    assert (refused.own_code, refused.reason) == ("SUMMER-0002", "A voucher with this code exists already.")
    assert RunVoucher.objects.count() == 2


def test_every_fault_of_making_one_makes_it_once(marketing: Person, sandbox: SandboxAccount) -> None:
    for kind in KINDS:
        sandbox.fault(CREATE, kind=kind, times=2)
    codes = [f"SUMMER-{number:04}" for number in range(10)]
    run = drive(own(marketing, sandbox, *codes))
    assert (run.state, {chunk.state for chunk in run.chunks.all()}) == ("done", {"done"})
    assert made(sandbox) == codes
    assert {call.fault for call in sandbox.calls} >= set(KINDS)
    assert RunVoucher.objects.exclude(number=None).count() == len(codes)
    assert not Act.objects.filter(action="batch.code", state__outcome__in=("sent", "unknown", "planned")).exists()


def test_piggys_limit_ends_a_run_of_codes(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute(marks.MARK, entity="voucher")
    run = begin(marketing, sandbox.add_promotion(voucher_limit=1), 3, own_codes=("AB-00001", "AB-00002", "AB-00003"))
    run = drive(run)
    assert (run.state, run.code, made(sandbox)) == ("refused", "80008", ["AB-00001"])


def test_a_code_without_our_mark_after_a_lost_answer_is_for_a_person(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    sandbox.fault(CREATE, kind="lost_after")
    sandbox.fault(FIND, kind="no_attributes", times=-1)
    run = drive(own(marketing, sandbox, "SUMMER-0001", "SUMMER-0002"))
    assert (run.state, made(sandbox)) == ("doubt", ["SUMMER-0001", "SUMMER-0002"])
    assert [chunk.state for chunk in run.chunks.all()] == ["unknown", "done"]
