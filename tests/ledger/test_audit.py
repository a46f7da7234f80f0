"""/audit/: the list, its filter, its pages, and its file."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import StreamingHttpResponse
from django.utils import timezone

from piggyadmin.csv_lines import guarded
from piggyadmin.ledger import export
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform, record
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.ledger.verifying import verify_ledger
from piggyadmin.piggy.errors import PiggyError, PiggyOutcomeUnknown, PiggyRejected
from tests.conftest import Person
from tests.ledger.test_chain import tamper

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
URL = "/audit/"


@pytest.fixture
def at_desk(desk: Person) -> Actor:
    return Actor(desk.staff, "desk", desk.shop)


@pytest.fixture
def at_office(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture
def acted(award: Action, registering: Callable[[Action], Action], at_desk: Actor, at_office: Actor) -> list[Act]:
    """Done, refused and unknown: the desk's on customer 123, and one more by the admin on customer 124."""
    object.__setattr__(award, "permission", "ledger.view_acts")

    def call(error: PiggyError | None) -> Callable[[Act], str]:
        def answer(act: Act) -> str:
            if error:
                raise error
            return "answer"

        return answer

    errors = (None, PiggyRejected("Too few credits.", code=1101, status=400), PiggyOutcomeUnknown("No answer."))
    for credits, error in enumerate(errors, 24):
        perform(award, by=at_desk, target=Target("contact", "123"), figures={"credits": credits}, call=call(error))
    perform(award, by=at_office, target=Target("contact", "124"), figures={"credits": 900}, call=call(None))
    return list(Act.objects.order_by("seq"))


def test_an_admin_sees_every_act_the_latest_first(admin: Person, acted: list[Act]) -> None:
    page = admin.get(URL)
    assert page.status_code == 200
    assert page.text.index("+900") < page.text.index("+26") < page.text.index("+25") < page.text.index("+24")
    assert "Fatima El Idrissi" in page.text
    assert "1 to 4 of 4" in page.text
    assert "Chain not checked yet." in page.text


def test_the_desk_sees_only_its_own_acts(desk: Person, acted: list[Act]) -> None:
    page = desk.get(URL)
    assert "1 to 3 of 3" in page.text
    assert "+900" not in page.text
    assert "Person</label>" not in page.text
    assert "(this filter)" not in page.text


def test_nobody_sees_others_by_naming_them(desk: Person, admin: Person, acted: list[Act]) -> None:
    page = desk.get(URL, {"person": str(admin.staff.pk), "target": "124"})
    assert "+900" not in page.text


def test_it_needs_its_permission(stranger: Person) -> None:
    assert stranger.get(URL).status_code == 403


def test_it_refuses_anything_but_get(admin: Person) -> None:
    assert admin.post(URL).status_code == 405


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, [24, 25, 26, 900]),
        ({"outcome": "done"}, [24, 900]),
        ({"outcome": "unknown"}, [26]),
        ({"outcome": "planned"}, []),
        ({"target": "124"}, [900]),
        ({"target": " 123 "}, [24, 25, 26]),
        ({"target": "12"}, []),
        ({"action": "test.award"}, [24, 25, 26, 900]),
        ({"action": "audit.exported"}, []),
        ({"since": "2020-01-01", "until": "2020-01-02"}, []),
        ({"since": "2020-01-01"}, [24, 25, 26, 900]),
        ({"outcome": "done", "target": "123"}, [24]),
    ],
)
def test_each_filter_lets_through_what_it_says(
    query: dict[str, str], shown: list[int], admin: Person, acted: list[Act]
) -> None:
    page = admin.get(URL, query)
    assert page.status_code == 200
    assert [credits for credits in (24, 25, 26, 900) if f"+{credits}<" in page.text] == shown
    assert ("No act fits this filter" in page.text) == (not shown)


def test_it_filters_by_person_by_mark_and_by_id(admin: Person, desk: Person, acted: list[Act]) -> None:
    assert "1 to 3 of 3" in admin.get(URL, {"person": str(desk.staff.pk)}).text
    assert "1 to 1 of 1" in admin.get(URL, {"target": acted[0].mark.lower()}).text
    assert "1 to 1 of 1" in admin.get(URL, {"target": str(acted[0].pk)}).text


def test_the_outcomes_carry_the_counts_of_the_rest_of_the_filter(admin: Person, acted: list[Act]) -> None:
    page = admin.get(URL, {"target": "123", "outcome": "done"})
    for words in ("done 1</option>", "refused 1</option>", "unknown 1</option>"):
        assert words in page.text
    assert '<option value="done" selected>' in page.text


def test_a_day_begins_and_ends_in_the_shops_zone(
    admin: Person, noted: Action, at_office: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: late)
    record(noted, by=at_office, target=Target("staff", "1"), figures={"n": 77})
    monkeypatch.setattr(timezone, "now", real)
    assert "77" in admin.get(URL, {"since": "2026-11-20", "until": "2026-11-20", "action": "test.note"}).text
    for day in ("2026-11-19", "2026-11-21"):
        assert "No act fits" in admin.get(URL, {"since": day, "until": day, "action": "test.note"}).text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"since": "yesterday"}, "Write a day as 2026-11-20."),
        ({"since": "2026-13-45"}, "Write a day as 2026-11-20."),
        ({"until": "9999-12-31"}, "Ensure this value is less than"),
        ({"since": "0001-01-01"}, "Ensure this value is greater than"),
        ({"since": "2026-11-20", "until": "2026-11-19"}, "This day lies before the first one."),
        ({"person": "1 OR 1=1"}, "is not a valid UUID"),
        ({"person": "5f0c88aa-0000-4000-8000-000000000001"}, "not one of the available choices"),
        ({"action": "drop table"}, "not one of the available choices"),
        ({"outcome": "perhaps"}, "not one of the available choices"),
        ({"target": "x" * 10_000}, "at most 100 characters"),
        ({"target": "a\x00b"}, "Null characters are not allowed"),
        ({"page": "0"}, "This page number does not exist."),
        ({"page": "x"}, "This page number does not exist."),
        ({"page": "9" * 30}, "This page number does not exist."),
    ],
)
def test_what_it_cannot_read_it_refuses_beside_the_field_and_keeps(
    query: dict[str, str], words: str, admin: Person, acted: list[Act]
) -> None:
    page = admin.get(URL, query)
    assert page.status_code == 422
    assert words in page.text
    assert "This filter cannot be read" in page.text
    assert "+24<" not in page.text
    for name, value in query.items():
        if name in ("since", "until", "target") and "\x00" not in value:
            assert f'value="{value}"' in page.text


def test_a_filter_of_markup_is_shown_as_text(admin: Person, acted: list[Act]) -> None:
    page = admin.get(URL, {"target": '"><script>alert(1)</script>'})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.fixture
def many(noted: Action, at_office: Actor) -> None:
    for n in range(120):
        record(noted, by=at_office, target=Target("staff", "1"), figures={"n": 1000 + n})


def test_it_shows_fifty_rows_and_leads_on_with_the_filter_kept(admin: Person, many: None) -> None:
    first = admin.get(URL, {"action": "test.note"})
    assert "1 to 50 of 120" in first.text
    assert ">Newer</a>" not in first.text
    assert 'href="/audit/?action=test.note&amp;page=2"' in first.text
    second = admin.get(URL, {"action": "test.note", "page": "2"})
    assert "51 to 100 of 120" in second.text
    assert 'href="/audit/?action=test.note&amp;page=1"' in second.text
    last = admin.get(URL, {"action": "test.note", "page": "3"})
    assert "101 to 120 of 120" in last.text
    assert ">Older</a>" not in last.text
    assert "101 to 120 of 120" in admin.get(URL, {"action": "test.note", "page": "99"}).text


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_rows(
    admin: Person, many: None, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
        admin.get(URL)


def test_an_empty_ledger_says_what_will_stand_there(admin: Person) -> None:
    page = admin.get(URL)
    assert "Nothing was done yet" in page.text
    assert "(this filter)" not in page.text


def test_htmx_gets_the_list_alone(admin: Person, acted: list[Act]) -> None:
    part = admin.get(URL, {"outcome": "unknown"}, headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "1 to 1 of 1" in part.text
    assert "HX-Request" in part["Vary"]
    refused = admin.get(URL, {"since": "x"}, headers=HTMX)
    assert refused.status_code == 422
    assert "<html" not in refused.text


def test_it_says_when_the_chain_was_checked(admin: Person, acted: list[Act]) -> None:
    verify_ledger()
    assert "Chain whole, checked <time" in admin.get(URL).text


def test_it_says_loudly_when_the_chain_is_broken(admin: Person, acted: list[Act]) -> None:
    tamper("UPDATE ledger_act SET role = 'admin' WHERE seq = 3")
    verify_ledger()
    page = admin.get(URL)
    assert "The chain is broken at row 3" in page.text
    assert "Row 3 was changed." in page.text
    assert "Chain whole" not in page.text


# -- the file -------------------------------------------------------------------------------------------------------


def rows_of(response: StreamingHttpResponse) -> list[dict[str, str]]:
    text = b"".join(response).decode("utf-8")  # type: ignore[arg-type]
    assert text.startswith("\ufeff")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_button_says_how_many_rows_and_the_file_has_them(admin: Person, acted: list[Act]) -> None:
    page = admin.get(URL, {"target": "123"})
    assert "Export 3 rows (this filter)" in page.text
    assert '<input type="hidden" name="target" value="123">' in page.text
    response = admin.post("/audit/export/", {"target": "123"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="audit_')
    assert response["Content-Disposition"].endswith('Z_3rows.csv"')
    rows = rows_of(response)
    assert [row["outcome"] for row in rows] == ["done", "refused", "unknown"]
    assert tuple(rows[0]) == export.COLUMNS
    row = rows[1]
    assert (row["staff"], row["role"], row["shop"], row["code"], row["status"]) == (
        "Fatima El Idrissi",
        "desk",
        "Utrecht West",
        "1101",
        "400",
    )
    assert (row["act_id"], row["mark"], row["hash"]) == (str(acted[1].pk), acted[1].mark, acted[1].hash)
    assert datetime.fromisoformat(row["at"]).utcoffset() is not None


def test_an_export_is_an_act_itself(admin: Person, acted: list[Act]) -> None:
    list(admin.post("/audit/export/", {"target": "123", "outcome": "done"}))
    told = Act.objects.latest("seq")
    assert (told.action, told.staff, told.figures) == (
        "audit.exported",
        admin.staff,
        {"rows": 1, "outcome": "done"},
    )
    assert ActDetail.objects.get(act=told).words == {"on": "123"}
    assert told.sentence == "Exported 1 rows of the audit."


def test_an_export_does_not_hold_the_act_of_itself(admin: Person, acted: list[Act]) -> None:
    assert len(rows_of(admin.post("/audit/export/"))) == 4


def test_an_export_is_read_in_slices(admin: Person, acted: list[Act], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SLICE", 3)
    seqs = [row["seq"] for row in rows_of(admin.post("/audit/export/"))]
    assert seqs == [str(act.seq) for act in acted]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_guarded_and_numbers_are_not(
    start: str, admin: Person, noted: Action, at_office: Actor
) -> None:
    record(noted, by=at_office, target=Target("staff", f"{start}HYPERLINK(1)"), figures={"n": -5})
    row = rows_of(admin.post("/audit/export/"))[0]
    assert row["target_id"] == f"'{start}HYPERLINK(1)"
    assert row["figures"] == '{"n":-5}'
    assert row["seq"] == "1"
    assert guarded(-5) == -5


def test_erased_words_are_told_as_erased(admin: Person, noted: Action, at_office: Actor) -> None:
    record(noted, by=at_office, target=Target("contact", "123"), figures={"n": 1}, detail={"reason": "Jan"})
    assert '"Jan"' in rows_of(admin.post("/audit/export/"))[0]["detail"]
    ActDetail.objects.update(body="", salt="", erased_at=timezone.now())
    assert rows_of(admin.post("/audit/export/", {"target": "123"}))[0]["detail"] == "erased"


def test_only_who_sees_all_may_export(desk: Person, marketing: Person, acted: list[Act]) -> None:
    for person in (desk, marketing):
        assert person.post("/audit/export/").status_code == 403
    assert not Act.objects.filter(action="audit.exported").exists()


def test_an_export_is_asked_for_by_post(admin: Person) -> None:
    assert admin.get("/audit/export/").status_code == 405


def test_an_export_with_a_bad_filter_is_refused_and_not_recorded(admin: Person, acted: list[Act]) -> None:
    page = admin.post("/audit/export/", {"since": "yesterday"})
    assert page.status_code == 422
    assert "Write a day as 2026-11-20." in page.text
    assert not Act.objects.filter(action="audit.exported").exists()
