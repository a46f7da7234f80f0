"""A new batch in two steps on one page: the first shows what it would be, the second does exactly that.

With htmx the part `#new-batch` is swapped, without it each step is a page.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, fresh_sign_in_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger import second_person
from piggyadmin.ledger.credentials import checker
from piggyadmin.ledger.door import was_begun
from piggyadmin.ledger.forms import ApproverForm, AskForm, RequestForm, focus_first_error
from vouchers.batches import asking, services
from vouchers.batches.actions import BATCH_RUN
from vouchers.batches.forms import AgainForm, BatchForm, ConfirmForm, typed_of
from vouchers.batches.orders import Order
from vouchers.batches.progress import duration_words
from vouchers.batches.services import Ground, Preview, Problem
from vouchers.models import BatchRun

TEMPLATE = "vouchers/batches/new.html"
GONE = "vouchers/promotions/gone.html"
LOST_RACE = 409


@called("Make vouchers")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.make_batch", raise_exception=True)
@sensitive_post_parameters("password", "otp")
def new(request: StaffRequest, promotion_uuid: str = "") -> HttpResponseBase:
    """Any number of vouchers of one promotion; above the limit with a second person."""
    if request.method != "POST":
        return _requests(request) if wants_partial(request) else _begin(request, promotion_uuid)
    steps: dict[str, Callable[..., HttpResponseBase]] = {
        "make": _make,
        "ask": _ask,
        "approve": _approve,
        "finish": _finish,
        "withdraw": _withdraw,
    }
    return steps.get(request.POST.get("step", ""), _see)(request)


def _begin(request: StaffRequest, promotion_uuid: str) -> HttpResponse:
    ground = services.ground()
    if promotion_uuid and not any(each.uuid == promotion_uuid for each in ground.promotions):
        return render_page(request, GONE, {"promotion_uuid": promotion_uuid}, status=404)
    initial = {"promotion": promotion_uuid, "contact": request.GET.get("contact", "")[:64]}
    return _page(request, ground, _form(ground, initial=initial))


def _see(request: StaffRequest) -> HttpResponse:
    """The first step: what it would be, in words. Nothing is written."""
    ground = services.ground()
    form = _form(ground, request.POST)
    if not form.is_valid():
        return _page(request, ground, form, status=422)
    contact_uuid = ""
    if form.cleaned_data["contact"]:
        try:
            contact_uuid = services.contact_by(form.cleaned_data["contact"]).uuid
        except services.NoSuchContact as nobody:
            form.add_error("contact", str(nobody))
            return _page(request, ground, form, status=422)
    seen = services.preview(order=form.order(contact_uuid), actor=actor_of(request))
    if isinstance(seen, Problem):
        form.add_error(seen.field, seen.words)
        return _page(request, ground, form, status=422)
    return _page(request, ground, form, seen=seen)


@fresh_sign_in_required
def _make(request: StaffRequest) -> HttpResponse:
    """The second step: make what was shown."""
    form, order = _confirmed(request)
    if order is None:
        return _start_again(request)
    if form.errors:
        return _shown_again(request, order, form)
    try:
        return _after(request, order, _do(request, order, form.cleaned_data["form_token"]))
    except services.NeedsSecond:  # the limit came down meanwhile
        return _shown_again(request, order, form, status=LOST_RACE)


def _ask(request: StaffRequest) -> HttpResponse:
    """Put the order under "Waiting for you" of whoever may approve it."""
    form, words = ConfirmForm(request.POST), AskForm(request.POST)
    order = _order(request, form)
    if order is None:
        return _start_again(request)
    if not words.is_valid():
        return _shown_again(request, order, form, ask_form=words)
    token = form.cleaned_data["form_token"]
    asking.ask(order, actor=actor_of(request), token=token, reason=words.cleaned_data["reason"])
    messages.info(request, "Asked. Nothing is made yet: whoever approves finds it on their first page.", "plain")
    return go_to(request, reverse("vouchers:batch-new-of", args=[order.promotion_uuid]))


def _approve(request: StaffRequest) -> HttpResponse:
    """Somebody who may approve has typed their own name and password here: approve, and make it at once."""
    form, order = _confirmed(request)
    approver = ApproverForm(request.POST)
    if order is None:
        return _start_again(request)
    if form.errors or not approver.is_valid():
        return _shown_again(request, order, form, approver_form=approver)
    actor, token = actor_of(request), form.cleaned_data["form_token"]
    if not was_begun(token, action=BATCH_RUN, by=actor):
        seen = services.preview(order=order, actor=actor, is_late=True)
        if isinstance(seen, Problem):
            return _after(request, order, seen)
    try:
        approval = second_person.approve_in_place(
            asking.wanted(order, actor=actor, token=token),
            username=approver.cleaned_data["approver"],
            password=approver.cleaned_data["password"],
            totp=approver.cleaned_data["otp"],
            check=checker(request),
        )
    except second_person.NotApproved as no:
        approver.add_error("password", str(no))
        return _shown_again(request, order, form, approver_form=approver)
    return _after(request, order, _do(request, order, token, approval.pk))


@fresh_sign_in_required
def _finish(request: StaffRequest) -> HttpResponse:
    """Make what a second person has approved, exactly that."""
    form, actor = RequestForm(request.POST), actor_of(request)
    approval = None
    if form.is_valid():
        approval = second_person.own_approval(BATCH_RUN, approval_id=form.cleaned_data["approval"], by=actor)
    order = asking.order_of(approval) if approval else None
    if approval is None or order is None:
        return _start_again(request)
    again = _again(AgainForm(request.POST), order)
    if again.errors:
        ground = services.ground()
        return _page(request, ground, _form(ground), again=(approval.pk, again), status=422)
    return _after(request, order, _do(request, order, form.cleaned_data["form_token"], approval.pk))


def _withdraw(request: StaffRequest) -> HttpResponse:
    form = RequestForm(request.POST)
    if form.is_valid():
        second_person.withdraw(approval_id=form.cleaned_data["approval"], by=actor_of(request))
    return go_to(request, request.path)


def _do(request: StaffRequest, order: Order, token: str, approval: Any = None) -> BatchRun | Problem:
    try:
        return services.make(order=order, actor=actor_of(request), token=token, approval=approval)
    except ValidationError as error:  # the approval is not good any more
        return Problem("quantity", " ".join(error.messages))


def _after(request: StaffRequest, order: Order, made: BatchRun | Problem) -> HttpResponse:
    """To the run; or the form once more, as it was typed, with what stands in the way."""
    if isinstance(made, BatchRun):
        return go_to(request, reverse("vouchers:batch", args=[made.pk]))
    ground = services.ground()
    form = _form(ground, typed_of(order, _zone()))
    form.is_valid()
    if made.field not in form.errors:
        form.add_error(made.field, made.words)
    return _page(request, ground, form, status=422)


def _confirmed(request: StaffRequest) -> tuple[ConfirmForm, Order | None]:
    """The preview's form, with an error where another number was typed; and the order it carries."""
    form = ConfirmForm(request.POST)
    order = _order(request, form)
    return (_again(form, order) if order else form), order


def _again(form: Any, order: Order) -> Any:
    if form.is_valid() and form.cleaned_data["again"] != order.quantity:
        form.add_error("again", "This is not the number above. Nothing was made; type it digit by digit.")
    return form


def _order(request: StaffRequest, form: ConfirmForm) -> Order | None:
    form.is_valid()
    if {"order", "form_token"} & set(form.errors):
        return None
    return asking.unpack(form.cleaned_data["order"], _owner(request))


def _shown_again(
    request: StaffRequest, order: Order, confirm: ConfirmForm, *, status: int = 422, **context: Any
) -> HttpResponse:
    """The preview once more, with the same token."""
    ground = services.ground()
    seen = services.preview(order=order, actor=actor_of(request), is_late=True)
    if isinstance(seen, Problem):
        return _after(request, order, seen)
    return _page(request, ground, _filled(ground, order), seen=seen, confirm=confirm, status=status, **context)


def _start_again(request: StaffRequest) -> HttpResponse:
    """A form that was not complete: nothing was done, and the page stands as it is now."""
    ground = services.ground()
    return _page(request, ground, _form(ground), incomplete=True, status=422)


def _requests(request: StaffRequest) -> HttpResponse:
    """This person's own requests alone: what the page asks for while one is open. Piggy is not asked."""
    return render_page(request, TEMPLATE, _request_context(request, None), partial="requests")


def _request_context(request: StaffRequest, again: tuple[Any, AgainForm] | None) -> dict[str, Any]:
    asked = second_person.requests_of(BATCH_RUN, by=actor_of(request))
    shown = []
    for each in asked:
        order = asking.order_of(each.approval)
        typed = again[1] if again and again[0] == each.approval.pk else AgainForm()
        form = RequestForm(initial={"approval": each.approval.pk}, auto_id=False)
        values = {"order": asking.pack(order, _owner(request))} if order and not order.own_codes else None
        shown.append(
            {
                "request": each,
                "order": order,
                "figures": each.approval.figures,
                "form": form,
                "again": typed,
                "ask_again": ConfirmForm(initial=values, auto_id=False) if values else None,
            }
        )
    return {
        "requests": shown,
        "is_waiting": any(each.state == "open" for each in asked),
        "is_granted": any(each.state == "granted" for each in asked),
    }


def _page(
    request: StaffRequest,
    ground: Ground,
    form: BatchForm,
    *,
    seen: Preview | None = None,
    confirm: ConfirmForm | None = None,
    again: tuple[Any, AgainForm] | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    if seen and confirm is None:
        confirm = ConfirmForm(initial={"order": asking.pack(seen.order, _owner(request))})
    context = {"ask_form": AskForm(), "approver_form": ApproverForm()} | context
    context |= _request_context(request, again) | {
        "form": form,
        "ground": ground,
        "zone": form.typed_zone.key,
        "seen": seen,
        "minutes": duration_words(seen.seconds) if seen else "",
        "confirm": confirm,
        "limit": asking.limit_of(actor_of(request)),
        "own_values": _own_values(ground, seen.order) if seen else [],
    }
    for each in (form, *([confirm] if confirm else []), context["ask_form"], context["approver_form"]):
        focus_first_error(each)
    if seen and confirm:
        for field in form.fields.values():
            field.widget.attrs.pop("autofocus", None)  # the next step has it
        if not context["approver_form"].errors:
            context["approver_form"].fields["approver"].widget.attrs.pop("autofocus", None)
            confirm.fields["again"].widget.attrs["autofocus"] = True
    return render_page(request, TEMPLATE, context, partial="batch", status=status)


def _own_values(ground: Ground, order: Order) -> list[tuple[str, str]]:
    """The custom attributes of an order, each by its label."""
    titles = {each.name: each.title for each in ground.attributes}
    return [(titles.get(name, name), value) for name, value in order.attributes.items()]


def _form(ground: Ground, typed: Any = None, **more: Any) -> BatchForm:
    return BatchForm(typed, promotions=ground.promotions, attributes=ground.attributes, zone=_zone(), **more)


def _filled(ground: Ground, order: Order) -> BatchForm:
    """The first step's form, as it was typed."""
    return _form(ground, initial=typed_of(order, _zone()))


def _zone() -> ZoneInfo:
    return ZoneInfo(timezone.get_current_timezone_name())


def _owner(request: StaffRequest) -> str:
    """Whom a preview was shown to, and where."""
    return f"{request.user.pk}/{request.shop.piggy_uuid if request.shop else ''}"
