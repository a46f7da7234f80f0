"""Read a list of voucher codes, from a file or pasted: each code with its row, or why the list cannot be taken.

Nothing is looked up and nothing kept. A list with one bad row is not taken at all: what is made cannot be deleted.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 10_000
LONGEST_CODE = 64
HEADINGS = {"code", "codes", "voucher code", "voucher_code", "vouchercode", "voucher"}
SEPARATORS = ",;\t"
FORMULA = re.compile(r"[=@]|[+-]\D|[+-]\Z")
BY_SPREADSHEET = re.compile(r"\d(?:[.,]\d+)?[eE][+-]?\d{1,3}")
SAVE_AS = "Save it as “CSV UTF-8” and choose that file."
TOO_MANY = f"There are more than {MOST_ROWS:,} rows. Divide the list; each part is made by itself."


class NotAList(ValueError):
    """The list as a whole cannot be read; the message says why and what to do, for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that cannot be taken. Rows are counted from 1, a heading among them."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Codes:
    """What a list says. `rows` are (row, code) in its order; `warnings` are sentences about what may be a mistake."""

    rows: list[tuple[int, str]] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read(data: bytes) -> Codes:
    """The codes of a file. Raises NotAList."""
    return read_text(_text(data))


def read_text(text: str) -> Codes:
    """The codes of a text, one a row. Raises NotAList."""
    if len(text) > MOST_BYTES:
        raise NotAList(f"That is more than {MOST_BYTES // 1024 // 1024} MB. Divide the list.")
    found, column, blank = Codes(), None, []
    seen: dict[str, int] = {}
    folded: dict[str, str] = {}
    for number, cells in _lines(text):
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            blank.append(number)  # at the end of a file they mean nothing
            if len(blank) > MOST_ROWS:
                raise NotAList(TOO_MANY)
            continue
        if column is None:
            column = _column(cells)
            if column is not None:
                continue
            column = 0
        found.bad.extend(Bad(one, "It is empty.") for one in blank)
        blank.clear()
        if len(found.rows) + len(found.bad) >= MOST_ROWS:
            raise NotAList(TOO_MANY)
        code = unicodedata.normalize("NFC", cells[column].strip()) if column < len(cells) else ""
        reason = _why_not(code)
        if not reason and code in seen:
            reason = f"The same code as in row {seen[code]:,}."
        if reason:
            found.bad.append(Bad(number, reason))
            continue
        seen[code] = number
        other = folded.setdefault(code.casefold(), code)
        if other != code:
            found.warnings.append(
                f"Rows {seen[other]:,} and {number:,} differ only in capitals: tills tell them apart, people may not."
            )
        found.rows.append((number, code))
    if not found.rows and not found.bad:
        raise NotAList("There is no code in it.")
    return found


def _text(data: bytes) -> str:
    if not data.strip():
        raise NotAList("The file is empty.")
    if len(data) > MOST_BYTES:
        raise NotAList(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Divide it.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotAList(f"This is a workbook, not a CSV file. {SAVE_AS}")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise NotAList(f"This file begins like UTF-16 and is cut off or damaged. {SAVE_AS}") from error
    if b"\x00" in data[:200]:
        raise NotAList(f"This file is written in UTF-16 without saying so, or is no text at all. {SAVE_AS}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise NotAList(
            f"This file is not written in UTF-8 (see row {row:,}), but probably in Windows’ own alphabet. {SAVE_AS}"
        ) from error


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with its number; the separator is what the first of them has most of."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count), strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield number, cells
    except csv.Error as error:
        raise NotAList(f"Row {number + 1:,} is not CSV: a quotation mark is missing or too many.") from error


def _column(cells: list[str]) -> int | None:
    """Which column the heading names; None for a list without a heading."""
    names = [cell.strip().casefold() for cell in cells]
    named = [number for number, name in enumerate(names) if name in HEADINGS]
    if len(named) > 1:
        raise NotAList("The heading names two columns of codes. Leave one of them out.")
    if named:
        return named[0]
    if len(cells) > 1:
        raise NotAList("There are several columns. Write “code” above the one with the codes, as the first row.")
    return None


def _why_not(code: str) -> str:
    if not code:
        return "It is empty."
    if len(code) > LONGEST_CODE:
        return f"It is longer than {LONGEST_CODE} characters."
    if not code.isprintable():
        return "There is a character in it that nobody can see or type."
    if FORMULA.match(code):
        return "It looks like a formula. Write the code itself."
    if BY_SPREADSHEET.fullmatch(code):
        return "A spreadsheet has made a number of it. Give the column the format “text”, and put the codes in again."
    return ""
