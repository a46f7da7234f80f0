"""Award credits in two steps on one page: the first shows what it would be, the second does exactly that.

With htmx the part `#award` is swapped, without it each step is a page.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contacts.credits import asking, services
from contacts.credits.forms import PromiseForm, WishForm, promise_values
from contacts.credits.services import AwardPage
from contacts.credits.wishes import Wish
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger import second_person
from piggyadmin.ledger.credentials import checker
from piggyadmin.ledger.forms import ApproverForm, AskForm, RequestForm, focus_first_error, request_form
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, say
from piggyadmin.ledger.services import SEE_ALL
from piggyadmin.piggy.errors import PiggyError

TEMPLATE = "contacts/credits/award.html"
GONE = "contacts/lookup/gone.html"
LOST_RACE = 409


@called("Award credits")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.award_credits", raise_exception=True)
@shop_required
@sensitive_post_parameters("password", "otp")
def award(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """By an amount or by a number of credits; above the limit, or too soon, with a second person."""
    if request.method != "POST" and wants_partial(request):
        return _requests(request, contact_uuid)
    steps: dict[str, Callable[[StaffRequest, str], HttpResponse]] = {
        "award": _award,
        "ask": _ask,
        "approve": _approve,
        "finish": _finish,
        "withdraw": _withdraw,
    }
    step = steps.get(request.POST.get("step", ""), _see) if request.method == "POST" else _begin
    try:
        return step(request, contact_uuid)
    except services.NoCustomer:
        return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)


def _begin(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    page = services.open_page(contact_uuid=contact_uuid, actor=actor_of(request))
    return _page(request, page)


def _see(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The first step: how many credits it would be, and the balance it would make. Nothing is written.

    What was typed is asked of Piggy together with the units that it is checked against: one round trip.
    """
    actor, typed = actor_of(request), request.POST
    rough = WishForm(typed, units=[], default_unit="", money=set())
    wish = services.in_unit(rough.wish, typed.get("unit", "")) if rough.is_valid() else None
    page = services.open_page(contact_uuid=contact_uuid, actor=actor, wish=wish)
    form = _wish_form(page, typed)
    if not form.is_valid():
        return _page(request, page, form=form, is_promised=False, status=422)
    if form.wish != wish:
        page = services.open_page(contact_uuid=contact_uuid, actor=actor, wish=form.wish)
    if page.problem:
        form.add_error("amount", page.problem)
        return _page(request, page, form=form, status=503 if page.is_down else 422)
    return _page(request, page, form=form)


def _award(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The second step: do what was shown."""
    form = PromiseForm(request.POST, owner=_owner(request, contact_uuid))
    if not form.is_valid():
        return _start_again(request, contact_uuid)
    outcome = services.award(
        contact_uuid=contact_uuid,
        wish=form.wish,
        promised=form.cleaned_data["promised"],
        actor=actor_of(request),
        token=form.cleaned_data["form_token"],
    )
    return _after(request, contact_uuid, outcome, form.wish)


def _ask(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Put the award under "Waiting for you" of whoever may approve it."""
    form, words = PromiseForm(request.POST, owner=_owner(request, contact_uuid)), AskForm(request.POST)
    if not form.is_valid():
        return _start_again(request, contact_uuid)
    if not words.is_valid():
        return _promised(request, contact_uuid, form, ask_form=words, status=422)
    wanted = asking.wanted(
        contact_uuid=contact_uuid,
        wish=form.wish,
        credits=form.cleaned_data["promised"],
        actor=actor_of(request),
        token=form.cleaned_data["form_token"],
    )
    second_person.ask(wanted, reason=words.cleaned_data["reason"])
    messages.info(request, "Asked. Nothing is awarded yet: whoever approves finds it on their first page.", "plain")
    return go_to(request, _url(contact_uuid))


def _approve(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Somebody who may approve has typed their own name and password here: approve, and award at once."""
    form, approver = PromiseForm(request.POST, owner=_owner(request, contact_uuid)), ApproverForm(request.POST)
    if not form.is_valid():
        return _start_again(request, contact_uuid)
    if not approver.is_valid():
        return _promised(request, contact_uuid, form, approver_form=approver, status=422)
    actor, shown = actor_of(request), form.cleaned_data
    promise = {"contact_uuid": contact_uuid, "wish": form.wish, "actor": actor, "token": shown["form_token"]}
    try:
        approval = second_person.approve_in_place(
            asking.wanted(**promise, credits=shown["promised"]),
            username=approver.cleaned_data["approver"],
            password=approver.cleaned_data["password"],
            totp=approver.cleaned_data["otp"],
            check=checker(request),
        )
    except second_person.NotApproved as no:
        approver.add_error("password", str(no))
        return _promised(request, contact_uuid, form, approver_form=approver, status=422)
    outcome = services.award(**promise, promised=shown["promised"], approval=approval)
    return _after(request, contact_uuid, outcome, form.wish)


def _finish(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Award what a second person has approved, exactly that."""
    form, actor = RequestForm(request.POST), actor_of(request)
    approval = None
    if form.is_valid():
        found = form.cleaned_data["approval"]
        approval = asking.own_approval(approval_id=found, contact_uuid=contact_uuid, actor=actor)
    if approval is None:
        return _start_again(request, contact_uuid)
    wish = services.wish_again(approval)
    outcome = services.award(
        contact_uuid=contact_uuid,
        wish=wish,
        promised=int(approval.figures["credits"]),
        actor=actor,
        token=form.cleaned_data["form_token"],
        approval=approval,
    )
    return _after(request, contact_uuid, outcome, wish)


def _withdraw(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    form, actor = RequestForm(request.POST), actor_of(request)
    if form.is_valid():
        second_person.withdraw(approval_id=form.cleaned_data["approval"], by=actor)
    return go_to(request, _url(contact_uuid))


def _after(request: StaffRequest, contact_uuid: str, outcome: Outcome, wish: Wish) -> HttpResponse:
    """Done leads to the customer, unknown to the act. What was not done stands here, with the amount to try again."""
    if outcome.done:
        messages.add_message(request, messages.INFO, services.told(outcome), extra_tags="done")
        return go_to(request, reverse("contacts:contact", args=[contact_uuid]))
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    try:
        page = services.open_page(contact_uuid=contact_uuid, actor=actor_of(request), wish=wish)
    except PiggyError:
        say(request, outcome)
        return go_to(request, reverse("contacts:contact", args=[contact_uuid]))
    # Known not done, and this very act may be sent again when its time has come: its form keeps its token.
    kept = request.POST.get("form_token", "") if outcome.outcome == "planned" else ""
    # What a second person approved waits in its request, which carries the form.
    is_approved = bool(kept and page.promise and page.promise.needs)
    return _page(
        request,
        page,
        form=_filled(page, wish),
        told=outcome,
        kept_token=kept,
        is_promised=not is_approved,
        status=LOST_RACE,
    )


def _promised(request: StaffRequest, contact_uuid: str, form: PromiseForm, **context: Any) -> HttpResponse:
    """The confirm line once more, with the same token."""
    page = services.open_page(contact_uuid=contact_uuid, actor=actor_of(request), wish=form.wish)
    token = form.cleaned_data["form_token"]
    return _page(request, page, form=_filled(page, form.wish), kept_token=token, **context)


def _start_again(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """A form that was not complete: nothing was done, and the page stands as it is now."""
    page = services.open_page(contact_uuid=contact_uuid, actor=actor_of(request))
    return _page(request, page, incomplete=True, status=422)


def _requests(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """This person's own requests alone: what the page asks for while one is open. Piggy is not asked."""
    context = {"contact_uuid": contact_uuid, **_request_context(request, contact_uuid)}
    return render_page(request, TEMPLATE, context, partial="requests")


def _request_context(request: StaffRequest, contact_uuid: str) -> dict[str, Any]:
    owner = _owner(request, contact_uuid)
    asked = asking.requests_of(contact_uuid=contact_uuid, actor=actor_of(request))
    shown = [
        {
            "request": each,
            "form": request_form(each.approval, token=each.token),
            "again": PromiseForm(initial=promise_values(each.wish, each.credits, owner), owner=owner, auto_id=False),
        }
        for each in asked
    ]
    return {
        "requests": shown,
        "is_waiting": any(each.state == "open" for each in asked),
        "is_granted": any(each.state in ("granted", "busy") for each in asked),
    }


def _page(
    request: StaffRequest,
    page: AwardPage,
    *,
    form: WishForm | None = None,
    status: int = 200,
    kept_token: str = "",
    is_promised: bool = True,
    **context: Any,
) -> HttpResponse:
    promise, promise_form = page.promise if is_promised else None, None
    if promise:
        owner = _owner(request, page.contact_uuid)
        values = promise_values(promise.wish, promise.credits, owner)
        values |= {"form_token": kept_token} if kept_token else {}
        promise_form = PromiseForm(initial=values, owner=owner, auto_id=False)
    unclear = page.open_act
    context = {"ask_form": AskForm(), "approver_form": ApproverForm(), "told": None} | context
    context |= _request_context(request, page.contact_uuid) | {
        "contact_uuid": page.contact_uuid,
        "page": page,
        "contact": page.contact,
        "form": form or _wish_form(page),
        "promise": promise,
        "promise_form": promise_form,
        "look": look_of(context["told"]) if context["told"] else "",
        "may_open_act": unclear is not None and (unclear.staff_id == request.user.pk or request.user.has_perm(SEE_ALL)),
    }
    focus_first_error(context["form"])
    for each in (context["ask_form"], context["approver_form"]):
        focus_first_error(each)
    if promise or context["is_granted"]:
        context["form"].fields["amount"].widget.attrs.pop("autofocus", None)  # the next step has it
    return render_page(request, TEMPLATE, context, partial="award", status=status)


def _wish_form(page: AwardPage, typed: Any = None, **more: Any) -> WishForm:
    units = [(unit.name, services.unit_words(unit)) for unit in page.units if unit.name] if page.asks_unit else []
    default = page.default_unit
    return WishForm(
        typed,
        units=units,
        default_unit=(default.name or "") if default else "",
        money=services.money_units(page.units),
        **more,
    )


def _filled(page: AwardPage, wish: Wish) -> WishForm:
    """The first step's form, as it was typed."""
    typed = {"unit": wish.unit} if wish.unit else {}
    if wish.hundredths is not None:
        typed["amount"] = f"{wish.hundredths // 100}.{wish.hundredths % 100:02d}"
    else:
        typed["credits"] = str(wish.credits)
    return _wish_form(page, initial=typed)


def _owner(request: StaffRequest, contact_uuid: str) -> str:
    """Whom a promise was shown to, where, and for whom."""
    shop = request.shop.piggy_uuid if request.shop else ""
    return f"{request.user.pk}/{shop}/{contact_uuid}"


def _url(contact_uuid: str) -> str:
    return reverse("contacts:award", args=[contact_uuid])
