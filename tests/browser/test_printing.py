"""What comes out of a printer: one sheet of paper for each sheet, everything in its place to the millimetre."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs
from tests.browser.pages.places import Place
from tests.browser.pages.printing import PRINTING
from tests.conftest import Person
from tests.vouchers.runs import batch_run
from vouchers.files import jobs
from vouchers.models import ExportFile, Printer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MM = 96 / 25.4  # px
PLACES: dict[str, Place] = {place.name: place for place in PRINTING}
SCREEN = {"width": 794, "height": 1123}  # A4: what the paper is measured with


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """The size of each page, in whole millimetres."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type /Page\b", pdf))
    return [(round(float(wide) * 25.4 / 72), round(float(high) * 25.4 / 72)) for wide, high in boxes]


def paper_of(page: Page) -> list[tuple[int, int]]:
    return pages_of(page.pdf(prefer_css_page_size=True, print_background=True))


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    """Where things lie on their sheet, and how large they are, in millimetres."""
    found: list[dict[str, float]] = page.locator(selector).evaluate_all(
        """(all) => all.map((one) => {
          const box = one.getBoundingClientRect(), sheet = one.closest('.sheet').getBoundingClientRect();
          return {left: box.left - sheet.left, top: box.top - sheet.top, width: box.width, height: box.height,
                  over: Math.max(one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight)};
        })"""
    )
    return [{name: value / MM for name, value in box.items()} for box in found]


@pytest.mark.parametrize(
    ("place", "paper"),
    [
        ("paper-24", [(210, 297)]),
        ("paper-65-longest-code", [(210, 297)]),
        ("paper-receipt", [(80, 120)]),
        ("ruler", [(210, 297)] * 2),
    ],
)
def test_a_sheet_is_one_page_of_paper(place: str, paper: list[tuple[int, int]], arrive: Callable[..., Page]) -> None:
    assert paper_of(arrive(PLACES[place])) == paper


@pytest.mark.parametrize(
    ("place", "count", "width", "height", "left", "top", "right", "bottom", "qr"),
    [
        ("paper-24", 24, 63.5, 33.9, 7.25, 12.9, 139.25, 250.2, 25),
        ("paper-24-longest-code", 24, 63.5, 33.9, 7.25, 12.9, 139.25, 250.2, 25),
        ("paper-65-longest-code", 65, 38.1, 21.2, 4.75, 10.7, 167.15, 265.1, 18),
    ],
)
def test_each_label_lies_where_the_paper_has_it(
    place: str,
    count: int,
    width: float,
    height: float,
    left: float,
    top: float,
    right: float,
    bottom: float,
    qr: float,
    arrive: Callable[..., Page],
) -> None:
    page = arrive(PLACES[place])
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    page.emulate_media(media="print")
    labels = boxes(page, ".label")
    assert len(labels) == count
    for label in labels:
        assert (label["width"], label["height"]) == pytest.approx((width, height), abs=0.06)
        assert label["over"] <= 0, "something is cut off"
    assert all(words["height"] <= height - 2 for words in boxes(page, ".label > div")), "something is cut off"
    assert (labels[0]["left"], labels[0]["top"]) == pytest.approx((left, top), abs=0.06)
    assert (labels[-1]["left"], labels[-1]["top"]) == pytest.approx((right, bottom), abs=0.06)
    drawings = boxes(page, ".qr")
    assert len(drawings) == count - 1  # the third was redeemed: its place stays, its code does not
    for drawing in drawings:
        assert min(drawing["width"], drawing["height"]) == pytest.approx(qr, abs=0.06)
        assert min(drawing["width"], drawing["height"]) >= 17.99
    foot, band = boxes(page, ".foot")[0], boxes(page, ".sheet > .env")[0]
    assert foot["top"] >= labels[-1]["top"] + height
    assert foot["top"] + foot["height"] <= 297 - 4.2  # what no printer reaches
    assert band["top"] >= 4.2
    assert band["top"] + band["height"] <= top
    assert foot["over"] <= 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_only_the_paper_is_printed(arrive: Callable[..., Page]) -> None:
    page = arrive(PLACES["paper-24"])
    page.emulate_media(media="print")
    for gone in (".top", ".side", ".head", "body > .env", ".skip"):
        assert page.locator(gone).first.is_hidden(), gone
    expect(page.locator(".sheet > .env")).to_contain_text("Koffie & Co")
    expect(page.locator(".sheet .foot")).to_contain_text("Letters to members, sheet 1 of 1")
    expect(page.locator(".sheet .foot")).to_contain_text("Noor van Dijk, Utrecht West")


def test_the_ruler_is_a_hundred_millimetres(arrive: Callable[..., Page]) -> None:
    page = arrive(PLACES["ruler"])
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    page.emulate_media(media="print")
    across, down = boxes(page, ".ruler path")[:2]
    assert across["width"] == pytest.approx(100, abs=0.1)
    assert down["height"] == pytest.approx(100, abs=0.1)


def test_a_printers_shift_moves_the_labels_and_nothing_else(tabs: Tabs, marketing: Person) -> None:
    printer = Printer.objects.create(name="Brother", right_mm="1.5", down_mm="-2.0")
    run = batch_run(marketing.staff, shop=marketing.shop)
    page = tabs.open(marketing)
    page.goto(f"/vouchers/batches/{run.pk}/sheets/1/")
    page.get_by_label("Printer").select_option(str(printer.pk))
    page.get_by_role("button", name="Print sheet 1").click()
    expect(page.locator(".sheet")).to_be_visible()
    until = time.monotonic() + 5
    while not page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--right')"):
        assert time.monotonic() < until, "the printer's style sheet did not come"
        page.wait_for_timeout(50)
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    page.emulate_media(media="print")
    label = boxes(page, ".label")[0]
    assert (label["left"], label["top"]) == pytest.approx((7.25 + 1.5, 12.9 - 2), abs=0.06)
    assert paper_of(page) == [(210, 297)]


def test_five_sheets_are_five_pages_and_reading_the_page_again_shows_no_code(tabs: Tabs, marketing: Person) -> None:
    run = batch_run(marketing.staff, shop=marketing.shop, vouchers=200)
    page = tabs.open(marketing)
    page.goto(f"/vouchers/batches/{run.pk}/sheets/")
    page.get_by_label("From sheet").fill("3")
    page.get_by_label("to sheet").fill("7")
    page.get_by_role("button", name="Show them for printing").click()
    expect(page.locator(".sheet")).to_have_count(5)
    expect(page.get_by_role("button", name="Print sheets 3 to 7")).to_be_focused()
    assert paper_of(page) == [(210, 297)] * 5
    page.reload()
    expect(page.get_by_role("heading", name="Printed sheets")).to_be_visible()
    assert page.locator(".sheet").count() == 0


def test_the_print_button_prints(tabs: Tabs, marketing: Person) -> None:
    page = tabs.open(marketing)
    page.goto("/vouchers/batches/ruler/")
    page.evaluate("window.print = () => { document.title = 'printing' }")
    page.get_by_role("button", name="Print the test page").click()
    expect(page).to_have_title("printing")


def test_without_javascript_a_sheet_is_shown_and_its_page_says_how_to_print_it(tabs: Tabs, marketing: Person) -> None:
    run = batch_run(marketing.staff, shop=marketing.shop)
    page = tabs.open(marketing, java_script_enabled=False)
    page.goto(f"/vouchers/batches/{run.pk}/sheets/1/")
    page.get_by_role("button", name="Print sheet 1").click()
    expect(page.locator(".label")).to_have_count(24)
    assert "Ctrl+P" in page.content()
    assert page.locator("[data-print]").is_hidden()


def test_a_file_that_a_job_writes_appears_by_itself(tabs: Tabs, marketing: Person) -> None:
    run = batch_run(marketing.staff, shop=marketing.shop, vouchers=5001)
    page = tabs.open(marketing)
    page.goto(f"/vouchers/batches/{run.pk}/files/")
    page.get_by_role("button", name="as XLSX").click()
    expect(page.get_by_text("being written")).to_be_visible()
    jobs.write(str(ExportFile.objects.get().pk))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith("_5001rows.xlsx")


def test_letters_that_look_alike_differ_on_a_label(arrive: Callable[..., Page]) -> None:
    """0 and O, 1, I and l: drawn in the face of the codes, no two have the same picture."""
    page = arrive(PLACES["paper-24"])
    drawn = page.evaluate(
        """() => {
          const face = getComputedStyle(document.querySelector('.label code'));
          const canvas = Object.assign(document.createElement('canvas'), {width: 40, height: 60});
          const pen = canvas.getContext('2d', {willReadFrequently: true});
          pen.font = `700 48px ${face.fontFamily}`;
          return [...'0O1Il'].map((letter) => {
            pen.clearRect(0, 0, 40, 60);
            pen.fillText(letter, 4, 48);
            return pen.getImageData(0, 0, 40, 60).data.join();
          });
        }"""
    )
    assert len(set(drawn)) == 5
