"""The contact's page and the local copy: what opening leaves in it, and what it tells while Piggy is away."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.copy.forgetting import forget
from contacts.copy.taking import take
from contacts.models import CardCopy, ContactCopy, GoneContact, How, RecentContact
from piggyadmin import afterwards
from piggyadmin.piggy.payloads import Contact
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    contact = sandbox.add_contact(
        "sanne@mail.example", firstname="Sanne", lastname="Vermeulen", phonenumber="+31612345678", credits=1240
    )
    sandbox.add_identifier("2600441700810092", contact_uuid=contact["uuid"], default=True)
    sandbox.add_identifier("2600441700810093", contact_uuid=contact["uuid"])
    return contact


def copied(sanne: dict, **changes: object) -> ContactCopy:
    """The contact as it stood in the copy three minutes ago."""
    values = {"firstname": "Sanne", "lastname": "Vermeulen", "credits": 1100}
    told = Contact(uuid=sanne["uuid"], email="sanne@mail.example", current_values={**values, **changes})
    take(told, how=How.PAGE, read_at=timezone.now() - timedelta(minutes=3))
    ContactCopy.objects.filter(contact_uuid=sanne["uuid"]).update(credits=1100, prepaid_cents=550)
    return ContactCopy.objects.get(contact_uuid=sanne["uuid"])


def test_opening_a_customer_leaves_them_and_all_their_cards_in_the_copy(desk: Person, sanne: dict) -> None:
    desk.get(f"/contacts/{sanne['uuid']}/")
    copy = ContactCopy.objects.get(contact_uuid=sanne["uuid"])
    assert (copy.name, copy.email, copy.credits, copy.how) == ("Sanne Vermeulen", "sanne@mail.example", 1240, "opened")
    assert copy.cards_read_at is not None
    assert set(CardCopy.objects.values_list("value", flat=True)) == {"2600441700810092", "2600441700810093"}


def test_opening_again_what_is_known_writes_nothing_of_the_copy(desk: Person, sanne: dict) -> None:
    desk.get(f"/contacts/{sanne['uuid']}/")
    with CaptureQueriesContext(connection) as asked:
        desk.get(f"/contacts/{sanne['uuid']}/")
    written = [row["sql"] for row in asked if row["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [sql for sql in written if "contactcopy" in sql or "cardcopy" in sql]


def test_a_change_that_is_seen_on_opening_goes_into_the_copy(desk: Person, sanne: dict) -> None:
    copied(sanne)
    desk.get(f"/contacts/{sanne['uuid']}/")
    assert ContactCopy.objects.get(contact_uuid=sanne["uuid"]).credits == 1240


def test_with_piggy_down_the_last_known_figures_are_shown_as_a_copy_with_their_age(
    desk: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    copied(sanne)
    sandbox.broken = 503
    page = desk.get(f"/contacts/{sanne['uuid']}/")
    assert page.status_code == 503
    for words in ("Sanne Vermeulen", "1,100", "€\u00a05.50", "copy,", "3 min old", "do not pay out by them"):
        assert words in page.text
    assert "live" not in page.text.split('aria-label="Balances as last known"')[1].split("</section>")[0]


def test_the_last_customers_carry_the_name_that_piggy_says_now(desk: Person, sanne: dict) -> None:
    copied(sanne, firstname="Susanne")
    desk.get(f"/contacts/{sanne['uuid']}/")
    assert RecentContact.objects.get().name == "Sanne Vermeulen"


def test_one_who_was_merged_away_leads_to_the_survivor(desk: Person, sanne: dict) -> None:
    forget("an-old-uuid", why=GoneContact.Why.MERGED, survivor="another-old-uuid")
    forget("another-old-uuid", why=GoneContact.Why.MERGED, survivor=sanne["uuid"])
    page = desk.get("/contacts/an-old-uuid/", follow=True)
    assert page.redirect_chain == [(f"/contacts/{sanne['uuid']}/", 303)]
    assert "was merged into this one" in page.text
    assert "Sanne Vermeulen" in page.text


def test_one_who_was_deleted_says_since_when(desk: Person, sandbox: SandboxAccount) -> None:
    forget("an-old-uuid", why=GoneContact.Why.DELETED)
    page = desk.get("/contacts/an-old-uuid/")
    assert page.status_code == 404
    assert "This customer is gone" in page.text
    assert "deleted at Piggy since" in page.text


def test_one_whom_piggy_has_no_more_goes_from_the_copy(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    told = Contact(uuid="not-at-piggy", current_values={"firstname": "Gone"})
    take(told, how=How.PAGE)
    assert desk.get("/contacts/not-at-piggy/").status_code == 404
    assert not ContactCopy.objects.filter(contact_uuid="not-at-piggy").exists()
    assert GoneContact.objects.get().why == GoneContact.Why.VANISHED


def test_a_fault_after_the_answer_is_logged_and_harms_nobody(
    desk: Person, sanne: dict, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("contacts.lookup.sights.take", broken)
    page = desk.get(f"/contacts/{sanne['uuid']}/")
    assert page.status_code == 200
    assert "work after an answer failed" in caplog.text
    assert not afterwards._list()
