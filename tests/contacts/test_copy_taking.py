"""What Piggy told is taken into the copy: only what changed, never an older reading over a newer one."""

import re
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.copy import jobs, taking
from contacts.copy.facts import facts_of
from contacts.copy.forgetting import forget
from contacts.copy.taking import take, take_cards, take_many
from contacts.models import CardCopy, ContactCopy, GoneContact, Hint, How
from piggyadmin.piggy.payloads import CreditBalance
from tests.contacts.sweep_hands import card, cards, copied, told

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 14, 1, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


def test_it_keeps_what_piggy_told_of_a_contact() -> None:
    contact = told(
        email="Sanne@Mail.example",
        firstname="Sanne",
        lastname="Jánsen",
        phonenumber="06 1234 4417",
        birthdate="1978-04-26",
        loyalty_associated_shops="s-1;s-2",
        card="2600441700810092",
    )
    assert take(contact, how=How.OPENED, read_at=NOW)
    row = copied()
    assert (row.email, row.name, row.phone, row.credits) == ("Sanne@Mail.example", "Sanne Jánsen", "06 1234 4417", 120)
    assert (row.birthdate, row.shop_uuids, row.default_card) == (date(1978, 4, 26), ";s-1;s-2;", "2600441700810092")
    assert row.created_at == datetime(2026, 5, 1, 20, tzinfo=UTC)
    assert (row.read_at, row.how) == (NOW, "opened")
    assert (row.phone_e164, row.phone_end) == ("+31612344417", "4417")
    assert "jansen" in row.search_name
    assert row.matched
    assert cards() == {"2600441700810092": True}


def test_the_same_told_again_changes_nothing_but_its_age() -> None:
    take(told(card="1"), how=How.PAGE, read_at=NOW)
    assert not take(told(card="1"), how=How.OPENED, read_at=LATER)
    assert (copied().read_at, copied().how) == (LATER, "opened")
    assert CardCopy.objects.get().read_at == LATER


def test_piggys_own_date_of_change_alone_is_kept_and_is_no_change() -> None:
    take(told(updated_at="2026-11-01 10:00:00"), how=How.PAGE, read_at=NOW)
    assert not take(told(updated_at="2026-11-02 10:00:00"), how=How.PAGE, read_at=LATER)
    assert copied().updated_at == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_an_older_reading_never_overwrites_a_newer_one() -> None:
    take(told(credits=200, card="new"), how=How.OPENED, read_at=NOW)
    assert not take(told(credits=120, card="old"), how=How.PAGE, read_at=EARLIER)
    assert (copied().credits, copied().read_at, cards()) == (200, NOW, {"new": True})


def test_a_reading_that_a_sweep_made_too_old_still_counts_as_met() -> None:
    sweep = uuid4()
    take(told(credits=200), how=How.OPENED, read_at=NOW)
    taken = take_many([told(credits=120)], how=How.PAGE, sweep=sweep, read_at=EARLIER)
    assert (taken.met, taken.added, taken.changed, copied().seen_in, copied().credits) == (["c-1"], [], [], sweep, 200)


def test_the_invented_address_of_an_anonymous_contact_is_nowhere_in_the_copy() -> None:
    take(told(email="anon-77@piggy.example", is_anonymous=True, card="1"), how=How.PAGE)
    row = copied()
    assert row.is_anonymous
    assert "anon-77" not in str([getattr(row, field.attname) for field in ContactCopy._meta.concrete_fields])


def test_a_claimed_contact_has_the_new_address_while_its_values_still_trail_behind() -> None:
    take(told(email="anon-77@piggy.example", is_anonymous=True), how=How.PAGE, read_at=NOW)
    claimed = told(email="sanne@mail.example", is_anonymous=True)
    claimed.current_values["email"] = "anon-77@piggy.example"
    assert take(claimed, how=How.WRITE, read_at=LATER)
    assert (copied().email, copied().is_anonymous) == ("sanne@mail.example", False)


def test_a_page_counts_what_was_new_changed_and_behind() -> None:
    sweep = uuid4()
    take_many([told("a"), told("b"), told("c")], how=How.PAGE, read_at=EARLIER)
    Hint.objects.create(received_at=NOW, event_type="contact_updated", contact_uuid="b")
    page = [told("a", credits=7), told("b", credits=7), told("c"), told("d"), told("d")]
    taken = take_many(page, how=How.PAGE, sweep=sweep, read_at=NOW)
    assert (len(taken.met), taken.added, taken.changed) == (4, ["d"], ["a", "b"])
    assert taken.behind == 1  # of b a hint waits to be worked off
    assert take_many(page, how=How.PAGE, sweep=sweep, read_at=LATER).met == []
    assert ContactCopy.objects.filter(seen_in=sweep).count() == 4


def test_a_page_of_100_costs_a_handful_of_statements() -> None:
    def statements(credits: int) -> int:
        page = [told(str(number), credits=credits, card=str(number)) for number in range(100)]
        with CaptureQueriesContext(connection) as asked:
            take_many(page, how=How.PAGE, sweep=uuid4())
        return len(asked)

    assert max(statements(credits) for credits in (1, 2, 2)) <= 24  # new, changed, the same


def test_an_address_that_changes_is_not_verified_any_more() -> None:
    take(told(), how=How.PAGE, read_at=NOW)
    ContactCopy.objects.update(email_verified_at=NOW)
    take(told(credits=1, email="SANNE@mail.example"), how=How.PAGE, read_at=NOW)
    assert copied().email_verified_at == NOW
    take(told(email="other@mail.example"), how=How.PAGE, read_at=LATER)
    assert copied().email_verified_at is None


def test_another_default_card_makes_the_cards_worth_reading_again() -> None:
    take(told(card="1"), how=How.PAGE, read_at=EARLIER)
    take_cards("c-1", [card("1", default=True), card("2", active=False)], EARLIER)
    assert copied().cards_read_at == EARLIER
    take(told(card="3"), how=How.PAGE, read_at=NOW)
    assert cards() == {"1": False, "2": False, "3": True}
    assert copied().cards_read_at is None


def test_a_card_that_is_told_under_another_contact_moves() -> None:
    take_many([told("a", card="1"), told("b", card="2")], how=How.PAGE, read_at=EARLIER)
    take(told("b", card="1"), how=How.PAGE, read_at=NOW)
    assert (cards("a"), cards("b")) == ({}, {"1": True, "2": False})
    take(told("a", card="1"), how=How.PAGE, read_at=EARLIER)  # told before it moved, come in after
    assert cards("b") == {"1": True, "2": False}


def test_the_list_of_a_contacts_cards_replaces_what_was_known_of_them() -> None:
    take_many([told("a", card="1"), told("b", card="9")], how=How.PAGE, read_at=EARLIER)
    assert take_cards("a", [card("2", name="Blue", default=True), card("9", active=True)], NOW)
    assert (cards("a"), cards("b")) == ({"2": True, "9": False}, {})
    assert not take_cards("a", [card("2", name="Blue", default=True), card("9", active=True)], LATER)
    assert not take_cards("a", [], NOW)  # an older reading
    assert take_cards("a", [card("2", name="Red", default=True)], LATER)
    assert list(CardCopy.objects.values_list("value", "name", "active")) == [("2", "Red", None)]


def test_cards_are_locked_in_one_order_whoever_takes_them() -> None:
    take_many([told("a", card="1"), told("b", card="2")], how=How.PAGE)
    with CaptureQueriesContext(connection) as asked:
        take_cards("a", [card("2"), card("1", default=True)])
        take_many([told("a", card="2"), told("b", card="1")], how=How.PAGE)
    reads = [query["sql"] for query in asked if re.match(r'SELECT .* FROM "contacts_cardcopy"', query["sql"])]
    assert len(reads) == 2
    assert all('ORDER BY "contacts_cardcopy"."id"' in sql for sql in reads), reads


def test_cards_of_a_contact_that_the_copy_does_not_have_are_left() -> None:
    assert not take_cards("nobody", [card("1")])
    assert not CardCopy.objects.exists()


def test_a_contact_that_was_merged_away_does_not_come_back_while_piggy_still_tells_of_it() -> None:
    take(told("a"), how=How.PAGE, read_at=EARLIER)
    forget("a", why=GoneContact.Why.MERGED, survivor="b")
    taken = take_many([told("a")], how=How.PAGE, read_at=timezone.now())
    assert (taken.passed_over, taken.anything, ContactCopy.objects.exists()) == (1, False, False)


def test_a_contact_that_only_seemed_to_have_vanished_comes_back() -> None:
    take(told("a"), how=How.PAGE, read_at=EARLIER)
    forget("a", why=GoneContact.Why.VANISHED)
    assert not take(told("a"), how=How.PAGE, read_at=NOW)  # told before it was gone
    assert take(told("a"), how=How.PAGE, read_at=timezone.now())
    assert not GoneContact.objects.exists()


def test_one_that_is_forgotten_just_before_it_is_written_is_not_in_the_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    take(told("b"), how=How.PAGE)
    write = taking._insert

    def forgotten_meanwhile(rows: list[ContactCopy]) -> dict[str, ContactCopy]:
        forget("a", why=GoneContact.Why.DELETED)
        return write(rows)

    monkeypatch.setattr(taking, "_insert", forgotten_meanwhile)
    taken = take_many([told("a", card="1"), told("c", card="2")], how=How.PAGE)
    assert (taken.added, taken.passed_over) == (["c"], 1)
    assert set(ContactCopy.objects.values_list("contact_uuid", flat=True)) == {"b", "c"}
    assert set(CardCopy.objects.values_list("value", flat=True)) == {"2"}


def test_the_minutes_job_forgets_again_who_was_taken_while_somebody_forgot_them() -> None:
    take_many([told(uuid) for uuid in ("merged", "erased", "vanished", "there")], how=How.PAGE)
    for why in ("merged", "erased", "vanished"):
        GoneContact.objects.create(contact_uuid=why, why=why, survivor_uuid="x", gone_at=timezone.now())
    jobs.keep_fresh()
    assert set(ContactCopy.objects.values_list("contact_uuid", flat=True)) == {"vanished", "there"}
    assert set(GoneContact.objects.values_list("why", "survivor_uuid")) == {
        ("merged", "x"),
        ("erased", "x"),
        ("vanished", "x"),
    }


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_contacts_at_once_do_no_harm() -> None:
    errors: list[Exception] = []
    start = threading.Barrier(2)

    def worker(credits: int, read_at: datetime) -> None:
        try:
            start.wait(5)
            for step in range(5):
                page = [told(f"{number}", credits=credits, card=f"k{number}") for number in range(step, step + 20)]
                take_many(page if credits == 1 else page[::-1], how=How.PAGE, read_at=read_at)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker, args=args) for args in ((1, NOW), (2, LATER))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert set(ContactCopy.objects.values_list("credits", flat=True)) == {2}
    assert ContactCopy.objects.count() == CardCopy.objects.count() == 24


WILD = st.text(max_size=400) | st.integers() | st.floats() | st.booleans() | st.none()
NAMES = ("firstname", "lastname", "phonenumber", "birthdate", "address", "locale", "created_at", "updated_at")
NAMES += ("is_anonymous", "default_contact_identifier", "loyalty_associated_shops")


class WhateverPiggyTells(TestCase):
    @hypothesis_settings(deadline=None)
    @given(
        values=st.dictionaries(st.sampled_from(NAMES), WILD),
        email=st.text(max_size=400) | st.none(),
        credits=st.integers() | st.none(),
    )
    def test_it_is_taken(self, values: dict[str, Any], email: str | None, credits: int | None) -> None:
        contact = told(email=email, credits=None)
        contact.current_values.update(values)
        contact = msgspec.structs.replace(contact, credit_balance=CreditBalance(balance=credits))
        taken = take_many([contact, told("c-2")], how=How.PAGE, read_at=NOW)
        assert len(taken.added) == 2
        assert take_many([contact], how=How.PAGE, read_at=LATER).changed == []
        assert len(facts_of(contact)["email"]) <= 254
