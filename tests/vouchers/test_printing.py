"""/vouchers/batches/<run>/sheets/: labels and receipts, shown once it is written down that they are."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import segno
from django.http import HttpResponse
from django.utils import timezone

from piggyadmin.ledger.models import Act
from piggyadmin.qr import QUIET, qr_of
from tests.conftest import Person
from tests.vouchers.runs import batch_run
from vouchers.models import BatchRun, Printer
from vouchers.printing import services
from vouchers.printing.layouts import LAYOUTS

TOKEN = "a-token-of-a-form-0001"
HTMX = {"HX-Request": "true"}


def url(run: BatchRun, rest: str = "") -> str:
    return f"/vouchers/batches/{run.pk}/sheets/{rest}"


def token() -> str:
    token.count = getattr(token, "count", 0) + 1  # type: ignore[attr-defined]
    return f"a-new-token-of-a-form-{token.count:06}"  # type: ignore[attr-defined]


def show(person: Person, run: BatchRun, first: int = 1, last: int | None = None, **more: Any) -> HttpResponse:
    values = {"step": "print", "first": first, "last": last or first, "size": run.sheet_size, "form_token": token()}
    response: HttpResponse = person.post(url(run), values | more)
    return response


def show_one(person: Person, run: BatchRun, number: int = 1, **more: Any) -> HttpResponse:
    values = {"size": run.sheet_size, "form_token": token()}
    response: HttpResponse = person.post(url(run, f"{number}/"), values | more)
    return response


def codes_in(response: HttpResponse) -> list[str]:
    found = re.findall(r"<code[^>]*>([^<]*)</code>", response.content.decode())
    return [code.replace(" ", "") for code in found]


def numbers(first: int, last: int) -> list[str]:
    return [f"SUMR{number:08d}" for number in range(first, last + 1)]


def prints() -> list[dict[str, Any]]:
    acts = Act.objects.filter(action__in=("batch.printed", "batch.receipt_printed")).order_by("seq")
    return [act.figures for act in acts]


def test_a_sheet_shows_its_own_vouchers_and_no_other(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=60, surplus=4)
    assert codes_in(show_one(marketing, run, 1)) == numbers(1, 24)
    assert codes_in(show_one(marketing, run, 2)) == numbers(25, 48)
    assert codes_in(show_one(marketing, run, 3)) == numbers(49, 60)  # the last one is not full
    assert show_one(marketing, run, 4).status_code == 404
    assert show_one(marketing, run, 0).status_code == 404


def test_a_page_of_many_sheets_shows_each_of_them(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=200)
    response = show(marketing, run, 3, 7)
    assert codes_in(response) == numbers(49, 168)
    text = response.content.decode()
    assert [f"sheet {number} of 9" in text for number in range(1, 10)] == [3 <= n <= 7 for n in range(1, 10)]


def test_no_code_is_shown_before_it_is_written_down(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=60)
    for rest in ("", "1/", "receipt/1/"):
        assert "SUMR" not in marketing.get(url(run, rest)).content.decode()
    assert prints() == []
    show(marketing, run, 1, 2)
    act = Act.objects.get(action="batch.printed")
    assert act.figures == {"first": 1, "last": 2, "size": 24, "labels": 48}
    assert (act.target_kind, act.target_id, act.staff) == ("batch", str(run.pk), marketing.staff)
    assert act.sentence == "Opened sheets 1 to 2 of 24 labels for printing."


def test_reading_the_page_again_shows_no_code(marketing: Person) -> None:
    run = batch_run(marketing.staff)
    part = marketing.post(url(run, "1/"), {"size": 24, "form_token": token()}, headers=HTMX).content.decode()
    assert "<html" not in part
    assert "SUMR 0000 0001" in part
    assert "SUMR" not in marketing.get(url(run, "1/")).content.decode()


def test_a_double_click_is_one_print(marketing: Person) -> None:
    run = batch_run(marketing.staff)
    for _ in range(2):
        assert codes_in(show_one(marketing, run, 1, form_token=TOKEN)) == numbers(1, 24)
    assert len(prints()) == 1


def test_a_form_used_before_shows_no_other_sheet_and_nothing_much_later(
    marketing: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = batch_run(marketing.staff, vouchers=100)
    show_one(marketing, run, 1, form_token=TOKEN)
    other = show_one(marketing, run, 2, form_token=TOKEN)
    assert (other.status_code, codes_in(other)) == (409, [])
    monkeypatch.setattr(services, "GOOD_FOR", timedelta(0))
    late = show_one(marketing, run, 1, form_token=TOKEN)
    assert (late.status_code, codes_in(late)) == (409, [])
    assert "open for too long" in late.content.decode()


def test_the_foot_says_which_sheet_who_and_when_and_how_often(marketing: Person, admin: Person) -> None:
    run = batch_run(marketing.staff, vouchers=60, label="Letters to members")
    text = show_one(marketing, run, 2).content.decode()
    assert "<bdi>Letters to members</bdi>, sheet 2 of 3" in text
    assert "<bdi>Noor van Dijk</bdi>, <bdi>Utrecht West</bdi>" in text
    assert f"{timezone.localtime():%Y-%m-%d %H:}" in text
    assert "reprint" not in text
    again = show(admin, run, 1, 2).content.decode()
    assert again.count("reprint 1") == 1  # the second sheet, not the first
    assert "reprint 2" in show_one(marketing, run, 2).content.decode()
    page = marketing.get(url(run, "2/")).content.decode()
    assert "3 times so far" in page


def test_a_label_says_what_it_is_worth_and_until_when(marketing: Person, settings: Any) -> None:
    settings.PIGGYADMIN_ACCOUNT = "Koffie & Co"
    midnight = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)  # 1 January, 00:00, in the shop
    run = batch_run(marketing.staff, vouchers=1, promotion_name="€ 10.00 off", expiration_date=midnight)
    text = show_one(marketing, run).content.decode()
    assert "€ 10.00 off" in text
    assert "until 31 Dec 2026" in text
    assert "<bdi>Koffie &amp; Co</bdi>" in text
    assert "until" not in show_one(marketing, batch_run(marketing.staff, expiration_date=None)).content.decode().split(
        'class="sheet"'
    )[1].replace('class="until"', "")


def test_a_voucher_that_is_over_keeps_its_place_and_shows_no_code(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=5)
    for number, status in ((2, "REDEEMED"), (3, "DEACTIVATED"), (4, "EXPIRED"), (5, "INACTIVE")):
        run.vouchers.filter(number=number).update(status=status)
    response = show_one(marketing, run)
    assert codes_in(response) == ["SUMR00000001", "SUMR00000005"]
    assert response.content.decode().count('<li class="label') == 5
    assert "No. 2: redeemed" in response.content.decode()


def test_the_environment_stands_on_every_sheet(marketing: Person, settings: Any) -> None:
    run = batch_run(marketing.staff, vouchers=60)
    assert show(marketing, run, 1, 3).content.decode().count('<p class="env">') == 3
    settings.PIGGYADMIN_ENV = "production"
    assert '<p class="env">' not in show(marketing, run, 1, 3).content.decode()


def test_a_receipt_is_one_voucher_whatever_the_layout(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=60)
    response = marketing.post(url(run, "receipt/30/"), {"size": 1, "form_token": token()})
    assert codes_in(response) == numbers(30, 30)
    assert "voucher 30 of 60" in response.content.decode()
    assert prints() == [{"number": 30, "labels": 1}]
    run.refresh_from_db()
    assert run.sheet_size == 24
    again = marketing.post(url(run, "receipt/30/"), {"size": 1, "form_token": token()})
    assert "reprint 1" in again.content.decode()
    assert marketing.get(url(run, "receipt/61/")).status_code == 404


def test_the_layout_decides_how_vouchers_fall_on_sheets(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=130)
    response = marketing.post(url(run), {"step": "layout", "size": 65})
    assert (response.status_code, response["Location"]) == (303, url(run))
    run.refresh_from_db()
    assert codes_in(show_one(marketing, run, 2)) == numbers(66, 130)
    marketing.post(url(run), {"step": "layout", "size": 1, "sure": "on"})
    run.refresh_from_db()
    assert codes_in(show(marketing, run, 5, 7)) == numbers(5, 7)


def test_another_layout_after_a_print_is_asked_about_first(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=130)
    show_one(marketing, run, 1)
    asked = marketing.post(url(run), {"step": "layout", "size": 65})
    assert asked.status_code == 409
    assert "printed already" in asked.content.decode()
    run.refresh_from_db()
    assert run.sheet_size == 24
    assert marketing.post(url(run), {"step": "layout", "size": 24}).status_code == 303  # no change, no question
    marketing.post(url(run), {"step": "layout", "size": 65, "sure": "on"})
    run.refresh_from_db()
    assert run.sheet_size == 65
    assert "Not printed yet" in marketing.get(url(run, "1/")).content.decode()  # that was another sheet 1


def test_a_page_of_the_old_layout_prints_nothing(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=130)
    BatchRun.objects.update(sheet_size=65)
    for response in (show(marketing, run, 1, size=24), show_one(marketing, run, 1, size=24)):
        assert (response.status_code, codes_in(response)) == (409, [])
    assert prints() == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first": 0}, "greater than or equal to 1"),
        ({"first": "7th"}, "Type a whole number"),
        ({"first": ""}, "required"),
        ({"first": 3, "last": 2}, "before sheet 3"),
        ({"first": 1, "last": 21}, "At most 20 sheets at a time: up to 20."),
        ({"first": 40, "last": 43}, "There are 42 sheets."),
        ({"first": "1e9"}, "Type a whole number"),
        ({"size": 23}, "Nothing was printed"),
        ({"form_token": ""}, "Nothing was printed"),
        ({"printer": "7"}, "not a valid UUID"),
        ({"printer": str(UUID(int=7))}, "no longer in the list"),
    ],
)
def test_what_cannot_be_printed_is_told_at_the_field(typed: dict[str, Any], said: str, marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=1000)
    response = show(marketing, run, **({"first": 1, "last": 2} | typed))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert prints() == []


@pytest.mark.parametrize("rest", ["1/", "receipt/1/"])
def test_a_form_that_is_not_whole_is_given_anew(rest: str, marketing: Person) -> None:
    run = batch_run(marketing.staff)
    page = marketing.post(url(run, rest), {"form_token": "x"})
    assert page.status_code == 422
    assert "Nothing was printed" in page.content.decode()
    assert re.search(r'name="form_token" value="[\w-]{16,}"', page.content.decode())
    assert prints() == []


def test_a_run_that_is_not_settled_prints_nothing(marketing: Person) -> None:
    run = batch_run(marketing.staff, state="running")
    for response in (show(marketing, run), show_one(marketing, run)):
        assert response.status_code == 409
        assert "still making vouchers" in response.content.decode()
    receipt = marketing.post(url(run, "receipt/1/"), {"size": 1, "form_token": token()})
    assert receipt.status_code == 409
    assert prints() == []


def test_one_sheet_or_one_receipt_is_opened_by_its_number(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=60)
    for what, number, there in (("sheet", 3, "3/"), ("receipt", 60, "receipt/60/")):
        response = marketing.get(url(run), {"what": what, "number": number})
        assert (response.status_code, response["Location"]) == (303, url(run, there))
    for what, number, said in (
        ("sheet", "4", "The last one is 3."),
        ("receipt", "61", "The last one is 60."),
        ("sheet", "", "required"),
        ("pile", "1", "not one of the available choices"),
        ("sheet", "9" * 400, "The last one is 3."),
    ):
        page = marketing.get(url(run), {"what": what, "number": number})
        assert page.status_code == 422
        assert said in page.content.decode()


def test_codes_too_long_for_a_label_are_refused_there(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=3, code=lambda number: f"{number:0100}")
    response = marketing.post(url(run), {"step": "layout", "size": 65})
    assert response.status_code == 422
    assert "too long for these labels" in response.content.decode()
    assert show_one(marketing, run).status_code == 409  # nor on the 24 that a run begins with
    marketing.post(url(run), {"step": "layout", "size": 1})
    run.refresh_from_db()
    assert codes_in(show_one(marketing, run, 2)) == [f"{2:0100}"]


def test_a_printers_shift_comes_as_a_style_sheet(marketing: Person) -> None:
    printer = Printer.objects.create(name="Brother", right_mm="0.5", down_mm="-1.0")
    run = batch_run(marketing.staff, vouchers=60)
    text = show_one(marketing, run, printer=str(printer.pk)).content.decode()
    address = f"/vouchers/batches/printers/{printer.pk}.css"
    assert f'<link rel="stylesheet" href="{address}">' in text
    style = marketing.get(address)
    assert style["Content-Type"] == "text/css; charset=utf-8"
    assert style.content == b":root { --right: 0.5mm; --down: -1.0mm; }\n"
    assert f'value="{printer.pk}" selected' in marketing.get(url(run, "2/")).content.decode()  # kept for the next


def test_printers_are_added_changed_and_taken_off(marketing: Person) -> None:
    response = marketing.post("/vouchers/batches/ruler/", {"name": "Brother", "right_mm": "0.5", "down_mm": "0"})
    printer = Printer.objects.get()
    own = f"/vouchers/batches/printers/{printer.pk}/"
    assert (response.status_code, response["Location"]) == (303, own)
    marketing.post(own, {"name": "Brother", "right_mm": "-10", "down_mm": "10"})
    printer.refresh_from_db()
    assert (printer.right_mm, printer.down_mm) == (-10, 10)
    assert "Brother" in marketing.get("/vouchers/batches/ruler/").content.decode()
    marketing.post(own, {"step": "delete"})
    assert not Printer.objects.exists()
    assert marketing.get(own).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Brother"}, "There is a printer of this name."),
        ({"name": ""}, "required"),
        ({"right_mm": "10.1"}, "less than or equal to 10"),
        ({"right_mm": "-11"}, "greater than or equal to -10"),
        ({"right_mm": "0.55"}, "decimal place"),
        ({"down_mm": "half"}, "Type millimetres"),
        ({"down_mm": "NaN"}, "Type millimetres"),
        ({"down_mm": "1e400"}, ""),
    ],
)
def test_a_shift_that_no_printer_has_is_refused(typed: dict[str, str], said: str, marketing: Person) -> None:
    Printer.objects.create(name="Brother")
    values = {"name": "Epson", "right_mm": "0.5", "down_mm": "0"} | typed
    response = marketing.post("/vouchers/batches/ruler/", values)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Printer.objects.count() == 1


def test_a_spoiled_sheet_leads_to_the_withdrawal_of_what_can_still_be_used(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=60)
    run.vouchers.filter(number__in=(25, 26)).update(status="REDEEMED")
    page = marketing.get(url(run, "2/")).content.decode()
    assert 'action="/vouchers/changes/preview/"' in page
    assert "Spoiled: withdraw 22 codes" in page
    assert f'name="run" value="{run.pk}"' in page
    assert 'name="sheet" value="2"' in page
    run.vouchers.filter(number__range=(25, 48)).update(status="DEACTIVATED")
    assert "Spoiled" not in marketing.get(url(run, "2/")).content.decode()


def test_the_layouts_are_those_that_a_run_may_have() -> None:
    assert set(LAYOUTS) == {24, 65, 1}


def test_a_qr_has_four_white_modules_around_it() -> None:
    drawing = qr_of("SUMR26AP4T7K9QXD")
    corners = [tuple(int(part) for part in found) for found in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawing.path)]
    assert min(across for across, _, _ in corners) == QUIET == 4
    assert min(down for _, down, _ in corners) == QUIET
    assert max(across + run for across, _, run in corners) == drawing.width - QUIET
    assert max(down for _, down, _ in corners) + 1 == drawing.width - QUIET


def test_an_address_too_long_for_scratches_is_drawn_all_the_same() -> None:
    assert qr_of("https://portal.example/home?token=" + "e" * 2000).width > 100


@pytest.mark.parametrize("code", ["SUMR26AP4T7K9QXD", "0", "=1+1", "ümlaut-ключ", "W" * 64])
def test_a_qr_is_drawn_as_it_was_made_and_a_quarter_of_it_may_be_scratched(code: str) -> None:
    drawing, made = qr_of(code), segno.make(code, error="q", micro=False, boost_error=False)
    black = {
        (int(across) + step, int(down))
        for across, down, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawing.path)
        for step in range(int(run))
    }
    wanted = {(x + QUIET, y + QUIET) for y, row in enumerate(made.matrix) for x, cell in enumerate(row) if cell}
    assert black == wanted
    assert made.error == "Q"
