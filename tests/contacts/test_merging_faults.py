"""A merge met by every fault: never sent twice, never called done before it is. By the sandbox's own books."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.held import jobs, leases, running, sending
from contacts.held.kinds import row_of
from contacts.merging.kind import KIND, MergeKind
from contacts.models import GoneContact, Merge, Snapshot
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActState, State
from tests.conftest import Person
from tests.contacts.merging_hands import Two, approve, approved, proposed, release, words_of, work
from tests.fixtures_sandbox import SandboxAccount

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
CALL = "merge_contacts"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda action, row_id: None)


@pytest.fixture
def two(sandbox: SandboxAccount) -> Two:
    sandbox.set(merge_seconds=0)
    return Two(sandbox)


@pytest.fixture
def merge(db: None, admin: Person, reviewer: Person, two: Two) -> Merge:
    """One that was approved, to be sent at once."""
    return approved(reviewer, proposed(admin, two))


def at_once(merge: Merge) -> Merge:
    """Let every wait be over, also those of the ledger, and work."""
    release(merge)
    ActState.objects.exclude(next_look_at=None).update(next_look_at=timezone.now() - timedelta(seconds=1))
    ActState.objects.exclude(not_before=None).update(not_before=timezone.now() - timedelta(seconds=1))
    return work(merge)


@pytest.mark.django_db
class TestEveryFaultOfTheCall:
    @pytest.mark.parametrize("kind", HAPPENED)
    def test_a_lost_answer_is_resolved_by_reading_both(self, merge: Merge, two: Two, kind: str) -> None:
        two.sandbox.set(merge_seconds=300)
        two.sandbox.fault(CALL, kind=kind)
        merge = work(merge, seconds=1)
        assert merge.state == "unknown"
        assert two.merges_asked() == 1
        merge = at_once(merge)
        assert merge.state == "unknown", "while the source answers nobody can tell"
        two.sandbox.advance(301)
        merge = at_once(merge)
        assert merge.state == "done"
        assert merge.actual["credits"] == two.credits(two.destination) == 200
        assert two.merges_asked() == 1

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_never_came_is_never_called_done_and_a_person_decides(
        self, admin: Person, merge: Merge, two: Two, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        two.sandbox.fault(CALL, kind=kind)
        merge = work(merge, seconds=1)
        assert merge.state == "unknown"
        by = Actor(admin.staff, "admin", admin.shop)
        for _ in range(12):
            assert at_once(merge).state == "unknown"
        act = Act.objects.get(pk=merge.act_id)
        assert act.state.next_look_at is None
        assert not settling.may_settle(act, by), "it may still come"
        assert "an admin decides" in words_of(admin.get(f"/contacts/merges/{merge.pk}/"))
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        settling.settle_by_person(act.pk, by=by, happened=False, reason="Both are there, a day later.")
        merge.refresh_from_db()
        assert (merge.state, merge.problems) == ("refused", ["did_not_happen"])
        assert two.merges_asked() == 1
        assert (two.credits(two.source), two.credits(two.destination)) == (80, 120)

    def test_a_person_who_says_that_it_happened_has_it_verified_all_the_same(
        self, admin: Person, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        two.sandbox.fault(CALL, kind="lost_before")
        merge = work(merge, seconds=1)
        ActState.objects.filter(act_id=merge.act_id).update(next_look_at=None)
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        by = Actor(admin.staff, "admin", admin.shop)
        settling.settle_by_person(merge.act_id, by=by, happened=True, reason="I thought so.")
        merge = at_once(merge)
        assert merge.state == "scheduled", "the source still answers"
        Merge.objects.filter(pk=merge.pk).update(sent_at=timezone.now() - timedelta(hours=2))
        assert at_once(merge).problems == ["source_answers"]

    def test_told_to_wait_it_waits_and_is_sent_once(self, admin: Person, merge: Merge, two: Two) -> None:
        two.sandbox.fault(CALL, kind="429", retry_after=30)
        merge = work(merge, seconds=1)
        assert merge.state == "held"
        assert merge.look_at is not None
        assert merge.look_at > timezone.now() + timedelta(seconds=20)
        assert two.credits(two.source) == 80
        assert at_once(merge).state == "done"
        assert Act.objects.filter(action="contact.merge").count() == 1
        assert two.credits(two.destination) == 200

    def test_told_to_wait_it_can_still_be_cancelled(self, admin: Person, merge: Merge, two: Two) -> None:
        two.sandbox.fault(CALL, kind="429", retry_after=30)
        merge = work(merge, seconds=1)
        assert admin.post(f"/contacts/merges/{merge.pk}/", {"step": "cancel"}).status_code == 303
        assert at_once(merge).state == "cancelled"
        assert Act.objects.get(action="contact.merge").outcome == State.REFUSED
        assert two.credits(two.source) == 80

    def test_turned_away_at_the_door_it_is_tried_again(self, merge: Merge, two: Two) -> None:
        two.sandbox.fault(CALL, kind="401", times=4)
        merge = work(merge, seconds=1)
        assert merge.state == "held"
        while merge.state == "held":
            merge = at_once(merge)
        assert merge.state == "done"
        assert two.credits(two.destination) == 200

    def test_with_piggy_gone_it_waits(self, merge: Merge, two: Two, settings: Any) -> None:
        address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"
        merge = work(merge, seconds=1)
        assert merge.state == "held"
        assert not Act.objects.filter(action="contact.merge").exists()
        settings.PIGGY_BASE_URL = address
        assert at_once(merge).state == "done"

    def test_refused_by_piggy_it_ends(self, admin: Person, merge: Merge, two: Two) -> None:
        two.sandbox.fault(CALL, kind="refused", value=55031)
        merge = work(merge)
        assert (merge.state, merge.problems) == ("refused", ["55031"])
        assert "Piggy does not know one of the two any more" in words_of(admin.get(f"/contacts/merges/{merge.pk}/"))
        assert two.credits(two.source) == 80

    def test_an_answer_that_comes_too_late_is_looked_up(self, merge: Merge, two: Two, settings: Any) -> None:
        settings.PIGGY_TIMEOUT = 0.5
        two.sandbox.fault(CALL, kind="latency_after", seconds=1.2)
        merge = work(merge, seconds=1)
        assert merge.state == "unknown"
        settings.PIGGY_TIMEOUT = 5
        assert at_once(merge).state == "done"
        assert two.merges_asked() == 1


@pytest.mark.django_db
class TestEveryFaultOfTheReading:
    @pytest.mark.parametrize("kind", ["503", "500", "garbage", "html200", "1000", "lost_before", "ignore_filters"])
    def test_a_reading_that_fails_sends_nothing_and_ends_nothing(self, merge: Merge, two: Two, kind: str) -> None:
        others = two.sandbox.add_contact("stranger@mail.example", credits=5)["uuid"]
        two.sandbox.add_loyalty_transaction(contact_uuid=others, credits=1)
        two.sandbox.add_prepaid_transaction(contact_uuid=others, amount_in_cents=100)
        two.sandbox.add_voucher("STRANGE-1", contact_uuid=others)
        two.sandbox.fault("reads", kind=kind, times=-1)
        merge = work(merge, seconds=1)
        assert merge.state == "held"
        assert two.merges_asked() == 0
        two.sandbox.clear_faults()
        assert at_once(merge).state == "done"

    @pytest.mark.parametrize("kind", ["503", "500", "garbage", "html200", "1000"])
    def test_a_look_that_fails_is_no_end(self, merge: Merge, two: Two, kind: str) -> None:
        two.sandbox.set(merge_seconds=300)
        merge = work(merge, seconds=1)
        two.sandbox.advance(301)
        two.sandbox.fault("reads", kind=kind, times=-1)
        release(merge)
        merge = work(merge, seconds=1)
        assert merge.state == "scheduled"
        two.sandbox.clear_faults()
        assert at_once(merge).state == "done"


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def together(self, *jobs: Any) -> None:
        failed: list[BaseException] = []

        def run(job: Any) -> None:
            try:
                job()
            except BaseException as error:
                failed.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed, failed

    def test_two_workers_send_once(self, merge: Merge, two: Two) -> None:
        self.together(*[lambda: running.advance(KIND, merge.pk, seconds=5)] * 3)
        merge.refresh_from_db()
        if merge.ended_at is None:
            merge = at_once(merge)
        assert merge.state == "done"
        assert two.merges_asked() == 1
        assert Act.objects.filter(action="contact.merge_verified").count() == 1

    def test_two_workers_send_once_when_each_thinks_the_other_dead(
        self, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(leases, "length", lambda: timedelta(seconds=0))
        self.together(*[lambda: running.advance(KIND, merge.pk, seconds=5)] * 4)
        monkeypatch.undo()
        merge = at_once(merge)
        assert two.merges_asked() <= 1
        for _ in range(5):
            merge = at_once(merge)
        assert merge.state == "done"
        assert two.merges_asked() == 1
        assert two.credits(two.destination) == 200

    def test_cancelling_and_sending_at_once_one_of_them_happens(
        self, admin: Person, reviewer: Person, merge: Merge, two: Two
    ) -> None:
        answers = []
        self.together(
            lambda: running.advance(KIND, merge.pk, seconds=5),
            lambda: answers.append(admin.post(f"/contacts/merges/{merge.pk}/", {"step": "cancel"}).status_code),
        )
        merge.refresh_from_db()
        if answers == [303]:
            assert merge.state == "cancelled"
            assert two.merges_asked() == 0
        else:
            assert answers == [409]
            assert at_once(merge).state == "done"
            assert two.merges_asked() == 1

    def test_two_approvals_at_once_are_one(self, admin: Person, reviewer: Person, two: Two, person: Any) -> None:
        third = person("third", "Third Admin", "admin")
        merge = proposed(admin, two)
        answers: list[int] = []
        self.together(*[lambda who=who: answers.append(approve(who, merge).status_code) for who in (reviewer, third)])
        assert sorted(answers) == [303, 409]
        assert Act.objects.filter(action="approval.granted").count() == 1


class Killed(BaseException):
    """The process dies here: nothing after it runs."""


@pytest.mark.django_db
class TestKilled:
    """At any line between two steps; another worker goes on when the lease is over."""

    def go_on(self, merge: Merge) -> Merge:
        past = timezone.now() - timedelta(seconds=1)
        Merge.objects.filter(pk=merge.pk).update(claimed_until=past, claimed_by="somebody-dead")
        silent = timezone.now() - timedelta(seconds=120)
        ActState.objects.filter(outcome=State.SENT).update(updated_at=silent)
        for _ in range(4):
            merge = at_once(merge)
            if merge.ended_at:
                break
        return merge

    def killed(self, merge: Merge, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, *, after: bool) -> None:
        real = getattr(where, name)

        def dying(*args: Any, **kwargs: Any) -> Any:
            if after:
                real(*args, **kwargs)
            raise Killed

        monkeypatch.setattr(where, name, dying)
        with pytest.raises(Killed):
            running.advance(KIND, merge.pk, seconds=2)
        monkeypatch.setattr(where, name, real)

    @pytest.mark.parametrize("after", [False, True])
    def test_around_the_reading(self, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
        self.killed(merge, monkeypatch, MergeKind, "read", after=after)
        merge = self.go_on(merge)
        assert merge.state == "done"
        assert two.merges_asked() == 1
        assert Snapshot.objects.count() == 2

    def test_between_the_row_and_the_intent(self, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
        self.killed(merge, monkeypatch, sending, "perform", after=False)
        merge.refresh_from_db()
        assert merge.state == "sending"
        merge = self.go_on(merge)
        assert merge.state == "done"
        assert two.merges_asked() == 1
        assert Snapshot.objects.count() == 2

    def test_between_the_intent_and_the_call(self, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
        self.killed(merge, monkeypatch, MergeKind, "send", after=False)
        merge = self.go_on(merge)
        assert merge.state == "unknown", "nobody can know whether it left: it is not sent again"
        assert two.merges_asked() == 0
        assert (two.credits(two.source), two.credits(two.destination)) == (80, 120)

    def test_between_the_call_and_its_answer(self, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
        self.killed(merge, monkeypatch, MergeKind, "send", after=True)
        merge = self.go_on(merge)
        assert merge.state == "done"
        assert two.merges_asked() == 1

    def test_between_the_answer_and_the_row(self, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
        self.killed(merge, monkeypatch, sending, "follow", after=False)
        merge.refresh_from_db()
        assert merge.state == "sending"
        merge = self.go_on(merge)
        assert merge.state == "done"
        assert two.merges_asked() == 1

    @pytest.mark.parametrize("after", [False, True])
    def test_around_the_tombstone(self, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
        self.killed(merge, monkeypatch, MergeKind, "went", after=after)
        merge = self.go_on(merge)
        assert merge.state == "done"
        assert GoneContact.objects.get().survivor_uuid == two.destination
        assert Act.objects.filter(action="contact.merge_verified").count() == 1

    def test_one_that_was_held_up_for_long_does_not_send_after_a_cancellation(
        self, admin: Person, merge: Merge, two: Two, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It slept between its row and its intent; another worker put the row back, and a person cancelled."""
        lease = leases.Lease.take(KIND, merge.pk)
        assert lease is not None
        lease.rows("held").update(state="sending")
        row = row_of(KIND, merge.pk)
        Merge.objects.filter(pk=merge.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
        other = leases.Lease.take(KIND, merge.pk)
        assert other is not None
        sending.recover(other)
        assert admin.post(f"/contacts/merges/{merge.pk}/", {"step": "cancel"}).status_code == 303
        sending.send(lease, row)
        merge.refresh_from_db()
        assert merge.state == "cancelled"
        assert two.merges_asked() == 0
