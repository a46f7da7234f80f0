"""Proof that two customers are one person, what is rebuilt by hand after a wrong merge, what is left once erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.copy.forgetting import forget
from contacts.held import jobs
from contacts.models import GoneContact, Merge, Proof, RebuildStep, Snapshot
from piggyadmin.ledger.models import Act
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
    token_in,
    words_of,
    work,
)
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda action, row_id: None)


@pytest.fixture
def two(sandbox: SandboxAccount) -> Two:
    sandbox.set(merge_seconds=0)
    return Two(sandbox)


def act_on(person: Person, two: Two, step: str, **fields: str) -> Any:
    """Send one of the forms on the page of the two."""
    token = token_in(person.get(two.page()).content.decode(), step)
    values = {"step": step, "form_token": token, "source": two.source, "destination": two.destination}
    return person.post(NEW, values | fields)


@pytest.mark.parametrize("step", ["send", "code", "scan"])
@pytest.mark.parametrize("side", ["source", "destination"])
@pytest.mark.parametrize("nobody", ["somebody-who-is-gone", "wild\u2028end"])
def test_no_proof_is_taken_of_somebody_whom_piggy_does_not_know(
    step: str, side: str, nobody: str, admin: Person, two: Two
) -> None:
    if step == "code":
        act_on(admin, two, "send", whose=two.source)
    before = len(two.sandbox.codes_sent)
    typed = {side: nobody, "whose": nobody, "otp": "ABC123", "card": "2600999999999999"}
    answer = act_on(admin, two, step, **typed)
    assert answer.status_code == 404
    assert "Piggy does not know one of the two (any more)." in words_of(answer)
    assert len(two.sandbox.codes_sent) == before
    assert not Proof.objects.exists()


class TestCodes:
    def test_a_code_to_each_address_read_back_proves_it(self, admin: Person, two: Two) -> None:
        for uuid in (two.source, two.destination):
            assert act_on(admin, two, "send", whose=uuid).status_code == 303
            code = two.sandbox.codes_sent[-1].code
            answer = act_on(admin, two, "code", whose=uuid, otp=code)
            assert answer.status_code == 303
        words = words_of(admin.get(two.page()))
        assert words.count("and read back") == words.count("counts as long as this is their address") == 2
        assert "not proved" not in words
        assert Proof.objects.filter(kind="code").count() == 2
        merge = proposed(admin, two, reason="Same.")
        assert sorted(each["contact_uuid"] for each in merge.proof) == sorted([two.source, two.destination])

    def test_a_wrong_code_proves_nothing(self, admin: Person, two: Two) -> None:
        act_on(admin, two, "send", whose=two.source)
        answer = act_on(admin, two, "code", whose=two.source, otp="WRONG1")
        assert "Not verified" in words_of(admin.get(answer.headers["Location"]))
        assert not Proof.objects.exists()

    def test_an_empty_code_is_said_beside_its_field(self, admin: Person, two: Two) -> None:
        act_on(admin, two, "send", whose=two.source)
        answer = act_on(admin, two, "code", whose=two.source, otp=" ")
        assert answer.status_code == 422
        assert "Type the code that the customer reads out" in words_of(answer)

    def test_somebody_elses_address_cannot_be_written_to_from_here(self, admin: Person, two: Two) -> None:
        third = two.sandbox.add_contact("third@mail.example")["uuid"]
        assert act_on(admin, two, "send", whose=third).status_code == 422
        assert two.sandbox.codes_sent == []

    def test_the_desk_may_have_proved_it_before(self, admin: Person, desk: Person, two: Two) -> None:
        from contacts.claiming import verification
        from piggyadmin.ledger.actor import Actor

        actor = Actor(desk.staff, "desk", desk.shop)
        verification.send(contact_uuid=two.source, actor=actor, token="a-mail-of-the-desk")
        code = two.sandbox.codes_sent[-1].code
        verification.check_code(contact_uuid=two.source, code=code, actor=actor, token="a-code-of-the-desk")
        assert "Fatima El Idrissi" in words_of(admin.get(two.page()))


class TestCards:
    def test_a_card_of_each_scanned_now_proves_it(self, admin: Person, two: Two) -> None:
        for card in (OLD_CARD, NEW_CARD):
            assert act_on(admin, two, "scan", card=card).status_code == 303
        page = admin.get(two.page())
        assert words_of(page).count("The number of an active card of theirs, scanned or typed") == 2
        for proof in Proof.objects.all():
            end = (proof.shown_at + timedelta(hours=4)).isoformat(timespec="seconds")
            assert f'counts until <time datetime="{end}">' in page.text
        shown = Act.objects.filter(action="contact.card_shown")
        assert {act.figures["card_end"] for act in shown} == {OLD_CARD[-4:], NEW_CARD[-4:]}
        assert OLD_CARD not in str([act.figures for act in shown])
        row = proposed(admin, two, reason="Same.")
        assert len(row.proof) == 2
        # Whoever approves it reads no more than is known: a typed number came in by the same form.
        told = words_of(admin.get(reverse("contacts:merge", args=[row.pk])))
        assert told.count("The number of an active card was scanned or typed") == 2

    @pytest.mark.parametrize("whose", ["nobody's", "a stranger's", "switched off"])
    def test_another_card_proves_nothing(self, admin: Person, two: Two, whose: str) -> None:
        card = "2600999999999999"
        if whose == "a stranger's":
            other = two.sandbox.add_contact("third@mail.example")["uuid"]
            two.sandbox.add_identifier(card, contact_uuid=other)
        if whose == "switched off":
            two.sandbox.add_identifier(card, contact_uuid=two.source, active=False)
        answer = act_on(admin, two, "scan", card=card)
        assert answer.status_code == 422
        assert "It proves nothing" in words_of(answer)
        assert not Proof.objects.exists()

    def test_a_card_of_yesterday_proves_nothing_today(self, admin: Person, two: Two) -> None:
        act_on(admin, two, "scan", card=OLD_CARD)
        Proof.objects.update(shown_at=timezone.now() - timedelta(hours=5))
        assert "The number of an active card of theirs, scanned or typed" not in words_of(admin.get(two.page()))

    def test_a_double_scan_is_one_proof(self, admin: Person, two: Two) -> None:
        token = token_in(admin.get(two.page()).content.decode(), "scan")
        for _ in range(2):
            assert act_on(admin, two, "scan", card=OLD_CARD, form_token=token).status_code == 303
        assert Proof.objects.count() == 1

    def test_one_card_is_no_proof_of_both(self, admin: Person, two: Two) -> None:
        act_on(admin, two, "scan", card=OLD_CARD)
        assert propose(admin, two, reason="Same.").status_code == 422


class TestFresh:
    def test_an_old_sign_in_is_asked_for_the_password_and_what_was_typed_is_kept(
        self, admin: Person, reviewer: Person, two: Two
    ) -> None:
        merge = proposed(admin, two)
        session = reviewer.session
        session["signed_in_at"] -= 16 * 60
        session.save()
        answer = approve(reviewer, merge)
        assert answer.status_code == 303
        assert "reauthenticate" in answer.headers["Location"]
        merge.refresh_from_db()
        assert merge.state == "proposed"

    def test_nobody_approves_what_cannot_be_seen(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = proposed(admin, two)
        two.sandbox.broken = 503
        answer = approve(reviewer, merge)
        assert answer.status_code == 422
        assert "Nobody approves what cannot be seen" in words_of(answer)
        merge.refresh_from_db()
        assert merge.state == "proposed"


class TestRebuilding:
    @pytest.fixture
    def merge(self, admin: Person, reviewer: Person, two: Two) -> Merge:
        two.sandbox.add_subscription_type("Newsletter")
        return work(approved(reviewer, proposed(admin, two)))

    def begin(self, admin: Person, merge: Merge) -> str:
        path = f"/contacts/merges/{merge.pk}/rebuild/"
        assert "This is no undo" in words_of(admin.get(path))
        assert not RebuildStep.objects.exists(), "to look at the page writes nothing"
        assert admin.post(path, {"form_token": "a-token-to-begin-with"}).status_code == 303
        return path

    def test_it_lists_what_there_was(self, admin: Person, merge: Merge) -> None:
        words = words_of(admin.get(self.begin(admin, merge)))
        for told in (
            "Make a customer with s.berg@gmial.example: S. v.d. Berg",
            "Unlink card 2600 3356 0081 3356",
            "Take 80 credits back from the one that stayed",
            "Award 80 credits to the new customer",
            "Give the voucher ending EE-1",
            "Tell the customer what happened",
        ):
            assert told in words
        assert "prepaid" not in words, "there was none"

    def test_it_lists_all_that_can_have_been(self, admin: Person, desk: Person, merge: Merge) -> None:
        picture = Snapshot.objects.get(merge=merge, contact_uuid=merge.source_uuid)
        picture.body |= {
            "prepaid_cents": 1250,
            "cards": [{"value": "2600335600813356", "name": "", "active": False, "default": True}],
            "vouchers_total": len(picture.body["vouchers"]) + 3,
            "bookings": [{"uuid": "b", "starts_at": "2026-12-24T19:30:00+00:00", "external_id": "TAFEL-7"}],
            "subscriptions": [{"name": "Newsletter", "state": "SUBSCRIBED"}, {"name": "Deals", "state": "NONE"}],
            "values": picture.body["values"] | {"favourite_drink": "Flat white", "loyalty_balance": 80, "locale": "fr"},
        }
        picture.save(update_fields=["body"])
        words = words_of(admin.get(self.begin(admin, merge)))
        for told in (
            "and switch it off: it was off before",
            "Take € 12.50 prepaid from the one that stayed, and put it on the new one",
            "Find the customer’s 3 older vouchers at Piggy: they were not pictured",
            "Make the booking of 2026-12-24, code TAFEL-7 anew",
            "Fill in what else was known of them: favourite drink Flat white, locale fr.",
            "Subscribe the new customer to: Newsletter. Ask them first.",
        ):
            assert told in words

    def test_each_tick_is_an_act_and_stands_once(self, admin: Person, reviewer: Person, merge: Merge) -> None:
        path = self.begin(admin, merge)
        step = RebuildStep.objects.get(number=2)
        first = reviewer.post(path, {"form_token": "a-token-for-this-tick", "step": str(step.pk)})
        assert first.status_code == 303
        again = admin.post(path, {"form_token": "a-token-for-that-tick", "step": str(step.pk)})
        assert again.status_code == 409
        step.refresh_from_db()
        assert step.done_by == reviewer.staff
        assert Act.objects.filter(action="contact.rebuilt").count() == 1
        assert "1 of 7 done" in words_of(admin.get(path))

    def test_a_list_begun_twice_is_one_list(self, admin: Person, merge: Merge) -> None:
        path = self.begin(admin, merge)
        count = RebuildStep.objects.count()
        assert admin.post(path, {"form_token": "another-token-to-begin"}).status_code == 303
        assert RebuildStep.objects.count() == count

    def test_there_is_none_for_a_merge_that_did_not_come_about(self, admin: Person, two: Two) -> None:
        merge = proposed(admin, two)
        path = f"/contacts/merges/{merge.pk}/rebuild/"
        assert "Nothing to rebuild" in words_of(admin.get(path))
        assert admin.post(path, {"form_token": "a-token-to-begin-with"}).status_code == 409


class TestErased:
    def test_nothing_names_the_person_any_more(self, admin: Person, reviewer: Person, two: Two) -> None:
        merge = work(approved(reviewer, proposed(admin, two)))
        path = f"/contacts/merges/{merge.pk}/"
        admin.post(f"{path}rebuild/", {"form_token": "a-token-to-begin-with"})
        assert REASON in words_of(admin.get(path))
        forget(two.destination, why=GoneContact.Why.ERASED)
        for page in (path, f"{path}rebuild/", "/contacts/merges/"):
            words = words_of(admin.get(page))
            assert "Berg" not in words
            assert "berg@" not in words
            assert REASON not in words
        assert "were erased" in words_of(admin.get(path))


class TestMergedByAClaim:
    def test_the_address_of_the_one_that_was_claimed_leads_to_the_other(
        self, desk: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from contacts.claiming import services
        from contacts.copy.tombstones import where_now
        from contacts.models import Booking, ContactCopy
        from piggyadmin.ledger.actor import Actor

        claimed = sandbox.add_contact(anonymous=True, credits=40)["uuid"]
        Booking.objects.create(piggy_uuid="b-1", contact_uuid=claimed)
        still_free = services._still_free
        others: list[str] = []

        def then_taken(*args: Any) -> None:
            still_free(*args)
            others.append(sandbox.add_contact("nieuw@mail.example", firstname="Sanne")["uuid"])

        monkeypatch.setattr(services, "_still_free", then_taken)
        by = Actor(desk.staff, "desk", desk.shop)
        outcome = services.claim(
            contact_uuid=claimed, email="nieuw@mail.example", actor=by, token="a-claim-of-the-desk"
        )
        assert outcome.done
        assert where_now(claimed) == others[0]
        tombstone = GoneContact.objects.get()
        assert (tombstone.why, tombstone.act_id) == ("claimed", outcome.act_id)
        assert ContactCopy.objects.get().contact_uuid == others[0]
        assert Booking.objects.get().contact_uuid == others[0]
