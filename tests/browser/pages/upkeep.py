"""How the dashboard is doing, and what Piggy tells it of."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import ContactCopy, Hint, Sweep
from piggyadmin.desk.status.counting import Counter
from piggyadmin.piggy.log import CallRecord
from tests.browser.pages.places import LONG_NAME, UNBROKEN_NAME, Place, Visit, goto, lose_a_redemption

OF_OTHERS = f"https://{'very-long-name-of-a-host.' * 5}example/{'path/' * 20}"


def status_first_day(visit: Visit) -> None:
    visit.page.goto("/status/")


def status_needs(visit: Visit) -> None:
    """Much at once: a sweep with a problem, a hint that waits, an answer that was lost, an hour of bad answers."""
    now = timezone.now()
    counter = Counter()
    told: tuple[tuple[int, dict[str, Any]], ...] = (
        (1200, {"status": 200, "milliseconds": 80}),
        (140, {"status": 400, "code": 55031, "error": "PiggyNotFound", "milliseconds": 60}),
        (12, {"status": 400, "code": 1003, "error": "PiggyInvalid", "milliseconds": 70}),
        (160, {"status": 503, "error": "PiggyUnavailable", "milliseconds": 4000}),
        (9, {"status": None, "error": "PiggyOutcomeUnknown", "milliseconds": 5000}),
    )
    usual: dict[str, Any] = {
        "operation": "find_contact",
        "method": "GET",
        "code": None,
        "request_id": "",
        "limit": 5000,
        "left": 640,
    }
    for number, facts in told:
        for _ in range(number):
            counter.observe(CallRecord(**usual | facts))
    counter.write()
    lose_a_redemption(visit)
    for number in range(30):
        ContactCopy.objects.create(contact_uuid=f"c-{number}", read_at=now, how="page")
    Sweep.objects.create(
        kind=Sweep.Kind.FULL,
        started_at=now - timedelta(minutes=4),
        total=20_000,
        seen=12_400,
        problem="Piggy ignores dates or order in its list, so it is read by page numbers.",
    )
    Hint.objects.create(received_at=now - timedelta(hours=1), event_type="contact_updated", contact_uuid="c-1")
    visit.page.goto("/status/")


def status_read_all(visit: Visit) -> None:
    visit.page.goto("/status/")
    visit.page.get_by_role("button", name="Read all contacts now").click()
    expect(visit.page.get_by_text("All contacts are being read")).to_be_visible()


def webhooks_subscribed(visit: Visit) -> None:
    visit.sandbox.add_webhook("contact_created", OF_OTHERS, "x", name=LONG_NAME)
    visit.sandbox.add_webhook("form_submission_completed", "https://x.example/hook", "x", name=UNBROKEN_NAME)
    for number, state in enumerate(Hint.State):
        Hint.objects.create(
            received_at=timezone.now() - timedelta(minutes=number),
            event_type="prepaid_transaction_created",
            contact_uuid=f"c0ffee00-0000-4000-8000-00000000000{number}",
            state=state,
        )
    visit.page.goto("/catalogue/webhooks/")
    visit.page.get_by_role("button", name="Subscribe this dashboard").click()
    expect(visit.page.get_by_text("8 events more")).to_be_visible()
    visit.page.get_by_role("button", name="Pause contact_updated").click()
    expect(visit.page.get_by_text("Paused. Piggy")).to_be_visible()


def webhooks_wrong(visit: Visit) -> None:
    visit.page.goto("/catalogue/webhooks/")
    visit.page.get_by_label("Our address").fill("https://dashboard.example/hook")
    visit.page.get_by_role("button", name="Subscribe this dashboard").click()
    expect(visit.page.locator("main .error").first).to_be_visible()


def webhooks_unknown(visit: Visit) -> None:
    visit.sandbox.fault("create_webhook_subscription", kind="lost_before")
    visit.page.goto("/catalogue/webhooks/")
    visit.page.get_by_role("button", name="Subscribe this dashboard").click()
    expect(visit.page.get_by_text("We do not know whether").first).to_be_visible()


UPKEEP = [
    Place("status-first-day", status_first_day, "admin"),
    Place("status-needs", status_needs, "admin"),
    Place("status-read-all", status_read_all, "admin"),
    Place("webhooks-none", goto("/catalogue/webhooks/"), "admin"),
    Place("webhooks", webhooks_subscribed, "admin"),
    Place("webhooks-wrong", webhooks_wrong, "admin"),
    Place("webhooks-unknown", webhooks_unknown, "admin"),
]
