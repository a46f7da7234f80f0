"""The structs on bodies as Piggy's documentation shows them, with what its captures add and leave out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from piggyadmin.piggy.payloads import (
    AccessToken,
    Contact,
    ContactIdentifier,
    CreditReception,
    DigitalRewardReception,
    Lock,
    LoyaltyProgram,
    LoyaltyTransaction,
    PrepaidTransaction,
    Promotion,
    RedeemedVoucher,
    Reward,
    RewardReception,
    Shop,
    Tier,
    Voucher,
    VoucherBatch,
    VoucherLock,
)
from piggyadmin.piggy.prepass import decode

CONTACT: dict[str, Any] = {
    "id": 4101,
    "uuid": "3f0c1a52-7d3e-4c0b-9f6a-1b2c3d4e5f60",
    "email": "mila.jansen@example.com",
    "tier": {"uuid": "0d9c8b7a", "name": "Silver", "description": "Regulars", "position": 2, "media": None},
    "subscriptions": [
        {
            "is_subscribed": True,
            "status": "SUBSCRIBED",
            "subscription_type": {"id": 1, "uuid": None, "name": "Newsletter", "active": True, "strategy": "OPT_IN"},
        },
        {"is_subscribed": 0, "status": 0, "subscription_type": {"id": 2, "uuid": 7, "name": "Texts", "active": "1"}},
    ],
    "credit_balance": {"balance": 320},
    "prepaid_balance": {"balance_in_cents": 1250},
    "current_values": {
        "uuid": "3f0c1a52-7d3e-4c0b-9f6a-1b2c3d4e5f60",
        "email": "mila.jansen@example.com",
        "firstname": "Mila",
        "lastname": "Jansen",
        "phonenumber": "+31612345678",
        "is_anonymous": False,
        "created_at": "2026-02-03T09:15:00+00:00",
        "updated_at": "2026-03-01 10:00:00+00:00",
        "loyalty_balance": 319,
        "prepaid_balance": 12.4,
    },
    "current_display_values": {"firstname": "Mila", "is_anonymous": "False", "loyalty_balance": "319"},
}
PROMOTION = {"uuid": "2f0c6a54", "name": "Coffee on us", "voucher_limit": 1000, "limit_per_contact": None}
VOUCHER: dict[str, Any] = {
    "uuid": "e5a9d3f0",
    "code": "COF-7Q2K9",
    "status": "ACTIVE",
    "name": "Coffee on us",
    "description": None,
    "expiration_date": "2026-09-30T21:59:59+00:00",
    "activation_date": "2026-08-31T22:00:00+00:00",
    "redeemed_at": None,
    "is_redeemed": False,
    "attributes": [],
    "contact": {"uuid": "8b7e1d52", "email": "ada@example.org"},
    "promotion": {**PROMOTION, "expiration_duration": "2592000", "till_discount_code": "FREECOF"},
}


def test_it_reads_a_contact():
    contact = decode(CONTACT, Contact)
    assert (contact.name, contact.phone, contact.email) == ("Mila Jansen", "+31612345678", "mila.jansen@example.com")
    assert (contact.tier_name, contact.is_anonymous) == ("Silver", False)
    assert [s.subscription_type.uuid for s in contact.subscriptions if s.subscription_type] == [None, "7"]
    assert contact.subscriptions[1].status == "0"
    assert contact.created_at == datetime(2026, 2, 3, 9, 15, tzinfo=UTC)
    assert contact.updated_at == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_balances_come_from_their_own_fields_and_never_from_the_trailing_values():
    contact = decode(CONTACT, Contact)
    assert (contact.credits, contact.prepaid_cents) == (320, 1250)
    bare = decode({**CONTACT, "credit_balance": None, "prepaid_balance": []}, Contact)
    assert (bare.credits, bare.prepaid_cents) == (None, None)


def test_a_contact_needs_nothing_but_a_uuid():
    contact = decode({"uuid": 123}, Contact)
    assert (contact.uuid, contact.name, contact.phone, contact.tier_name) == ("123", "", "", "")
    assert (contact.credits, contact.created_at, contact.is_anonymous, contact.known_email) == (None, None, False, "")


@pytest.mark.parametrize(
    ("flag", "inner", "top", "anonymous"),
    [
        (True, "a1@anonymous.piggy.eu", "a1@anonymous.piggy.eu", True),
        ("True", "A1@anonymous.piggy.eu", "a1@anonymous.piggy.eu", True),
        (1, None, "a1@anonymous.piggy.eu", True),
        (True, "a1@anonymous.piggy.eu", "mila@example.com", False),  # just claimed: the values trail behind
        (False, "mila@example.com", "mila@example.com", False),
        (None, None, "mila@example.com", False),
    ],
)
def test_it_knows_an_anonymous_contact_also_just_after_a_claim(flag, inner, top, anonymous):
    contact = decode({"uuid": "a", "email": top, "current_values": {"is_anonymous": flag, "email": inner}}, Contact)
    assert contact.is_anonymous is anonymous
    assert contact.known_email == ("" if anonymous else top)


def test_a_value_falls_back_on_the_display_value():
    contact = decode(
        {"uuid": "a", "current_values": {"firstname": None}, "current_display_values": {"firstname": "Zoë"}}, Contact
    )
    assert contact.name == "Zoë"


def test_one_odd_date_does_not_lose_the_customer():
    assert decode({"uuid": "a", "current_values": {"created_at": "soon"}}, Contact).created_at is None


@pytest.mark.parametrize("tier", [None, [], {"name": None}, {"uuid": None, "name": ""}])
def test_no_tier_comes_in_many_ways(tier):
    assert decode({"uuid": "a", "tier": tier}, Contact).tier_name == ""


def test_it_reads_an_identifier_with_and_without_contact():
    linked = decode(
        {"name": "Loyalty card", "value": "LC-00042", "active": True, "default": True, "contact": {"uuid": "3f0c"}},
        ContactIdentifier,
    )
    assert (linked.value, linked.active, linked.contact and linked.contact.uuid) == ("LC-00042", True, "3f0c")
    assert decode({"value": 42, "active": 1, "contact": None}, ContactIdentifier).contact is None


def test_it_reads_a_voucher_of_a_list():
    voucher = decode(VOUCHER, Voucher)
    assert voucher.expiration_date == datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC)
    assert voucher.attributes == {}
    assert voucher.redemptions_remaining is None
    assert voucher.promotion is not None
    assert voucher.promotion.extra == {"till_discount_code": "FREECOF"}
    assert voucher.promotion.expiration_duration == 2_592_000


@pytest.mark.parametrize(
    ("told", "mark"),
    [
        ({"attributes": {"piggyadmin_act": "run.1.1"}}, "run.1.1"),
        ({"attributes": [], "piggyadmin_act": "run.1.1"}, "run.1.1"),  # among the other keys
        ({"attributes": {"piggyadmin_act": 17}}, "17"),
        ({"attributes": {"piggyadmin_act": None}}, ""),
        ({"attributes": {"piggyadmin_act": ""}, "piggyadmin_act": None}, ""),
        ({"attributes": []}, ""),
        ({"attributes": None}, ""),
        ({}, ""),
    ],
)
def test_a_voucher_brings_its_mark_or_none(told, mark):
    bare = {name: value for name, value in VOUCHER.items() if name != "attributes"}
    assert decode({**bare, **told}, Voucher).mark == mark


def test_it_reads_the_answer_to_a_batch():
    told = {"uuid": 7, "type": "vouchers", "quantity": "250", "status": "PENDING", "created_at": "2026-09-04, 10:12"}
    batch = decode(told, VoucherBatch)
    assert (batch.uuid, batch.quantity, batch.status, batch.created_at) == ("7", 250, "PENDING", "2026-09-04, 10:12")


def test_it_reads_a_redeemed_voucher_with_the_uuid_that_reverses_it():
    told = {
        **VOUCHER,
        "status": "REDEEMED",
        "redemptions_remaining": "0",
        "voucher_redemption": {"uuid": "9c1d", "created_at": "2026-09-04 08:12:30+00:00"},
    }
    redeemed = decode(told, RedeemedVoucher)
    assert redeemed.redemptions_remaining == 0
    assert redeemed.voucher_redemption is not None
    assert redeemed.voucher_redemption.uuid == "9c1d"
    assert decode(VOUCHER, RedeemedVoucher).voucher_redemption is None


def test_it_reads_a_lock_and_a_release():
    lock = {
        "release_key": "k-1",
        "locked_at": "2026-09-04T08:12:30+00:00",
        "unlocked_at": None,
        "system_release_at": "2026-09-04T09:12:30+00:00",
    }
    locked = decode({"voucher": {"uuid": "e5a9", "status": "LOCKED"}, "lock": lock}, VoucherLock)
    assert locked.lock.release_key == "k-1"
    assert locked.lock.system_release_at == datetime(2026, 9, 4, 9, 12, 30, tzinfo=UTC)


def test_it_reads_promotions_of_both_shapes():
    told = {**PROMOTION, "attributes": {"till_discount_code": "FREECOF"}, "media": None, "type": "SINGLE_USE"}
    promotion = decode(told, Promotion)
    assert promotion.attributes == {"till_discount_code": "FREECOF"}
    assert promotion.type == "SINGLE_USE"


def test_it_reads_loyalty_transactions_of_every_kind_and_keeps_their_marks():
    shared = {"created_at": "2026-09-04T08:12:30+00:00", "shop": {"id": 7, "uuid": "c41d", "address": {"id": 3}}}
    told = [
        {
            **shared,
            "type": "credit_reception",
            "uuid": "5d6e",
            "credits": 25,
            "contact": {"uuid": "8b7e", "email": "ada@example.org", "credit_balance": {"id": 501, "balance": 140}},
            "contact_identifier": None,
            "unit_value": "25.4",
            "unit": {"id": 12, "name": "purchase_amount", "is_default": 1},
            "piggyadmin_act": "act-17",
        },
        {**shared, "type": "reward_reception", "uuid": "5d6f", "credits": -75, "title": "Tote bag",
         "has_been_collected": False, "expires_at": "", "reward": {"uuid": 31, "title": "Tote bag", "till_sku": "T"}},
        {**shared, "type": "digital_reward_reception", "uuid": "5d70", "credits": "-5",
         "digital_reward_code": {"code": "SECRET"}},
        {**shared, "type": "something_new", "uuid": "5d71"},
    ]  # fmt: skip
    award, claim, digital = decode(told, list[LoyaltyTransaction])
    assert isinstance(award, CreditReception)
    assert (award.credits, award.unit_value, award.extra) == (25, 25.4, {"piggyadmin_act": "act-17"})
    assert award.contact is not None
    assert award.contact.credit_balance is not None
    assert award.contact.credit_balance.balance == 140
    assert isinstance(claim, RewardReception)
    assert claim.reward is not None
    assert claim.reward.extra == {"till_sku": "T"}
    assert isinstance(digital, DigitalRewardReception)
    assert digital.extra == {}


def test_it_reads_a_prepaid_transaction():
    told = {
        "uuid": "5d6e",
        "amount_in_cents": -450,
        "prepaid_balance": {"balance_in_cents": 1550, "balance": "€15.50"},
        "created_at": "2026-09-04T08:12:30+00:00",
        "shop": {"id": 7, "uuid": "c41d", "reference": None, "name": "Harbour Street"},
        "contact_identifier": {"name": "Card", "value": "CARD-0001", "active": True},
        "contact": {"uuid": "8b7e", "email": "ada@example.org"},
    }
    found = decode(told, PrepaidTransaction)
    assert (found.amount_in_cents, found.prepaid_balance and found.prepaid_balance.balance_in_cents) == (-450, 1550)


def test_it_reads_the_account():
    assert (
        decode({"uuid": "c2d4", "name": "Harbour Street", "type": "on_site", "reference": None}, Shop).type == "on_site"
    )
    program = decode(
        {"id": 64, "name": "House points", "max_amount": "50000", "custom_credit_name": "Points", "unit": []},
        LoyaltyProgram,
    )
    assert (program.id, program.max_amount, program.unit) == ("64", 50_000, None)
    reward = decode({"id": 31, "uuid": "0a1b", "title": "Tote bag", "required_credits": 75, "sku": "T"}, Reward)
    assert (reward.required_credits, reward.extra) == (75, {"sku": "T"})
    assert decode({"name": "Gold", "position": 3, "media": None, "uuid": "aa11"}, Tier).position == 3


def test_the_text_of_an_object_shows_an_id_and_nothing_personal_or_secret():
    texts = [
        repr(decode(CONTACT, Contact)),
        repr(decode(VOUCHER, Voucher)),
        repr([decode(VOUCHER, Voucher)]),
        repr(Lock(release_key="k-1")),
        repr(AccessToken(access_token="secret-token")),
        repr(decode({"value": "LC-00042"}, ContactIdentifier)),
    ]
    assert texts[0] == "<Contact 3f0c1a52-7d3e-4c0b-9f6a-1b2c3d4e5f60>"
    for secret in ("mila", "Jansen", "+316", "COF-", "ada@", "k-1", "secret-token", "LC-0"):
        assert not any(secret in text for text in texts)
