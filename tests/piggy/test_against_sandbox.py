"""The client against the stand-in Piggy: two readings of the same documentation, made without knowing each other.

In this process over WSGI, through real serialisation; over a socket where an answer has to be lost.
"""

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import (
    PiggyFilterIgnored,
    PiggyInvalid,
    PiggyNotFound,
    PiggyOutcomeUnknown,
    PiggyRateLimited,
    PiggyRejected,
    PiggyUnauthorized,
    PiggyUnavailable,
    PiggyUnexpected,
)
from piggyadmin.piggy.payloads import CreditReception
from piggyadmin.piggy.pool import gather
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

URL = "http://sandbox"


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
def served(sandbox_account) -> Piggy:
    return Piggy(base_url=sandbox_account.base_url, tokens=sandbox_account.token, seconds=3)


def test_it_finds_a_customer_by_uuid_address_card_and_phone(piggy, account):
    mila = account.add_contact(
        "mila@example.com", firstname="Mila", lastname="Jansen", phonenumber="+31612345678", credits=120,
        prepaid_in_cents=1250,
    )  # fmt: skip
    account.add_contact("noor@example.com", phonenumber="+31699999999")
    account.add_identifier("LC-1", contact_uuid=mila["uuid"])
    uuid = mila["uuid"]
    for found in (
        piggy.get_contact(contact_uuid=uuid),
        piggy.find_contact(email="Mila@example.com"),
        piggy.contacts_by_phone(phone="+31612345678").items[0],
    ):
        assert (found.uuid, found.name, found.credits, found.prepaid_cents) == (uuid, "Mila Jansen", 120, 1250)
        assert not found.is_anonymous
        assert found.created_at is not None
    card = piggy.find_identifier(value="LC-1")
    assert card.contact is not None
    assert card.contact.uuid == uuid
    assert [card.value for card in piggy.list_identifiers(contact_uuid=uuid)] == ["LC-1"]
    assert piggy.get_credit_balance(contact_uuid=uuid).balance == 120
    assert piggy.get_prepaid_balance(contact_uuid=uuid).balance_in_cents == 1250
    assert piggy.get_tier(contact_uuid=uuid) is None


def test_what_is_not_there_is_not_found(piggy, account):
    for ask in (
        lambda: piggy.get_contact(contact_uuid="nobody"),
        lambda: piggy.find_contact(email="nobody@example.com"),
        lambda: piggy.find_identifier(value="LC-0"),
        lambda: piggy.find_voucher(code="NOPE"),
        lambda: piggy.get_promotion(promotion_uuid="none"),
        lambda: piggy.get_shop(shop_uuid="none"),
        lambda: piggy.list_vouchers(contact_uuid="nobody"),
        lambda: piggy.lock_voucher(voucher_uuid="none"),
    ):
        with pytest.raises(PiggyNotFound):
            ask()


def test_a_card_that_is_switched_off_is_refused(piggy, account):
    account.add_identifier("LC-1", active=False)
    with pytest.raises(PiggyRejected) as caught:
        piggy.find_identifier(value="LC-1")
    assert caught.value.code == 60004


def test_an_anonymous_contact_has_no_address_of_its_own(piggy, account):
    nobody = account.add_contact(anonymous=True)
    contact = piggy.get_contact(contact_uuid=nobody["uuid"])
    assert contact.is_anonymous
    assert contact.known_email == ""


def test_a_voucher_is_locked_redeemed_and_reversed(piggy, account):
    shop, mila = account.add_shop()["uuid"], account.add_contact("mila@example.com")["uuid"]
    account.add_voucher("COFFEE-1")
    voucher = piggy.find_voucher(code="COFFEE-1")
    assert (voucher.status, voucher.contact) == ("ACTIVE", None)
    lock = piggy.lock_voucher(voucher_uuid=voucher.uuid).lock
    assert lock.system_release_at is not None
    assert piggy.find_voucher(code="COFFEE-1").status == "LOCKED"
    with pytest.raises(PiggyRejected) as caught:
        piggy.lock_voucher(voucher_uuid=voucher.uuid)
    assert caught.value.code == 80017
    redeemed = piggy.redeem_voucher(code="COFFEE-1", shop_uuid=shop, contact_uuid=mila, release_key=lock.release_key)
    assert redeemed.status == "REDEEMED"
    assert redeemed.voucher_redemption is not None
    with pytest.raises(PiggyRejected) as caught:
        piggy.redeem_voucher(code="COFFEE-1", shop_uuid=shop, contact_uuid=mila)
    assert (caught.value.code, caught.value.message) == (80005, "This voucher was already redeemed.")
    piggy.reverse_redemption(redemption_uuid=redeemed.voucher_redemption.uuid)
    assert piggy.find_voucher(code="COFFEE-1").status == "ACTIVE"


def test_a_lock_is_given_back(piggy, account):
    voucher = account.add_voucher("COFFEE-1")
    lock = piggy.lock_voucher(voucher_uuid=voucher["uuid"]).lock
    released = piggy.release_voucher(voucher_uuid=voucher["uuid"], release_key=lock.release_key)
    assert (released.voucher.status, released.lock.system_release_at) == ("ACTIVE", None)


def test_a_voucher_without_holder_needs_a_contact(piggy, account):
    shop = account.add_shop()["uuid"]
    account.add_voucher("COFFEE-1")
    with pytest.raises(PiggyInvalid) as caught:
        piggy.redeem_voucher(code="COFFEE-1", shop_uuid=shop)
    assert "contact_uuid" in caught.value.fields


def test_vouchers_come_page_by_page_with_their_filters(piggy, account):
    mila = account.add_contact("mila@example.com")["uuid"]
    for number in range(7):
        account.add_voucher(f"M-{number}", contact_uuid=mila)
        account.add_voucher(f"X-{number}")
    pages = list(piggy.each_voucher_page(contact_uuid=mila, limit=3))
    assert [len(page.items) for page in pages] == [3, 3, 1]
    assert {voucher.code for page in pages for voucher in page.items} == {f"M-{number}" for number in range(7)}
    assert pages[0].total == 7


def test_transactions_come_newest_first(piggy, account):
    mila, shop = account.add_contact("mila@example.com")["uuid"], account.add_shop()["uuid"]
    for day in (1, 3, 2):
        account.add_loyalty_transaction(
            contact_uuid=mila, credits=day, shop_uuid=shop, created_at=f"2026-05-0{day}T10:00:00+00:00"
        )
    account.add_prepaid_transaction(contact_uuid=mila, amount_in_cents=500, shop_uuid=shop)
    page = piggy.list_loyalty_transactions(contact_uuid=mila)
    assert [item.credits for item in page.items] == [3, 2, 1]
    assert all(isinstance(item, CreditReception) for item in page.items)
    assert [item.amount_in_cents for item in piggy.list_prepaid_transactions(contact_uuid=mila).items] == [500]


def test_the_account_is_read(piggy, account):
    shop = account.add_shop("Utrecht West")
    account.add_tier("Gold", position=2)
    account.add_promotion("Free coffee")
    account.add_reward("Tote bag", required_credits=75)
    assert [found.name for found in piggy.list_shops()] == ["Utrecht West"]
    assert piggy.get_shop(shop_uuid=shop["uuid"]).name == "Utrecht West"
    assert "Gold" in [tier.name for tier in piggy.list_tiers()]
    (promotion,) = piggy.list_promotions()
    assert piggy.get_promotion(promotion_uuid=promotion.uuid).name == "Free coffee"
    assert piggy.list_rewards(shop_uuid=shop["uuid"])[0].required_credits == 75
    assert piggy.get_loyalty_program().name
    piggy.health()


def test_the_demos_whole_cast_can_be_read(piggy, account):
    account.seed(contacts=150)
    contacts = [c for n in (1, 2) for c in piggy.list_contacts(page=n).items]
    assert len(contacts) == 150
    vouchers = [voucher for page in piggy.each_voucher_page() for voucher in page.items]
    assert {"ACTIVE", "REDEEMED", "EXPIRED"} <= {voucher.status for voucher in vouchers}
    for contact in contacts[:40]:
        answers = gather(
            piggy,
            {
                "cards": lambda p, uuid=contact.uuid: p.list_identifiers(contact_uuid=uuid),
                "loyalty": lambda p, uuid=contact.uuid: p.list_loyalty_transactions(contact_uuid=uuid),
                "prepaid": lambda p, uuid=contact.uuid: p.list_prepaid_transactions(contact_uuid=uuid),
                "vouchers": lambda p, uuid=contact.uuid: p.list_vouchers(contact_uuid=uuid),
            },
            seconds=5,
        )
        assert {name: answer.error for name, answer in answers.items() if answer.error} == {}


def test_a_filter_that_piggy_ignores_shows_nobody(piggy, account):
    mila = account.add_contact("mila@example.com", phonenumber="+31612345678")["uuid"]
    noor = account.add_contact("noor@example.com", phonenumber="+31699999999")["uuid"]
    shop = account.add_shop()["uuid"]
    account.add_voucher("NOOR-1", contact_uuid=noor)
    account.add_loyalty_transaction(contact_uuid=noor, credits=5, shop_uuid=shop)
    account.add_prepaid_transaction(contact_uuid=noor, amount_in_cents=500, shop_uuid=shop)
    account.fault("reads", kind="ignore_filters", times=-1)
    for ask in (
        lambda: piggy.list_vouchers(contact_uuid=mila),
        lambda: piggy.list_loyalty_transactions(contact_uuid=mila),
        lambda: piggy.list_prepaid_transactions(contact_uuid=mila),
        lambda: piggy.contacts_by_phone(phone="+31612345678"),
    ):
        with pytest.raises(PiggyFilterIgnored):
            ask()


@pytest.mark.parametrize(
    ("kind", "read", "write"),
    [
        ("429", PiggyRateLimited, PiggyRateLimited),
        ("503", PiggyUnavailable, PiggyOutcomeUnknown),
        ("500", PiggyUnavailable, PiggyOutcomeUnknown),
        ("1000", PiggyUnavailable, PiggyOutcomeUnknown),
        ("401", PiggyUnauthorized, PiggyUnauthorized),
        ("garbage", PiggyUnexpected, PiggyOutcomeUnknown),
        ("html200", PiggyUnexpected, PiggyOutcomeUnknown),
        ("503_after", PiggyUnavailable, PiggyOutcomeUnknown),
        ("500_after", PiggyUnavailable, PiggyOutcomeUnknown),
        ("1000_after", PiggyUnavailable, PiggyOutcomeUnknown),
    ],
)
def test_each_fault_is_the_error_it_should_be(piggy, account, kind, read, write):
    voucher = account.add_voucher("COFFEE-1")
    account.fault(kind=kind, times=-1)
    with pytest.raises(read):
        piggy.find_voucher(code="COFFEE-1")
    account.forget_calls()
    with pytest.raises(write):
        piggy.lock_voucher(voucher_uuid=voucher["uuid"])
    assert [call.operation for call in account.calls] == ["lock_voucher"]
    account.clear_faults()
    done = kind in ("garbage", "html200") or kind.endswith("_after")
    assert piggy.find_voucher(code="COFFEE-1").status == ("LOCKED" if done else "ACTIVE")


@pytest.mark.parametrize(("kind", "status"), [("lost_before", "ACTIVE"), ("lost_after", "LOCKED"), ("reset", "LOCKED")])
def test_a_lost_answer_of_a_write_is_unknown_whether_it_was_done_or_not(served, sandbox_account, kind, status):
    voucher = sandbox_account.add_voucher("COFFEE-1")
    sandbox_account.fault("lock_voucher", kind=kind)
    with pytest.raises(PiggyOutcomeUnknown):
        served.lock_voucher(voucher_uuid=voucher["uuid"])
    assert [call.operation for call in sandbox_account.calls] == ["lock_voucher"]
    assert served.find_voucher(code="COFFEE-1").status == status


@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "reset", "503", "500"])
def test_a_read_survives_one_fault(served, sandbox_account, kind):
    sandbox_account.add_voucher("COFFEE-1")
    sandbox_account.fault("reads", kind=kind)
    assert served.find_voucher(code="COFFEE-1").status == "ACTIVE"
    assert len(sandbox_account.calls) == 2


def test_the_request_id_arrives(served, sandbox_account):
    from piggyadmin.piggy.request_id import request_id

    token = request_id.set("req-42")
    try:
        served.list_shops()
    finally:
        request_id.reset(token)
    assert [call.request_id for call in sandbox_account.calls] == ["req-42"]
