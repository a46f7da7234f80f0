"""Every fault of Piggy while vouchers are changed: one effect each by the sandbox's own books, and no false "done"."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActState
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.runs import batch_run
from vouchers.changing import jobs, services, writing
from vouchers.changing.selecting import Selection
from vouchers.check import services as check
from vouchers.models import BatchRun, Progress, RunVoucher, VoucherChange, VoucherChangeItem

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
UNTOUCHED = ["429", "401"]


@pytest.fixture
def actor(marketing: Person) -> Actor:
    return Actor(marketing.staff, "marketing", marketing.shop)


@pytest.fixture
def run(sandbox: SandboxAccount, marketing: Person) -> BatchRun:
    promotion = sandbox.add_promotion("Summer")["uuid"]
    run = batch_run(marketing.staff, vouchers=6, promotion_uuid=promotion)
    for row in run.vouchers.all():
        sandbox.add_voucher(row.code, uuid=row.piggy_uuid, promotion_uuid=promotion)
    return run


def begin(run: BatchRun, actor: Actor, kind: str = "deactivate") -> VoucherChange:
    made = services.plan(kind=kind, selection=Selection(run=run), until=None, actor=actor)
    return services.begin(made=made, actor=actor, token="one-form-of-the-test")


def as_if_later() -> None:
    """All waits of ours are over."""
    VoucherChange.objects.update(not_before=None, claimed_until=None)
    VoucherChangeItem.objects.update(not_before=None)
    long_ago = timezone.now() - timedelta(days=1)
    ActState.objects.exclude(not_before=None).update(not_before=long_ago)
    ActState.objects.exclude(next_look_at=None).update(next_look_at=long_ago)


def work_on(change: VoucherChange, rounds: int = 12) -> None:
    for _ in range(rounds):
        as_if_later()
        jobs.advance(str(change.pk))
        change.refresh_from_db()
        if change.ended_at:
            return


def withdrawn(sandbox: SandboxAccount) -> int:
    return len([row for row in sandbox.state("voucher") if row["status"] == "DEACTIVATED"])


def sent(sandbox: SandboxAccount) -> int:
    return len([call for call in sandbox.calls if call.operation == "update_voucher"])


@pytest.mark.django_db
class TestManyUnderEveryFault:
    @pytest.mark.parametrize("kind", HAPPENED)
    def test_what_happened_without_an_answer_is_read_back_and_not_sent_again(
        self, run: BatchRun, actor: Actor, sandbox: SandboxAccount, kind: str
    ) -> None:
        change = begin(run, actor)
        sandbox.fault("update_voucher", kind=kind, skip=1)
        jobs.advance(str(change.pk))
        assert change.items.filter(state=Progress.UNKNOWN).count() == 1
        assert change.items.filter(state=Progress.DONE).count() == 5, "the others go on meanwhile"
        work_on(change)
        assert change.ended_at is not None
        assert not change.items.exclude(state=Progress.DONE).exists()
        assert withdrawn(sandbox) == 6
        assert sent(sandbox) == 6
        assert RunVoucher.objects.filter(status="DEACTIVATED").count() == 6

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_never_came_is_looked_for_first_and_only_then_sent_again(
        self, run: BatchRun, actor: Actor, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change = begin(run, actor)
        sandbox.fault("update_voucher", kind=kind, skip=1)
        work_on(change, rounds=3)
        assert withdrawn(sandbox) == 5
        assert sent(sandbox) == 6, "it may still come: not sent again yet"
        assert change.items.filter(state=Progress.UNKNOWN).count() == 1
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
        work_on(change)
        assert change.ended_at is not None
        assert not change.items.exclude(state=Progress.DONE).exists()
        assert withdrawn(sandbox) == 6
        assert sent(sandbox) == 7
        item = change.items.get(attempt=2)
        outcomes = Act.objects.filter(action="voucher.withdraw", target_id=item.piggy_uuid)
        assert sorted(outcomes.values_list("state__outcome", flat=True)) == ["done", "refused"]

    @pytest.mark.parametrize("kind", UNTOUCHED)
    def test_what_piggy_put_off_is_sent_later(
        self, run: BatchRun, actor: Actor, sandbox: SandboxAccount, kind: str
    ) -> None:
        change = begin(run, actor)
        sandbox.fault("update_voucher", kind=kind, skip=1, **({"retry_after": 30} if kind == "429" else {}))
        jobs.advance(str(change.pk))
        change.refresh_from_db()
        assert change.not_before is not None
        assert change.not_before > timezone.now()
        assert withdrawn(sandbox) == 1
        jobs.advance(str(change.pk))
        assert sent(sandbox) == 2, "nothing is sent before the time"
        work_on(change)
        assert change.ended_at is not None
        assert withdrawn(sandbox) == 6
        assert sent(sandbox) == 7
        assert not Act.objects.filter(state__outcome="planned").exists()

    def test_with_piggy_gone_nothing_is_lost(
        self, run: BatchRun, actor: Actor, sandbox: SandboxAccount, settings: object
    ) -> None:
        change = begin(run, actor)
        address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"  # type: ignore[attr-defined]
        work_on(change, rounds=3)
        assert change.items.filter(state=Progress.PLANNED).count() == 6
        settings.PIGGY_BASE_URL = address  # type: ignore[attr-defined]
        work_on(change)
        assert withdrawn(sandbox) == 6
        assert sent(sandbox) == 6

    def test_after_three_lost_answers_it_takes_a_pause(
        self, run: BatchRun, actor: Actor, sandbox: SandboxAccount
    ) -> None:
        change = begin(run, actor)
        sandbox.fault("update_voucher", kind="503", times=-1)
        jobs.advance(str(change.pk))
        assert sent(sandbox) == 3

    def test_a_piggy_that_cannot_be_read_leaves_it_unknown(
        self, run: BatchRun, actor: Actor, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change = begin(run, actor)
        sandbox.fault("update_voucher", kind="lost_after")
        sandbox.fault("find_voucher_by_code", kind="503", times=-1)
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        work_on(change, rounds=2)
        assert change.items.filter(state=Progress.UNKNOWN).count() == 1
        assert sent(sandbox) == 6
        sandbox.clear_faults()
        work_on(change)
        assert change.ended_at is not None
        assert sent(sandbox) == 6

    def test_a_person_settles_what_no_reading_tells(
        self, run: BatchRun, actor: Actor, admin: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change = begin(run, actor)
        sandbox.fault("update_voucher", kind="lost_after")
        jobs.advance(str(change.pk))
        item = change.items.get(state=Progress.UNKNOWN)
        ActState.objects.filter(act=item.act).update(next_look_at=None)
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        by = Actor(admin.staff, "admin", admin.shop)
        settling.settle_by_person(item.act_id, by=by, happened=True, reason="Seen in Piggy’s own dashboard.")
        item.refresh_from_db()
        assert item.state == Progress.DONE
        work_on(change)
        assert change.ended_at is not None


@pytest.mark.django_db
class TestAWorkerThatDies:
    def test_before_it_began_the_act_nothing_is_lost(
        self, run: BatchRun, actor: Actor, sandbox: SandboxAccount
    ) -> None:
        change = begin(run, actor)
        change.items.filter(number=1).update(state=Progress.SENT)
        VoucherChange.objects.update(claimed_until=timezone.now())
        work_on(change)
        assert withdrawn(sandbox) == 6
        assert sent(sandbox) == 6

    @pytest.mark.parametrize("fault", [None, "lost_before"])
    def test_in_the_middle_of_a_call_it_is_looked_for(
        self, run: BatchRun, actor: Actor, sandbox: SandboxAccount, fault: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The act stands as sent and nobody has told what came of it."""

        class Killed(BaseException):
            pass

        def die(*args: object, **kwargs: object) -> None:
            raise Killed

        change = begin(run, actor)
        if fault:
            sandbox.fault("update_voucher", kind=fault)
        with monkeypatch.context() as patch:
            patch.setattr("piggyadmin.ledger.door._tell", die)
            with pytest.raises(Killed):
                jobs.advance(str(change.pk))
        ActState.objects.filter(outcome="sent").update(updated_at=timezone.now() - timedelta(minutes=5))
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        work_on(change)
        assert change.ended_at is not None
        assert withdrawn(sandbox) == 6
        assert sent(sandbox) == (7 if fault else 6)
        assert not change.items.exclude(state=Progress.DONE).exists()


@pytest.mark.django_db
class TestOneUnderEveryFault:
    @pytest.fixture
    def one(self, sandbox: SandboxAccount, actor: Actor) -> str:
        voucher: str = sandbox.add_voucher("COFFEE-0001")["uuid"]
        check.check_code(code="COFFEE-0001", actor=actor)
        return voucher

    def change(self, voucher: str, actor: Actor, token: str = "form-of-one-voucher", kind: str = "deactivate"):
        return writing.change_voucher(kind=kind, voucher_uuid=voucher, code_end="0001", actor=actor, token=token)

    @pytest.mark.parametrize("kind", HAPPENED + NOT_HAPPENED)
    def test_a_lost_answer_is_unknown_until_a_reading_proves_it(
        self, one: str, actor: Actor, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.fault("update_voucher", kind=kind)
        outcome = self.change(one, actor)
        assert outcome.unknown
        assert self.change(one, actor).repeated
        assert self.change(one, actor, token="another-form-of-it").refused, "not while the first is open"
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        settled = settling.look(outcome.act_id)
        assert settled.done == (kind in HAPPENED)
        assert settled.refused == (kind in NOT_HAPPENED)
        assert withdrawn(sandbox) == int(kind in HAPPENED)
        assert sent(sandbox) == 1

    @pytest.mark.parametrize("kind", UNTOUCHED)
    def test_what_piggy_put_off_is_not_done(self, one: str, actor: Actor, sandbox: SandboxAccount, kind: str) -> None:
        sandbox.fault("update_voucher", kind=kind)
        assert self.change(one, actor).outcome == ("planned" if kind == "429" else "refused")
        assert withdrawn(sandbox) == 0
        assert self.change(one, actor, token="another-form-of-it").done

    def test_it_goes_there_and_back(self, one: str, actor: Actor, sandbox: SandboxAccount) -> None:
        assert self.change(one, actor).done
        assert self.change(one, actor, token="and-back-it-is", kind="reactivate").done
        assert withdrawn(sandbox) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_voucher_once(run: BatchRun, actor: Actor, sandbox: SandboxAccount) -> None:
    change = begin(run, actor)
    VoucherChange.objects.update(claimed_until=None)

    def work() -> None:
        try:
            jobs.advance(str(change.pk))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    work_on(change)
    assert withdrawn(sandbox) == 6
    assert sent(sandbox) == 6
