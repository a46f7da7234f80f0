"""Vouchers made and changed, against the stand-in Piggy: what the client sends is taken, what comes back is read."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyOutcomeUnknown, PiggyRejected
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

URL = "http://sandbox"
MARK = {"piggyadmin_act": "run.1.1"}
START = (datetime.now(ZoneInfo("Europe/Amsterdam")) + timedelta(days=10)).replace(microsecond=999)
END = START + timedelta(days=90)


@pytest.fixture(scope="module")
def transport() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=make_app(control=True))


@pytest.fixture
def account(transport) -> SandboxAccount:
    return SandboxAccount(URL, http=httpx.Client(transport=transport))


@pytest.fixture
def piggy(transport, account) -> Piggy:
    return Piggy(base_url=URL, tokens=account.token, transport=transport)


@pytest.fixture
def promotion(account, piggy) -> str:
    """A promotion in an account that brings marks back."""
    piggy.create_custom_attribute(entity="voucher", name="piggyadmin_act", label="Act", type="text")
    return piggy.create_promotion(name="Summer", description="Ten off").uuid


def code_of(caught: Any) -> Any:
    return caught.value.code


def test_a_promotion_is_made_and_listed(piggy):
    made = piggy.create_promotion(
        name="Summer", description="Ten off", voucher_limit=5, limit_per_contact=2, expiration_duration=3600,
        redemptions_per_voucher=10,
    )  # fmt: skip
    assert piggy.list_promotions() == [made]
    assert (made.voucher_limit, made.limit_per_contact, made.expiration_duration) == (5, 2, 3600)
    assert (made.type, made.redemptions_per_voucher) == ("MULTI_USE", 10)


def test_one_voucher_is_made_with_a_code_of_ones_own(piggy, account, promotion):
    mila = account.add_contact("mila@example.com")["uuid"]
    made = piggy.create_voucher(
        promotion_uuid=promotion, code="SUMMER-1", contact_uuid=mila, activation_date=START, expiration_date=END,
        total_redemptions_allowed=3, custom_attributes=MARK,
    )  # fmt: skip
    assert (made.code, made.status, made.mark) == ("SUMMER-1", "INACTIVE", "run.1.1")
    assert made.activation_date == START.astimezone(UTC).replace(microsecond=0)
    assert piggy.find_voucher(code="SUMMER-1").total_redemptions_allowed == 3
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_voucher(promotion_uuid=promotion, code="SUMMER-1")
    assert code_of(caught) == 80003
    chosen = piggy.create_voucher(promotion_uuid=promotion)
    assert (chosen.status, chosen.mark, chosen.attributes) == ("ACTIVE", "", {})


def test_a_batch_is_acknowledged_made_later_and_known_by_its_mark(piggy, account, promotion):
    account.set(batch_seconds=60)
    answer = piggy.create_voucher_batch(
        promotion_uuid=promotion, quantity=500, activation_date=START, expiration_date=END, custom_attributes=MARK
    )
    assert (answer.quantity, answer.status, answer.type) == (500, "PENDING", "vouchers")
    assert ", " in (answer.created_at or "")
    assert piggy.list_vouchers(promotion_uuid=promotion).total == 0
    account.advance(61)
    (page,) = piggy.each_voucher_page(promotion_uuid=promotion)
    assert {voucher.mark for voucher in page.items} == {"run.1.1"}
    assert {voucher.expiration_date for voucher in page.items} == {END.astimezone(UTC).replace(microsecond=0)}
    assert len({voucher.code for voucher in page.items}) == page.total == 500


def test_marks_that_do_not_come_back_are_seen_as_none(piggy, account, promotion):
    account.set(batch_seconds=0)
    account.fault("list_vouchers", kind="no_attributes", times=-1)
    piggy.create_voucher_batch(promotion_uuid=promotion, quantity=2, custom_attributes=MARK)
    assert [voucher.mark for voucher in piggy.list_vouchers(promotion_uuid=promotion).items] == ["", ""]


def test_limits_promotions_and_contacts_that_are_not_there_refuse(piggy, account, promotion):
    small = account.add_promotion(voucher_limit=3)["uuid"]
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_voucher_batch(promotion_uuid=small, quantity=4)
    assert code_of(caught) == 80008
    with pytest.raises(PiggyNotFound) as caught:
        piggy.create_voucher_batch(promotion_uuid="none", quantity=4)
    assert code_of(caught) == 80002
    with pytest.raises(PiggyNotFound) as caught:
        piggy.create_voucher(promotion_uuid=promotion, contact_uuid="nobody")
    assert code_of(caught) == 55031
    with pytest.raises(PiggyInvalid) as caught:
        piggy.create_voucher(promotion_uuid=promotion, custom_attributes={"unknown": "x"})
    assert list(caught.value.fields) == ["custom_attributes.unknown"]
    assert account.state("voucher") == account.state("voucher_batch") == []


def test_a_voucher_is_withdrawn_given_back_and_ended_later(piggy, account, promotion):
    uuid = piggy.create_voucher(promotion_uuid=promotion, custom_attributes=MARK).uuid
    assert piggy.update_voucher(voucher_uuid=uuid, status="DEACTIVATED").status == "DEACTIVATED"
    back = piggy.update_voucher(voucher_uuid=uuid, status="ACTIVE")
    assert (back.status, back.mark) == ("ACTIVE", "run.1.1")
    later = piggy.update_voucher(voucher_uuid=uuid, status="ACTIVE", expiration_date=END)
    assert later.expiration_date == END.astimezone(UTC).replace(microsecond=0)
    used = account.add_voucher("USED", "REDEEMED")["uuid"]
    with pytest.raises(PiggyInvalid) as caught:
        piggy.update_voucher(voucher_uuid=used, status="DEACTIVATED")
    assert code_of(caught) == 1003
    with pytest.raises(PiggyNotFound):
        piggy.update_voucher(voucher_uuid="none", status="DEACTIVATED")


@pytest.mark.parametrize(
    ("kind", "there"), [("lost_before", 0), ("lost_after", 7), ("reset", 7), ("garbage", 7), ("500_after", 7)]
)
def test_a_lost_answer_says_nothing_of_the_vouchers(sandbox_account, kind, there):
    piggy = Piggy(base_url=sandbox_account.base_url, tokens=sandbox_account.token, seconds=3)
    sandbox_account.set(batch_seconds=0)
    promotion = sandbox_account.add_promotion()["uuid"]
    sandbox_account.fault("create_voucher_batch", kind=kind)
    with pytest.raises(PiggyOutcomeUnknown):
        piggy.create_voucher_batch(promotion_uuid=promotion, quantity=7)
    assert piggy.list_vouchers(promotion_uuid=promotion).total == there


@pytest.mark.parametrize(
    "call",
    [
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=0),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=501),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=True),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=1.5),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="", quantity=1),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=1, contact_uuid=""),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=1, activation_date=END,
                                                 expiration_date=START),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=1, activation_date=START,
                                                 expiration_date=START),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=1,
                                                 expiration_date=END.replace(tzinfo=None)),
        lambda piggy: piggy.create_voucher_batch(
            promotion_uuid="p", quantity=1, expiration_date=datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo"))),
        lambda piggy: piggy.create_voucher_batch(promotion_uuid="p", quantity=1, custom_attributes={"a b": "c"}),
        lambda piggy: piggy.create_voucher(promotion_uuid="p", code=""),
        lambda piggy: piggy.create_voucher(promotion_uuid="p", code="x" * 256),
        lambda piggy: piggy.create_voucher(promotion_uuid="p", total_redemptions_allowed=0),
        lambda piggy: piggy.update_voucher(voucher_uuid="../v", status="ACTIVE"),
        lambda piggy: piggy.create_promotion(name="", description="x"),
        lambda piggy: piggy.create_promotion(name="x", description="x", voucher_limit=0),
        lambda piggy: piggy.create_promotion(name="x", description="x", expiration_duration=2**40),
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_never_reaches_piggy(piggy, account, call):
    with pytest.raises(PiggyInvalid) as caught:
        call(piggy)
    assert caught.value.status is None
    assert account.calls == []
