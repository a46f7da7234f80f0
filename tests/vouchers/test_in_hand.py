"""A voucher's code is whole for whoever had it in hand, or was told it by an act; for all others it stays masked."""

import pytest

from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.test_check import Till
from vouchers.models import KnownVoucher

WHOLE, MASKED = "COFF EE26 K7QX", "…K7QX"
CODE = "COFFEE26K7QX"


@pytest.fixture
def coffee(sandbox: SandboxAccount, reviewer: Person) -> str:
    """A voucher of Sanne's that somebody else has looked at: it is known, and its code is in nobody else's hand."""
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    voucher = str(sandbox.add_voucher(CODE, contact_uuid=contact["uuid"])["uuid"])
    reviewer.post("/vouchers/check/", {"code": CODE})
    assert KnownVoucher.objects.filter(piggy_uuid=voucher).exists()
    return voucher


@pytest.mark.parametrize("htmx", [True, False])
def test_no_act_on_it_unmasks_it(desk: Person, coffee: str, htmx: bool) -> None:
    till = Till(desk, htmx=htmx)
    till._keep(desk.get(f"/vouchers/{coffee}/"))
    assert MASKED in till.text
    for act in ("lock", "release", "lock", "redeem"):
        till.press(act)
        assert MASKED in till.text, act
        assert WHOLE not in till.text, act
    till._keep(desk.post(f"/vouchers/{coffee}/look/", headers=till.headers, follow=True))
    assert WHOLE not in till.text


@pytest.mark.parametrize("htmx", [True, False])
def test_who_scanned_it_sees_it_through_all_acts(desk: Person, coffee: str, htmx: bool) -> None:
    till = Till(desk, htmx=htmx).check(CODE)
    assert WHOLE in till.text
    for act in ("lock", "release", "lock", "redeem"):
        assert WHOLE in till.press(act).text, act


def test_opened_again_it_is_masked_for_them_too(desk: Person, coffee: str) -> None:
    Till(desk).check(CODE).press("lock")
    assert WHOLE not in desk.get(f"/vouchers/{coffee}/").text


def test_a_colleague_does_not_see_it_for_that(desk: Person, marketing: Person, coffee: str) -> None:
    Till(desk).check(CODE)
    assert WHOLE not in marketing.get(f"/vouchers/{coffee}/").text


def test_an_act_on_another_voucher_says_nothing_of_this_one(desk: Person, sandbox: SandboxAccount, coffee: str) -> None:
    holder = sandbox.add_contact("joost@mail.example")["uuid"]
    sandbox.add_voucher("TEA-1", contact_uuid=holder)
    till = Till(desk).check("TEA-1").press("lock")
    till.press("redeem")
    done = Act.objects.filter(action="voucher.redeem").get()
    page = desk.get(f"/vouchers/{coffee}/?act={done.pk}").text
    assert "Give it now" not in page
    assert WHOLE not in page
    assert MASKED in page


def test_a_reveal_is_an_act_each_time(marketing: Person, coffee: str) -> None:
    shown = marketing.post(f"/vouchers/{coffee}/code/").text
    assert WHOLE in shown
    assert [act.action for act in Act.objects.all()] == ["voucher.reveal"]
    assert MASKED in marketing.get(f"/vouchers/{coffee}/").text
