"""One asks, another decides, once: also when the other types name and password on the asker's own screen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from piggyadmin.accounts.models import Staff
from piggyadmin.ledger import approvals, jobs
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.credentials import checker
from piggyadmin.ledger.door import Target, form_token, perform
from piggyadmin.ledger.models import Act, ActDetail, Approval
from piggyadmin.ledger.services import waiting_for
from piggyadmin.ledger.verifying import verify_ledger
from tests.conftest import Person

pytestmark = pytest.mark.django_db
FIGURES = {"credits": 900}


@pytest.fixture
def manager(clerk: Callable[..., Actor]) -> Actor:
    return clerk("mieke", may=("view_acts", "settle_act", "view_all_acts"))


@pytest.fixture
def asked(award: Action, actor: Actor, customer: Target) -> Approval:
    return approvals.request_approval(award, by=actor, target=customer, figures=FIGURES, reason="Jan moved house")


def test_asking_is_an_act_whose_words_are_kept_apart(asked: Approval, actor: Actor) -> None:
    act = asked.act
    assert (asked.status, act.action, act.outcome, act.staff) == ("open", "approval.asked", "done", actor.staff)
    assert act.sentence == "Asked for approval: Test award."
    assert ActDetail.objects.get(act=act).words == {"reason": "Jan moved house"}
    assert asked.sentence == "Test award, +900, customer 123"


def test_a_form_sent_twice_asks_once(award: Action, actor: Actor, customer: Target) -> None:
    token = form_token()
    first, second = (
        approvals.request_approval(award, by=actor, target=customer, figures=FIGURES, form_token=token)
        for _ in range(2)
    )
    assert first == second
    assert Approval.objects.count() == 1


def test_who_may_not_do_it_may_not_ask_for_it(award: Action, clerk: Callable[..., Actor], customer: Target) -> None:
    with pytest.raises(PermissionDenied):
        approvals.request_approval(award, by=clerk("noor", may=("view_acts",)), target=customer, figures=FIGURES)
    assert not Approval.objects.exists()


def test_an_action_that_nobody_can_approve_cannot_be_asked_for(award: Action, actor: Actor, customer: Target) -> None:
    with pytest.raises(ValueError, match="approve_permission"):
        approvals.request_approval(replace(award, approve_permission=""), by=actor, target=customer, figures=FIGURES)


def test_it_waits_for_those_who_may_decide_and_for_nobody_else(
    asked: Approval, actor: Actor, manager: Actor, clerk: Callable[..., Actor]
) -> None:
    assert [item.pk for item in waiting_for(manager)] == [asked.pk]
    item = waiting_for(manager)[0]
    assert (item.kind, item.title) == ("approval", "Fatima asks for your approval")
    assert item.url == f"/audit/{asked.act_id}/"
    assert waiting_for(actor) == []
    assert waiting_for(clerk("daan")) == []


def test_who_may_decide_can_open_the_asking_though_it_is_anothers(
    admin: Person, marketing: Person, asked: Approval, award: Action
) -> None:
    url = f"/audit/{asked.act_id}/"
    assert admin.get(url).status_code == 200
    assert marketing.get(url).status_code == 404
    object.__setattr__(award, "approve_permission", "ledger.view_acts")
    assert marketing.get(url).status_code == 200
    approvals.withdraw(asked.pk, by=Actor(asked.requested_by, "desk", asked.shop))
    assert marketing.get(url).status_code == 404


def test_granting_is_an_act_under_the_asking(asked: Approval, manager: Actor) -> None:
    granted = approvals.decide(asked.pk, by=manager, granted=True)
    assert (granted.status, granted.decided_by) == ("granted", manager.staff)
    act = Act.objects.latest("seq")
    assert (act.action, act.parent_id, act.staff) == ("approval.granted", asked.act_id, manager.staff)
    assert waiting_for(manager) == []


def test_what_was_granted_waits_for_who_asked_until_it_is_done(
    asked: Approval, actor: Actor, manager: Actor, award: Action, customer: Target
) -> None:
    approvals.decide(asked.pk, by=manager, granted=True)
    item = waiting_for(actor)[0]
    assert (item.kind, item.title) == ("granted", "Mieke approved what you asked for")
    assert item.url == "/contacts/123/"
    approvals.use(asked.pk, by=actor, action=award, target=customer, figures=FIGURES)
    assert waiting_for(actor) == []


def test_an_approved_act_is_done_on_its_own_page(asked: Approval, actor: Actor, manager: Actor, award: Action) -> None:
    object.__setattr__(award, "page", "ledger:act")
    asked.target_id = str(asked.act_id)
    asked.save()
    approvals.decide(asked.pk, by=manager, granted=True)
    assert waiting_for(actor)[0].url == f"/audit/{asked.act_id}/"


def test_refusing_needs_a_reason(asked: Approval, manager: Actor) -> None:
    with pytest.raises(ValidationError):
        approvals.decide(asked.pk, by=manager, granted=False, reason=" ")
    refused = approvals.decide(asked.pk, by=manager, granted=False, reason="Too much for a house.")
    assert refused.status == "refused"
    assert ActDetail.objects.get(act=Act.objects.latest("seq")).words == {"reason": "Too much for a house."}


def test_who_asked_may_not_approve(award: Action, manager: Actor, customer: Target) -> None:
    asked = approvals.request_approval(award, by=manager, target=customer, figures=FIGURES)
    with pytest.raises(PermissionDenied):
        approvals.decide(asked.pk, by=manager, granted=True)
    assert waiting_for(manager) == []
    asked.refresh_from_db()
    assert asked.status == "open"


def test_who_has_not_the_permission_may_not_decide(asked: Approval, clerk: Callable[..., Actor]) -> None:
    with pytest.raises(PermissionDenied):
        approvals.decide(asked.pk, by=clerk("daan"), granted=True)


def test_a_decision_is_final(asked: Approval, manager: Actor) -> None:
    approvals.decide(asked.pk, by=manager, granted=False, reason="No.")
    with pytest.raises(ValidationError, match="refused"):
        approvals.decide(asked.pk, by=manager, granted=True)


def test_an_approval_is_used_once_and_is_the_acts_parent(
    asked: Approval, award: Action, actor: Actor, manager: Actor, customer: Target
) -> None:
    approvals.decide(asked.pk, by=manager, granted=True)
    parent = approvals.use(asked.pk, by=actor, action=award, target=customer, figures=FIGURES)
    outcome = perform(award, by=actor, target=customer, figures=FIGURES, parent=parent, call=lambda act: "answer")
    assert Act.objects.get(pk=outcome.act_id).parent == asked.act
    with pytest.raises(ValidationError, match="used"):
        approvals.use(asked.pk, by=actor, action=award, target=customer, figures=FIGURES)
    assert verify_ledger().whole


def test_an_approval_is_good_for_exactly_what_was_asked(
    asked: Approval, award: Action, blind: Action, actor: Actor, manager: Actor, customer: Target
) -> None:
    approvals.decide(asked.pk, by=manager, granted=True)
    others = [
        (actor, award, customer, {"credits": 901}),
        (actor, award, Target("contact", "124"), FIGURES),
        (actor, blind, customer, FIGURES),
        (manager, award, customer, FIGURES),
    ]
    for by, action, target, figures in others:
        with pytest.raises(PermissionDenied):
            approvals.use(asked.pk, by=by, action=action, target=target, figures=figures)
    asked.refresh_from_db()
    assert asked.status == "granted"


def test_an_open_request_cannot_be_used(asked: Approval, award: Action, actor: Actor, customer: Target) -> None:
    with pytest.raises(ValidationError, match="open"):
        approvals.use(asked.pk, by=actor, action=award, target=customer, figures=FIGURES)


@pytest.mark.parametrize("granted", [True, False])
def test_a_request_expires_after_a_day(
    granted: bool, asked: Approval, award: Action, actor: Actor, manager: Actor, customer: Target
) -> None:
    if granted:
        approvals.decide(asked.pk, by=manager, granted=True)
    Approval.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert waiting_for(manager) == []
    late = (
        partial(approvals.use, by=actor, action=award, target=customer, figures=FIGURES)
        if granted
        else partial(approvals.decide, by=manager, granted=True)
    )
    with pytest.raises(ValidationError, match="expired"):
        late(asked.pk)
    jobs.settle_open()
    asked.refresh_from_db()
    assert asked.status == "expired"


def test_who_asked_may_take_it_back_and_nobody_else(asked: Approval, actor: Actor, manager: Actor) -> None:
    with pytest.raises(PermissionDenied):
        approvals.withdraw(asked.pk, by=manager)
    assert approvals.withdraw(asked.pk, by=actor).status == "withdrawn"
    assert Act.objects.latest("seq").action == "approval.withdrawn"
    with pytest.raises(ValidationError):
        approvals.decide(asked.pk, by=manager, granted=True)


# -- on the asker's screen -------------------------------------------------------------------------------------------


@pytest.fixture
def screen(rf: RequestFactory, actor: Actor) -> HttpRequest:
    """A request from the asker's own session."""
    request = rf.post("/")
    request.user, request.session = actor.staff, SessionStore()
    return request


def grant(asked: Approval, screen: HttpRequest, password: str, totp: str = "") -> Approval:
    return approvals.grant_in_place(asked.pk, username="mieke", password=password, totp=totp, check=checker(screen))


def test_the_approver_types_name_and_password_and_nobodys_session_changes(
    asked: Approval, manager: Actor, actor: Actor, screen: HttpRequest
) -> None:
    granted = grant(asked, screen, "correct horse")
    assert (granted.status, granted.decided_by) == ("granted", manager.staff)
    assert screen.user == actor.staff
    assert dict(screen.session.items()) == {}


def test_a_wrong_password_approves_nothing_and_counts(asked: Approval, manager: Actor, screen: HttpRequest) -> None:
    with pytest.raises(ValidationError, match="Nothing was approved"):
        grant(asked, screen, "wrong")
    asked.refresh_from_db()
    assert asked.status == "open"
    assert AccessAttempt.objects.get().failures_since_start == 1


def test_after_five_wrong_passwords_the_right_one_is_refused_too(
    asked: Approval, manager: Actor, screen: HttpRequest
) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        with pytest.raises(ValidationError):
            grant(asked, screen, "wrong")
    with pytest.raises(ValidationError):
        grant(asked, screen, "correct horse")
    asked.refresh_from_db()
    assert asked.status == "open"


@pytest.fixture
def code(manager: Actor) -> str:
    """The code that the approver's second factor shows now."""
    TOTP.activate(manager.staff, "JBSWY3DPEHPK3PXP")
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", counter))


def test_a_second_factor_is_asked_for_where_there_is_one(asked: Approval, screen: HttpRequest, code: str) -> None:
    for wrong in ("", "000000" if code != "000000" else "111111"):
        with pytest.raises(ValidationError):
            grant(asked, screen, "correct horse", wrong)
    assert AccessAttempt.objects.get().failures_since_start == 2
    assert grant(asked, screen, "correct horse", code).status == "granted"


def test_who_asked_may_not_approve_by_typing_either(
    award: Action, manager: Actor, customer: Target, screen: HttpRequest
) -> None:
    asked = approvals.request_approval(award, by=manager, target=customer, figures=FIGURES)
    with pytest.raises(PermissionDenied):
        grant(asked, screen, "correct horse")


def test_a_closed_account_cannot_approve(asked: Approval, manager: Actor, screen: HttpRequest) -> None:
    Staff.objects.filter(pk=manager.staff.pk).update(is_active=False)
    with pytest.raises(ValidationError):
        grant(asked, screen, "correct horse")


def page_of(approval: Approval) -> str:
    return f"/audit/{approval.act_id}/"


def test_the_request_stands_on_a_page_where_a_second_person_decides(
    award: Action, actor: Actor, customer: Target, admin: Person
) -> None:
    asked = approvals.request_approval(award, by=actor, target=customer, figures=FIGURES, reason="Jan moved house")
    page = admin.get(page_of(asked))
    assert "Test award, +900" in page.text
    assert "Approve it" in page.text
    admin.post(f"{page_of(asked)}decide/", {"granted": "yes"})
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("granted", admin.staff)
    assert "Approve it" not in admin.get(page_of(asked)).text


def test_a_refusal_without_a_reason_is_asked_for_one_and_nothing_is_decided(
    award: Action, actor: Actor, customer: Target, admin: Person
) -> None:
    asked = approvals.request_approval(award, by=actor, target=customer, figures=FIGURES)
    page = admin.post(f"{page_of(asked)}decide/", {"granted": "no", "reason": " "})
    assert page.status_code == 422
    assert "Write why not." in page.text
    page = admin.post(f"{page_of(asked)}decide/", {"reason": "kept words"})
    assert page.status_code == 422
    assert "kept words" in page.text
    asked.refresh_from_db()
    assert asked.status == "open"


def test_who_asked_and_who_may_not_decide_find_no_form(
    award: Action, actor: Actor, customer: Target, desk: Person, admin: Person
) -> None:
    asked = approvals.request_approval(award, by=actor, target=customer, figures=FIGURES)
    assert desk.post(f"{page_of(asked)}decide/", {"granted": "yes"}).status_code == 404
    own = approvals.request_approval(
        award, by=Actor(admin.staff, "admin", admin.shop), target=customer, figures=FIGURES
    )
    assert "Approve it" not in admin.get(page_of(own)).text
    assert admin.post(f"{page_of(own)}decide/", {"granted": "yes"}).status_code == 403
    own.refresh_from_db()
    assert own.status == "open"


def test_who_decided_sees_what_they_decided(marketing: Person, asked: Approval, award: Action) -> None:
    object.__setattr__(award, "approve_permission", "ledger.view_acts")
    url = f"/audit/{asked.act_id}/"
    decided = marketing.post(f"{url}decide/", {"granted": "yes", "reason": ""}, follow=True)
    assert decided.status_code == 200
    assert decided.redirect_chain[-1][0] == url
    assert marketing.get(url).status_code == 200
