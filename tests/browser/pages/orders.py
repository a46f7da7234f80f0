"""Orders of a customer, found and not; what a purchase would earn; and the transactions of a shop."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit

NUMBER = "UTR-100519"
DISCOUNT = {"external_identifier": "d", "name": "Birthday cake for two", "amount": 590, "applied_to": "LINE_ITEM"}
SERVICE = {"external_identifier": "s", "name": "Table service", "total_amount": 150}


def customer(visit: Visit, **names: str) -> str:
    names = names or {"firstname": "Sanne", "lastname": "Visser"}
    return str(visit.sandbox.add_contact("sanne@mail.example", **names)["uuid"])


def order(visit: Visit, uuid: str, **fields: Any) -> None:
    full: dict[str, Any] = {
        "lines": [("Pot of Earl Grey", 2, 420), ("Carrot cake with walnuts", 2, 590), ("Beans, kg", 0.25, 2800)],
        "applied_discounts": [DISCOUNT],
        "charges": [SERVICE],
        "reference": "Table 14",
        "created_at": "2026-11-20T10:00:00+00:00",
    }
    visit.sandbox.add("order", external_identifier=NUMBER, contact_uuid=uuid, **{**full, **fields})


def find(visit: Visit, uuid: str, number: str = NUMBER) -> None:
    visit.page.goto(f"/contacts/{uuid}/orders/")
    visit.page.get_by_label("Number of the order").fill(number)
    visit.page.get_by_role("button", name="Find the order").click()


def orders_empty(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{customer(visit)}/orders/")


def orders_found(visit: Visit) -> None:
    uuid = customer(visit)
    order(visit, uuid)
    find(visit, uuid)
    expect(visit.page.get_by_role("heading", name=f"Order {NUMBER}")).to_be_visible()


def order_long(visit: Visit) -> None:
    uuid = customer(visit, firstname=LONG_NAME, lastname=UNBROKEN_NAME)
    lines = [(UNBROKEN_NAME * 2, 1000, 99_999), (" ".join(ARABIC_NAME), 1, 100)]
    order(visit, uuid, lines=lines, reference=UNBROKEN_NAME, currency="CHF", status="PENDING", payment_status="UNPAID")
    found = visit.sandbox.state("order")[0]["uuid"]
    visit.page.goto(f"/contacts/{uuid}/orders/{found}/")


def orders_of_others(visit: Visit) -> None:
    order(visit, str(visit.sandbox.add_contact("joost@mail.example")["uuid"]))
    find(visit, customer(visit))
    expect(visit.page.get_by_role("heading", name="Not this customer’s order")).to_be_visible()


def orders_unread(visit: Visit) -> None:
    uuid = customer(visit)
    visit.sandbox.fault("find_order", kind="503", times=-1)
    find(visit, uuid)
    expect(visit.page.get_by_role("heading", name="could not be read")).to_be_visible()


def earn(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{customer(visit)}/orders/")
    visit.page.get_by_label("Total in euros").fill("11.40")
    visit.page.get_by_role("button", name="Work it out").click()
    expect(visit.page.locator(".display")).to_be_visible()


def earn_refused(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{customer(visit)}/orders/")
    visit.page.get_by_role("button", name="With what is bought").click()
    visit.page.get_by_label("What", exact=True).first.fill("Flat white")
    visit.page.get_by_role("button", name="Work it out").click()
    expect(visit.page.locator(".error").first).to_be_visible()


def earn_lines(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{customer(visit)}/orders/")
    visit.page.get_by_label("Total in euros").fill("11.40")
    visit.page.get_by_role("button", name="With what is bought").click()
    expect(visit.page.get_by_label("What", exact=True).first).to_be_focused()
    expect(visit.page.get_by_label("Total in euros")).to_have_value("11.40")


def some_transactions(visit: Visit) -> None:
    uuid = customer(visit)
    shop = visit.sandbox.state("shop")[0]["uuid"]
    for credits, hour in ((24, 10), (1240, 11), (-150, 12)):
        at = f"2026-11-20T{hour}:00:00+00:00"
        visit.sandbox.add_loyalty_transaction(contact_uuid=uuid, credits=credits, shop_uuid=shop, created_at=at)
    visit.sandbox.add_loyalty_transaction(
        contact_uuid=uuid,
        credits=-75,
        type="reward_reception",
        title=f"A mug with {UNBROKEN_NAME}",
        shop_uuid=shop,
        created_at="2026-11-20T13:00:00+00:00",
    )


def transactions(visit: Visit) -> None:
    some_transactions(visit)
    visit.page.goto("/transactions/")


def transactions_empty(visit: Visit) -> None:
    visit.page.goto("/transactions/?kind=reward_receptions&since=2026-11-01")


def transactions_refused(visit: Visit) -> None:
    some_transactions(visit)
    visit.page.goto("/transactions/?since=2026-11-20&until=2026-11-01")


def transactions_unread(visit: Visit) -> None:
    visit.sandbox.fault("list_loyalty_transactions", kind="503", times=-1)
    visit.page.goto("/transactions/")


ORDERS: list[Place] = [
    Place("orders", orders_empty),
    Place("orders-found", orders_found),
    Place("order-long-names", order_long),
    Place("orders-of-others", orders_of_others),
    Place("orders-unread", orders_unread, "marketing"),
    Place("orders-earn", earn),
    Place("orders-earn-lines", earn_lines),
    Place("orders-earn-refused", earn_refused),
    Place("transactions", transactions, "admin"),
    Place("transactions-empty", transactions_empty),
    Place("transactions-refused", transactions_refused, "marketing"),
    Place("transactions-unread", transactions_unread),
]
