"""Local times and the moments they mean, in every zone, on every night of the year."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contacts.bookings import fields
from contacts.timed.fields import as_json, fold_text
from piggyadmin.moments import (
    NotAMoment,
    Twice,
    day_bounds,
    is_second,
    local_text,
    moment_of,
    offset_words,
    typed_local,
    which_words,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = [
    *("Europe/Amsterdam", "Europe/Lisbon", "UTC", "America/New_York", "America/Sao_Paulo", "America/Caracas"),
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Chatham", "Africa/Cairo", "Africa/Casablanca"),
    *("Asia/Gaza", "America/Havana", "Antarctica/Troll", "Europe/Dublin"),
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
minutes = st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30)).map(lambda at: at.replace(second=0, microsecond=0))


def moment(text: str, zone: ZoneInfo = AMSTERDAM, **which: bool) -> datetime:
    return moment_of(typed_local(text), zone, **which)


@given(at=minutes, zone=zones)
def test_every_moment_shown_is_read_back_as_itself(at: datetime, zone: ZoneInfo) -> None:
    at = at.replace(tzinfo=UTC)
    assume(at.astimezone(zone).utcoffset().total_seconds() % 60 == 0)
    assert moment(local_text(at, zone), zone, second=is_second(at, zone)) == at


@given(local=minutes, zone=zones)
def test_every_local_time_is_one_moment_two_or_none(local: datetime, zone: ZoneInfo) -> None:
    at = moment_or_error(local, zone)
    if isinstance(at, Twice):
        assert at.first < at.second
        for second, moment in enumerate((at.first, at.second)):
            assert moment.astimezone(zone).replace(tzinfo=None) == local
            assert moment_of(local, zone, second=bool(second)) == moment
            assert fold_text(moment, zone) == str(second)
        assert which_words(at.first, zone) != which_words(at.second, zone)
    elif isinstance(at, NotAMoment):
        for fold in (0, 1):  # the clock never shows it
            there = local.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone)
            assert there.replace(tzinfo=None) != local
        assert "does not exist" in str(at)
    else:
        assert at.astimezone(zone).replace(tzinfo=None) == local
        assert fold_text(at, zone) == ""


def moment_or_error(local: datetime, zone: ZoneInfo) -> datetime | NotAMoment:
    try:
        return moment_of(local, zone)
    except NotAMoment as error:
        return error


@given(text=st.text(max_size=30) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}", fullmatch=True))
def test_whatever_is_typed_is_a_time_or_a_sentence(text: str) -> None:
    try:
        said = f"{moment(text)}."
    except NotAMoment as error:
        said = str(error)
    assert said.endswith(".")


@given(day=st.dates(date(2000, 1, 2), date(2100, 12, 30)), zone=zones)
def test_days_follow_each_other_without_a_gap(day: date, zone: ZoneInfo) -> None:
    begin, end = day_bounds(day, zone)
    assert begin <= end
    assert end == day_bounds(day + timedelta(days=1), zone)[0]
    if begin < end:  # Samoa left a day out
        assert begin.astimezone(zone).date() == day
        assert (end - timedelta(seconds=1)).astimezone(zone).date() == day


@pytest.mark.parametrize(
    ("zone", "text", "words"),
    [
        ("Europe/Amsterdam", "2026-03-29 02:00", "02:00 does not exist on 29 March 2026: the clock goes from 02:00 to"),
        ("Europe/Amsterdam", "2026-03-29T02:59", "goes from 02:00 to 03:00."),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "goes from 02:00 to 02:30."),
        ("Africa/Cairo", "2026-04-24T00:30", "goes from 00:00 to 01:00."),
        ("Europe/Amsterdam", "2026-02-30T10:00", "There is no such day: 30 February 2026."),
        ("Europe/Amsterdam", "2026-13-01T10:00", "There is no such day: month 13."),
        ("Europe/Amsterdam", "2026-01-01T24:00", "There is no such time: 24:00."),
        ("Europe/Amsterdam", "1999-12-31T24:00", "Check the year: 1999."),
        ("Europe/Amsterdam", "2026-10-25T02:00", "The clock shows 02:00 twice that night."),
    ],
)
def test_it_names_what_is_wrong(zone: str, text: str, words: str) -> None:
    with pytest.raises(NotAMoment) as said:
        moment(text, ZoneInfo(zone))
    assert words in str(said.value)


def test_the_hours_beside_the_change_are_plain() -> None:
    assert moment("2026-03-29T01:59") == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert moment("2026-03-29T03:00") == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert moment("2026-10-25T03:00") == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert moment("2026-10-25T02:00", second=False) == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert moment("2026-10-25T02:00", second=True) == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def test_the_day_of_the_change_has_25_hours() -> None:
    begin, end = day_bounds(date(2026, 10, 25), AMSTERDAM)
    assert end - begin == timedelta(hours=25)


def test_a_zone_is_named_by_its_offset() -> None:
    assert offset_words(datetime(2026, 11, 21, tzinfo=UTC), AMSTERDAM) == "UTC+01:00"
    assert offset_words(datetime(2026, 11, 21, tzinfo=UTC), ZoneInfo("America/Caracas")) == "UTC-04:00"


@given(
    name=st.sampled_from(fields.NAMES),
    at=minutes,
    whole=st.integers(-(2**53), 2**53),
    text=st.text(max_size=50),
)
def test_a_value_that_was_kept_comes_back_as_it_was(name: str, at: datetime, whole: int, text: str) -> None:
    import json

    value = at.replace(tzinfo=UTC) if name in fields.MOMENTS else whole if name in fields.WHOLE else text
    for one in (value, None):
        kept = json.loads(json.dumps(as_json(one)))
        assert fields.from_json(name, kept) == one
        assert fields.shown(name, one, AMSTERDAM) is not None
