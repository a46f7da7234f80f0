"""Take an award back, on a page of its own: whole at once, a part after its credits were shown."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.credits import reversing, services
from contacts.credits.forms import TakeBackForm
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import was_begun
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing
from piggyadmin.ledger.services import SEE_ALL

TEMPLATE = "contacts/credits/reverse.html"
LOST_RACE = 409


@called("Take back an award")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.reverse_award", raise_exception=True)
@shop_required
@renewing
def reverse_award(request: StaffRequest, contact_uuid: str, reception_uuid: str) -> HttpResponse:
    """One award, why it is taken back, and how much of it: all, or the share of what was paid back."""
    try:
        given = reversing.open_given(contact_uuid=contact_uuid, reception_uuid=reception_uuid)
    except services.NoCustomer:
        return render_page(request, "contacts/lookup/gone.html", {"contact_uuid": contact_uuid}, status=404)
    except reversing.NoAward:
        return render_page(request, "contacts/credits/no_award.html", {"contact_uuid": contact_uuid}, status=404)
    form = TakeBackForm(request.POST if request.method == "POST" else None, paid_cents=given.paid_cents)
    if not form.is_valid():
        return _page(request, given, form, status=422 if form.is_bound else 200)
    shown = form.cleaned_data
    act = {
        "given": given,
        "actor": actor_of(request),
        "why": shown["why"],
        "reason": form.reason,
        "token": shown["form_token"],
    }
    if form.part is None:
        return _after(request, given, form, reversing.take_back(**act))
    refunded, paid = form.part
    credits = 0
    if not was_begun(shown["form_token"]):
        try:
            credits = reversing.share(given=given, refunded_cents=refunded, paid_cents=paid)
        except reversing.CannotRefund as no:
            form.add_error("refunded", str(no))
            return _page(request, given, form, status=422)
        if shown["promised"] != credits:  # not shown yet, or it has become another number since
            return _page(request, given, form, credits=credits)
    outcome = reversing.refund(**act, credits=credits, refunded_cents=refunded, paid_cents=paid)
    return _after(request, given, form, outcome)


def _after(request: StaffRequest, given: reversing.Given, form: TakeBackForm, outcome: Outcome) -> HttpResponse:
    if outcome.done:
        messages.add_message(request, messages.INFO, services.told(outcome), extra_tags="done")
        return go_to(request, reverse("contacts:contact", args=[given.contact_uuid]))
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    typed = request.POST.copy()
    if outcome.refused:
        typed["form_token"] = TakeBackForm(paid_cents=given.paid_cents)["form_token"].initial
    fresh = TakeBackForm(typed, paid_cents=given.paid_cents)
    fresh.is_valid()
    return _page(request, given, fresh, told=outcome, status=LOST_RACE)


def _page(
    request: StaffRequest,
    given: reversing.Given,
    form: TakeBackForm,
    *,
    credits: int | None = None,
    status: int = 200,
    told: Outcome | None = None,
) -> HttpResponse:
    """`credits` are those of a part, to be confirmed."""
    focus_first_error(form)
    unclear = given.open_act
    context = {
        "contact_uuid": given.contact_uuid,
        "given": given,
        "form": form,
        "credits": credits,
        "balance_then": given.balance_without(credits) if credits is not None else given.balance_left,
        "told": told,
        "look": look_of(told) if told else "",
        "may_open_act": unclear is not None and (unclear.staff_id == request.user.pk or request.user.has_perm(SEE_ALL)),
    }
    return render_page(request, TEMPLATE, context, partial="take", status=status)
