"""The programme's page, and the making of a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.listing import CatalogueList, wants_file
from piggyadmin.catalogue.programme import services
from piggyadmin.catalogue.programme.forms import ProgrammeFilter, UnitForm
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import renewing, say

if TYPE_CHECKING:
    from piggyadmin.piggy.payloads import GiftcardProgram, Tier, Unit

LOST_RACE = 409
TIERS: CatalogueList[Tier] = CatalogueList(
    "tiers",
    (
        ("tier_uuid", lambda tier: tier.uuid),
        ("name", lambda tier: tier.name),
        ("description", lambda tier: tier.description),
        ("position", lambda tier: tier.position),
    ),
)
UNITS: CatalogueList[Unit] = CatalogueList(
    "units",
    (
        ("name", lambda unit: unit.name),
        ("label", lambda unit: unit.label),
        ("prefix", lambda unit: unit.prefix),
        ("default", lambda unit: unit.is_default),
    ),
)
GIFTCARD_PROGRAMS: CatalogueList[GiftcardProgram] = CatalogueList(
    "giftcard_programmes",
    (
        ("programme_uuid", lambda each: each.uuid),
        ("name", lambda each: each.name),
        ("active", lambda each: each.active),
        ("cards", lambda each: each.card_count),
        ("min_amount_cents", lambda each: each.min_amount_in_cents),
        ("max_amount_cents", lambda each: each.max_amount_in_cents),
        ("expiration_days", lambda each: each.expiration_days),
    ),
)


@require_safe
@permission_required("catalogue.view_programme", raise_exception=True)
def programme(request: StaffRequest) -> HttpResponse:
    """The programme, tiers in their order, units, gift card programmes; `?list=` names the one wanted as a file."""
    form = ProgrammeFilter(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    whole = services.look()
    sight = whole.holding(words)
    if form.is_valid() and wants_file(request):
        match request.GET.get("list"):
            case "tiers":
                return TIERS.file(sight.tiers.get(), read_at=sight.tiers.read_at)
            case "units":
                return UNITS.file(sight.units.get(), read_at=sight.units.read_at)
            case "giftcards":
                return GIFTCARD_PROGRAMS.file(sight.giftcards.get(), read_at=sight.giftcards.read_at)
    context = {"sight": sight, "whole": whole, "form": form, "narrowed": bool(words)}
    status = 200 if form.is_valid() else 422
    return render_page(request, "catalogue/programme/programme.html", context, partial="list", status=status)


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
