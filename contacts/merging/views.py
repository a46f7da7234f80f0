"""Merges: the list, one with all that became of it, and what people decide about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from contacts.held import deciding, jobs
from contacts.held.kinds import row_of
from contacts.merging import listing, services, showing
from contacts.merging.forms import ApproveForm, MergeFilter, ReasonForm
from contacts.merging.kind import KIND
from contacts.models import Merge
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, fresh_sign_in_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.credentials import checker
from piggyadmin.ledger.forms import ApproverForm, focus_first_error
from piggyadmin.ledger.typed_again import left_over

LIST = "contacts/merging/list.html"
ONE = "contacts/merging/merge.html"
LOST_RACE = 409
Step = Callable[[StaffRequest, Merge], HttpResponseBase]


@require_safe
@permission_required("contacts.propose_merge", raise_exception=True)
def merges(request: StaffRequest) -> HttpResponse:
    """All merges, the latest first."""
    form = MergeFilter(request.GET)
    status = 200 if form.is_valid() else 422
    context = {"form": form, **listing.page_of(form)}
    return render_page(request, LIST, context, partial="list", status=status)


@called("Export merges")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.propose_merge", raise_exception=True)
def export(request: StaffRequest) -> HttpResponseBase:
    """The filtered list as CSV. A bare visit leads to the list, which has the button."""
    form = MergeFilter(request.POST)
    if request.method != "POST" or not form.is_valid():
        return go_to(request, reverse("contacts:merges"))
    file = listing.export(form, actor=actor_of(request))
    response = StreamingHttpResponse(file.lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "no-store"
    return response


@called("Decide about a merge")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.propose_merge", raise_exception=True)
@sensitive_post_parameters("password", "otp")
def merge(request: StaffRequest, merge_id: UUID) -> HttpResponseBase:
    """One merge: how it stands, both side by side, who decided what, and what came of it."""
    row = _row_or_404(merge_id)
    if request.method != "POST":
        if wants_partial(request):
            return _polled(request, row)
        return _page(request, row)
    steps: dict[str, Step] = {
        "approve": _approve,
        "in-place": _approve_in_place,
        "decline": _decline,
        "withdraw": _withdraw,
        "cancel": _cancel,
        "close": _close,
    }
    step = steps.get(request.POST.get("step", ""))
    if step is None:  # which of the page's forms it was cannot be told
        return _page(request, row, problem="The form was not complete. Send it once more.", status=422)
    try:
        return step(request, row)
    except deciding.TooLate as late:
        return _page(request, _row_or_404(merge_id), problem=str(late), status=LOST_RACE)


def _polled(request: StaffRequest, row: Merge) -> HttpResponse:
    """How it stands, asked for every few seconds; when that is another state, the whole page comes anew."""
    jobs.nudge(KIND, row.pk)
    if request.GET.get("state") != showing.stage_of(row):
        return go_to(request, _url(row))
    return render_page(request, ONE, showing.state_of(row), partial="state")


@fresh_sign_in_required
def _approve(request: StaffRequest, row: Merge) -> HttpResponseBase:
    form = _confirmed(request, row)
    if not form.is_valid():
        return _page(request, row, approve_form=form, status=422)
    try:
        deciding.approve(
            row,
            by=actor_of(request),
            at_once=form.cleaned_data["hold"] == "now",
            reason=form.cleaned_data["reason"],
        )
    except ValidationError as error:
        form.add_error("reason", error)
        return _page(request, row, approve_form=form, status=422)
    return _done(request, row, "Approved.")


def _approve_in_place(request: StaffRequest, row: Merge) -> HttpResponseBase:
    """Somebody who may approve typed their own name and password on the proposer's screen."""
    form, approver = _confirmed(request, row), ApproverForm(request.POST)
    if not form.is_valid() or not approver.is_valid():
        return _page(request, row, approve_form=form, approver_form=approver, status=422)
    try:
        deciding.approve_in_place(
            row,
            by=actor_of(request),
            username=approver.cleaned_data["approver"],
            password=approver.cleaned_data["password"],
            totp=approver.cleaned_data["otp"],
            check=checker(request),
            at_once=form.cleaned_data["hold"] == "now",
            reason=form.cleaned_data["reason"],
        )
    except deciding.NotApproved as no:
        approver.add_error("password", str(no))
    except ValidationError as error:
        form.add_error("reason", error)
    else:
        return _done(request, row, "Approved.")
    return _page(request, row, approve_form=form, approver_form=approver, status=422)


def _decline(request: StaffRequest, row: Merge) -> HttpResponseBase:
    return _with_reason(request, row, deciding.decline, "decline_form", "Not approved. Nothing is merged.")


def _close(request: StaffRequest, row: Merge) -> HttpResponseBase:
    return _with_reason(request, row, deciding.close, "close_form", "The incident is closed.")


def _withdraw(request: StaffRequest, row: Merge) -> HttpResponseBase:
    deciding.withdraw(row, by=actor_of(request))
    return _done(request, row, "Taken back. Nothing is merged.")


def _cancel(request: StaffRequest, row: Merge) -> HttpResponseBase:
    deciding.cancel(row, by=actor_of(request))
    return _done(request, row, "Cancelled. Nothing is merged.")


def _with_reason(request: StaffRequest, row: Merge, do: Callable[..., None], name: str, words: str) -> HttpResponseBase:
    form = ReasonForm(request.POST, auto_id=f"{name.partition('_')[0]}_%s")
    if form.is_valid():
        try:
            do(row, by=actor_of(request), reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error)
        else:
            return _done(request, row, words)
    return _page(request, row, reasons={name: form}, status=422)


def _done(request: StaffRequest, row: Merge, words: str) -> HttpResponseBase:
    messages.info(request, words, "done")
    return go_to(request, _url(row))


def _confirmed(request: StaffRequest, row: Merge) -> ApproveForm:
    """The approval's form, with an error where something else was typed than who stays."""
    if row.state != Merge.State.PROPOSED:  # whoever took it back need not have left anything to be seen
        raise deciding.TooLate(f"There is nothing to approve any more: {row.get_state_display()}.")
    form = ApproveForm(request.POST)
    both = showing.both_of(row)
    if both.right is None:
        form.add_error(None, "Nobody approves what cannot be seen. Try again when Piggy answers.")
        return form
    wanted = both.confirm[1]
    if form.is_valid() and not services.is_confirmed(form.cleaned_data["confirm"], wanted):
        form.add_error("confirm", f"This is not who stays. Type {wanted}.")
    return form


def _row_or_404(merge_id: UUID) -> Merge:
    try:
        return row_of(KIND, merge_id)
    except Merge.DoesNotExist as none:
        raise Http404 from none


def _url(row: Merge) -> str:
    return reverse("contacts:merge", args=[row.pk])


def _page(
    request: StaffRequest,
    row: Merge,
    *,
    approve_form: ApproveForm | None = None,
    approver_form: ApproverForm | None = None,
    reasons: Mapping[str, ReasonForm] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    both = showing.both_of(row)
    forms: dict[str, Form] = {
        "approve_form": approve_form or ApproveForm(initial={"hold": "now" if row.customer_is_here else "hold"}),
        "approver_form": approver_form or ApproverForm(),
        "decline_form": ReasonForm(auto_id="decline_%s"),
        "close_form": ReasonForm(auto_id="close_%s"),
        **(reasons or {}),
    }
    confirm: Any = forms["approve_form"].fields["confirm"]
    confirm.label = f"Type {both.confirm[0]}: {both.confirm[1]}"
    for form in forms.values():
        if form.errors:
            focus_first_error(form)
    if not forms["approver_form"].errors:
        forms["approver_form"].fields["approver"].widget.attrs.pop("autofocus", None)
    seconds = forms["approve_form"], forms["approver_form"]
    context = {
        **showing.state_of(row),
        **showing.page_of(row, both, by=actor_of(request)),
        **forms,
        "problem": problem,
        "typed": [] if approve_form or approver_form or reasons else left_over(request.POST, *seconds),
        "hold_hours": settings.MERGE_HOLD_SECONDS / 3600,
    }
    return render_page(request, ONE, context, status=status)
