"""Rewards: what the client makes of the answers, and what it does not believe."""

import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import (
    PiggyFilterIgnored,
    PiggyInvalid,
    PiggyNotFound,
    PiggyOutcomeUnknown,
    PiggyRejected,
)
from piggyadmin.piggy.payloads import DigitalRewardReception, RewardReception
from piggyadmin.piggy.rewards import reward_of

from .calls.rewards import BACK, CLAIM, CONTACT, REWARD, WAITING
from .conftest import data, refusal

WANTED = {"contact_uuid": "c-1", "reward_uuid": "w-1", "shop_uuid": "s-1"}


def test_a_claim_is_told_with_its_reward_and_the_balance_after_it(played):
    claim = played(data(CLAIM)).piggy.create_reward_reception(**WANTED)
    assert isinstance(claim, RewardReception)
    assert (claim.credits, reward_of(claim).uuid, claim.contact.credit_balance.balance) == (-75, "w-1", 140)


def test_a_digital_claim_keeps_its_code_out_of_its_extras_and_its_repr(played):
    answer = {**CLAIM, "type": "digital_reward_reception", "digital_reward_code": {"code": "FILM-1"}}
    claim = played(data(answer)).piggy.create_reward_reception(**WANTED)
    assert isinstance(claim, DigitalRewardReception)
    assert claim.digital_reward_code == {"code": "FILM-1"}
    assert "FILM-1" not in repr(claim) + repr(claim.extra)


@pytest.mark.parametrize(
    "odd",
    [
        {"contact": {**CONTACT, "uuid": "c-2"}},
        {"reward": {**REWARD, "uuid": "w-2"}},
        {"shop": {"uuid": "s-2"}},
        {"credits": 75},
        {"type": "credit_reception"},
        {"type": "new_to_us"},
    ],
    ids=str,
)
def test_a_claim_of_something_else_is_unknown(played, odd):
    with pytest.raises(PiggyOutcomeUnknown):
        played(data({**CLAIM, **odd})).piggy.create_reward_reception(**WANTED)


@pytest.mark.parametrize("code", [1017, 1018, 1019, 1052])
def test_a_refused_claim_says_why(played, code):
    with pytest.raises(PiggyRejected) as caught:
        played(refusal(code)).piggy.create_reward_reception(**WANTED)
    assert caught.value.code == code
    assert "code" not in caught.value.message


def test_what_others_wait_for_is_not_shown(played):
    stranger = {**WAITING, "contact": {**CONTACT, "uuid": "c-2"}}
    for odd in (stranger, {**WAITING, "contact": None}):
        with pytest.raises(PiggyFilterIgnored):
            played(data([WAITING, odd])).piggy.list_collectable_rewards(contact_uuid="c-1")


def test_the_older_answer_of_a_hand_over_brings_nothing_to_undo_it_with(played):
    done = played(data({**WAITING, "has_been_collected": True})).piggy.collect_collectable_reward(
        loyalty_transaction_uuid="t-1"
    )
    assert (done.uuid, done.status) == (None, "COLLECTED")


def test_a_hand_over_that_still_waits_is_unknown(played):
    for odd in (WAITING, {"uuid": "h-1", "status": "REVERSED"}):
        with pytest.raises(PiggyOutcomeUnknown):
            played(data(odd)).piggy.collect_collectable_reward(loyalty_transaction_uuid="t-1")
    with pytest.raises(PiggyOutcomeUnknown):
        played(data({"uuid": "h-2", "status": "REVERSED"})).piggy.reverse_collectable_reward_redemption(
            redemption_uuid="h-1"
        )


def test_taking_a_claim_back_brings_another_transaction_of_credits(played):
    assert played(data(BACK)).piggy.reverse_reward_reception(uuid="t-1").credits == 75
    for odd in ({**BACK, "uuid": "t-1"}, {**BACK, "credits": -75}, CLAIM):
        with pytest.raises(PiggyOutcomeUnknown):
            played(data(odd)).piggy.reverse_reward_reception(uuid="t-1")


def test_a_change_of_a_reward_is_checked_before_it_is_sent(played):
    play = played(data(REWARD))
    for wrong in (
        {},
        {"title": ""},
        {"required_credits": -1},
        {"attributes": {"uuid": "x"}},
        {"attributes": {"a b": 1}},
    ):
        with pytest.raises(PiggyInvalid):
            play.piggy.update_reward(reward_uuid="w-1", **wrong)
    assert play.requests == []


def test_a_change_that_did_not_take_is_unknown(played):
    with pytest.raises(PiggyOutcomeUnknown):
        played(data(REWARD)).piggy.update_reward(reward_uuid="w-1", title="Other")
    with pytest.raises(PiggyFilterIgnored):
        played(data(REWARD)).piggy.get_reward(reward_uuid="w-2")


def test_a_claim_lives_its_life_on_the_stand_in(sandbox_account):
    piggy = Piggy(base_url=sandbox_account.base_url, tokens=sandbox_account.token, seconds=3)
    shop, reward = sandbox_account.add_shop()["uuid"], sandbox_account.add_reward(required_credits=75)["uuid"]
    bag = sandbox_account.add_reward("Bag", required_credits=75, pre_redeemable=True, expiration_duration=60)["uuid"]
    who = sandbox_account.add_contact("mila@mail.example", credits=240)["uuid"]
    assert piggy.get_reward(reward_uuid=reward).required_credits == 75
    assert piggy.update_reward(reward_uuid=bag, title="Tote").title == "Tote"
    claim = piggy.create_reward_reception(contact_uuid=who, reward_uuid=bag, shop_uuid=shop)
    assert [each.uuid for each in piggy.list_collectable_rewards(contact_uuid=who)] == [claim.uuid]
    handed = piggy.collect_collectable_reward(loyalty_transaction_uuid=claim.uuid)
    assert piggy.list_collectable_rewards(contact_uuid=who) == []
    with pytest.raises(PiggyInvalid):
        piggy.reverse_reward_reception(uuid=claim.uuid)
    piggy.reverse_collectable_reward_redemption(redemption_uuid=handed.uuid)
    assert piggy.reverse_reward_reception(uuid=claim.uuid).credits == 75
    assert piggy.get_credit_balance(contact_uuid=who).balance == 240
    with pytest.raises(PiggyNotFound):
        piggy.collect_collectable_reward(loyalty_transaction_uuid=claim.uuid)


def test_all_prepaid_transactions_come_page_by_page(sandbox_account):
    piggy = Piggy(base_url=sandbox_account.base_url, tokens=sandbox_account.token, seconds=3)
    who = sandbox_account.add_contact("mila@mail.example")["uuid"]
    for _ in range(33):
        sandbox_account.add_prepaid_transaction(contact_uuid=who, amount_in_cents=1)
    assert [len(page.items) for page in piggy.each_prepaid_transaction_page(contact_uuid=who)] == [30, 3]
