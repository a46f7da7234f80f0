"""Scan the session token on a customer's phone: whose it is, then use it and open them. It travels by POST."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contacts.portal import tokens
from contacts.portal.actions import USE_TOKEN
from contacts.portal.forms import TokenForm, UseTokenForm
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import was_begun
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.pages import look_of, say

TEMPLATE = "contacts/portal/token.html"
LOST_RACE, NO_ANSWER = 409, 502


@called("Use a session token")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.view_contact", raise_exception=True)
@shop_required
@sensitive_post_parameters("secret_token")
def session_token(request: StaffRequest) -> HttpResponse:
    """First whose it is; then, by a button, it is used and leads to the customer."""
    if request.method != "POST":
        return _page(request, TokenForm())
    form = TokenForm(request.POST)
    if not form.is_valid():
        focus_first_error(form)
        return _page(request, form, status=422)
    try:
        found = tokens.find(token=form.cleaned_data["secret_token"])
    except tokens.NoToken:
        form.add_error("secret_token", "Piggy does not know this token. Ask the customer to show a new one.")
        focus_first_error(form)
        return _page(request, form, status=404)
    return _use(request, found) if request.POST.get("step") == "use" else _found(request, found)


def _use(request: StaffRequest, found: tokens.Found) -> HttpResponse:
    form, actor = UseTokenForm(request.POST), actor_of(request)
    if not form.is_valid():
        return _found(request, found, status=422)
    token = form.cleaned_data["form_token"]
    if not found.is_active and not was_begun(token, action=USE_TOKEN, by=actor):
        return _found(request, found, status=LOST_RACE)
    outcome = tokens.use(found=found, actor=actor, form_token=token)
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("contacts:contact", args=[found.contact_uuid]))
    status = NO_ANSWER if outcome.unknown or outcome.under_way else LOST_RACE
    kept: dict[str, Any] = {"use_form": form} if outcome.outcome == "planned" else {}
    return _found(request, found, told=outcome, look=look_of(outcome), status=status, **kept)


def _found(request: StaffRequest, found: tokens.Found, *, status: int = 200, **context: Any) -> HttpResponse:
    """Whose it is. The token stands in the form that uses it, and nowhere else on the page."""
    use_form = UseTokenForm(initial={"secret_token": found.token.token}, auto_id=False)
    return _page(request, TokenForm(), status=status, **{"found": found, "use_form": use_form, **context})


def _page(request: StaffRequest, form: TokenForm, *, status: int = 200, **context: Any) -> HttpResponse:
    if "found" in context:
        form.fields["secret_token"].widget.attrs.pop("autofocus", None)  # the button has it
    context["form"] = form
    response = render_page(request, TEMPLATE, context, partial="token", status=status)
    response["Cache-Control"] = "no-store, private"
    return response
