"""The files of a run, its printed sheets, and the ruler."""

from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto
from tests.vouchers.runs import batch_run
from vouchers.files import jobs
from vouchers.models import BatchRun, ExportFile, Printer

SUMMER: dict[str, Any] = {"promotion_name": "€ 10.00 off any order over € 40.00", "label": "Letters to members"}


def run(visit: Visit, **fields: Any) -> BatchRun:
    assert visit.person is not None
    code = {"code": lambda number: f"SUMR26AP{number:08d}"}
    return batch_run(visit.person.staff, shop=visit.person.shop, **code | SUMMER | fields)


def to(visit: Visit, made: BatchRun, rest: str) -> None:
    visit.page.goto(f"/vouchers/batches/{made.pk}/{rest}")


def files(visit: Visit, **fields: Any) -> BatchRun:
    made = run(visit, **{"vouchers": 1284} | fields)
    to(visit, made, "files/")
    return made


def files_after(visit: Visit) -> None:
    """Taken once as CSV, one workbook ready, one still being written."""
    made = run(visit, vouchers=5100)
    for _ in range(2):
        to(visit, made, "files/")
        visit.page.get_by_role("button", name="as XLSX").click()
        expect(visit.page.get_by_text("being written").first).to_be_visible()
    jobs.write(str(ExportFile.objects.earliest("asked_at").pk))
    with visit.page.expect_download():
        visit.page.get_by_role("button", name="Export 5,100 rows", exact=True).click()
    visit.page.reload()


def sheets(visit: Visit, **fields: Any) -> BatchRun:
    made = run(visit, **{"vouchers": 1284} | fields)
    to(visit, made, "sheets/")
    return made


def show(visit: Visit, button: str = "Show them for printing") -> None:
    visit.page.get_by_role("button", name=button).click()
    expect(visit.page.locator(".sheet").first).to_be_visible()


def sheets_printed(visit: Visit) -> None:
    made = sheets(visit)
    show(visit)
    to(visit, made, "sheets/")


def sheets_wrong(visit: Visit) -> None:
    sheets(visit)
    visit.page.locator("[name=last]").fill("54")
    visit.page.get_by_role("button", name="Show them for printing").click()
    expect(visit.page.locator("#id_last-e")).to_be_visible()


def sheets_other_layout(visit: Visit) -> None:
    sheets_printed(visit)
    visit.page.get_by_text("A4, 65 labels").click()
    visit.page.get_by_role("button", name="Use this layout").click()
    expect(visit.page.get_by_text("printed already")).to_be_visible()


def sheet(visit: Visit) -> BatchRun:
    made = run(visit, vouchers=1284)
    to(visit, made, "sheets/7/")
    return made


def sheet_again(visit: Visit) -> None:
    made = sheet(visit)
    show(visit, "Print sheet 7")
    to(visit, made, "sheets/7/")


def paper(visit: Visit, **fields: Any) -> None:
    made = run(visit, **fields)
    made.vouchers.filter(number=3).update(status="REDEEMED")
    to(visit, made, "sheets/1/")
    show(visit, "Print sheet 1")


def paper65(visit: Visit, **fields: Any) -> None:
    paper(visit, vouchers=70, sheet_size=65, **fields)


def longest_code(length: int) -> Any:
    return lambda number: f"{number:04}" + "W" * (length - 4)


def receipt(visit: Visit) -> None:
    made = run(visit)
    to(visit, made, "sheets/receipt/12/")
    show(visit, "Print receipt 12")


def ruler(visit: Visit) -> None:
    Printer.objects.create(name="Brother at the office", right_mm="0.5", down_mm="-1.0")
    shop = Printer.objects.create(name=LONG_NAME[:60])
    visit.page.goto(f"/vouchers/batches/printers/{shop.pk}/")


def ruler_wrong(visit: Visit) -> None:
    visit.page.goto("/vouchers/batches/ruler/")
    visit.page.locator("[name=name]").fill("Brother")
    visit.page.locator("[name=right_mm]").fill("half")
    visit.page.get_by_role("button", name="Add").click()
    expect(visit.page.locator("#id_right_mm-e")).to_be_visible()


def _nothing(visit: Visit) -> None:
    sheets(visit, vouchers=0, quantity=500, state=BatchRun.State.CANCELLED, ended_at=timezone.now())


LONG = {"promotion_name": LONG_NAME, "label": UNBROKEN_NAME}
ARABIC = {"promotion_name": " ".join(ARABIC_NAME), "label": ARABIC_NAME[1]}

PRINTING = [
    Place("files", lambda visit: files(visit) and None, "marketing"),
    Place("files-taken", files_after, "marketing"),
    Place("files-not-yet", lambda visit: files(visit, state="running") and None, "marketing"),
    Place("files-long-name", lambda visit: files(visit, **LONG) and None, "marketing"),
    Place("sheets", lambda visit: sheets(visit) and None, "marketing"),
    Place("sheets-printed", sheets_printed, "marketing"),
    Place("sheets-bad-input", sheets_wrong, "marketing"),
    Place("sheets-other-layout", sheets_other_layout, "marketing"),
    Place("sheets-nothing-made", _nothing, "marketing"),
    Place("sheet", lambda visit: sheet(visit) and None, "marketing"),
    Place("sheet-again", sheet_again, "marketing"),
    Place("paper-24", paper, "marketing"),
    Place("paper-24-rtl-name", lambda visit: paper(visit, **ARABIC), "marketing"),
    Place("paper-24-longest-code", lambda visit: paper(visit, code=longest_code(64), **LONG), "marketing"),
    Place("paper-65-longest-code", lambda visit: paper65(visit, code=longest_code(32), **LONG), "marketing"),
    Place("paper-receipt", receipt, "marketing"),
    Place("ruler", goto("/vouchers/batches/ruler/"), "marketing"),
    Place("ruler-printer", ruler, "marketing"),
    Place("ruler-bad-input", ruler_wrong, "marketing"),
]
