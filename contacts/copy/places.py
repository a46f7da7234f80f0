"""Where a sweep stands in Piggy's list, how the page there is asked for, and which place comes after it.

The list is walked by the moment at which contacts were made, from the last one that was seen on: page numbers shift
when a contact is deleted, moments do not. Three cases remain for page numbers:

- More than 100 contacts of one moment (an import). They are asked for by themselves, from their last page to the first:
  what a deletion shifts then comes to a page that is still to be read.
- Contacts that do not tell when they were made stand before all others; as long as there are only such, pages count.
- Piggy ignores dates or order. Then the whole list is read by page numbers, again and again until nothing new comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from contacts.models import Sweep
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyFilterIgnored, PiggyUnexpected
from piggyadmin.piggy.paging import CONTACTS, Page
from piggyadmin.piggy.payloads import Contact

SIZE = CONTACTS.most
PARTS = 10  # into which a page is cut that cannot be read as a whole
SECOND = timedelta(seconds=1)  # Piggy tells moments in whole seconds


class NoCount(Exception):
    """Piggy does not say how many contacts there are of one moment, so they cannot be read from behind."""


@dataclass(frozen=True, slots=True)
class Place:
    """`page` above 1 beside a `cursor`: the contacts of just that moment, their page `page - 1` next."""

    cursor: datetime | None = None
    page: int = 1
    by_number: bool = False

    @classmethod
    def of(cls, sweep: Sweep) -> Place:
        return cls(sweep.cursor, sweep.cursor_page, sweep.by_number)

    @property
    def is_one_moment(self) -> bool:
        return self.cursor is not None and self.page > 1 and not self.by_number

    @property
    def is_whole_list(self) -> bool:
        """Whether the total that Piggy tells beside this page is that of all contacts."""
        return self.cursor is None or self.by_number


def ask(client: Piggy, place: Place) -> Page[Contact]:
    """The page at this place. Raises PiggyError."""
    return _ask(client, place, part=0, parts=1)


def ask_in_parts(client: Piggy, place: Place) -> Page[Contact]:
    """The page at this place without the contacts that cannot be read: first in tens, then one by one what is left.

    For a page that nobody can read as a whole; it costs some twenty calls. Raises PiggyError, PiggyUnexpected when not
    one of ten parts can be read: then it is not about one contact.
    """
    tens = [_readable(client, place, part=part, parts=PARTS) for part in range(PARTS)]
    found = [page for page in tens if page is not None]
    if not found:
        return ask(client, place)
    for part in [number for number, page in enumerate(tens) if page is None]:
        size = SIZE // PARTS
        ones = [_readable(client, place, part=part * size + one, parts=SIZE) for one in range(size)]
        found += [page for page in ones if page is not None]
    items = [item for page in found for item in page.items]
    total = found[0].total
    last = None if total is None else max(1, -(-total // SIZE))
    received = SIZE if total is None else min(SIZE, max(0, total - (_number(place) - 1) * SIZE))
    return Page(items, received=received, number=_number(place), last=last, size=SIZE, total=total)


def _readable(client: Piggy, place: Place, *, part: int, parts: int) -> Page[Contact] | None:
    try:
        return _ask(client, place, part=part, parts=parts)
    except PiggyFilterIgnored:
        raise
    except PiggyUnexpected:
        return None


def _ask(client: Piggy, place: Place, *, part: int, parts: int) -> Page[Contact]:
    """One of the equal `parts` of the page at this place, from 0 on."""
    number, limit = (_number(place) - 1) * parts + part + 1, SIZE // parts
    if place.by_number:
        return client.list_contacts(page=number, limit=limit)
    if place.is_one_moment:
        return _of_one_moment(client, place, page=number, limit=limit)
    return client.list_contacts(page=number, limit=limit, sort="created_at", created_from=place.cursor)


def _number(place: Place) -> int:
    return place.page - 1 if place.is_one_moment else place.page


def after(client: Piggy, place: Place, page: Page[Contact]) -> Place | None:
    """The place after this page; None at the end of the list. Asks Piggy for a count where many are of one moment.

    Raises NoCount, PiggyError.
    """
    if place.is_one_moment:
        assert place.cursor is not None  # or it would not be one moment
        return Place(place.cursor, place.page - 1) if place.page > 2 else Place(place.cursor + SECOND)
    if _is_last(place, page):
        return None
    if place.by_number:
        return Place(page=place.page + 1, by_number=True)
    made = [contact.created_at for contact in page.items if contact.created_at]
    if not made and place.cursor is None:
        return Place(page=place.page + 1)
    latest = max(made).replace(microsecond=0) if made else place.cursor
    if latest == place.cursor:
        return _into_one_moment(client, Place(place.cursor, 2))
    return Place(latest)


def _into_one_moment(client: Piggy, place: Place) -> Place:
    total = _of_one_moment(client, place, page=1, limit=1).total
    if total is None:
        raise NoCount
    return Place(place.cursor, max(1, -(-total // SIZE)) + 1)


def _of_one_moment(client: Piggy, place: Place, *, page: int, limit: int) -> Page[Contact]:
    """A second's contacts, and the next one's with them, should Piggy keep parts of seconds that it does not tell."""
    assert place.cursor is not None
    return client.list_contacts(
        page=page, limit=limit, sort="created_at", created_from=place.cursor, created_to=place.cursor + SECOND
    )


def _is_last(place: Place, page: Page[Contact]) -> bool:
    if not page.received:
        return True
    if page.last is not None:
        return place.page >= page.last
    return page.received < SIZE
