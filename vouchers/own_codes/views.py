"""Vouchers with codes of one's own, in two steps on one page: what the list says, then making exactly that.

With htmx the part `#own-codes` is swapped, without it each step is a page. Above the limit a second person approves;
what was approved is made on the page of new batches, with all other requests.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger import second_person
from piggyadmin.ledger.credentials import checker
from piggyadmin.ledger.forms import ApproverForm, AskForm, focus_first_error
from vouchers.batches import asking
from vouchers.batches import services as batches
from vouchers.batches.orders import Order
from vouchers.batches.progress import duration_words
from vouchers.batches.services import Ground, Problem
from vouchers.models import BatchRun
from vouchers.own_codes import services
from vouchers.own_codes.forms import CodesForm, ConfirmForm
from vouchers.own_codes.reading import MOST_BYTES, MOST_ROWS

TEMPLATE = "vouchers/own_codes/codes.html"
LOST_RACE = 409
FIRST, BAD_SHOWN, WARNINGS_SHOWN = 10, 100, 10


@called("Make vouchers with your own codes")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.make_batch", raise_exception=True)
@sensitive_post_parameters("password", "otp")
def own_codes(request: StaffRequest) -> HttpResponse:
    """A list of codes in, shown in words; then one voucher for each of them, by a run."""
    if request.method != "POST":
        ground = batches.ground()
        return _page(request, _form(ground, initial={"promotion": request.GET.get("promotion", "")[:64]}))
    step = request.POST.get("step", "")
    steps: dict[str, Callable[[StaffRequest, Order, ConfirmForm], HttpResponse]] = {
        "make": _make,
        "ask": _ask,
        "approve": _approve,
    }
    if step not in steps:
        return _see(request)
    form, actor = ConfirmForm(request.POST), actor_of(request)
    if not form.is_valid() and {"key", "form_token"} & set(form.errors):
        return _start_again(request, 422)
    before = services.begun_by(token=form.cleaned_data["form_token"], actor=actor)
    if before is not None:
        return _to_run(request, before)
    try:
        order = services.kept(key=form.cleaned_data["key"], actor=actor)
    except services.ListGone:
        return _start_again(request, LOST_RACE)
    return steps[step](request, order, form)


def _see(request: StaffRequest) -> HttpResponse:
    """The first step: what the list says, row by row. Nothing is written, and nothing kept of a list with a bad row."""
    form, actor = _form(batches.ground(), request.POST, files=request.FILES), actor_of(request)
    if not form.is_valid() or form.codes.bad:
        return _page(request, form, status=422)
    seen = batches.preview(order=form.order(), actor=actor)
    if isinstance(seen, Problem):
        form.add_error(seen.field if seen.field in form.fields else "promotion", seen.words)
        return _page(request, form, status=422)
    return _page(request, form, seen=seen, key=services.keep(order=seen.order, actor=actor))


def _make(request: StaffRequest, order: Order, form: ConfirmForm) -> HttpResponse:
    """The second step: begin the run of exactly what was shown."""
    if not _is_number(form, order):
        return _shown_again(request, order, form)
    return _do(request, order, form)


def _ask(request: StaffRequest, order: Order, form: ConfirmForm) -> HttpResponse:
    """Put the order under "Waiting for you" of whoever may approve it; with its codes, for as long as that is good."""
    words = AskForm(request.POST)
    if not words.is_valid():
        return _shown_again(request, order, form, ask_form=words)
    token = form.cleaned_data["form_token"]
    asking.ask(order, actor=actor_of(request), token=token, reason=words.cleaned_data["reason"])
    messages.info(request, "Asked. Nothing is made yet: whoever approves finds it on their first page.", "plain")
    return go_to(request, reverse("vouchers:batch-new-of", args=[order.promotion_uuid]))


def _approve(request: StaffRequest, order: Order, form: ConfirmForm) -> HttpResponse:
    """Somebody who may approve has typed their own name and password here: approve, and begin at once."""
    approver, actor = ApproverForm(request.POST), actor_of(request)
    if not _is_number(form, order) or not approver.is_valid():
        return _shown_again(request, order, form, approver_form=approver)
    problem = batches.preview(order=order, actor=actor, is_late=True)
    if isinstance(problem, Problem):
        return _stopped(request, order, problem)
    try:
        approval = second_person.approve_in_place(
            asking.wanted(order, actor=actor, token=form.cleaned_data["form_token"]),
            username=approver.cleaned_data["approver"],
            password=approver.cleaned_data["password"],
            totp=approver.cleaned_data["otp"],
            check=checker(request),
        )
    except second_person.NotApproved as no:
        approver.add_error("password", str(no))
        return _shown_again(request, order, form, approver_form=approver)
    return _do(request, order, form, approval.pk)


def _do(request: StaffRequest, order: Order, form: ConfirmForm, approval: Any = None) -> HttpResponse:
    token = form.cleaned_data["form_token"]
    try:
        made = batches.make(order=order, actor=actor_of(request), token=token, approval=approval)
    except batches.NeedsSecond:  # the limit came down meanwhile
        return _shown_again(request, order, form, status=LOST_RACE)
    except ValidationError as error:  # the approval is not good any more
        made = Problem("promotion", " ".join(error.messages))
    if isinstance(made, Problem):
        return _stopped(request, order, made)
    return _to_run(request, made)


def _is_number(form: ConfirmForm, order: Order) -> bool:
    if form.is_valid() and form.cleaned_data["again"] != order.quantity:
        form.add_error("again", "This is not the number above. Nothing was made; type it digit by digit.")
    return form.is_valid()


def _to_run(request: StaffRequest, run: BatchRun) -> HttpResponse:
    return go_to(request, reverse("vouchers:batch", args=[run.pk]))


def _shown_again(
    request: StaffRequest, order: Order, confirm: ConfirmForm, *, status: int = 422, **context: Any
) -> HttpResponse:
    """What was shown, once more, with the same token."""
    seen = batches.preview(order=order, actor=actor_of(request), is_late=True)
    if isinstance(seen, Problem):
        return _stopped(request, order, seen)
    form = _form(batches.ground())
    return _page(request, form, seen=seen, confirm=confirm, key="", status=status, **context)


def _stopped(request: StaffRequest, order: Order, problem: Problem) -> HttpResponse:
    """Something stands in the way now that did not when it was shown. The codes are in the form again."""
    typed = {"promotion": order.promotion_uuid, "label": order.label, "pasted": "\n".join(order.own_codes)}
    return _page(request, _form(batches.ground(), initial=typed), stopped=problem.words, status=422)


def _start_again(request: StaffRequest, status: int) -> HttpResponse:
    return _page(request, _form(batches.ground()), gone=True, status=status)


def _page(
    request: StaffRequest,
    form: CodesForm,
    *,
    seen: batches.Preview | None = None,
    confirm: ConfirmForm | None = None,
    key: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context = {"ask_form": AskForm(), "approver_form": ApproverForm()} | context
    for each in (form, context["ask_form"], context["approver_form"], *([confirm] if confirm else [])):
        focus_first_error(each)
    codes = form.codes
    context |= {
        "form": form,
        "seen": seen,
        "confirm": confirm or (ConfirmForm(initial={"key": key}) if seen else None),
        "bad": codes.bad[:BAD_SHOWN],
        "bad_total": len(codes.bad),
        "warnings": codes.warnings[:WARNINGS_SHOWN],
        "warnings_total": len(codes.warnings),
        "first": (codes.rows or list(enumerate(seen.order.own_codes, start=1)))[:FIRST] if seen else [],
        "minutes": duration_words(seen.seconds) if seen else "",
        "limit": asking.limit_of(actor_of(request)),
        "most_rows": MOST_ROWS,
        "most_mb": MOST_BYTES // 1024 // 1024,
    }
    return render_page(request, TEMPLATE, context, partial="codes", status=status)


def _form(ground: Ground, data: Any = None, **more: Any) -> CodesForm:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    return CodesForm(data, promotions=ground.promotions, zone=zone, **more)
