"""/audit/<uuid>/: one act, its events, looking and settling, with htmx and without JavaScript."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from piggyadmin.ledger import actions
from piggyadmin.ledger.actions import Action, Kind, Settlement
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform, record
from piggyadmin.ledger.models import Act, ActDetail, ActState, Event
from piggyadmin.ledger.projection import rebuild_states
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyOutcomeUnknown, PiggyRateLimited, PiggyRejected, PiggyUnavailable
from piggyadmin.templatetags.words import euros
from tests.conftest import Person
from tests.ledger.conftest import Resolver

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def act_by(person: Person, action: Action, error: Exception | None = None, **more: object) -> Act:
    """An act of this person on customer 123, with Piggy failing in this way."""
    object.__setattr__(action, "permission", "ledger.view_acts")

    def call(act: Act) -> str:
        if error:
            raise error
        return "answer"

    actor = Actor(person.staff, person.staff.role, person.shop)
    outcome = perform(
        action,
        by=actor,
        target=Target("contact", "123"),
        figures={"credits": 24, "amount_cents": 2400},
        call=call,
        **more,
    )
    return Act.objects.get(pk=outcome.act_id)


@pytest.fixture
def done(desk: Person, award: Action) -> Act:
    return act_by(desk, award, detail={"reason": "Birthday of Jan"})


@pytest.fixture
def unknown(desk: Person, award: Action) -> Act:
    return act_by(desk, award, PiggyOutcomeUnknown("Piggy did not answer."))


@pytest.fixture
def unseeable(desk: Person, blind: Action) -> Act:
    return act_by(desk, blind, PiggyOutcomeUnknown("Piggy did not answer."))


def test_it_tells_who_did_what_to_what_and_what_came_of_it(desk: Person, done: Act) -> None:
    page = desk.get(f"/audit/{done.pk}/")
    assert page.status_code == 200
    for words in ("Test award", "Fatima El Idrissi", "Utrecht West", "Awarded 24 credits.", euros(2400), done.mark):
        assert words in page.text
    assert "Birthday of Jan" in page.text
    assert "Piggy’s answer" in page.text
    assert "every 3s" not in page.text


def test_lists_tell_what_came_of_an_act_and_not_only_what_was_asked(desk: Person, award: Action) -> None:
    object.__setattr__(award, "permission", "ledger.view_acts")
    perform(
        award,
        by=Actor(desk.staff, "desk", desk.shop),
        target=Target("contact", "123"),
        call=lambda act: 24,
        done_figures=lambda answer: {"credits": answer},
    )
    assert acts_of(contact_id="123")[0].sentence == "Awarded 24 credits."
    ActState.objects.update(figures={})
    assert rebuild_states() == 1
    assert acts_of(contact_id="123")[0].sentence == "Awarded 24 credits."


def test_it_says_that_words_were_erased(desk: Person, done: Act) -> None:
    ActDetail.objects.update(body="", salt="", erased_at=timezone.now())
    page = desk.get(f"/audit/{done.pk}/")
    assert "erased" in page.text
    assert "Birthday" not in page.text


def test_a_refusal_tells_its_reason_and_code(desk: Person, award: Action) -> None:
    act = act_by(desk, award, PiggyRejected("Too few credits.", code=1101, status=400))
    page = desk.get(f"/audit/{act.pk}/")
    assert "Not awarded. Too few credits." in page.text
    assert "1101 HTTP 400" in page.text


def test_a_planned_act_says_when_to_try_again(desk: Person, award: Action) -> None:
    act = act_by(desk, award, PiggyRateLimited("Busy.", retry_after=30, status=429))
    page = desk.get(f"/audit/{act.pk}/")
    assert "Not done yet" in page.text
    assert "Try again at" in page.text
    assert "every 3s" not in page.text


def test_others_acts_are_not_there_for_who_sees_only_their_own(
    marketing: Person, admin: Person, desk: Person, done: Act
) -> None:
    assert marketing.get(f"/audit/{done.pk}/").status_code == 404
    assert marketing.post(f"/audit/{done.pk}/look/").status_code == 404
    assert desk.get(f"/audit/{done.pk}/").status_code == 200
    assert admin.get(f"/audit/{done.pk}/").status_code == 200


def test_an_act_that_is_not_there_is_404(admin: Person) -> None:
    assert admin.get(f"/audit/{uuid4()}/").status_code == 404
    assert admin.post(f"/audit/{uuid4()}/look/").status_code == 404
    assert admin.post(f"/audit/{uuid4()}/settle/", {"happened": "yes", "reason": "x"}).status_code == 404


def test_it_needs_its_permission(stranger: Person, done: Act) -> None:
    assert stranger.get(f"/audit/{done.pk}/").status_code == 403
    assert stranger.post(f"/audit/{done.pk}/look/").status_code == 403


def test_looking_and_settling_are_asked_for_by_post(admin: Person, unknown: Act) -> None:
    assert admin.get(f"/audit/{unknown.pk}/look/").status_code == 405
    assert admin.get(f"/audit/{unknown.pk}/settle/").status_code == 405


def test_an_unknown_act_says_that_we_are_looking_and_asks_by_itself(desk: Person, unknown: Act) -> None:
    page = desk.get(f"/audit/{unknown.pk}/")
    assert "We did not get an answer" in page.text
    assert "look 1 of 5" in page.text
    assert "Do not award them again." in page.text
    assert "Nothing read yet" in page.text
    assert 'hx-trigger="every 3s"' in page.text
    assert '"X-Polling": "1"' in page.text
    assert "Keep this" not in page.text


def test_look_now_without_javascript_leads_back_to_the_page(desk: Person, unknown: Act, resolver: Resolver) -> None:
    resolver.answer = Settlement(True, {"status": "DONE"})
    answer = desk.post(f"/audit/{unknown.pk}/look/")
    assert (answer.status_code, answer["Location"]) == (303, f"/audit/{unknown.pk}/")
    page = desk.get(answer["Location"])
    assert "Awarded 24 credits." in page.text
    assert "read back from Piggy" in page.text


def test_look_now_with_htmx_answers_with_the_part(desk: Person, unknown: Act, resolver: Resolver) -> None:
    resolver.answer = Settlement(None, {"status": "LOCKED", "seen_cents": 150})
    ActState.objects.update(next_look_at=timezone.now())
    part = desk.post(f"/audit/{unknown.pk}/look/", headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "look 2 of 5" in part.text
    assert "LOCKED" in part.text
    assert euros(150) in part.text


def test_a_look_that_piggy_does_not_answer_leaves_the_page_standing(
    desk: Person, unknown: Act, resolver: Resolver
) -> None:
    resolver.answer = PiggyUnavailable("Piggy is down.")
    part = desk.post(f"/audit/{unknown.pk}/look/", headers=HTMX)
    assert part.status_code == 200
    assert "We did not get an answer" in part.text


def test_a_page_that_asks_by_itself_keeps_to_the_schedule(desk: Person, unknown: Act, resolver: Resolver) -> None:
    part = desk.post(f"/audit/{unknown.pk}/look/", {"due": "1"}, headers=HTMX)
    assert part.status_code == 200
    assert resolver.looks == 0
    ActState.objects.update(next_look_at=timezone.now())
    desk.post(f"/audit/{unknown.pk}/look/", {"due": "1"}, headers=HTMX)
    assert resolver.looks == 1


def test_a_page_that_asks_by_itself_is_made_anew_once_all_is_known(
    desk: Person, unknown: Act, resolver: Resolver
) -> None:
    ActState.objects.update(next_look_at=timezone.now())
    resolver.answer = Settlement(True)
    part = desk.post(f"/audit/{unknown.pk}/look/", {"due": "1"}, headers=HTMX)
    assert (part.status_code, part["HX-Refresh"]) == (204, "true")
    assert "every 3s" not in desk.get(f"/audit/{unknown.pk}/").text


def test_an_act_without_a_resolver_waits_for_an_admin(desk: Person, admin: Person, unseeable: Act) -> None:
    at_desk, at_office = (person.get(f"/audit/{unseeable.pk}/").text for person in (desk, admin))
    assert "Piggy cannot be asked about this. An admin decides." in at_desk
    assert "Keep this" not in at_desk
    assert "Look now" not in at_office
    assert "Were 24 credits awarded?" in at_office
    assert "Keep this" in at_office
    assert "every 3s" not in at_office


@pytest.mark.parametrize(("happened", "words"), [("yes", "Awarded 24 credits."), ("no", "Not awarded.")])
def test_an_admin_settles_it_with_a_reason(happened: str, words: str, admin: Person, unseeable: Act) -> None:
    answer = admin.post(f"/audit/{unseeable.pk}/settle/", {"happened": happened, "reason": "The customer showed it."})
    assert answer.status_code == 303
    page = admin.get(f"/audit/{unseeable.pk}/")
    assert words in page.text
    assert "The customer showed it." in page.text
    assert "decided by a person" in page.text
    assert "Mohammed Aït Ben Haddou" in page.text


def test_settling_with_htmx_leads_the_whole_page_on(admin: Person, unseeable: Act) -> None:
    answer = admin.post(
        f"/audit/{unseeable.pk}/settle/", {"happened": "yes", "reason": "The customer showed it."}, headers=HTMX
    )
    assert answer["HX-Redirect"] == f"/audit/{unseeable.pk}/"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"happened": "yes", "reason": " "}, "Write how you know it."),
        ({"reason": "The customer showed it."}, "Choose one of the two."),
        ({"happened": "perhaps", "reason": "The customer showed it."}, "not one of the available choices"),
        ({"happened": "yes", "reason": "x" * 1001}, "at most 1000 characters"),
        ({"happened": "yes", "reason": "a\x00b"}, "Null characters are not allowed"),
    ],
)
def test_what_is_not_complete_is_refused_and_kept(
    typed: dict[str, str], words: str, admin: Person, unseeable: Act
) -> None:
    for headers in ({}, HTMX):
        page = admin.post(f"/audit/{unseeable.pk}/settle/", typed, headers=headers)
        assert page.status_code == 422
        assert words in page.text
        assert typed["reason"].strip().replace("\x00", "") in page.text.replace("\x00", "")
    assert [event.outcome for event in Event.objects.all()] == ["unknown"]


def test_settling_is_refused_while_looks_are_to_come(admin: Person, unknown: Act) -> None:
    page = admin.post(f"/audit/{unknown.pk}/settle/", {"happened": "yes", "reason": "Seen."})
    assert page.status_code == 422
    assert "We are still looking." in page.text


def test_settling_twice_says_so(admin: Person, unseeable: Act) -> None:
    for status in (303, 422):
        page = admin.post(f"/audit/{unseeable.pk}/settle/", {"happened": "yes", "reason": "Seen."})
        assert page.status_code == status
    assert "It was settled in the meantime." in page.text


def test_settling_needs_its_permission(desk: Person, unseeable: Act) -> None:
    answer = desk.post(f"/audit/{unseeable.pk}/settle/", {"happened": "yes", "reason": "Seen."})
    assert answer.status_code == 403
    assert Event.objects.count() == 1


def test_an_act_under_way_says_so_and_asks_by_itself(desk: Person, unknown: Act) -> None:
    ActState.objects.update(outcome="sent", next_look_at=None, updated_at=timezone.now())
    page = desk.get(f"/audit/{unknown.pk}/")
    assert "Sent, no answer yet" in page.text
    assert "every 3s" in page.text
    assert "Show it again" in page.text


def test_an_act_that_went_silent_becomes_unknown_when_its_page_asks(desk: Person, unknown: Act) -> None:
    ActState.objects.update(outcome="sent", next_look_at=None, updated_at=timezone.now() - timedelta(minutes=2))
    part = desk.post(f"/audit/{unknown.pk}/look/", {"due": "1"}, headers=HTMX)
    assert "We did not get an answer" in part.text


def test_parts_and_the_whole_lead_to_each_other(admin: Person, noted: Action) -> None:
    by = Actor(admin.staff, "admin", admin.shop)
    whole = record(noted, by=by, target=Target("staff", "1"), figures={"n": 1})
    part = record(noted, by=by, target=Target("staff", "1"), figures={"n": 2}, parent=whole)
    assert f"/audit/{part.pk}/" in admin.get(f"/audit/{whole.pk}/").text
    assert f"/audit/{whole.pk}/" in admin.get(f"/audit/{part.pk}/").text


def test_what_was_typed_is_shown_as_text(admin: Person, noted: Action) -> None:
    by = Actor(admin.staff, "admin", admin.shop)
    act = record(
        noted, by=by, target=Target("staff", "<b>1"), figures={"n": "<i>"}, detail={"reason": "<script>x</script>"}
    )
    page = admin.get(f"/audit/{act.pk}/")
    assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in page.text


def test_a_target_links_to_its_page_where_it_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Kind("test-thing", "thing ending {code_end}", "ledger:act")
    monkeypatch.setitem(actions._kinds, kind.name, kind)
    act_id = uuid4()
    assert kind.url(str(act_id)) == f"/audit/{act_id}/"
    assert kind.url("no/such id") == ""
    act = Act(target_kind="test-thing", target_id="x", figures={"code_end": "9QXD"})
    assert (act.on, act.on_url) == ("thing ending 9QXD", "")
