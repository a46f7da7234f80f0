"""Running an automation for a customer, and the auth token, in every state."""

from playwright.sync_api import expect

from tests.browser.pages.places import LONG_NAME, UNBROKEN_NAME, Place, Visit

LONG = f"{LONG_NAME[:150]} {UNBROKEN_NAME}"


def customer(visit: Visit) -> str:
    made = visit.sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Vermeulen")
    return f"/contacts/{made['uuid']}/"


def automations(visit: Visit) -> None:
    for name, event, status in (
        ("Ask for a review", "contact_updated", "active"),
        ("Win back after the summer", "contact_updated", "inactive"),
        (LONG, "form_submission_completed", "active"),
    ):
        visit.sandbox.add("automation", name=name, event=event, status=status)
    visit.page.goto(f"{customer(visit)}automations/")


def no_automation(visit: Visit) -> None:
    visit.page.goto(f"{customer(visit)}automations/")


def run(visit: Visit) -> None:
    automations(visit)
    visit.page.get_by_role("link", name="Run it").click()
    expect(visit.page.locator("#id_typed")).to_be_visible()


def start(visit: Visit, name: str = "Ask for a review") -> None:
    visit.page.locator("#id_typed").fill(name)
    visit.page.clock.run_for(600)
    visit.page.get_by_role("button", name="Run it now").click()


def run_wrong(visit: Visit) -> None:
    run(visit)
    visit.page.locator("#id_handed").fill("table 12")
    start(visit, "Another one")
    expect(visit.page.locator("#id_typed-e")).to_be_visible()


def run_again(visit: Visit) -> None:
    run(visit)
    where = visit.page.url
    start(visit)
    expect(visit.page.get_by_text("Started the automation").first).to_be_visible()
    visit.page.goto(where)
    expect(visit.page.locator("#id_again")).to_be_visible()


def run_lost(visit: Visit) -> None:
    run(visit)
    where = visit.page.url
    visit.sandbox.fault("create_automation_run", kind="503_after")
    start(visit)
    expect(visit.page.get_by_text("We do not know").first).to_be_visible()
    visit.page.goto(where)
    expect(visit.page.get_by_text("Nobody knows yet").first).to_be_visible()


def run_refused(visit: Visit) -> None:
    run(visit)
    visit.sandbox.fault("create_automation_run", kind="refused", value=1003)
    start(visit)
    expect(visit.page.get_by_text("was not started")).to_be_visible()
    expect(visit.page.locator("#id_typed")).to_have_value("Ask for a review")


def token(visit: Visit) -> None:
    visit.page.goto(f"{customer(visit)}auth-token/")


def token_shown(visit: Visit) -> None:
    token(visit)
    visit.page.locator("#id_reason").fill("The app of the web shop cannot sign her in")
    visit.page.clock.run_for(600)
    visit.page.get_by_role("button", name="Show the token once").click()
    expect(visit.page.locator("#auth-token")).to_be_visible()


def token_shown_before(visit: Visit) -> None:
    token_shown(visit)
    visit.page.reload()
    expect(visit.page.get_by_role("heading", name="It was shown once")).to_be_visible()


ACCESS = [
    Place("automations-of-customer", automations, "marketing"),
    Place("automations-of-customer-none", no_automation, "marketing"),
    Place("automation-run", run, "marketing"),
    Place("automation-run-wrong", run_wrong, "marketing"),
    Place("automation-run-again", run_again, "marketing"),
    Place("automation-run-refused", run_refused, "marketing"),
    Place("automation-run-lost", run_lost, "admin"),
    Place("auth-token", token, "admin"),
    Place("auth-token-shown", token_shown, "admin"),
    Place("auth-token-shown-before", token_shown_before, "admin"),
]
