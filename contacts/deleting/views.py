"""Propose a deletion, decide about one, and see how far it is.

What was typed stays on the page; what is approved is read again by the job right before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.deleting import refusing, services
from contacts.deleting.forms import ApproveForm, InPlaceForm, ListForm, ProposeForm, ReasonForm
from contacts.deleting.kind import KIND
from contacts.deleting.services import Who
from contacts.held import deciding, jobs
from contacts.held.deciding import CannotPropose, NotApproved, TooLate
from contacts.models import Deletion
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, fresh_sign_in_required, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.credentials import checker
from piggyadmin.ledger.door import OtherValues

PROPOSE, PAGE, LIST = (f"contacts/deleting/{name}.html" for name in ("delete", "deletion", "list"))
GONE = "contacts/lookup/gone.html"
LOST_RACE, DOWN = 409, 503
ROWS = 50
State = Deletion.State
MOVING = (State.SENDING, State.UNKNOWN, State.SCHEDULED)

may_propose = permission_required("contacts.propose_deletion", raise_exception=True)
may_approve = permission_required("contacts.approve_deletion", raise_exception=True)


@called("Propose to delete a customer")
@require_http_methods(["GET", "HEAD", "POST"])
@may_propose
@shop_required
@fresh_sign_in_required
def delete(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """What goes with this customer, and the form that proposes it. Nothing is sent from here."""
    form, who = None, services.look_up(contact_uuid)
    if request.method == "POST":
        form = ProposeForm(request.POST, confirmation=who.confirmation)
        if form.is_valid() and who.facts:
            asked = form.cleaned_data
            try:
                row = services.propose(
                    who=who.facts,
                    type=asked["type"],
                    reason=asked["reason"],
                    at_once=asked["at_once"],
                    by=actor_of(request),
                    token=asked["form_token"],
                )
            except (CannotPropose, OtherValues) as no:
                form.add_error(None, str(no))
                return _propose_page(request, who, form, status=LOST_RACE)
            words = "Proposed. Nothing is deleted yet: another admin decides."
            if row.state != State.PROPOSED:
                words = "This form was sent before. Here is what became of it."
            messages.info(request, words, "plain")
            return go_to(request, _url(row))
    return _propose_page(request, who, form)


def _propose_page(
    request: StaffRequest, who: Who, form: ProposeForm | None = None, *, status: int = 200
) -> HttpResponse:
    if who.gone:
        return render_page(request, GONE, {"contact_uuid": who.contact_uuid}, status=404)
    no = "" if form and form.non_field_errors() else services.why_not(who.contact_uuid)
    context = {
        "contact_uuid": who.contact_uuid,
        "who": who,
        "form": form or ProposeForm(confirmation=who.confirmation),
        "no": no,
        "open": refusing.open_deletion(who.contact_uuid),
        "hold_words": services.hold_words(),
    }
    if status == 200:
        status = DOWN if who.error else LOST_RACE if no else 422 if form else 200
    return render_page(request, PROPOSE, context, status=status)


@require_safe
@may_propose
def deletions(request: StaffRequest) -> HttpResponse:
    """Every deletion, the latest first."""
    form = ListForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = Deletion.objects.select_related("proposed_by", "decided_by")
    if asked.get("state") == "open":
        rows = rows.filter(ended_at=None)
    elif asked.get("state"):
        rows = rows.filter(state=asked["state"])
    page = Paginator(rows, ROWS).get_page(asked.get("page") or 1)
    names = services.names_of(page)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, names.get(row.contact_uuid, "")) for row in page],
        "state": asked.get("state", ""),
    }
    return render_page(request, LIST, context, partial="list", status=200 if form.is_valid() else 422)


@require_safe
@may_propose
def deletion(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One deletion: who, how far it is, and what can be decided. Asked again by itself while it moves."""
    row = _row(pk)
    jobs.nudge(KIND, row.pk)
    if wants_partial(request) and (row.ended_at is not None or row.state == State.INCIDENT):
        return go_to(request, _url(row))  # the asking is over: the whole page comes anew, its heading too
    return _show(request, row)


@called("Approve a deletion")
@require_POST
@may_approve
@shop_required
@fresh_sign_in_required
def approve(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Another admin's yes, with what goes typed once more."""
    row = _row(pk)
    who = services.look_up(row.contact_uuid)
    form = ApproveForm(request.POST, confirmation=who.confirmation)
    if not form.is_valid() or not who.facts:
        return _show(request, row, who=who, approve_form=form, status=DOWN if who.error else 422)
    try:
        deciding.approve(row, by=actor_of(request), **_when(form))
    except ValidationError as error:
        form.add_error("why_now", error)
        return _show(request, row, who=who, approve_form=form, status=422)
    except TooLate as late:
        return _show(request, _row(pk), problem=str(late), status=LOST_RACE)
    messages.info(request, "Approved.", "done")
    return go_to(request, _url(row))


@called("Approve a deletion on this screen")
@require_POST
@may_propose
@shop_required
@sensitive_post_parameters("password", "otp")
def approve_here(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The same, by somebody who types their own name and password on the proposer's screen."""
    row = _row(pk)
    who = services.look_up(row.contact_uuid)
    form = InPlaceForm(request.POST, confirmation=who.confirmation, auto_id="id_here_%s")
    if not form.is_valid() or not who.facts:
        return _show(request, row, who=who, here_form=form, status=DOWN if who.error else 422)
    typed = form.cleaned_data
    try:
        deciding.approve_in_place(
            row,
            by=actor_of(request),
            username=typed["approver"],
            password=typed["password"],
            totp=typed["otp"],
            check=checker(request),
            **_when(form),
        )
    except ValidationError as error:
        form.add_error("why_now", error)
        return _show(request, row, who=who, here_form=form, status=422)
    except NotApproved as no:
        form.add_error("password", str(no))
        return _show(request, row, who=who, here_form=form, status=422)
    except TooLate as late:
        return _show(request, _row(pk), problem=str(late), status=LOST_RACE)
    messages.info(request, "Approved.", "done")
    return go_to(request, _url(row))


def _when(form: ApproveForm) -> dict[str, Any]:
    return {"at_once": form.cleaned_data["hold"] == "now", "reason": form.cleaned_data["why_now"]}


@called("Do not approve a deletion")
@require_POST
@may_approve
def decline(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, "decline_form", deciding.decline, "Not approved. Nothing is deleted.")


@called("Withdraw a proposed deletion")
@require_POST
@may_propose
def withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Who proposed it takes it back."""
    row = _row(pk)
    return _decided(request, row, lambda: deciding.withdraw(row, by=actor_of(request)), "Withdrawn.")


@called("Cancel a deletion")
@require_POST
@may_propose
def cancel(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Stop it while it is held."""
    return _with_reason(request, pk, "cancel_form", deciding.cancel, "Cancelled. Nothing is deleted.")


@called("Close an incident")
@require_POST
@may_approve
def close(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put away an incident that a person has looked into."""
    return _with_reason(request, pk, "close_form", deciding.close, "Closed.")


def _with_reason(request: StaffRequest, pk: UUID, name: str, act: Callable[..., None], told: str) -> HttpResponse:
    row, form = _row(pk), ReasonForm(request.POST, auto_id=f"id_{name}_%s")
    if not form.is_valid():
        return _show(request, row, status=422, reason_form=(name, form))
    return _decided(request, row, lambda: act(row, by=actor_of(request), reason=form.cleaned_data["reason"]), told)


def _decided(request: StaffRequest, row: Deletion, act: Callable[[], None], told: str) -> HttpResponse:
    """Do it, and lead to the page; what came too late is said there."""
    try:
        act()
    except TooLate as late:
        return _show(request, _row(row.pk), problem=str(late), status=LOST_RACE)
    except ValidationError as error:
        return _show(request, _row(row.pk), problem=" ".join(error.messages), status=422)
    messages.info(request, told, "done")
    return go_to(request, _url(row))


def _show(
    request: StaffRequest,
    row: Deletion,
    *,
    who: Who | None = None,
    problem: str = "",
    status: int = 200,
    approve_form: forms.Form | None = None,
    here_form: forms.Form | None = None,
    reason_form: tuple[str, forms.Form] | None = None,
) -> HttpResponse:
    is_held = row.state == State.HELD and row.hold_until is not None and row.hold_until > timezone.now()
    if who is None and (row.state == State.PROPOSED or is_held):
        who = services.look_up(row.contact_uuid)
    is_open = row.state == State.PROPOSED and who is not None and who.facts is not None
    is_own = row.proposed_by_id == request.user.pk
    may = request.user.has_perm("contacts.approve_deletion")
    confirmation = who.confirmation if who else None
    when = {"hold": "now" if row.customer_is_here else "hold"}
    context: dict[str, Any] = {
        "row": row,
        "who": who,
        "problem": problem,
        "reason": services.reason_of(row),
        "is_own": is_own,
        "may_approve": is_open and may and not is_own,
        "may_decline": row.state == State.PROPOSED and may and not is_own,
        "may_approve_here": is_open and is_own,
        "is_held": is_held,
        "moves": row.ended_at is None and (row.state in MOVING or (row.state == State.HELD and not is_held)),
        "why_over": services.why_over(row),
        "why_declined": services.why_declined(row) if row.state == State.DECLINED else "",
        "incident": services.incident_words(row),
        "asked": row.expected.get("asked", {}),
        "approve_form": approve_form or ApproveForm(confirmation=confirmation, initial=when),
        "here_form": here_form or InPlaceForm(confirmation=confirmation, initial=when, auto_id="id_here_%s"),
        "hold_words": services.hold_words(),
    }
    context |= {name: ReasonForm(auto_id=f"id_{name}_%s") for name in ("decline_form", "cancel_form", "close_form")}
    context |= dict([reason_form] if reason_form else [])
    if status == 200 and who is not None and who.error:
        status = DOWN
    return render_page(request, PAGE, context, partial="state", status=status)


def _row(pk: UUID) -> Deletion:
    return get_object_or_404(Deletion.objects.select_related("proposed_by", "decided_by", "approval__act"), pk=pk)


def _url(row: Deletion) -> str:
    return reverse("contacts:deletion", args=[row.pk])
