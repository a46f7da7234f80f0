"""Vouchers with codes of one's own: one, or a list of them."""

from playwright.sync_api import expect

from piggyadmin.accounts.models import Limit
from tests.browser.pages.places import Place, Visit

GOOD = "code\n" + "\n".join(f"SUMMER-{number:04}" for number in range(1, 41)) + "\nsummer-0001\n"
BAD = "code\nSUMMER-0001\nSUMMER-0001\n=HYPERLINK(1)\n\n1.23E+15\nSUMMER-0002\n"


def promotion(visit: Visit, name: str = "€ 10.00 off any order over € 40.00") -> None:
    visit.sandbox.add_promotion(name)


def list_form(visit: Visit) -> None:
    promotion(visit)
    visit.page.goto("/vouchers/codes/")


def upload(visit: Visit, text: str) -> None:
    list_form(visit)
    visit.page.locator("[name=promotion]").select_option(index=1)
    visit.page.locator("[name=file]").set_input_files(
        {"name": "codes.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    visit.page.locator("[name=expiration]").fill("2099-08-31T23:59")
    visit.page.get_by_role("button", name="Show what would be made").click()


def list_shown(visit: Visit) -> None:
    upload(visit, GOOD)
    expect(visit.page.locator("#would-be")).to_be_visible()


def list_wrong_number(visit: Visit) -> None:
    list_shown(visit)
    visit.page.get_by_label("Type the number").fill("4")
    visit.page.clock.run_for(600)
    visit.page.locator("form[data-write] .btn.primary").click()
    expect(visit.page.locator(".error")).to_be_visible()


def list_over_limit(visit: Visit) -> None:
    Limit.objects.update_or_create(kind=Limit.Kind.BATCH_VOUCHERS, role="marketing", shop=None, defaults={"amount": 10})
    upload(visit, GOOD)
    expect(visit.page.locator("#in-place")).to_be_visible()


def list_bad(visit: Visit) -> None:
    upload(visit, BAD)
    expect(visit.page.locator("#bad")).to_be_visible()


def list_unreadable(visit: Visit) -> None:
    upload(visit, "")
    expect(visit.page.locator(".error").first).to_be_visible()


def one_form(visit: Visit) -> None:
    promotion(visit)
    visit.page.goto("/vouchers/new/")


def one_shown(visit: Visit) -> None:
    one_form(visit)
    visit.page.locator("[name=promotion]").select_option(index=1)
    visit.page.locator("[name=code]").fill("SUMMER-0001")
    visit.page.get_by_role("button", name="Show what it would be").click()
    expect(visit.page.locator("#would-be")).to_be_visible()


def one_taken(visit: Visit) -> None:
    visit.sandbox.add_voucher("SUMMER-0001")
    one_shown(visit)
    visit.page.clock.run_for(600)
    visit.page.get_by_role("button", name="Make this voucher").click()
    expect(visit.page.locator(".error")).to_be_visible()


def one_made(visit: Visit) -> None:
    one_shown(visit)
    visit.page.clock.run_for(600)
    visit.page.get_by_role("button", name="Make this voucher").click()
    expect(visit.page.locator(".verdict")).to_be_visible()


OWN_CODES = [
    Place("own-codes", list_form, "marketing"),
    Place("own-codes-shown", list_shown, "marketing"),
    Place("own-codes-wrong-number", list_wrong_number, "marketing"),
    Place("own-codes-over-limit", list_over_limit, "marketing"),
    Place("own-codes-bad", list_bad, "marketing"),
    Place("own-codes-unreadable", list_unreadable, "marketing"),
    Place("voucher-new", one_form, "marketing"),
    Place("voucher-new-shown", one_shown, "marketing"),
    Place("voucher-new-taken", one_taken, "marketing"),
    Place("voucher-new-made", one_made, "marketing"),
]
