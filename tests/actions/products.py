"""Products, categories, attributes of everything; running an automation, and the auth token."""

from collections.abc import Callable
from typing import Any

from tests.actions.browsing import Visit
from tests.actions.rows import BEYOND, COMPOSIO, METORIAL, Row
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

Do = Callable[[Person, SandboxAccount], None]
LISTS = {"product": "/catalogue/products/", "category": "/catalogue/categories/"}
KINDS = {"product": "product", "category": "product_category"}
ATTRIBUTES = "/catalogue/attributes/"


def there(sandbox: SandboxAccount, sort: str, **fields: Any) -> str:
    """One that is there already; its page."""
    row = sandbox.add(KINDS[sort], **{"external_identifier": "sku-1", "name": "Flat white", **fields})
    return f"{LISTS[sort]}{row['uuid']}/"


# --- products and categories: each done with both -------------------------------------------------------------------


def see(sort: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        there(sandbox, sort)
        Visit(person, LISTS[sort]).says("Flat white", "sku-1", f"1 {sort}", "live")

    return do


def find(sort: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        there(sandbox, sort)
        Visit(person, LISTS[sort]).press("Find", identifier="sku-1").says("Flat white", "sku-1", "As Piggy has it")

    return do


def find_or_create(sort: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        page = f"{LISTS[sort]}find-or-create/"
        new = {"identifier": "sku-1", "name": "Flat white"}
        Visit(person, page).press("Find or create it", **new).says("Flat white")
        Visit(person, page).press("Find or create it", **{**new, "name": "Another"}).says("Flat white")
        assert [row["name"] for row in sandbox.state(KINDS[sort])] == ["Flat white"]

    return do


def make(sort: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        new = Visit(person, LISTS[sort]).follow(f"New {sort}")
        new.press(f"Make the {sort}", identifier="sku-1", name="Flat white").says("Flat white", "sku-1")

    return do


def change(sort: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        one = Visit(person, there(sandbox, sort)).follow("Change")
        one.press("Change it", name="Cortado").says("Cortado", f"Changed the {sort} sku-1.")

    return do


def delete(sort: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        one = Visit(person, there(sandbox, sort)).follow("Delete")
        one.press("Delete it for good", typed="sku-1").says(f"No {sort} yet")
        assert sandbox.state(KINDS[sort]) == []

    return do


def open_one(sort: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        Visit(person, there(sandbox, sort)).says("Flat white", "sku-1", "As Piggy has it")

    return do


def _of(sort: str, many: str) -> list[Row]:
    who = "marketing"
    rows = [
        Row(BEYOND, f"See {many}", f"catalogue:{many}", who, f"list_{many}", see(sort)),
        Row(BEYOND, f"Open a {sort}", f"catalogue:{sort}", who, f"get_{sort}", open_one(sort)),
        Row(BEYOND, f"Find a {sort} by its identifier", f"catalogue:{sort}-find", who, f"find_{sort}", find(sort)),
        Row(BEYOND, f"Make a {sort}", f"catalogue:{sort}-new", who, f"create_{sort}", make(sort)),
        Row(BEYOND, f"Change a {sort}", f"catalogue:{sort}-change", who, f"update_{sort}", change(sort)),
        Row(BEYOND, f"Delete a {sort}", f"catalogue:{sort}-delete", who, f"delete_{sort}", delete(sort)),
    ]
    listing, words = (
        (COMPOSIO, "Find or Create Products") if sort == "product" else (BEYOND, "Find or create a category")
    )
    page, operation = f"catalogue:{sort}-find-or-create", f"find_or_create_{sort}"
    return [*rows, Row(listing, words, page, who, operation, find_or_create(sort))]


# --- attributes -----------------------------------------------------------------------------------------------------


def see_attributes(of: str, entity: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        sandbox.add_attribute("dish", "select", entity=entity, label="Dish", options=[{"value": "1", "label": "Soup"}])
        Visit(person, ATTRIBUTES).press("Show", of=of).says("Dish", "select", "Soup", "live")

    return do


def make_attribute(of: str, entity: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        new = Visit(person, f"{ATTRIBUTES}?of={of}").follow("New attribute")
        new.press("Make it for good", name="dish", label="Dish", type="select", options="1 = Soup").says("Dish", "Soup")
        assert [(row["entity"], row["name"]) for row in sandbox.state("attribute")] == [(entity, "dish")]

    return do


def change_attribute(of: str, entity: str) -> Do:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        sandbox.add_attribute("dish", entity=entity, label="Dish")
        listed = Visit(person, f"{ATTRIBUTES}?of={of}")
        listed.open(f"{ATTRIBUTES}{of}/dish/change/").press("Change it", label="Of the day").says("Of the day")

    return do


def see_groups(person: Person, sandbox: SandboxAccount) -> None:
    make_group(person, sandbox)
    Visit(person, f"{ATTRIBUTES}?of=visit").says("Groups", "From the kitchen")


def make_group(person: Person, sandbox: SandboxAccount) -> None:
    new = Visit(person, f"{ATTRIBUTES}?of=visit").follow("New group")
    new.press("Make the group", name="kitchen", label="From the kitchen").says("From the kitchen")


OLDER = "older list of attributes"
ENTITIES = [
    "voucher",
    "promotion",
    "reward",
    "giftcard",
    "giftcard_transaction",
    "prepaid",
    "booking",
    "visit",
    "shift",
    "business_profiles",
]
SEEN, NEW, CHANGED = "catalogue:attributes", "catalogue:attribute-new", "catalogue:attribute-change"
GROUP = "catalogue:attribute-group-new"


# --- for one customer -----------------------------------------------------------------------------------------------


def run_automation(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]
    sandbox.add("automation", name="Ask for a review")
    listed = Visit(person, f"/contacts/{uuid}/").follow("Run an automation")
    listed.follow("Run it").press("Run it now", typed="Ask for a review").says("Sanne")
    assert [row["contact_uuid"] for row in sandbox.state("automation_run")] == [uuid]


def read_auth_token(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]
    asked = Visit(person, f"/contacts/{uuid}/").follow("Auth token")
    shown = asked.press("Show the token once", reason="The app cannot sign her in").says(
        "The auth token", "Copy it now"
    )
    assert sandbox.state("auth_token")[0]["ends_with"] in shown.said


ROWS: list[Row] = [
    *_of("product", "products"),
    *_of("category", "categories"),
    Row(
        COMPOSIO,
        "Create Contact Attribute",
        NEW,
        "admin",
        "create_contact_attribute",
        make_attribute("contact", "contact"),
    ),
    Row(BEYOND, "See attributes of customers", SEEN, "marketing", "list_custom_attributes",
        see_attributes("contact", "contact")),
    Row(BEYOND, "Change an attribute of customers", CHANGED, "admin", "update_custom_attribute",
        change_attribute("contact", "contact")),
    *(Row(BEYOND, f"Make an attribute of {of}", NEW, "admin", "create_custom_attribute", make_attribute(of, of))
      for of in ENTITIES),
    *(Row(BEYOND, f"Change an attribute of {of}", CHANGED, "admin", "update_custom_attribute", change_attribute(of, of))
      for of in ENTITIES),
    Row(BEYOND, "See groups of attributes", SEEN, "admin", "list_custom_attribute_groups", see_groups),
    Row(BEYOND, "Make a group of attributes", GROUP, "admin", "create_custom_attribute_group", make_group),
    Row(BEYOND, f"Promotions, {OLDER}: see", SEEN, "marketing", "list_promotion_attributes",
        see_attributes("promotion-older", "promotion")),
    Row(BEYOND, f"Promotions, {OLDER}: make", NEW, "admin", "create_promotion_attribute",
        make_attribute("promotion-older", "promotion")),
    Row(BEYOND, f"Promotions, {OLDER}: change", CHANGED, "admin", "update_promotion_attribute",
        change_attribute("promotion-older", "promotion")),
    Row(BEYOND, f"Promotions, {OLDER}: read one", CHANGED, "admin", "get_promotion_attribute",
        change_attribute("promotion-older", "promotion")),
    Row(BEYOND, f"Rewards, {OLDER}: see", SEEN, "marketing", "list_reward_attributes",
        see_attributes("reward-older", "reward")),
    Row(BEYOND, f"Rewards, {OLDER}: make", NEW, "admin", "create_reward_attribute",
        make_attribute("reward-older", "reward")),
    Row(BEYOND, "See attributes of loyalty transactions", SEEN, "marketing", "list_loyalty_transaction_attributes",
        see_attributes("loyalty_transaction", "loyalty_transaction")),
    Row(BEYOND, "Make an attribute of loyalty transactions", NEW, "admin", "create_loyalty_transaction_attribute",
        make_attribute("loyalty_transaction", "loyalty_transaction")),
    Row(METORIAL, "trigger_automation", "contacts:automation-run", "marketing", "create_automation_run",
        run_automation),
    Row(COMPOSIO, "Get Contact Auth Token", "contacts:auth-token", "admin", "get_contact_auth_token", read_auth_token),
]  # fmt: skip
