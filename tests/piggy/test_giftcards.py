"""Gift cards: the client against the stand-in Piggy, and answers that are about another card."""

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import (
    PiggyFilterIgnored,
    PiggyInvalid,
    PiggyNotFound,
    PiggyOutcomeUnknown,
    PiggyRejected,
)
from piggyadmin.piggy.payloads import Giftcard
from piggyadmin.piggy.prepass import decode
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

from .conftest import data
from .operations import CARD_MOVE, GIFTCARD

URL = "http://sandbox"
CARD = decode(GIFTCARD, Giftcard)


@pytest.fixture(scope="module")
def transport() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=make_app(control=True))


@pytest.fixture
def account(transport) -> SandboxAccount:
    return SandboxAccount(URL, http=httpx.Client(transport=transport))


@pytest.fixture
def piggy(transport, account) -> Piggy:
    return Piggy(base_url=URL, tokens=account.token, transport=transport)


def test_a_card_is_made_loaded_spent_and_taken_back(piggy, account):
    shop, program = account.add_shop()["uuid"], account.add("giftcard_program")["uuid"]
    made = piggy.create_giftcard(program_uuid=program)
    assert (made.amount_in_cents, made.giftcard_program.uuid) == (0, program)
    assert piggy.list_giftcards(program_uuid=program).total == 1
    assert [(each.uuid, each.active, each.card_count) for each in piggy.list_giftcard_programs()] == [
        (program, True, 1)
    ]
    piggy.create_giftcard_transaction(giftcard_uuid=made.uuid, amount_in_cents=2500, shop_uuid=shop)
    spent = piggy.create_giftcard_transaction(giftcard_uuid=made.uuid, amount_in_cents=-700, shop_uuid=shop)
    assert piggy.find_giftcard(hash=made.hash).amount_in_cents == 1800
    assert piggy.reverse_giftcard_transaction(uuid=spent.uuid).amount_in_cents == 700
    listed = piggy.list_giftcard_transactions(card=made, limit=2)
    assert [each.amount_in_cents for each in listed.items] == [700, -700]
    assert (listed.total, listed.last, listed.size) == (3, 2, 2)
    pages = list(piggy.each_giftcard_transaction_page(card=made, limit=2))
    assert [each.amount_in_cents for page in pages for each in page.items] == [700, -700, 2500]


def test_a_mark_comes_back_where_the_account_has_the_attribute(piggy, account):
    shop, card = account.add_shop()["uuid"], account.add("giftcard")["uuid"]
    account.add_attribute("piggyadmin_act", entity="giftcard_transaction")
    sent = {"giftcard_uuid": card, "amount_in_cents": 100, "shop_uuid": shop}
    assert piggy.create_giftcard_transaction(**sent, custom_attributes={"piggyadmin_act": "A-1"}).mark == "A-1"
    assert piggy.create_giftcard_transaction(**sent).mark == ""


@pytest.mark.parametrize(("cents", "code"), [(-1, 5003), (99_999, 5008)])
def test_what_a_card_cannot_take_is_refused_by_its_code(piggy, account, cents, code):
    shop, card = account.add_shop()["uuid"], account.add("giftcard")["uuid"]
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_giftcard_transaction(giftcard_uuid=card, amount_in_cents=cents, shop_uuid=shop)
    assert caught.value.code == code


def test_what_is_not_there_is_not_found(piggy):
    for ask in (
        lambda: piggy.find_giftcard(hash="NOPE"),
        lambda: piggy.get_giftcard(giftcard_uuid="nope"),
        lambda: piggy.create_giftcard(program_uuid="nope"),
        lambda: piggy.reverse_giftcard_transaction(uuid="nope"),
    ):
        with pytest.raises(PiggyNotFound):
            ask()


def test_another_card_than_the_one_asked_for_is_never_shown(played):
    other = {**GIFTCARD, "uuid": "g-2", "hash": "GC881", "giftcard_program": {"uuid": "gp-2"}}
    with pytest.raises(PiggyFilterIgnored):
        played(data(other)).piggy.find_giftcard(hash="GC880")
    with pytest.raises(PiggyFilterIgnored):
        played(data(other)).piggy.get_giftcard(giftcard_uuid="g-1")
    with pytest.raises(PiggyFilterIgnored):
        played(data([other])).piggy.list_giftcards(program_uuid="gp-1")


@pytest.mark.parametrize("card", [{"id": 881, "uuid": "g-2"}, {"id": 881, "uuid": None}, {"uuid": None}, None])
def test_anothers_money_is_never_shown(played, card):
    with pytest.raises(PiggyFilterIgnored):
        played(data([{**CARD_MOVE, "card": card}])).piggy.list_giftcard_transactions(card=CARD)


@pytest.mark.parametrize("number", [880, "880"])
def test_an_old_transaction_is_known_by_the_number_of_its_card(played, number):
    old = {**CARD_MOVE, "uuid": None, "card": {"id": number, "uuid": None}, "custom_attributes": []}
    (found,) = played(data([old])).piggy.list_giftcard_transactions(card=CARD).items
    assert (found.uuid, found.mark) == (None, "")


@pytest.mark.parametrize("odd", [{"amount_in_cents": 2500}, {"card": {"uuid": "g-2"}}, {"shop": {"uuid": "s-2"}},
                                 {"custom_attributes": {"piggyadmin_act": "m-2"}}])  # fmt: skip
def test_an_answer_about_something_else_leaves_the_outcome_unknown(played, odd):
    with pytest.raises(PiggyOutcomeUnknown):
        played(data({**CARD_MOVE, **odd})).piggy.create_giftcard_transaction(
            giftcard_uuid="g-1", amount_in_cents=-2500, shop_uuid="s-1", custom_attributes={"piggyadmin_act": "m-1"}
        )


def test_a_card_with_money_on_it_was_not_just_made(played):
    with pytest.raises(PiggyOutcomeUnknown):
        played(data({**GIFTCARD, "amount_in_cents": 5})).piggy.create_giftcard(program_uuid="gp-1")


def test_a_card_does_not_tell_its_code_in_a_log_line():
    assert "GC880" not in repr(CARD)


def test_a_code_that_cannot_be_one_never_reaches_piggy(played):
    play = played(data(GIFTCARD))
    for text in ("", "  ", "x" * 300, "a\nb"):
        with pytest.raises(PiggyInvalid):
            play.piggy.find_giftcard(hash=text)
    assert play.requests == []
