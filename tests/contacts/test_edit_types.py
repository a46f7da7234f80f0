"""Each of the 21 types of attributes: what is shown, what is sent, and what is refused beside the field."""

import json
from typing import Any

import pytest

from piggyadmin import piggy
from tests.conftest import Person
from tests.contacts.test_edit import Page, sent_attributes
from tests.fixtures_sandbox import SandboxAccount

DRINKS = [{"value": "tea", "label": "Tea"}, {"value": "3", "label": "Filter"}]
TEN_THOUSAND = "x" * 10_001
RIGHT_TO_LEFT = "عبد الرحمن بن يوسف"
FAMILY = "👩‍👩‍👧 Zoë"


@pytest.fixture
def uuid(sandbox: SandboxAccount) -> str:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]


def attribute(sandbox: SandboxAccount, kind: str) -> None:
    options = DRINKS if "select" in kind else None
    sandbox.add_attribute("thing", kind, label="Thing", options=options)


def parts(typed: Any) -> dict[str, Any]:
    """`typed` as the controls of the attribute: a dict by the part of a control's name, else its one control."""
    return {f"thing{part}": text for part, text in (typed if isinstance(typed, dict) else {"": typed}).items()}


GOOD = [
    ("url", "https://koffie.example/a?b=1", "https://koffie.example/a?b=1"),
    ("text", "  Zoë ", "Zoë"),
    ("text", RIGHT_TO_LEFT, RIGHT_TO_LEFT),
    ("text", FAMILY, FAMILY),
    ("date", "2026-02-28", "2026-02-28"),
    ("date", "28-2-2026", "2026-02-28"),
    ("phone", "0612345678", "+31612345678"),
    ("phone", "+32 470 12 34 56", "+32470123456"),
    ("float", "12,5", 12.5),
    ("float", "-0.25", -0.25),
    ("float", "1234.0", 1234),
    ("color", "1A2B3C", "#1a2b3c"),
    ("color", "#fff", "#fff"),
    ("email", " Anna@Mail.example", "Anna@Mail.example"),
    ("number", "5,000", 5000),
    ("number", "-12", -12),
    ("number", "007", 7),
    ("select", "3", "3"),
    ("boolean", "true", True),
    ("boolean", "false", False),
    ("rich_text", "<b>Hello</b>\r\nyou", "<b>Hello</b>\nyou"),
    ("long_text", f"{FAMILY}\n{RIGHT_TO_LEFT}", f"{FAMILY}\n{RIGHT_TO_LEFT}"),
    ("date_time", "2026-07-01T20:00", "2026-07-01T20:00:00+02:00"),
    ("date_time", {"": "2026-10-25T02:30", "_which": "second"}, "2026-10-25T02:30:00+01:00"),
    ("date_time", {"": "2026-10-25T02:30", "_which": "first"}, "2026-10-25T02:30:00+02:00"),
    ("date_range", {"_from": "2026-07-01", "_to": "2026-07-21"}, "2026-07-01 - 2026-07-21"),
    ("time_range", {"_from": "12:00", "_to": "14:30"}, "12:00 - 14:30"),
    ("birth_date", "2000-02-29", "2000-02-29"),
    ("multi_select", ["tea", "3"], ["tea", "3"]),
    ("license_plate", "gb-414-r", "GB-414-R"),
]


@pytest.mark.parametrize(("kind", "typed", "expected"), GOOD)
def test_it_is_sent_as_piggy_holds_it_and_comes_back_unchanged(
    admin: Person, sandbox: SandboxAccount, uuid: str, kind: str, typed: Any, expected: Any
) -> None:
    attribute(sandbox, kind)
    page = Page(admin, uuid).save(**parts(typed))
    assert page.status == 303, page.errors()
    assert sent_attributes(sandbox) == [{"thing": expected}]
    again = Page(admin, uuid).save()
    assert "You changed nothing" in again.text
    assert len(sent_attributes(sandbox)) == 1


@pytest.mark.parametrize(("kind", "typed", "expected"), GOOD)
def test_it_can_be_emptied(
    admin: Person, sandbox: SandboxAccount, uuid: str, kind: str, typed: Any, expected: Any
) -> None:
    attribute(sandbox, kind)
    piggy.get_client().update_contact(contact_uuid=uuid, attributes={"thing": expected})
    sandbox.forget_calls()
    page = Page(admin, uuid)
    keys = [key for key in page.fields if key.startswith("a_thing")]
    page.save(**{key.removeprefix("a_"): [] if kind == "multi_select" else "" for key in keys})
    assert page.status == 303, page.errors()
    assert sent_attributes(sandbox) == [{"thing": None}]


ANY_LINE = ["x" * 10_000, "a\x00b", "a\x07b", "a\u2028b", "\ue000"]
BAD = [
    *[(kind, text) for kind in ("text", "url", "phone", "email", "color", "license_plate") for text in ANY_LINE],
    *[(kind, text) for kind in ("number", "float", "date", "birth_date", "date_time") for text in [*ANY_LINE, FAMILY]],
    *[(kind, text) for kind in ("long_text", "rich_text") for text in (TEN_THOUSAND, "a\x00b", "a\x07b", "\ue000")],
    *[(kind, text) for kind in ("select", "boolean", "multi_select") for text in (FAMILY, "x" * 10_000, "a\x00b")],
    ("url", "javascript:alert(1)"),
    ("url", "koffie.example"),
    ("url", "ftp://koffie.example"),
    ("url", "http://[::1"),
    ("url", RIGHT_TO_LEFT),
    ("date", "2026-02-30"),
    ("date", "30-02-2026"),
    ("date", "0001-01-01"),
    ("date", "20261120"),
    ("birth_date", "1990-02-30"),
    ("birth_date", "2090-01-01"),
    ("birth_date", "1850-01-01"),
    ("phone", "123"),
    ("phone", "0612345678 ext. 4"),
    ("phone", RIGHT_TO_LEFT),
    ("float", "1,234"),
    ("float", "1.234,5"),
    ("float", "1e9"),
    ("float", "NaN"),
    ("float", "9" * 40),
    ("float", "0.1234567890123456"),
    ("number", "1.5"),
    ("number", "12 000 0"),
    ("number", "9999999999"),
    ("number", "١٢"),
    ("color", "red"),
    ("color", "#12"),
    ("email", "anna@"),
    ("email", "anna mail.example"),
    ("date_time", "2026-03-29T02:30"),
    ("date_time", "2026-10-25T02:30"),
    ("date_time", "2026-02-30T10:00"),
    ("date_time", "2026-01-01"),
    ("date_range", {"_from": "2026-07-21", "_to": "2026-07-01"}),
    ("date_range", {"_from": "2026-07-21", "_to": ""}),
    ("date_range", {"_from": "2026-02-30", "_to": "2026-03-01"}),
    ("time_range", {"_from": "22:00", "_to": "07:00"}),
    ("time_range", {"_from": "", "_to": "07:00"}),
    ("time_range", {"_from": "25:00", "_to": "10:00"}),
    ("license_plate", "GB/414/R"),
    ("license_plate", "ABCDEFGHIJKLMNOP"),
    ("license_plate", FAMILY),
]


@pytest.mark.parametrize(("kind", "typed"), BAD, ids=[f"{kind}-{at}" for at, (kind, _) in enumerate(BAD)])
def test_what_cannot_be_is_told_beside_the_field_and_nothing_is_sent_or_lost(
    admin: Person, sandbox: SandboxAccount, uuid: str, kind: str, typed: Any
) -> None:
    attribute(sandbox, kind)
    page = Page(admin, uuid).save(firstname="Kept", **parts(typed))
    assert page.status == 422
    assert sent_attributes(sandbox) == []
    assert len(page.errors()) == 1
    assert page.errors()[0].endswith((".", "?"))
    assert page.fields["a_firstname"] == "Kept"
    assert "autofocus" in page.text
    if kind not in ("select", "boolean", "multi_select") and "\x00" not in str(typed):
        came = {name: text for name, text in page.fields.items() if name.startswith("a_thing")}
        assert all(came[f"a_{name}"] == text for name, text in parts(typed).items())


@pytest.mark.parametrize("kind", ["file_upload", "media_upload", "identifier", "hologram"])
def test_what_cannot_be_written_here_is_shown_with_the_reason(
    admin: Person, sandbox: SandboxAccount, uuid: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "hologram":  # a type that Piggy may add one day
        monkeypatch.setattr("contacts.editing.attributes.KINDS", {})
        attribute(sandbox, "text")
    else:
        attribute(sandbox, kind)
    piggy.get_client().update_contact(contact_uuid=uuid, attributes={"thing": "https://koffie.example/a.pdf"})
    page = Page(admin, uuid)
    assert "a_thing" not in page.fields
    assert "https://koffie.example/a.pdf" in page.text
    assert "does not know this type" in page.text or "cannot be sent" in page.text or "Link a card" in page.text


# --- what Piggy holds in another shape than ours -------------------------------------------------------------------


class Held:
    """Piggy holding a value that its own checks would not take any more: an import of years ago."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
        from contacts.editing import changing

        original = changing.sheet_of

        def with_it(contact: Any, *args: Any, **kwargs: Any) -> Any:
            contact.current_values["thing"] = value
            return original(contact, *args, **kwargs)

        monkeypatch.setattr(changing, "sheet_of", with_it)


ODD = [
    ("text", {"a": 1}),
    ("text", ["x"]),
    ("text", "two\nlines"),
    ("text", True),
    ("long_text", 5),
    ("long_text", "a\x07b"),
    ("number", "many"),
    ("number", [1]),
    ("float", "1e400"),
    ("float", 1e21),
    ("boolean", "perhaps"),
    ("boolean", 7),
    ("date", "yesterday"),
    ("date", "2026-02-30"),
    ("date", "2026-W01-1"),
    ("date", "2026-02-28T12:00:00+00:00"),
    ("birth_date", 19900501),
    ("date_time", "soon"),
    ("date_time", "0001-01-01T00:00:00+23:59"),
    ("select", {"value": "tea"}),
    ("multi_select", "tea"),
    ("multi_select", [["tea"]]),
    ("date_range", "2026"),
    ("date_range", ["2026-01-01"]),
    ("date_range", {"from": None, "to": None}),
    ("time_range", "from 1 to 2 to 3"),
]


@pytest.mark.parametrize(("kind", "value"), ODD, ids=[f"{kind}-{at}" for at, (kind, _) in enumerate(ODD)])
def test_a_value_we_do_not_read_is_shown_as_it_is_and_kept(
    admin: Person, sandbox: SandboxAccount, uuid: str, kind: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    attribute(sandbox, kind)
    Held(monkeypatch, value)
    page = Page(admin, uuid)
    assert not [name for name in page.fields if name.startswith("a_thing")]
    assert "does not understand" in page.text
    told = value if isinstance(value, str) else json.dumps(value)
    assert told.split("\n")[0].replace('"', "&quot;") in page.text
    page.save(firstname="Sanna")
    assert sent_attributes(sandbox) == [{"firstname": "Sanna"}]


READ = [
    ("number", "12", "12"),
    ("number", 12.0, "12"),
    ("float", "2.50", "2.5"),
    ("boolean", 1, "true"),
    ("boolean", "False", "false"),
    ("date", "2026-05-01T00:00:00+00:00", "2026-05-01"),
    ("date_time", "2026-07-01 18:00:00+00:00", "2026-07-01T20:00"),
    ("date_time", "2026-07-01T18:00:00", "2026-07-01T20:00"),
    ("select", 3, "3"),
    ("phone", "abc", "abc"),
    ("text", 7, "7"),
]


@pytest.mark.parametrize(("kind", "value", "shown"), READ)
def test_other_writings_of_a_value_are_read_and_not_changed_by_looking(
    admin: Person,
    sandbox: SandboxAccount,
    uuid: str,
    kind: str,
    value: Any,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attribute(sandbox, kind)
    Held(monkeypatch, value)
    page = Page(admin, uuid)
    assert page.fields["a_thing"] == shown
    page.save(firstname="Sanna")
    assert sent_attributes(sandbox) == [{"firstname": "Sanna"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["2026-07-01", "2026-07-02"], ["2026-07-03", "2026-07-04"]),
        ({"start": "2026-07-01", "end": "2026-07-02"}, {"start": "2026-07-03", "end": "2026-07-04"}),
        ("2026-07-01 to 2026-07-02", "2026-07-03 - 2026-07-04"),
        (None, "2026-07-03 - 2026-07-04"),
    ],
)
def test_a_range_keeps_the_shape_it_has(
    admin: Person, sandbox: SandboxAccount, uuid: str, value: Any, expected: Any
) -> None:
    attribute(sandbox, "date_range")
    if value:
        piggy.get_client().update_contact(contact_uuid=uuid, attributes={"thing": value})
        sandbox.forget_calls()
    Page(admin, uuid).save(thing_from="2026-07-03", thing_to="2026-07-04")
    assert sent_attributes(sandbox) == [{"thing": expected}]


def test_an_option_that_is_gone_stays_to_be_seen_and_kept(
    admin: Person, sandbox: SandboxAccount, uuid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attribute(sandbox, "select")
    Held(monkeypatch, "cocoa")
    page = Page(admin, uuid)
    assert page.fields["a_thing"] == "cocoa"
    assert "cocoa (no option any more)" in page.text
    page.save(firstname="Sanna")
    assert sent_attributes(sandbox) == [{"firstname": "Sanna"}]


def test_a_time_that_the_clock_shows_twice_is_asked_for_only_then(
    admin: Person, sandbox: SandboxAccount, uuid: str
) -> None:
    attribute(sandbox, "date_time")
    page = Page(admin, uuid)
    assert "which of the two" not in page.text
    page.save(thing="2026-10-25T02:30")
    assert page.status == 422
    assert "which of the two" in page.text
    page.save(thing="2026-10-25T02:30", thing_which="second")
    assert page.status == 303
    again = Page(admin, uuid)
    assert again.fields["a_thing_which"] == "second"
    assert "You changed nothing" in again.save().text


def test_the_age_is_piggys_once_the_birthday_is_known(admin: Person, sandbox: SandboxAccount, uuid: str) -> None:
    page = Page(admin, uuid)
    assert "a_age" in page.fields
    page.save(birthdate="1990-05-01")
    assert "a_age" not in Page(admin, uuid).fields
