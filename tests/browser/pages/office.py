"""The audit, staff, shops and limits, one's own account, the lock, and what is nobody's page."""

from django.contrib.auth.models import Group
from playwright.sync_api import expect

from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.ledger.models import Act
from tests.browser.pages.places import LONG_NAME, UNBROKEN_NAME, Place, Visit, goto, lose_a_redemption, redeem


def audit_full(visit: Visit) -> None:
    redeem(visit)
    lose = visit.sandbox.add_contact("second@mail.example")
    visit.sandbox.add_voucher("COFFEE-2", contact_uuid=lose["uuid"])
    visit.check("COFFEE-2")
    visit.press("Lock", "Locked for you")
    visit.sandbox.fault("redeem_voucher", kind="lost_before")
    visit.press("Redeem it", "No answer")
    visit.page.goto("/audit/")


def audit_filtered_away(visit: Visit) -> None:
    visit.page.goto("/audit/?outcome=refused&since=2031-01-01")


def act_done(visit: Visit) -> None:
    redeem(visit)
    visit.page.goto(f"/audit/{Act.objects.get(action='voucher.redeem').pk}/")


def act_unknown(visit: Visit) -> None:
    lose_a_redemption(visit)
    visit.page.goto(f"/audit/{Act.objects.get(action='voucher.redeem').pk}/")


def somebody() -> Staff:
    staff = Staff.objects.create_user(username="wilhelmina", name=LONG_NAME[:150], password="correct horse battery")
    staff.groups.add(Group.objects.get(name="desk"))
    return staff


def staff_list(visit: Visit) -> None:
    staff = somebody()
    staff.shops.add(Shop.objects.get())
    visit.page.goto("/staff/")


def staff_change(visit: Visit) -> None:
    visit.page.goto(f"/staff/{somebody().pk}/")


def staff_add_wrong(visit: Visit) -> None:
    visit.page.goto("/staff/new/")
    visit.page.get_by_role("main").locator("form").evaluate("form => { form.noValidate = true }")
    visit.page.get_by_role("button", name="Add").click()
    expect(visit.page.locator("main .error").first).to_be_visible()


def staff_new_password(visit: Visit) -> None:
    staff_change(visit)
    visit.page.get_by_role("button", name="Make a new password").click()
    expect(visit.page.get_by_text("shown this once")).to_be_visible()


def shop(visit: Visit) -> None:
    visit.page.goto(f"/staff/shops/{Shop.objects.get().pk}/")


def shops(visit: Visit) -> None:
    Shop.objects.create(piggy_uuid="gone", name=UNBROKEN_NAME, is_active=False, reference="WH-2041")
    visit.page.goto("/staff/shops/")


def no_shops(visit: Visit) -> None:
    Shop.objects.update(is_active=False)
    visit.page.goto("/shop/")


def pick_shop(visit: Visit) -> None:
    Shop.objects.create(piggy_uuid="other", name="Amersfoort Centraal")
    visit.page.goto("/shop/")


def locked_page(visit: Visit) -> None:
    visit.page.goto("/lock/")


def kept_form(visit: Visit) -> None:
    assert visit.person is not None
    visit.person.post("/lock/now/")
    visit.person.post("/vouchers/check/", {"code": "COFFEE-1"})
    visit.page.goto("/lock/")
    visit.page.get_by_label("Password").fill("correct horse battery")
    visit.page.get_by_role("button", name="Open").click()
    visit.page.wait_for_url("**/lock/kept/")


def saved(visit: Visit) -> None:
    visit.page.goto("/staff/me/")
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.get_by_text("Saved.")).to_be_visible()


OFFICE = [
    Place("audit", audit_full, "admin"),
    Place("audit-own", audit_full),
    Place("audit-empty", goto("/audit/"), "admin"),
    Place("audit-filtered-away", audit_filtered_away, "admin"),
    Place("act-done", act_done, "admin"),
    Place("act-unknown", act_unknown, "admin"),
    Place("staff", staff_list, "admin"),
    Place("staff-add", goto("/staff/new/"), "admin"),
    Place("staff-add-wrong", staff_add_wrong, "admin"),
    Place("staff-change", staff_change, "admin"),
    Place("staff-password", staff_new_password, "admin"),
    Place("shops", shops, "admin"),
    Place("shop", shop, "admin"),
    Place("limits", goto("/staff/limits/"), "admin"),
    Place("limit", goto("/staff/limits/award_credits/desk/"), "admin"),
    Place("own-account", goto("/staff/me/")),
    Place("own-account-admin", goto("/staff/me/"), "admin"),
    Place("own-account-saved", saved),
    Place("own-password", goto("/account/password/change/")),
    Place("second-factor", goto("/account/2fa/")),
    Place("second-factor-on", goto("/account/2fa/totp/activate/")),
    Place("pick-shop", pick_shop),
    Place("pick-shop-none", no_shops),
    Place("locked", locked_page),
    Place("sent-while-locked", kept_form),
    Place("not-yours", goto("/staff/")),
    Place("without-a-role", goto("/"), "stranger"),
    Place("not-there", goto("/nothing/here/")),
]
