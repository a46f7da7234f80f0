"""The programme's page, and the making of a unit."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.programme import services
from piggyadmin.catalogue.programme.forms import UnitForm
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import renewing, say

LOST_RACE = 409


@require_safe
@permission_required("catalogue.view_programme", raise_exception=True)
def programme(request: StaffRequest) -> HttpResponse:
    """The programme, tiers in their order, units, gift card programmes."""
    return render_page(request, "catalogue/programme/programme.html", {"sight": services.look()})


@called("Make a unit")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("catalogue.change_programme", raise_exception=True)
@renewing
def unit_new(request: StaffRequest) -> HttpResponse:
    """Make a unit that credits are counted from."""
    form = UnitForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, form, status=422 if form.is_bound else 200)
    typed = dict(form.cleaned_data)
    token = typed.pop("form_token")
    outcome = services.make_unit(**typed, actor=actor_of(request), token=token)
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("catalogue:programme"))
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    # Known not done. The very act may be sent again when its time has come: its form keeps its token.
    kept = {"form_token": token} if outcome.outcome == "planned" else {}
    return _form(request, UnitForm(initial=typed | kept), told=outcome, status=LOST_RACE)


def _form(request: StaffRequest, form: UnitForm, *, told: Outcome | None = None, status: int) -> HttpResponse:
    focus_first_error(form)
    context = {"form": form, "told": told}
    return render_page(request, "catalogue/programme/unit_new.html", context, partial="form", status=status)
