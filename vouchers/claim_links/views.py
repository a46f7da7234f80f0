"""Claim links: order some in two steps, watch an order, stop it. The first step shows what it would be, the second
does exactly that; above the limit a second person approves it.

With htmx the part `#new-links` is swapped, without it each step is a page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger import second_person
from piggyadmin.ledger.credentials import checker
from piggyadmin.ledger.forms import ApproverForm, AskForm, RequestForm, focus_first_error, request_form
from piggyadmin.piggy.errors import PiggyError
from vouchers.claim_links import jobs, orders, services
from vouchers.claim_links.actions import ORDER
from vouchers.claim_links.forms import ConfirmForm, OrderForm
from vouchers.claim_links.orders import Order
from vouchers.claim_links.services import Ground
from vouchers.models import ClaimLinkOrder

TEMPLATE, ONE = "vouchers/claim_links/links.html", "vouchers/claim_links/order.html"
LOST_RACE = 409
A_PAGE = 20


@called("Make claim links")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.make_claim_links", raise_exception=True)
@shop_required
@sensitive_post_parameters("password", "otp")
def claim_links(request: StaffRequest) -> HttpResponse:
    """The orders so far, and a new one."""
    if request.method != "POST":
        if wants_partial(request):  # this person's own requests alone, while one is open
            return render_page(request, TEMPLATE, _requests(request), partial="requests")
        return _page(request)
    steps: dict[str, Callable[[StaffRequest], HttpResponse]] = {
        "make": _make,
        "ask": _ask,
        "approve": _approve,
        "finish": _finish,
        "withdraw": _withdraw,
    }
    return steps.get(request.POST.get("step", ""), _see)(request)


@require_safe
@permission_required("vouchers.make_claim_links", raise_exception=True)
def order(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """How far an order is. Whoever looks has it go on, should nobody be at it."""
    row = _order_or_404(order_id)
    jobs.nudge(row)
    context = {
        "order": row,
        "gives": orders.gives_words(row.credits, row.unit_name, row.unit_hundredths),
        "standing": services.standing(row),
        "uncertain": services.uncertain(row),
        "is_open": row.ended_at is None,
        "acts": services.acts_on(row),
    }
    return render_page(request, ONE, context, partial="progress")


@called("Stop making claim links")
@require_POST
@permission_required("vouchers.make_claim_links", raise_exception=True)
def stop(request: StaffRequest, order_id: UUID) -> HttpResponse:
    services.stop(order=_order_or_404(order_id), actor=actor_of(request))
    return go_to(request, _url(order_id))


def _see(request: StaffRequest) -> HttpResponse:
    """The first step: what it would be. Nothing is written."""
    ground = services.ground()
    form = OrderForm(request.POST, units=ground.units)
    if not form.is_valid():
        return _page(request, ground=ground, form=form, status=422)
    typed, shop_uuid = form.cleaned_data, _shop_uuid(request)
    wish: dict[str, Any] = {"quantity": typed["quantity"], "label": typed["label"], "shop": shop_uuid}
    if typed["credits"] is None:
        unit = {"unit": typed["unit"], "hundredths": typed["amount"]}
        try:
            wish["credits"] = services.price(shop_uuid=shop_uuid, **unit)
        except (services.CannotPrice, PiggyError) as error:
            form.add_error("amount", getattr(error, "message", str(error)))
            return _page(request, ground=ground, form=form, status=422)
        wish |= {"unit_name": unit["unit"], "unit_hundredths": unit["hundredths"]}
    else:
        wish["credits"] = typed["credits"]
    return _page(request, ground=ground, form=form, order=Order(**wish))


def _make(request: StaffRequest) -> HttpResponse:
    """The second step: make what was shown."""
    form, order = _confirmed(request)
    if order is None:
        return _page(request, incomplete=True, status=422)
    return _do(request, order, form)


def _ask(request: StaffRequest) -> HttpResponse:
    """Put the order under "Waiting for you" of whoever may approve it."""
    (form, order), words = _confirmed(request), AskForm(request.POST)
    if order is None:
        return _page(request, incomplete=True, status=422)
    if not words.is_valid():
        return _page(request, order=order, confirm=form, ask_form=words, status=422)
    token = form.cleaned_data["form_token"]
    orders.ask(order, actor=actor_of(request), token=token, reason=words.cleaned_data["reason"])
    messages.info(request, "Asked. Nothing is made yet: whoever approves finds it on their first page.", "plain")
    return go_to(request, reverse("vouchers:claim-links"))


def _approve(request: StaffRequest) -> HttpResponse:
    """Somebody who may approve has typed their own name and password here: approve, and make them at once."""
    (form, order), approver = _confirmed(request), ApproverForm(request.POST)
    if order is None:
        return _page(request, incomplete=True, status=422)
    if not approver.is_valid():
        return _page(request, order=order, confirm=form, approver_form=approver, status=422)
    try:
        approval = second_person.approve_in_place(
            orders.wanted(order, actor=actor_of(request), token=form.cleaned_data["form_token"]),
            username=approver.cleaned_data["approver"],
            password=approver.cleaned_data["password"],
            totp=approver.cleaned_data["otp"],
            check=checker(request),
        )
    except second_person.NotApproved as no:
        approver.add_error("password", str(no))
        return _page(request, order=order, confirm=form, approver_form=approver, status=422)
    return _do(request, order, form, approval.pk)


def _finish(request: StaffRequest) -> HttpResponse:
    """Make what a second person has approved, exactly that."""
    form, approval = RequestForm(request.POST), None
    if form.is_valid():
        found = form.cleaned_data["approval"]
        approval = second_person.own_approval(ORDER, approval_id=found, by=actor_of(request))
    if approval is None:
        return _page(request, incomplete=True, status=422)
    return _do(request, orders.order_of(approval), form, approval.pk)


def _withdraw(request: StaffRequest) -> HttpResponse:
    form = RequestForm(request.POST)
    if form.is_valid():
        second_person.withdraw(approval_id=form.cleaned_data["approval"], by=actor_of(request))
    return go_to(request, reverse("vouchers:claim-links"))


def _do(
    request: StaffRequest, order: Order, form: ConfirmForm | RequestForm, approval_id: UUID | None = None
) -> HttpResponse:
    token = form.cleaned_data["form_token"]
    try:
        row = services.begin(order=order, actor=actor_of(request), token=token, approval_id=approval_id)
    except services.NeedsSecond:  # the limit came down meanwhile
        return _page(request, order=order, status=LOST_RACE)
    except ValidationError as error:  # the approval is not good any more, or it is another shop now
        return _page(request, refusal=" ".join(error.messages), status=LOST_RACE)
    return go_to(request, _url(row.pk))


def _confirmed(request: StaffRequest) -> tuple[ConfirmForm, Order | None]:
    form = ConfirmForm(request.POST)
    return form, orders.unpack(form.cleaned_data["order"], _owner(request)) if form.is_valid() else None


def _requests(request: StaffRequest) -> dict[str, Any]:
    shown: list[dict[str, Any]] = []
    for each in second_person.requests_of(ORDER, by=actor_of(request)):
        order = orders.order_of(each.approval)
        again = ConfirmForm(initial={"order": orders.pack(order, _owner(request))}, auto_id=False)
        shown.append({"request": each, "order": order, "form": request_form(each.approval), "again": again})
    return {
        "requests": shown,
        "is_waiting": any(each["request"].state == "open" for each in shown),
        "is_granted": any(each["request"].state == "granted" for each in shown),
    }


def _page(
    request: StaffRequest,
    *,
    ground: Ground | None = None,
    form: OrderForm | None = None,
    order: Order | None = None,
    confirm: ConfirmForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    ground = ground or services.ground()
    if order is not None and confirm is None:
        confirm = ConfirmForm(initial={"order": orders.pack(order, _owner(request))}, auto_id=False)
    context = {"ask_form": AskForm(), "approver_form": ApproverForm()} | context | _requests(request)
    context |= {
        "ground": ground,
        "form": form or OrderForm(units=ground.units, initial=_typed(order)),
        "seen": services.preview(order=order, actor=actor_of(request)) if order else None,
        "confirm": confirm,
        "limit": orders.limit_of(actor_of(request)),
        "page": Paginator(services.orders(), A_PAGE).get_page(request.GET.get("page")),
    }
    for each in (context["form"], context["ask_form"], context["approver_form"]):
        focus_first_error(each)
    if order is not None or context["is_granted"]:
        context["form"].fields["label"].widget.attrs.pop("autofocus", None)  # the next step has it
    return render_page(request, TEMPLATE, context, partial="links", status=status)


def _typed(order: Order | None) -> dict[str, Any]:
    """The first step's form, as it was typed."""
    if order is None:
        return {}
    typed: dict[str, Any] = {"label": order.label, "quantity": order.quantity}
    if order.unit_hundredths is None:
        return typed | {"credits": order.credits}
    cents = order.unit_hundredths
    return typed | {"amount": f"{cents // 100}.{cents % 100:02d}", "unit": order.unit_name}


def _owner(request: StaffRequest) -> str:
    """Whom a preview was shown to, and where."""
    return f"{request.user.pk}/{_shop_uuid(request)}"


def _shop_uuid(request: StaffRequest) -> str:
    assert request.shop is not None  # the view has seen to it
    return request.shop.piggy_uuid


def _order_or_404(order_id: UUID) -> ClaimLinkOrder:
    row = services.orders().filter(pk=order_id).first()
    if row is None:
        raise Http404
    return row


def _url(order_id: UUID) -> str:
    return reverse("vouchers:claim-link-order", args=[order_id])
