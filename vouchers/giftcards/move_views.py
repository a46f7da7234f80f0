"""Put money on a gift card and pay with it: shown in numbers first, then done, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to
from piggyadmin.ledger import second_person
from piggyadmin.ledger.credentials import checker
from piggyadmin.ledger.door import was_begun
from piggyadmin.ledger.forms import ApproverForm, AskForm, RequestForm
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import say
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.templatetags.words import euros
from vouchers.giftcards import asking, services
from vouchers.giftcards.card_page import card_page, gone, is_here, owner_of, promise_of
from vouchers.giftcards.forms import DEDUCT, TOP_UP, MoveForm, PromiseForm
from vouchers.giftcards.services import CardPage

LOST_RACE = 409
SHOW_IT = "Scan or type the card’s code again first: whoever pays with a card shows it."


@called("Top up a gift card, or pay with it")
@require_POST
@permission_required("vouchers.spend_giftcard", raise_exception=True)
@shop_required
@sensitive_post_parameters("password", "otp")
def move(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """By an amount; a top-up above the limit or within the pause with a second person."""
    steps: dict[str, Callable[[StaffRequest, str], HttpResponse]] = {
        "do": _do,
        "ask": _ask,
        "approve": _approve,
        "finish": _finish,
        "withdraw": _withdraw,
    }
    try:
        return steps.get(request.POST.get("step", ""), _see)(request, giftcard_uuid)
    except services.NoCard:
        return gone(request, giftcard_uuid)


def _see(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """The first step: what the balance would be. Nothing is written."""
    form, page = MoveForm(request.POST), services.open_card(giftcard_uuid=giftcard_uuid)
    if not form.is_valid():
        if "way" in form.errors and "amount" not in form.errors:
            form.add_error("amount", form.errors["way"][0])
        return card_page(request, page, form=form, status=422)
    way, cents = form.cleaned_data["way"], form.cleaned_data["amount"]
    problem = _problem(page, way, cents, here=is_here(request, giftcard_uuid))
    if problem:
        form.add_error("amount", problem)
        return card_page(request, page, form=form, status=422)
    return card_page(request, page, form=form, promise=promise_of(page, way, cents, actor_of(request)))


def _problem(page: CardPage, way: str, cents: int, *, here: bool) -> str:
    """Why Piggy would refuse this, or why we do; "" when nothing is known against it."""
    if page.stopped:
        return page.stopped
    if way == DEDUCT:
        if cents > page.balance:
            return f"There is only {euros(page.balance)} on this card."
        return "" if here else SHOW_IT
    if not page.takes_money:
        return "This card takes money once, and it has had it."
    if page.most is not None and page.balance + cents > page.most:
        return f"This card may hold {euros(page.most)}: at most {euros(max(0, page.most - page.balance))} more fits."
    return ""


def _do(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """The second step: do what was shown."""
    form = PromiseForm(request.POST, owner=owner_of(request, giftcard_uuid))
    if not form.is_valid():
        return _start_again(request, giftcard_uuid)
    shown = form.cleaned_data
    # A tab may have stood open since the card was here. What was sent before tells what became of it, all the same.
    if shown["way"] == DEDUCT and not is_here(request, giftcard_uuid) and not was_begun(shown["form_token"]):
        typed = _filled(shown, bound=True)
        typed.add_error("amount", SHOW_IT)
        return card_page(request, services.open_card(giftcard_uuid=giftcard_uuid), form=typed, status=422)
    service = services.top_up if shown["way"] == TOP_UP else services.deduct
    outcome = service(**_act(request, giftcard_uuid, form))
    return _after(request, giftcard_uuid, outcome, shown)


def _ask(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """Put the top-up under "Waiting for you" of whoever may approve it."""
    form, words = PromiseForm(request.POST, owner=owner_of(request, giftcard_uuid)), AskForm(request.POST)
    if not form.is_valid() or form.cleaned_data["way"] != TOP_UP:
        return _start_again(request, giftcard_uuid)
    if not words.is_valid():
        return _promised(request, giftcard_uuid, form, ask_form=words, status=422)
    second_person.ask(asking.wanted(**_act(request, giftcard_uuid, form)), reason=words.cleaned_data["reason"])
    told = "Asked. Nothing is on the card yet: whoever approves finds it on their first page."
    messages.info(request, told, "plain")
    return go_to(request, _url(giftcard_uuid))


def _approve(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """Somebody who may approve has typed their own name and password here: approve, and top up at once."""
    form, approver = PromiseForm(request.POST, owner=owner_of(request, giftcard_uuid)), ApproverForm(request.POST)
    if not form.is_valid() or form.cleaned_data["way"] != TOP_UP:
        return _start_again(request, giftcard_uuid)
    if not approver.is_valid():
        return _promised(request, giftcard_uuid, form, approver_form=approver, status=422)
    act = _act(request, giftcard_uuid, form)
    try:
        approval = second_person.approve_in_place(
            asking.wanted(**act),
            username=approver.cleaned_data["approver"],
            password=approver.cleaned_data["password"],
            totp=approver.cleaned_data["otp"],
            check=checker(request),
        )
    except second_person.NotApproved as no:
        approver.add_error("password", str(no))
        return _promised(request, giftcard_uuid, form, approver_form=approver, status=422)
    outcome = services.top_up(**act, approval=approval)
    return _after(request, giftcard_uuid, outcome, form.cleaned_data)


def _finish(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """Put on the card what a second person has approved, exactly that."""
    form, actor = RequestForm(request.POST), actor_of(request)
    approval = None
    if form.is_valid():
        found = form.cleaned_data["approval"]
        approval = asking.own_approval(approval_id=found, giftcard_uuid=giftcard_uuid, actor=actor)
    if approval is None:
        return _start_again(request, giftcard_uuid)
    shown: dict[str, Any] = {"cents": int(approval.figures["cents"]), "code_end": str(approval.figures["code_end"])}
    token = form.cleaned_data["form_token"]
    outcome = services.top_up(giftcard_uuid=giftcard_uuid, **shown, actor=actor, token=token, approval=approval)
    return _after(request, giftcard_uuid, outcome, {"way": TOP_UP, **shown})


def _withdraw(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    form, actor = RequestForm(request.POST), actor_of(request)
    if form.is_valid():
        second_person.withdraw(approval_id=form.cleaned_data["approval"], by=actor)
    return go_to(request, _url(giftcard_uuid))


def _after(request: StaffRequest, giftcard_uuid: str, outcome: Outcome, shown: dict[str, Any]) -> HttpResponse:
    """Done leads to the card, unknown to the act. What was not done stands here, with the amount to try again."""
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    if outcome.done:
        say(request, outcome)
        return go_to(request, _url(giftcard_uuid))
    try:
        page = services.open_card(giftcard_uuid=giftcard_uuid)
    except PiggyError:
        say(request, outcome)
        return go_to(request, _url(giftcard_uuid))
    # Known not done, and this very act may be sent again when its time has come: its form keeps its token.
    kept = request.POST.get("form_token", "") if outcome.outcome == "planned" else ""
    promise = promise_of(page, shown["way"], shown["cents"], actor_of(request)) if kept else None
    if promise is not None and promise.needs is not None:
        promise = None  # what a second person approved waits in its request, which carries the form
    return card_page(
        request, page, form=_filled(shown), promise=promise, told=outcome, kept_token=kept, status=LOST_RACE
    )


def _promised(request: StaffRequest, giftcard_uuid: str, form: PromiseForm, **context: Any) -> HttpResponse:
    """The confirm line once more, with the same token."""
    page, shown = services.open_card(giftcard_uuid=giftcard_uuid), form.cleaned_data
    promise = promise_of(page, shown["way"], shown["cents"], actor_of(request))
    return card_page(request, page, form=_filled(shown), promise=promise, kept_token=shown["form_token"], **context)


def _start_again(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """A form that was not complete: nothing was done, and the page stands as it is now."""
    page = services.open_card(giftcard_uuid=giftcard_uuid)
    return card_page(request, page, incomplete=True, status=422)


def _act(request: StaffRequest, giftcard_uuid: str, form: PromiseForm) -> dict[str, Any]:
    shown = form.cleaned_data
    return {
        "giftcard_uuid": giftcard_uuid,
        "cents": shown["cents"],
        "code_end": shown["code_end"],
        "actor": actor_of(request),
        "token": shown["form_token"],
    }


def _filled(shown: dict[str, Any], *, bound: bool = False) -> MoveForm:
    """The first step's form, as it was typed."""
    cents = shown["cents"]
    typed = {"amount": f"{cents // 100}.{cents % 100:02d}"}
    return MoveForm({**typed, "way": shown["way"]}) if bound else MoveForm(initial=typed)


def _url(giftcard_uuid: str) -> str:
    return reverse("giftcards:card", args=[giftcard_uuid])
