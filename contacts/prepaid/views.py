"""Prepaid money of a customer: the balance, its history page by page, and taking a transaction back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.credits.services import NoCustomer
from contacts.prepaid import services
from contacts.prepaid.forms import BackForm
from contacts.prepaid.page import TEMPLATE, gone, prepaid_page, request_context
from contacts.prepaid.services import Moved
from contacts.rewards.forms import renewed
from contacts.rewards.views import may_open
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.door import was_begun
from piggyadmin.ledger.forms import OnceForm, focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing

BACK, NONE = "contacts/prepaid/back.html", "contacts/prepaid/no_transaction.html"
LOST_RACE = 409
MOST_PAGES = 1_000_000


@require_safe
@permission_required("contacts.view_contact", raise_exception=True)
def prepaid(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The balance as it is now, what can be done, and what was done."""
    if wants_partial(request) and request.headers.get("X-Polling") == "1":
        context = {"contact_uuid": contact_uuid, **request_context(request, contact_uuid)}
        return render_page(request, TEMPLATE, context, partial="requests")
    try:
        page = services.open_page(contact_uuid=contact_uuid, page=_page_number(request))
    except NoCustomer:
        return gone(request, contact_uuid)
    return prepaid_page(request, page, partial="history")


@called("Take back a prepaid transaction")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.adjust_prepaid", raise_exception=True)
@shop_required
@renewing
def take_back(request: StaffRequest, contact_uuid: str, transaction_uuid: str) -> HttpResponse:
    """One transaction, what the balance would be without it, and why."""
    try:
        moved = services.open_move(contact_uuid=contact_uuid, transaction_uuid=transaction_uuid)
    except NoCustomer:
        return gone(request, contact_uuid)
    except services.NoTransaction:
        return render_page(request, NONE, {"contact_uuid": contact_uuid}, partial="gone", status=404)
    form = BackForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _back(request, moved, form, status=422 if form.is_bound else 200)
    token = form.cleaned_data["form_token"]
    if (moved.is_taken_back or moved.expected < 0) and not was_begun(token):
        return _back(request, moved, form, status=422)
    outcome = services.reverse(moved=moved, actor=actor_of(request), reason=form.cleaned_data["reason"], token=token)
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    if outcome.done:
        messages.add_message(request, messages.INFO, services.words_of(outcome), extra_tags="done")
        return go_to(request, reverse("contacts:prepaid", args=[contact_uuid]))
    kept = form if outcome.outcome == "planned" else renewed(form, request.POST)
    return _back(request, moved, kept, told=outcome, status=LOST_RACE)


def _back(
    request: StaffRequest, moved: Moved, form: OnceForm, *, told: Outcome | None = None, status: int = 200
) -> HttpResponse:
    focus_first_error(form)
    context = {
        "contact_uuid": moved.contact_uuid,
        "moved": moved,
        "contact": moved.contact,
        "form": form,
        "told": told,
        "look": look_of(told) if told else "",
        "may_open_act": may_open(request, moved.open_act),
    }
    return render_page(request, BACK, context, partial="back", status=status)


def _page_number(request: StaffRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(1, int(text)), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 10 else 1
