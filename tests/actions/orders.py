"""Orders and visits of a customer, whom they brought, and what was given and claimed in a shop."""

from tests.actions.browsing import Visit
from tests.actions.rows import BEYOND, METORIAL, Row
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

NUMBER = "UTR-100482"


def somebody(person: Person, sandbox: SandboxAccount) -> Visit:
    """The page of a customer with an order, a visit and a friend."""
    sanne = str(sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"])
    joost = str(sandbox.add_contact("joost@mail.example", firstname="Joost")["uuid"])
    sandbox.add("order", external_identifier=NUMBER, contact_uuid=sanne, lines=[("Flat white", 2, 395)])
    sandbox.add("visit", contact_uuid=sanne, source="Door counter", starts_at="2026-05-02T16:00:00Z")
    sandbox.add("referral", referring_contact_uuid=sanne, referred_contact_uuid=joost, status="completed")
    sandbox.add("referral_settings", limit_per_contact=10)
    sandbox.add_loyalty_transaction(contact_uuid=sanne, credits=24)
    return Visit(person, f"/contacts/{sanne}/")


def found(person: Person, sandbox: SandboxAccount) -> Visit:
    page = somebody(person, sandbox).follow("Orders")
    return page.press("Find the order", number=NUMBER).says(f"Order {NUMBER}", "Flat white", "€ 7.90", "paid")


def find_order(person: Person, sandbox: SandboxAccount) -> None:
    found(person, sandbox)


def open_order(person: Person, sandbox: SandboxAccount) -> None:
    found(person, sandbox).follow("Open it on a page of its own").says("An order of Sanne", "Flat white", "€ 7.90")


def simulate(person: Person, sandbox: SandboxAccount) -> None:
    page = somebody(person, sandbox).follow("Orders")
    page.press("Work it out", total="11.40").says(
        "A purchase of € 11.40", "Credits it would earn 11", "at Utrecht West"
    )


def see_visits(person: Person, sandbox: SandboxAccount) -> None:
    somebody(person, sandbox).follow("Visits").says("1 visit", "Door counter")


def make_visit(person: Person, sandbox: SandboxAccount) -> None:
    page = somebody(person, sandbox).follow("Visits").follow("Make a visit")
    page.press("Make the visit", starts_at="2026-05-09T11:30", source="Till").says("2 visits", "Till", "PA-")


def open_visit(person: Person, sandbox: SandboxAccount) -> Visit:
    return somebody(person, sandbox).follow("Visits").follow("Change").says("Change a visit of Sanne")


def see_visit(person: Person, sandbox: SandboxAccount) -> None:
    open_visit(person, sandbox)


def change_visit(person: Person, sandbox: SandboxAccount) -> None:
    open_visit(person, sandbox).press("Save", source="Wi-Fi").says("1 visit", "Wi-Fi")


def see_brought(person: Person, sandbox: SandboxAccount) -> None:
    somebody(person, sandbox).follow("Referrals").says("Whom Sanne brought", "joost@mail.example", "completed")


def see_terms(person: Person, sandbox: SandboxAccount) -> None:
    somebody(person, sandbox).open("/catalogue/referrals/").says("The terms", "10 at most", "1 referral")


def see_transactions(person: Person, sandbox: SandboxAccount) -> None:
    page = somebody(person, sandbox).open("/transactions/").says("Transactions", "+24", "Utrecht West")
    page.press("Filter", kind="reward_receptions").says("No transaction fits this filter")


ROWS = [
    Row(METORIAL, "list_loyalty_transactions", "transactions:list", "desk", "list_loyalty_transactions",
        see_transactions),
    Row(BEYOND, "find an order by its number", "contacts:orders", "desk", "find_order", find_order),
    Row(BEYOND, "open an order", "contacts:order", "desk", "get_order", open_order),
    Row(BEYOND, "see what a purchase would earn", "contacts:orders", "desk", "simulate_order", simulate),
    Row(BEYOND, "list a customer's visits", "contacts:visits", "desk", "list_visits", see_visits),
    Row(BEYOND, "make a visit", "contacts:visit-new", "desk", "create_visit", make_visit),
    Row(BEYOND, "open a visit", "contacts:visit-edit", "desk", "get_visit", see_visit),
    Row(BEYOND, "change a visit", "contacts:visit-edit", "desk", "update_visit", change_visit),
    Row(BEYOND, "see whom a customer brought", "contacts:referrals", "desk", "list_referrals", see_brought),
    Row(BEYOND, "see the terms of referrals", "catalogue:referrals", "marketing", "get_referral_settings", see_terms),
]  # fmt: skip
