"""Every code and status to its error, for reads and for writes: may it have happened?"""

import pickle
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from piggyadmin.piggy import words
from piggyadmin.piggy.errors import (
    BY_CODE,
    DEFAULT_RETRY_AFTER,
    LONGEST_RETRY_AFTER,
    NOT_FOUND,
    REFUSED_UNSEEN,
    PiggyError,
    PiggyFilterIgnored,
    PiggyInvalid,
    PiggyNotFound,
    PiggyNotSent,
    PiggyOutcomeUnknown,
    PiggyRateLimited,
    PiggyRejected,
    PiggyUnauthorized,
    PiggyUnavailable,
    PiggyUnexpected,
    error_for,
)

from .conftest import refusal

HTML = b"<html><h1>Service temporarily unavailable</h1></html>"


def html(status: int) -> httpx.Response:
    return httpx.Response(status, content=HTML, headers={"Content-Type": "text/html"})


def test_the_tree_is_the_one_that_is_drawn():
    assert issubclass(PiggyNotSent, PiggyUnavailable)
    assert issubclass(PiggyFilterIgnored, PiggyUnexpected)
    for refused in (PiggyNotFound, PiggyInvalid, PiggyRateLimited, PiggyUnauthorized):
        assert issubclass(refused, PiggyRejected)
    for kind in (PiggyUnavailable, PiggyOutcomeUnknown, PiggyUnexpected, PiggyRejected):
        assert kind.__bases__ == (PiggyError,)


@pytest.mark.parametrize(
    ("operation", "sent", "is_typed"),
    [
        ("create_credit_reception", ["contact_uuid", "shop_uuid", "credits"], True),
        ("find_contact", [], True),
        ("update_contact_identifier", ["contact_identifier_value", "contact_identifier_name"], True),
        ("update_contact_identifier", ["contact_identifier_value", "contact_identifier_active"], False),
        ("update_voucher", ["status", "expiration_date"], True),
        ("update_voucher", ["status"], False),
        ("update_booking", ["checked_in_at"], False),
        ("lock_voucher", [], False),
        ("create_reward_reception", ["contact_uuid", "reward_uuid", "shop_uuid"], False),
        ("create_giftcard_transaction", ["amount_in_cents"], True),
        ("send_giftcard_by_email", ["contact_uuid"], False),
        ("get_contact", [], False),
    ],
)
def test_only_who_typed_something_is_told_to_check_it(operation, sent, is_typed):
    message = error_for(refusal(1003), write=True, operation=operation, sent=sent).message
    assert message.startswith("Piggy did not accept")
    assert ("Check what you typed." in message) is is_typed
    assert ("Load the page again" in message) is not is_typed


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (80004, PiggyNotFound, "No voucher has this code."),
        (55031, PiggyNotFound, "Piggy does not know this customer."),
        (60003, PiggyNotFound, "Piggy does not know this card."),
        (80002, PiggyNotFound, "Piggy does not know this promotion."),
        (1008, PiggyNotFound, "Piggy does not know this shop. Ask an admin to refresh the shops."),
        (1003, PiggyInvalid, "Piggy did not accept what was sent. Check what you typed."),
        (60004, PiggyRejected, "This card is switched off."),
        (80005, PiggyRejected, "This voucher was already redeemed."),
        (80006, PiggyRejected, "This voucher has expired."),
        (80012, PiggyRejected, "This voucher was withdrawn."),
        (80014, PiggyRejected, "This voucher is not valid yet."),
        (80017, PiggyRejected, "This voucher is locked, perhaps by another till. Try again later."),
        (424242, PiggyRejected, "Piggy refused this (code 424242)."),
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_it_branches_on_the_code_of_a_400(code, kind, sentence, write):
    error = error_for(refusal(code), write=write)
    assert type(error) is kind
    assert (error.code, error.status, error.message) == (code, 400, sentence)


@pytest.mark.parametrize("status", [404, 409, 422])
def test_the_code_wins_over_an_odd_status(status):
    error = error_for(refusal(80005, status=status), write=True)
    assert type(error) is PiggyRejected
    assert error.code == 80005


def test_every_code_with_words_has_an_error_and_the_other_way_round():
    assert set(BY_CODE) == set(words.WORDS)
    assert set(NOT_FOUND) <= set(words.WORDS)


@pytest.mark.parametrize("sentence", [*words.WORDS.values(), words.UNKNOWN, words.UNREACHABLE, words.BUSY])
def test_the_words_are_whole_sentences(sentence):
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_an_internal_error_of_a_read_is_unavailable_and_of_a_write_unknown():
    assert type(error_for(refusal(1000), write=False)) is PiggyUnavailable
    unknown = error_for(refusal(1000), write=True)
    assert type(unknown) is PiggyOutcomeUnknown
    assert unknown.code == 1000


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_a_5xx_is_unavailable_for_a_read_and_unknown_for_a_write(status):
    assert type(error_for(html(status), write=False)) is PiggyUnavailable
    assert type(error_for(html(status), write=True)) is PiggyOutcomeUnknown


def test_a_5xx_of_a_write_is_unknown_even_when_its_body_has_a_known_code():
    assert type(error_for(refusal(80005, status=502), write=True)) is PiggyOutcomeUnknown
    assert type(error_for(refusal(80004, status=502), write=False)) is PiggyNotFound


def test_a_503_of_a_read_says_maintenance():
    assert error_for(html(503), write=False).message.startswith("Maintenance")


@pytest.mark.parametrize("write", [False, True])
def test_a_401_is_unauthorized_with_and_without_a_body(write):
    for response in (html(401), httpx.Response(401), httpx.Response(401, json={"message": "Unauthenticated."})):
        assert type(error_for(response, write=write)) is PiggyUnauthorized


@pytest.mark.parametrize("write", [False, True])
def test_a_401_and_a_429_are_said_at_the_door_whatever_code_comes_along(write):
    key = error_for(refusal(7011, status=401), write=write)
    assert (type(key), key.message) == (
        PiggyUnauthorized, "Our key has no access to this account at Piggy. Tell an admin.",
    )  # fmt: skip
    for code in (1000, 60000, 80005):
        assert type(error_for(refusal(code, status=429), write=write)) is PiggyRateLimited


@pytest.mark.parametrize("write", [False, True])
def test_a_429_is_not_done_and_says_how_long_to_wait(write):
    error = error_for(httpx.Response(429, headers={"Retry-After": "7"}), write=write)
    assert type(error) is PiggyRateLimited
    assert error.retry_after == 7
    assert "7 s" in error.message


def test_retry_after_may_be_a_date_or_nonsense_or_missing():
    def waits(value: str | None) -> float:
        headers = {} if value is None else {b"Retry-After": value.encode("latin-1")}
        return error_for(httpx.Response(429, headers=headers), write=False).retry_after

    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert 25 < waits(format_datetime(soon)) <= 30
    assert waits(format_datetime(datetime.now(UTC) - timedelta(hours=1))) == 0
    assert waits(None) == waits("soon") == waits("-5") == waits("1.5e3") == waits("²") == DEFAULT_RETRY_AFTER
    assert waits("9" * 400) == LONGEST_RETRY_AFTER


@pytest.mark.parametrize("status", sorted(REFUSED_UNSEEN - {401, 422, 429}))
def test_a_4xx_that_is_spoken_before_anything_is_done_is_a_refusal(status):
    for write in (False, True):
        error = error_for(html(status), write=write)
        assert type(error) is PiggyRejected
        assert error.message == f"Piggy refused this (HTTP {status})."


@pytest.mark.parametrize("status", [400, 402, 408, 409, 418, 423, 425, 499])
def test_any_other_4xx_without_a_code_leaves_a_write_unknown(status):
    assert type(error_for(html(status), write=True)) is PiggyOutcomeUnknown
    assert type(error_for(html(status), write=False)) is PiggyRejected


def test_a_bare_404_is_no_proof_that_a_customer_is_gone():
    assert not isinstance(error_for(html(404), write=False), PiggyNotFound)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304])
def test_a_redirect_is_unexpected_for_a_read_and_unknown_for_a_write(status):
    response = httpx.Response(status, headers={"Location": "https://elsewhere.test/"})
    assert type(error_for(response, write=False)) is PiggyUnexpected
    assert type(error_for(response, write=True)) is PiggyOutcomeUnknown


def test_the_fields_of_a_1003_come_as_lists_or_as_a_string():
    errors = {"email": ["The email is taken.", "Another."], "code": "Too long.", "shop": None, "n": [None, 3]}
    error = error_for(refusal(1003, errors=errors), write=True)
    assert error.fields == {"email": ["The email is taken.", "Another."], "code": ["Too long."], "shop": [], "n": ["3"]}


def test_a_422_of_the_framework_is_invalid_with_its_fields():
    response = httpx.Response(422, json={"message": "The given data was invalid.", "errors": {"code": ["Required."]}})
    error = error_for(response, write=True)
    assert type(error) is PiggyInvalid
    assert error.fields == {"code": ["Required."]}


@pytest.mark.parametrize("errors", [[], "no", 3, None, {"a": {"b": ["c"]}}])
def test_odd_errors_do_no_harm(errors):
    assert type(error_for(refusal(1003, errors=errors), write=False)) is PiggyInvalid


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b'{"code": 80005, "message": "only two of the three"}',
        b'{"code": true, "message": "x", "status_code": 400}',
        b'{"code": "abc", "message": "x", "status_code": 400}',
        b'{"code": 80005, "message": "cut of',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_400_whose_code_cannot_be_read_may_be_an_internal_error(body):
    assert type(error_for(httpx.Response(400, content=body), write=True)) is PiggyOutcomeUnknown
    assert type(error_for(httpx.Response(400, content=body), write=False)) is PiggyRejected


def test_a_code_that_comes_as_text_counts():
    body = {"code": "80005", "message": "x", "status_code": 400}
    assert error_for(httpx.Response(400, json=body), write=True).code == 80005


def test_piggys_own_words_are_kept_but_never_in_the_text_of_the_error():
    error = error_for(
        refusal(1003, message="mila@example.com is taken"),
        write=True,
        operation="claim_anonymous_contact",
        request_id="abc123",
    )
    assert error.piggy_message == "mila@example.com is taken"
    assert "mila" not in str(error) + repr(error) + error.message
    assert "claim_anonymous_contact" in str(error)
    assert "abc123" in str(error)


def test_an_error_survives_pickling_for_it_may_cross_a_process():
    error = error_for(refusal(1003, errors={"a": ["b"]}), write=True, request_id="r")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.message, again.code, again.fields, again.request_id) == (
        PiggyInvalid, error.message, 1003, {"a": ["b"]}, "r",
    )  # fmt: skip
