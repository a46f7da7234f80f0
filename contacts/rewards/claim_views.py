"""One claim: hand it over, undo that, or take the claim back. Each is a page with one button."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contacts.credits.services import NoCustomer
from contacts.rewards import services
from contacts.rewards.forms import BackForm, HandOverForm, renewed
from contacts.rewards.proving import CardForm
from contacts.rewards.services import OneClaim
from contacts.rewards.views import about, after_done, gone, proof_here, take_scan
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import was_begun
from piggyadmin.ledger.forms import OnceForm, focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing
from piggyadmin.ledger.typed_again import as_typed

HAND_OVER, BACK, NO_CLAIM = (f"contacts/rewards/{name}.html" for name in ("hand_over", "back", "no_claim"))
LOST_RACE = 409


@called("Hand over a reward")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.claim_reward", raise_exception=True)
@shop_required
@sensitive_post_parameters("card")
def hand_over(request: StaffRequest, contact_uuid: str, claim_uuid: str) -> HttpResponse:
    """Give out what was claimed: to whom claimed it in this visit, or to whoever shows who they are."""
    card_form = None
    if request.method == "POST" and request.POST.get("step") == "scan":
        card_form = take_scan(request, contact_uuid)
        if card_form is None:
            return go_to(request, reverse("contacts:hand-over", args=[contact_uuid, claim_uuid]))
    one = _open(request, contact_uuid, claim_uuid)
    if isinstance(one, HttpResponse):
        return one
    if card_form is not None:
        return _page(request, HAND_OVER, one, HandOverForm(), card_form=card_form, status=422)
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        scan = as_typed(CardForm, request.POST) if form.is_bound else None
        status = 422 if form.is_bound else 200
        return _page(request, HAND_OVER, one, HandOverForm(), card_form=scan, incomplete=form.is_bound, status=status)
    try:
        outcome = services.hand_over(
            one=one,
            proof=proof_here(request, one.contact),
            actor=actor_of(request),
            token=form.cleaned_data["form_token"],
        )
    except services.NoProof:  # the page says what to do
        return _page(request, HAND_OVER, one, HandOverForm(), status=422)
    return _after(request, HAND_OVER, one, form, outcome)


@called("Undo a hand-over")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.claim_reward", raise_exception=True)
@shop_required
@renewing
def undo(request: StaffRequest, contact_uuid: str, claim_uuid: str) -> HttpResponse:
    """It was not given out after all: the reward waits again."""
    return _back(request, contact_uuid, claim_uuid, is_undo=True)


@called("Take a claim back")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.claim_reward", raise_exception=True)
@shop_required
@renewing
def take_back(request: StaffRequest, contact_uuid: str, claim_uuid: str) -> HttpResponse:
    """The claim was a mistake: its credits return, whole."""
    return _back(request, contact_uuid, claim_uuid, is_undo=False)


def _back(request: StaffRequest, contact_uuid: str, claim_uuid: str, *, is_undo: bool) -> HttpResponse:
    one = _open(request, contact_uuid, claim_uuid)
    if isinstance(one, HttpResponse):
        return one
    actor, told = actor_of(request), one.claimed.told
    form = BackForm(request.POST if request.method == "POST" else None)
    begun = form.is_bound and was_begun(request.POST.get("form_token", ""))
    may = (told.may_undo(actor) or not told.redemption) if is_undo else told.may_reverse(actor)
    if not may and not begun:
        raise PermissionDenied("Only an admin takes this back now.")
    can = bool(told.redemption) if is_undo else one.claimed.stands
    if not begun and (not form.is_valid() or not can):
        return _page(request, BACK, one, form, status=422 if form.is_bound else 200, is_undo=is_undo)
    if not form.is_valid():
        return _page(request, BACK, one, form, status=422, is_undo=is_undo)
    service = services.undo if is_undo else services.reverse
    outcome = service(one=one, actor=actor, reason=form.cleaned_data["reason"], token=form.cleaned_data["form_token"])
    return _after(request, BACK, one, form, outcome, is_undo=is_undo)


def _open(request: StaffRequest, contact_uuid: str, claim_uuid: str) -> OneClaim | HttpResponse:
    try:
        return services.open_one(contact_uuid=contact_uuid, claim_uuid=claim_uuid)
    except NoCustomer:
        return gone(request, contact_uuid)
    except services.NoClaim:
        return render_page(request, NO_CLAIM, {"contact_uuid": contact_uuid}, partial="gone", status=404)


def _after(
    request: StaffRequest, template: str, one: OneClaim, form: OnceForm, outcome: Outcome, **context: Any
) -> HttpResponse:
    if outcome.done:
        return after_done(request, one.contact_uuid, outcome)
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    kept = form if outcome.outcome == "planned" else renewed(form, request.POST)
    return _page(request, template, one, kept, told=outcome, status=LOST_RACE, **context)


def _page(
    request: StaffRequest,
    template: str,
    one: OneClaim,
    form: OnceForm,
    *,
    card_form: CardForm | None = None,
    told: Outcome | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    focus_first_error(form)
    context |= about(request, one) | {
        "claimed": one.claimed,
        "form": form,
        "card_form": card_form or CardForm(),
        "was_now": one.claimed.told.was_now(actor_of(request)),
        "told": told,
        "look": look_of(told) if told else "",
    }
    return render_page(request, template, context, partial="claim", status=status)
