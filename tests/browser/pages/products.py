"""The pages of products and categories, in every state."""

from playwright.sync_api import expect

from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto

LIST = "/catalogue/products/"
LONG = f"{LONG_NAME[:150]} {UNBROKEN_NAME}"


def shelf(visit: Visit) -> str:
    """Products of every length; the uuid of one under two categories."""
    hot = visit.sandbox.add("product_category", name="Hot drinks", external_identifier="cat-hot")["uuid"]
    long = visit.sandbox.add("product_category", name=LONG, external_identifier="c" * 120)["uuid"]
    for name in ("Filter coffee", " ".join(ARABIC_NAME), LONG):
        visit.sandbox.add("product", name=name, description="200 ml, to drink here", category_uuids=[hot])
    made = visit.sandbox.add(
        "product", name="Flat white", external_identifier="sku-1001", description=LONG, category_uuids=[hot, long]
    )
    return str(made["uuid"])


def listed(visit: Visit) -> None:
    shelf(visit)
    for number in range(50):
        visit.sandbox.add("product", name=f"Tea {number}")
    visit.page.goto(LIST)


def down(visit: Visit) -> None:
    visit.sandbox.fault("list_products", kind="503", times=9)
    visit.page.goto(LIST)


def not_found(visit: Visit) -> None:
    shelf(visit)
    visit.page.goto(LIST)
    visit.page.locator("#id_identifier").fill("sku-nobody-has")
    visit.page.get_by_role("button", name="Find", exact=True).click()
    expect(visit.page.get_by_text("has the identifier")).to_be_visible()


def one(visit: Visit) -> None:
    visit.page.goto(f"{LIST}{shelf(visit)}/")


def change(visit: Visit) -> None:
    visit.page.goto(f"{LIST}{shelf(visit)}/change/")


def new_taken(visit: Visit) -> None:
    shelf(visit)
    visit.page.goto(f"{LIST}new/")
    visit.page.locator("#id_identifier").fill("sku-1001")
    visit.page.locator("#id_name").fill("Another")
    visit.page.get_by_role("button", name="Make the product").click()
    expect(visit.page.locator("#id_identifier-e")).to_be_visible()


def new_refused(visit: Visit) -> None:
    visit.sandbox.fault("create_product", kind="429", retry_after=40)
    visit.page.goto(f"{LIST}new/")
    visit.page.locator("#id_identifier").fill("sku-1")
    visit.page.locator("#id_name").fill("Flat white")
    visit.page.get_by_role("button", name="Make the product").click()
    expect(visit.page.get_by_text("Piggy is busy")).to_be_visible()


def delete(visit: Visit) -> None:
    visit.page.goto(f"{LIST}{shelf(visit)}/delete/")


PRODUCTS = [
    Place("products", listed, "marketing"),
    Place("products-empty", goto(LIST), "marketing"),
    Place("products-down", down, "marketing"),
    Place("products-not-found", not_found, "marketing"),
    Place("product", one, "marketing"),
    Place("product-change", change, "marketing"),
    Place("product-new-taken", new_taken, "marketing"),
    Place("product-new-busy", new_refused, "marketing"),
    Place("product-delete", delete, "marketing"),
    Place("categories-find-or-create", goto("/catalogue/categories/find-or-create/"), "marketing"),
]
