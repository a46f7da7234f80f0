"""Signing in, today's page with the one box, and the customer's page."""

from django.utils import timezone
from playwright.sync_api import expect

from contacts.copy.forgetting import forget
from contacts.models import GoneContact, Merge
from piggyadmin import piggy
from piggyadmin.accounts.models import Staff
from piggyadmin.desk.scanner.reading import LAYOUTS, TEST_CODE
from tests.browser.pages.places import (
    ARABIC_NAME,
    CARD,
    LONG_NAME,
    UNBROKEN_NAME,
    Place,
    Visit,
    goto,
    lose_a_redemption,
    open_contact,
    regular,
)


def sign_in_wrong(visit: Visit, tries: int = 1) -> None:
    visit.page.goto("/account/login/")
    for _ in range(tries):
        visit.page.get_by_label("Name").fill("nobody")
        visit.page.get_by_label("Password").fill("wrong horse")
        visit.page.get_by_role("button", name="Sign in").click()
        visit.page.wait_for_load_state()


def locked_out(visit: Visit) -> None:
    sign_in_wrong(visit, tries=5)


def today_full(visit: Visit) -> None:
    long = visit.sandbox.add_contact("long@mail.example", firstname=LONG_NAME)
    arabic = visit.sandbox.add_contact("rtl@mail.example", firstname=ARABIC_NAME[0], lastname=ARABIC_NAME[1])
    for contact in (long, arabic, regular(visit.sandbox)):
        open_contact(visit, contact)
    lose_a_redemption(visit)
    visit.page.goto("/")


def two_rows(visit: Visit) -> None:
    regular(visit.sandbox)
    visit.sandbox.add_voucher(CARD)
    visit.find(CARD)


def found_nothing(visit: Visit) -> None:
    visit.find("Nobody-1")


def found_badly(visit: Visit) -> None:
    visit.find("sanne@")


def found_while_down(visit: Visit) -> None:
    visit.sandbox.broken = 503
    visit.find("Nobody-1")


def contact_full(visit: Visit) -> None:
    open_contact(visit, regular(visit.sandbox))


def contact_acted_on(visit: Visit) -> None:
    contact = regular(visit.sandbox)
    visit.check("SUMR26AP4T7K0000")
    visit.press("Lock", "Locked for you")
    visit.press("Redeem it", "Redeemed")
    open_contact(visit, contact)


def contact_empty(visit: Visit) -> None:
    open_contact(visit, visit.sandbox.add_contact(None, anonymous=True))


def contact_long(visit: Visit) -> None:
    open_contact(visit, regular(visit.sandbox, firstname=LONG_NAME, lastname=UNBROKEN_NAME))


def contact_rtl(visit: Visit) -> None:
    open_contact(visit, regular(visit.sandbox, firstname=ARABIC_NAME[0], lastname=ARABIC_NAME[1]))


def contact_one_failed(visit: Visit) -> None:
    contact = regular(visit.sandbox)
    visit.sandbox.fault("list_rewards", kind="500", times=-1)
    open_contact(visit, contact)


def contact_all_failed(visit: Visit) -> None:
    contact = regular(visit.sandbox)
    visit.sandbox.broken = 503
    open_contact(visit, contact)


def contact_from_copy(visit: Visit) -> None:
    contact = regular(visit.sandbox)
    open_contact(visit, contact)
    visit.sandbox.broken = 503
    open_contact(visit, contact)


def contact_scanned_moved(visit: Visit) -> None:
    """The copy says that the scanned card is theirs; Piggy says that it is another's by now."""
    contact = regular(visit.sandbox)
    open_contact(visit, contact)
    client = piggy.get_client()
    client.unlink_identifier(value=CARD)
    visit.page.goto("/")
    visit.page.locator("#q").fill(CARD)
    visit.page.get_by_role("button", name="Find").first.click()
    expect(visit.page.get_by_text("not this customer’s any more")).to_be_visible()


def contact_deleted(visit: Visit) -> None:
    forget("an-old-customer", why=GoneContact.Why.DELETED)
    visit.page.goto("/contacts/an-old-customer/")


def contact_to_be_merged(visit: Visit) -> None:
    contact = regular(visit.sandbox)
    staff = Staff.objects.create(username="proposer", name=LONG_NAME)
    asked = {"proposed_by": staff, "proposed_at": timezone.now(), "state": Merge.State.SCHEDULED}
    Merge.objects.create(source_uuid="another", destination_uuid=contact["uuid"], **asked)
    open_contact(visit, contact)


def scanner_tried(visit: Visit, scan: str, slowest: str = "8", ended: str = "Enter") -> None:
    visit.page.goto("/scanner/")
    visit.page.locator("#scan").fill(scan)
    visit.page.evaluate(
        """([ended, slowest]) => {
          const form = document.querySelector('[data-scanner-test]');
          form.elements.ended.value = ended;
          form.elements.slowest.value = slowest;
        }""",
        [ended, slowest],
    )
    visit.page.get_by_role("button", name="Look at the scan").click()
    visit.page.locator(".notice").wait_for()


def scanner_works(visit: Visit) -> None:
    scanner_tried(visit, TEST_CODE)


def scanner_needs_saving(visit: Visit) -> None:
    scanner_tried(visit, f"~{TEST_CODE}", slowest="60", ended="")


def scanner_wrong_layout(visit: Visit) -> None:
    scanner_tried(visit, LAYOUTS[0].of(TEST_CODE))


DESK = [
    Place("sign-in", goto("/account/login/"), ""),
    Place("sign-in-wrong", sign_in_wrong, ""),
    Place("sign-in-locked-out", locked_out, ""),
    Place("today-empty", goto("/")),
    Place("today-full", today_full),
    Place("today-two-rows", two_rows),
    Place("today-nothing-found", found_nothing),
    Place("today-bad-input", found_badly),
    Place("today-piggy-down", found_while_down),
    Place("keys", goto("/keys/")),
    Place("scanner", goto("/scanner/")),
    Place("scanner-works", scanner_works),
    Place("scanner-needs-saving", scanner_needs_saving),
    Place("scanner-wrong-layout", scanner_wrong_layout),
    Place("contact", contact_full),
    Place("contact-acted-on", contact_acted_on, "admin"),
    Place("contact-masked", contact_full, "marketing"),
    Place("contact-empty", contact_empty),
    Place("contact-long-name", contact_long),
    Place("contact-rtl-name", contact_rtl),
    Place("contact-one-panel-failed", contact_one_failed),
    Place("contact-all-failed", contact_all_failed),
    Place("contact-from-copy", contact_from_copy),
    Place("contact-scanned-moved", contact_scanned_moved),
    Place("contact-deleted", contact_deleted),
    Place("contact-to-be-merged", contact_to_be_merged, "admin"),
    Place("contact-gone", goto("/contacts/no-such-customer/")),
]
