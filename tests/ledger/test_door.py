"""The one door: what was known before the call, what is kept after it, and that nothing happens twice."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from piggyadmin.accounts.models import Shop
from piggyadmin.ledger import door
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import NoShop, Target, TokenRefused, form_token, perform
from piggyadmin.ledger.models import Act, ActDetail, ActState, Event
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import (
    PiggyError,
    PiggyInvalid,
    PiggyNotFound,
    PiggyNotSent,
    PiggyOutcomeUnknown,
    PiggyRateLimited,
    PiggyRejected,
    PiggyUnauthorized,
    PiggyUnavailable,
    PiggyUnexpected,
)

pytestmark = pytest.mark.django_db


class Call:
    """Piggy's side of a write: answers or fails as told, and remembers the acts that came."""

    def __init__(self, answer: object = "answer") -> None:
        self.answer = answer
        self.acts: list[Act] = []

    def __call__(self, act: Act) -> object:
        self.acts.append(act)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def test_it_keeps_what_was_done_and_its_figures(award: Action, actor: Actor, customer: Target) -> None:
    outcome = perform(
        award,
        by=actor,
        target=customer,
        figures={"credits": 24},
        call=Call({"uuid": "r-1"}),
        done_figures=lambda answer: {"reception_uuid": answer["uuid"]},
    )
    assert outcome.done
    assert outcome.answer == {"uuid": "r-1"}
    assert outcome.figures == {"credits": 24, "reception_uuid": "r-1"}
    assert outcome.words == "Awarded 24 credits."
    act = Act.objects.get()
    assert (act.staff, act.role, act.shop) == (actor.staff, "desk", actor.shop)
    assert (act.action, act.target_kind, act.target_id, act.contact_id) == ("test.award", "contact", "123", "123")
    assert act.figures == {"credits": 24}
    assert [(event.outcome, event.how, event.figures) for event in act.events.all()] == [
        ("done", "answer", {"reception_uuid": "r-1"})
    ]


def test_it_has_committed_the_intent_before_piggy_is_asked(award: Action, actor: Actor, customer: Target) -> None:
    seen: list[str] = []

    def call(act: Act) -> None:
        seen.append(Act.objects.get(mark=act.mark).state.outcome)

    perform(award, by=actor, target=customer, figures={"credits": 1}, call=call)
    assert seen == ["sent"]


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_run_inside_a_transaction_that_could_be_rolled_back(
    award: Action, actor: Actor, customer: Target
) -> None:
    call = Call()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        perform(award, by=actor, target=customer, call=call)
    assert call.acts == []
    assert not Act.objects.exists()


@pytest.mark.parametrize(
    ("error", "outcome", "how", "code"),
    [
        (PiggyRejected("Not enough credits.", code=1101, status=400), "refused", "answer", "1101"),
        (PiggyNotFound("Nobody has this card.", code=55031, status=400), "refused", "answer", "55031"),
        (PiggyInvalid("Piggy did not accept it.", code=1003, status=400), "refused", "answer", "1003"),
        (PiggyUnauthorized("Piggy does not accept our key.", status=401), "refused", "answer", ""),
        (PiggyNotSent("Piggy cannot be reached."), "refused", "unsent", "not_sent"),
        (PiggyOutcomeUnknown("Piggy did not answer."), "unknown", "silence", "no_answer"),
        (PiggyOutcomeUnknown("Piggy broke.", code=1000, status=500), "unknown", "answer", "1000"),
        (PiggyUnavailable("Piggy did not answer."), "unknown", "silence", "no_answer"),
        (PiggyUnexpected("Piggy's answer was not understood.", status=200), "unknown", "answer", "no_answer"),
        (PiggyError("Something else."), "unknown", "silence", "no_answer"),
        (PiggyRateLimited("Piggy is busy.", retry_after=9, status=429), "planned", "answer", "rate_limited"),
    ],
)
def test_it_calls_each_failure_what_it_is(
    error: PiggyError, outcome: str, how: str, code: str, award: Action, actor: Actor, customer: Target
) -> None:
    got = perform(award, by=actor, target=customer, figures={"credits": 24}, call=Call(error))
    assert (got.outcome, got.code, got.error) == (outcome, code, error)
    event = Event.objects.get()
    assert (event.outcome, event.how, event.status) == (outcome, how, error.status)
    assert not got.done


def test_it_says_why_piggy_refused_also_when_asked_again(award: Action, actor: Actor, customer: Target) -> None:
    token, call = form_token(), Call(PiggyRejected("This customer has too few credits.", code=1101, status=400))
    for _ in range(2):
        outcome = perform(award, by=actor, target=customer, figures={"credits": 24}, call=call, form_token=token)
        assert outcome.words == "Not awarded. This customer has too few credits."
    assert len(call.acts) == 1


def test_it_keeps_piggys_own_sentence_out_of_the_chain(award: Action, actor: Actor, customer: Target) -> None:
    error = PiggyRejected("Not possible.", code=9, status=400, piggy_message="Jan Jansen is blocked")
    perform(award, by=actor, target=customer, call=Call(error))
    assert ActDetail.objects.get(event__isnull=False).words["piggy_message"] == "Jan Jansen is blocked"
    for row in (*Act.objects.values(), *Event.objects.values()):
        assert "Jan" not in json.dumps(row, default=str)


def test_it_calls_our_own_fault_unknown_and_lets_it_be_seen(award: Action, actor: Actor, customer: Target) -> None:
    with pytest.raises(KeyError):
        perform(award, by=actor, target=customer, call=Call(KeyError("a bug")))
    event = Event.objects.get()
    assert (event.outcome, event.how, event.code) == ("unknown", "fault", "our_fault")
    assert ActState.objects.get().next_look_at is not None


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(1)])
def test_it_stays_sent_when_the_process_ends_in_mid_call(
    end: BaseException, award: Action, actor: Actor, customer: Target
) -> None:
    with pytest.raises(type(end)):
        perform(award, by=actor, target=customer, call=Call(end))
    assert ActState.objects.get().outcome == "sent"
    assert not Event.objects.exists()


def test_a_done_act_stays_done_when_our_reading_of_the_answer_fails(
    award: Action, actor: Actor, customer: Target, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = perform(
        award, by=actor, target=customer, call=Call({}), done_figures=lambda answer: {"uuid": answer["missing"]}
    )
    assert outcome.done
    assert outcome.figures == {"figures_lost": True}
    assert "figures of a done act" in caplog.text


def test_a_form_sent_twice_is_done_once(award: Action, actor: Actor, customer: Target) -> None:
    token, call = form_token(), Call()
    first = perform(award, by=actor, target=customer, figures={"credits": 24}, call=call, form_token=token)
    second = perform(award, by=actor, target=customer, figures={"credits": 24}, call=call, form_token=token)
    assert len(call.acts) == 1
    assert (first.repeated, second.repeated) == (False, True)
    assert (second.act_id, second.outcome) == (first.act_id, "done")
    assert second.answer is None


def test_acts_without_a_token_are_separate(award: Action, actor: Actor, customer: Target) -> None:
    call = Call()
    for _ in range(2):
        perform(award, by=actor, target=customer, call=call)
    assert len(call.acts) == 2


def test_it_never_repeats_an_unknown(award: Action, actor: Actor, customer: Target) -> None:
    token, call = form_token(), Call(PiggyOutcomeUnknown("Piggy did not answer."))
    perform(award, by=actor, target=customer, figures={"credits": 24}, call=call, form_token=token)
    again = perform(award, by=actor, target=customer, figures={"credits": 24}, call=call, form_token=token)
    assert len(call.acts) == 1
    assert again.unknown
    assert again.repeated
    assert again.words == "We do not know whether 24 credits were awarded. Do not award them again."


def test_a_second_submit_sees_the_first_still_under_way(
    award: Action, actor: Actor, customer: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.0)
    token, inner = form_token(), []

    def call(act: Act) -> str:
        inner.append(perform(award, by=actor, target=customer, call=Call(), form_token=token))
        return "answer"

    perform(award, by=actor, target=customer, call=call, form_token=token)
    assert (inner[0].outcome, inner[0].repeated) == ("sent", True)
    assert "do not send it again" in inner[0].words


@pytest.fixture
def waiting(award: Action, actor: Actor, customer: Target) -> tuple[str, Outcome]:
    """The token and the outcome of a form that Piggy asked us to send later."""
    token = form_token()
    error = PiggyRateLimited("Piggy is busy.", retry_after=9, status=429)
    return token, perform(
        award,
        by=actor,
        target=customer,
        figures={"credits": 24},
        detail={"reason": "birthday"},
        call=Call(error),
        form_token=token,
    )


def test_a_rate_limited_act_is_known_not_done_and_says_when_to_try_again(waiting: tuple[str, Outcome]) -> None:
    outcome = waiting[1]
    assert outcome.not_before is not None
    assert timedelta(seconds=7) < outcome.not_before - timezone.now() <= timedelta(seconds=9)
    clock = f"{timezone.localtime(outcome.not_before):%H:%M:%S}"
    assert outcome.words == f"Not awarded. Piggy is busy. Try again at {clock}."


def test_a_planned_act_is_not_sent_before_its_time(
    waiting: tuple[str, Outcome], award: Action, actor: Actor, customer: Target
) -> None:
    call = Call()
    again = perform(
        award,
        by=actor,
        target=customer,
        figures={"credits": 24},
        detail={"reason": "birthday"},
        call=call,
        form_token=waiting[0],
    )
    assert call.acts == []
    assert (again.outcome, again.repeated) == ("planned", True)


def test_a_planned_act_is_sent_again_by_the_same_form_once_its_time_has_come(
    waiting: tuple[str, Outcome], award: Action, actor: Actor, customer: Target
) -> None:
    _let_time_pass()
    call = Call()
    for repeated in (False, True):
        again = perform(
            award,
            by=actor,
            target=customer,
            figures={"credits": 24},
            detail={"reason": "birthday"},
            call=call,
            form_token=waiting[0],
        )
        assert (again.outcome, again.repeated) == ("done", repeated)
    assert [act.pk for act in call.acts] == [waiting[1].act_id]
    assert [event.outcome for event in Event.objects.all()] == ["planned", "sent", "done"]
    assert ActState.objects.get().attempts == 2


@pytest.mark.parametrize(
    ("figures", "detail"),
    [({"credits": 30}, {"reason": "birthday"}), ({"credits": 24}, {"reason": "other"}), ({"credits": 24}, None)],
)
def test_a_planned_act_is_not_sent_again_with_other_values(
    figures: dict[str, int],
    detail: dict[str, str] | None,
    waiting: tuple[str, Outcome],
    award: Action,
    actor: Actor,
    customer: Target,
) -> None:
    _let_time_pass()
    call = Call()
    with pytest.raises(TokenRefused):
        perform(award, by=actor, target=customer, figures=figures, detail=detail, call=call, form_token=waiting[0])
    assert call.acts == []
    assert ActState.objects.get().outcome == "planned"


def test_a_planned_act_is_not_sent_again_from_another_shop(
    waiting: tuple[str, Outcome], award: Action, actor: Actor, customer: Target
) -> None:
    _let_time_pass()
    elsewhere = Actor(actor.staff, actor.role, Shop.objects.create(piggy_uuid="shop-east", name="Utrecht East"))
    call = Call()
    with pytest.raises(TokenRefused):
        perform(
            award,
            by=elsewhere,
            target=customer,
            figures={"credits": 24},
            detail={"reason": "birthday"},
            call=call,
            form_token=waiting[0],
        )
    assert call.acts == []


def _let_time_pass() -> None:
    """As if `not_before` were over; only the projection holds the wait that is obeyed."""
    ActState.objects.update(not_before=timezone.now() - timedelta(seconds=1))


def test_a_token_is_good_for_one_action_one_target_and_one_person(
    award: Action, blind: Action, actor: Actor, customer: Target, clerk: Callable[..., Actor]
) -> None:
    token, call = form_token(), Call()
    perform(award, by=actor, target=customer, call=call, form_token=token)
    others = [
        (blind, actor, customer),
        (award, actor, Target("contact", "124")),
        (award, actor, Target("voucher", "123")),
        (award, clerk("daan"), customer),
    ]
    for action, by, target in others:
        with pytest.raises(TokenRefused):
            perform(action, by=by, target=target, call=call, form_token=token)
    assert len(call.acts) == 1


def test_it_needs_the_actions_permission(award: Action, clerk: Callable[..., Actor], customer: Target) -> None:
    call = Call()
    with pytest.raises(PermissionDenied):
        perform(award, by=clerk("noor", may=("view_acts",)), target=customer, call=call)
    assert call.acts == []
    assert not Act.objects.exists()


def test_a_write_to_piggy_needs_a_shop(award: Action, clerk: Callable[..., Actor], customer: Target) -> None:
    call = Call()
    with pytest.raises(NoShop):
        perform(award, by=clerk("noor", in_shop=False), target=customer, call=call)
    assert call.acts == []


@pytest.mark.parametrize(
    "figures",
    [
        {"code": "SUMMER-2026"},
        {"before": {"email": None}},
        {"name": "Jan"},
        {"to": "jan@mail.example"},
        {"list": [{"reason": "rude"}]},
        {"values": ["x", "jan@mail.example"]},
        {"password": "x"},
        {"credits": float("nan")},
        {"credits": object()},
    ],
)
def test_figures_hold_no_words_about_a_person_and_only_what_json_holds(
    figures: dict[str, object], award: Action, actor: Actor, customer: Target
) -> None:
    call = Call()
    with pytest.raises((ValueError, TypeError)):
        perform(award, by=actor, target=customer, figures=figures, call=call)
    assert call.acts == []
    assert not Act.objects.exists()


def test_every_act_has_a_mark_of_its_own(award: Action, actor: Actor, customer: Target) -> None:
    for _ in range(3):
        perform(award, by=actor, target=customer, call=Call())
    marks = set(Act.objects.values_list("mark", flat=True))
    assert len(marks) == 3
    assert all(len(mark) == 16 and mark.isalnum() for mark in marks)
