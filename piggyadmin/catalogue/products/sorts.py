"""The two sorts of things that are sold by: products, and the categories they are under. Piggy keeps both alike, so one
page-subject serves both; what differs stands in this table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.paging import Page
from piggyadmin.piggy.payloads import Category, Product


@dataclass(frozen=True, slots=True)
class Item:
    """A product or a category, in one shape. A category has no description and no categories."""

    uuid: str
    identifier: str
    name: str
    description: str = ""
    categories: tuple[Category, ...] = ()

    @property
    def category_uuids(self) -> list[str]:
        return sorted(each.uuid for each in self.categories)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants one to be. `identifier` is not changed once it is there."""

    identifier: str
    name: str
    description: str = ""
    category_uuids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sort:
    """`name` names URLs ("product-new"), templates and acts ("product.create")."""

    name: str
    many: str
    title: str
    about: str
    is_product: bool
    list_page: Callable[[Piggy, int, int], Page[Any]]  # page, limit
    find: Callable[[Piggy, str], Any]
    get: Callable[[Piggy, str], Any]
    create: Callable[[Piggy, Wish], Any]
    find_or_create: Callable[[Piggy, Wish], Any]
    update: Callable[[Piggy, str, Wish], Any]
    delete: Callable[[Piggy, str], None]


def item_of(told: Product | Category) -> Item:
    if isinstance(told, Product):
        return Item(told.uuid, told.external_identifier, told.name, told.description or "", tuple(told.categories))
    return Item(told.uuid, told.external_identifier, told.name)


def _uuids(wish: Wish) -> Sequence[str]:
    return list(wish.category_uuids)


PRODUCT = Sort(
    name="product",
    many="products",
    title="Products",
    about="What orders of the tills and the web shop name. Most come by themselves, with the first order of them.",
    is_product=True,
    list_page=lambda client, page, limit: client.list_products(page=page, limit=limit),
    find=lambda client, identifier: client.find_product(external_identifier=identifier),
    get=lambda client, uuid: client.get_product(uuid=uuid),
    create=lambda client, wish: client.create_product(
        external_identifier=wish.identifier,
        name=wish.name,
        description=wish.description or None,
        category_uuids=_uuids(wish) or None,
    ),
    find_or_create=lambda client, wish: client.find_or_create_product(
        external_identifier=wish.identifier, name=wish.name or None
    ),
    update=lambda client, uuid, wish: client.update_product(
        uuid=uuid, name=wish.name, description=wish.description, category_uuids=_uuids(wish)
    ),
    delete=lambda client, uuid: client.delete_product(uuid=uuid),
)
CATEGORY = Sort(
    name="category",
    many="categories",
    title="Categories",
    about="What products are under. Rules in Piggy’s own dashboard may give credits by them.",
    is_product=False,
    list_page=lambda client, page, limit: client.list_categories(page=page, limit=limit),
    find=lambda client, identifier: client.find_category(external_identifier=identifier),
    get=lambda client, uuid: client.get_category(uuid=uuid),
    create=lambda client, wish: client.create_category(external_identifier=wish.identifier, name=wish.name),
    find_or_create=lambda client, wish: client.find_or_create_category(
        external_identifier=wish.identifier, name=wish.name or None
    ),
    update=lambda client, uuid, wish: client.update_category(uuid=uuid, name=wish.name),
    delete=lambda client, uuid: client.delete_category(uuid=uuid),
)
SORTS = {sort.name: sort for sort in (PRODUCT, CATEGORY)}
