"""The page that sets up a scanner: what a scan of its bars tells, and what this computer then remembers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piggyadmin.desk.scanner import bars
from piggyadmin.desk.scanner.device import COOKIE, MOST_GAP_MS, Scanner
from piggyadmin.desk.scanner.reading import LAYOUTS, TEST_CODE, read
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

USUAL = Scanner()


def words(reading) -> str:
    return " ".join(finding.words for finding in reading.findings)


def scan(text: str = TEST_CODE, *, ended: str = "Enter", slowest_ms: int | None = 8, now: Scanner = USUAL):
    return read(text=text, ended=ended, slowest_ms=slowest_ms, now=now)


def test_a_usual_scanner_needs_nothing() -> None:
    found = scan()
    assert found.suits == USUAL
    assert "the keyboard layout is right" in words(found)
    assert "sends Enter" in words(found)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_it_names_a_wrong_keyboard_layout(layout) -> None:
    typed = layout.of(TEST_CODE)
    assert typed != TEST_CODE
    found = scan(typed)
    assert not found.works
    assert layout.name.partition(" ")[0] in words(found)


def test_the_layouts_differ_in_what_they_make_of_the_code() -> None:
    assert len({layout.of(TEST_CODE) for layout in LAYOUTS}) == len(LAYOUTS)


@pytest.mark.parametrize("typed", [TEST_CODE.swapcase(), TEST_CODE.upper(), TEST_CODE.lower()])
def test_it_says_when_capitals_were_changed(typed: str) -> None:
    found = scan(typed)
    assert not found.works
    assert "Caps Lock" in words(found)


@pytest.mark.parametrize("typed", [TEST_CODE[:5], f"{TEST_CODE}{TEST_CODE}x", "something else", "é" * 30])
def test_it_says_when_something_else_came(typed: str) -> None:
    found = scan(typed)
    assert not found.works
    assert found.text == typed


def test_a_prefix_is_found_and_offered() -> None:
    found = scan(f"~#{TEST_CODE}")
    assert found.suits == Scanner(prefix="~#")


def test_a_mark_of_the_barcodes_kind_is_no_prefix() -> None:
    found = scan(f"]C1{TEST_CODE}")
    assert found.suits == USUAL
    assert "]C1" in words(found)


@pytest.mark.parametrize(("ended", "says"), [("Enter", "sends Enter"), ("Tab", "sends Tab"), ("", "sends no Enter")])
def test_it_tells_how_a_scan_ends(ended: str, says: str) -> None:
    assert says in words(scan(ended=ended))


def test_a_slow_scanner_gets_the_time_it_takes() -> None:
    found = scan(slowest_ms=60)
    assert found.suits is not None
    assert found.suits.gap_ms > 60


def test_one_as_slow_as_a_hand_is_to_be_changed_itself() -> None:
    found = scan(slowest_ms=MOST_GAP_MS)
    assert not found.works
    assert "inter-character delay" in words(found)


@given(st.text(max_size=200), st.sampled_from(["", "Enter", "Tab"]), st.none() | st.integers(0, 60_000))
def test_any_scan_gets_an_answer(text: str, ended: str, slowest_ms: int | None) -> None:
    found = scan(text, ended=ended, slowest_ms=slowest_ms)
    assert found.findings
    assert found.suits is None or found.suits.gap_ms <= MOST_GAP_MS


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
def test_the_bars_are_those_of_the_code(text: str) -> None:
    drawn = ["0"] * bars.width_of(text)
    for stroke in bars.path_of(text).split("z")[:-1]:
        at, _, wide = stroke.removeprefix("M").partition(" 0h")
        start, length = int(at), int(wide.partition("v")[0])
        drawn[start : start + length] = "1" * length
    assert "".join(drawn) == "0" * bars.QUIET + bars.modules(text) + "0" * bars.QUIET


@pytest.mark.django_db
class TestThePage:
    def test_it_shows_bars_and_what_they_read(self, desk: Person, sandbox: SandboxAccount) -> None:
        page = desk.get("/scanner/").content.decode()
        assert TEST_CODE in page
        assert bars.path_of(TEST_CODE) in page
        assert sandbox.calls == []

    def test_without_its_script_it_judges_the_text_alone(self, desk: Person) -> None:
        page = desk.post("/scanner/", {"scan": f"{TEST_CODE}\r\n"})
        assert page.status_code == 200
        assert "This scanner works" in page.content.decode()
        assert "between two characters, where" not in page.content.decode()

    @pytest.mark.parametrize("measured", [{"ended": "½"}, {"slowest": "9" * 40}, {"slowest": "-1", "ended": "Escape"}])
    def test_measures_that_cannot_be_leave_the_text_to_be_judged_alone(
        self, measured: dict[str, str], desk: Person
    ) -> None:
        assert desk.post("/scanner/", {"scan": TEST_CODE} | measured).status_code == 200
        other = desk.post("/scanner/", {"scan": "A-tote-bag-17"} | measured)
        assert other.status_code == 422
        assert "That is not the test code" in other.text
        assert "What came: <code>A-tote-bag-17</code>" in other.text

    def test_it_keeps_what_suits_this_computer(self, desk: Person) -> None:
        page = desk.post("/scanner/", {"scan": f"~{TEST_CODE}", "ended": "", "slowest": "60"}).content.decode()
        assert "works once you save" in page
        assert 'value="~"' in page
        kept = desk.post("/scanner/keep/", {"sent_first": "~", "gap_ms": "80"})
        assert kept.status_code == 303
        assert desk.cookies[COOKIE]["httponly"]
        page = desk.get("/").content.decode()
        assert 'data-scan-gap="80"' in page
        assert 'data-scan-prefix="~"' in page
        again = desk.post("/scanner/", {"scan": TEST_CODE, "ended": "", "slowest": "60"}).content.decode()
        assert "This scanner works<" in again

    @pytest.mark.parametrize("scanned", ["", " ", "x" * 201, "a\x00b", "‮" * 9, "😀" * 50])
    def test_what_is_no_scan_of_the_bars_is_said(self, desk: Person, scanned: str) -> None:
        page = desk.post("/scanner/", {"scan": scanned, "ended": "Enter", "slowest": "8"})
        assert page.status_code == 422
        assert "works once you save" not in page.content.decode()

    @pytest.mark.parametrize(
        ("sent_first", "gap"), [("a b", "35"), ("123456789", "35"), ("", "9"), ("", "5000"), ("", "fast"), ("é", "35")]
    )
    def test_settings_that_cannot_be_are_refused_beside_their_field(
        self, desk: Person, sent_first: str, gap: str
    ) -> None:
        page = desk.post("/scanner/keep/", {"sent_first": sent_first, "gap_ms": gap})
        assert page.status_code == 422
        assert COOKIE not in desk.cookies
        assert 'aria-invalid="true"' in page.content.decode()
        assert f'value="{gap}"' in page.content.decode()

    @pytest.mark.parametrize("cookie", ["", "x", "35", "35.zz", "-1.", "35.0a", "99999999999.", "²."])
    def test_a_spoilt_cookie_is_as_none(self, desk: Person, cookie: str) -> None:
        desk.cookies[COOKIE] = cookie
        page = desk.get("/").content.decode()
        assert 'data-scan-prefix=""' in page
