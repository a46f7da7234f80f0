"""A filter that Piggy ignores would show a stranger's data: every filtered answer is checked, item by item."""

import pytest

from piggyadmin.piggy.errors import PiggyFilterIgnored
from piggyadmin.piggy.filters import digits

from .conftest import data
from .operations import PREPAID, TRANSACTION, UUID
from .test_payloads import CONTACT, PROMOTION, VOUCHER

STRANGER = {"uuid": "someone-else", "email": "else@example.org"}
ONE_PAGE = {"page": 1, "last_page": 1, "total": 2}
OURS = {**VOUCHER, "contact": {"uuid": UUID}, "promotion": PROMOTION}


@pytest.mark.parametrize("contact", [STRANGER, None, []])
def test_a_voucher_of_a_stranger_or_of_nobody_is_never_shown(played, contact):
    play = played(data([OURS, {**OURS, "contact": contact}], ONE_PAGE))
    with pytest.raises(PiggyFilterIgnored) as caught:
        play.piggy.list_vouchers(contact_uuid=UUID)
    assert "contact_uuid" in caught.value.detail
    assert "someone-else" not in str(caught.value) + caught.value.detail


@pytest.mark.parametrize("promotion", [{"uuid": "another"}, None])
def test_a_voucher_of_another_promotion_is_an_error(played, promotion):
    play = played(data([{**OURS, "promotion": promotion}], ONE_PAGE))
    with pytest.raises(PiggyFilterIgnored):
        play.piggy.list_vouchers(promotion_uuid=PROMOTION["uuid"])


def test_a_voucher_of_another_status_is_an_error(played):
    play = played(data([OURS, {**OURS, "status": "REDEEMED"}], ONE_PAGE))
    with pytest.raises(PiggyFilterIgnored):
        play.piggy.list_vouchers(status="ACTIVE")


def test_without_a_filter_everything_may_come(played):
    play = played(data([OURS, {**OURS, "contact": None, "status": "NEW_WORD"}], ONE_PAGE))
    assert len(play.piggy.list_vouchers().items) == 2


@pytest.mark.parametrize("contact", [STRANGER, None])
def test_a_transaction_of_a_stranger_is_never_shown(played, contact):
    for asked, item in (
        ("list_loyalty_transactions", TRANSACTION),
        ("list_prepaid_transactions", PREPAID),
    ):
        play = played(data([item, {**item, "contact": contact}], ONE_PAGE))
        with pytest.raises(PiggyFilterIgnored):
            getattr(play.piggy, asked)(contact_uuid=UUID)


def test_a_transaction_of_another_shop_is_an_error(played):
    for asked, item in (
        ("list_loyalty_transactions", TRANSACTION),
        ("list_prepaid_transactions", PREPAID),
    ):
        play = played(data([{**item, "shop": {"uuid": "elsewhere"}}], ONE_PAGE))
        with pytest.raises(PiggyFilterIgnored):
            getattr(play.piggy, asked)(shop_uuid="s-1")


def test_a_transaction_of_another_kind_is_an_error(played):
    play = played(data([TRANSACTION], ONE_PAGE))
    with pytest.raises(PiggyFilterIgnored):
        play.piggy.list_loyalty_transactions(kind="reward_receptions")
    digital = {**TRANSACTION, "type": "digital_reward_reception"}
    assert played(data([digital], ONE_PAGE)).piggy.list_loyalty_transactions(kind="reward_receptions").items


def test_transactions_that_are_not_sorted_are_sorted_when_all_are_there(played):
    newer = {**TRANSACTION, "uuid": "t-2", "created_at": "2026-09-05T08:12:30+00:00"}
    page = played(data([TRANSACTION, newer], ONE_PAGE)).piggy.list_loyalty_transactions(contact_uuid=UUID)
    assert [item.uuid for item in page.items] == ["t-2", "t-1"]


def test_transactions_that_are_not_sorted_are_refused_when_there_are_more(played):
    newer = {**TRANSACTION, "uuid": "t-2", "created_at": "2026-09-05T08:12:30+00:00"}
    meta = {"page": 1, "limit": "2", "last_page": 9, "total": 18}
    with pytest.raises(PiggyFilterIgnored):
        played(data([TRANSACTION, newer], meta)).piggy.list_loyalty_transactions(contact_uuid=UUID)
    page = played(data([newer, TRANSACTION], meta)).piggy.list_loyalty_transactions(contact_uuid=UUID)
    assert [item.uuid for item in page.items] == ["t-2", "t-1"]


@pytest.mark.parametrize("code", ["cof-7q2k9", "COF-7Q2K", "OTHER"])
def test_a_voucher_with_another_code_is_an_error(played, code):
    with pytest.raises(PiggyFilterIgnored):
        played(data(VOUCHER)).piggy.find_voucher(code=code)


def test_another_card_than_the_one_asked_for_is_an_error(played):
    with pytest.raises(PiggyFilterIgnored):
        played(data({"value": "LC-2", "contact": STRANGER})).piggy.find_identifier(value="LC-1")


def test_a_card_of_a_stranger_in_a_contacts_list_is_an_error(played):
    cards = [{"value": "LC-1", "contact": {"uuid": UUID}}, {"value": "LC-2", "contact": STRANGER}]
    with pytest.raises(PiggyFilterIgnored):
        played(data(cards)).piggy.list_identifiers(contact_uuid=UUID)


@pytest.mark.parametrize("email", ["other@example.com", None, ""])
def test_another_address_than_the_one_asked_for_is_an_error(played, email):
    with pytest.raises(PiggyFilterIgnored):
        played(data({**CONTACT, "email": email})).piggy.find_contact(email="mila.jansen@example.com")


def test_an_address_in_other_letters_is_the_same(played):
    play = played(data({**CONTACT, "email": "Mila.Jansen@Example.com"}))
    assert play.piggy.find_contact(email="mila.jansen@example.COM").uuid == UUID


def test_another_contact_promotion_or_shop_than_the_one_asked_for_is_an_error(played):
    with pytest.raises(PiggyFilterIgnored):
        played(data(CONTACT)).piggy.get_contact(contact_uuid="merged-away")
    with pytest.raises(PiggyFilterIgnored):
        played(data(PROMOTION)).piggy.get_promotion(promotion_uuid="another")
    with pytest.raises(PiggyFilterIgnored):
        played(data({"uuid": "s-2"})).piggy.get_shop(shop_uuid="s-1")


@pytest.mark.parametrize("phone", ["+31 6 12345678", "0031612345678", "31612345678", "+31612345678"])
def test_phones_are_compared_by_their_digits(played, phone):
    assert played(data([CONTACT])).piggy.contacts_by_phone(phone=phone).items[0].uuid == UUID


@pytest.mark.parametrize("values", [{"phonenumber": "+31699999999"}, {"phonenumber": None}, {}, {"phonenumber": ""}])
def test_a_contact_with_another_phone_or_none_is_an_error(played, values):
    play = played(data([CONTACT, {**CONTACT, "current_values": values}]))
    with pytest.raises(PiggyFilterIgnored):
        play.piggy.contacts_by_phone(phone="+31612345678")


def test_a_phone_without_digits_matches_nobody(played):
    with pytest.raises(PiggyFilterIgnored):
        played(data([{**CONTACT, "current_values": {"phonenumber": "-"}}])).piggy.contacts_by_phone(phone="+")


def test_other_attributes_are_compared_without_regard_to_case(played):
    play = played(data([CONTACT]))
    assert play.piggy.list_contacts(attributes={"firstname": "MILA", "email": "Mila.Jansen@example.com"}).items
    with pytest.raises(PiggyFilterIgnored):
        play.piggy.list_contacts(attributes={"firstname": "Mil"})


@pytest.mark.parametrize(
    ("phone", "same"), [("+31 (0)6-12", "310612"), ("0031612", "31612"), ("٣١", ""), ("", ""), ("000", "")]
)
def test_the_digits_of_a_phone(phone, same):
    assert digits(phone) == same
