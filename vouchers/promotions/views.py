"""Promotions: the list, one of them with its vouchers, and making one. Filters live in the URL."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import renewing, say
from vouchers.promotions import services, wording
from vouchers.promotions.forms import PromotionForm, SearchForm, ShownForm

LOST_RACE = 409
SHOWN = 100  # promotions; of more a part of the name finds the one


@require_safe
@permission_required("vouchers.view_promotion", raise_exception=True)
def promotions(request: StaffRequest) -> HttpResponse:
    """Every promotion of the account, or those whose name holds what was typed."""
    form = SearchForm(request.GET)
    search = form.cleaned_data["q"] if form.is_valid() else ""
    listed = services.listed(search=search)
    rows = [(each, wording.rules(each)) for each in listed.promotions[:SHOWN]]
    context = {"form": form, "search": search, "rows": rows, "listed": listed}
    return render_page(
        request, "vouchers/promotions/list.html", context, partial="list", status=200 if form.is_valid() else 422
    )


@require_safe
@permission_required("vouchers.view_promotion", raise_exception=True)
def promotion(request: StaffRequest, promotion_uuid: str) -> HttpResponse:
    """One promotion, and its vouchers of one state, a page at a time."""
    form = ShownForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    try:
        sight = services.look(
            promotion_uuid=promotion_uuid, status=asked.get("status") or "", number=asked.get("page") or 1
        )
    except services.NoPromotion:
        gone = {"promotion_uuid": promotion_uuid}
        return render_page(request, "vouchers/promotions/gone.html", gone, partial="gone", status=404)
    vouchers = sight.shown.items if sight.shown else []
    before = (sight.number - 1) * services.PAGE_SIZE
    context = {
        "sight": sight,
        "filter_is_odd": bool(form.errors),
        "rules": wording.rules(sight.promotion) if sight.promotion else "",
        "tabs": [(each, wording.STATUSES.get(each.status, "all")) for each in sight.counts],
        "vouchers": [(each, wording.status_words(each.status)) for each in vouchers],
        "first": before + 1,
        "until": before + len(vouchers),
    }
    return render_page(
        request, "vouchers/promotions/promotion.html", context, partial="shown", status=422 if form.errors else 200
    )


@called("Make a promotion")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.create_promotion", raise_exception=True)
@renewing
def new(request: StaffRequest) -> HttpResponse:
    """Make a promotion, where Piggy lets us."""
    form = PromotionForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, form, status=422 if form.is_bound else 200)
    typed = dict(form.cleaned_data)
    token = typed.pop("form_token")
    try:
        outcome = services.make(**typed, actor=actor_of(request), token=token)
    except services.NameTaken:
        form.add_error("name", "There is a promotion of this name already. Choose another, or use that one.")
        return _form(request, form, status=422)
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("vouchers:promotion", args=[outcome.figures["promotion_uuid"]]))
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    # Known not done. The very act may be sent again when its time has come: its form keeps its token.
    kept = {"form_token": token} if outcome.outcome == "planned" else {}
    return _form(request, PromotionForm(initial=typed | kept), told=outcome, status=LOST_RACE)


def _form(request: StaffRequest, form: PromotionForm, *, told: Outcome | None = None, status: int) -> HttpResponse:
    focus_first_error(form)
    context = {"form": form, "told": told}
    return render_page(request, "vouchers/promotions/new.html", context, partial="form", status=status)
