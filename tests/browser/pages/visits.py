"""Visits of a customer: the list, one made and changed, a lost answer; and who brought whom."""

from playwright.sync_api import expect

from piggyadmin.piggy.client import Piggy
from tests.browser.pages.orders import customer
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit


def some(visit: Visit, uuid: str) -> str:
    """Four visits; the id of the last one."""
    row = {}
    for day, source in ((2, "Door counter"), (9, UNBROKEN_NAME), (16, " ".join(ARABIC_NAME)), (20, None)):
        at = f"2026-11-{day:02}T10:00:00+00:00"
        ends = None if source is None else f"2026-11-{day:02}T11:30:00+00:00"
        row = visit.sandbox.add(
            "visit",
            contact_uuid=uuid,
            source=source,
            external_id=f"VI-{day}{UNBROKEN_NAME if day == 9 else ''}",
            starts_at=at,
            ends_at=ends,
            created_at=at,
        )
    return str(row["uuid"])


def visits(visit: Visit) -> None:
    uuid = customer(visit)
    some(visit, uuid)
    visit.page.goto(f"/contacts/{uuid}/visits/")


def visits_empty(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{customer(visit, firstname=LONG_NAME, lastname=UNBROKEN_NAME)}/visits/")


def visits_unread(visit: Visit) -> None:
    uuid = customer(visit)
    visit.sandbox.fault("list_visits", kind="503", times=-1)
    visit.page.goto(f"/contacts/{uuid}/visits/")


def make(visit: Visit, starts: str = "2026-11-20T18:00", ends: str = "2026-11-20T19:30") -> None:
    visit.page.goto(f"/contacts/{customer(visit)}/visits/new/")
    visit.page.get_by_label("Came").fill(starts)
    visit.page.get_by_label("Left", exact=True).fill(ends)
    visit.page.get_by_label("Source").fill("Door counter")
    visit.page.get_by_role("button", name="Make the visit").click()


def make_refused(visit: Visit) -> None:
    make(visit, ends="2026-11-20T17:30")
    expect(visit.page.locator(".error").first).to_be_visible()


def make_lost(visit: Visit) -> None:
    visit.sandbox.fault("create_visit", kind="lost_after")
    make(visit)
    expect(visit.page.get_by_role("heading", name="We did not get an answer")).to_be_visible()


def change(visit: Visit) -> None:
    uuid = customer(visit)
    visit.page.goto(f"/contacts/{uuid}/visits/{some(visit, uuid)}/edit/")


def save(visit: Visit, source: str = "The other door") -> None:
    change(visit)
    visit.page.get_by_label("Source").fill(source)


def change_refused(visit: Visit) -> None:
    save(visit)
    visit.sandbox.fault("update_visit", kind="refused", value=1003)
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.get_by_role("heading", name="Not saved")).to_be_visible()


def change_code_taken(visit: Visit) -> None:
    change(visit)
    visit.page.locator("[name=external_id]").fill("VI-2")
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.get_by_role("heading", name="Not saved")).to_be_visible()


def change_clash(visit: Visit) -> None:
    save(visit)
    piggy = Piggy(base_url=visit.sandbox.base_url, tokens=visit.sandbox.token)
    piggy.update_visit(visit_uuid=visit.page.url.split("/")[-3], fields={"source": UNBROKEN_NAME})
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.get_by_role("heading", name="somebody changed it")).to_be_visible()


def change_lost(visit: Visit) -> None:
    save(visit)
    visit.sandbox.fault("update_visit", kind="lost_after")
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.get_by_role("heading", name="We did not get an answer")).to_be_visible()


def change_down(visit: Visit) -> None:
    save(visit)
    visit.sandbox.fault("*", kind="503", times=-1)
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.locator("main .notice").first).to_be_visible()


def change_busy(visit: Visit) -> None:
    save(visit)
    visit.sandbox.fault("update_visit", kind="429", retry_after=40)
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.locator("main .notice").first).to_be_visible()


def brought(visit: Visit) -> None:
    """A customer who brought two others."""
    uuid = customer(visit)
    for number, (first, status) in enumerate(((LONG_NAME, "completed"), (ARABIC_NAME[0], "pending"))):
        other = visit.sandbox.add_contact(f"{UNBROKEN_NAME.lower()}{number}@mail.example", firstname=first)["uuid"]
        visit.sandbox.add("referral", referring_contact_uuid=uuid, referred_contact_uuid=other, status=status)
    visit.page.goto(f"/contacts/{uuid}/referrals/")


def account(visit: Visit) -> None:
    coffee = {"type": "voucher", "data": {"promotion": {"uuid": "p-1", "name": f"Coffee {UNBROKEN_NAME}"}}}
    visit.sandbox.add("referral_settings", limit_per_contact=10, referred_contact_incentive=coffee)
    brought(visit)
    visit.page.goto("/catalogue/referrals/")


def account_unread(visit: Visit) -> None:
    visit.sandbox.fault("reads", kind="503", times=-1)
    visit.page.goto("/catalogue/referrals/")


VISITS: list[Place] = [
    Place("visits", visits),
    Place("visits-empty", visits_empty),
    Place("visits-unread", visits_unread, "marketing"),
    Place("visit-new-refused", make_refused),
    Place("visit-new-lost", make_lost),
    Place("visit-change", change),
    Place("visit-change-refused", change_refused),
    Place("visit-change-code-taken", change_code_taken),
    Place("visit-change-clash", change_clash),
    Place("visit-change-lost", change_lost),
    Place("visit-change-busy", change_busy),
    Place("visit-change-down", change_down),
    Place("referrals", brought),
    Place("referrals-account", account, "marketing"),
    Place("referrals-account-unread", account_unread, "marketing"),
]
