"""Claim links: ordering some in two steps, the second person, making them once under every fault, printing them."""

from typing import Any

import pytest
from django.utils import timezone

from piggyadmin.accounts.models import Limit
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.models import Act, ActDetail, Approval, Event
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.piggy.loyalty_tokens import read_link
from piggyadmin.qr import qr_of
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.link_hands import LINKS, form_of, make, see, work
from vouchers.claim_links import jobs
from vouchers.models import ClaimLink, ClaimLinkOrder, Progress

pytestmark = pytest.mark.django_db
OPERATION = "create_loyalty_token"
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
PUT_OFF = ["429", "401"]


def asked(sandbox: SandboxAccount) -> int:
    return len([call for call in sandbox.calls if call.operation == OPERATION])


def claim(sandbox: SandboxAccount, url: str, contact: str) -> int:
    piggy = Piggy(base_url=sandbox.base_url, tokens=sandbox.token)
    return piggy.claim_loyalty_token(token=read_link(url), contact_uuid=contact).credits


class TestOrdering:
    def test_it_is_shown_first_and_nothing_is_made(self, marketing: Person, sandbox: SandboxAccount) -> None:
        seen = see(marketing)
        assert "What would be made" in seen.text
        assert "150" in seen.text
        assert "cannot be taken back" in seen.text
        assert not ClaimLinkOrder.objects.exists()
        assert asked(sandbox) == 0

    def test_what_was_shown_is_made_each_link_by_one_call(self, marketing: Person, sandbox: SandboxAccount) -> None:
        order = work(make(marketing))
        links = list(order.links.order_by("number"))
        assert [link.state for link in links] == [Progress.DONE] * 3
        assert asked(sandbox) == 3
        contact = sandbox.add_contact()["uuid"]
        assert [claim(sandbox, link.url, contact) for link in links] == [50, 50, 50]
        page = marketing.get(f"{LINKS}{order.pk}/")
        assert "Ended" in page.text
        assert links[0].url not in page.text
        assert "Opening day" in marketing.get(LINKS).text

    def test_an_amount_is_priced_by_the_rules_and_sent_as_an_amount(
        self, marketing: Person, sandbox: SandboxAccount
    ) -> None:
        order = work(make(marketing, credits="", amount="25,40", unit="purchase_amount"))
        assert (order.credits, order.unit_hundredths) == (25, 2540)
        assert "unit_value=25.4&" in order.links.first().url
        assert claim(sandbox, order.links.first().url, sandbox.add_contact()["uuid"]) == 25

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"label": " "}, "Write what the card says."),
            ({"label": "a\x07b"}, "control character"),
            ({"quantity": "0"}, "at least 1"),
            ({"quantity": "101"}, "At most 100"),
            ({"quantity": "many"}, "whole number"),
            ({"credits": "0"}, "at least 1"),
            ({"credits": ""}, "how many credits"),
            ({"credits": "-5"}, "whole number"),
            ({"credits": "5", "amount": "5", "unit": "purchase_amount"}, "not both"),
            ({"credits": "", "amount": "0.50", "unit": "purchase_amount"}, "gives no credits"),
            ({"credits": "", "amount": "5", "unit": "gold"}, "not one of the available choices"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_shown(
        self, marketing: Person, sandbox: SandboxAccount, typed: dict[str, str], words: str
    ) -> None:
        page = see(marketing, **typed)
        assert page.status_code == 422
        assert words in page.text
        assert "What would be made" not in page.text

    def test_a_second_click_begins_one_order(self, marketing: Person, sandbox: SandboxAccount) -> None:
        form = form_of(see(marketing), "make")
        assert [marketing.post(LINKS, form).status_code for _ in range(2)] == [303, 303]
        assert ClaimLinkOrder.objects.count() == 1

    def test_another_persons_preview_or_a_changed_one_makes_nothing(
        self, marketing: Person, admin: Person, sandbox: SandboxAccount
    ) -> None:
        form = form_of(see(marketing), "make")
        assert admin.post(LINKS, form).status_code == 422
        assert marketing.post(LINKS, form | {"order": form["order"][:-2] + "xx"}).status_code == 422
        assert not ClaimLinkOrder.objects.exists()

    def test_without_units_credits_can_be_given_all_the_same(self, marketing: Person, sandbox: SandboxAccount) -> None:
        sandbox.fault("list_units", kind="500", times=-1)
        page = marketing.get(LINKS)
        assert "The units could not be read" in page.text
        assert see(marketing).status_code == 200

    def test_the_desk_has_no_way_here(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert desk.get(LINKS).status_code == 403


@pytest.fixture
def limited(db: None) -> None:
    Limit.objects.update_or_create(kind="claim_link_credits", role="marketing", shop=None, defaults={"amount": 100})


@pytest.mark.usefixtures("limited")
class TestTheSecondPerson:
    def test_over_the_limit_nobody_makes_them_alone(self, marketing: Person, sandbox: SandboxAccount) -> None:
        seen = see(marketing)
        assert "A second person approves this" in seen.text
        assert 'value="make"' not in seen.text
        forged = marketing.post(LINKS, form_of(seen, "ask") | {"step": "make"})
        assert forged.status_code == 409
        assert not ClaimLinkOrder.objects.exists()
        assert make(marketing, quantity="2").quantity == 2

    def test_one_who_is_here_approves_with_their_own_password(
        self, marketing: Person, reviewer: Person, sandbox: SandboxAccount
    ) -> None:
        form = form_of(see(marketing), "approve")
        wrong = marketing.post(LINKS, form | {"approver": "reviewer", "password": "no"})
        assert wrong.status_code == 422
        own = marketing.post(LINKS, form | {"approver": "marketing", "password": "correct horse battery"})
        assert "Who asks may not approve" in own.text
        made = marketing.post(LINKS, form | {"approver": "reviewer", "password": "correct horse battery"})
        assert made.status_code == 303
        order = ClaimLinkOrder.objects.get()
        assert (order.approved_by, order.label) == (reviewer.staff, "Opening day")

    def test_one_who_is_elsewhere_approves_and_it_is_made_once(
        self, marketing: Person, admin: Person, sandbox: SandboxAccount
    ) -> None:
        marketing.post(LINKS, form_of(see(marketing), "ask") | {"reason": "The opening"})
        approval = Approval.objects.get()
        assert "waiting" in marketing.get(LINKS, headers={"HX-Request": "true"}).text
        for page in (admin.get("/"), admin.get(f"/audit/{approval.act_id}/")):
            assert "Make claim links, 3 of 50 credits, shop Utrecht West" in page.text
        facts = page.text.partition('id="about"')[2]
        assert "Utrecht West" in facts.partition("<dt>Shop</dt>")[2].partition("</dd>")[0]
        admin.post(f"/audit/{approval.act_id}/decide/", {"granted": "yes", "reason": ""})
        approval.refresh_from_db()
        assert approval.status == "granted"
        form = form_of(marketing.get(LINKS), "finish")
        assert marketing.post(LINKS, form).status_code == 303
        assert marketing.post(LINKS, form).status_code == 303
        assert marketing.post(LINKS, form | {"form_token": "another-form-of-the-test"}).status_code == 409
        order = ClaimLinkOrder.objects.get()
        assert (order.quantity, order.label, order.approved_by) == (3, "Opening day", admin.staff)

    def test_a_request_can_be_taken_back(self, marketing: Person, sandbox: SandboxAccount) -> None:
        marketing.post(LINKS, form_of(see(marketing), "ask") | {"reason": ""})
        marketing.post(LINKS, form_of(marketing.get(LINKS), "withdraw"))
        assert Approval.objects.get().status == "withdrawn"


class TestUnderEveryFault:
    @pytest.fixture
    def order(self, marketing: Person, sandbox: SandboxAccount) -> ClaimLinkOrder:
        return make(marketing)

    @pytest.mark.parametrize("kind", [*HAPPENED, *NOT_HAPPENED])
    def test_a_lost_answer_is_asked_for_again_and_stays_one_link(
        self, order: ClaimLinkOrder, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.fault(OPERATION, kind=kind, skip=1)
        work(order)
        assert order.ended_at is not None
        assert not order.links.exclude(state=Progress.DONE).exists()
        assert asked(sandbox) == 4
        made = sandbox.state("loyalty_token")
        assert len({row["unique_id"] for row in made}) == 3, "however many addresses there are"
        # The lost call is told as what it was: nobody has its address.
        (lost,) = Act.objects.filter(action="claim_links.link", state__outcome="unknown")
        assert settling.look(lost.pk).unknown
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        assert settling.look(lost.pk).refused

    def test_of_two_addresses_of_one_link_one_can_be_claimed(
        self, order: ClaimLinkOrder, sandbox: SandboxAccount
    ) -> None:
        sandbox.fault(OPERATION, kind="lost_after")
        work(order)
        contact, link = sandbox.add_contact()["uuid"], order.links.get(number=1)
        assert claim(sandbox, link.url, contact) == 50
        piggy = Piggy(base_url=sandbox.base_url, tokens=sandbox.token)
        lost = piggy.create_loyalty_token(
            shop_uuid=order.shop.piggy_uuid, unique_id=link.unique_id, credits=order.credits
        )
        with pytest.raises(PiggyRejected) as caught:
            claim(sandbox, lost, contact)
        assert caught.value.code == 60000

    @pytest.mark.parametrize("kind", PUT_OFF)
    def test_what_piggy_put_off_is_asked_for_later(
        self, order: ClaimLinkOrder, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault(OPERATION, kind=kind, skip=1, **({"retry_after": 30} if kind == "429" else {}))
        jobs.advance(str(order.pk))
        order.refresh_from_db()
        assert order.not_before is not None
        assert len(sandbox.state("loyalty_token")) == 1
        work(order)
        assert order.links.filter(state=Progress.DONE).count() == 3
        assert len(sandbox.state("loyalty_token")) == 3

    @pytest.mark.parametrize("kind", ["garbage", "401"])
    def test_what_never_answers_is_asked_ever_more_seldom(
        self, order: ClaimLinkOrder, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault(OPERATION, kind=kind, times=-1)
        pauses = []
        for attempt in (0, 12, 1000):
            order.links.update(attempt=attempt, not_before=None)
            ClaimLinkOrder.objects.update(not_before=None)
            jobs.advance(str(order.pk))
            order.refresh_from_db()
            assert order.not_before is not None
            pauses.append((order.not_before - timezone.now()).total_seconds())
            first = order.links.order_by("number")[0]
            assert attempt < 12 or (first.not_before - timezone.now()).total_seconds() > 300, "the last one left, too"
        assert 20 < pauses[0] <= 30
        assert 300 < pauses[1] < 900
        assert 3500 < pauses[2] <= 3600

    def test_a_refusal_ends_the_order_with_its_reason(
        self, marketing: Person, order: ClaimLinkOrder, sandbox: SandboxAccount
    ) -> None:
        sandbox.fault(OPERATION, kind="refused", value=1008, skip=1, times=-1)
        work(order)
        assert (order.is_stopped, order.ended_at is not None) == (True, True)
        assert asked(sandbox) == 2
        page = marketing.get(f"{LINKS}{order.pk}/")
        assert "Piggy makes no more of them" in page.text
        assert "does not know this shop" in page.text

    def test_a_worker_that_died_at_any_point_leaves_nothing_twice(
        self, order: ClaimLinkOrder, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Taken and not sent; and answered, with the address still in its hands."""
        order.links.filter(number=1).update(state=Progress.SENT)
        monkeypatch.setattr(jobs, "_keep", lambda *args: (_ for _ in ()).throw(SystemExit()))
        with pytest.raises(SystemExit):
            jobs.advance(str(order.pk))
        monkeypatch.undo()
        work(order)
        assert order.ended_at is not None
        assert order.links.filter(state=Progress.DONE).exclude(url="").count() == 3
        assert {row["unique_id"] for row in sandbox.state("loyalty_token")} == {
            link.unique_id for link in order.links.all()
        }

    def test_two_workers_do_no_more_than_one(self, order: ClaimLinkOrder, sandbox: SandboxAccount) -> None:
        link = order.links.get(number=1)
        assert jobs._send(link, order) is not None
        assert jobs._send(link, order) is None
        assert asked(sandbox) == 1

    def test_stopping_leaves_what_is_made(
        self, marketing: Person, order: ClaimLinkOrder, sandbox: SandboxAccount
    ) -> None:
        marketing.post(f"{LINKS}{order.pk}/stop/")
        marketing.post(f"{LINKS}{order.pk}/stop/")
        work(order)
        assert (order.ended_at is not None, asked(sandbox)) == (True, 0)
        assert Act.objects.filter(action="claim_links.stopped").count() == 1
        assert "Stopped" in marketing.get(f"{LINKS}{order.pk}/").text


class TestPaper:
    @pytest.fixture
    def order(self, marketing: Person, sandbox: SandboxAccount) -> ClaimLinkOrder:
        return work(make(marketing))

    def print(self, person: Person, order: ClaimLinkOrder, size: int = 24) -> Any:
        at = f"{LINKS}{order.pk}/print/"
        page = person.get(at)
        token = page.text.split('name="form_token" value="')[1].split('"')[0]
        return person.post(at, {"form_token": token, "size": size, "printer": ""})

    @pytest.mark.parametrize("size", [24, 1])
    def test_each_link_is_a_qr_and_that_they_were_shown_is_told(
        self, marketing: Person, order: ClaimLinkOrder, size: int
    ) -> None:
        page = self.print(marketing, order, size)
        assert page.status_code == 200
        for link in order.links.all():
            assert qr_of(link.url).path in page.text
            assert link.url not in page.text
        assert page["Cache-Control"] == "no-store, private"
        act = Act.objects.get(action="claim_links.printed")
        assert act.figures == {"labels": 3, "size": size}
        again = self.print(marketing, order, size)
        assert "reprint 1" in again.text

    def test_no_address_is_in_the_ledger_or_on_a_page_that_is_only_read(
        self, marketing: Person, order: ClaimLinkOrder, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        self.print(marketing, order)
        order = work(make(marketing))
        digest = read_link(order.links.first().url).hash
        kept = [*Act.objects.values_list("figures"), *Event.objects.values_list("figures"), dict(marketing.session)]
        kept.append(list(ActDetail.objects.values_list("body")))
        assert digest not in repr(kept)
        assert digest not in caplog.text
        for at in (LINKS, f"{LINKS}{order.pk}/", f"{LINKS}{order.pk}/print/"):
            assert digest not in marketing.get(at).text

    def test_with_none_made_there_is_nothing_to_print(self, marketing: Person, sandbox: SandboxAccount) -> None:
        order = make(marketing)
        assert "Nothing to print yet" in marketing.get(f"{LINKS}{order.pk}/print/").text
        form = {"form_token": "a-form-of-the-test-itself", "size": 24}
        assert marketing.post(f"{LINKS}{order.pk}/print/", form).status_code == 409
        assert not Act.objects.filter(action="claim_links.printed").exists()

    def test_a_size_that_has_no_room_is_refused(self, marketing: Person, order: ClaimLinkOrder) -> None:
        assert self.print(marketing, order, 65).status_code == 422

    def test_no_link_is_asked_for_twice_with_another_id(self, order: ClaimLinkOrder) -> None:
        ids = [link.unique_id for link in ClaimLink.objects.all()]
        assert len(set(ids)) == 3
        assert {read_link(link.url).unique_id for link in order.links.all()} == set(ids)
