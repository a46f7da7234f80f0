"""Whatever is typed and whatever Piggy holds: no page breaks, and nothing reaches Piggy that it could not take."""

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.editing import values
from contacts.editing.attributes import KINDS, Place
from piggyadmin.piggy.inputs import checked_value
from piggyadmin.piggy.payloads import AttributeDefinition
from piggyadmin.piggy.payloads.attributes import AttributeOption
from piggyadmin.sandbox.attribute_values import UnfitError, fitting
from tests.conftest import Person
from tests.contacts.test_edit import Page
from tests.fixtures_sandbox import SandboxAccount

HERE = Place(ZoneInfo("Europe/Amsterdam"), "NL")
OPTIONS = [{"value": "tea", "label": "Tea"}, {"value": "3", "label": "Filter"}]
WRITABLE = sorted(name for name, kind in KINDS.items() if not kind.why_not)

ANYTHING = (
    st.text(max_size=60)
    | st.text("0123456789-:/.,+# T", max_size=20)
    | st.sampled_from(
        [
            *(
                "true",
                "tea",
                "3",
                "2026-02-30",
                "2026-07-01",
                "2026-10-25T02:30",
                "2026-03-29T02:30",
                "12:30",
                "1e9",
                "-0",
            ),
            *(
                "+31612345678",
                "06 12345678",
                "https://a.example/x",
                "http://\ud7ff",
                "#ffF",
                "٣",
                "1,234",
                "0.10",
                "GB-1",
            ),
        ]
    )
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3))


def about(kind: str) -> AttributeDefinition:
    options = [AttributeOption(**option) for option in OPTIONS] if "select" in kind else []
    return AttributeDefinition(name="thing", type=kind, options=options)


def cleaned(kind: str, typed: str, present: Any) -> Any:
    """What the controls of a type make of a text typed into each of them."""
    fields = KINDS[kind].fields(about(kind), present, HERE)
    many = kind == "multi_select"
    came = {part: field.clean([typed] if many else typed) for part, field in fields.items() if part != "_which"}
    return KINDS[kind].to_send(KINDS[kind].joined(came, HERE), present)


@pytest.mark.parametrize("kind", WRITABLE)
@given(typed=ANYTHING)
@settings(max_examples=150, deadline=None)
def test_what_is_typed_is_refused_in_a_sentence_or_fits(kind: str, typed: str) -> None:
    refused: list[str] = []
    value = None
    try:
        value = cleaned(kind, typed, None)
    except ValidationError as error:
        refused = error.messages
    assert all(len(words) > 10 for words in refused)
    json.dumps(value, allow_nan=False)
    checked_value(value, field="thing")
    try:
        fitting(value, {"type": kind, "options": OPTIONS})
    except UnfitError:
        # the stand-in's own reading of a web address is narrower about its capitals
        assert kind == "url"
        assert not str(value).startswith("http")


@pytest.mark.parametrize("kind", WRITABLE)
@given(typed=ANYTHING)
@settings(max_examples=80, deadline=None)
def test_what_was_sent_is_read_back_as_the_same(kind: str, typed: str) -> None:
    try:
        value = cleaned(kind, typed, None)
    except ValidationError:
        return
    held = fitting(value, {"type": kind, "options": OPTIONS}) if kind != "url" else value
    assert KINDS[kind].same(value, held, HERE)
    KINDS[kind].texts(held, HERE)


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(value=JSON)
@settings(max_examples=150, deadline=None)
def test_whatever_piggy_holds_is_shown_or_known_to_be_odd(kind: str, value: Any) -> None:
    assert isinstance(KINDS[kind].told(value, about(kind), HERE), str)
    KINDS[kind].same(value, value, HERE)
    try:
        texts = KINDS[kind].texts(value, HERE)
    except values.Misread:
        return
    if KINDS[kind].why_not:
        return
    assert set(KINDS[kind].fields(about(kind), value, HERE)) == set(texts)
    for text in texts.values():
        assert isinstance(text, str | list)


@given(day=st.dates(date(1800, 1, 1), date(2200, 12, 31)))
@settings(max_examples=50, deadline=None)
def test_every_day_there_is_goes_there_and_back(day: date) -> None:
    assert cleaned("date", day.isoformat(), None) == day.isoformat()
    assert KINDS["date"].texts(day.isoformat(), HERE) == {"": day.isoformat()}


@given(typed=ANYTHING, name=st.sampled_from(["firstname", "phonenumber", "birthdate", "thing", "locale"]))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_text_breaks_the_page(admin: Person, sandbox: SandboxAccount, typed: str, name: str) -> None:
    sandbox.add_attribute("thing", "long_text")
    uuid = sandbox.add_contact(firstname="Sanne")["uuid"]
    page = Page(admin, uuid).save(**{name: typed})
    assert page.status in (200, 303, 422)
    assert {call.status for call in sandbox.calls if call.operation == "update_contact"} <= {200}
