"""Claim a link for a customer in two steps on one page: first what it says it gives, then claiming it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contacts.portal import claim_links
from contacts.portal.forms import LinkForm
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.pages import look_of, say
from piggyadmin.ledger.services import SEE_ALL

TEMPLATE = "contacts/portal/claim.html"
GONE = "contacts/lookup/gone.html"
LOST_RACE = 409


@called("Claim a link for a customer")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.award_credits", raise_exception=True)
@shop_required
@sensitive_post_parameters("secret_link")
def claim_link(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    form = LinkForm(request.POST if request.method == "POST" else None)
    try:
        if not form.is_valid():
            focus_first_error(form)
            return _page(request, contact_uuid, form, status=422 if form.is_bound else 200)
        return (
            _claim(request, contact_uuid, form)
            if request.POST.get("step") == "claim"
            else _see(request, contact_uuid, form)
        )
    except claim_links.NoCustomer:
        return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)


def _see(request: StaffRequest, contact_uuid: str, form: LinkForm, **context: Any) -> HttpResponse:
    """What the link says it gives. The link stands in the form that claims it; nothing is asked of Piggy about it."""
    kept = {"secret_link": form.cleaned_data["secret_link"]}
    if context.get("keeps_token"):
        kept["form_token"] = form.cleaned_data["form_token"]
    claim_form = LinkForm(initial=kept, auto_id=False)
    return _page(request, contact_uuid, LinkForm(), seen=claim_links.see(form.read), claim_form=claim_form, **context)


def _claim(request: StaffRequest, contact_uuid: str, form: LinkForm) -> HttpResponse:
    token = form.cleaned_data["form_token"]
    outcome = claim_links.claim(contact_uuid=contact_uuid, token=form.read, actor=actor_of(request), form_token=token)
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("contacts:contact", args=[contact_uuid]))
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    told: dict[str, Any] = {"told": outcome, "look": look_of(outcome), "status": LOST_RACE}
    if outcome.outcome == "planned":  # the same act may be sent when its time has come
        return _see(request, contact_uuid, form, keeps_token=True, **told)
    return _page(request, contact_uuid, LinkForm(), **told)


def _page(
    request: StaffRequest, contact_uuid: str, form: LinkForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    contact, read_at = claim_links.customer(contact_uuid=contact_uuid)
    unclear = claim_links.open_claim(contact_uuid)
    if "seen" in context:
        form.fields["secret_link"].widget.attrs.pop("autofocus", None)  # the button has it
    context |= {
        "contact_uuid": contact_uuid,
        "contact": contact,
        "read_at": read_at,
        "form": form,
        "unclear": unclear,
        "may_open_act": unclear is not None and (unclear.staff_id == request.user.pk or request.user.has_perm(SEE_ALL)),
    }
    response = render_page(request, TEMPLATE, context, partial="claim", status=status)
    response["Cache-Control"] = "no-store, private"
    return response
