"""The automations that can be run for a customer, and the page that runs one: a full page, for it cannot be undone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.automations import services
from contacts.automations.forms import RunForm
from contacts.automations.services import RunPage
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import form_token, was_begun
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.pages import look_of, renewing, say

LIST, RUN = "contacts/automations/list.html", "contacts/automations/run.html"
GONE = "contacts/lookup/gone.html"
LOST_RACE, NO_ANSWER = 409, 503

may_run = permission_required("contacts.run_automation", raise_exception=True)


@require_safe
@may_run
def automations(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Every automation, with why those cannot be run that cannot."""
    try:
        page = services.open_page(contact_uuid=contact_uuid)
    except services.NoCustomer:
        return _gone(request, contact_uuid)
    context = {"contact_uuid": contact_uuid, "page": page}
    return render_page(request, LIST, context, status=NO_ANSWER if page.error else 200)


@called("Run an automation")
@require_http_methods(["GET", "HEAD", "POST"])
@may_run
@renewing
def run(request: StaffRequest, contact_uuid: str, automation_uuid: str) -> HttpResponse:
    """What it is, for whom, and its name typed."""
    try:
        page = services.open_run(contact_uuid=contact_uuid, automation_uuid=automation_uuid)
    except services.NoCustomer:
        return _gone(request, contact_uuid)
    except services.NoAutomation:
        return go_to(request, reverse("contacts:automations", args=[contact_uuid]))
    token = request.POST.get("form_token", "")
    form = RunForm(
        request.POST if request.method == "POST" else None,
        automation=page.automation.name,
        was_run=page.last is not None and not was_begun(token, by=actor_of(request)),  # a second click asks no more
    )
    if not form.is_valid():
        focus_first_error(form)
        return _page(request, contact_uuid, page, form, status=422 if form.is_bound else 200)
    asked = form.cleaned_data
    outcome = services.run(
        contact_uuid=contact_uuid,
        automation=page.automation,
        data=asked["handed"],
        again=bool(asked.get("again")),
        actor=actor_of(request),
        token=asked["form_token"],
    )
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("contacts:contact", args=[contact_uuid]))
    if outcome.unknown or outcome.under_way:
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    if outcome.outcome != "planned":  # the old token leads to the refusal; a planned act is sent again by it alone
        again = request.POST.copy()
        again["form_token"] = form_token()
        form.data = again
    return _page(request, contact_uuid, page, form, told=outcome, look=look_of(outcome), status=LOST_RACE)


def _page(
    request: StaffRequest, contact_uuid: str, page: RunPage, form: RunForm, *, status: int, **more: Any
) -> HttpResponse:
    context = {"contact_uuid": contact_uuid, "page": page, "form": form, **more}
    if page.why_not and status == 200:
        status = LOST_RACE
    return render_page(request, RUN, context, status=status)


def _gone(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)
