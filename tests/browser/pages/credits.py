"""Awarding credits in two steps, with a second person, and taking an award back."""

from typing import Any

from django.contrib.auth.models import Group
from playwright.sync_api import expect

from piggyadmin.accounts.models import Limit, Staff
from piggyadmin.ledger import approvals
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Approval
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto, regular


def award(visit: Visit, **names: str) -> dict[str, Any]:
    contact = regular(visit.sandbox, **names)
    visit.page.goto(f"/contacts/{contact['uuid']}/award/")
    return contact


def see(visit: Visit, amount: str, then: str = "#promise") -> None:
    visit.page.locator("[name=amount]").fill(amount)
    visit.page.locator("[name=amount]").press("Enter")
    expect(visit.page.locator(then).first).to_be_visible()


def award_promise(visit: Visit) -> None:
    award(visit)
    see(visit, "25.40")


def award_long_name(visit: Visit) -> None:
    award(visit, firstname=LONG_NAME, lastname=UNBROKEN_NAME)
    see(visit, "25.40")


def award_rtl_name(visit: Visit) -> None:
    award(visit, firstname=ARABIC_NAME[0], lastname=ARABIC_NAME[1])
    see(visit, "25.40")


def award_units(visit: Visit) -> None:
    visit.sandbox.add_unit("visits", label="Visits", rate=10)
    award(visit)


def award_wrong(visit: Visit) -> None:
    award(visit)
    see(visit, "1.085", "#id_amount-e")


def award_over(visit: Visit) -> None:
    # Tests with real transactions empty the tables, also of what a migration has set.
    Limit.objects.update_or_create(kind="award_credits", role="desk", shop=None, defaults={"amount": 500})
    award(visit)
    see(visit, "901")


def award_wrong_approver(visit: Visit) -> None:
    award_over(visit)
    visit.page.locator("[name=approver]").fill("nobody")
    visit.page.locator("[name=password]").fill("wrong horse")
    visit.page.clock.run_for(700)
    visit.page.locator("[name=password]").press("Enter")
    expect(visit.page.locator("#id_password-e")).to_be_visible()


def award_refused(visit: Visit) -> None:
    award_promise(visit)
    visit.sandbox.set(max_amount=20)
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Award 25 credits").click()
    expect(visit.page.locator("#award .notice.refused")).to_be_visible()


def award_asked(visit: Visit) -> None:
    award_over(visit)
    visit.page.get_by_role("button", name="Ask for approval").click()
    expect(visit.page.get_by_text("waiting")).to_be_visible()


def _decide(visit: Visit, *, granted: bool) -> None:
    award_asked(visit)
    manager = Staff.objects.create_user(username="noor", name="Noor van Dijk")
    manager.groups.add(Group.objects.get(name="marketing"))
    approval = Approval.objects.get()
    by = Actor(manager, "marketing", approval.shop)
    approvals.decide(approval.pk, by=by, granted=granted, reason="" if granted else "Not without a receipt.")
    visit.page.reload()


def award_approved(visit: Visit) -> None:
    _decide(visit, granted=True)
    expect(visit.page.get_by_role("button", name="Award 901 credits")).to_be_visible()


def award_declined(visit: Visit) -> None:
    _decide(visit, granted=False)


def award_lost(visit: Visit) -> dict[str, Any]:
    """An award of which the transactions prove nothing: the account returns no marks."""
    visit.sandbox.set(marks=False)
    contact = award(visit)
    see(visit, "25.40")
    visit.sandbox.fault("create_credit_reception", kind="lost_after")
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Award 25 credits").click()
    expect(visit.page.locator("#story")).to_be_visible()
    return contact


def award_lost_and_read(visit: Visit) -> None:
    award_lost(visit)
    visit.page.get_by_role("button", name="Look now").click()
    expect(visit.page.get_by_text("+25 credits").first).to_be_visible()


def award_after_lost(visit: Visit) -> None:
    contact = award_lost(visit)
    visit.page.goto(f"/contacts/{contact['uuid']}/award/")


def award_done(visit: Visit) -> None:
    award_promise(visit)
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name="Award 25 credits").click()
    expect(visit.page.get_by_text("Awarded 25 credits.").first).to_be_visible()


def reverse(visit: Visit, credits: int = 25, **fields: Any) -> None:
    contact = regular(visit.sandbox)
    shop = visit.sandbox.state("shop")[0]["uuid"]
    values = {"credits": credits, "unit_value": float(credits), "shop_uuid": shop} | fields
    row = visit.sandbox.add_loyalty_transaction(contact_uuid=contact["uuid"], **values)
    visit.page.goto(f"/contacts/{contact['uuid']}/award/{row['uuid']}/reverse/")


def reverse_untold(visit: Visit) -> None:
    reverse(visit, unit_value=None)


def reverse_below_zero(visit: Visit) -> None:
    reverse(visit)
    contact = visit.sandbox.state("contact")[0]["uuid"]
    shop = visit.sandbox.state("shop")[0]["uuid"]
    visit.sandbox.add_loyalty_transaction(contact_uuid=contact, credits=-1135, shop_uuid=shop)
    visit.page.reload()


def reverse_no_reason(visit: Visit) -> None:
    reverse(visit)
    visit.page.locator("[name=why]").first.evaluate("field => { field.form.noValidate = true }")
    visit.page.get_by_role("button", name="Take it back").click()
    expect(visit.page.locator("#id_why-e")).to_be_visible()


def reverse_part(visit: Visit) -> None:
    reverse(visit)
    visit.page.get_by_text("Goods were returned").click()
    visit.page.locator("[name=refunded]").fill("12.00")
    visit.page.locator("[name=refunded]").press("Enter")
    expect(visit.page.get_by_text("That takes back 12 of 25")).to_be_visible()


def reverse_done(visit: Visit) -> None:
    reverse(visit)
    url = visit.page.url
    visit.page.get_by_text("Wrong amount").click()
    visit.page.get_by_role("button", name="Take it back").click()
    expect(visit.page.get_by_text("Took an award back").first).to_be_visible()
    visit.page.goto(url)


CREDITS = [
    Place("award", lambda visit: award(visit) and None),
    Place("award-units", award_units),
    Place("award-bad-input", award_wrong),
    Place("award-promise", award_promise),
    Place("award-long-name", award_long_name),
    Place("award-rtl-name", award_rtl_name),
    Place("award-over-limit", award_over),
    Place("award-wrong-approver", award_wrong_approver),
    Place("award-refused", award_refused),
    Place("award-asked", award_asked),
    Place("award-approved", award_approved),
    Place("award-declined", award_declined),
    Place("award-after-a-lost-one", award_after_lost),
    Place("award-lost-and-read", award_lost_and_read),
    Place("award-done", award_done),
    Place("award-gone", goto("/contacts/no-such-customer/award/")),
    Place("award-reverse", reverse, "admin"),
    Place("award-reverse-untold", reverse_untold, "admin"),
    Place("award-reverse-below-zero", reverse_below_zero, "admin"),
    Place("award-reverse-no-reason", reverse_no_reason, "admin"),
    Place("award-reverse-part", reverse_part, "admin"),
    Place("award-reverse-done", reverse_done, "admin"),
    Place("award-reverse-nothing", goto("/contacts/x/award/y/reverse/"), "admin"),
]
