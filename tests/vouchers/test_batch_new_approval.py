"""Above the limit a second person approves a batch: asked from afar, or typing on the same screen."""

import pytest
from django.core.cache import cache

from piggyadmin.accounts.limits.services import set_limit
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, Approval
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.new_batch_hands import NEW, NewBatch, hidden, plain
from vouchers.models import BatchRun

PASSWORD = "correct horse battery"


@pytest.fixture
def summer(sandbox: SandboxAccount) -> str:
    return sandbox.add_promotion("Summer", description="€ 10 off")["uuid"]


@pytest.fixture
def new(marketing: Person, summer: str) -> NewBatch:
    return NewBatch(marketing, summer)


def decided(by: Person, *, granted: bool) -> Approval:
    approval = Approval.objects.get()
    said = {"granted": "yes" if granted else "no", "reason": "Too many"}
    assert by.post(f"/audit/{approval.act_id}/decide/", said).status_code == 303
    return approval


def asked(new: NewBatch, **typed: str) -> NewBatch:
    return new.see(quantity="5001", label="Letters", **typed).post(**hidden(new.text, "ask"), reason="The mailing")


def test_up_to_the_limit_nobody_else_is_needed(new: NewBatch) -> None:
    assert new.see(quantity="5000").confirm("5000").led_to


def test_above_the_limit_there_is_nothing_to_make_alone(new: NewBatch, sandbox: SandboxAccount) -> None:
    new.see(quantity="5001")
    assert "more than the 5,000 vouchers you may make alone" in new.words
    assert 'name="step" value="make"' not in new.text


def test_a_limit_that_came_down_meanwhile_counts(new: NewBatch, admin: Person, marketing: Person) -> None:
    new.see(quantity="3000")
    by = Actor(admin.staff, "admin", admin.shop)
    set_limit(by=by, kind=Limit.Kind.BATCH_VOUCHERS, role="marketing", shop=None, amount=100)
    new.confirm("3000")
    assert new.status == 409
    assert "A second person approves this" in new.words
    assert not BatchRun.objects.exists()


def test_asking_waits_for_whoever_may_approve_and_the_asker_finishes(
    new: NewBatch,
    marketing: Person,
    admin: Person,
    summer: str,
    sandbox: SandboxAccount,
) -> None:
    sandbox.add_attribute("channel", "text", entity="voucher", label="Channel")
    asked(new, own_channel="letters")
    assert new.led_to == f"{NEW}{summer}/"
    page = marketing.get(new.led_to).text
    assert "5,001 vouchers for Summer , Letters waiting" in plain(page)
    assert "Noor van Dijk asks for your approval" in plain(admin.get("/").text)

    approval = decided(admin, granted=True)
    assert f"{NEW}{summer}/" in marketing.get("/").text  # "Waiting for you" leads here
    page = marketing.get(new.led_to).text
    assert "Mohammed Aït Ben Haddou approved it" in plain(page)
    fields = hidden(page, "finish")
    assert new.post(**fields, again="5000").status == 422
    assert "This is not the number above" in new.words
    new.post(**fields, again="5001")
    run = BatchRun.objects.get()
    assert new.led_to == f"/vouchers/batches/{run.pk}/"
    assert (run.approved_by, run.label, run.attributes) == (admin.staff, "Letters", {"channel": "letters"})
    assert Act.objects.get(action="batch.run").parent == approval.act
    assert new.post(**fields, again="5001").led_to == f"/vouchers/batches/{run.pk}/"
    assert BatchRun.objects.count() == 1


def test_an_approval_whose_values_are_forgotten_is_asked_for_anew(
    new: NewBatch, marketing: Person, admin: Person, sandbox: SandboxAccount
) -> None:
    sandbox.add_attribute("channel", "text", entity="voucher", label="Channel")
    asked(new, own_channel="letters")
    decided(admin, granted=True)
    cache.clear()
    assert "no longer at hand" in plain(marketing.get(NEW).text)


def test_an_approval_without_values_outlives_our_memory(new: NewBatch, marketing: Person, admin: Person) -> None:
    asked(new)
    decided(admin, granted=True)
    cache.clear()
    new.post(**hidden(marketing.get(NEW).text, "finish"), again="5001")
    assert BatchRun.objects.get().promotion_name == "Summer"


def test_a_refusal_is_told_with_its_reason(new: NewBatch, marketing: Person, admin: Person) -> None:
    asked(new)
    decided(admin, granted=False)
    assert "did not approve it: Too many" in plain(marketing.get(NEW).text)
    assert not BatchRun.objects.exists()


def test_a_request_can_be_taken_back(new: NewBatch, marketing: Person) -> None:
    asked(new)
    new.post(**hidden(marketing.get(NEW).text, "withdraw"))
    assert Approval.objects.get().status == Approval.Status.WITHDRAWN
    assert "waiting" not in plain(marketing.get(NEW).text)


def test_a_second_person_approves_on_the_same_screen(new: NewBatch, admin: Person) -> None:
    new.see(quantity="6000")
    new.confirm("6000", "approve", approver="admin", password=PASSWORD)
    run = BatchRun.objects.get()
    assert new.led_to == f"/vouchers/batches/{run.pk}/"
    assert run.approved_by == admin.staff


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("admin", "battery staple", "Name, password or code is wrong."),
        ("marketing", PASSWORD, "Who asks may not approve."),
        ("desk", PASSWORD, "This person may not approve batches."),
    ],
)
def test_whoever_may_not_approve_makes_nothing(
    new: NewBatch, admin: Person, desk: Person, name: str, password: str, words: str
) -> None:
    new.see(quantity="6000").confirm("6000", "approve", approver=name, password=password)
    assert new.status == 422
    assert words in new.words
    assert password not in new.text
    assert not BatchRun.objects.exists()


def test_the_number_is_typed_by_hand_also_when_a_second_person_stands_there(new: NewBatch, admin: Person) -> None:
    new.see(quantity="6000").confirm("600", "approve", approver="admin", password=PASSWORD)
    assert new.status == 422
    assert not Approval.objects.exists()


def test_an_approval_is_used_once(new: NewBatch, marketing: Person, admin: Person) -> None:
    asked(new)
    decided(admin, granted=True)
    page = marketing.get(NEW).text
    new.post(**hidden(page, "finish"), again="5001")
    other = {**hidden(page, "finish"), "form_token": "t" * 24}
    new.post(**other, again="5001")
    assert new.status == 422
    assert BatchRun.objects.count() == 1
