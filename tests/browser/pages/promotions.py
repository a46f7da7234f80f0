"""Promotions: the list, one of them with its vouchers, and making one."""

from playwright.sync_api import expect

from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto

DAY = 86_400
STATES = ("ACTIVE", "ACTIVE", "ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "LOCKED", "INACTIVE")


def summer(visit: Visit, name: str = "€ 10.00 off any order over € 40.00") -> str:
    """A promotion with vouchers in every state, and two others."""
    rules = {"voucher_limit": 20_000, "limit_per_contact": 1, "expiration_duration": 90 * DAY}
    uuid: str = visit.sandbox.add_promotion(name, description="For everybody on the list.", **rules)["uuid"]
    visit.sandbox.add_promotion("Free coffee", description="A cup on the house.", expiration_duration=30 * DAY)
    visit.sandbox.add_promotion("Birthday cake", description="")
    holder = visit.sandbox.add_contact("holder@mail.example", firstname="Omar")["uuid"]
    for number, status in enumerate(STATES):
        holds = {"contact_uuid": holder} if number % 2 else {}
        visit.sandbox.add_voucher(f"SUMR26AP4T7K{number:04}", status, promotion_uuid=uuid, **holds)
    return uuid


def promotions(visit: Visit) -> None:
    summer(visit)
    visit.page.goto("/vouchers/promotions/")


def found_none(visit: Visit) -> None:
    summer(visit)
    visit.page.goto("/vouchers/promotions/?q=spring")


def promotion(visit: Visit, **name: str) -> None:
    visit.page.goto(f"/vouchers/promotions/{summer(visit, **name)}/")


def promotion_long(visit: Visit) -> None:
    promotion(visit, name=f"{LONG_NAME[:150]} {UNBROKEN_NAME}")


def promotion_rtl(visit: Visit) -> None:
    promotion(visit, name=" ".join(ARABIC_NAME))


def promotion_narrowed(visit: Visit) -> None:
    promotion(visit)
    visit.page.get_by_role("link", name="redeemed").click()
    expect(visit.page.locator("[aria-current]", has_text="redeemed")).to_be_visible()


def promotion_empty(visit: Visit) -> None:
    uuid = visit.sandbox.add_promotion("Free coffee")["uuid"]
    visit.page.goto(f"/vouchers/promotions/{uuid}/")


def promotion_half_read(visit: Visit) -> None:
    uuid = summer(visit)
    visit.sandbox.fault("list_vouchers", kind="503", times=-1)
    visit.page.goto(f"/vouchers/promotions/{uuid}/")


def new_wrong(visit: Visit) -> None:
    visit.page.goto("/vouchers/promotions/new/")
    visit.page.locator("[name=name]").fill("Summer")
    visit.page.locator("[name=description]").fill("€ 10 off")
    visit.page.locator("[name=days]").fill("a month")
    visit.page.locator("[name=days]").press("Enter")
    expect(visit.page.locator("#id_days-e")).to_be_visible()


def new_refused(visit: Visit) -> None:
    visit.page.goto("/vouchers/promotions/new/")
    visit.sandbox.fault("create_promotion", kind="refused", value=1003)
    visit.page.locator("[name=name]").fill("Summer")
    visit.page.locator("[name=description]").fill("€ 10 off")
    visit.page.locator("[name=description]").press("Enter")
    expect(visit.page.locator("#promotion-form .notice.refused")).to_be_visible()


WHO = "marketing"
PROMOTIONS = [
    Place("promotions", promotions, WHO),
    Place("promotions-empty", goto("/vouchers/promotions/"), WHO),
    Place("promotions-found-none", found_none, WHO),
    Place("promotion", promotion, WHO),
    Place("promotion-long-name", promotion_long, WHO),
    Place("promotion-rtl-name", promotion_rtl, WHO),
    Place("promotion-narrowed", promotion_narrowed, WHO),
    Place("promotion-empty", promotion_empty, WHO),
    Place("promotion-half-read", promotion_half_read, WHO),
    Place("promotion-gone", goto("/vouchers/promotions/no-such-one/"), WHO),
    Place("promotion-new", goto("/vouchers/promotions/new/"), WHO),
    Place("promotion-new-bad-input", new_wrong, WHO),
    Place("promotion-new-refused", new_refused, WHO),
]
