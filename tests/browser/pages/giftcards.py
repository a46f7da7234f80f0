"""Gift cards: finding one, its page, paying and topping up in two steps, making one, setting one right."""

from typing import Any

from playwright.sync_api import expect

from piggyadmin.accounts.models import Limit
from tests.browser.pages.places import UNBROKEN_NAME, Place, Visit

CODE = "GIFT2026HOUSE8KQ"


def programmes(visit: Visit) -> None:
    visit.sandbox.add("giftcard_program", name="House gift card", expiration_days=730)
    visit.sandbox.add("giftcard_program", name=f"For {UNBROKEN_NAME}", max_amount_in_cents=None)
    visit.sandbox.add("giftcard_program", name="Christmas 2023", active=False)


def start(visit: Visit) -> None:
    programmes(visit)
    visit.page.goto("/giftcards/")


def find(visit: Visit, code: str = CODE) -> None:
    visit.page.goto("/giftcards/")
    visit.page.locator("#code").fill(code)
    visit.page.locator("#code").press("Enter")


def find_nothing(visit: Visit) -> None:
    find(visit, "GIFT-NOBODY-HAS")
    expect(visit.page.locator(".verdict h1")).to_have_text("No such card")


def card(visit: Visit, *cents: int, **fields: Any) -> dict[str, Any]:
    if not visit.sandbox.state("giftcard_program"):
        programmes(visit)
    made = visit.sandbox.add("giftcard", **{"hash": CODE, "expiration_date": "2028-11-20T09:00:00Z", **fields})
    shop = visit.sandbox.state("shop")[0]["uuid"]
    for each in cents or (5000, -1850, -900, 1500):
        visit.sandbox.add("giftcard_transaction", giftcard_uuid=made["uuid"], amount_in_cents=each, shop_uuid=shop)
    find(visit)
    expect(visit.page.locator(".display")).to_be_visible()
    return made


def card_full(visit: Visit) -> None:
    card(visit)


def card_not_scanned(visit: Visit) -> None:
    made = visit.sandbox.add("giftcard", hash=CODE, upgradeable=False)
    visit.page.goto(f"/giftcards/{made['uuid']}/")


def card_expired(visit: Visit) -> None:
    card(visit, expiration_date=None)
    row = visit.sandbox.add("giftcard", hash="OLD-CARD-1", expiration_date="2024-01-01T00:00:00Z")
    visit.page.goto(f"/giftcards/{row['uuid']}/")


def see(visit: Visit, amount: str, button: str) -> None:
    visit.page.locator("[name=amount]").fill(amount)
    visit.page.get_by_role("button", name=button).click()


def pay_shown(visit: Visit) -> None:
    card(visit)
    see(visit, "12.50", "Pay with it")
    expect(visit.page.get_by_text("expected")).to_be_visible()


def pay_too_much(visit: Visit) -> None:
    card(visit)
    see(visit, "99", "Pay with it")
    expect(visit.page.locator("#id_amount-e")).to_be_visible()


def pay_done(visit: Visit) -> None:
    pay_shown(visit)
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Take").click()
    expect(visit.page.get_by_text("Paid €").first).to_be_visible()


def pay_refused(visit: Visit) -> None:
    pay_shown(visit)
    visit.sandbox.fault("create_giftcard_transaction", kind="refused", value=5003)
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Take").click()
    expect(visit.page.locator("#giftcard .notice.refused")).to_be_visible()


def pay_lost(visit: Visit) -> None:
    visit.sandbox.set(marks=False)
    pay_shown(visit)
    visit.sandbox.fault("create_giftcard_transaction", kind="lost_after")
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Take").click()
    expect(visit.page.locator("#story")).to_be_visible()
    visit.page.go_back()
    visit.page.reload()
    expect(visit.page.get_by_text("We do not know whether").first).to_be_visible()


def top_up_over(visit: Visit) -> None:
    Limit.objects.get_or_create(kind="prepaid_cents", role="desk", shop=None, defaults={"amount": 5000})
    card(visit)
    see(visit, "60", "Top it up")
    expect(visit.page.get_by_text("A second person approves this")).to_be_visible()


def top_up_asked(visit: Visit) -> None:
    top_up_over(visit)
    visit.page.get_by_role("button", name="Ask for approval").click()
    expect(visit.page.get_by_text("waiting")).to_be_visible()


def make(visit: Visit) -> None:
    programmes(visit)
    visit.page.goto("/giftcards/")
    visit.page.get_by_role("link", name="Make a card of House gift card").click()


def made(visit: Visit) -> None:
    make(visit)
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Make an empty card").click()
    expect(visit.page.get_by_text("It is empty.").first).to_be_visible()


def code(visit: Visit) -> None:
    card(visit)
    visit.page.get_by_role("button", name="Show the code").click()
    expect(visit.page.get_by_text("GIFT 2026 HOUS E8KQ")).to_be_visible()


def adjust(visit: Visit, number: int = 0) -> None:
    card(visit)
    visit.page.locator("#history tbody tr").nth(number).get_by_role("link").click()
    expect(visit.page.locator("[name=reason]")).to_be_visible()


def adjust_earlier(visit: Visit) -> None:
    adjust(visit, 2)


def adjust_shown(visit: Visit) -> None:
    adjust_earlier(visit)
    visit.page.locator("[name=amount]").fill("15.00")
    visit.page.locator("[name=reason]").fill("One coffee less")
    visit.page.get_by_role("button", name="See the result").click()
    expect(visit.page.get_by_text("expected")).to_be_visible()


def adjust_wrong(visit: Visit) -> None:
    adjust(visit)
    visit.page.locator("[name=amount]").fill("a lot")
    visit.page.locator("[name=reason]").fill("x")
    visit.page.get_by_role("button", name="See the result").click()
    expect(visit.page.locator("#id_amount-e")).to_be_visible()


GIFTCARDS = [
    Place("giftcards", start, "marketing"),
    Place("giftcards-no-such-code", find_nothing),
    Place("giftcard-admin", card_full, "admin"),
    Place("giftcard-marketing", card_full, "marketing"),
    Place("giftcard-not-scanned", card_not_scanned),
    Place("giftcard-expired", card_expired),
    Place("giftcard-pay", pay_shown),
    Place("giftcard-pay-too-much", pay_too_much),
    Place("giftcard-paid", pay_done),
    Place("giftcard-pay-refused", pay_refused),
    Place("giftcard-pay-lost", pay_lost),
    Place("giftcard-top-up-over-limit", top_up_over),
    Place("giftcard-top-up-asked", top_up_asked),
    Place("giftcard-make", make, "marketing"),
    Place("giftcard-made", made, "marketing"),
    Place("giftcard-code", code, "marketing"),
    Place("giftcard-adjust-earlier", adjust_earlier, "admin"),
    Place("giftcard-adjust-shown", adjust_shown, "admin"),
    Place("giftcard-adjust-wrong", adjust_wrong, "admin"),
]
