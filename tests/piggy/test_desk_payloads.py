"""The structs of attributes, subscriptions and bookings, on bodies in every shape that Piggy has for them."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from piggyadmin.piggy.attributes import ATTRIBUTE_TYPES, AttributeType
from piggyadmin.piggy.errors import PiggyFilterIgnored
from piggyadmin.piggy.payloads import (
    AttributeDefinition,
    AttributeOption,
    Booking,
    ContactVerified,
    CreditReception,
    Subscription,
    Unit,
)
from piggyadmin.piggy.prepass import MisfitError, decode

from .conftest import data

CAMEL: dict[str, Any] = {
    "id": 7,
    "name": "till_sku",
    "label": "Till SKU",
    "type": "select",
    "fieldType": "select",
    "isPiggyDefined": 0,
    "isSoftReadOnly": 1,
    "isHardReadOnly": False,
    "hasUniqueValue": "1",
    "options": [{"value": 4, "label": "Four"}],
}
BOOKING: dict[str, Any] = {
    "uuid": "b-1",
    "contact": {"uuid": "c-1", "email": "mila@example.com"},
    "external_id": 2040,
    "source": "Widget",
    "starts_at": "2026-05-02 18:00:00+00:00",
    "ends_at": None,
    "created_at": "2026-04-20T09:30:00+00:00",
}


def test_a_definition_with_keys_in_camel_case_is_the_one_in_snake_case():
    found = decode(CAMEL, AttributeDefinition)
    assert (found.name, found.title, found.type, found.field_type) == ("till_sku", "Till SKU", "select", "select")
    assert (found.is_piggy_defined, found.is_soft_read_only, found.is_hard_read_only) == (False, True, False)
    assert (found.is_read_only, found.has_unique_value) == (True, True)
    assert found.options == [AttributeOption(value="4", label="Four")]


def test_a_key_in_snake_case_wins_over_the_same_in_camel_case():
    assert decode({"name": "a", "isHardReadOnly": 1, "is_hard_read_only": 0}, AttributeDefinition).is_read_only is False


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"good": "Good", "bad": "Bad"}, [("good", "Good"), ("bad", "Bad")]),
        ({"1": 1}, [("1", "1")]),
        ([{"label": "Good", "value": "good", "description": None, "media": None}], [("good", "Good")]),
        ([{"name": "Good", "value": 1}], [("1", "Good")]),
        ([{"label": None, "value": "good"}], [("good", "")]),
        (["good", 2], [("good", "good"), ("2", "2")]),
        ([], []),
        ({}, []),
        ("", []),
        (None, []),
    ],
)
def test_options_come_as_a_list_and_as_an_object(told, read):
    found = decode({"name": "mood", "type": "select", "options": told}, AttributeDefinition)
    assert [(option.value, option.label) for option in found.options] == read


@pytest.mark.parametrize("told", [[None], [{"label": "no value"}], "good", 7, [["good"]]])
def test_options_that_are_none_are_a_misfit(told):
    with pytest.raises(MisfitError):
        decode({"name": "mood", "options": told}, AttributeDefinition)


def test_a_definition_of_a_list_is_read_with_its_php_dates_and_its_group():
    found = decode(
        {
            "entity": "contact",
            "name": "favourite",
            "label": None,
            "data_type": "text",
            "group_name": "Kitchen",
            "group": {"id": 1, "name": "Kitchen things", "position": 3, "created_by_user": None},
            "created_at": {"date": "2026-05-01 20:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
            "last_used_date": {"date": "2026-05-01 20:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
            "meta": [],
        },
        AttributeDefinition,
    )
    assert (found.title, found.type, found.group_title) == ("favourite", "text", "Kitchen things")
    assert found.created_at == datetime(2026, 5, 1, 20, tzinfo=UTC)
    assert decode({"name": "a", "group": [], "group_name": "Old"}, AttributeDefinition).group_title == "Old"


def test_there_are_21_types_of_attributes_and_a_new_one_can_be_read():
    assert len(ATTRIBUTE_TYPES) == len(set(get_args(AttributeType))) == 21
    assert decode({"name": "a", "type": "hologram"}, AttributeDefinition).type == "hologram"


def test_definitions_of_something_else_are_never_shown(played):
    play = played(data([{"name": "a", "type": "text", "entity": "booking"}, {"name": "b", "entity": "visit"}]))
    with pytest.raises(PiggyFilterIgnored):
        play.piggy.list_custom_attributes(entity="booking")


def test_definitions_under_an_older_name_or_none_pass(played):
    play = played(data([{"name": "a", "entity": "business_profile"}, {"name": "b"}]))
    assert [found.name for found in play.piggy.list_custom_attributes(entity="business_profiles")] == ["a", "b"]


@pytest.mark.parametrize(
    ("is_subscribed", "status", "state"),
    [
        (False, "PENDING_CONFIRMATION", "PENDING_CONFIRMATION"),
        (True, "SUBSCRIBED", "SUBSCRIBED"),
        (False, "UNSUBSCRIBED", "UNSUBSCRIBED"),
        (1, 1, "SUBSCRIBED"),
        (0, 0, "UNSUBSCRIBED"),
        (False, "0", "UNSUBSCRIBED"),
        (None, 1, "SUBSCRIBED"),
        (None, "0", "UNSUBSCRIBED"),
        (True, None, "SUBSCRIBED"),
        (None, None, ""),
        (None, "NEW_WORD", ""),
    ],
)
def test_the_state_of_a_subscription_is_one_word(is_subscribed, status, state):
    told = {"is_subscribed": is_subscribed, "status": status, "subscription_type": {"uuid": None, "name": "News"}}
    assert decode(told, Subscription).state == state


def test_a_booking_says_which_of_its_fields_were_told():
    made = decode(BOOKING, Booking)
    assert (made.external_id, made.ends_at) == ("2040", None)
    assert made.starts_at == datetime(2026, 5, 2, 18, tzinfo=UTC)
    assert "ends_at" in made.told
    assert not made.told & {"checked_in_at", "status", "number_of_people", "company_name", "prepaid_amount"}


def test_a_booking_that_tells_more_than_is_documented_is_read_whole():
    more = {**BOOKING, "status": "Open", "number_of_people": "4", "prepaid_amount": 2500, "company_name": "", "told": 1}
    found = decode(more, Booking)
    assert (found.status, found.number_of_people, found.prepaid_amount) == ("Open", 4, 2500)
    assert {"status", "company_name"} <= found.told
    assert "told" not in found.told


@pytest.mark.parametrize("told", [{"uuid": "b-1"}, {"uuid": "b-1", "contact": None}, {"contact": {"uuid": "c"}}, []])
def test_a_booking_without_uuid_or_contact_is_a_misfit(told):
    with pytest.raises(MisfitError):
        decode(told, Booking)


def test_a_unit_needs_nothing_and_a_verified_contact_its_uuid():
    assert decode({"name": "visits", "is_default": ""}, Unit).is_default is None
    with pytest.raises(MisfitError):
        decode({}, ContactVerified)


def test_the_text_of_these_objects_shows_nothing_personal():
    texts = repr([decode(BOOKING, Booking), decode(CAMEL, AttributeDefinition), AttributeOption(value="v", label="l")])
    assert texts == "[<Booking b-1>, <AttributeDefinition>, <AttributeOption>]"


def test_the_mark_of_an_award_stands_in_extra():
    told = {"uuid": "t", "credits": "5", "created_at": "2026-05-01T20:00:00Z", "piggyadmin_act": "act-17"}
    assert decode(told, CreditReception).extra["piggyadmin_act"] == "act-17"
