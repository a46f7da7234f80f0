"""Pages in every shape that Piggy documents, and servers that would never end."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piggyadmin.piggy.errors import PiggyUnexpected
from piggyadmin.piggy.paging import (
    CONTACTS,
    GIFTCARD_TRANSACTIONS,
    PREPAID_TRANSACTIONS,
    VOUCHERS,
    Page,
    iterate,
    page_of,
)


def window_meta(page: int, size: int, last: int, total: int) -> dict[str, Any]:
    return {"page": page, "limit": str(size), "viewing_from": 1, "viewing_to": 2, "last_page": last, "total": total}


def current_meta(page: int, size: int, last: int, total: int) -> dict[str, Any]:
    return {"current_page": page, "from": 1, "last_page": last, "per_page": size, "total": total}


def voucher_meta(page: int, size: int, last: int, total: int) -> dict[str, Any]:
    return {**current_meta(page, size, last, total), "per_page": str(size), "links": [], "path": "x", "to": 1}


def giftcard_meta(page: int, size: int, last: int, total: int) -> dict[str, Any]:
    return {"page": page, "per_page": size, "last_page": last, "total": total}


def total_only_meta(page: int, size: int, last: int, total: int) -> dict[str, Any]:
    return {"page": page, "limit": size, "total": str(total)}


def no_meta(page: int, size: int, last: int, total: int) -> Any:
    return [] if page % 2 else {}


SHAPES = [window_meta, current_meta, voucher_meta, giftcard_meta, total_only_meta, no_meta]


class Server:
    """A list of numbers behind one shape of pages."""

    def __init__(self, total: int, size: int, meta: Any) -> None:
        self.total, self.size, self.meta = total, size, meta
        self.asked: list[int] = []

    def fetch(self, page: int) -> Page[int]:
        self.asked.append(page)
        start = (page - 1) * self.size
        items = list(range(self.total))[start : start + self.size]
        last = max(1, -(-self.total // self.size))
        return page_of(items, self.meta(page, self.size, last, self.total), received=len(items))


@given(total=st.integers(0, 60), size=st.integers(1, 25), shape=st.sampled_from(SHAPES))
def test_it_brings_every_item_once_in_every_shape(total, size, shape):
    server = Server(total, size, shape)
    pages = list(iterate(server.fetch, size=size))
    assert [item for page in pages for item in page.items] == list(range(total))
    assert server.asked == list(range(1, len(server.asked) + 1))
    needed = max(1, -(-total // size))
    extra = 1 if shape is no_meta and total and total % size == 0 else 0
    assert len(server.asked) == needed + extra


@given(total=st.integers(0, 60), size=st.integers(1, 25), shape=st.sampled_from(SHAPES[:4]))
def test_it_tells_the_total_on_every_page(total, size, shape):
    for page in iterate(Server(total, size, shape).fetch, size=size):
        assert (page.total, page.size) == (total, size)


def test_an_unpaged_list_that_sends_everything_each_time_is_read_once():
    items = list(range(30))
    pages = list(iterate(lambda number: page_of(items, [], received=30), size=30))
    assert [page.items for page in pages] == [items]
    more = list(range(77))
    assert len(list(iterate(lambda number: page_of(more, {}, received=77), size=30))) == 1


def test_items_that_were_left_out_do_not_make_a_page_the_last():
    def fetch(number: int) -> Page[int]:
        return page_of([number], [], received=10 if number < 3 else 4)

    assert [page.items for page in iterate(fetch, size=10)] == [[1], [2], [3]]


def test_a_list_that_shrinks_meanwhile_ends_at_the_empty_page():
    pages = {1: page_of([1, 2], {"page": 1, "last_page": 3}, received=2), 2: page_of([], {"page": 1}, received=0)}
    assert len(list(iterate(lambda number: pages[number], size=2))) == 1


def test_a_server_that_ignores_the_page_is_not_followed():
    server = Server(50, 10, window_meta)
    with pytest.raises(PiggyUnexpected) as caught:
        list(iterate(lambda number: server.fetch(1), size=10))
    assert "another page" in caught.value.detail


def test_a_server_that_repeats_a_page_under_another_number_is_not_followed():
    def fetch(number: int) -> Page[int]:
        return page_of([1, 2], {"page": number, "last_page": 9}, received=2)

    with pytest.raises(PiggyUnexpected) as caught:
        list(iterate(fetch, size=2))
    assert "the same page twice" in caught.value.detail


def test_a_server_that_never_ends_is_stopped():
    def fetch(number: int) -> Page[int]:
        return page_of([number], {"page": number, "last_page": number + 1}, received=1)

    pages = iterate(fetch, size=1, most_pages=40)
    assert [next(pages).items for _ in range(40)] == [[number] for number in range(1, 41)]
    with pytest.raises(PiggyUnexpected):
        next(pages)


@pytest.mark.parametrize(
    "meta", [None, [], {}, "x", 3, {"page": None}, {"page": "one", "total": [], "last_page": True}]
)
def test_odd_meta_tells_nothing(meta):
    page = page_of([1], meta, received=1)
    assert (page.number, page.last, page.size, page.total) == (None, None, None, None)


@pytest.mark.parametrize(
    ("paging", "asked", "params"),
    [
        (CONTACTS, 30, {"page": 1, "limit": 30}),
        (CONTACTS, 5000, {"page": 1, "limit": 100}),
        (VOUCHERS, 5000, {"page": 1, "limit": 500}),
        (PREPAID_TRANSACTIONS, 100, {"page": 1, "limit": 30}),
        (GIFTCARD_TRANSACTIONS, 100, {"page": 1, "perPage": 100}),
        (CONTACTS, 0, {"page": 1, "limit": 1}),
    ],
)
def test_the_size_is_asked_for_under_its_name_and_never_above_the_most(paging, asked, params):
    assert paging.params(1, asked) == params


@pytest.mark.parametrize(
    ("meta", "received", "is_all"),
    [
        ({"last_page": 1, "total": 3}, 3, True),
        ({"total": 3}, 3, True),
        ({"last_page": 2, "total": 30}, 10, False),
        ([], 3, False),
    ],
)
def test_it_knows_when_a_page_is_all_there_is(meta, received, is_all):
    assert page_of([], meta, received=received).is_all is is_all
