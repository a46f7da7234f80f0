"""What we do ourselves: told in the same transaction that does it, and at once done."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, form_token, record
from piggyadmin.ledger.models import Act

pytestmark = pytest.mark.django_db


def test_a_record_is_an_act_that_is_done(noted: Action, actor: Actor) -> None:
    parent = record(noted, by=actor, target=Target("staff", "s-1"), figures={"n": 1})
    act = record(noted, by=actor, target=Target("staff", "s-1"), figures={"n": 2}, parent=parent)
    assert (act.outcome, act.parent, act.sentence) == ("done", parent, "Noted 2.")
    assert [(event.outcome, event.how) for event in act.events.all()] == [("done", "own")]


def test_a_record_goes_away_with_what_it_tells_of(noted: Action, actor: Actor) -> None:
    with transaction.atomic():
        record(noted, by=actor, target=Target("staff", "s-1"), figures={"n": 1})
        transaction.set_rollback(True)
    assert not Act.objects.exists()


def test_a_record_of_a_form_sent_twice_stands_once(noted: Action, actor: Actor) -> None:
    token = form_token()
    first, second = (
        record(noted, by=actor, target=Target("staff", "s-1"), figures={"n": 1}, form_token=token) for _ in range(2)
    )
    assert first == second
    assert Act.objects.count() == 1


def test_the_command_line_records_without_a_person(noted: Action, db: None) -> None:
    act = record(noted, by=None, target=Target("staff", "s-1"), figures={"n": 1})
    assert (act.staff, act.role, act.shop) == (None, "", None)


def test_a_record_needs_the_actions_permission(noted: Action, clerk: Callable[..., Actor]) -> None:
    with pytest.raises(PermissionDenied):
        record(noted, by=clerk("noor", may=()), target=Target("staff", "s-1"), figures={"n": 1})
