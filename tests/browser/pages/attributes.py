"""The pages of attributes, in every state."""

from playwright.sync_api import expect

from piggyadmin.ledger.marks import MARK
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto

ROOT = "/catalogue/attributes/"
LONG = f"{LONG_NAME[:150]} {UNBROKEN_NAME}"


def defined(visit: Visit) -> None:
    visit.sandbox.add_attribute("table", "number", entity="visit", label="Table", description="As the till counts.")
    many = [{"value": str(number), "label": f"Dish {number}"} for number in range(20)]
    visit.sandbox.add_attribute("dish", "select", entity="visit", label="Dish", options=many)
    visit.sandbox.add_attribute("x" * 64, "multi_select", entity="visit", label=LONG, options=many, description=LONG)
    visit.sandbox.add_attribute("asm", entity="visit", label=" ".join(ARABIC_NAME), soft=True)
    visit.sandbox.add_attribute(MARK, entity="voucher", label="piggyadmin act")


def listed(visit: Visit) -> None:
    defined(visit)
    visit.page.goto(f"{ROOT}?of=visit")


def everything(visit: Visit) -> None:
    defined(visit)
    visit.sandbox.fault("list_loyalty_transaction_attributes", kind="503", times=9)
    visit.page.goto(f"{ROOT}?of=all")


def wrong(visit: Visit) -> None:
    visit.page.goto(f"{ROOT}visit/new/")
    visit.page.locator("#id_name").fill("My Dish")
    visit.page.locator("#id_label").fill("Dish")
    visit.page.locator("#id_type").select_option("select")
    visit.page.get_by_role("button", name="Make it for good").click()
    expect(visit.page.locator("#id_options-e")).to_be_visible()


def change(visit: Visit) -> None:
    defined(visit)
    visit.page.goto(f"{ROOT}visit/dish/change/")


def would_go(visit: Visit) -> None:
    change(visit)
    visit.page.locator("#id_options").fill("1 = Dish 1")
    visit.page.get_by_role("button", name="Change it").click()
    expect(visit.page.get_by_text("19 options would go")).to_be_visible()


ATTRIBUTES = [
    Place("attributes-contact", goto(ROOT), "admin"),
    Place("attributes", listed, "admin"),
    Place("attributes-all", everything, "marketing"),
    Place("attributes-empty", goto(f"{ROOT}?of=shift"), "admin"),
    Place("attribute-new", goto(f"{ROOT}contact/new/"), "admin"),
    Place("attribute-new-wrong", wrong, "admin"),
    Place("attribute-change", change, "admin"),
    Place("attribute-options-would-go", would_go, "admin"),
    Place("attribute-group-new", goto(f"{ROOT}visit/new-group/"), "admin"),
]
