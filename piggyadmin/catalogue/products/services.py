"""Products and categories: read live, page by page as Piggy has them; found, made, changed and deleted by acts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from contacts.editing.guards import nothing_sent
from piggyadmin import piggy
from piggyadmin.catalogue.listing import CatalogueList, holds
from piggyadmin.catalogue.products import resolvers
from piggyadmin.catalogue.products.actions import ACTIONS
from piggyadmin.catalogue.products.sorts import CATEGORY, Item, Sort, Wish, item_of
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.details import EMAIL
from piggyadmin.ledger.door import Target, begun_with, perform, was_begun
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.paging import iterate

PAGE_SIZE = 50
FILE_PAGE, FILE_ROWS = 100, 5_000
MOST_CATEGORIES = 500  # offered as choices
ACTS_SHOWN = 8
EARLIER = "Nobody knows yet what became of an earlier try. Look at that first."
UNREAD = "It could not be read again. Nothing was changed."
CHANGED_MEANWHILE = "It was changed in the meantime. Look at it again, and change it then."


class NoItem(Exception):
    """Piggy has no such product or category (any more)."""


class Taken(Exception):
    """There is one with this identifier already: `item`."""

    def __init__(self, item: Item) -> None:
        super().__init__(item.uuid)
        self.item = item


class NothingChanged(Exception):
    """What was typed is what is there."""


class TooMany(Exception):
    """More rows than a file holds."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list; `items` are those of it that hold the words, `received` is how many came."""

    items: list[Item]
    received: int
    number: int
    last: int
    total: int | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Sight:
    """One product or category, as read just now."""

    item: Item
    read_at: datetime
    acts: list[Act]


@dataclass(frozen=True, slots=True)
class Choices:
    """The categories that a product can be under; `is_all` is False when there are more than can be offered."""

    categories: list[Item]
    is_all: bool


def listed(sort: Sort, *, number: int = 1, words: str = "") -> Listed:
    """One page as Piggy pages it, and of it those that hold the words. Raises PiggyError."""
    page = sort.list_page(piggy.get_client(seconds=settings.PIGGY_TIMEOUT), number, PAGE_SIZE)
    items = [item_of(each) for each in page.items]
    last = page.last if page.last is not None else -(-(page.total or 0) // PAGE_SIZE)
    return Listed(_holding(items, words), len(items), number, max(1, last), page.total, timezone.now())


def for_file(sort: Sort, *, words: str = "") -> list[Item]:
    """All pages of it, for a file. Raises TooMany above FILE_ROWS, PiggyError."""
    client = piggy.get_client()
    found: list[Item] = []
    for page in iterate(lambda number: sort.list_page(client, number, FILE_PAGE), size=FILE_PAGE):
        found += [item_of(each) for each in page.items]
        if len(found) > FILE_ROWS or (page.total or 0) > FILE_ROWS:
            raise TooMany
    return _holding(found, words)


def _holding(items: list[Item], words: str) -> list[Item]:
    return [
        each
        for each in items
        if holds(words, each.name, each.identifier, each.description, *(under.name for under in each.categories))
    ]


def file_of(sort: Sort) -> CatalogueList[Item]:
    """The list as a file: its columns."""
    columns: list[tuple[str, Callable[[Item], Any]]] = [
        ("uuid", lambda item: item.uuid),
        ("external_identifier", lambda item: item.identifier),
        ("name", lambda item: item.name),
    ]
    if sort.is_product:
        columns += [
            ("description", lambda item: item.description),
            ("categories", lambda item: ", ".join(each.external_identifier for each in item.categories)),
        ]
    return CatalogueList(sort.many, tuple(columns))


def find(sort: Sort, *, identifier: str) -> Item | None:
    """The one with exactly this identifier. Raises PiggyError."""
    return resolvers.find(piggy.get_client(seconds=settings.PIGGY_TIMEOUT), sort, identifier)


def look(sort: Sort, *, uuid: str) -> Sight:
    """One of them. Raises NoItem, PiggyError."""
    try:
        item = item_of(sort.get(piggy.get_client(seconds=settings.PIGGY_TIMEOUT), uuid))
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoItem(uuid) from error
    return Sight(item, timezone.now(), list(acts_of(target=Target(sort.name, uuid))[:ACTS_SHOWN]))


def choices() -> Choices:
    """The categories, by name. Raises PiggyError."""
    client = piggy.get_client()
    found: list[Item] = []
    for page in iterate(lambda number: CATEGORY.list_page(client, number, FILE_PAGE), size=FILE_PAGE):
        found += [item_of(each) for each in page.items]
        if len(found) > MOST_CATEGORIES:
            break
    found.sort(key=lambda each: (each.name.casefold(), each.identifier))
    return Choices(found[:MOST_CATEGORIES], len(found) <= MOST_CATEGORIES)


def make(sort: Sort, *, wish: Wish, actor: Actor, token: str) -> Outcome:
    """Make one, once for each form. Raises Taken; PiggyError when nobody can say whether it is there: nothing was sent.

    Piggy tells no identifier apart from another one's mark, so a lost answer is found again by the identifier alone.
    """
    client = piggy.get_client()
    if not was_begun(token) and (there := resolvers.find(client, sort, wish.identifier)):
        raise Taken(there)
    return _make(sort, wish, actor, token, {})


def find_or_create(sort: Sort, *, wish: Wish, actor: Actor, token: str) -> Outcome:
    """Piggy's own find-or-create: it writes where there is none. `was_there` is told by a look right before.

    Raises PiggyError when that look fails: nothing was sent.
    """
    earlier = begun_with(token)
    if earlier is not None:
        was_there = bool(earlier.figures.get("was_there"))
    else:
        was_there = resolvers.find(piggy.get_client(), sort, wish.identifier) is not None
    return _make(sort, wish, actor, token, {"was_there": was_there})


def _make(sort: Sort, wish: Wish, actor: Actor, token: str, figures: dict[str, bool]) -> Outcome:
    client, actions = piggy.get_client(), ACTIONS[sort.name]
    action = actions.find_or_create if figures else actions.create
    send = sort.find_or_create if figures else sort.create
    target = Target(sort.name, "")
    told = {"identifier": shown(wish.identifier), **figures}

    def call(act: Act) -> Item:
        others = acts_of(target=target).filter(figures__contains=f'"identifier":{canonical(told["identifier"])}')
        if sent_before(act, still_open(others)):
            raise PiggyRejected(EARLIER)
        return item_of(send(client, wish))

    def done_figures(made: Item) -> dict[str, Any]:
        found = {"how": resolvers.how(was_there=figures["was_there"])} if figures else {}
        return {f"{sort.name}_uuid": made.uuid, **found}

    return perform(
        action,
        by=actor,
        target=target,
        figures=told,
        detail={"identifier": wish.identifier, "name": wish.name, "description": wish.description},
        form_token=token,
        call=call,
        done_figures=done_figures,
    )


def change(sort: Sort, *, item: Item, wish: Wish, seen: str, actor: Actor, token: str) -> Outcome:
    """Give one another name, description or categories. `seen` is the `fingerprint` of what the form was made from.

    Raises NothingChanged.
    """
    wanted = {"name": wish.name, "description": wish.description, "categories": sorted(wish.category_uuids)}
    before = resolvers.facts_of(item)
    if wanted == before and not was_begun(token):
        raise NothingChanged(item.uuid)
    earlier = resolvers.words_of(known) if (known := begun_with(token)) else {}

    def send(client: Piggy) -> Any:
        with nothing_sent(UNREAD):
            there = item_of(sort.get(client, item.uuid))
        if fingerprint(there) != seen:
            raise PiggyRejected(CHANGED_MEANWHILE)
        return sort.update(client, item.uuid, wish)

    detail = {"wanted": wanted, "before": earlier.get("before", before)}
    return _on_one(sort, ACTIONS[sort.name].change, item, actor, token, send, detail)


def delete(sort: Sort, *, item: Item, actor: Actor, token: str) -> Outcome:
    """Take one away for good."""

    def send(client: Piggy) -> None:
        sort.delete(client, item.uuid)

    return _on_one(sort, ACTIONS[sort.name].delete, item, actor, token, send, None)


def _on_one(
    sort: Sort,
    action: Any,
    item: Item,
    actor: Actor,
    token: str,
    send: Callable[[Piggy], Any],
    detail: dict[str, Any] | None,
) -> Outcome:
    client, target = piggy.get_client(), Target(sort.name, item.uuid)

    def call(act: Act) -> Any:
        if sent_before(act, still_open(acts_of(target=target))):
            raise PiggyRejected(EARLIER)
        return send(client)

    figures = {"identifier": shown(item.identifier)}
    return perform(action, by=actor, target=target, figures=figures, detail=detail, form_token=token, call=call)


def fingerprint(item: Item) -> str:
    """What of one can be changed, in a few characters: whether it still is what a form showed."""
    return hashlib.sha256(canonical(resolvers.facts_of(item)).encode()).hexdigest()[:24]


def shown(identifier: str) -> str:
    """An identifier as the ledger may hold it: one that looks like an address of somebody's stays out of it."""
    return "with an @ in it" if EMAIL.search(identifier) else identifier
