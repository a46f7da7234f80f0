"""Products and their categories: what the client asks for and what comes back."""

from typing import Any

DRINKS = {"uuid": "k-1", "external_identifier": "cat/drinks", "name": "Drinks"}
WHITE = {
    "uuid": "p-1",
    "external_identifier": "sku-1",
    "name": "Flat white",
    "description": "200 ml",
    "categories": [DRINKS],
}
NEW = {"external_identifier": "sku-1", "name": "Flat white", "description": "200 ml"}

READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("list_products", {"page": 2, "limit": 50}, "/products?page=2&limit=50", [WHITE]),
    ("find_product", {"external_identifier": "sku-1"}, "/products/find?external_identifier=sku-1", WHITE),
    ("get_product", {"uuid": "p-1"}, "/products/p-1", WHITE),
    ("list_categories", {"page": 2, "limit": 50}, "/product-categories?page=2&limit=50", [DRINKS]),
    (
        "find_category",
        {"external_identifier": "cat/drinks"},
        "/product-categories/find?external_identifier=cat%2Fdrinks",
        DRINKS,
    ),
    ("get_category", {"uuid": "k-1"}, "/product-categories/k-1", DRINKS),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    (
        "create_product",
        {**NEW, "category_uuids": ["k-1"]},
        "POST",
        "/products",
        {**NEW, "categories": [{"uuid": "k-1"}]},
        WHITE,
    ),
    (
        "find_or_create_product",
        {"external_identifier": "sku-1", "name": "Flat white"},
        "POST",
        "/products/find-or-create",
        {"external_identifier": "sku-1", "name": "Flat white"},
        WHITE,
    ),
    (
        "update_product",
        {"uuid": "p-1", "name": "Flat white", "description": "", "category_uuids": []},
        "PUT",
        "/products/p-1",
        {"name": "Flat white", "description": "", "categories": []},
        {**WHITE, "categories": []},
    ),
    ("delete_product", {"uuid": "p-1"}, "DELETE", "/products/p-1", None, None),
    (
        "create_category",
        {"external_identifier": "cat/drinks", "name": "Drinks"},
        "POST",
        "/product-categories",
        {"external_identifier": "cat/drinks", "name": "Drinks"},
        DRINKS,
    ),
    (
        "find_or_create_category",
        {"external_identifier": "cat/drinks"},
        "POST",
        "/product-categories/find-or-create",
        {"external_identifier": "cat/drinks"},
        DRINKS,
    ),
    (
        "update_category",
        {"uuid": "k-1", "name": "Drinks"},
        "PUT",
        "/product-categories/k-1",
        {"name": "Drinks"},
        DRINKS,
    ),
    ("delete_category", {"uuid": "k-1"}, "DELETE", "/product-categories/k-1", None, None),
]
