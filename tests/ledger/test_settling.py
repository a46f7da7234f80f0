"""What happens to an act that nobody answered for: looks on a schedule, then a person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from piggyadmin.ledger import jobs, settling
from piggyadmin.ledger.actions import Action, Settlement
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, form_token, perform
from piggyadmin.ledger.models import Act, ActDetail, ActState, Event
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyOutcomeUnknown, PiggyRateLimited, PiggyUnavailable
from tests.ledger.conftest import Resolver

pytestmark = pytest.mark.django_db
HAPPENED = Settlement(True, {"status": "REDEEMED"}, {"redemption_uuid": "r-9"})


class Clock:
    """Django's clock, moved on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(tz=timezone.get_default_timezone()) + self.ahead

    def move_on(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


def unanswered(act: Act) -> object:
    raise PiggyOutcomeUnknown("Piggy did not answer.")


@pytest.fixture
def unknown(award: Action, actor: Actor, customer: Target) -> Outcome:
    return perform(award, by=actor, target=customer, figures={"credits": 24}, call=unanswered)


@pytest.fixture
def unseeable(blind: Action, actor: Actor, customer: Target) -> Outcome:
    """An unknown act that nobody can look up."""
    return perform(blind, by=actor, target=customer, figures={"credits": 24}, call=unanswered)


@pytest.fixture
def silent(award: Action, actor: Actor, customer: Target) -> Act:
    """An act whose process died in mid-call."""

    def die(act: Act) -> object:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        perform(award, by=actor, target=customer, figures={"credits": 24}, call=die)
    return Act.objects.get()


def outcomes(act_id: UUID) -> list[tuple[str, str]]:
    return [(event.outcome, event.how) for event in Event.objects.filter(act=act_id).order_by("seq")]


def test_a_look_that_finds_it_makes_it_done(unknown: Outcome, resolver: Resolver) -> None:
    resolver.answer = HAPPENED
    found = settling.look(unknown.act_id)
    assert found.done
    assert found.figures["redemption_uuid"] == "r-9"
    assert outcomes(unknown.act_id) == [("unknown", "silence"), ("done", "look")]
    assert Event.objects.last().figures["reading"] == {"status": "REDEEMED"}


def test_a_look_that_proves_its_absence_makes_it_refused(unknown: Outcome, resolver: Resolver) -> None:
    resolver.answer = Settlement(False, {"status": "ACTIVE"})
    found = settling.look(unknown.act_id)
    assert (found.outcome, found.code) == ("refused", "did_not_happen")


def test_a_look_that_cannot_tell_keeps_the_reading_and_looks_again(unknown: Outcome, resolver: Resolver) -> None:
    resolver.answer = Settlement(None, {"status": "LOCKED"})
    ActState.objects.update(next_look_at=timezone.now())
    found = settling.look(unknown.act_id)
    assert found.unknown
    assert found.under_way
    state = ActState.objects.get()
    assert (state.looks, state.reading, state.claimed_until) == (1, {"status": "LOCKED"}, None)
    assert outcomes(unknown.act_id) == [("unknown", "silence")]


def test_impatience_uses_up_no_look_and_ends_nothing(unknown: Outcome, resolver: Resolver) -> None:
    resolver.answer = Settlement(None, {"status": "LOCKED"})
    for _ in range(7):
        assert settling.look(unknown.act_id).under_way
    state = ActState.objects.get()
    assert (state.looks, state.reading) == (0, {"status": "LOCKED"})
    assert state.next_look_at is not None


def test_no_person_decides_while_the_request_may_still_come(
    blind: Action, actor: Actor, customer: Target, clock: Clock
) -> None:
    object.__setattr__(blind, "may_come_late", 60)
    lost = perform(blind, by=actor, target=customer, figures={"credits": 24}, call=unanswered)
    with pytest.raises(ValidationError, match="still looking"):
        settling.settle_by_person(lost.act_id, by=actor, happened=False, reason="Not there.")
    clock.move_on(61)
    assert settling.settle_by_person(lost.act_id, by=actor, happened=False, reason="Not there.").refused


@pytest.mark.parametrize("by_person", [True, False])
def test_whoever_settles_it_our_own_rows_are_put_right(
    unknown: Outcome, resolver: Resolver, award: Action, actor: Actor, by_person: bool
) -> None:
    told: list[tuple[object, bool, dict]] = []
    object.__setattr__(
        award, "on_settled", lambda act, happened, reading: told.append((act.pk, happened, dict(reading)))
    )
    if by_person:
        ActState.objects.update(next_look_at=None)
        settling.settle_by_person(unknown.act_id, by=actor, happened=True, reason="Seen.")
    else:
        resolver.answer = HAPPENED
        settling.look(unknown.act_id)
    assert [(pk, happened) for pk, happened, _ in told] == [(unknown.act_id, True)]


def test_looks_come_after_2_8_20_60_and_300_seconds_and_then_a_person(
    unknown: Outcome, resolver: Resolver, clock: Clock
) -> None:
    waits = []
    for _ in range(5):
        due = ActState.objects.get().next_look_at
        assert due is not None
        waits.append(round((due - timezone.now()).total_seconds()))
        settling.look(unknown.act_id, only_due=True)
        assert resolver.looks == len(waits) - 1, "nobody looks before it is time"
        clock.move_on((due - timezone.now()).total_seconds() + 0.001)
        settling.look(unknown.act_id, only_due=True)
        assert resolver.looks == len(waits)
    assert waits == [2, 8, 20, 60, 300]
    assert ActState.objects.get().next_look_at is None
    clock.move_on(3600)
    assert not settling.look(unknown.act_id, only_due=True).under_way
    assert resolver.looks == 5


def test_a_person_may_still_look_when_the_looks_are_used_up(unknown: Outcome, resolver: Resolver) -> None:
    ActState.objects.update(looks=5, next_look_at=None)
    resolver.answer = HAPPENED
    assert settling.look(unknown.act_id).done


@pytest.mark.parametrize(
    ("error", "wait"), [(PiggyUnavailable("Down."), 60), (PiggyRateLimited("Busy.", retry_after=90), 90)]
)
def test_a_look_that_piggy_does_not_answer_uses_up_no_look(
    error: Exception, wait: int, unknown: Outcome, resolver: Resolver
) -> None:
    resolver.answer = error
    assert settling.look(unknown.act_id).unknown
    state = ActState.objects.get()
    assert (state.looks, state.claimed_until) == (0, None)
    assert state.next_look_at is not None
    assert wait - 2 < (state.next_look_at - timezone.now()).total_seconds() <= wait


def test_after_a_day_without_an_answer_a_person_decides(unknown: Outcome, resolver: Resolver, clock: Clock) -> None:
    resolver.answer = PiggyUnavailable("Down.")
    clock.move_on(25 * 3600)
    settling.look(unknown.act_id)
    assert ActState.objects.get().next_look_at is None


def test_a_resolver_that_trips_uses_up_a_look_and_is_reported(
    unknown: Outcome, resolver: Resolver, caplog: pytest.LogCaptureFixture
) -> None:
    resolver.answer = ZeroDivisionError()
    ActState.objects.update(next_look_at=timezone.now())
    assert settling.look(unknown.act_id).unknown
    assert ActState.objects.get().looks == 1
    assert "test.award failed" in caplog.text


def test_two_looks_at_once_write_one_event(unknown: Outcome, resolver: Resolver, award: Action) -> None:
    inner: list[Outcome] = []

    def look_inside(act: Act) -> Settlement:
        inner.append(settling.look(act.pk))  # a second page asks while the first look is under way
        return HAPPENED

    object.__setattr__(award, "resolve", look_inside)
    assert settling.look(unknown.act_id).done
    assert [found.outcome for found in inner] == ["unknown"]
    assert outcomes(unknown.act_id) == [("unknown", "silence"), ("done", "look")]


def test_a_look_changes_nothing_about_what_a_person_settled_meanwhile(
    unknown: Outcome, award: Action, actor: Actor, clock: Clock
) -> None:
    clock.move_on(16 * 60)

    def settle_inside(act: Act) -> Settlement:
        settling.settle_by_person(act.pk, by=actor, happened=False, reason="The till says so.")
        return HAPPENED

    object.__setattr__(award, "resolve", settle_inside)
    assert settling.look(unknown.act_id).refused
    assert outcomes(unknown.act_id) == [("unknown", "silence"), ("refused", "person")]


def test_a_look_whose_process_died_lets_another_look_later(unknown: Outcome, resolver: Resolver, clock: Clock) -> None:
    ActState.objects.update(claimed_until=timezone.now() + settling.CLAIM)
    resolver.answer = HAPPENED
    assert settling.look(unknown.act_id).unknown
    clock.move_on(31)
    assert settling.look(unknown.act_id).done


@pytest.mark.parametrize("only_due", [True, False])
def test_nobody_looks_at_what_is_settled_or_still_under_way(
    only_due: bool, award: Action, actor: Actor, customer: Target, resolver: Resolver
) -> None:
    done = perform(award, by=actor, target=customer, figures={"credits": 1}, call=lambda act: "answer")
    settling.look(done.act_id, only_due=only_due)
    assert resolver.looks == 0


def test_an_act_whose_process_died_becomes_unknown_and_then_settled(
    silent: Act, resolver: Resolver, clock: Clock
) -> None:
    jobs.settle_open()
    assert ActState.objects.get().outcome == "sent", "its call may still be under way"
    clock.move_on(61)
    jobs.settle_open()
    assert ActState.objects.get().outcome == "unknown"
    resolver.answer = HAPPENED
    clock.move_on(3)
    jobs.settle_open()
    assert outcomes(silent.pk) == [("unknown", "silence"), ("done", "look")]


def test_a_late_answer_stands_over_the_silence(award: Action, actor: Actor, customer: Target, clock: Clock) -> None:
    def slow(act: Act) -> str:
        clock.move_on(61)
        settling.settle_open()
        return "answer"

    outcome = perform(award, by=actor, target=customer, figures={"credits": 24}, call=slow)
    assert outcome.done
    assert outcomes(outcome.act_id) == [("unknown", "silence"), ("done", "answer")]


def test_a_late_nobody_knows_does_not_undo_what_was_found_out(
    award: Action, actor: Actor, customer: Target, resolver: Resolver, clock: Clock
) -> None:
    resolver.answer = HAPPENED

    def slow(act: Act) -> object:
        clock.move_on(61)
        settling.settle_open()
        clock.move_on(3)
        settling.settle_open()
        raise PiggyOutcomeUnknown("Piggy did not answer.")

    outcome = perform(award, by=actor, target=customer, figures={"credits": 24}, call=slow)
    assert outcome.done
    assert outcomes(outcome.act_id) == [("unknown", "silence"), ("done", "look")]


def test_the_job_takes_every_look_that_is_due(
    award: Action, actor: Actor, customer: Target, resolver: Resolver, clock: Clock
) -> None:
    for _ in range(3):
        perform(award, by=actor, target=customer, figures={"credits": 1}, call=unanswered)
    assert jobs.settle_open() == 0
    clock.move_on(3)
    resolver.answer = HAPPENED
    assert jobs.settle_open() == 3
    assert set(ActState.objects.values_list("outcome", flat=True)) == {"done"}


def test_the_job_stops_in_time_and_leaves_the_rest_for_the_next(
    award: Action, actor: Actor, customer: Target, resolver: Resolver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        perform(award, by=actor, target=customer, figures={"credits": 1}, call=unanswered)
    clock.move_on(3)
    monkeypatch.setattr(settling, "JOB_SECONDS", -1.0)
    assert jobs.settle_open() == 0
    assert resolver.looks == 0


@pytest.mark.parametrize(("happened", "outcome"), [(True, "done"), (False, "refused")])
def test_a_person_settles_what_nobody_can_look_up(
    happened: bool, outcome: str, unseeable: Outcome, actor: Actor
) -> None:
    settled = settling.settle_by_person(unseeable.act_id, by=actor, happened=happened, reason="The customer saw it.")
    assert settled.outcome == outcome
    event = Event.objects.last()
    assert (event.how, event.staff) == ("person", actor.staff)
    assert ActDetail.objects.get(event=event).words == {"reason": "The customer saw it."}


def test_a_persons_word_keeps_the_reading_they_saw(unknown: Outcome, actor: Actor, resolver: Resolver) -> None:
    resolver.answer = Settlement(None, {"status": "LOCKED"})
    settling.look(unknown.act_id)
    ActState.objects.update(next_look_at=None)
    settling.settle_by_person(unknown.act_id, by=actor, happened=True, reason="Seen.")
    assert Event.objects.last().figures == {"reading": {"status": "LOCKED"}}


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 1001])
def test_a_person_needs_a_reason_of_some_length(reason: str, unseeable: Outcome, actor: Actor) -> None:
    with pytest.raises(ValidationError):
        settling.settle_by_person(unseeable.act_id, by=actor, happened=True, reason=reason)
    assert outcomes(unseeable.act_id) == [("unknown", "silence")]


def test_a_person_waits_for_the_looks_but_not_for_ever(unknown: Outcome, actor: Actor, clock: Clock) -> None:
    with pytest.raises(ValidationError, match="still looking"):
        settling.settle_by_person(unknown.act_id, by=actor, happened=True, reason="Seen.")
    clock.move_on(16 * 60)
    assert settling.settle_by_person(unknown.act_id, by=actor, happened=True, reason="Seen.").done


def test_settling_needs_its_permission(unseeable: Outcome, clerk: Callable[..., Actor]) -> None:
    with pytest.raises(PermissionDenied):
        settling.settle_by_person(unseeable.act_id, by=clerk("noor", may=("view_acts",)), happened=True, reason="Seen.")


def test_what_is_settled_stays_settled(unseeable: Outcome, actor: Actor) -> None:
    settling.settle_by_person(unseeable.act_id, by=actor, happened=True, reason="Seen.")
    second = settling.settle_by_person(unseeable.act_id, by=actor, happened=False, reason="Not seen.")
    assert (second.outcome, second.repeated) == ("done", True)
    assert len(outcomes(unseeable.act_id)) == 2


def test_a_form_sent_again_after_the_settling_shows_what_it_came_to(
    award: Action, actor: Actor, customer: Target, resolver: Resolver
) -> None:
    token = form_token()
    first = perform(award, by=actor, target=customer, figures={"credits": 24}, call=unanswered, form_token=token)
    resolver.answer = HAPPENED
    settling.look(first.act_id)
    again = perform(award, by=actor, target=customer, figures={"credits": 24}, call=unanswered, form_token=token)
    assert (again.outcome, again.repeated) == ("done", True)
