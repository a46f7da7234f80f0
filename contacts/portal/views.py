"""The portal for one customer. A sign-in link is shown once, in answer to the POST that made it, and not again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.portal import services
from contacts.portal.forms import SessionForm
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.forms import OnceForm, focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing
from piggyadmin.qr import qr_of

TEMPLATE, LINK = "contacts/portal/portal.html", "contacts/portal/link.html"
SESSION, NO_SESSION = "contacts/portal/session.html", "contacts/portal/no_session.html"
GONE = "contacts/lookup/gone.html"
LOST_RACE, NO_ANSWER = 409, 502


@called("Open the portal for a customer")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.open_portal", raise_exception=True)
@shop_required
@renewing
def portal(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The sign-in link for their own phone, and sessions on a screen here."""
    try:
        if request.method != "POST":
            return _page(request, contact_uuid)
        return _link(request, contact_uuid) if request.POST.get("step") == "link" else _open(request, contact_uuid)
    except services.NoCustomer:
        return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)


@require_safe
@permission_required("contacts.open_portal", raise_exception=True)
def session(request: StaffRequest, contact_uuid: str, session_uuid: str) -> HttpResponse:
    """One session: its address for a screen or a tablet, and what Piggy tells of it."""
    context: dict[str, Any] = {"contact_uuid": contact_uuid, "session_uuid": session_uuid}
    try:
        context["page"] = services.read_session(contact_uuid=contact_uuid, session_uuid=session_uuid)
    except services.NoSession:
        return render_page(request, NO_SESSION, context, partial="session", status=404)
    return _unkept(render_page(request, SESSION, context, partial="session"))


def _link(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    form = OnceForm(request.POST)
    if not form.is_valid():
        return _page(request, contact_uuid, incomplete=True, status=422)
    token = form.cleaned_data["form_token"]
    outcome = services.sign_in_link(contact_uuid=contact_uuid, actor=actor_of(request), token=token)
    if outcome.done and not outcome.repeated and outcome.answer is not None:
        shown = {"contact_uuid": contact_uuid, "qr": qr_of(outcome.answer.url), "act_at": outcome.at}
        return _unkept(render_page(request, LINK, shown, partial="portal"))
    if outcome.done:
        return _page(request, contact_uuid, was_shown=True, status=LOST_RACE)
    kept = form if outcome.outcome == "planned" else None
    return _page(request, contact_uuid, link_form=kept, told=outcome, status=_status(outcome))


def _open(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    form = SessionForm(request.POST)
    if not form.is_valid():
        focus_first_error(form)
        return _page(request, contact_uuid, form=form, status=422)
    typed = form.cleaned_data
    outcome = services.open_session(
        contact_uuid=contact_uuid,
        kind=typed["kind"],
        options=form.options,
        amount_in_cents=typed["amount"],
        allow_multiple=typed["allow_multiple_giftcards"],
        actor=actor_of(request),
        token=typed["form_token"],
    )
    if outcome.done and outcome.figures.get("session_uuid"):
        return go_to(request, reverse("contacts:portal-session", args=[contact_uuid, outcome.figures["session_uuid"]]))
    # An act that waits is sent again by its own form; after any other end the next try is an act of its own.
    again = form if outcome.outcome == "planned" else _renewed(form)
    return _page(request, contact_uuid, form=again, told=outcome, status=_status(outcome))


def _renewed(form: SessionForm) -> SessionForm:
    """The same choices under a new token."""
    return SessionForm({**dict(form.data.items()), "form_token": form_token()})


def _page(
    request: StaffRequest,
    contact_uuid: str,
    *,
    form: SessionForm | None = None,
    link_form: OnceForm | None = None,
    told: Outcome | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    read = services.page_after_act if request.method == "POST" else services.open_page
    page = read(contact_uuid=contact_uuid)
    context |= {
        "contact_uuid": contact_uuid,
        "contact": page.contact,
        "page": page,
        "form": form or SessionForm(),
        # What a desk seldom changes stands there when it is asked for, or has something to say.
        "shows_options": "options" in request.GET or (form is not None and form.is_open),
        "link_form": link_form or OnceForm(),
        "told": told,
        "look": look_of(told) if told else "",
    }
    return render_page(request, TEMPLATE, context, partial="portal", status=status)


def _status(outcome: Outcome) -> int:
    return NO_ANSWER if outcome.unknown or outcome.under_way else LOST_RACE


def _unkept(response: HttpResponse) -> HttpResponse:
    """What holds a way into somebody's account stays in no cache, and is told to no other site."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response
