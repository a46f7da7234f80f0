"""Take a gift card's transaction back, or correct it, on a page of its own: the result in numbers first, then done."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import was_begun
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, say
from piggyadmin.ledger.services import SEE_ALL
from vouchers.giftcards import adjusting, services
from vouchers.giftcards.actions import CORRECT, REVERSE
from vouchers.giftcards.adjusting import Moved
from vouchers.giftcards.card_page import gone
from vouchers.giftcards.forms import AdjustForm

TEMPLATE = "vouchers/giftcards/adjust.html"
LOST_RACE = 409


@called("Correct a gift card transaction")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.adjust_giftcard", raise_exception=True)
@shop_required
def adjust(request: StaffRequest, giftcard_uuid: str, transaction_uuid: str) -> HttpResponse:
    """One transaction, what it should have been, and why."""
    try:
        moved = adjusting.open_move(giftcard_uuid=giftcard_uuid, transaction_uuid=transaction_uuid)
    except services.NoCard:
        return gone(request, giftcard_uuid)
    except adjusting.NoTransaction:
        context = {"giftcard_uuid": giftcard_uuid}
        return render_page(request, "vouchers/giftcards/no_transaction.html", context, partial="gone", status=404)
    token = request.POST.get("form_token", "")
    # A form sent twice tells what became of the first, whatever can be done by now.
    can_take_back = moved.can_take_back or was_begun(token, action=REVERSE)
    form = AdjustForm(
        request.POST if request.method == "POST" else None, can_take_back=can_take_back, was_spent=moved.was_spent
    )
    if not form.is_valid():
        return _page(request, moved, form, status=422 if form.is_bound else 200)
    actor = actor_of(request)
    if not (was_begun(token, action=REVERSE) or was_begun(token, action=CORRECT)):
        try:
            cents = adjusting.difference(moved=moved, to_cents=form.to_cents, actor=actor)
        except adjusting.CannotCorrect as no:
            form.add_error("amount", str(no))
            return _page(request, moved, form, status=422)
        if form.cleaned_data["promised"] != cents:  # not shown yet, or it has become another amount since
            return _page(request, moved, form, cents=cents)
    return _after(request, moved, form, _done(moved, form, actor))


def _done(moved: Moved, form: AdjustForm, actor: Actor) -> Outcome:
    reason, token = form.cleaned_data["reason"], form.cleaned_data["form_token"]
    if form.to_cents is None:
        return adjusting.take_back(moved=moved, actor=actor, reason=reason, token=token)
    return adjusting.correct(moved=moved, to_cents=form.to_cents, actor=actor, reason=reason, token=token)


def _after(request: StaffRequest, moved: Moved, form: AdjustForm, outcome: Outcome) -> HttpResponse:
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("giftcards:card", args=[moved.card.uuid]))
    typed = request.POST.copy()
    if outcome.refused:
        typed["form_token"] = AdjustForm(can_take_back=True, was_spent=False)["form_token"].initial
    fresh = AdjustForm(typed, can_take_back=form.can_take_back, was_spent=moved.was_spent)
    fresh.is_valid()
    cents = form.cleaned_data["promised"] if outcome.outcome == "planned" else None
    return _page(request, moved, fresh, cents=cents, told=outcome, status=LOST_RACE)


def _page(
    request: StaffRequest,
    moved: Moved,
    form: AdjustForm,
    *,
    cents: int | None = None,
    status: int = 200,
    told: Outcome | None = None,
) -> HttpResponse:
    """`cents` are what would come onto the card, to be confirmed."""
    focus_first_error(form)
    unclear = moved.open_act
    context = {
        "giftcard_uuid": moved.card.uuid,
        "moved": moved,
        "form": form,
        "cents": cents,
        "balance_then": None if cents is None else moved.balance + cents,
        "told": told,
        "look": look_of(told) if told else "",
        "may_open_act": unclear is not None and (unclear.staff_id == request.user.pk or request.user.has_perm(SEE_ALL)),
    }
    return render_page(request, TEMPLATE, context, partial="adjust", status=status)
