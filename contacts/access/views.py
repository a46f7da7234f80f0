"""Read a customer's auth token, once, with a reason. Nothing of it outlives the answer to the form."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from contacts.access import services
from contacts.access.forms import ReadForm
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, fresh_sign_in_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.pages import look_of, renewing

TEMPLATE, SHOWN = "contacts/access/ask.html", "contacts/access/shown.html"
GONE = "contacts/lookup/gone.html"
LOST_RACE = 409


@called("Read a customer’s auth token")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.read_auth_token", raise_exception=True)
@fresh_sign_in_required
@renewing
@sensitive_variables("outcome", "context")
def auth_token(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The reason first; then the token, in the answer to that very form and nowhere else."""
    if request.method != "POST":
        return _ask(request, contact_uuid, ReadForm())
    form = ReadForm(request.POST)
    if not form.is_valid():
        focus_first_error(form)
        return _ask(request, contact_uuid, form, status=422)
    asked = form.cleaned_data
    outcome = services.read(
        contact_uuid=contact_uuid, reason=asked["reason"], actor=actor_of(request), token=asked["form_token"]
    )
    if outcome.done:
        context = {"contact_uuid": contact_uuid, "auth_token": outcome.answer, "outcome": outcome}
        return _unkept(render_page(request, SHOWN, context, status=LOST_RACE if outcome.repeated else 200))
    if outcome.unknown or outcome.under_way:
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    kept = {"form_token": asked["form_token"]} if outcome.outcome == "planned" else {}
    again = ReadForm(initial={"reason": asked["reason"], **kept})
    return _ask(request, contact_uuid, again, told=outcome, look=look_of(outcome), status=LOST_RACE)


def _ask(request: StaffRequest, contact_uuid: str, form: ReadForm, *, status: int = 200, **more: Any) -> HttpResponse:
    try:
        page = services.open_page(contact_uuid=contact_uuid)
    except services.NoCustomer:
        return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)
    context = {"contact_uuid": contact_uuid, "page": page, "form": form, **more}
    return _unkept(render_page(request, TEMPLATE, context, status=status))


def _unkept(response: HttpResponse) -> HttpResponse:
    """No cache and no history of a browser may hold this page."""
    response["Cache-Control"] = "no-store, private"
    return response
