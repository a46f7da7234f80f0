"""Whatever stands in a code or a name comes back from the files as it was, but for the guard against formulas."""

import csv
import io
from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from piggyadmin.csv_lines import FORMULA, lines_of
from vouchers.files.rows import COLUMNS, Row, file_name
from vouchers.files.workbook import write_workbook
from vouchers.models import BatchRun

# Everything that a database column can hold: no NUL, no half of a surrogate pair.
ANY = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
TRICKY = st.sampled_from(["=1+1", "-5", "+31", "@x", "\tx", "\rx", "007", "1e5", 'a"b', "a,b", "a;b", "a\nb", "a\r\nb"])
WILD = st.lists(st.tuples(ANY | TRICKY, ANY | TRICKY), max_size=8)


def rows_with(pairs: list[tuple[str, str]]) -> list[Row]:
    code, name = COLUMNS.index("code"), COLUMNS.index("promotion_name")
    made: list[Row] = []
    for number, pair in enumerate(pairs, 1):
        row: list[str | int] = [""] * len(COLUMNS)
        row[0], row[code], row[name], row[-2] = str(uuid4()), *pair, number
        made.append(tuple(row))
    return made


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


@given(WILD, st.sampled_from([",", ";"]))
@example([("'=x", "'")], ",")
def test_csv_gives_back_what_was_written(pairs: list[tuple[str, str]], separator: str) -> None:
    rows = rows_with(pairs)
    text = "".join(lines_of(COLUMNS, rows, separator=separator))
    assert text.encode().startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator, strict=True))
    assert read[0] == list(COLUMNS)
    assert len(read) == len(rows) + 1
    for row, cells in zip(rows, read[1:], strict=True):
        assert not any(cell.startswith(FORMULA) for cell in cells)
        assert [unguarded(cell) for cell in cells] == [unguarded(str(cell)) for cell in row]


@given(WILD)
def test_xlsx_gives_back_what_was_written(pairs: list[tuple[str, str]]) -> None:
    rows, target = rows_with(pairs), io.BytesIO()
    write_workbook(target, rows)
    sheet = load_workbook(target).active
    assert sheet is not None
    read = list(sheet.iter_rows(min_row=2))
    assert len(read) == len(rows)
    for row, cells in zip(rows, read, strict=True):
        # A spreadsheet reads _x0008_ as a backspace, which XML cannot hold; openpyxl leaves that to whoever asks.
        values = ["" if cell.value is None else cell.value for cell in cells]
        assert [unescape(value) if isinstance(value, str) else value for value in values] == list(row)
        assert {cell.data_type for cell in cells if isinstance(cell.value, str)} <= {"s", "inlineStr"}


@given(ANY)
def test_a_files_name_is_plain_whatever_the_promotion_is_called(name: str) -> None:
    made = file_name(BatchRun(promotion_name=name), rows=7, at=datetime(2026, 11, 20, 14, tzinfo=UTC), ending="csv")
    assert made.isascii()
    assert made.startswith("vouchers_")
    assert made.endswith("_2026-11-20T1400Z_7rows.csv")
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
