"""How figures, times, codes and numbers are written, and what a log never holds."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from piggyadmin import codes, phones
from piggyadmin.logs import JsonFormatter, RedactFilter, redact
from piggyadmin.templatetags import words

NOW = datetime(2026, 11, 20, 13, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOW, "14:02"),
        (NOW - timedelta(hours=20), "yesterday 18:02"),
        (NOW + timedelta(hours=20), "tomorrow 10:02"),
        (NOW - timedelta(days=9), "11 Nov 14:02"),
        (NOW - timedelta(days=365), "20 Nov 2025, 14:02"),
        (datetime(2026, 11, 19, 23, 30, tzinfo=UTC), "00:30"),  # already today in Amsterdam
    ],
)
def test_a_moment_is_as_short_as_it_may_be(at: datetime, told: str) -> None:
    with timezone.override("Europe/Amsterdam"):
        assert words.moment_words(at, NOW) == told


@pytest.mark.parametrize(
    ("cents", "told"), [(0, "€\u00a00.00"), (108_550, "€\u00a01,085.50"), (-377, "−€\u00a03.77"), (5, "€\u00a00.05")]
)
def test_money_is_written_from_cents(cents: int, told: str) -> None:
    assert words.euros(cents) == told


@given(st.integers(-(10**12), 10**12))
def test_money_never_loses_a_cent(cents: int) -> None:
    digits = "".join(character for character in words.euros(cents) if character.isdigit())
    assert int(digits) == abs(cents)


def test_numbers_carry_a_true_minus() -> None:
    assert words.signed(-150) == "−150"
    assert words.signed(24) == "+24"
    assert words.thousands(84210) == "84,210"
    assert words.thousands(None) == ""


def test_codes_are_shown_in_fours_and_hidden_but_for_their_end() -> None:
    assert codes.groups_of_four("SUMR26AP4T7K9QXD") == "SUMR 26AP 4T7K 9QXD"
    assert codes.groups_of_four("COFFEE-1") == "COFFEE-1"
    assert codes.masked_code("SUMR26AP4T7K9QXD") == "…9QXD"


@given(st.text(min_size=1, max_size=64))
def test_a_masked_code_never_tells_more_than_half_of_it(code: str) -> None:
    assert len(codes.last_four(code)) <= max(1, len(code) // 2)


def test_an_address_is_masked_but_recognised() -> None:
    assert codes.masked_email("mohammed@mail.example") == "mo…@mail.example"
    assert codes.masked_email("al@mail.example") == "a…@mail.example"
    assert codes.masked_phone("+31 6 12345118") == "ends 118"


def test_numbers_belong_to_the_country_of_the_shop() -> None:
    assert phones.region_of("Europe/Berlin") == "DE"
    assert phones.region_of("Nowhere/Land") == "NL"
    assert phones.spellings("0612345678", time_zone="Europe/Amsterdam")[0] == "+31612345678"
    assert phones.spellings("12", time_zone="Europe/Amsterdam") == ()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("sent to sanne@mail.example today", "sanne"),
        ("GET /contacts/find-one-by?email=sanne%40mail.example", "sanne"),
        ("Authorization: Bearer abcdef1234567890", "abcdef1234567890"),
        ("token='abcdef1234567890'", "abcdef1234567890"),
        ("call +31 6 12345678", "12345678"),
        ("call 0612345678 now", "12345678"),
    ],
)
def test_a_log_line_holds_nothing_personal_or_secret(text: str, secret: str) -> None:
    assert secret not in redact(text)


def test_ids_and_times_stay_in_a_log_line() -> None:
    line = "act 0f8b4c0e-77aa-4f3e-9c1d-5b6c7d8e9f41 at 2026-11-20T14:02:07 ms=12 status=200"
    assert redact(line) == line


def test_a_log_line_is_one_json_object_with_the_requests_id() -> None:
    record = logging.LogRecord("piggyadmin", logging.INFO, __file__, 1, "mail to %s", ("sanne@mail.example",), None)
    RedactFilter().filter(record)
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == "mail to [e-mail]"
    assert set(line) == {"at", "level", "logger", "message", "request"}
