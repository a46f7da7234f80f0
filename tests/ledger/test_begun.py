"""What a form began before, looked up by its token: the one way that every room asks."""

from collections.abc import Callable

import pytest

from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, form_token, give_up, perform, was_begun
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.own_actions import APPROVAL_DECLINED
from piggyadmin.piggy.errors import PiggyRateLimited

pytestmark = pytest.mark.django_db


def done(award: Action, actor: Actor, customer: Target, token: str) -> Act:
    outcome = perform(award, by=actor, target=customer, form_token=token, figures={"credits": 1}, call=lambda act: None)
    return Act.objects.get(pk=outcome.act_id)


def test_a_form_that_was_sent_is_found_by_its_token(award: Action, actor: Actor, customer: Target) -> None:
    token = form_token()
    assert begun_with(token) is None
    assert not was_begun(token)
    act = done(award, actor, customer, token)
    done(award, actor, customer, form_token())
    assert begun_with(token) == act
    assert was_begun(token)


def test_no_token_is_no_form_although_acts_without_one_stand_there(
    award: Action, actor: Actor, customer: Target
) -> None:
    done(award, actor, customer, "")
    assert Act.objects.filter(form_token="").exists()
    assert begun_with("") is None
    assert not was_begun("", action=award, by=actor, target_id=customer.id)


def test_no_token_gives_up_nothing_that_waits(award: Action, actor: Actor, customer: Target) -> None:
    def later(act: Act) -> None:
        raise PiggyRateLimited("Later.", status=429, retry_after=5)

    perform(award, by=actor, target=customer, figures={"credits": 1}, call=later)
    assert not give_up("", by=actor)
    assert Act.objects.get().outcome == "planned"


def test_a_token_with_a_nul_was_never_ours() -> None:
    assert not was_begun("one-time\x00-1234567890")


def test_it_is_narrowed_to_an_action_a_person_and_what_it_was_done_to(
    award: Action, actor: Actor, customer: Target, clerk: Callable[..., Actor]
) -> None:
    token = form_token()
    act = done(award, actor, customer, token)
    other = clerk("other")
    assert begun_with(token, action=award, by=actor, target_id=customer.id) == act
    assert not was_begun(token, action=APPROVAL_DECLINED)
    assert not was_begun(token, by=other)
    assert not was_begun(token, target_id="somebody else")
    assert not was_begun(token, target_id="")
