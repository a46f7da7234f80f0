"""The one question before the others on a customer's page: it may tell too much, never too little."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from contacts.claiming.actions import FLAG
from contacts.lookup.traces import Traces, traces_of
from contacts.models import AnonymousContact, Booking, Deletion, Merge
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from tests.conftest import Person
from tests.contacts.duplicate_hands import paired

pytestmark = pytest.mark.django_db

WHO, OTHER = "b-who", "a-other"
NOTHING = Traces(acts=False, listed=False, bookings=False, held=False, pairs=False)


def _held(person: Person, **more: Any) -> dict[str, Any]:
    return {"proposed_by": person.staff, "proposed_at": timezone.now(), **more}


MAKERS: dict[str, tuple[str, Callable[[Person], Any]]] = {
    "listed": (
        "listed",
        lambda _: AnonymousContact.objects.create(contact_uuid=WHO, met_at=timezone.now(), seen_at=timezone.now()),
    ),
    "booking": ("bookings", lambda _: Booking.objects.create(piggy_uuid="b-1", contact_uuid=WHO)),
    "merged away": (
        "held",
        lambda person: Merge.objects.create(source_uuid=WHO, destination_uuid=OTHER, **_held(person)),
    ),
    "survivor": ("held", lambda person: Merge.objects.create(source_uuid=OTHER, destination_uuid=WHO, **_held(person))),
    "deleted": ("held", lambda person: Deletion.objects.create(contact_uuid=WHO, type="DEFAULT", **_held(person))),
    "first of a pair": ("pairs", lambda _: paired(WHO, "c-third")),
    "second of a pair": ("pairs", lambda _: paired(WHO, OTHER)),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_each_kind_of_trace_is_told_and_no_other(admin: Person, kind: str) -> None:
    name, make = MAKERS[kind]
    make(admin)
    assert traces_of(WHO) == NOTHING._replace(**{name: True})
    assert traces_of("nobody") == NOTHING


def test_acts_are_told(admin: Person) -> None:
    by = Actor(admin.staff, admin.staff.role, admin.shop)
    record(FLAG, by=by, target=Target("card", "0092", contact_id=WHO))
    assert traces_of(WHO) == NOTHING._replace(acts=True)


def test_what_has_ended_is_not_under_way(admin: Person) -> None:
    ended = {"ended_at": timezone.now()}
    Merge.objects.create(source_uuid=WHO, destination_uuid=OTHER, **_held(admin, **ended))
    Deletion.objects.create(contact_uuid=WHO, type="DEFAULT", **_held(admin, **ended))
    assert traces_of(WHO) == NOTHING
