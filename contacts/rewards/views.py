"""A customer's rewards: what they can have, and claiming one: shown in numbers first, then done, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.credits.services import NoCustomer
from contacts.merging.proofs import NotProved
from contacts.rewards import proving, services
from contacts.rewards.forms import ClaimForm
from contacts.rewards.proving import CardForm, Proof
from contacts.rewards.services import ClaimPage, RewardsPage
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import was_begun
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of
from piggyadmin.ledger.services import SEE_ALL
from piggyadmin.ledger.typed_again import as_typed

if TYPE_CHECKING:
    from piggyadmin.piggy.payloads import Contact

LIST, CLAIM = "contacts/rewards/rewards.html", "contacts/rewards/claim.html"
GONE, NO_REWARD = "contacts/lookup/gone.html", "contacts/rewards/no_reward.html"
LOST_RACE = 409


@require_safe
@permission_required("contacts.view_contact", raise_exception=True)
def rewards(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """What this customer can claim here, what waits to be handed over, and what was claimed."""
    try:
        page = services.open_page(contact_uuid=contact_uuid, actor=actor_of(request))
    except NoCustomer:
        return gone(request, contact_uuid)
    return _list(request, page)


@called("Scan a card of the customer")
@require_POST
@permission_required("contacts.claim_reward", raise_exception=True)
@shop_required
@sensitive_post_parameters("card")
def prove(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Take a card, scanned or typed, as proof of who stands there."""
    form = take_scan(request, contact_uuid)
    if form is None:
        return go_to(request, rewards_url(contact_uuid))
    try:
        page = services.open_page(contact_uuid=contact_uuid, actor=actor_of(request))
    except NoCustomer:
        return gone(request, contact_uuid)
    return _list(request, page, card_form=form, status=422)


@called("Claim a reward")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.claim_reward", raise_exception=True)
@shop_required
@sensitive_post_parameters("card")
def claim(request: StaffRequest, contact_uuid: str, reward_uuid: str) -> HttpResponse:
    """One reward: the balance it leaves, who stands there, and one button."""
    step = request.POST.get("step", "") if request.method == "POST" else ""
    card_form = take_scan(request, contact_uuid) if step == "scan" else None
    if step == "scan" and card_form is None:
        return go_to(request, reverse("contacts:claim-reward", args=[contact_uuid, reward_uuid]))
    try:
        page = services.open_claim(contact_uuid=contact_uuid, reward_uuid=reward_uuid, actor=actor_of(request))
    except NoCustomer:
        return gone(request, contact_uuid)
    except services.NoReward:
        return render_page(request, NO_REWARD, {"contact_uuid": contact_uuid}, partial="gone", status=404)
    if card_form is not None:
        return _claim_page(request, page, card_form=card_form, status=422)
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        scan = as_typed(CardForm, request.POST) if form.is_bound else None
        status = 422 if form.is_bound else 200
        return _claim_page(request, page, card_form=scan, incomplete=form.is_bound, status=status)
    return _do_claim(request, page, form)


def _do_claim(request: StaffRequest, page: ClaimPage, form: ClaimForm) -> HttpResponse:
    shown, proof = form.cleaned_data, proof_here(request, page.contact)
    if not was_begun(shown["form_token"]) and shown["promised"] != page.offer.credits:
        return _claim_page(request, page, has_changed=True, status=LOST_RACE)
    try:
        outcome = services.claim(
            contact_uuid=page.contact_uuid,
            offer=page.offer,
            proof=proof,
            actor=actor_of(request),
            token=shown["form_token"],
        )
    except services.NoProof:  # the page says what to do
        return _claim_page(request, page, status=422)
    if outcome.done:
        return after_done(request, page.contact_uuid, outcome)
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    # Known not done, and this very act may be sent again when its time has come: its form keeps its token.
    kept = form if outcome.outcome == "planned" else None
    return _claim_page(request, page, form=kept, told=outcome, status=LOST_RACE)


# --- what the other pages of rewards use too


def take_scan(request: StaffRequest, contact_uuid: str) -> CardForm | None:
    """Keep the card as proof; None when it is one, else the form with what is wrong."""
    assert request.shop is not None  # shop_required
    form = CardForm(request.POST)
    if form.is_valid():
        try:
            proving.show_card(
                request.session, contact_uuid=contact_uuid, card=form.cleaned_data["card"], shop=request.shop
            )
        except NotProved as no:
            form.add_error("card", str(no))
        else:
            messages.info(request, "This is the number of an active card of theirs.", "done")
            return None
    focus_first_error(form)
    return form


def proof_here(request: StaffRequest, contact: Contact) -> Proof | None:
    return proving.proof_of(request.session, contact=contact, shop=request.shop)


def gone(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)


def after_done(request: StaffRequest, contact_uuid: str, outcome: Outcome) -> HttpResponse:
    messages.add_message(request, messages.INFO, services.words_of(outcome), extra_tags="done")
    return go_to(request, rewards_url(contact_uuid))


def about(request: StaffRequest, page: Any) -> dict[str, Any]:
    """What every page of rewards shows of its customer."""
    return {
        "contact_uuid": page.contact_uuid,
        "page": page,
        "contact": page.contact,
        "proof": proof_here(request, page.contact),
        "may_open_act": may_open(request, page.open_act),
    }


def may_open(request: StaffRequest, act: Act | None) -> bool:
    return act is not None and (act.staff_id == request.user.pk or request.user.has_perm(SEE_ALL))


def rewards_url(contact_uuid: str) -> str:
    return reverse("contacts:rewards", args=[contact_uuid])


def _list(
    request: StaffRequest, page: RewardsPage, *, card_form: CardForm | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    claims = [
        {
            "claimed": each,
            "may_reverse": each.stands and each.told.may_reverse(actor),
            "may_undo": each.told.may_undo(actor),
        }
        for each in page.claims.value or []
    ]
    waiting = [
        {
            "reward": each,
            "title": each.title or (each.reward.title if each.reward else None) or "Reward without a name",
            "has_expired": each.expires_at is not None and each.expires_at <= page.waiting.read_at,
        }
        for each in page.waiting.value or []
    ]
    context = about(request, page) | {
        "claims": claims,
        "waiting": waiting,
        "to_hand_over": sum(not each["has_expired"] for each in waiting),
        "card_form": card_form or CardForm(),
        "may_claim": request.user.has_perm("contacts.claim_reward"),
    }
    return render_page(request, LIST, context, status=status)


def _claim_page(
    request: StaffRequest,
    page: ClaimPage,
    *,
    form: ClaimForm | None = None,
    card_form: CardForm | None = None,
    told: Outcome | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context |= about(request, page) | {
        "offer": page.offer,
        "form": form or ClaimForm(initial={"promised": page.offer.credits}, auto_id=False),
        "card_form": card_form or CardForm(),
        "told": told,
        "look": look_of(told) if told else "",
    }
    return render_page(request, CLAIM, context, partial="claim", status=status)
