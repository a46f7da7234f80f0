"""From the proposal to the proof that the merge came about, by the pages and the job."""

from typing import Any

import pytest

from contacts.copy.tombstones import where_now
from contacts.held import jobs, running
from contacts.held.kinds import KINDS
from contacts.merging import services
from contacts.models import ContactFlag, GoneContact, Merge, Snapshot
from piggyadmin.ledger.models import Act, Approval
from tests.conftest import Person
from tests.contacts.merging_hands import (
    NEW,
    NEW_CARD,
    OLD_CARD,
    REASON,
    Two,
    approve,
    approved,
    propose,
    proposed,
    release,
    token_in,
    words_of,
    work,
)
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(sandbox: SandboxAccount) -> Two:
    sandbox.set(merge_seconds=0)
    return Two(sandbox)


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    asked: list[tuple[str, Any]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda action, row_id: asked.append((action, row_id)))
    return asked


class TestProposing:
    def test_it_shows_both_side_by_side_and_the_sum(self, admin: Person, two: Two) -> None:
        words = words_of(admin.get(two.page()))
        assert "80 + 120 = 200" in words
        assert "LEFT disappears" in words
        assert "RIGHT stays" in words
        assert "2600 3356 0081 3356" in words
        assert "2600 1180 2210 4417" in words
        assert "which name, e-mail" in words  # Piggy decides

    def test_a_number_in_another_spelling_is_the_same(self, admin: Person, two: Two) -> None:
        page = admin.get(two.page()).content.decode()
        row = page[page.index("Phone") - 60 : page.index("Phone") + 40]
        assert "differs" not in row

    def test_no_address_is_in_its_own_address(self, admin: Person, two: Two) -> None:
        assert "@" not in two.page()

    def test_it_asks_another_admin_and_sends_nothing(
        self, admin: Person, reviewer: Person, desk: Person, two: Two
    ) -> None:
        merge = proposed(admin, two)
        assert merge.state == "proposed"
        assert two.merges_asked() == 0
        assert "Mohammed Aït Ben Haddou asks for your approval" in words_of(reviewer.get("/"))
        assert "asks for your approval" not in words_of(desk.get("/"))
        assert Act.objects.get(pk=merge.propose_act_id).details.get().words == {"reason": REASON}

    def test_a_wrong_name_keeps_what_was_typed(self, admin: Person, two: Two) -> None:
        answer = propose(admin, two, confirm="Jansen")
        assert answer.status_code == 422
        assert "This is not who stays" in words_of(answer)
        assert REASON in words_of(answer)
        assert not Merge.objects.exists()

    def test_without_proof_the_reason_has_to_say_more(self, admin: Person, two: Two) -> None:
        answer = propose(admin, two, reason="Same.")
        assert answer.status_code == 422
        assert "no proof for each of the two" in words_of(answer)
        assert not Merge.objects.exists()

    def test_a_double_click_proposes_once(self, admin: Person, two: Two) -> None:
        token = token_in(admin.get(two.page()).content.decode(), "propose")
        first, second = (propose(admin, two, form_token=token) for _ in range(2))
        assert first.headers["Location"] == second.headers["Location"]
        assert Merge.objects.count() == Approval.objects.count() == 1

    def test_the_same_form_for_another_survivor_is_refused(self, admin: Person, two: Two) -> None:
        token = token_in(admin.get(two.page()).content.decode(), "propose")
        propose(admin, two, form_token=token)
        two.source, two.destination = two.destination, two.source
        merge = Merge.objects.get()
        admin.post(f"/contacts/merges/{merge.pk}/", {"step": "withdraw"})
        answer = propose(admin, two, form_token=token, confirm="v.d. Berg", reason="Again, the other way round.")
        assert answer.status_code == 409
        assert "This form was sent before with other values" in words_of(answer)
        assert "Again, the other way round." in words_of(answer)
        assert Merge.objects.count() == 1

    def test_the_same_form_after_it_was_taken_back_proposes_nothing_and_says_so(self, admin: Person, two: Two) -> None:
        token = token_in(admin.get(two.page()).content.decode(), "propose")
        first = propose(admin, two, form_token=token)
        assert "another admin has to approve it" in words_of(admin.get(first.headers["Location"]))
        admin.post(first.headers["Location"], {"step": "withdraw"})
        again = propose(admin, two, form_token=token)
        words = words_of(admin.get(again.headers["Location"]))
        assert "This form was sent before" in words
        assert "another admin has to approve it" not in words
        assert Merge.objects.get().state == "cancelled"

    def test_it_chooses_who_stays_by_address_and_history(self, admin: Person, sandbox: SandboxAccount) -> None:
        anonymous = sandbox.add_contact(anonymous=True, credits=999)["uuid"]
        known = sandbox.add_contact("a@mail.example")["uuid"]
        assert services.default_sides(one_uuid=known, other_uuid=anonymous) == (anonymous, known)
        assert services.default_sides(one_uuid=anonymous, other_uuid=known) == (anonymous, known)
        busy = sandbox.add_contact("b@mail.example")["uuid"]
        sandbox.add_loyalty_transaction(contact_uuid=busy, credits=5)
        assert services.default_sides(one_uuid=busy, other_uuid=known) == (known, busy)

    def test_it_stays_shut_for_the_desk(self, desk: Person, two: Two) -> None:
        assert desk.get(two.page()).status_code == 403


class TestRefused:
    """Each with a sentence, before Piggy is asked to merge."""

    def refused(self, admin: Person, two: Two, words: str) -> None:
        before = Merge.objects.count()
        page = admin.get(two.page())
        assert words in words_of(page)
        token = "a-token-of-this-page"
        values = {"step": "propose", "form_token": token, "source": two.source, "destination": two.destination}
        answer = admin.post(NEW, values | {"reason": REASON, "confirm": "van den Berg"})
        assert answer.status_code >= 400
        assert words in words_of(answer)
        assert Merge.objects.count() == before
        assert two.merges_asked() == 0

    def test_with_itself(self, admin: Person, two: Two) -> None:
        two.source = two.destination
        self.refused(admin, two, "cannot be merged with itself")

    def test_one_that_piggy_does_not_have(self, admin: Person, two: Two) -> None:
        two.source = "gone-long-ago"
        self.refused(admin, two, "Piggy does not know one of the two")

    def test_one_that_was_merged_before(self, admin: Person, two: Two) -> None:
        from contacts.copy.forgetting import forget

        forget(two.source, why=GoneContact.Why.MERGED, survivor="another")
        self.refused(admin, two, "was merged into another customer before")

    def test_the_same_pair_twice(self, admin: Person, reviewer: Person, two: Two) -> None:
        proposed(admin, two)
        self.refused(reviewer, two, "This merge is proposed already.")

    def test_the_same_pair_the_other_way_round(self, admin: Person, two: Two) -> None:
        proposed(admin, two)
        two.source, two.destination = two.destination, two.source
        self.refused(admin, two, "the other way round")

    @pytest.mark.parametrize("end", ["into", "out of"])
    def test_a_chain(self, admin: Person, two: Two, sandbox: SandboxAccount, end: str) -> None:
        proposed(admin, two)
        third = sandbox.add_contact("third@mail.example", lastname="van den Berg")["uuid"]
        if end == "into":
            two.source, two.destination = two.destination, third
        else:
            two.source, two.destination = third, two.source
        self.refused(admin, two, "One of the two is in another merge that is not over")

    def test_one_that_is_about_to_be_deleted(self, admin: Person, two: Two) -> None:
        from django.utils import timezone

        from contacts.models import Deletion

        Deletion.objects.create(
            contact_uuid=two.source, type="DEFAULT", proposed_by=admin.staff, proposed_at=timezone.now()
        )
        self.refused(admin, two, "is about to be deleted")

    def test_one_that_piggy_merges_by_a_claim(self, admin: Person, two: Two) -> None:
        from contacts.claiming.actions import CLAIM_MERGED
        from piggyadmin.ledger.actor import Actor
        from piggyadmin.ledger.door import Target, record

        actor = Actor(admin.staff, "admin", admin.shop)
        record(CLAIM_MERGED, by=actor, target=Target("contact", two.destination), figures={"merged_uuid": two.source})
        self.refused(admin, two, "Piggy is merging one of the two already, by a claim")


class TestDeciding:
    def test_who_proposed_may_not_approve(self, admin: Person, two: Two) -> None:
        merge = proposed(admin, two)
        assert "Who flagged or proposed a merge may not approve it" in words_of(
            admin.get(f"/contacts/merges/{merge.pk}/")
        )
        assert approve(admin, merge).status_code == 403
        merge.refresh_from_db()
        assert merge.state == "proposed"

    def test_who_flagged_may_not_approve_and_is_not_asked(self, admin: Person, reviewer: Person, two: Two) -> None:
        from contacts.claiming import services as claiming
        from piggyadmin.ledger.actor import Actor

        actor = Actor(reviewer.staff, "admin", reviewer.shop)
        claiming.flag(
            contact_uuid=two.source, other_uuid=two.destination, reason="", actor=actor, token="a-flag-token-1"
        )
        merge = proposed(admin, two)
        assert merge.flagged_by == reviewer.staff
        assert "asks for your approval" not in words_of(reviewer.get("/"))
        assert approve(reviewer, merge).status_code == 403
        merge.refresh_from_db()
        assert merge.state == "proposed"

    def test_approving_holds_it_for_a_day(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = approved(reviewer, proposed(admin, two), at_once=False)
        assert merge.state == "held"
        assert merge.hold_until is not None
        assert merge.decided_at is not None
        assert round((merge.hold_until - merge.decided_at).total_seconds()) == 24 * 3600
        assert merge.approval is not None
        assert merge.approval.status == "used"
        assert not work(merge).ended_at
        assert two.merges_asked() == 0
        words = words_of(reviewer.get(f"/contacts/merges/{merge.pk}/"))
        assert "held until" in words

    def test_the_first_page_leads_to_where_both_are_seen(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = proposed(admin, two)
        assert f"/contacts/merges/{merge.pk}/" in reviewer.get("/").content.decode()
        reviewer.post(f"/audit/{merge.propose_act_id}/decide/", {"granted": "yes", "reason": ""})
        merge.refresh_from_db()
        assert merge.state == "proposed", "not without a look at both"

    def test_to_leave_the_hold_out_needs_a_reason(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = proposed(admin, two)
        answer = approve(reviewer, merge, at_once=True, reason="")
        assert answer.status_code == 422
        assert "Write why it cannot wait" in words_of(answer)
        merge.refresh_from_db()
        assert merge.state == "proposed"

    def test_in_place_with_the_others_own_password(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = proposed(admin, two)
        typed = {"step": "in-place", "approver": "reviewer", "password": "correct horse battery"}
        wrong = approve(admin, merge, **typed | {"password": "wrong"})
        assert wrong.status_code == 422
        assert "Nothing was approved" in words_of(wrong)
        own = approve(admin, merge, **typed | {"approver": "admin"})
        assert own.status_code == 422
        assert approve(admin, merge, **typed).status_code == 303
        merge.refresh_from_db()
        assert (merge.state, merge.decided_by) == ("held", reviewer.staff)

    def test_a_double_click_on_approve_approves_once(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = approved(reviewer, proposed(admin, two), at_once=False)
        again = approve(reviewer, merge)
        assert again.status_code == 409
        assert Act.objects.filter(action="approval.granted").count() == 1

    def test_not_approved_needs_a_reason_and_ends_it(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = proposed(admin, two)
        path = f"/contacts/merges/{merge.pk}/"
        assert reviewer.post(path, {"step": "decline", "reason": ""}).status_code == 422
        assert reviewer.post(path, {"step": "decline", "reason": "Mother and daughter."}).status_code == 303
        merge.refresh_from_db()
        assert merge.state == "declined"
        assert merge.ended_at
        assert "Mother and daughter" in words_of(admin.get(path))
        proposed(admin, two)  # it does not stand in the way of another

    def test_taken_back_by_who_proposed_it(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = proposed(admin, two)
        path = f"/contacts/merges/{merge.pk}/"
        assert reviewer.post(path, {"step": "withdraw"}).status_code == 403
        assert admin.post(path, {"step": "withdraw"}).status_code == 303
        merge.refresh_from_db()
        assert merge.state == "cancelled"

    def test_cancelled_while_held_by_any_admin(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = approved(reviewer, proposed(admin, two), at_once=False)
        assert admin.post(f"/contacts/merges/{merge.pk}/", {"step": "cancel"}).status_code == 303
        release(merge)
        assert work(merge).state == "cancelled"
        assert two.merges_asked() == 0

    def test_a_proposal_that_nobody_decides_ends_after_a_day(self, admin: Person, two: Two) -> None:
        from datetime import timedelta

        from django.utils import timezone

        from piggyadmin.ledger import approvals

        merge = proposed(admin, two)
        Approval.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert approvals.expire_old() == 1
        merge.refresh_from_db()
        assert merge.state == "cancelled"
        assert merge.problems == ["expired"]
        proposed(admin, two)


class TestDoing:
    def test_the_whole_walk_ends_verified(
        self, admin: Person, reviewer: Person, two: Two, queue: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            merge = approved(reviewer, proposed(admin, two))
        assert queue == [("contact.merge", merge.pk)]
        merge = work(merge)
        assert merge.state == "done"
        assert merge.ended_at
        assert (merge.expected["credits"], merge.actual["credits"]) == (200, 200)
        assert (merge.expected["prepaid_cents"], merge.actual["prepaid_cents"]) == (450, 450)
        assert two.credits(two.source) is None
        assert two.credits(two.destination) == 200
        assert two.merges_asked() == 1
        words = words_of(admin.get(f"/contacts/merges/{merge.pk}/"))
        assert "Merged, and verified" in words
        assert "80 + 120 = 200" in words
        assert "the sum is right" in words

    def test_the_old_address_leads_to_the_one_that_stayed(self, admin: Person, reviewer: Person, two: Two) -> None:
        work(approved(reviewer, proposed(admin, two)))
        assert where_now(two.source) == two.destination
        tombstone = GoneContact.objects.get(contact_uuid=two.source)
        assert tombstone.why == "merged"
        assert Act.objects.get(pk=tombstone.act_id).action == "contact.merge"

    def test_pictures_of_both_are_kept_without_secrets(
        self, admin: Person, reviewer: Person, two: Two, sandbox: SandboxAccount
    ) -> None:
        work(approved(reviewer, proposed(admin, two)))
        kept = {picture.contact_uuid: picture.body for picture in Snapshot.objects.all()}
        assert kept[two.source]["email"] == "s.berg@gmial.example"
        assert [card["value"] for card in kept[two.source]["cards"]] == [OLD_CARD]
        assert kept[two.source]["vouchers"][0]["code_end"] == "EE-1"
        assert "COFFEE-1" not in str(kept)
        assert "login" not in str(kept)
        assert kept[two.destination]["credits"] == 120
        assert [card["value"] for card in kept[two.destination]["cards"]] == [NEW_CARD]

    def test_while_piggy_takes_its_time_it_goes_on_looking(
        self, admin: Person, reviewer: Person, two: Two, sandbox: SandboxAccount
    ) -> None:
        sandbox.set(merge_seconds=300)
        merge = work(approved(reviewer, proposed(admin, two)), seconds=1)
        assert merge.state == "scheduled"
        assert merge.ended_at is None
        assert "Piggy is at it" in words_of(admin.get(f"/contacts/merges/{merge.pk}/"))
        sandbox.advance(301)
        release(merge)
        assert work(merge).state == "done"
        assert two.merges_asked() == 1

    def test_what_was_bought_in_between_is_no_incident(
        self, admin: Person, reviewer: Person, two: Two, sandbox: SandboxAccount
    ) -> None:
        sandbox.set(merge_seconds=300)
        merge = work(approved(reviewer, proposed(admin, two)), seconds=1)
        sandbox.add_loyalty_transaction(contact_uuid=two.source, credits=7)
        sandbox.add_prepaid_transaction(contact_uuid=two.destination, amount_in_cents=-50)
        sandbox.advance(301)
        release(merge)
        merge = work(merge)
        assert (merge.state, merge.problems) == ("done", [])
        assert (merge.actual["credits"], merge.actual["credits_since"]) == (207, 7)
        assert (merge.actual["prepaid_cents"], merge.actual["prepaid_since_cents"]) == (400, -50)

    def test_bookings_we_know_move_along(self, admin: Person, reviewer: Person, two: Two) -> None:
        from contacts.models import Booking

        Booking.objects.create(piggy_uuid="b-1", contact_uuid=two.source)
        work(approved(reviewer, proposed(admin, two)))
        assert Booking.objects.get().contact_uuid == two.destination

    @pytest.mark.parametrize("what", ["name", "address"])
    def test_somebody_who_is_not_who_they_were_is_not_merged(
        self, admin: Person, reviewer: Person, two: Two, sandbox: SandboxAccount, what: str
    ) -> None:
        merge = approved(reviewer, proposed(admin, two), at_once=False)
        from piggyadmin import piggy

        change = {"lastname": "Jansen"} if what == "name" else {"phonenumber": "0699999999"}
        piggy.get_client().update_contact(contact_uuid=two.source, attributes=change)
        release(merge)
        merge = work(merge)
        assert (merge.state, merge.problems) == ("cancelled", ["changed"])
        assert two.merges_asked() == 0
        assert Act.objects.filter(action="contact.merge_stopped").count() == 1
        assert "is not as it was when this was approved" in words_of(admin.get(f"/contacts/merges/{merge.pk}/"))

    def test_credits_given_during_the_hold_change_only_the_sum(
        self, admin: Person, reviewer: Person, two: Two, sandbox: SandboxAccount
    ) -> None:
        merge = approved(reviewer, proposed(admin, two), at_once=False)
        sandbox.add_loyalty_transaction(contact_uuid=two.source, credits=5)
        release(merge)
        merge = work(merge)
        assert (merge.state, merge.expected["credits"], merge.actual["credits"]) == ("done", 205, 205)

    def test_one_that_was_deleted_meanwhile_is_not_sent(
        self, admin: Person, reviewer: Person, two: Two, sandbox: SandboxAccount
    ) -> None:
        from piggyadmin import piggy

        merge = approved(reviewer, proposed(admin, two), at_once=False)
        sandbox.set(delete_seconds=0)
        piggy.get_client().delete_contact(contact_uuid=two.source, type="DEFAULT")
        release(merge)
        merge = work(merge)
        assert (merge.state, merge.problems) == ("cancelled", ["gone"])
        assert two.merges_asked() == 0

    def test_the_minutes_job_finds_what_is_due(
        self, admin: Person, reviewer: Person, two: Two, queue: list[Any]
    ) -> None:
        merge = approved(reviewer, proposed(admin, two), at_once=False)
        assert jobs.advance_open() == 0
        release(merge)
        assert jobs.advance_open() == 1
        assert queue == [("contact.merge", merge.pk)]
        assert "contact.merge" in KINDS

    def test_the_page_leads_to_itself_when_the_state_changes(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = approved(reviewer, proposed(admin, two))
        path = f"/contacts/merges/{merge.pk}/"
        same = admin.get(f"{path}?state=held", headers={"HX-Request": "true"})
        assert same.status_code == 200
        assert "<html" not in same.content.decode()
        work(merge)
        other = admin.get(f"{path}?state=held", headers={"HX-Request": "true"})
        assert other.headers["HX-Redirect"] == path


class TestIncident:
    @pytest.fixture(autouse=True)
    def _no_lag(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "LAG", 0.0)

    def test_a_source_that_answers_too_long(
        self, admin: Person, reviewer: Person, two: Two, sandbox: SandboxAccount, settings: Any
    ) -> None:
        sandbox.set(merge_seconds=300)
        merge = work(approved(reviewer, proposed(admin, two)), seconds=1)
        settings.MERGE_SETTLE_SECONDS = 0
        release(merge)
        merge = work(merge)
        assert (merge.state, merge.problems, merge.ended_at) == ("incident", ["source_answers"], None)
        words = words_of(admin.get(f"/contacts/merges/{merge.pk}/"))
        assert "still answers at Piggy" in words
        sandbox.advance(301)
        release(merge)
        merge = work(merge)
        assert merge.state == "done", "late, and right after all"
        assert merge.ended_at
        assert two.merges_asked() == 1

    def test_it_can_be_closed_with_a_reason(
        self, admin: Person, reviewer: Person, two: Two, sandbox: SandboxAccount, settings: Any
    ) -> None:
        sandbox.set(merge_seconds=300)
        merge = work(approved(reviewer, proposed(admin, two)), seconds=1)
        settings.MERGE_SETTLE_SECONDS = 0
        release(merge)
        merge, path = work(merge), f"/contacts/merges/{merge.pk}/"
        assert admin.post(path, {"step": "close", "reason": ""}).status_code == 422
        assert admin.post(path, {"step": "close", "reason": "Piggy says that it failed."}).status_code == 303
        merge.refresh_from_db()
        assert merge.state == "incident"
        assert merge.ended_at

    @pytest.mark.parametrize(
        ("spoil", "problem"),
        [
            ("credits", "The credits are not the sum of both"),
            ("prepaid", "The prepaid balance is not the sum of both"),
            ("cards", "Not every card of the customer that is gone"),
        ],
    )
    def test_what_is_off_is_named(
        self, admin: Person, reviewer: Person, two: Two, monkeypatch: pytest.MonkeyPatch, spoil: str, problem: str
    ) -> None:
        from contacts.merging import kind

        real = kind.reading.picture

        def spoiled(facts: Any) -> Any:
            body = real(facts)
            return body | {"cards": [*body["cards"], {"value": "9999", "name": "", "active": True, "default": False}]}

        if spoil == "cards":
            monkeypatch.setattr(kind.reading, "picture", spoiled)
        merge = approved(reviewer, proposed(admin, two))
        two.sandbox.set(merge_seconds=300)
        merge = work(merge, seconds=1)
        if spoil != "cards":
            name = "credits" if spoil == "credits" else "prepaid_cents"
            Merge.objects.filter(pk=merge.pk).update(expected={**merge.expected, name: merge.expected[name] + 1})
        two.sandbox.advance(301)
        release(merge)
        merge = work(merge)
        assert (merge.state, merge.problems) == ("incident", [spoil])
        assert merge.ended_at
        assert problem in words_of(admin.get(f"/contacts/merges/{merge.pk}/"))
        assert where_now(two.source) == two.destination, "it is gone all the same"
        assert Act.objects.filter(action="contact.merge_incident").count() == 1
        assert not Act.objects.filter(action="contact.merge_verified").exists()


class TestTheList:
    def test_it_filters_and_exports(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = work(approved(reviewer, proposed(admin, two)))
        words = words_of(admin.get("/contacts/merges/"))
        assert "S. v.d. Berg" in words, "gone, and still named"
        assert "Saskia van den Berg" in words
        assert "No merge in this state" in words_of(admin.get("/contacts/merges/?state=held"))
        file = admin.post("/contacts/merges/export.csv", {"state": ""})
        text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        head, row = text.strip().split("\r\n")
        assert head == (
            "merge_id,source_uuid,destination_uuid,proposed_by,approved_by,reason,requested_at,finished_at,"
            "expected_credits,actual_credits,result"
        )
        assert row.startswith(f"{merge.pk},{two.source},{two.destination},Mohammed Aït Ben Haddou,Saskia de Wit,")
        assert row.endswith("200,200,done")
        assert Act.objects.filter(action="contact.merges_exported").count() == 1

    def test_the_page_of_either_shows_what_is_open(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = proposed(admin, two)
        for uuid in (two.source, two.destination):
            assert f"/contacts/merges/{merge.pk}/" in admin.get(f"/contacts/{uuid}/").content.decode()
        work(approved(reviewer, merge))
        assert "is to be merged" not in words_of(admin.get(f"/contacts/{two.destination}/"))

    def test_no_figure_of_the_ledger_names_anybody(self, admin: Person, reviewer: Person, two: Two) -> None:
        work(approved(reviewer, proposed(admin, two)))
        for act in Act.objects.all():
            told = str(act.figures) + str([event.figures for event in act.events.all()])
            assert "Berg" not in told
            assert "@" not in told
            assert "0612345678" not in told

    def test_a_flag_is_named_on_the_page(self, admin: Person, desk: Person, two: Two) -> None:
        from contacts.claiming import services as claiming
        from piggyadmin.ledger.actor import Actor

        actor = Actor(desk.staff, "desk", desk.shop)
        claiming.flag(
            contact_uuid=two.source, other_uuid=two.destination, reason="", actor=actor, token="a-flag-token-1"
        )
        assert ContactFlag.objects.count() == 1
        assert "flagged by Fatima El Idrissi" in words_of(admin.get(two.page()))
