"""The pagination shapes. Each list of the API has its own; see the pages of the calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.store import Row

MAX_PAGE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """A window on a list. ``limit`` may be 0 where the bounds allow it: then every page is empty."""

    number: int
    limit: int
    total: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.limit

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.limit)) if self.limit else 1

    @property
    def first_shown(self) -> int | None:
        """Position of the first row shown, from 1; None on an empty page."""
        return self.offset + 1 if self.limit and self.offset < self.total else None

    @property
    def last_shown(self) -> int | None:
        return None if self.first_shown is None else min(self.offset + self.limit, self.total)

    def cut(self, rows: Sequence[Row]) -> Sequence[Row]:
        return rows[self.offset : self.offset + self.limit]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page was asked for."""

    number: int
    limit: int

    def of(self, rows: Sequence[Row]) -> Page:
        return Page(self.number, self.limit, len(rows))


def wanted(inputs: Inputs, *, low: int, high: int, default: int) -> Wanted:
    """``page`` and ``limit`` of a list whose limit lies between ``low`` and ``high``."""
    number = inputs.integer("page", low=1, high=MAX_PAGE, default=1)
    return Wanted(number, inputs.integer("limit", low=low, high=high, default=default))


def window_meta(page: Page, *, limit_was_sent: bool = False) -> dict[str, Any]:
    """Contacts and loyalty transactions. Contacts give ``limit`` back as a string when it was sent."""
    return {
        "page": page.number,
        "limit": str(page.limit) if limit_was_sent else page.limit,
        "viewing_from": page.first_shown or 0,
        "viewing_to": page.last_shown or 0,
        "last_page": page.last,
        "total": page.total,
    }


def prepaid_meta(page: Page) -> dict[str, Any]:
    """Prepaid transactions."""
    return {
        "current_page": page.number,
        "from": page.first_shown,
        "last_page": page.last,
        "per_page": page.limit,
        "total": page.total,
    }


def voucher_meta(page: Page, path: str) -> dict[str, Any]:
    """Vouchers: ``per_page`` is a string."""
    return {
        "current_page": page.number,
        "from": page.first_shown,
        "last_page": page.last,
        "links": _labelled_links(page, path),
        "path": path,
        "per_page": str(page.limit),
        "to": page.last_shown,
        "total": page.total,
    }


def voucher_links(page: Page, path: str) -> dict[str, str | None]:
    """The links beside the vouchers. They carry the page alone: who follows them loses the filters."""
    return {
        "first": f"{path}?page=1",
        "last": f"{path}?page={page.last}",
        "prev": f"{path}?page={page.number - 1}" if page.number > 1 else None,
        "next": f"{path}?page={page.number + 1}" if page.number < page.last else None,
    }


def _labelled_links(page: Page, path: str) -> list[dict[str, Any]]:
    ends = voucher_links(page, path)
    shown = [number for number in range(page.number - 2, page.number + 3) if 1 <= number <= page.last]
    numbers = [
        {"url": f"{path}?page={number}", "label": str(number), "active": number == page.number} for number in shown
    ]
    return [
        {"url": ends["prev"], "label": "pagination.previous", "active": False},
        *numbers,
        {"url": ends["next"], "label": "pagination.next", "active": False},
    ]
