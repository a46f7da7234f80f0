"""The audit: all acts or one's own, one act with its events, and the settling of what stayed unknown."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger import approvals, listing, settling
from piggyadmin.ledger.actions import action_named
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.approvals import open_for
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.export import csv_lines, file_name
from piggyadmin.ledger.forms import AuditFilter, DecideForm, SettleForm
from piggyadmin.ledger.models import Act, Approval
from piggyadmin.ledger.own_actions import AUDIT_EXPORTED
from piggyadmin.ledger.services import SEE_ALL, acts, address_of, visible_acts

LIST, ONE = "ledger/audit.html", "ledger/act.html"


@require_safe
@permission_required("ledger.view_acts", raise_exception=True)
def audit(request: HttpRequest) -> HttpResponse:
    """Acts, the latest first, through a filter that lives in the URL."""
    form = AuditFilter(request.GET, all_people=_sees_all(request))
    return _list(request, form, status=200 if form.is_valid() else 422)


@require_POST
@permission_required(SEE_ALL, raise_exception=True)
def export(request: HttpRequest) -> HttpResponseBase:
    """The rows of a filter as a file. The export is an act itself, recorded before the first byte leaves."""
    form = AuditFilter(request.POST, all_people=True)
    if not form.is_valid():
        return _list(request, form, status=422)
    found = form.narrow(acts())
    latest = found.first()
    found = found.filter(seq__lte=latest.seq if latest else 0)
    rows, typed = found.count(), form.cleaned_data["target"]
    record(
        AUDIT_EXPORTED,
        by=_actor(request),
        target=Target("audit", ""),
        figures={"rows": rows, **form.figures()},
        detail={"on": typed} if typed else None,
    )
    response = StreamingHttpResponse(csv_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(rows, timezone.now())}"'
    return response


@require_safe
@permission_required("ledger.view_acts", raise_exception=True)
def act(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """One act: who, what, on what, and everything that became known about it."""
    return _one(request, _act_or_404(request, act_id))


@require_POST
@permission_required("ledger.view_acts", raise_exception=True)
def look(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Look at Piggy for an act without a known outcome. A page that asks by itself (`due`) keeps to the schedule."""
    found = _act_or_404(request, act_id)
    outcome = settling.look(found.pk, only_due="due" in request.POST)
    if not wants_partial(request):
        return go_to(request, reverse("ledger:act", args=[act_id]))
    if "due" in request.POST and not outcome.under_way:
        # The asking is over: the whole page comes anew, with what can be done now, and without asking any more.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return _one(request, _act_or_404(request, act_id))


@require_POST
@permission_required(settling.SETTLE, raise_exception=True)
def settle(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """A person's word on an act that stayed unknown."""
    found = _act_or_404(request, act_id)
    form = SettleForm(request.POST)
    if form.is_valid():
        happened, reason = form.cleaned_data["happened"] == "yes", form.cleaned_data["reason"]
        try:
            outcome = settling.settle_by_person(found.pk, by=_actor(request), happened=happened, reason=reason)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if not outcome.repeated:
                return go_to(request, reverse("ledger:act", args=[act_id]))
            form.add_error(None, "It was settled in the meantime. Nothing was changed now.")
    return _one(request, _act_or_404(request, act_id), form, status=422)


@require_POST
@permission_required("ledger.view_acts", raise_exception=True)
def decide(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """A second person's decision on a request. Who may decide about what stands with each action."""
    found = _act_or_404(request, act_id)
    approval = Approval.objects.filter(act=found).first()
    if approval is None:
        raise Http404
    if action_named(approval.action).decides_on_page:
        return go_to(request, address_of(approval))
    form = DecideForm(request.POST)
    if form.is_valid():
        granted, reason = form.cleaned_data["granted"] == "yes", form.cleaned_data["reason"]
        try:
            approvals.decide(approval.pk, by=_actor(request), granted=granted, reason=reason)
        except ValidationError as error:
            form.add_error("reason" if error.code == "required" else None, error)
        else:
            return go_to(request, reverse("ledger:act", args=[act_id]))
    return _one(request, found, decide_form=form, status=422)


def _actor(request: HttpRequest) -> Actor:
    person: Any = request.user  # Staff: everybody without a sign-in was led away before
    return Actor(staff=person, role=person.role, shop=getattr(request, "shop", None))


def _sees_all(request: HttpRequest) -> bool:
    return _actor(request).may(SEE_ALL)


def _act_or_404(request: HttpRequest, act_id: UUID) -> Act:
    """Somebody else's act is not there for whoever sees only their own, unless theirs is, or was, the decision."""
    actor = _actor(request)
    found = visible_acts(actor=actor).filter(pk=act_id).first()
    mine = Q(approval__in=open_for(actor)) | Q(approval__decided_by=actor.staff)
    found = found or acts().filter(mine, pk=act_id).first()
    if found is None:
        raise Http404
    return found


def _list(request: HttpRequest, form: AuditFilter, *, status: int) -> HttpResponse:
    actor = _actor(request)
    found = listing.page_of(form, visible_acts(actor=actor), by=actor)
    context = {"form": form, "sees_all": _sees_all(request), **found}
    return render_page(request, LIST, context, partial="list", status=status)


def _one(
    request: HttpRequest,
    found: Act,
    form: SettleForm | None = None,
    *,
    decide_form: DecideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    forms = {"settle_form": form or SettleForm(), "decide_form": decide_form or DecideForm()}
    context = listing.story_of(found, by=_actor(request)) | forms
    return render_page(request, ONE, context, partial="story", status=status)
