"""The anonymous customers that were met: who stands in the list, and who no longer does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.claiming import met
from contacts.models import AnonymousContact
from piggyadmin.piggy.payloads import Contact
from tests.conftest import Person

CARD = "2600441700810092"
NOBODY = Contact(uuid="c-1", email="x@anonymous.example", current_values={"is_anonymous": True})
SOMEBODY = Contact(uuid="c-1", email="sanne@mail.example", current_values={"is_anonymous": False})


def many(count: int) -> None:
    now = timezone.now()
    AnonymousContact.objects.bulk_create(
        AnonymousContact(
            contact_uuid=f"c-{number}",
            card=f"26004417{number:08}",
            met_at=now - timedelta(days=9),
            seen_at=now - timedelta(minutes=number),
        )
        for number in range(count)
    )


@pytest.mark.django_db
def test_each_sight_is_one_statement(django_assert_num_queries: object) -> None:
    for contact in (SOMEBODY, NOBODY, NOBODY, SOMEBODY):
        with django_assert_num_queries(1):  # type: ignore[operator]
            met.met(contact=contact, card=CARD)
    assert not AnonymousContact.objects.exists()


@pytest.mark.django_db
def test_a_second_sight_keeps_when_it_was_met_and_the_card_it_was_met_with() -> None:
    met.met(contact=NOBODY, card=CARD)
    first = AnonymousContact.objects.get()
    met.met(contact=NOBODY, card="")
    again = AnonymousContact.objects.get()
    assert (again.pk, again.met_at, again.card) == (first.pk, first.met_at, CARD)
    assert again.seen_at > first.seen_at
    met.met(contact=NOBODY, card="9" * 300)
    assert AnonymousContact.objects.get().card == "9" * 255


def test_an_empty_list_says_how_it_fills(desk: Person) -> None:
    page = desk.get("/contacts/anonymous/")
    assert page.status_code == 200
    assert "None was opened here yet" in page.text


def test_the_last_seen_stand_first_fifty_to_a_page(desk: Person) -> None:
    many(51)
    page = desk.get("/contacts/anonymous/").text
    assert page.count('<a class="row"') == 50
    assert page.index("/contacts/c-0/") < page.index("/contacts/c-1/")
    assert "/contacts/c-50/" not in page
    assert "1 to 50 of 51" in page
    assert 'href="?page=2"' in page
    last = desk.get("/contacts/anonymous/?page=2").text
    assert last.count('<a class="row"') == 1
    assert "/contacts/c-50/" in last
    assert "/contacts/c-50/" in desk.get("/contacts/anonymous/?page=999").text


def test_only_the_end_of_a_card_is_shown(desk: Person) -> None:
    many(1)
    assert "2600441700000000" not in desk.get("/contacts/anonymous/").text
    assert "<code>0000</code>" in desk.get("/contacts/anonymous/").text


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "%00", "1.5"])
def test_a_page_that_there_is_not_says_so(desk: Person, page: str) -> None:
    answer = desk.get(f"/contacts/anonymous/?page={page}")
    assert answer.status_code == 422
    assert "There is no such page" in answer.text


def test_whoever_may_not_claim_sees_the_list_without_it(marketing: Person, desk: Person, stranger: Person) -> None:
    many(1)
    assert "/contacts/c-0/claim/" in desk.get("/contacts/anonymous/").text
    page = marketing.get("/contacts/anonymous/").text
    assert "/contacts/c-0/" in page
    assert "/claim/" not in page
    assert stranger.get("/contacts/anonymous/").status_code == 403
