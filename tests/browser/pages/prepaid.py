"""The pages of prepaid money, in every state."""

from playwright.sync_api import expect

from piggyadmin.accounts.models import Limit
from tests.browser.pages.places import ARABIC_NAME, UNBROKEN_NAME, Place, Visit, regular


def prepaid(visit: Visit, **names: str) -> str:
    uuid = regular(visit.sandbox, **names)["uuid"]
    shop = visit.sandbox.state("shop")[0]["uuid"]
    for number in range(34):
        visit.sandbox.add_prepaid_transaction(contact_uuid=uuid, amount_in_cents=-25 - number, shop_uuid=shop)
    address = f"/contacts/{uuid}/prepaid/"
    visit.page.goto(address)
    return address


def full(visit: Visit) -> None:
    prepaid(visit)


def empty(visit: Visit) -> None:
    uuid = visit.sandbox.add_contact("nobody@mail.example")["uuid"]
    visit.page.goto(f"/contacts/{uuid}/prepaid/")


def failed(visit: Visit) -> None:
    address = prepaid(visit)
    visit.sandbox.fault("list_prepaid_transactions", kind="500", times=-1)
    visit.page.goto(address)


def see(visit: Visit, amount: str, then: str = "#promise", **names: str) -> str:
    address = prepaid(visit, **names)
    visit.page.locator("[name=amount]").fill(amount)
    visit.page.locator("[name=amount]").press("Enter")
    expect(visit.page.locator(then).first).to_be_visible()
    return address


def promise(visit: Visit) -> None:
    see(visit, "25", firstname=ARABIC_NAME[0], lastname=UNBROKEN_NAME)


def wrong(visit: Visit) -> None:
    see(visit, "1.085", "#id_amount-e")


def over(visit: Visit) -> None:
    # Tests with real transactions empty the tables, also of what a migration has set.
    Limit.objects.update_or_create(kind="prepaid_cents", role="desk", shop=None, defaults={"amount": 10_000})
    see(visit, "150")


def asked(visit: Visit) -> None:
    over(visit)
    visit.page.get_by_role("button", name="Ask for approval").click()
    expect(visit.page.get_by_text("waiting")).to_be_visible()


def no_reason(visit: Visit) -> None:
    prepaid(visit)
    visit.page.locator("[name=amount]").fill("5")
    visit.page.get_by_role("button", name="Deduct").click()
    expect(visit.page.locator("#id_reason-e")).to_be_visible()


def lost(visit: Visit) -> None:
    address = see(visit, "5")
    visit.sandbox.fault("create_prepaid_transaction", kind="lost_before")
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Put € 5.00 on it").click()
    expect(visit.page.locator("#story")).to_be_visible()
    visit.page.goto(address)


def refused(visit: Visit) -> None:
    see(visit, "5")
    visit.sandbox.fault("create_prepaid_transaction", kind="refused", value=1003)
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Put € 5.00 on it").click()
    expect(visit.page.get_by_text("Nothing was topped up")).to_be_visible()
    expect(visit.page.locator("[name=amount]")).to_have_value("5.00")


def take_back(visit: Visit) -> None:
    prepaid(visit)
    visit.page.get_by_role("link", name="Take back").first.click()
    expect(visit.page.get_by_role("button", name="Take it back")).to_be_visible()


PREPAID: list[Place] = [
    Place("prepaid", full, "admin"),
    Place("prepaid-empty", empty, "marketing"),
    Place("prepaid-failed", failed),
    Place("prepaid-promise", promise),
    Place("prepaid-bad-input", wrong),
    Place("prepaid-over-limit", over),
    Place("prepaid-asked", asked),
    Place("prepaid-no-reason", no_reason, "admin"),
    Place("prepaid-refused", refused),
    Place("prepaid-after-a-lost-one", lost),
    Place("prepaid-take-back", take_back, "admin"),
]
