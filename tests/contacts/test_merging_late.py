"""Merges that go another way than most: nobody's name to type, two workers at one, and those that come late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.claiming.actions import CLAIM_MERGED
from contacts.copy.forgetting import forget
from contacts.copy.reading_again import read_again
from contacts.copy.tombstones import where_now
from contacts.deleting.refusing import why_not as deletion_refused
from contacts.held import jobs, leases, running, sending
from contacts.held.kinds import row_of
from contacts.merging import verifying
from contacts.merging.kind import KIND, MergeKind
from contacts.models import Booking, GoneContact, How, Merge, RebuildStep
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.contacts.merging_hands import Two, approve, approved, proposed, release, words_of, work
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda action, row_id: None)


@pytest.fixture
def two(sandbox: SandboxAccount) -> Two:
    sandbox.set(merge_seconds=300)
    return Two(sandbox)


def late(admin: Person, reviewer: Person, two: Two, settings: Any) -> Merge:
    """Piggy took it, and the time that it may take is over: the source still answers."""
    merge = work(approved(reviewer, proposed(admin, two)), seconds=1)
    settings.MERGE_SETTLE_SECONDS = 0
    release(merge)
    merge = work(merge)
    assert (merge.state, merge.problems, merge.ended_at) == ("incident", ["source_answers"], None)
    return merge


def test_one_who_has_an_address_alone_can_be_approved_as_it_was_proposed(
    admin: Person, reviewer: Person, two: Two
) -> None:
    two.destination = two.sandbox.add_contact("b@mail.example", credits=2)["uuid"]
    merge = proposed(admin, two, confirm=two.destination[:4])
    assert f"Type the first four of the id that stays: {two.destination[:4]}" in words_of(
        reviewer.get(f"/contacts/merges/{merge.pk}/")
    )
    assert approve(reviewer, merge, confirm="zzzz").status_code == 422
    assert approve(reviewer, merge, confirm=two.destination[:4]).status_code == 303


def test_a_late_one_is_not_drawn_as_merged_and_there_is_nothing_to_rebuild(
    admin: Person, reviewer: Person, two: Two, settings: Any
) -> None:
    merge = late(admin, reviewer, two, settings)
    path = f"/contacts/merges/{merge.pk}/"
    words = words_of(admin.get(path))
    assert "Merge S. v.d. Berg into Saskia van den Berg" in words
    assert "became" not in words
    assert "what to rebuild" not in words
    assert "Nothing to rebuild" in words_of(admin.get(f"{path}rebuild/"))
    assert admin.post(f"{path}rebuild/", {"form_token": "a-token-to-begin-with"}).status_code == 409
    assert not RebuildStep.objects.exists()
    two.sandbox.advance(301)
    release(merge)
    assert work(merge).state == "done"
    assert "what to rebuild" in words_of(admin.get(path))


def test_the_news_of_a_call_that_never_left_does_not_call_off_another_ones(
    admin: Person, reviewer: Person, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A is held up past its lease, so its late act is turned away. It goes on while B's call is with Piggy."""
    merge = approved(reviewer, proposed(admin, two))
    a = leases.Lease.take(KIND, merge.pk)
    assert a is not None
    a.rows("held").update(state="sending")
    row = row_of(KIND, merge.pk)
    Merge.objects.filter(pk=merge.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    b = leases.Lease.take(KIND, merge.pk)
    assert b is not None
    sending.recover(b)
    b.end()
    follow, send = sending.follow, MergeKind.send
    slow: list[tuple[Any, ...]] = []
    monkeypatch.setattr(sending, "follow", lambda *told: follow(*told) if slow else slow.append(told))
    sending.send(a, row)
    assert len(slow) == 1
    between: list[tuple[str, int]] = []

    def send_while_a_goes_on(self: MergeKind, client: Any, row: Merge) -> None:
        send(self, client, row)
        follow(*slow[0])
        state = Merge.objects.get(pk=merge.pk).state
        between.append((state, admin.post(f"/contacts/merges/{merge.pk}/", {"step": "cancel"}).status_code))

    monkeypatch.setattr(MergeKind, "send", send_while_a_goes_on)
    running.advance(KIND, merge.pk, seconds=1)
    merge.refresh_from_db()
    assert between == [("sending", 409)]
    assert (merge.state, two.merges_asked()) == ("scheduled", 1)
    assert Act.objects.filter(action="contact.merge").count() == 2


@pytest.mark.parametrize("outcome", ["sent", "unknown", "done"])
def test_what_is_out_is_neither_cancelled_nor_stopped_even_if_its_row_is_held(
    admin: Person, reviewer: Person, two: Two, outcome: str
) -> None:
    merge = work(approved(reviewer, proposed(admin, two)), seconds=1)
    assert merge.state == "scheduled"
    from piggyadmin.ledger.models import ActState

    ActState.objects.filter(act_id=merge.act_id).update(outcome=outcome, next_look_at=None)
    Merge.objects.filter(pk=merge.pk).update(state="held", act_id=None, hold_until=timezone.now(), look_at=None)
    answer = admin.post(f"/contacts/merges/{merge.pk}/", {"step": "cancel"})
    assert answer.status_code == 409
    assert "it was sent, or may have been" in words_of(answer)
    two.sandbox.advance(301)  # the source is gone: to somebody who knew no better that would be a reason to stop
    merge = work(merge, seconds=1)
    assert merge.state in ("sending", "unknown", "scheduled", "done")
    assert two.merges_asked() == 1


def test_a_late_one_that_was_closed_still_leads_to_who_stayed_when_it_comes(
    admin: Person, reviewer: Person, two: Two, settings: Any
) -> None:
    read_again(two.source, how=How.OPENED)
    Booking.objects.create(piggy_uuid="b-1", contact_uuid=two.source)
    merge = late(admin, reviewer, two, settings)
    path = f"/contacts/merges/{merge.pk}/"
    assert admin.post(path, {"step": "close", "reason": "Piggy says that it was lost."}).status_code == 303
    two.sandbox.advance(301)
    read_again(two.source, how=How.HINT)
    tombstone = GoneContact.objects.get(contact_uuid=two.source)
    assert (tombstone.why, tombstone.survivor_uuid, tombstone.act_id) == ("merged", two.destination, merge.act_id)
    assert where_now(two.source) == two.destination
    assert Booking.objects.get().contact_uuid == two.destination
    merge = work(merge)
    assert (merge.state, merge.actual["credits"]) == ("done", 200)
    assert "Merged, and verified" in words_of(admin.get(path))


def test_a_closed_one_is_not_opened_beside_another_of_the_same_customer(
    admin: Person, reviewer: Person, two: Two, settings: Any
) -> None:
    read_again(two.source, how=How.OPENED)
    merge = late(admin, reviewer, two, settings)
    admin.post(f"/contacts/merges/{merge.pk}/", {"step": "close", "reason": "Piggy says that it was lost."})
    again = proposed(admin, two)
    two.sandbox.advance(301)
    read_again(two.source, how=How.HINT)
    assert where_now(two.source) == two.destination
    assert list(Merge.objects.filter(ended_at=None)) == [again]


def test_the_words_of_who_closed_or_cancelled_it_go_with_either_of_the_two(
    admin: Person, reviewer: Person, two: Two, settings: Any
) -> None:
    merge = late(admin, reviewer, two, settings)
    admin.post(f"/contacts/merges/{merge.pk}/", {"step": "close", "reason": "S. v.d. Berg keeps both."})
    forget(two.source, why=GoneContact.Why.ERASED)
    assert [detail.words for detail in ActDetail.objects.filter(erased_at=None)] == []


def test_a_person_who_says_that_it_did_not_happen_is_not_told_that_piggy_refused(
    admin: Person, reviewer: Person, two: Two
) -> None:
    merge = approved(reviewer, proposed(admin, two))
    path = f"/contacts/merges/{merge.pk}/"
    for code, words in {"did_not_happen": "did not happen", "not_sent": "never left", "refused": "turned down"}.items():
        Merge.objects.filter(pk=merge.pk).update(state="refused", problems=[code], ended_at=timezone.now())
        page, listed = words_of(admin.get(path)), words_of(admin.get("/contacts/merges/"))
        assert words in page
        assert "has the code" not in page
        assert "refused by Piggy" not in page + listed


class TestTheSum:
    """What was given and taken between the pictures and the look counts; nothing else makes a sum right."""

    @pytest.mark.parametrize(
        ("actual", "new", "right"),
        [
            (200, [], True),
            (207, [7], True),
            (200, [7], False),  # something was bought, and its credits are lost
            (207, [7, 80], True),  # Piggy wrote the merge itself down
            (200, [80], True),
            (280, [80], True),  # bought for as many
            (360, [80, 80], True),
            (200, [80, 80], False),
            (193, [], False),
            (None, [], False),
        ],
    )
    def test_it_is_exact(self, actual: int | None, new: list[int], right: bool) -> None:
        assert verifying._is_sum(200, actual, new, moved=80)[0] is right

    def test_credits_lost_beside_a_purchase_are_an_incident(
        self, admin: Person, reviewer: Person, two: Two, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "LAG", 0.0)
        merge = work(approved(reviewer, proposed(admin, two)), seconds=1)
        two.sandbox.add_loyalty_transaction(contact_uuid=two.destination, credits=7)
        two.sandbox.add_loyalty_transaction(
            contact_uuid=two.destination, credits=-7, created_at="2020-01-01T00:00:00+00:00"
        )
        two.sandbox.advance(301)
        release(merge)
        merge = work(merge)
        assert (merge.actual["credits"], merge.state, merge.problems) == (200, "incident", ["credits"])


def test_one_that_cannot_be_read_for_long_is_told_and_ends_by_itself(
    admin: Person, reviewer: Person, two: Two, settings: Any
) -> None:
    merge = work(approved(reviewer, proposed(admin, two)), seconds=1)
    two.sandbox.fault("reads", kind="500", times=-1)
    release(merge)
    assert work(merge).state == "scheduled", "that is nothing yet"
    settings.MERGE_SETTLE_SECONDS = 0
    release(merge)
    merge = work(merge)
    assert (merge.state, merge.problems, merge.ended_at) == ("incident", ["not_readable"], None)
    words = words_of(admin.get(f"/contacts/merges/{merge.pk}/"))
    assert "has not let us read since" in words
    assert "became" not in words
    two.sandbox.clear_faults()
    release(merge)
    assert work(merge).problems == ["source_answers"]
    two.sandbox.advance(301)
    release(merge)
    assert work(merge).state == "done"


def test_the_first_page_asks_the_database_no_more_for_more_merges(admin: Person, reviewer: Person, two: Two) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            reviewer.get("/")
        return len(caught)

    def another(number: int) -> None:
        two.source = two.sandbox.add_contact(f"a{number}@mail.example", credits=1)["uuid"]
        two.destination = two.sandbox.add_contact(f"b{number}@mail.example", lastname="Berg", credits=2)["uuid"]
        proposed(admin, two, confirm="Berg")

    another(1)
    queries()
    before = queries()
    another(2)
    another(3)
    assert queries() == before


def test_an_accent_may_be_typed_in_either_way(admin: Person, reviewer: Person, two: Two) -> None:
    two.destination = two.sandbox.add_contact("m@mail.example", lastname="Müller", credits=1)["uuid"]
    merge = proposed(admin, two, confirm="Mu\u0308ller")
    assert approve(reviewer, merge, confirm="mu\u0308ller").status_code == 303


def test_approving_what_was_taken_back_says_that_it_was(admin: Person, reviewer: Person, two: Two) -> None:
    merge = proposed(admin, two)
    admin.post(f"/contacts/merges/{merge.pk}/", {"step": "withdraw"})
    answer = approve(reviewer, merge)
    assert answer.status_code == 409
    assert "nothing to approve any more: cancelled" in words_of(answer)


def test_a_survivor_of_a_claim_just_now_is_not_deleted_yet(admin: Person, two: Two) -> None:
    record(
        CLAIM_MERGED,
        by=Actor(admin.staff, "admin", admin.shop),
        target=Target("contact", two.destination),
        figures={"merged_uuid": "another"},
    )
    assert deletion_refused(two.destination) == "claim"
    assert deletion_refused(two.source) == ""
