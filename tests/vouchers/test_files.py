"""/vouchers/batches/<run>/files/, export.csv and export.xlsx: every code, once, to those who may, and written down."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django_q.models import OrmQ
from openpyxl import load_workbook

from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.vouchers.runs import batch_run
from vouchers.files import jobs, services
from vouchers.files.rows import COLUMNS, RowsMissing, file_name
from vouchers.files.workbook import write_workbook
from vouchers.models import BatchRun, ExportFile, ExportPart, Progress

TOKEN = "a-token-of-a-form-0001"


def url(run: BatchRun, rest: str) -> str:
    return f"/vouchers/batches/{run.pk}/{rest}"


def text_of(response: HttpResponseBase) -> str:
    assert isinstance(response, StreamingHttpResponse), response.status_code
    return b"".join(response).decode()


def rows_of(response: HttpResponseBase, separator: str = ",") -> list[dict[str, str]]:
    text = text_of(response).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def take(person: Person, run: BatchRun, separator: str = ",") -> HttpResponseBase:
    response: HttpResponseBase = person.post(url(run, "export.csv"), {"separator": separator})
    return response


def content_of(response: HttpResponseBase) -> bytes:
    assert isinstance(response, StreamingHttpResponse), response.status_code
    content = b"".join(response)
    assert int(response["Content-Length"]) == len(content)
    return content


def cells_of(content: bytes) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def told() -> list[str]:
    return list(Act.objects.filter(target_kind="batch").order_by("seq").values_list("action", flat=True))


def test_the_file_has_every_voucher_once_and_no_other(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=1284, surplus=3)
    batch_run(marketing.staff, vouchers=2, code=lambda number: f"OTHER{number}")
    rows = rows_of(take(marketing, run))
    assert [row["code"] for row in rows] == [f"SUMR{number:08d}" for number in range(1, 1285)]


def test_its_columns_stand_in_the_order_that_was_promised(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=1)
    text = text_of(take(marketing, run))
    assert text.startswith(
        "\ufeffvoucher_uuid,code,status,promotion_uuid,promotion_name,batch_id,batch_label,contact_uuid,contact_email,"
        "activation_date,expiration_date,redeemed_at,created_at,sent_at,sent_to,sheet_no,exported_at\r\n"
    )
    assert text.count("\r\n") == 2
    assert text.replace("\r\n", "").count("\n") == 0


def test_a_row_says_what_is_known_of_a_voucher(marketing: Person) -> None:
    run = batch_run(marketing.staff, shop=marketing.shop, vouchers=25, label="Letters", contact_uuid="contact-1")
    redeemed = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
    run.vouchers.filter(number=25).update(status="REDEEMED", redeemed_at=redeemed, expiration_date=None)
    row = rows_of(take(marketing, run))[24]
    assert datetime.fromisoformat(row.pop("exported_at")) == pytest.approx(timezone.now(), abs=timedelta(minutes=1))
    assert row == {
        "voucher_uuid": run.vouchers.get(number=25).piggy_uuid,
        "code": "SUMR00000025",
        "status": "REDEEMED",
        "promotion_uuid": "promotion-summer",
        "promotion_name": "Summer",
        "batch_id": str(run.pk),
        "batch_label": "Letters",
        "contact_uuid": "contact-1",
        "contact_email": "",
        "activation_date": "2026-06-01T10:00:00+02:00",
        "expiration_date": "",
        "redeemed_at": "2026-06-03T12:00:00+02:00",
        "created_at": "2026-06-01T10:00:00+02:00",
        "sent_at": "",
        "sent_to": "",
        "sheet_no": "2",
    }


def test_times_are_those_of_the_shop_that_was_picked(marketing: Person) -> None:
    assert marketing.shop
    marketing.shop.time_zone = "America/Curacao"
    marketing.shop.save()
    row = rows_of(take(marketing, batch_run(marketing.staff, vouchers=1)))[0]
    assert row["activation_date"] == "2026-06-01T04:00:00-04:00"
    assert row["exported_at"].endswith("-04:00")


def test_leading_zeros_stay_and_text_is_guarded_but_numbers_are_not(marketing: Person) -> None:
    codes = {1: "00123", 2: "=HYPERLINK(1)", 3: "-5", 4: "@x"}
    run = batch_run(marketing.staff, vouchers=4, code=codes.__getitem__, promotion_name="+ 10 %")
    rows = rows_of(take(marketing, run))
    assert [row["code"] for row in rows] == ["00123", "'=HYPERLINK(1)", "'-5", "'@x"]
    assert rows[0]["promotion_name"] == "'+ 10 %"
    assert rows[0]["sheet_no"] == "1"


def test_the_separator_may_be_a_semicolon_and_nothing_else(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=2, code=lambda number: f"A;B,{number}")
    assert [row["code"] for row in rows_of(take(marketing, run, ";"), ";")] == ["A;B,1", "A;B,2"]
    for wrong in ("", "|", ",;"):
        page = take(marketing, run, wrong)
        assert page.status_code == 422
    assert told() == ["batch.exported"]


def test_the_files_name_says_what_when_and_how_many(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=3, promotion_name="Summer 2026: Crème brûlée!")
    name = take(marketing, run)["Content-Disposition"]
    assert re.fullmatch(
        r'attachment; filename="vouchers_summer-2026-creme-brulee_20\d\d-\d\d-\d\dT\d{4}Z_3rows.csv"', name
    )
    at = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    run.promotion_name = "صيف"
    assert file_name(run, rows=1284, at=at, ending="xlsx") == "vouchers_run_2026-11-20T1500Z_1284rows.xlsx"


def test_the_button_says_how_many_rows_there_will_be(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=1284, surplus=2)
    assert "Export 1,284 rows" in marketing.get(url(run, "files/")).content.decode()


def test_it_is_written_down_before_the_first_byte_leaves(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=30)
    response = take(marketing, run)
    act = Act.objects.get(action="batch.exported")
    assert (act.target_id, act.staff, act.figures["rows"], act.figures["kind"]) == (
        str(run.pk),
        marketing.staff,
        30,
        "CSV",
    )
    assert act.sentence == "Exported 30 codes as CSV."
    assert "SUMR" not in str(act.figures)
    rows_of(response)
    take(marketing, run)
    assert told() == ["batch.exported"] * 2  # each time the codes leave is one more act


def test_who_took_the_codes_stands_on_the_page(marketing: Person, admin: Person) -> None:
    run = batch_run(marketing.staff, vouchers=30)
    rows_of(take(admin, run))
    page = marketing.get(url(run, "files/")).content.decode()
    assert "Exported 30 codes as CSV." in page
    assert "Mohammed Aït Ben Haddou" in page
    assert "SUMR" not in page


def test_a_bare_visit_leads_to_the_page_with_the_button(marketing: Person) -> None:
    run = batch_run(marketing.staff)
    for rest in ("export.csv", "export.xlsx"):
        response = marketing.get(url(run, rest))
        assert (response.status_code, response["Location"]) == (303, url(run, "files/"))
    assert told() == []


@pytest.mark.parametrize(
    ("fields", "uncertain", "why"),
    [
        ({"state": "running"}, "", "still making vouchers"),
        ({"state": "doubt", "ended_at": None}, "", "Decide that on its page first"),
        ({"state": "paused"}, Progress.SENT, "One part of this batch cannot be counted yet"),
        ({"state": "cancelled", "ended_at": None}, Progress.UNKNOWN, "One part of this batch cannot be counted yet"),
        ({"state": "refused", "vouchers": 0, "quantity": 500}, "", "has made no vouchers"),
    ],
)
def test_codes_stay_here_while_the_run_is_uncertain(
    fields: dict[str, object], uncertain: str, why: str, marketing: Person
) -> None:
    run = batch_run(marketing.staff, **fields)  # type: ignore[arg-type]
    run.chunks.filter(number=1 if uncertain else 0).update(state=uncertain)
    for response in (take(marketing, run), marketing.post(url(run, "export.xlsx"), {"form_token": TOKEN})):
        assert response.status_code == 409
        assert why in response.content.decode()  # type: ignore[attr-defined]
    assert told() == []


@pytest.mark.parametrize("state", ["paused", "cancelled", "refused", "done"])
def test_what_is_settled_can_be_taken_also_of_a_run_that_ended_early(state: str, marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=500, quantity=1000, state=state)
    assert len(rows_of(take(marketing, run))) == 500


def test_what_a_person_decided_about_can_be_taken(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=500, quantity=1000, state="cancelled")
    run.chunks.filter(number=2).update(state=Progress.UNKNOWN)  # nobody will ever know; the run was ended as it stands
    assert len(rows_of(take(marketing, run))) == 500


def test_a_file_that_comes_out_short_breaks_off(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=20)
    response = take(marketing, run)
    run.vouchers.filter(number__gt=15).delete()
    with pytest.raises(RowsMissing):
        text_of(response)


def test_a_workbook_has_every_code_as_text(marketing: Person) -> None:
    codes = {1: "00123", 2: "=1+1", 3: "1e5", 4: "https://x.example", 5: "'quoted"}
    run = batch_run(marketing.staff, vouchers=5, code=codes.__getitem__)
    response = marketing.post(url(run, "export.xlsx"), {"form_token": TOKEN})
    assert response["Content-Disposition"].endswith('_5rows.xlsx"')
    sheet = load_workbook(io.BytesIO(content_of(response))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    column = COLUMNS.index("code") + 1
    assert [sheet.cell(line, column).value for line in range(2, 7)] == list(codes.values())
    assert {sheet.cell(line, column).data_type for line in range(2, 7)} == {"s"}
    assert {sheet.cell(line, column).number_format for line in range(2, 7)} == {"@"}
    assert sheet.cell(2, COLUMNS.index("sheet_no") + 1).value == 1
    assert told() == ["batch.exported"]


def test_a_large_workbook_is_written_by_a_job_and_downloaded_by_who_may(
    marketing: Person, desk: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 50)
    monkeypatch.setattr(jobs, "PART", 1000)
    run = batch_run(marketing.staff, vouchers=51)
    page = marketing.get(url(run, "files/")).content.decode()
    assert "Write 51 rows as XLSX" in page
    response = marketing.post(url(run, "export.xlsx"), {"form_token": TOKEN})
    assert (response.status_code, response["Location"]) == (303, url(run, "files/"))
    marketing.post(url(run, "export.xlsx"), {"form_token": TOKEN})  # a double click asks for one file
    file = ExportFile.objects.get()
    assert told() == ["batch.export_asked"]
    page = marketing.get(url(run, "files/")).content.decode()
    assert "being written" in page
    assert "every 2s" in page
    part = marketing.get(url(run, "files/"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "being written" in part
    assert marketing.post(url(run, f"files/{file.pk}/")).status_code == 404

    assert jobs.write(str(file.pk))
    assert not jobs.write(str(file.pk))
    page = marketing.get(url(run, "files/")).content.decode()
    assert "Download" in page
    assert "every 2s" not in page
    assert desk.post(url(run, f"files/{file.pk}/")).status_code == 403
    taken = marketing.post(url(run, f"files/{file.pk}/"))
    assert taken["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert [row[1] for row in cells_of(content_of(taken))[1:]] == [f"SUMR{number:08d}" for number in range(1, 52)]
    assert told() == ["batch.export_asked", "batch.export_taken"]


@pytest.fixture
def asked(marketing: Person, monkeypatch: pytest.MonkeyPatch) -> ExportFile:
    """A file that a job has to write."""
    monkeypatch.setattr(services, "AT_ONCE", 10)
    run = batch_run(marketing.staff, vouchers=11)
    marketing.post(url(run, "export.xlsx"), {"form_token": TOKEN})
    return ExportFile.objects.get()


def test_a_file_whose_worker_died_is_written_by_the_next(asked: ExportFile, marketing: Person) -> None:
    ExportFile.objects.update(claimed_until=timezone.now() + timedelta(seconds=20))  # somebody is at it, or was
    assert jobs.enqueue_waiting() == 0
    assert not jobs.write(str(asked.pk))
    ExportFile.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert jobs.enqueue_waiting() == 1
    assert OrmQ.objects.count() == 1
    assert jobs.write(str(asked.pk))
    assert len(cells_of(content_of(marketing.post(url(asked.run, f"files/{asked.pk}/"))))) == 12
    assert jobs.enqueue_waiting() == 0


def test_a_file_is_kept_once_however_many_write_it(asked: ExportFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was thought dead ends after the one that took over: its file is thrown away."""

    def overtaken(*anything: object) -> None:
        monkeypatch.setattr(jobs, "write_workbook", write_workbook)
        ExportFile.objects.update(claimed_until=None)
        assert jobs.write(str(asked.pk))

    monkeypatch.setattr(jobs, "write_workbook", overtaken)
    assert not jobs.write(str(asked.pk))
    assert ExportPart.objects.filter(file=asked, number=0).count() == 1


def test_a_file_that_cannot_be_written_is_given_up_and_the_page_says_so(asked: ExportFile, marketing: Person) -> None:
    asked.run.vouchers.all().delete()
    with pytest.raises(RowsMissing):
        jobs.write(str(asked.pk))
    ExportFile.objects.update(claimed_until=None, asked_at=timezone.now() - timedelta(hours=2))
    assert jobs.enqueue_waiting() == 0
    page = marketing.get(url(asked.run, "files/")).content.decode()
    assert "not written" in page
    assert "every 2s" not in page


def test_a_file_is_emptied_a_day_later_and_stays_in_the_list(asked: ExportFile, marketing: Person) -> None:
    jobs.write(str(asked.pk))
    assert jobs.empty_old() == 0
    ExportFile.objects.update(ready_at=timezone.now() - timedelta(hours=25))
    assert jobs.empty_old() == 1
    assert not ExportPart.objects.exists()
    assert marketing.post(url(asked.run, f"files/{asked.pk}/")).status_code == 404
    assert "gone after a day" in marketing.get(url(asked.run, "files/")).content.decode()


def test_a_file_belongs_to_its_run(asked: ExportFile, marketing: Person) -> None:
    jobs.write(str(asked.pk))
    other = batch_run(marketing.staff)
    assert marketing.post(url(other, f"files/{asked.pk}/")).status_code == 404
    assert marketing.post(url(asked.run, f"files/{uuid4()}/")).status_code == 404


def test_a_run_that_is_not_there_has_no_files(marketing: Person) -> None:
    for rest in ("files/", "export.csv", "export.xlsx"):
        assert marketing.get(f"/vouchers/batches/{UUID(int=1)}/{rest}").status_code == 404


def test_a_form_without_its_token_writes_nothing(marketing: Person) -> None:
    run = batch_run(marketing.staff)
    page = marketing.post(url(run, "export.xlsx"))
    assert page.status_code == 422
    assert "No file was made" in page.content.decode()
    assert told() == []
