"""What may be sent to Piggy, and how it is written; what may not never leaves."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from piggyadmin.piggy.errors import PiggyInvalid
from piggyadmin.piggy.inputs import checked_moment, checked_number, checked_value, checked_whole, number_text

from .conftest import data
from .operations import BOOKING, EMAIL, TRANSACTION, UUID
from .test_payloads import CONTACT

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        (Decimal("25.40"), "25.4"),
        (Decimal("25"), "25"),
        (Decimal("1E+2"), "100"),
        (Decimal("0E-20"), "0"),
        (Decimal("-3.05"), "-3.05"),
        (Decimal("0.1"), "0.1"),
        (Decimal("0.00001"), "1e-05"),
        (25.4, "25.4"),
        (3, "3"),
        (2.0, "2"),
        (2**53 - 1, "9007199254740991"),
    ],
)
def test_a_number_is_sent_as_a_number_without_losing_a_digit(number, sent):
    assert json.dumps(checked_number(number, field="unit_value")) == sent


@pytest.mark.parametrize(
    "number",
    [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), float("nan"), float("-inf"), Decimal("1E+999999"),
     Decimal("0.12345678901234567890"), Decimal("1234567890123456.789"), 2**53, pow(10, 100), True, "25", None],
)  # fmt: skip
def test_a_number_that_json_cannot_carry_is_refused(number):
    with pytest.raises(PiggyInvalid) as caught:
        checked_number(number, field="unit_value")
    assert list(caught.value.fields) == ["unit_value"]


def test_a_number_in_a_query_has_no_exponent():
    assert number_text(Decimal("0.00001"), field="n") == "0.00001"
    assert number_text(Decimal("1E+3"), field="n") == "1000"
    assert number_text(25.40, field="n") == "25.4"


@pytest.mark.parametrize("whole", [1.0, "1", Decimal(1), True, None, 2**53, -(2**53)])
def test_what_is_no_whole_number_is_refused(whole):
    with pytest.raises(PiggyInvalid):
        checked_whole(whole, field="credits")


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (datetime(2026, 5, 1, 20, tzinfo=UTC), "2026-05-01T20:00:00+00:00"),
        (datetime(2026, 5, 1, 20, 0, 0, 999_999, tzinfo=AMSTERDAM), "2026-05-01T20:00:00+02:00"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=AMSTERDAM), "2026-10-25T02:30:00+02:00"),
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=AMSTERDAM), "2026-10-25T02:30:00+01:00"),
        (datetime(2026, 5, 1, tzinfo=timezone(timedelta(hours=-3.5))), "2026-05-01T00:00:00-03:30"),
    ],
)
def test_a_moment_is_sent_with_its_offset(moment, sent):
    assert checked_moment(moment, field="starts_at") == sent


@pytest.mark.parametrize("moment", [datetime(2026, 5, 1, 20), "2026-05-01T20:00:00Z", date(2026, 5, 1), None])
def test_a_moment_without_a_zone_is_refused(moment):
    with pytest.raises(PiggyInvalid):
        checked_moment(moment, field="starts_at")


def test_the_value_of_an_attribute_becomes_json():
    value = {
        "text": "one\ntwo\t🙂",
        "empty": "",
        "none": None,
        "truth": True,
        "price": Decimal("4.50"),
        "day": date(1990, 2, 28),
        "at": datetime(2026, 5, 1, 20, tzinfo=UTC),
        "choices": ("a", 2),
    }
    assert checked_value(value, field="x") == {
        "text": "one\ntwo\t🙂",
        "empty": "",
        "none": None,
        "truth": True,
        "price": 4.5,
        "day": "1990-02-28",
        "at": "2026-05-01T20:00:00+00:00",
        "choices": ["a", 2],
    }


NESTED: list[Any] = []
NESTED.append(NESTED)


@pytest.mark.parametrize(
    "value",
    [b"bytes", {1, 2}, object(), {1: "a"}, "a\x00b", "\ud800", "a" * 65_536, NESTED, ["a\x07"], {"a\x00": 1},
     datetime(2026, 5, 1), float("nan")],
    ids=["bytes", "set", "object", "number as key", "nul", "half", "long", "endless", "inner", "key", "naive", "nan"],
)  # fmt: skip
def test_a_value_that_cannot_be_sent_never_reaches_piggy(played, value):
    play = played(data(CONTACT))
    with pytest.raises(PiggyInvalid) as caught:
        play.piggy.update_contact(contact_uuid=UUID, attributes={"note": value})
    assert list(caught.value.fields) == ["note"]
    assert caught.value.status is None
    assert play.requests == []


@pytest.mark.parametrize(
    "name", ["", "a][b", "a b", "a" * 65, "é", "shop_uuid", "credits", "pos_transaction_uuid", "type"]
)
def test_a_mark_may_not_have_a_name_of_piggys_own_or_none(played, name):
    play = played(data(TRANSACTION))
    with pytest.raises(PiggyInvalid):
        play.piggy.create_credit_reception(shop_uuid="s-1", contact_uuid=UUID, credits=5, attributes={name: "act-17"})
    assert play.requests == []


@pytest.mark.parametrize(
    "fields",
    [
        {"shop_uuid": "s-2"},
        {"contact_uuid": "c-2"},
        {"colour": "red"},
        {"company_name": ""},
        {"checked_in_at": ""},
        {"starts_at": datetime(2026, 5, 1, 20)},
        {"ends_at": "2026-05-01"},
        {"number_of_people": "4"},
        {"number_of_people": 4.5},
        {"prepaid_amount": Decimal("25.00")},
        {"status": "in\nprogress"},
        {"company_name": "a" * 256},
    ],
)
def test_a_field_that_a_booking_cannot_have_never_reaches_piggy(played, fields):
    play = played(data(BOOKING))
    for call in (
        lambda: play.piggy.create_booking(shop_uuid="s-1", contact_uuid=UUID, fields=fields),
        lambda: play.piggy.update_booking(booking_uuid="b-1", fields=fields),
    ):
        with pytest.raises(PiggyInvalid) as caught:
            call()
        assert list(caught.value.fields) == list(fields)
    assert play.requests == []


def test_a_change_of_nothing_never_reaches_piggy(played):
    play = played(data(CONTACT))
    for call in (
        lambda: play.piggy.update_contact(contact_uuid=UUID, attributes={}),
        lambda: play.piggy.update_booking(booking_uuid="b-1", fields={}),
        lambda: play.piggy.update_identifier(value="LC-1"),
        lambda: play.piggy.create_credit_reception(shop_uuid="s-1", contact_uuid=UUID),
    ):
        with pytest.raises(PiggyInvalid):
            call()
    assert play.requests == []


@pytest.mark.parametrize("bad", ["", " ", "a/b", "a\nb", "\ud800", "a" * 300])
def test_a_bad_id_of_a_write_never_reaches_piggy(played, bad):
    play = played(data(None))
    piggy = play.piggy
    for call in (
        lambda: piggy.claim_contact(contact_uuid=bad, email=EMAIL),
        lambda: piggy.update_contact(contact_uuid=bad, attributes={"firstname": "Mila"}),
        lambda: piggy.create_identifier(value="LC-1", contact_uuid=bad),
        lambda: piggy.link_identifier(value="LC-1", contact_uuid=bad),
        lambda: piggy.subscribe(contact_uuid=UUID, subscription_type_uuid=bad),
        lambda: piggy.unsubscribe(contact_uuid=bad, subscription_type_uuid="n-1"),
        lambda: piggy.calculate_credits(shop_uuid=bad, unit_value=1),
        lambda: piggy.calculate_credits(shop_uuid="s-1", unit_value=1, contact_uuid=bad),
        lambda: piggy.create_credit_reception(shop_uuid=bad, contact_uuid=UUID, credits=1),
        lambda: piggy.reverse_credit_reception(uuid=bad),
        lambda: piggy.create_booking(shop_uuid=bad, contact_uuid=UUID, fields={}),
        lambda: piggy.update_booking(booking_uuid=bad, fields={"status": "created"}),
        lambda: piggy.create_prepaid_transaction(contact_uuid=bad, amount_in_cents=1, shop_uuid="s-1"),
        lambda: piggy.reverse_prepaid_transaction(uuid=bad),
    ):
        with pytest.raises(PiggyInvalid) as caught:
            call()
        assert caught.value.fields
    assert play.requests == []


@pytest.mark.parametrize("bad", ["", " ", "a\nb", "a\x00", "\ud800", "a" * 300])
def test_a_bad_text_of_a_write_never_reaches_piggy(played, bad):
    play = played(data(None))
    piggy = play.piggy
    for call in (
        lambda: piggy.claim_contact(contact_uuid=UUID, email=bad),
        lambda: piggy.create_contact(email=bad),
        lambda: piggy.find_or_create_contact(email=bad),
        lambda: piggy.create_anonymous_contact(contact_identifier_value=bad),
        lambda: piggy.create_identifier(value=bad),
        lambda: piggy.unlink_identifier(value=bad),
        lambda: piggy.update_identifier(value="LC-1", name=bad),
        lambda: piggy.send_verification(email=bad),
        lambda: piggy.verify_code(email=EMAIL, code=bad),
        lambda: piggy.create_credit_reception(shop_uuid="s-1", contact_uuid=UUID, credits=1, unit_name=bad),
    ):
        with pytest.raises(PiggyInvalid) as caught:
            call()
        assert caught.value.fields
    assert play.requests == []


def test_a_number_of_more_digits_than_can_be_written_is_refused():
    with pytest.raises(PiggyInvalid):
        checked_number(10**5000, field="unit_value")
