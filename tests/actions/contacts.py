"""Contacts: finding, making, claiming, changing, awarding, merging, deleting."""

from typing import Any

from django.utils import timezone

from contacts.copy import jobs
from contacts.held import running
from contacts.merging.kind import KIND as MERGE
from contacts.models import Deletion, Merge, Sweep
from tests.actions.browsing import Visit, colleague
from tests.actions.rows import BEYOND, COMPOSIO, METORIAL, Row
from tests.conftest import Person
from tests.contacts.deleting_hands import drive
from tests.contacts.merging_hands import release
from tests.fixtures_sandbox import SandboxAccount

CARD, FREE_CARD = "2600441700810092", "2600118022104417"


def sanne(sandbox: SandboxAccount, **fields: Any) -> str:
    """A customer with 1,240 credits and a card; her uuid."""
    given = {"firstname": "Sanne", "lastname": "Visser", "credits": 1240, "prepaid_in_cents": 450} | fields
    contact = sandbox.add_contact("sanne@mail.example", **given)
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"], default=True)
    return str(contact["uuid"])


def at(uuid: str, page: str = "") -> str:
    return f"/contacts/{uuid}/{page and page + '/'}"


# --- finding -------------------------------------------------------------------------------------------------------


def find_by_email(person: Person, sandbox: SandboxAccount) -> None:
    sanne(sandbox)
    Visit(person, "/").press("Find", q="sanne@mail.example").says("Sanne Visser", "1,240")


def find_by_phone(person: Person, sandbox: SandboxAccount) -> None:
    sanne(sandbox, phonenumber="+31612345678")
    Visit(person, "/").press("Find", q="06 12345678").says("Sanne Visser", "1,240")


def find_by_card(person: Person, sandbox: SandboxAccount) -> None:
    sanne(sandbox)
    Visit(person, "/").press("Find", q="2600 4417 0081 0092").says("Sanne Visser", "1,240")


def open_by_uuid(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, at(sanne(sandbox))).says("Sanne Visser", "Credits 1,240 live", "€ 4.50 live")


def see_what_she_has(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sanne(sandbox)
    sandbox.add_voucher("COFFEE-1", contact_uuid=uuid)
    sandbox.add_loyalty_transaction(contact_uuid=uuid, credits=25)
    sandbox.add_prepaid_transaction(contact_uuid=uuid, amount_in_cents=1000)
    sandbox.add_reward("Free flat white", required_credits=100)
    Visit(person, at(uuid)).says("Free coffee", "Free flat white", "+25", "€ 10.00")


def page_through_the_list(person: Person, sandbox: SandboxAccount) -> None:
    sanne(sandbox)
    Visit(person, "/status/").press("Read all contacts")
    work_off_the_copy()
    Visit(person, "/contacts/").says("Visser")


def work_off_the_copy() -> None:
    """What the worker does with the sweep that was asked for."""
    for sweep in Sweep.objects.filter(ended_at=None):
        jobs.advance(str(sweep.pk))


# --- making and changing -------------------------------------------------------------------------------------------


def create(person: Person, sandbox: SandboxAccount) -> None:
    page = Visit(person, "/contacts/new/").press("Look", email="lars@mail.example")
    page.press("Make the customer", firstname="Lars", lastname="Berg").says("Lars Berg")
    assert [row["email"] for row in sandbox.state("contact")] == ["lars@mail.example"]


def find_or_create(person: Person, sandbox: SandboxAccount) -> None:
    """Where the address could not be asked about, Piggy finds or makes."""
    sandbox.fault("find_contact", kind="503", times=-1)
    page = Visit(person, "/contacts/new/").press("Look", email="lars@mail.example")
    sandbox.clear_faults()
    page.press("Find or make the customer").says("lars@mail.example")


def create_anonymous(person: Person, sandbox: SandboxAccount) -> None:
    page = Visit(person, "/contacts/new/").press("Look", card=FREE_CARD)
    page.press("Make an anonymous customer").says("Anonymous customer")


def edit(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sanne(sandbox)
    Visit(person, at(uuid, "edit")).press("Save", a_lastname="de Visser").says("Sanne de Visser")


def subscribe(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_subscription_type("Newsletter", "OPT_IN")
    uuid = sanne(sandbox)
    Visit(person, at(uuid, "subscriptions")).press("Subscribe", near="Newsletter").says("gets Newsletter from now on")


def unsubscribe(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_subscription_type("Newsletter", "OPT_OUT")
    uuid = sanne(sandbox)
    Visit(person, at(uuid, "subscriptions")).press("Unsubscribe", near="Newsletter").says("gets no more Newsletter")


# --- who somebody is -----------------------------------------------------------------------------------------------


def claim(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_contact(anonymous=True, credits=240)["uuid"]
    sandbox.add_identifier(CARD, contact_uuid=uuid, default=True)
    Visit(person, at(uuid, "claim")).press("Claim", email="nieuw@mail.example").says("nieuw@mail.example")


def send_code(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, at(sanne(sandbox), "verify")).press("Send").says("Sent a verification mail")
    assert [sent.email for sent in sandbox.codes_sent] == ["sanne@mail.example"]


def check_code(person: Person, sandbox: SandboxAccount) -> None:
    page = Visit(person, at(sanne(sandbox), "verify")).press("Send")
    page.press("Check", otp=sandbox.codes_sent[-1].code).says("Verified: the code proved")


# --- credits -------------------------------------------------------------------------------------------------------


def award_by_amount(person: Person, sandbox: SandboxAccount) -> None:
    page = Visit(person, at(sanne(sandbox), "award")).press("See", amount="25.40").says("1,240", "1,265")
    page.press("Award").says("1,265")


def award_by_credits(person: Person, sandbox: SandboxAccount) -> None:
    page = Visit(person, at(sanne(sandbox), "award")).press("See", credits="15").says("1,255")
    page.press("Award").says("1,255")


def reverse_award(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sanne(sandbox)
    award = sandbox.add_loyalty_transaction(contact_uuid=uuid, credits=25)
    page = Visit(person, f"{at(uuid, 'award')}{award['uuid']}/reverse/")
    page.press("Take", why="amount").says("1,240")


# --- cards ---------------------------------------------------------------------------------------------------------


def link_card(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sanne(sandbox)
    sandbox.add_identifier(FREE_CARD)
    Visit(person, at(uuid, "cards")).press("Link", card=FREE_CARD).says("4417")


def make_card(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sanne(sandbox)
    Visit(person, at(uuid, "cards")).press("Link", card=FREE_CARD).press("Make").says("4417")


def unlink_card(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, at(sanne(sandbox), "cards")).press("Unlink").press("Unlink").says("belongs to nobody now")


def switch_card_off(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, at(sanne(sandbox), "cards")).press("Switch off").press("Switch").says("off")


def rename_card(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, at(sanne(sandbox), "cards")).press("Rename").press("Rename", name="Blue card").says("Blue card")


# --- for good ------------------------------------------------------------------------------------------------------


def merge(person: Person, sandbox: SandboxAccount) -> None:
    """One admin proposes, another approves, the worker does it."""
    sandbox.set(merge_seconds=0)
    stays = sanne(sandbox)
    goes = sandbox.add_contact("s.visser@mail.example", firstname="S.", lastname="Visser", credits=80)["uuid"]
    page = Visit(person, f"/contacts/merges/new/?source={goes}&destination={stays}")
    page.press("Propose", reason="Same woman, two cards.", confirm="Visser")
    row = Merge.objects.get()
    Visit(colleague(person), f"/contacts/merges/{row.pk}/").press("Approve", confirm="Visser")
    for _ in range(3):
        release(row)
        running.advance(MERGE, row.pk, seconds=5)
    Visit(person, f"/contacts/merges/{row.pk}/").says("Merged")
    assert [row["uuid"] for row in sandbox.state("contact")] == [stays]


def delete(person: Person, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.set(delete_seconds=0)
    page = Visit(person, at(sanne(sandbox), "delete"))
    page.press("Propose", type=kind, reason="She asked for it", typed="sanne@mail.example")
    row = Deletion.objects.get()
    Visit(colleague(person), f"/contacts/deletions/{row.pk}/").press("Approve", typed="sanne@mail.example")
    Deletion.objects.update(hold_until=timezone.now())
    drive(row, until=("done",))
    Visit(person, f"/contacts/deletions/{row.pk}/").says("The customer is gone at Piggy")
    assert sandbox.state("contact") == []


def delete_standard(person: Person, sandbox: SandboxAccount) -> None:
    delete(person, sandbox, "DEFAULT")


def delete_gdpr(person: Person, sandbox: SandboxAccount) -> None:
    delete(person, sandbox, "GDPR")


ROWS = [
    Row(COMPOSIO, "Claim Anonymous Contact", "contacts:claim", "desk", "claim_anonymous_contact", claim),
    Row(COMPOSIO, "Create Credit Reception", "contacts:award", "desk", "create_credit_reception", award_by_amount),
    Row(
        COMPOSIO,
        "Create Credit Reception in credits",
        "contacts:award",
        "desk",
        "create_credit_reception",
        award_by_credits,
    ),
    Row(COMPOSIO, "Get Contact's Credit Balance", "contacts:contact", "desk", "get_contact", open_by_uuid),
    Row(COMPOSIO, "Merge Contacts", "contacts:propose-merge", "admin", "merge_contacts", merge),
    Row(COMPOSIO, "Send Contact Verification Email", "contacts:verify", "desk", "send_verification_email", send_code),
    Row(BEYOND, "check the code of a verification mail", "contacts:verify", "desk", "verify_login_code", check_code),
    Row(
        COMPOSIO,
        "Update Contact Identifiers",
        "contacts:card-switch",
        "desk",
        "update_contact_identifier",
        switch_card_off,
    ),
    Row(METORIAL, "update_contact", "contacts:edit", "desk", "update_contact", edit),
    Row(METORIAL, "delete_contact standard", "contacts:delete", "admin", "delete_contact", delete_standard),
    Row(METORIAL, "delete_contact gdpr", "contacts:delete", "admin", "delete_contact", delete_gdpr),
    Row(METORIAL, "list_contacts", "contacts:list", "admin", "list_contacts", page_through_the_list),
    Row(METORIAL, "create_contact", "contacts:new", "desk", "create_contact", create),
    Row(METORIAL, "create_contact find or create", "contacts:new", "desk", "find_or_create_contact", find_or_create),
    Row(METORIAL, "create_contact anonymous", "contacts:new", "desk", "create_anonymous_contact", create_anonymous),
    Row(METORIAL, "get_contact by uuid", "contacts:contact", "desk", "get_contact", open_by_uuid),
    Row(METORIAL, "get_contact by email", "desk:find", "desk", "find_contact", find_by_email),
    Row(BEYOND, "find a contact by phone", "desk:find", "desk", "list_contacts", find_by_phone),
    Row(METORIAL, "manage_contact_identifiers find", "desk:find", "desk", "find_contact_identifier", find_by_card),
    Row(
        METORIAL,
        "manage_contact_identifiers list",
        "contacts:contact",
        "desk",
        "list_contact_identifiers",
        see_what_she_has,
    ),
    Row(
        METORIAL, "manage_contact_identifiers create", "contacts:cards", "desk", "create_contact_identifier", make_card
    ),
    Row(METORIAL, "manage_contact_identifiers link", "contacts:cards", "desk", "link_contact_identifier", link_card),
    Row(
        METORIAL,
        "manage_contact_identifiers unlink",
        "contacts:card-unlink",
        "admin",
        "unlink_contact_identifier",
        unlink_card,
    ),
    Row(BEYOND, "name a card", "contacts:card-rename", "admin", "update_contact_identifier", rename_card),
    Row(METORIAL, "award_credits", "contacts:award", "desk", "create_credit_reception", award_by_amount),
    Row(BEYOND, "see what a purchase gives", "contacts:award", "desk", "calculate_credits", award_by_amount),
    Row(BEYOND, "reverse credits", "contacts:reverse-award", "admin", "reverse_credit_reception", reverse_award),
    Row(BEYOND, "subscribe to mail", "contacts:subscriptions", "desk", "subscribe_contact", subscribe),
    Row(BEYOND, "unsubscribe from mail", "contacts:subscriptions", "desk", "unsubscribe_contact", unsubscribe),
    Row(BEYOND, "see the vouchers of a contact", "contacts:contact", "desk", "list_vouchers", see_what_she_has),
]
