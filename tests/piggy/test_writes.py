"""What holds for every call that changes something: sent once, and called done only when the answer says so."""

import json
from typing import Any

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.deadline import Deadline
from piggyadmin.piggy.errors import (
    PiggyNotFound,
    PiggyNotSent,
    PiggyOutcomeUnknown,
    PiggyRateLimited,
    PiggyRejected,
    PiggyUnauthorized,
)

from .conftest import data, refusal
from .operations import BATCH, BOOKING, CARD, EMAIL, MADE, MARK, PREPAID, SUBSCRIPTION, TRANSACTION, UUID, WRITES
from .test_payloads import CONTACT

STRANGER = {"uuid": "someone-else", "email": "else@example.org"}
CALLS = pytest.mark.parametrize(("name", "arguments"), [(name, arguments) for name, arguments, *_ in WRITES])

# What these answer is not documented, or nothing: `test_calls` and `test_removals` say what it may be.
UNDOCUMENTED = (
    *("reverse_redemption", "merge_contacts", "delete_contact", "delete_webhook_subscription", "delete_perk"),
    *("create_automation_run", "delete_product", "delete_category"),
    "simulate_order",  # may bring nothing, and changes nothing
    "get_contact_auth_token",  # any text may be a token
)
DOCUMENTED = pytest.mark.parametrize(
    ("name", "arguments"), [(name, arguments) for name, arguments, *_ in WRITES if name not in UNDOCUMENTED]
)


def arguments_of(name: str) -> dict[str, Any]:
    return next(arguments for called, arguments, *_ in WRITES if called == name)


def answering_html(status: int) -> httpx.Response:
    return httpx.Response(status, text="<h1>oops</h1>")


@CALLS
@pytest.mark.parametrize(
    "answer",
    [answering_html(503), answering_html(500), refusal(1000), refusal(80004, status=500), answering_html(302)],
    ids=["503", "500", "1000", "a code with 500", "302"],
)
def test_a_write_that_may_have_happened_is_unknown_and_never_sent_twice(played, name, arguments, answer):
    play = played(answer)
    with pytest.raises(PiggyOutcomeUnknown):
        getattr(play.piggy, name)(**arguments)
    assert len(play.requests) == 1


@CALLS
@pytest.mark.parametrize("failure", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError])
def test_a_write_whose_answer_is_lost_is_unknown_and_never_sent_twice(played, name, arguments, failure):
    def losing(request: httpx.Request) -> httpx.Response:
        raise failure("lost", request=request)

    play = played(losing)
    with pytest.raises(PiggyOutcomeUnknown):
        getattr(play.piggy, name)(**arguments)
    assert len(play.requests) == 1


@CALLS
def test_a_write_that_never_left_is_surely_not_done(played, name, arguments):
    def closed(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("closed", request=request)

    with pytest.raises(PiggyNotSent):
        getattr(played(closed).piggy, name)(**arguments)


@CALLS
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(55031), PiggyNotFound),
        (refusal(123456), PiggyRejected),
        (httpx.Response(429, headers={"Retry-After": "1"}), PiggyRateLimited),
        (httpx.Response(401), PiggyUnauthorized),
    ],
    ids=["55031", "a new code", "429", "401"],
)
def test_a_refused_write_is_not_done_and_not_sent_again(played, name, arguments, answer, error):
    play = played(answer)
    with pytest.raises(error):
        getattr(play.piggy, name)(**arguments)
    assert len(play.requests) == 1


@DOCUMENTED
@pytest.mark.parametrize(
    "answer",
    [data(None), data([]), data("done"), data({}), data(True), data([{"uuid": UUID}]), httpx.Response(204),
     httpx.Response(200, json={"uuid": UUID}), httpx.Response(200, text="<html>")],
    ids=["null", "[]", "text", "{}", "true", "a list", "204", "no envelope", "html"],
)  # fmt: skip
def test_a_write_with_an_answer_of_unknown_shape_is_unknown(played, name, arguments, answer):
    with pytest.raises(PiggyOutcomeUnknown):
        getattr(played(answer).piggy, name)(**arguments)


@CALLS
def test_a_write_is_never_made_in_a_pool_thread(played, name, arguments):
    play = played(data(None))
    pooled: Piggy = play.piggy.for_pool_thread(token="t", deadline=Deadline(1))
    with pytest.raises(TypeError):
        getattr(pooled, name)(**arguments)
    assert play.requests == []


OTHER_CARD = {**CARD, "value": "LC-2"}
STRANGERS: list[tuple[str, Any]] = [
    ("create_voucher", {**MADE, "code": "COF-OTHER"}),
    ("create_voucher", {**MADE, "promotion": {"uuid": "another"}}),
    ("create_voucher", {**MADE, "contact": STRANGER}),
    ("create_voucher_batch", {**BATCH, "quantity": 249}),
    ("update_voucher", {**MADE, "uuid": "another", "status": "DEACTIVATED"}),
    ("update_voucher", {**MADE, "status": "ACTIVE", "expiration_date": None}),
    ("update_voucher", {**MADE, "status": "DEACTIVATED"}),
    ("create_promotion", {"uuid": "p-1", "name": "Tea on us"}),
    ("find_or_create_contact", STRANGER),
    ("find_or_create_contact", {**CONTACT, "email": None}),
    ("update_contact", {**CONTACT, "uuid": "someone-else"}),
    ("claim_contact", {**CONTACT, "email": "a1@anonymous.piggy.eu"}),
    ("claim_contact", {**CONTACT, "email": None}),
    ("create_identifier", OTHER_CARD),
    ("create_identifier", {**CARD, "contact": STRANGER}),
    ("create_identifier", {**CARD, "contact": None}),
    ("link_identifier", OTHER_CARD),
    ("link_identifier", {**CARD, "contact": STRANGER}),
    ("link_identifier", {**CARD, "contact": None}),
    ("unlink_identifier", {**OTHER_CARD, "contact": None}),
    ("unlink_identifier", CARD),
    ("update_identifier", {**OTHER_CARD, "active": False}),
    ("update_identifier", CARD),
    ("update_identifier", {**CARD, "active": None}),
    ("update_identifier", {**CARD, "active": False, "name": "Another"}),
    ("create_custom_attribute", {"entity": "booking", "name": "other", "type": "select"}),
    ("create_custom_attribute", {"entity": "booking", "name": "dish", "type": "text"}),
    ("create_custom_attribute", {"entity": "visit", "name": "dish", "type": "select"}),
    ("create_loyalty_transaction_attribute", {**MARK, "name": "other"}),
    ("create_loyalty_transaction_attribute", {**MARK, "type": "select"}),
    ("subscribe", {**SUBSCRIPTION, "subscription_type": {"uuid": "n-2"}}),
    ("subscribe", {**SUBSCRIPTION, "subscription_type": None}),
    ("subscribe", {**SUBSCRIPTION, "status": "UNSUBSCRIBED"}),
    ("subscribe", {"subscription_type": {"uuid": "n-1"}}),
    ("unsubscribe", {**SUBSCRIPTION, "status": "UNSUBSCRIBED", "subscription_type": {"uuid": "n-2"}}),
    ("unsubscribe", SUBSCRIPTION),
    ("unsubscribe", {**SUBSCRIPTION, "status": 1, "is_subscribed": True}),
    ("send_verification", {"type": "Error", "message": "No."}),
    ("create_credit_reception", {**TRANSACTION, "contact": STRANGER}),
    ("create_credit_reception", {**TRANSACTION, "contact": None}),
    ("create_credit_reception", {**TRANSACTION, "shop": {"uuid": "elsewhere"}}),
    ("create_credit_reception", {**TRANSACTION, "piggyadmin_act": "act-16"}),
    ("reverse_credit_reception", {**TRANSACTION, "uuid": "t-0"}),
    ("create_booking", {**BOOKING, "contact": STRANGER}),
    ("create_booking", {**BOOKING, "external_id": "BK-2"}),
    ("update_booking", {**BOOKING, "uuid": "b-2"}),
    ("create_prepaid_transaction", {**PREPAID, "amount_in_cents": 99}),
    ("create_prepaid_transaction", {**PREPAID, "contact": STRANGER}),
    ("create_prepaid_transaction", {**PREPAID, "shop": {"uuid": "elsewhere"}}),
    ("reverse_prepaid_transaction", {**PREPAID, "uuid": "p-0"}),
]


@pytest.mark.parametrize(("name", "answer"), STRANGERS)
def test_an_answer_about_something_else_is_never_called_done(played, name, answer):
    with pytest.raises(PiggyOutcomeUnknown) as caught:
        getattr(played(data(answer)).piggy, name)(**arguments_of(name))
    assert caught.value.detail == "the answer is about something else"


def test_credits_other_than_those_that_were_given_are_never_called_done(played):
    piggy = played(data({**TRANSACTION, "credits": 50})).piggy
    with pytest.raises(PiggyOutcomeUnknown):
        piggy.create_credit_reception(shop_uuid="s-1", contact_uuid=UUID, credits=5)


def test_a_claim_that_comes_back_under_another_uuid_was_a_merge_and_is_the_callers_to_see(played):
    answer = {**CONTACT, "uuid": "the-one-that-had-the-address"}
    claimed = played(data(answer)).piggy.claim_contact(contact_uuid=UUID, email=EMAIL.upper())
    assert (claimed.uuid, claimed.email) == ("the-one-that-had-the-address", EMAIL)


def test_a_claim_whose_inner_values_trail_behind_is_done(played):
    trailing = {"is_anonymous": True, "email": "a1@anonymous.piggy.eu"}
    claimed = played(data({**CONTACT, "current_values": trailing})).piggy.claim_contact(contact_uuid=UUID, email=EMAIL)
    assert claimed.known_email == EMAIL


def test_an_award_brings_its_mark_where_the_account_returns_it(played):
    for told, seen in (({"piggyadmin_act": "act-17"}, "act-17"), ({"piggyadmin_act": None}, None), ({}, None)):
        award = played(data({**TRANSACTION, **told})).piggy.create_credit_reception(
            shop_uuid="s-1", contact_uuid=UUID, credits=5, attributes={"piggyadmin_act": "act-17"}
        )
        assert (award.credits, award.extra.get("piggyadmin_act")) == (5, seen)


def test_a_subscription_told_with_numbers_is_read(played):
    done = {**SUBSCRIPTION, "status": 0, "is_subscribed": 0}
    subscribed = played(data(done)).piggy.subscribe(contact_uuid=UUID, subscription_type_uuid="n-1")
    assert subscribed.is_subscribed is False
    gone = played(data(done)).piggy.unsubscribe(contact_uuid=UUID, subscription_type_uuid="n-1")
    assert gone.state == "UNSUBSCRIBED"


def test_what_is_not_given_is_not_sent(played):
    for name, arguments, answer, sent in (
        ("create_anonymous_contact", {}, {"uuid": UUID}, {}),
        ("create_identifier", {"value": "LC-1"}, {**CARD, "contact": None}, {"contact_identifier_value": "LC-1"}),
        (
            "update_identifier",
            {"value": "LC-1", "active": True},
            CARD,
            {"contact_identifier_value": "LC-1", "contact_identifier_active": True},
        ),
        (
            "create_credit_reception",
            {"shop_uuid": "s-1", "contact_uuid": UUID, "credits": 5},
            TRANSACTION,
            {"shop_uuid": "s-1", "contact_uuid": UUID, "credits": 5},
        ),
        (
            "create_booking",
            {"shop_uuid": "s-1", "contact_uuid": UUID, "fields": {}},
            {**BOOKING, "external_id": None},
            {"shop_uuid": "s-1", "contact_uuid": UUID},
        ),
    ):
        play = played(data(answer))
        getattr(play.piggy, name)(**arguments)
        assert json.loads(play.requests[0].content) == sent


@pytest.mark.parametrize(
    ("code", "name", "sentence"),
    [
        (60016, "claim_contact", "This customer is no longer anonymous. Load the page again to see who it is."),
        (60014, "link_identifier",
         "This card is already linked to a customer. Scan it to see whose it is; unlink it there first."),
        (60011, "unlink_identifier", "This card is not linked to a customer, so there is nothing to unlink."),
        (60006, "create_identifier", "A card with this number exists already. Scan it to see whose it is."),
        (60005, "create_contact", "A customer with this e-mail address exists already. Find that customer instead."),
        (60000, "create_contact", "The account's usage limit at Piggy is reached. Tell an admin."),
        (60001, "create_credit_reception",
         "Piggy is still giving this customer other credits. Nothing was given now: try again in a moment."),
        (1015, "create_credit_reception", "That is more credits than the programme allows. Give fewer."),
        (13010, "verify_code", "This code is not right. Ask the customer to read it again, or send a new one."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do(played, code, name, sentence):
    with pytest.raises(PiggyRejected) as caught:
        getattr(played(refusal(code)).piggy, name)(**arguments_of(name))
    assert (caught.value.code, caught.value.message) == (code, sentence)


@pytest.mark.parametrize(
    ("code", "name"),
    [(55030, "subscribe"), (55032, "send_verification"), (60013, "update_booking"), (60007, "create_credit_reception")],
)
def test_what_a_write_needs_and_piggy_lacks_is_not_found(played, code, name):
    with pytest.raises(PiggyNotFound) as caught:
        getattr(played(refusal(code)).piggy, name)(**arguments_of(name))
    assert caught.value.message.endswith(".")


def test_no_address_code_or_card_is_in_the_log_of_a_write(played, caplog):
    caplog.set_level("INFO", logger="piggyadmin.piggy")
    for name, arguments, _method, _path, _body, answer in WRITES:
        getattr(played(data(answer)).piggy, name)(**arguments)
    told = caplog.text.casefold()
    assert told.count("operation=") == len(WRITES)
    for secret in ("mila", "lc-1", "012345", UUID, "soup", "act-17", "bk-1", "cof-7q2k9", "m-1"):
        assert secret not in told
