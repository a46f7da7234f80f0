"""Orders, visits, referrals and transactions of a period: the client against the stand-in, and against odd answers."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyFilterIgnored, PiggyInvalid, PiggyNotFound, PiggyOutcomeUnknown
from piggyadmin.piggy.payloads import Order, OrderResult, ReferralSettings
from piggyadmin.piggy.prepass import decode
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

from .calls.orders import EARNS, ORDER
from .calls.referrals import REFERRAL, SETTINGS
from .calls.visits import VISIT
from .conftest import data

URL = "http://sandbox"
TEA = [("Tea", 2, 420)]
CAME = datetime(2026, 5, 2, 18, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


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
def mila(account):
    return account.add_contact("mila@example.com")["uuid"]


@pytest.fixture
def shop(account):
    return account.add_shop()["uuid"]


def test_an_order_is_found_read_and_thought_of(piggy, account, mila, shop):
    row = account.add("order", external_identifier="T/1", contact_uuid=mila, shop_uuid=shop, lines=TEA)
    found = piggy.find_order(external_identifier="T/1")
    assert found == piggy.get_order(order_uuid=row["uuid"])
    assert (found.contact.uuid, found.business_profile.uuid, found.total_order_amount) == (mila, shop, 840)
    with pytest.raises(PiggyNotFound):
        piggy.find_order(external_identifier="T/2")
    earned = piggy.simulate_order(
        shop_uuid=shop, total_order_amount=840, contact_uuid=mila, line_items=[("Tea", 2, 420)]
    )
    assert earned.points == 8


def test_a_visit_is_made_changed_read_and_listed(piggy, mila, shop):
    made = piggy.create_visit(shop_uuid=shop, contact_uuid=mila, fields={"starts_at": CAME, "external_id": "V-1"})
    changed = piggy.update_visit(visit_uuid=made.uuid, fields={"source": "Door"})
    assert (changed.source, changed.starts_at, changed.external_id) == ("Door", CAME.astimezone(UTC), "V-1")
    assert piggy.get_visit(visit_uuid=made.uuid) == changed
    assert [visit for page in piggy.each_visit_page(contact_uuid=mila, limit=1) for visit in page.items] == [changed]
    with pytest.raises(PiggyInvalid) as caught:
        piggy.create_visit(shop_uuid=shop, contact_uuid=mila, fields={"external_id": "V-1"})
    assert "external_id" in caught.value.fields


def test_filters_that_piggy_ignores_show_nobody(piggy, account, mila, shop):
    noor = account.add_contact("noor@example.com")["uuid"]
    account.add("visit", contact_uuid=noor, shop_uuid=shop)
    account.add("referral", referring_contact_uuid=noor, referred_contact_uuid=mila)
    account.fault("reads", kind="ignore_filters", times=-1)
    for ask in (
        lambda: piggy.list_visits(contact_uuid=mila),
        lambda: piggy.list_referrals(referring_contact_uuid=mila),
        lambda: piggy.list_referrals(status="completed"),
    ):
        with pytest.raises(PiggyFilterIgnored):
            ask()


def test_transactions_of_a_period(piggy, account, mila, shop):
    for hour in (9, 10, 11):
        account.add_loyalty_transaction(
            contact_uuid=mila, shop_uuid=shop, credits=hour, created_at=f"2026-05-02T{hour:02}:00:00Z"
        )
    ten, eleven = datetime(2026, 5, 2, 10, tzinfo=UTC), datetime(2026, 5, 2, 11, tzinfo=UTC)
    assert [item.credits for item in piggy.list_loyalty_transactions(since=ten, before=eleven).items] == [10]
    with pytest.raises(PiggyInvalid):
        piggy.list_loyalty_transactions(since=datetime(2026, 5, 2, 10))


@pytest.mark.parametrize(
    "bounds", [{"since": datetime(2026, 9, 5, tzinfo=UTC)}, {"before": datetime(2026, 9, 4, tzinfo=UTC)}]
)
def test_a_transaction_outside_the_period_is_an_error(played, bounds):
    entry = {"type": "credit_reception", "uuid": "t", "credits": 1, "created_at": "2026-09-04T08:12:30+00:00"}
    with pytest.raises(PiggyFilterIgnored):
        played(data([entry], {"page": 1, "last_page": 1})).piggy.list_loyalty_transactions(**bounds)


def test_an_answer_about_something_else_is_never_taken(played):
    with pytest.raises(PiggyFilterIgnored):
        played(data({**ORDER, "external_identifier": "T1/9"})).piggy.find_order(external_identifier="T1/2026-0042")
    with pytest.raises(PiggyFilterIgnored):
        played(data({**VISIT, "uuid": "another"})).piggy.get_visit(visit_uuid="vi-1")
    with pytest.raises(PiggyFilterIgnored):
        played(data([{**REFERRAL, "referring_contact": None}])).piggy.list_referrals(referring_contact_uuid="8b7e1d52")
    for answer in ({**VISIT, "contact": {"uuid": "else"}}, {**VISIT, "external_id": "VI-9"}):
        with pytest.raises(PiggyOutcomeUnknown):
            played(data(answer)).piggy.create_visit(
                shop_uuid="s-1", contact_uuid="8b7e1d52", fields={"external_id": "VI-1"}
            )


@pytest.mark.parametrize("told", [None, [], {}, {"type": "none", "data": []}])
def test_an_account_without_a_rule_for_orders_earns_nothing_that_is_told(played, told):
    earned = played(data(told)).piggy.simulate_order(shop_uuid="s-1", total_order_amount=100)
    assert earned is None or earned.points is None


def test_what_makes_no_sense_never_reaches_piggy(played):
    play = played(data(EARNS))
    for wrong in (
        {"total_order_amount": -1},
        {"total_order_amount": 10.5},
        {"total_order_amount": 100, "line_items": [("Tea", 0, 100)]},
        {"total_order_amount": 100, "line_items": [("a\x00", 1, 100)]},
    ):
        with pytest.raises(PiggyInvalid):
            play.piggy.simulate_order(shop_uuid="s-1", **wrong)
    for fields in ({"shop_uuid": "s-2"}, {}, {"starts_at": datetime(2026, 5, 2, 10)}, {"source": "a" * 256}):
        with pytest.raises(PiggyInvalid):
            play.piggy.update_visit(visit_uuid="vi-1", fields=fields)
    with pytest.raises(PiggyInvalid):
        play.piggy.list_referrals(status="done")
    assert play.requests == []


def test_payloads_take_what_php_writes():
    order = decode({**ORDER, "contact": [], "line_items": {}, "charges": None, "total_order_amount": "1140.00"}, Order)
    assert (order.contact, order.line_items, order.charges, order.total_order_amount) == (None, [], [], 1140)
    assert decode({"type": "POINTS_TRANSACTION", "data": {"points": "11"}}, OrderResult).points == 11
    terms = decode(SETTINGS, ReferralSettings)
    assert (terms.limit_per_contact, terms.completion_event.data) == (10, {})
    assert terms.referring_contact_incentive.data["points"] == 50
