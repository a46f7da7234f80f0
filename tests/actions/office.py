"""Bookings at the desk; shops, webhooks and the copy in the office."""

from tests.actions.browsing import Visit
from tests.actions.contacts import sanne
from tests.actions.rows import BEYOND, COMPOSIO, METORIAL, Row
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount


def make_a_booking(person: Person, sandbox: SandboxAccount) -> None:
    sanne(sandbox)
    page = Visit(person, "/bookings/new/").press("Find the customer", customer="sanne@mail.example")
    page.press("Make the booking", starts_at="2026-11-21T19:30", ends_at="2026-11-21T21:30", number_of_people="4")
    assert [row["number_of_people"] for row in sandbox.state("booking")] == [4]


def edit_a_booking(person: Person, sandbox: SandboxAccount) -> None:
    make_a_booking(person, sandbox)
    page = Visit(person, f"/bookings/{sandbox.state('booking')[0]['uuid']}/edit/")
    page.press("Save", number_of_people="6").says("6")
    assert [row["number_of_people"] for row in sandbox.state("booking")] == [6]


def check_in(person: Person, sandbox: SandboxAccount) -> None:
    make_a_booking(person, sandbox)
    Visit(person, f"/bookings/{sandbox.state('booking')[0]['uuid']}/edit/").press("Check in now").says("hecked in")


def read_shops(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_shop("Amersfoort")
    Visit(person, "/staff/shops/").press("Read").says("Amersfoort")


def subscribe(person: Person, sandbox: SandboxAccount) -> Visit:
    return Visit(person, "/catalogue/webhooks/").press("Subscribe this dashboard").says("contact_updated")


def subscribe_webhooks(person: Person, sandbox: SandboxAccount) -> None:
    subscribe(person, sandbox)
    assert sandbox.state("webhook_subscription")


def pause_webhook(person: Person, sandbox: SandboxAccount) -> None:
    subscribe(person, sandbox).press("Pause", near="contact_updated").says("Resume")


def delete_webhook(person: Person, sandbox: SandboxAccount) -> None:
    page, before = subscribe(person, sandbox), len(sandbox.state("webhook_subscription"))
    page.press("Delete", near="contact_updated")
    assert len(sandbox.state("webhook_subscription")) == before - 1


ROWS = [
    Row(COMPOSIO, "Update Bookings", "bookings:edit", "desk", "update_booking", edit_a_booking),
    Row(BEYOND, "check a booking in", "bookings:check-in", "desk", "update_booking", check_in),
    Row(BEYOND, "create a booking", "bookings:new", "desk", "create_booking", make_a_booking),
    Row(METORIAL, "list_shops", "accounts:shops", "admin", "list_shops", read_shops),
    Row(
        BEYOND,
        "subscribe webhooks",
        "catalogue:webhooks",
        "admin",
        "create_webhook_subscription",
        subscribe_webhooks,
    ),
    Row(BEYOND, "list webhooks", "catalogue:webhooks", "admin", "list_webhook_subscriptions", subscribe_webhooks),
    Row(BEYOND, "pause a webhook", "catalogue:webhook-pause", "admin", "update_webhook_subscription", pause_webhook),
    Row(BEYOND, "delete a webhook", "catalogue:webhook-delete", "admin", "delete_webhook_subscription", delete_webhook),
]
