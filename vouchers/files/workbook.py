"""Rows as an XLSX workbook. Every cell but a number is text, so codes keep their zeros and no formula runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from xlsxwriter import Workbook

from vouchers.files.rows import COLUMNS, Row

WIDE = 38  # characters: a uuid
ALL_TEXT = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}


def write_workbook(target: BinaryIO, rows: Iterable[Row]) -> None:
    """Write the workbook into an open file. Memory stays the same however many rows there are."""
    with Workbook(target, {"constant_memory": True, **ALL_TEXT}) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet = book.add_worksheet("Vouchers")
        sheet.set_column(0, len(COLUMNS) - 1, WIDE, text)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name, head)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(line, column, value)
                elif value:
                    sheet.write_string(line, column, value, text)
