"""Lists that come in pages, in all the shapes that Piggy documents.

| Shape | Parameters | `meta` |
| --- | --- | --- |
| contacts, loyalty transactions | `page`, `limit` | page, limit, viewing_from, viewing_to, last_page, total |
| gift card transactions | `page`, `perPage` | the same |
| visits, prepaid transactions (30 a page at most) | `page`, `limit` | current_page, last_page, per_page, total, from |
| vouchers | `page`, `limit` | as visits, `per_page` as text; its `links` drop the filters |
| gift cards | `page`, `limit` | page, per_page, last_page, total |
| all else | none | `[]`, `{}` or absent: everything comes at once |

Links are never followed: those of the voucher list lead to everybody's vouchers. Pages are counted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from . import words
from .errors import PiggyUnexpected
from .prepass import whole_number

T = TypeVar("T")

MOST_PAGES = 20_000  # a million contacts come in 10,000


@dataclass(frozen=True, slots=True)
class Paging:
    """How one list is asked for: the name of the page size, and the most Piggy gives at once."""

    most: int
    size_name: str = "limit"

    def size(self, wanted: int) -> int:
        """The page size that is wanted, cut to what Piggy allows."""
        return min(max(1, wanted), self.most)

    def params(self, page: int, size: int) -> dict[str, int]:
        """The query for a page (from 1)."""
        return {"page": max(1, page), self.size_name: self.size(size)}


CONTACTS = Paging(most=100)
VOUCHERS = Paging(most=500)
LOYALTY_TRANSACTIONS = Paging(most=100)
PREPAID_TRANSACTIONS = Paging(most=30)
GIFTCARDS = Paging(most=100)
GIFTCARD_TRANSACTIONS = Paging(most=100, size_name="perPage")
VISITS = Paging(most=500)
PRODUCTS = Paging(most=100)
REFERRALS = Paging(most=100)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. `received` counts all that Piggy sent, with the items of a kind unknown to us that were left out.

    `number`, `last`, `size` and `total` are what Piggy says, None where it says nothing.
    """

    items: list[T]
    received: int
    number: int | None = None
    last: int | None = None
    size: int | None = None
    total: int | None = None

    @property
    def is_all(self) -> bool:
        """Whether there is surely nothing on another page."""
        return self.last == 1 or (self.total is not None and self.received >= self.total)


def page_of(items: list[T], meta: Any, *, received: int) -> Page[T]:
    """A page out of its items and whatever `meta` came with them."""
    told: Mapping[str, Any] = meta if isinstance(meta, dict) else {}
    return Page(
        items=items,
        received=received,
        number=_count(told, "page", "current_page"),
        last=_count(told, "last_page"),
        size=_count(told, "limit", "per_page"),
        total=_count(told, "total"),
    )


def iterate(fetch: Callable[[int], Page[T]], *, size: int, most_pages: int = MOST_PAGES) -> Iterator[Page[T]]:
    """The pages that `fetch(number)` brings for 1, 2, ..., until the last one.

    `size` is what `fetch` asks for a page. The end is the `last_page` that Piggy tells, an empty page, or, where it
    tells none, a page that is not full. PiggyUnexpected when it would never end: a page that repeats the one before, a
    page other than the one asked for, more than `most_pages`.
    """
    before: Page[T] | None = None
    for number in range(1, most_pages + 1):
        page = fetch(number)
        if page.number not in (None, number) and page.received:
            raise _endless("another page than the one asked for")
        if before is not None and page.received and page.items == before.items and page.items:
            if _tells_nothing(page):
                return  # this list knows no pages and sends everything each time
            raise _endless("the same page twice")
        if page.received or number == 1:
            yield page
        if not page.received or _is_last(page, number, size):
            return
        before = page
    raise _endless(f"more than {most_pages} pages")


def _is_last(page: Page[Any], number: int, size: int) -> bool:
    if page.last is not None:
        return number >= page.last
    if page.total is not None and page.size:
        return number * page.size >= page.total
    return page.received != size


def _tells_nothing(page: Page[Any]) -> bool:
    return page.number is None and page.last is None and page.total is None


def _endless(what: str) -> PiggyUnexpected:
    return PiggyUnexpected(words.UNREADABLE, detail=f"paging: {what}")


def _count(told: Mapping[str, Any], *names: str) -> int | None:
    for name in names:
        found = whole_number(told.get(name))
        if isinstance(found, int) and not isinstance(found, bool) and found >= 0:
            return found
    return None
