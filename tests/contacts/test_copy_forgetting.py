"""A contact that has ceased is nowhere any more, and one that is erased leaves no word in any table."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from contacts.copy.forgetting import forget
from contacts.copy.reading_again import read_again
from contacts.copy.taking import take, take_cards
from contacts.copy.tombstones import gone, merged_into, where_now
from contacts.duplicates.comparing import contact_changed
from contacts.models import (
    AnonymousContact,
    BlockingKey,
    Booking,
    CardCopy,
    ContactCopy,
    DuplicatePair,
    GoneContact,
    Hint,
    Household,
    HouseholdMember,
    How,
    Merge,
    RecentContact,
    Snapshot,
)
from piggyadmin.ledger.models import ActDetail
from piggyadmin.ledger.verifying import verify_ledger
from piggyadmin.piggy.errors import PiggyUnavailable
from tests.conftest import Person
from tests.contacts.claiming_hands import CARD, Desk, add_unknown_card
from tests.contacts.sweep_hands import card, cards, copied, told
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db
Why = GoneContact.Why


def test_it_is_gone_from_copy_cards_keys_pairs_and_lists(desk: Person) -> None:
    for uuid in ("c-1", "c-2"):
        take(told(uuid, phonenumber="0612344417", card=f"card-{uuid}"), how=How.PAGE)
        RecentContact.objects.create(staff=desk.staff, contact_uuid=uuid, name="Sanne", seen_at=timezone.now())
        AnonymousContact.objects.create(contact_uuid=uuid, met_at=timezone.now(), seen_at=timezone.now())
        Hint.objects.create(received_at=timezone.now(), event_type="contact_updated", contact_uuid=uuid)
    home = Household.objects.create(made_at=timezone.now())
    HouseholdMember.objects.create(household=home, contact_uuid="c-1")
    DuplicatePair.objects.get_or_create(
        first_uuid="c-1", second_uuid="c-2", defaults={"found_at": timezone.now(), "score": 9}
    )
    first = copied().pk
    act_id = uuid4()
    forget("c-1", why=Why.DELETED, act_id=act_id)
    forget("c-1", why=Why.DELETED)  # again does no harm
    assert list(ContactCopy.objects.values_list("contact_uuid", flat=True)) == ["c-2"]
    assert list(CardCopy.objects.values_list("value", flat=True)) == ["card-c-2"]
    assert not BlockingKey.objects.filter(contact_id=first).exists()
    for rows in (RecentContact, AnonymousContact):
        assert list(rows.objects.values_list("contact_uuid", flat=True)) == ["c-2"]
    assert not DuplicatePair.objects.exists()
    assert not HouseholdMember.objects.exists()
    assert Hint.objects.get(contact_uuid="c-1").state == "ignored"
    assert Hint.objects.get(contact_uuid="c-2").state == "waiting"
    tombstone = gone("c-1")
    assert tombstone is not None
    assert (tombstone.why, tombstone.act_id, where_now("c-1")) == ("deleted", act_id, "")


def test_links_follow_merges_to_the_last_survivor() -> None:
    take(told("c"), how=How.PAGE)
    take_cards("c", [card("1")])
    forget("a", why=Why.MERGED, survivor="b")
    forget("b", why=Why.MERGED, survivor="c")
    assert [where_now(uuid) for uuid in "abcd"] == ["c", "c", "c", "d"]
    assert merged_into("c") == {"a", "b"}
    assert copied("c").cards_read_at is None  # it has new ones
    forget("c", why=Why.DELETED)
    assert where_now("a") == ""


def test_a_ring_of_tombstones_leads_nowhere_and_ends() -> None:
    forget("a", why=Why.MERGED, survivor="b")
    forget("b", why=Why.MERGED, survivor="a")
    assert where_now("a") == where_now("b") == ""
    assert merged_into("a") == {"b"}


def test_what_is_known_of_an_end_is_not_overwritten_by_less() -> None:
    forget("a", why=Why.VANISHED)
    forget("a", why=Why.MERGED, survivor="b", act_id=(act_id := uuid4()))
    forget("a", why=Why.VANISHED)
    tombstone = gone("a")
    assert tombstone is not None
    assert (tombstone.why, tombstone.survivor_uuid, tombstone.act_id) == ("merged", "b", act_id)


def test_reading_again_takes_the_contact_with_its_cards(sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]
    sandbox.add_identifier("11", contact_uuid=uuid, default=True)
    sandbox.add_identifier("12", contact_uuid=uuid)
    assert read_again(uuid, how=How.HINT, with_cards=True)
    assert (copied(uuid).firstname, copied(uuid).how, cards(uuid)) == ("Sanne", "hint", {"11": True, "12": False})
    assert not read_again(uuid, how=How.HINT, with_cards=True)


def test_reading_again_forgets_only_what_piggy_says_it_does_not_know(sandbox: SandboxAccount) -> None:
    take(told("a"), how=How.PAGE)
    sandbox.fault("get_contact", kind="503", times=3)
    with pytest.raises(PiggyUnavailable):
        read_again("a", how=How.HINT)
    assert copied("a")
    assert read_again("a", how=How.HINT)
    assert not ContactCopy.objects.exists()
    assert gone("a").why == "vanished"  # type: ignore[union-attr]
    assert not read_again("b", how=How.HINT)  # nobody knew it
    assert gone("b") is None


EMAIL, NAME, PHONE, OTHER_CARD = "wilhelmina.q@mail.example", "Wilhelmina", "0687654321", "2600441700819999"
WORDS = ("wilhelmina", "quackenbosch", "0687654321", "687654321", CARD, OTHER_CARD)


def test_of_an_erased_person_no_word_is_left_in_any_table(desk: Person, admin: Person, sandbox: SandboxAccount) -> None:
    uuid = add_unknown_card(sandbox)["uuid"]
    other = sandbox.add_contact("pieter@mail.example", firstname="Pieter")["uuid"]
    desk.get(f"/contacts/{uuid}/")
    Desk(desk, uuid).open().claim(EMAIL)
    flag = {"other": other, "form_token": "a-form-of-my-own", "reason": "Wilhelmina says that she is both."}
    desk.post(f"/contacts/{uuid}/flag/", flag)
    desk.get(f"/contacts/{uuid}/")
    known = told(uuid, email=EMAIL, firstname=NAME, lastname="Quackenbosch", phonenumber=PHONE, card=CARD)
    take(known, how=How.OPENED)
    take(
        told("twin", email="w.q@mail.example", firstname=NAME, lastname="Quackenbosch", phonenumber=PHONE), how=How.PAGE
    )
    take_cards(uuid, [card(CARD, default=True), card(OTHER_CARD)])
    contact_changed(list(ContactCopy.objects.values_list("pk", flat=True)))
    RecentContact.objects.update(name="Wilhelmina Quackenbosch", card=CARD)
    AnonymousContact.objects.create(contact_uuid=uuid, card=CARD, met_at=timezone.now(), seen_at=timezone.now())
    Hint.objects.create(received_at=timezone.now(), event_type="contact_updated", contact_uuid=uuid)
    Booking.objects.create(
        piggy_uuid="b-1", contact_uuid=uuid, company_name="Quackenbosch BV", facts={"company_name": {"how": "here"}}
    )
    merge = Merge.objects.create(
        source_uuid="before", destination_uuid=uuid, proposed_by=admin.staff, proposed_at=timezone.now()
    )
    for whose in (uuid, "before"):
        Snapshot.objects.create(
            merge=merge, contact_uuid=whose, taken_at=timezone.now(), body={"email": EMAIL, "cards": [CARD]}
        )
    forget("before", why=Why.MERGED, survivor=uuid)
    assert [word for word in (*WORDS, EMAIL) if not any(places_of(word))] == []  # they all stood somewhere
    forget("twin", why=Why.DELETED)
    forget(uuid, why=Why.ERASED)
    assert {word: found for word in (*WORDS, EMAIL) if (found := list(places_of(word)))} == {}
    assert ActDetail.objects.exclude(erased_at=None).exists()
    assert verify_ledger().whole
    assert where_now("before") == where_now(uuid) == ""


def test_of_a_contact_found_to_be_gone_no_word_is_left_in_search_and_lists(
    desk: Person, sandbox: SandboxAccount
) -> None:
    known = told("gone", email=EMAIL, firstname=NAME, lastname="Quackenbosch", phonenumber=PHONE, card=CARD)
    take(known, how=How.PAGE)
    RecentContact.objects.create(
        staff=desk.staff, contact_uuid="gone", name="Wilhelmina Quackenbosch", seen_at=timezone.now()
    )
    assert any(places_of("quackenbosch"))
    read_again("gone", how=How.PAGE)
    assert {word: found for word in (*WORDS, EMAIL) if (found := list(places_of(word)))} == {}


def places_of(word: str) -> Iterator[str]:
    """Every column of every table of the database that holds this word, whatever the column is for."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if word in text_of(value).lower():
                        yield f"{table}.{name}"


def text_of(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
