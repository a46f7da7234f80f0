"""A CSV file as a stream of lines: UTF-8 with BOM, CRLF, and no text that a spreadsheet runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def guarded(value: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe before it; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def lines_of(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, separator: str = ",") -> Iterator[str]:
    """The lines of a file: the names of its columns, then one for each row, written when it is asked for."""
    writer = csv.writer(_Echo(), delimiter=separator, lineterminator="\r\n")
    yield BOM + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([guarded(value) for value in row])
