"""Products and the categories they are sold under. https://docs.piggy.eu/v3/oauth/products

Both follow one pattern at Piggy: known by a uuid, and by the `external_identifier` that the till or the web shop gave
them. No error code is documented for either. The batch calls are not here: their answers tell what was made, but
nothing tells what was not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .caller import Caller
from .filters import ignored
from .inputs import checked_id, checked_text, checked_value, given
from .paging import PRODUCTS, Page
from .payloads import Category, Product

_anything: Any = Any  # a deletion answers null


class ProductCalls(Caller):
    def list_products(self, *, page: int = 1, limit: int = 30) -> Page[Product]:
        """One page of all products (100 at most), in Piggy's order, which is not documented.

        https://docs.piggy.eu/v3/oauth/products (List Products)
        """
        return self._get_page("list_products", "products", Product, params=PRODUCTS.params(page, limit))

    def find_product(self, *, external_identifier: str) -> Product:
        """The product with exactly this identifier. PiggyNotFound (60013, not documented).

        https://docs.piggy.eu/v3/oauth/products (Find Product)
        """
        wanted = checked_text(external_identifier, field="external_identifier")
        return self._get(
            "find_product",
            "products/find",
            Product,
            params={"external_identifier": wanted},
            check=lambda found: _need_same(found, wanted, "find_product"),
        )

    def get_product(self, *, uuid: str) -> Product:
        """One product. PiggyNotFound (60013, not documented).

        https://docs.piggy.eu/v3/oauth/products (Get Product)
        """
        return self._get(
            "get_product",
            "products/{product_uuid}",
            Product,
            ids={"product_uuid": uuid},
            check=lambda found: _need_uuid(found, uuid, "get_product"),
        )

    def create_product(
        self,
        *,
        external_identifier: str,
        name: str,
        description: str | None = None,
        category_uuids: Sequence[str] | None = None,
    ) -> Product:
        """Make a product. PiggyInvalid (1003, also for an identifier that is taken; not documented).

        https://docs.piggy.eu/v3/oauth/products (Create Product)
        """
        return self._make_product("create_product", "products", external_identifier, name, description, category_uuids)

    def find_or_create_product(
        self,
        *,
        external_identifier: str,
        name: str | None = None,
        description: str | None = None,
        category_uuids: Sequence[str] | None = None,
    ) -> Product:
        """The product with this identifier, made when there is none. Nothing in the answer tells which of the two.

        What is there comes back as it is, so its name may be another than the one sent. PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/products (Find or Create Product)
        """
        path = "products/find-or-create"
        return self._make_product(
            "find_or_create_product", path, external_identifier, name, description, category_uuids
        )

    def update_product(
        self,
        *,
        uuid: str,
        name: str | None = None,
        description: str | None = None,
        category_uuids: Sequence[str] | None = None,
    ) -> Product:
        """Change what is given. A description of "" is emptied, `category_uuids` take the place of those before.

        PiggyNotFound (60013), PiggyInvalid (1003); neither is documented.

        https://docs.piggy.eu/v3/oauth/products (Update Product)
        """
        return self._write(
            "update_product",
            "PUT",
            "products/{product_uuid}",
            Product,
            ids={"product_uuid": uuid},
            json={
                "name": given(checked_text, name, field="name"),
                "description": _description(description),
                "categories": _categories(category_uuids),
            },
            is_ours=lambda done: done.uuid == uuid,
        )

    def delete_product(self, *, uuid: str) -> None:
        """Take a product away for good. The answer is null; any success counts. PiggyNotFound (60013).

        https://docs.piggy.eu/v3/oauth/products (Delete Product)
        """
        path = "products/{product_uuid}"
        self._write("delete_product", "DELETE", path, _anything, ids={"product_uuid": uuid})

    def _make_product(
        self,
        operation: str,
        path: str,
        external_identifier: str,
        name: str | None,
        description: str | None,
        category_uuids: Sequence[str] | None,
    ) -> Product:
        wanted = checked_text(external_identifier, field="external_identifier")
        return self._write(
            operation,
            "POST",
            path,
            Product,
            json={
                "external_identifier": wanted,
                "name": given(checked_text, name, field="name"),
                "description": _description(description),
                "categories": _categories(category_uuids),
            },
            is_ours=lambda done: done.external_identifier == wanted,
        )

    # Categories ---------------------------------------------------------------------------------------------------

    def list_categories(self, *, page: int = 1, limit: int = 30) -> Page[Category]:
        """One page of all categories (100 at most), in Piggy's order, which is not documented.

        https://docs.piggy.eu/v3/oauth/product-categories (List Categories)
        """
        return self._get_page("list_categories", "product-categories", Category, params=PRODUCTS.params(page, limit))

    def find_category(self, *, external_identifier: str) -> Category:
        """The category with exactly this identifier. PiggyNotFound (60013, not documented).

        https://docs.piggy.eu/v3/oauth/product-categories (Find Category)
        """
        wanted = checked_text(external_identifier, field="external_identifier")
        return self._get(
            "find_category",
            "product-categories/find",
            Category,
            params={"external_identifier": wanted},
            check=lambda found: _need_same(found, wanted, "find_category"),
        )

    def get_category(self, *, uuid: str) -> Category:
        """One category. PiggyNotFound (60013, not documented).

        https://docs.piggy.eu/v3/oauth/product-categories (Get Category)
        """
        return self._get(
            "get_category",
            "product-categories/{category_uuid}",
            Category,
            ids={"category_uuid": uuid},
            check=lambda found: _need_uuid(found, uuid, "get_category"),
        )

    def create_category(self, *, external_identifier: str, name: str) -> Category:
        """Make a category. PiggyInvalid (1003, also for an identifier that is taken; not documented).

        https://docs.piggy.eu/v3/oauth/product-categories (Create Category)
        """
        return self._make_category("create_category", "product-categories", external_identifier, name)

    def find_or_create_category(self, *, external_identifier: str, name: str | None = None) -> Category:
        """The category with this identifier, made when there is none; see `find_or_create_product`.

        https://docs.piggy.eu/v3/oauth/product-categories (Find or Create Category)
        """
        path = "product-categories/find-or-create"
        return self._make_category("find_or_create_category", path, external_identifier, name)

    def update_category(self, *, uuid: str, name: str) -> Category:
        """Give a category another name. PiggyNotFound (60013), PiggyInvalid (1003); neither is documented.

        https://docs.piggy.eu/v3/oauth/product-categories (Update Category)
        """
        return self._write(
            "update_category",
            "PUT",
            "product-categories/{category_uuid}",
            Category,
            ids={"category_uuid": uuid},
            json={"name": checked_text(name, field="name")},
            is_ours=lambda done: done.uuid == uuid,
        )

    def delete_category(self, *, uuid: str) -> None:
        """Take a category away for good; what becomes of its products is not documented. PiggyNotFound (60013).

        https://docs.piggy.eu/v3/oauth/product-categories (Delete Category)
        """
        path = "product-categories/{category_uuid}"
        self._write("delete_category", "DELETE", path, _anything, ids={"category_uuid": uuid})

    def _make_category(self, operation: str, path: str, external_identifier: str, name: str | None) -> Category:
        wanted = checked_text(external_identifier, field="external_identifier")
        return self._write(
            operation,
            "POST",
            path,
            Category,
            json={"external_identifier": wanted, "name": given(checked_text, name, field="name")},
            is_ours=lambda done: done.external_identifier == wanted,
        )


def _need_same(found: Product | Category, wanted: str, operation: str) -> None:
    if found.external_identifier != wanted:
        raise ignored(field="external_identifier", operation=operation)


def _need_uuid(found: Product | Category, uuid: str, operation: str) -> None:
    if found.uuid != uuid:
        raise ignored(field="uuid", operation=operation)


def _description(text: str | None) -> str | None:
    """Left out as None, emptied as ""."""
    lines: str | None = checked_value(text, field="description")
    return lines


def _categories(uuids: Sequence[str] | None) -> list[Mapping[str, str]] | None:
    return None if uuids is None else [{"uuid": checked_id(each, field="categories")} for each in uuids]
