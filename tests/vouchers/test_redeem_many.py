"""A voucher of several uses redeemed several times at once: counted once, kept one by one, never twice."""

import pytest

from piggyadmin import piggy
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.test_check import Till, writes
from vouchers.models import KnownRedemption, OwnLock

MANY = "multi_redeem_voucher"


@pytest.fixture
def ten(sandbox: SandboxAccount) -> dict:
    """A card of ten coffees."""
    sanne = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    return sandbox.add_voucher("TEN-1", contact_uuid=sanne["uuid"], total_redemptions_allowed=10)


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def till(request: pytest.FixtureRequest, desk: Person, ten: dict) -> Till:
    """The voucher, locked by the desk."""
    return Till(desk, htmx=request.param).check("TEN-1").press("lock")


def used(sandbox: SandboxAccount) -> int:
    """By the stand-in's own books."""
    [row] = sandbox.state("voucher")
    standing = [each for each in sandbox.state("redemption") if not each["reversed_at"]]
    assert len(standing) == row["times_redeemed"]
    return int(row["times_redeemed"])


def test_it_is_redeemed_as_often_as_typed_and_every_number_is_kept(till: Till, sandbox: SandboxAccount) -> None:
    assert "How many times?" in till.text
    till.press("redeem", times="3")
    assert till.verdict == ("done", "Redeemed 3 times")
    assert "7 of 10 uses left" in till.text
    assert used(sandbox) == 3
    kept = set(KnownRedemption.objects.values_list("piggy_uuid", flat=True))
    assert kept == {row["uuid"] for row in sandbox.state("redemption")}
    act = Act.objects.get(action="voucher.redeem_many")
    assert act.sentence.endswith(" 3 times.")
    assert set(act.all_figures["redemption_uuids"]) == kept
    assert OwnLock.objects.get().ended_at is not None


def test_a_second_click_redeems_no_more(till: Till, sandbox: SandboxAccount) -> None:
    till.press("redeem", times="3").again()
    assert used(sandbox) == 3
    assert KnownRedemption.objects.count() == 3


def test_a_second_click_that_finds_no_uses_left_shows_what_the_first_did(till: Till, sandbox: SandboxAccount) -> None:
    till.press("redeem", times="10").again()
    assert till.verdict == ("done", "Redeemed 10 times")
    assert used(sandbox) == 10


def test_once_is_what_it_was(till: Till, sandbox: SandboxAccount) -> None:
    till.press("redeem")
    assert writes(sandbox)[-1] == "redeem_voucher"
    assert used(sandbox) == 1


def test_all_of_them_use_it_up(till: Till, sandbox: SandboxAccount) -> None:
    till.press("redeem", times="10")
    assert till.verdict == ("done", "Redeemed 10 times")
    assert sandbox.state("voucher")[0]["status"] == "REDEEMED"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("11", "It has 10 uses left."),
        ("51", "At most 50 times at once."),
        ("0", "Once at least."),
        ("-1", "Type a whole number"),
        ("2.5", "Type a whole number"),
        ("lots", "Type a whole number"),
        ("9" * 200, "At most 50 times at once."),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field_and_sends_nothing(
    till: Till, sandbox: SandboxAccount, typed: str, said: str
) -> None:
    till.press("redeem", times=typed)
    assert till.status == 422
    assert said in till.text
    assert f'value="{typed}"' in till.text
    assert writes(sandbox) == ["lock_voucher"]
    till.press("redeem", times="2")
    assert used(sandbox) == 2


def test_a_voucher_of_one_use_is_not_asked_about(desk: Person, sandbox: SandboxAccount) -> None:
    sanne = sandbox.add_contact("sanne@mail.example")
    sandbox.add_voucher("ONE-1", contact_uuid=sanne["uuid"])
    assert "How many times?" not in Till(desk).check("ONE-1").press("lock").text


def test_each_is_taken_back_by_itself(till: Till, admin: Person, sandbox: SandboxAccount, ten: dict) -> None:
    till.press("redeem", times="3")
    url = f"/vouchers/{ten['uuid']}/"
    assert admin.get(url).text.count(">Take back<") == 3
    one = KnownRedemption.objects.order_by("pk")[0]
    fields = {"reason": "One coffee too many", "form_token": "a-token-of-this-page"}
    assert admin.post(f"{url}reverse/{one.piggy_uuid}/", fields).status_code == 303
    assert used(sandbox) == 2
    assert admin.get(url).text.count(">Take back<") == 2


@pytest.mark.parametrize(("first", "then"), [("3", "3"), ("3", "2"), ("3", "1"), ("1", "3")])
def test_what_piggy_put_off_keeps_the_number_and_can_be_sent_with_another(
    desk: Person, ten: dict, sandbox: SandboxAccount, first: str, then: str
) -> None:
    till = Till(desk).check("TEN-1").press("lock")
    for times in (first, then):
        sandbox.fault(MANY if times != "1" else "redeem_voucher", kind="429", retry_after=0)
        till.press("redeem", times=times)
        assert f'name="times" value="{times}"' in till.text
    till.press("redeem", times=then)
    assert till.verdict == ("done", "Redeemed" if then == "1" else f"Redeemed {then} times")
    assert used(sandbox) == int(then)
    assert not Act.objects.filter(state__outcome="planned").exists(), "nothing is left waiting"


def settle() -> str:
    """What a look makes of it."""
    return settling.look(Act.objects.get(action="voucher.redeem_many").pk).outcome


def test_a_lost_answer_is_unknown_until_the_count_of_uses_tells(
    desk: Person, ten: dict, sandbox: SandboxAccount
) -> None:
    """Every other fault: tests/vouchers/test_faults.py."""
    till = Till(desk).check("TEN-1").press("lock")
    sandbox.fault(MANY, kind="lost_after")
    till.press("redeem", times="3")
    assert till.verdict == ("unknown", "No answer")
    assert "/redeem/" not in till.text, "nothing is offered that would do it again"
    till.again()
    assert settle() == "done"
    assert used(sandbox) == 3
    assert list(KnownRedemption.objects.values_list("piggy_uuid", flat=True)) == [None] * 3
    assert "7 of 10 uses left" in Till(desk).check("TEN-1").text


def test_some_of_them_only_is_for_a_person_to_decide(
    desk: Person, ten: dict, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(desk).check("TEN-1").press("lock")
    sandbox.fault(MANY, kind="lost_before")
    till.press("redeem", times="3")
    piggy.get_client().redeem_voucher(
        code="TEN-1", shop_uuid=desk.shop.piggy_uuid, release_key=OwnLock.objects.get().release_key
    )
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settle() == "unknown"
