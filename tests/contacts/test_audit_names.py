"""The audit names customers as the copy knows them now; the ledger itself keeps no name."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.copy.names import names_now
from contacts.models import ContactCopy, GoneContact
from piggyadmin.ledger.actions import Action, Words
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.copy_hands import copied

pytestmark = pytest.mark.django_db

NOTE = Action("test.noted", "ledger.view_acts", Words("Note", "Noted.", "Not.", "Unknown."), writes_to_piggy=False)
ANNA = "5f0c88aa-0000-4000-8000-000000000001"


def merged(source: str, survivor: str) -> None:
    why = GoneContact.Why.MERGED if survivor else GoneContact.Why.ERASED
    GoneContact.objects.create(contact_uuid=source, survivor_uuid=survivor, why=why, gone_at=timezone.now())


def noted(person: Person, target: Target) -> Act:
    return record(NOTE, by=Actor(person.staff, person.staff.role, person.shop), target=target)


def test_the_list_and_the_act_say_the_name_and_the_ledger_does_not(admin: Person) -> None:
    copied(ANNA, "Zoë O’Brien")
    act = noted(admin, Target("contact", ANNA))
    for address in ("/audit/", f"/audit/{act.pk}/"):
        assert (
            f'<a href="/contacts/{ANNA}/"><bdi>Zoë O’Brien</bdi>, <bdi>customer 5f0c88aa</bdi></a>'
            in admin.get(address).text
        )
    assert "Zoë" not in str(Act.objects.values().get(pk=act.pk))


def test_an_act_on_a_thing_of_theirs_says_whose_it_is(admin: Person) -> None:
    copied(ANNA, "Zoë O’Brien")
    noted(admin, Target("visit", "9a000000", contact_id=ANNA))
    assert "<bdi>Zoë O’Brien</bdi>, <bdi>visit 9a000000</bdi>" in admin.get("/audit/").text


def test_a_merged_customer_is_named_after_the_one_who_stayed(admin: Person) -> None:
    copied("last", "Zoë O’Brien")
    merged("first", "second")
    merged("second", "last")
    noted(admin, Target("contact", "first"))
    assert "<bdi>now Zoë O’Brien</bdi>, <bdi>customer first</bdi>" in admin.get("/audit/").text


def test_who_was_erased_or_has_no_name_is_named_by_the_id_alone(admin: Person) -> None:
    merged("erased", "")
    merged("ring", "gnir")
    merged("gnir", "ring")
    copied("left-over", "Zoë O’Brien")
    merged("left-over", "")
    copied("nameless")
    assert names_now(["erased", "ring", "left-over", "nameless", "never seen", ""]) == {}
    noted(admin, Target("contact", "erased"))
    assert '<a href="/contacts/erased/"><bdi>customer erased</bdi></a>' in admin.get("/audit/").text


def test_only_who_may_see_customers_reads_their_names(admin: Person) -> None:
    copied(ANNA, "Zoë O’Brien")
    noted(admin, Target("contact", ANNA))
    for group in Group.objects.all():
        group.permissions.remove(*group.permissions.filter(codename="view_contact"))
    assert "Zoë" not in admin.get("/audit/").text


def test_a_page_of_acts_asks_once_for_all_their_names(admin: Person) -> None:
    for number in range(60):
        copied(f"c-{number}", f"Anna {number}")
        noted(admin, Target("contact", f"c-{number}"))
    for number in range(0, 60, 2):
        merged(f"c-{number}", f"c-{number + 1}")
        ContactCopy.objects.filter(contact_uuid=f"c-{number}").delete()
    with CaptureQueriesContext(connection) as asked:
        page: Any = admin.get("/audit/")
    assert page.text.count("<bdi>now Anna ") == page.text.count("<bdi>Anna ") == 25
    about = [each["sql"] for each in asked if "contactcopy" in each["sql"] or "gonecontact" in each["sql"]]
    assert len(about) == 1
