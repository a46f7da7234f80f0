"""Read a CSV file of bookings: what each row says, or why it cannot be taken. Nothing is looked up and nothing kept."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contacts.bookings import fields
from piggyadmin.amounts import MOST
from piggyadmin.moments import EARLIEST, LATEST, NotAMoment, Twice, moment_of, typed_local

MOST_BYTES = 3 * 1024 * 1024
MOST_ROWS = 5_000
NEEDED = ("booking_uuid", "contact_uuid", "shop_uuid")
CENTS = "prepaid_amount_cents"
COLUMNS = {
    "booking_uuid": "Piggy’s id of the booking. Needed.",
    "contact_uuid": "Piggy’s id of the customer. Needed.",
    "shop_uuid": "Piggy’s id of the shop. Needed.",
    "external_id": "Its code in another system.",
    "source": "Where it came from, for example Phone.",
    "starts_at": "2026-11-21 19:30 in the shop’s time, or with its offset: 2026-11-21T19:30:00+01:00.",
    "ends_at": "As starts_at.",
    "checked_in_at": "As starts_at.",
    "number_of_people": f"A whole number, 1 to {fields.MOST_PEOPLE:,}.",
    "company_name": "Text.",
    "status": "Text, for example created, in progress, completed, canceled.",
    CENTS: "Whole cents: 2500 is € 25.00.",
}
ID = re.compile(r"[^/\\\x00-\x1f\x7f-\x9f\u2028\u2029]{1,64}")
OFFSET = re.compile(r"(.*\d)\s*(Z|[+-]\d{2}:?\d{2})", re.IGNORECASE)
FORMULA = re.compile(r"[=@]|[+-][^\d]")
NEVER = {"Cc", "Cs", "Zl", "Zp", "Co", "Cn"}


class NotABookingFile(ValueError):
    """The file as a whole cannot be read; the message says why and what to do, for the person who chose it."""


class BadCell(ValueError):
    """One row cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be taken. `number` is its row in the file, the heading being 1. `values` has its filled cells."""

    number: int
    booking_uuid: str
    contact_uuid: str
    shop_uuid: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[Row] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # columns that no booking has


def read(data: bytes, *, zones: Mapping[str, ZoneInfo]) -> Sheet:
    """The rows of a file. `zones` has the zone of each shop we know, by Piggy's id. Raises NotABookingFile."""
    lines = _lines(_text(data))
    heading, ignored = _heading(next(lines, (1, []))[1])
    sheet = Sheet(ignored=ignored)
    seen: dict[str, int] = {}  # by its booking, the row that has it
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(sheet.rows) + len(sheet.refused) >= MOST_ROWS:
            raise NotABookingFile(f"There are more than {MOST_ROWS:,} rows. Divide the file, and import the parts.")
        try:
            row = _row(number, heading, cells, zones)
            if row.booking_uuid in seen:
                raise BadCell(f"The same booking as in row {seen[row.booking_uuid]:,}.")
        except BadCell as bad:
            sheet.refused.append(Refused(number, str(bad)))
            continue
        seen[row.booking_uuid] = number
        sheet.rows.append(row)
    if not sheet.rows and not sheet.refused:
        raise NotABookingFile("There is no row under the heading.")
    return sheet


def _text(data: bytes) -> str:
    if not data.strip():
        raise NotABookingFile("The file is empty.")
    if len(data) > MOST_BYTES:
        raise NotABookingFile(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Divide it.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotABookingFile("This is a workbook, not a CSV file. Save it as “CSV UTF-8” and choose that file.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _looks_like_utf16(data):
        raise NotABookingFile("This file is written in UTF-16. Save it as “CSV UTF-8” and choose that file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotABookingFile(
            f"This file is not written in UTF-8 (see row {line:,}), but probably in Windows’ own alphabet (latin-1). "
            "Save it as “CSV UTF-8” and choose that file."
        ) from error
    return text


def _looks_like_utf16(data: bytes) -> bool:
    """Whether every second byte of the beginning is zero, as in European text in UTF-16 without a mark."""
    start = data[:200]
    return len(start) >= 4 and max(start[0::2].count(0), start[1::2].count(0)) > len(start) * 0.4


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the file, each with its number; a row whose cell holds a line break is still one row."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield number, cells
    except csv.Error as error:
        raise NotABookingFile(f"Row {number + 1:,} is not CSV: a quotation mark is missing or too many.") from error


def _heading(cells: list[str]) -> tuple[list[str], list[str]]:
    names = [cell.strip().casefold() for cell in cells]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise NotABookingFile(f"The heading has no {' and no '.join(missing)}. It names the columns listed below.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise NotABookingFile(f"The column {twice[0][:40]} stands there twice. Remove one.")
    return names, [name[:40] for name in names if name and name not in COLUMNS][:20]


def _row(number: int, heading: list[str], cells: list[str], zones: Mapping[str, ZoneInfo]) -> Row:
    if len(cells) != len(heading):
        raise BadCell(f"It has {len(cells)} cells, the heading {len(heading)}.")
    told = {name: cell.strip() for name, cell in zip(heading, cells, strict=True) if name in COLUMNS}
    for name in NEEDED:
        if not told[name]:
            raise BadCell(f"{name} is empty.")
        if not ID.fullmatch(told[name]) or told[name] in (".", ".."):
            raise BadCell(f"{name} is no id that Piggy could have given.")
    zone = zones.get(told["shop_uuid"])
    if zone is None:
        raise BadCell("shop_uuid: no shop here has this id.")
    values = {
        name.removesuffix("_cents"): _value(name, cell, zone)
        for name, cell in told.items()
        if cell and name not in NEEDED
    }
    starts, ends = values.get("starts_at"), values.get("ends_at")
    if starts and ends and ends <= starts:
        raise BadCell("ends_at: it ends before it starts.")
    return Row(number, told["booking_uuid"], told["contact_uuid"], told["shop_uuid"], values)


def _value(name: str, cell: str, zone: ZoneInfo) -> Any:
    if name in fields.MOMENTS:
        return _moment(name, cell, zone)
    if name == CENTS:
        return _whole(name, cell, 0, MOST)
    if name == "number_of_people":
        return _whole(name, cell, 1, fields.MOST_PEOPLE)
    if FORMULA.match(cell):
        raise BadCell(f"{name} looks like a formula. Write the text itself.")
    if any(unicodedata.category(character) in NEVER for character in cell):
        raise BadCell(f"{name} has a control character or a line break in it.")
    if len(cell) > fields.LONGEST:
        raise BadCell(f"{name} is longer than {fields.LONGEST} characters.")
    return unicodedata.normalize("NFC", cell)[: fields.LONGEST]


def _whole(name: str, cell: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", cell) or not least <= int(cell) <= most:
        raise BadCell(f"{name} is not a whole number from {least} to {most:,}.")
    return int(cell)


def _moment(name: str, cell: str, zone: ZoneInfo) -> datetime:
    """A moment with its offset, or by the clock of the shop."""
    stated = OFFSET.fullmatch(cell)
    try:
        local = typed_local(stated[1] if stated else cell)
        if stated is None:
            return moment_of(local, zone)
        offset = "+00:00" if stated[2].upper() == "Z" else stated[2]
        at = datetime.fromisoformat(f"{local.isoformat()}{offset}").astimezone(UTC)
    except Twice as error:
        raise BadCell(f"{name}: the clock shows this time twice that night. Write its offset, as +01:00.") from error
    except NotAMoment as error:
        raise BadCell(f"{name}: {error}") from error
    except (ValueError, OverflowError) as error:
        raise BadCell(f"{name}: there is no such offset.") from error
    if not EARLIEST <= at.year <= LATEST:
        raise BadCell(f"{name}: check the year.")
    return at
