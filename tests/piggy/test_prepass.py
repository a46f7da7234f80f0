"""What msgspec alone would refuse, rule by rule; and that no JSON at all makes anything but a PiggyError."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piggyadmin.piggy import payloads
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyUnexpected
from piggyadmin.piggy.prepass import MisfitError, decode

EIGHT = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    n: int | None = None


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    n: int | None = None
    price: float | None = None
    yes: bool | None = None
    at: datetime | None = None
    inner: Inner | None = None
    inners: list[Inner] = []
    values: dict[str, Any] = {}
    counted: int = 7
    extra: dict[str, Any] = {}


class Apple(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="apple"):
    n: int


class Pear(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="pear"):
    n: int


def thing(**values: Any) -> Thing:
    return decode(values, Thing)


@pytest.mark.parametrize(("told", "meant"), [(123, "123"), ("123", "123"), ("a-b", "a-b"), ("", ""), (None, None)])
def test_an_id_may_be_a_number(told, meant):
    assert thing(id=told).id == meant


@pytest.mark.parametrize(
    ("told", "meant"),
    [(12, 12), ("12", 12), (" 12 ", 12), ("-3", -3), (12.0, 12), ("12.00", 12), ("", None), (" ", None)],
)
def test_a_whole_number_may_be_text(told, meant):
    assert thing(n=told).n == meant


@pytest.mark.parametrize("told", ["12.50", 12.5, "abc", "1e3", "0x10", "٣", True, [], {}, "9" * 30])
def test_what_is_no_whole_number_is_refused_and_never_rounded(told):
    with pytest.raises(MisfitError):
        thing(n=told)


@pytest.mark.parametrize(("told", "meant"), [(12.5, 12.5), (12, 12.0), ("12.5", 12.5), ("12", 12.0), ("", None)])
def test_a_number_may_be_text(told, meant):
    assert thing(price=told).price == meant


@pytest.mark.parametrize("told", ["NaN", "inf", "1e5", "12,50", {}])
def test_what_is_no_number_is_refused(told):
    with pytest.raises(MisfitError):
        thing(price=told)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        *[(yes, True) for yes in (True, 1, "1", "true", "True", " TRUE ")],
        *[(no, False) for no in (False, 0, "0", "false", "False")],
        ("", None),
        (None, None),
    ],
)
def test_yes_and_no_come_in_many_ways(told, meant):
    assert thing(yes=told).yes is meant


@pytest.mark.parametrize("told", [2, "yes", "2", [], 1.5])
def test_what_is_neither_yes_nor_no_is_refused(told):
    with pytest.raises(MisfitError):
        thing(yes=told)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2026-05-01T20:00:00+00:00", EIGHT),
        ("2026-05-01 20:00:00+00:00", EIGHT),
        ("2026-05-01T22:00:00+02:00", EIGHT),
        ("2026-05-01T22:00:00+0200", EIGHT),
        ("2026-05-01T20:00:00Z", EIGHT),
        ("2026-05-01T20:00:00.000000Z", EIGHT),
        ("2026-05-01T20:00:00.123456Z", EIGHT.replace(microsecond=123456)),
        ("2026-05-01T20:00:00.5Z", EIGHT.replace(microsecond=500000)),
        ("2026-05-01T20:00:00.123456789Z", EIGHT.replace(microsecond=123456)),
        ("2026-05-01 20:00:00", EIGHT),
        ("2026-05-01 20:00", EIGHT),
        ("2026-05-01, 22:00", EIGHT),
        ("2026-01-01, 21:00", datetime(2026, 1, 1, 20, 0, tzinfo=UTC)),
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=UTC)),
        ({"date": "2026-05-01 20:00:00.000000", "timezone_type": 3, "timezone": "UTC"}, EIGHT),
        ({"date": "2026-05-01 22:00:00.000000", "timezone_type": 3, "timezone": "Europe/Amsterdam"}, EIGHT),
        ({"date": "2026-05-01 22:00:00.000000", "timezone_type": 1, "timezone": "+02:00"}, EIGHT),
        ({"date": "2026-05-01 20:00:00.000000", "timezone_type": 2, "timezone": "Z"}, EIGHT),
        ("", None),
        (None, None),
    ],
)
def test_a_date_comes_in_many_ways_and_is_kept_in_utc(told, meant):
    found = thing(at=told).at
    assert found == meant
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    "told",
    [
        "yesterday",
        "2026-02-30T10:00:00+00:00",
        "2026-05-01T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-05-01T20:00:00+99:99",
        "0000-00-00 00:00:00",
        "01-05-2026",
        1777665600,
        [],
        {"date": "2026-05-01"},
        {"date": "2026-05-01", "timezone": "Middle-earth"},
        {"date": "2026-05-01", "timezone": "../etc/passwd"},
        {"date": "2026-05-01", "timezone": "Europe"},
        {"date": 3, "timezone": "UTC"},
    ],
)
def test_what_is_no_date_is_refused(told):
    with pytest.raises(MisfitError):
        thing(at=told)


@pytest.mark.parametrize("empty", [[], "", None])
def test_an_empty_object_may_be_a_list(empty):
    found = thing(inner=empty, values=empty)
    assert (found.inner, found.values) == (None, {})


@pytest.mark.parametrize("empty", [None, "", {}])
def test_an_empty_list_may_be_null(empty):
    assert thing(inners=empty).inners == []
    assert decode(empty, list[Thing]) == []


def test_null_for_a_field_that_cannot_be_null_is_its_default():
    assert thing(counted=None).counted == 7
    assert thing(counted="").counted == 7


def test_the_rules_hold_inside_lists_and_objects():
    found = thing(inner={"n": "1"}, inners=[{"n": "2"}, {"n": ""}])
    assert found.inner == Inner(n=1)
    assert found.inners == [Inner(n=2), Inner(n=None)]


def test_unknown_keys_pass_and_are_kept_where_a_struct_collects_them():
    assert thing(n=1, till_code="X", nested={"a": ""}).extra == {"till_code": "X", "nested": {"a": ""}}
    assert decode({"n": 1, "unknown": []}, Inner) == Inner(n=1)


def test_a_tagged_item_of_an_unknown_kind_is_left_out_of_a_list():
    told = [{"type": "apple", "n": "1"}, {"type": "quince", "n": 2}, {"type": "pear", "n": 3}]
    assert decode(told, list[Apple | Pear]) == [Apple(n=1), Pear(n=3)]


@pytest.mark.parametrize("told", [[{"n": 1}], [{"type": 3, "n": 1}], [None], ["apple"], [[]]])
def test_an_item_without_a_kind_is_refused(told):
    with pytest.raises(MisfitError):
        decode(told, list[Apple | Pear])


@pytest.mark.parametrize("told", [3, "text", [1], True])
def test_what_is_no_object_is_refused(told):
    with pytest.raises(MisfitError):
        thing(inner=told)
    with pytest.raises(MisfitError):
        decode(told, Thing)


def test_the_text_of_a_misfit_names_the_place_and_no_value():
    with pytest.raises(MisfitError) as caught:
        thing(inners=[{"n": "mila@example.com"}])
    assert "mila" not in str(caught.value)
    assert "$.inners[0].n" in str(caught.value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
SHAPES = [
    payloads.Contact,
    payloads.ContactIdentifier,
    payloads.Voucher,
    payloads.RedeemedVoucher,
    payloads.VoucherLock,
    payloads.Promotion,
    payloads.PrepaidTransaction,
    payloads.Reward,
    payloads.Shop,
    payloads.Tier,
    payloads.LoyaltyProgram,
    payloads.AttributeDefinition,
    payloads.Booking,
    payloads.Subscription,
    payloads.Unit,
    list[payloads.LoyaltyTransaction],
]


def names_of(shape: Any) -> list[str]:
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        return list(shape.__struct_fields__)
    return ["type", *payloads.CreditReception.__struct_fields__]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_json_under_the_right_keys_fits_or_is_a_misfit(draws):
    shape = draws.draw(st.sampled_from(SHAPES))
    keys = st.sampled_from(names_of(shape))
    values = JSON | st.sampled_from(["credit_reception", "", "12", "2026-05-01, 20:00", [], {}])
    told: Any = draws.draw(st.dictionaries(keys, values, max_size=8))
    if not isinstance(shape, type) or not issubclass(shape, msgspec.Struct):
        told = [told]
    with contextlib.suppress(MisfitError):
        decode(told, shape)


READS = [
    lambda piggy: piggy.get_contact(contact_uuid="a"),
    lambda piggy: piggy.list_contacts(attributes={"firstname": "a"}),
    lambda piggy: piggy.list_identifiers(contact_uuid="a"),
    lambda piggy: piggy.get_tier(contact_uuid="a"),
    lambda piggy: piggy.find_voucher(code="a"),
    lambda piggy: piggy.list_vouchers(contact_uuid="a", status="ACTIVE"),
    lambda piggy: piggy.list_loyalty_transactions(contact_uuid="a"),
    lambda piggy: piggy.list_prepaid_transactions(contact_uuid="a"),
    lambda piggy: piggy.list_rewards(),
    lambda piggy: piggy.list_shops(),
    lambda piggy: piggy.get_loyalty_program(),
]


@settings(max_examples=300, deadline=None)
@given(
    read=st.sampled_from(READS),
    body=st.fixed_dictionaries({}, optional={"data": JSON, "meta": JSON}) | JSON,
)
def test_any_json_at_all_is_an_answer_or_unexpected(read, body):
    piggy = Piggy(
        base_url="http://piggy.test",
        tokens="t",
        transport=httpx.MockTransport(lambda request: httpx.Response(200, content=msgspec.json.encode(body))),
    )
    with contextlib.suppress(PiggyUnexpected):
        read(piggy)


@settings(max_examples=150, deadline=None)
@given(read=st.sampled_from(READS), body=st.binary(max_size=60) | st.just(b'{"data":' * 2000))
def test_any_bytes_at_all_are_an_answer_or_unexpected(read, body):
    piggy = Piggy(
        base_url="http://piggy.test",
        tokens="t",
        transport=httpx.MockTransport(lambda request: httpx.Response(200, content=body)),
    )
    with pytest.raises(PiggyUnexpected):
        read(piggy)
