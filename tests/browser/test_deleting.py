"""The whole walk of a deletion: one admin proposes, another approves, and the page tells by itself how it ended."""

import re

import pytest
from playwright.sync_api import expect

from contacts.deleting.kind import KIND
from contacts.held import jobs, running
from contacts.models import Deletion
from tests.browser.conftest import Tabs
from tests.conftest import Person
from tests.contacts.deleting_hands import add_customer, drive, sent
from tests.fixtures_sandbox import SandboxAccount

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_proposed_approved_and_gone(
    tabs: Tabs,
    admin: Person,
    reviewer: Person,
    sandbox: SandboxAccount,
    monkeypatch: pytest.MonkeyPatch,
    scripts: bool,
) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda action, row_id: None)  # the test is the worker
    customer = add_customer(sandbox)
    first = tabs.open(admin, java_script_enabled=scripts)
    first.goto(f"/contacts/{customer['uuid']}/")
    first.get_by_role("link", name="Delete this customer").click()
    first.get_by_label("GDPR").check()
    first.get_by_label("Reason").fill("Sanne wrote a letter.")
    first.get_by_label(re.compile("^Type the e-mail address")).fill("sanne@mail.example")
    first.get_by_role("button", name="Propose the deletion").click()
    expect(first.locator("main")).to_contain_text("Waits for another admin")

    second = tabs.open(reviewer, java_script_enabled=scripts)
    second.goto("/")
    second.get_by_role("link", name="Open", exact=True).click()
    expect(second.locator("h1")).to_have_text("Deletion of Sanne Visser")
    second.get_by_label("At once: the customer is standing here").check()
    second.get_by_label("Why it cannot wait").fill("She is standing here.")
    second.get_by_label(re.compile("^Type the e-mail address")).fill("sanne@mail.example")
    second.get_by_role("button", name="Approve the deletion").click()
    expect(second.locator("main")).to_contain_text("About to be sent")

    row = Deletion.objects.get()
    running.advance(KIND, row.pk, seconds=0)
    sandbox.advance(200)
    drive(row, until=(Deletion.State.DONE,))
    if not scripts:
        second.reload()
    expect(second.locator("main")).to_contain_text("gone at Piggy", timeout=15_000)  # by itself: the page asks
    expect(second.locator("main")).not_to_contain_text("Sanne")
    assert sent(sandbox) == 1
