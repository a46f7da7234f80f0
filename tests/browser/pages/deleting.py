"""Deleting a customer: the proposal, and a deletion in every state."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from contacts.copy.forgetting import forget
from contacts.deleting import services
from contacts.held import deciding
from contacts.models import ContactCopy, Deletion, GoneContact
from piggyadmin.accounts.models import Staff
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import form_token
from tests.browser.pages.places import LONG_NAME, UNBROKEN_NAME, Place, Visit, goto, regular
from tests.conftest import Person

State = Deletion.State
WORDS = "She wrote a letter, and showed her passport at the counter."


def open_page(visit: Visit, contact: dict[str, Any] | None = None) -> None:
    contact = contact or regular(visit.sandbox)
    visit.page.goto(f"/contacts/{contact['uuid']}/delete/")


def delete_long(visit: Visit) -> None:
    open_page(visit, regular(visit.sandbox, firstname=LONG_NAME, lastname=UNBROKEN_NAME))


def delete_anonymous(visit: Visit) -> None:
    open_page(visit, visit.sandbox.add_contact(None, anonymous=True))


def delete_badly(visit: Visit) -> None:
    open_page(visit)
    visit.page.get_by_label("GDPR").check()
    visit.page.get_by_label("Reason").fill(WORDS)
    visit.page.get_by_label("Type the e-mail address").fill("sanne")
    visit.page.clock.run_for(600)
    visit.page.locator("button[data-careful]").click()
    expect(visit.page.locator(".error").first).to_be_visible()


def delete_unread(visit: Visit) -> None:
    contact = regular(visit.sandbox)
    visit.sandbox.fault("get_contact", kind="500", times=-1)
    open_page(visit, contact)


def delete_again(visit: Visit) -> None:
    row = proposed(visit)
    visit.page.goto(f"/contacts/{row.contact_uuid}/delete/")


def proposed(
    visit: Visit, *, by: Staff | None = None, words: str = WORDS, kind: str = "GDPR", **names: str
) -> Deletion:
    contact = regular(visit.sandbox, **names)
    facts = services.look_up(contact["uuid"]).facts
    assert facts
    assert visit.person
    staff = by or visit.person.staff
    actor = Actor(staff, staff.role, visit.person.shop)
    return services.propose(who=facts, type="GDPR", reason=words, at_once=False, by=actor, token=form_token())


def colleague(visit: Visit) -> Staff:
    assert visit.person
    staff = Staff.objects.create_user(username="colleague", name="Saskia de Wit", password="correct horse battery")
    staff.groups.set(visit.person.staff.groups.all())
    return staff


def own(visit: Visit) -> None:
    see(visit, proposed(visit))


def somebody_elses(visit: Visit) -> None:
    see(visit, proposed(visit, by=colleague(visit), words=WORDS * 9, firstname=UNBROKEN_NAME))


def approved_badly(visit: Visit) -> None:
    see(visit, proposed(visit, by=colleague(visit)))
    visit.page.get_by_label("Type the e-mail address").fill("jan@mail.example")
    visit.page.clock.run_for(600)
    visit.page.locator("button[data-careful]").click()
    expect(visit.page.locator(".error").first).to_be_visible()


def held(visit: Visit) -> Deletion:
    person: Person | None = visit.person
    assert person
    row = proposed(visit, by=colleague(visit))
    deciding.approve(row, by=Actor(person.staff, person.staff.role, person.shop))
    return row


def in_state(state: str, **fields: Any) -> Any:
    """A page of a deletion that was approved, in a later state."""

    def go(visit: Visit) -> None:
        row = held(visit)
        over = timezone.now() if fields.get("over") else None
        values = {name: value for name, value in fields.items() if name != "over"}
        far = timezone.now() + timedelta(days=1)
        Deletion.objects.filter(pk=row.pk).update(
            state=state, ended_at=over, look_at=far, sent_at=timezone.now(), **values
        )
        see(visit, row)

    return go


def see(visit: Visit, row: Deletion) -> None:
    visit.page.goto(f"/contacts/deletions/{row.pk}/")


def listed(visit: Visit) -> None:
    row = held(visit)
    assert visit.person
    ContactCopy.objects.create(
        contact_uuid=row.contact_uuid, firstname=LONG_NAME, lastname=UNBROKEN_NAME, read_at=timezone.now(), how="opened"
    )
    for number, state in enumerate(State.values):
        Deletion.objects.create(
            contact_uuid=f"gone-{number}",
            type="GDPR" if number % 2 else "DEFAULT",
            state=state,
            proposed_by=visit.person.staff,
            proposed_at=timezone.now(),
            ended_at=timezone.now(),
            expected={},
        )
    visit.page.goto("/contacts/deletions/")


def erase(visit: Visit) -> None:
    forget("an-old-customer", why=GoneContact.Why.VANISHED)
    visit.page.goto("/contacts/an-old-customer/erase/")


DELETING = [
    Place("delete", open_page, "admin"),
    Place("delete-long", delete_long, "admin"),
    Place("delete-anonymous", delete_anonymous, "admin"),
    Place("delete-badly", delete_badly, "admin"),
    Place("delete-unread", delete_unread, "admin"),
    Place("delete-again", delete_again, "admin"),
    Place("deletion-own", own, "admin"),
    Place("deletion-to-approve", somebody_elses, "admin"),
    Place("deletion-approved-badly", approved_badly, "admin"),
    Place("deletion-held", lambda visit: see(visit, held(visit)), "admin"),
    Place("deletion-unknown", in_state("unknown"), "admin"),
    Place("deletion-scheduled", in_state("scheduled"), "admin"),
    Place("deletion-done", in_state("done", over=True), "admin"),
    Place("deletion-incident", in_state("incident", problems=["source_answers"]), "admin"),
    Place("deletion-refused", in_state("refused", over=True, problems=["55031"]), "admin"),
    Place("deletion-stopped", in_state("cancelled", over=True, problems=["more"]), "admin"),
    Place("erase", erase, "admin"),
    Place("deletions", listed, "admin"),
    Place("deletions-none", goto("/contacts/deletions/"), "admin"),
]
