"""The voucher check in every state, a voucher's own page, and taking a redemption back."""

from playwright.sync_api import expect

from tests.browser.pages.places import Place, Visit, coffee, goto, lose_a_redemption, redeem
from vouchers.models import KnownRedemption


def check_valid(visit: Visit) -> None:
    coffee(visit)
    visit.check("COFFEE-1")
    visit.verdict("Valid")


def check_used(visit: Visit) -> None:
    redeem(visit)
    visit.check("COFFEE-1")
    visit.verdict("Used")


def check_withdrawn(visit: Visit) -> None:
    coffee(visit, status="DEACTIVATED")
    visit.check("COFFEE-1")
    visit.verdict("Withdrawn")


def check_locked(visit: Visit) -> None:
    coffee(visit)
    visit.check("COFFEE-1")
    visit.press("Lock", "Locked for you")


def check_many(visit: Visit) -> None:
    """A voucher of several uses, and a number it cannot have."""
    holder = visit.sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    visit.sandbox.add_voucher("TEN-COFFEES-1", contact_uuid=holder["uuid"], total_redemptions_allowed=10)
    visit.page.goto("/vouchers/check/")
    visit.page.locator("#code").fill("TEN-COFFEES-1")
    visit.page.locator("#code").press("Enter")
    visit.page.get_by_role("button", name="Lock").click()
    visit.page.get_by_label("How many times?").fill("11")
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Redeem it").click()
    expect(visit.page.get_by_text("It has 10 uses left.")).to_be_visible()


def check_locked_elsewhere(visit: Visit) -> None:
    coffee(visit, status="LOCKED")
    visit.check("COFFEE-1")
    visit.verdict("Locked")


def check_lost_lock(visit: Visit) -> None:
    coffee(visit)
    visit.check("COFFEE-1")
    visit.verdict("Valid")
    visit.sandbox.fault("lock_voucher", kind="lost_after")
    visit.press("Lock", "Locked")


def done_but_unread(visit: Visit) -> None:
    check_locked(visit)
    visit.sandbox.fault("find_voucher_by_code", kind="503", times=-1)
    visit.press("Redeem it", "Done")


def check_whose(visit: Visit) -> None:
    visit.sandbox.add_voucher("FOR-ANYBODY")
    visit.check("FOR-ANYBODY")
    visit.press("Lock", "Locked for you")
    expect(visit.page.locator("#holder")).to_be_visible()


def check_whose_wrong(visit: Visit) -> None:
    check_whose(visit)
    visit.page.locator("#holder").fill("999999")
    visit.page.locator("#holder").press("Enter")
    expect(visit.page.locator("#holder-e")).to_be_visible()


def check_no_such_code(visit: Visit) -> None:
    visit.check("NOTHING-1")
    visit.verdict("No such code")


def check_badly(visit: Visit) -> None:
    visit.check("x" * 300)
    expect(visit.page.locator("#code-error")).to_be_visible()


def check_while_down(visit: Visit) -> None:
    visit.sandbox.broken = 503
    visit.check("COFFEE-1")
    expect(visit.page.locator("#verdict .notice")).to_be_visible()


def check_line_down(visit: Visit) -> None:
    visit.page.goto("/vouchers/check/")
    visit.page.route("**/vouchers/check/", lambda route: route.abort())
    visit.page.locator("#code").fill("COFFEE-1")
    visit.page.locator("#code").press("Enter")
    expect(visit.page.locator("#verdict .notice")).to_be_visible()


def half_a_scan(visit: Visit) -> None:
    visit.page.goto("/vouchers/check/")
    visit.page.locator("#code").blur()
    visit.page.clock.pause_at(visit.page.evaluate("Date.now() / 1000") + 1)
    for key in ("C", "O", "F", "Enter"):
        visit.page.keyboard.press(key)
    visit.page.clock.resume()
    expect(visit.page.locator("#scan-note .toast")).to_be_visible()


def whole_page_while_down(visit: Visit) -> None:
    """Piggy's failure as a page of its own: without JavaScript, or when htmx is not asked."""
    visit.page.goto("/vouchers/check/")
    visit.sandbox.broken = 503
    visit.page.locator("#code").fill("COFFEE-1")
    with visit.page.expect_navigation():
        visit.page.locator("#code").evaluate("field => field.form.submit()")


def open_too_long(visit: Visit) -> None:
    visit.page.goto("/vouchers/check/")
    visit.page.context.clear_cookies(name="csrftoken")
    with visit.page.expect_navigation():
        visit.page.locator("#code").evaluate("field => field.form.submit()")


def reverse_question(visit: Visit) -> None:
    redeem(visit)
    redemption = KnownRedemption.objects.select_related("voucher").get()
    visit.page.goto(f"/vouchers/{redemption.voucher.piggy_uuid}/reverse/{redemption.piggy_uuid}/")


def reverse_without_reason(visit: Visit) -> None:
    reverse_question(visit)
    with visit.page.expect_navigation():
        visit.page.locator("[name=reason]").evaluate("field => { field.form.noValidate = true; field.form.submit() }")


def voucher_after_acts(visit: Visit) -> None:
    redeem(visit)
    redemption = KnownRedemption.objects.select_related("voucher").get()
    visit.page.goto(f"/vouchers/{redemption.voucher.piggy_uuid}/")


VOUCHERS = [
    Place("check", goto("/vouchers/check/")),
    Place("check-valid", check_valid),
    Place("check-valid-marketing", check_valid, "marketing"),
    Place("check-locked", check_locked),
    Place("check-many", check_many),
    Place("check-redeemed", redeem),
    Place("check-redeemed-unread", done_but_unread),
    Place("check-used", check_used, "admin"),
    Place("check-withdrawn", check_withdrawn),
    Place("check-locked-elsewhere", check_locked_elsewhere),
    Place("check-lock-lost", check_lost_lock),
    Place("check-unknown", lose_a_redemption),
    Place("check-whose", check_whose),
    Place("check-whose-wrong", check_whose_wrong),
    Place("check-no-such-code", check_no_such_code),
    Place("check-bad-input", check_badly),
    Place("check-piggy-down", check_while_down),
    Place("check-line-down", check_line_down),
    Place("check-half-a-scan", half_a_scan),
    Place("piggy-down", whole_page_while_down),
    Place("voucher", voucher_after_acts, "admin"),
    Place("voucher-unseen", goto("/vouchers/never-seen/")),
    Place("voucher-reverse", reverse_question, "admin"),
    Place("voucher-reverse-no-reason", reverse_without_reason, "admin"),
    Place("open-too-long", open_too_long),
]
