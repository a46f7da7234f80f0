"""Top up, or deduct: shown in numbers first, then done, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from contacts.credits.services import NoCustomer
from contacts.prepaid import asking, services
from contacts.prepaid.forms import DEDUCT, TOP_UP, MoveForm, PromiseForm
from contacts.prepaid.page import MAY_DEDUCT, gone, move_form, owner_of, prepaid_page, promise_of
from contacts.rewards.proving import CardForm
from contacts.rewards.views import proof_here, take_scan
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
from piggyadmin.ledger.typed_again import as_typed, left_over
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.templatetags.words import euros

LOST_RACE = 409
WHY = "Write why, or scan a card of the customer first: whoever spends saved money shows who they are."


@called("Top up or deduct prepaid money")
@require_POST
@permission_required("contacts.top_up_prepaid", raise_exception=True)
@shop_required
@sensitive_post_parameters("password", "otp", "card")
def move(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """By an amount; a top-up above the limit with a second person."""
    steps: dict[str, Callable[[StaffRequest, str], HttpResponse]] = {
        "scan": _scan,
        "see": _see,
        "do": _do,
        "ask": _ask,
        "approve": _approve,
        "finish": _finish,
        "withdraw": _withdraw,
    }
    try:
        return steps.get(request.POST.get("step", ""), _start_again)(request, contact_uuid)
    except NoCustomer:
        return gone(request, contact_uuid)


def _scan(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    form = take_scan(request, contact_uuid)
    if form is None:
        return go_to(request, _url(contact_uuid))
    return prepaid_page(request, services.open_page(contact_uuid=contact_uuid), card_form=form, status=422)


def _see(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The first step: what the balance would be. Nothing is written."""
    form, page = move_form(request, request.POST), services.open_page(contact_uuid=contact_uuid)
    if not form.is_valid():
        if "way" in form.errors and "amount" not in form.errors:
            form.add_error("amount", form.errors["way"][0])
        return prepaid_page(request, page, form=form, status=422)
    typed = form.cleaned_data
    shown = {"way": typed["way"], "cents": typed["amount"], "reason": typed.get("reason", "")}
    if shown["way"] == DEDUCT:
        _check_may_deduct(request)
        if shown["cents"] > page.balance:
            form.add_error("amount", _too_much(page.balance))
        if not shown["reason"] and proof_here(request, page.contact) is None:
            form.add_error("reason", WHY)
        if form.errors:
            return prepaid_page(request, page, form=form, status=422)
    return prepaid_page(request, page, form=form, promise=promise_of(page, shown, actor_of(request)))


def _do(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The second step: do what was shown."""
    form = PromiseForm(request.POST, owner=owner_of(request, contact_uuid))
    if not form.is_valid():
        return _start_again(request, contact_uuid)
    shown = form.cleaned_data
    act = _act(request, contact_uuid, form)
    if shown["way"] == TOP_UP:
        return _after(request, contact_uuid, services.top_up(**act), shown)
    _check_may_deduct(request)
    page = services.open_page(contact_uuid=contact_uuid)
    if shown["cents"] > page.balance and not was_begun(shown["form_token"]):
        # Another till spent it meanwhile; what Piggy does then is documented nowhere.
        typed = _filled(request, shown, bound=True)
        typed.add_error("amount", _too_much(page.balance))
        return prepaid_page(request, page, form=typed, status=422)
    try:
        outcome = services.deduct(**act, proof=proof_here(request, page.contact), reason=shown["reason"])
    except services.NoReason:  # a tab may have stood open since the card was here
        typed = _filled(request, shown, bound=True)
        typed.add_error("reason", WHY)
        return prepaid_page(request, page, form=typed, status=422)
    return _after(request, contact_uuid, outcome, shown)


def _ask(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Put the top-up under "Waiting for you" of whoever may approve it."""
    form, words = PromiseForm(request.POST, owner=owner_of(request, contact_uuid)), AskForm(request.POST)
    if not form.is_valid() or form.cleaned_data["way"] != TOP_UP:
        return _start_again(request, contact_uuid)
    if not words.is_valid():
        return _promised(request, contact_uuid, form, ask_form=words, status=422)
    second_person.ask(asking.wanted(**_act(request, contact_uuid, form)), reason=words.cleaned_data["reason"])
    told = "Asked. Nothing is topped up yet: whoever approves finds it on their first page."
    messages.info(request, told, "plain")
    return go_to(request, _url(contact_uuid))


def _approve(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Somebody who may approve has typed their own name and password here: approve, and top up at once."""
    form, approver = PromiseForm(request.POST, owner=owner_of(request, contact_uuid)), ApproverForm(request.POST)
    if not form.is_valid() or form.cleaned_data["way"] != TOP_UP:
        return _start_again(request, contact_uuid)
    if not approver.is_valid():
        return _promised(request, contact_uuid, form, approver_form=approver, status=422)
    act = _act(request, contact_uuid, form)
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
        return _promised(request, contact_uuid, form, approver_form=approver, status=422)
    return _after(request, contact_uuid, services.top_up(**act, approval=approval), form.cleaned_data)


def _finish(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Top up what a second person has approved, exactly that."""
    form, actor = RequestForm(request.POST), actor_of(request)
    approval = None
    if form.is_valid():
        found = form.cleaned_data["approval"]
        approval = asking.own_approval(approval_id=found, contact_uuid=contact_uuid, actor=actor)
    if approval is None:
        return _start_again(request, contact_uuid)
    cents, token = int(approval.figures["cents"]), form.cleaned_data["form_token"]
    outcome = services.top_up(contact_uuid=contact_uuid, cents=cents, actor=actor, token=token, approval=approval)
    return _after(request, contact_uuid, outcome, {"way": TOP_UP, "cents": cents})


def _withdraw(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    form, actor = RequestForm(request.POST), actor_of(request)
    if form.is_valid():
        second_person.withdraw(approval_id=form.cleaned_data["approval"], by=actor)
    return go_to(request, _url(contact_uuid))


def _after(request: StaffRequest, contact_uuid: str, outcome: Outcome, shown: dict[str, Any]) -> HttpResponse:
    """Done leads to the page, unknown to the act. What was not done stands here, with the amount to try again."""
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    if outcome.done:
        messages.add_message(request, messages.INFO, services.words_of(outcome), extra_tags="done")
        return go_to(request, _url(contact_uuid))
    try:
        page = services.open_page(contact_uuid=contact_uuid)
    except PiggyError:
        say(request, outcome)
        return go_to(request, _url(contact_uuid))
    # Known not done, and this very act may be sent again when its time has come: its form keeps its token.
    kept = request.POST.get("form_token", "") if outcome.outcome == "planned" else ""
    promise = promise_of(page, shown, actor_of(request)) if kept else None
    if promise is not None and promise.needs is not None:
        promise = None  # what a second person approved waits in its request, which carries the form
    form = _filled(request, shown)
    return prepaid_page(request, page, form=form, promise=promise, told=outcome, kept_token=kept, status=LOST_RACE)


def _promised(request: StaffRequest, contact_uuid: str, form: PromiseForm, **context: Any) -> HttpResponse:
    """The confirm line once more, with the same token."""
    page, shown = services.open_page(contact_uuid=contact_uuid), form.cleaned_data
    promise, token = promise_of(page, shown, actor_of(request)), shown["form_token"]
    filled = _filled(request, shown)
    return prepaid_page(request, page, form=filled, promise=promise, kept_token=token, **context)


def _start_again(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """A form that was not complete: nothing was done. The page stands as it is now, with all that was typed."""
    typed, page = request.POST, services.open_page(contact_uuid=contact_uuid)
    sent = PromiseForm(typed, owner=owner_of(request, contact_uuid))
    sent.is_valid()
    is_readable = "amount" not in typed and {"way", "cents"} <= sent.cleaned_data.keys()
    shown = sent.cleaned_data if is_readable else {}
    form = _filled(request, shown) if shown else as_typed(MoveForm, typed, may_deduct=request.user.has_perm(MAY_DEDUCT))
    # Words for a second person stand only beside an amount; it is shown again as if it had been typed just now.
    needs_second = {"ask", "approve"} & {typed.get("step", "")} or {"approver"} & typed.keys()
    promise = promise_of(page, shown, actor_of(request)) if shown.get("way") == TOP_UP and needs_second else None
    words = as_typed(AskForm, typed) if "approver" not in typed else AskForm()
    second = as_typed(ApproverForm, typed)
    has_place = promise is not None and promise.needs is not None
    return prepaid_page(
        request,
        page,
        form=form,
        promise=promise,
        ask_form=words,
        approver_form=second,
        card_form=as_typed(CardForm, typed),
        typed=[] if has_place else left_over(typed, words, second),
        incomplete=True,
        status=422,
    )


def _too_much(balance: int) -> str:
    return f"There is only {euros(balance)} to deduct from."


def _check_may_deduct(request: StaffRequest) -> None:
    if not request.user.has_perm(MAY_DEDUCT):
        raise PermissionDenied("Only an admin deducts.")


def _act(request: StaffRequest, contact_uuid: str, form: PromiseForm) -> dict[str, Any]:
    shown = form.cleaned_data
    return {
        "contact_uuid": contact_uuid,
        "cents": shown["cents"],
        "actor": actor_of(request),
        "token": shown["form_token"],
    }


def _filled(request: StaffRequest, shown: dict[str, Any], *, bound: bool = False) -> MoveForm:
    """The first step's form, as it was typed."""
    cents = shown["cents"]
    typed = {"amount": f"{cents // 100}.{cents % 100:02d}", "reason": shown.get("reason", "")}
    return move_form(request, {**typed, "way": shown["way"]}) if bound else move_form(request, initial=typed)


def _url(contact_uuid: str) -> str:
    return reverse("contacts:prepaid", args=[contact_uuid])
