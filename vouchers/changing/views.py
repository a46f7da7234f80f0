"""Choose vouchers, see what would change, confirm it; then watch it go on.

With htmx what stands in `#main` is swapped, without it each step is a page. One voucher is changed at once.
"""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.converters import could_be_an_id
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.pages import say
from piggyadmin.ledger.typed_again import as_typed, left_over
from vouchers.changing import jobs, services
from vouchers.changing.forms import ChangeForm, ConfirmForm
from vouchers.changing.kinds import Kind
from vouchers.changing.selecting import NothingSelected
from vouchers.changing.services import Plan
from vouchers.models import BatchRun, VoucherChange

CHANGES = "vouchers/changing/changes.html"
PREVIEW = "vouchers/changing/preview.html"
CHANGE = "vouchers/changing/change.html"
GONE = 409
A_PAGE = 30


@called("Change vouchers")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.change_voucher", raise_exception=True)
def changes(request: StaffRequest) -> HttpResponse:
    """The list, with a field for codes; `?run=` selects from that run. By POST: begin what was shown."""
    if request.method == "POST":
        return _begin(request)
    run = services.run_named(request.GET.get("run", ""))
    return _list(request, ChangeForm(initial={"run": run.pk if run else None}, zone=_zone(request)), run)


@require_POST
@permission_required("vouchers.change_voucher", raise_exception=True)
def preview(request: StaffRequest) -> HttpResponse:
    """What would change and what cannot, as Piggy shows the vouchers now. Nothing is written."""
    form = ChangeForm(request.POST, zone=_zone(request))
    valid = form.is_valid()
    if _is_of_another(request, form):
        return _again(request)
    if not valid:
        return _ask(request, form)
    try:
        plan = services.plan(
            kind=form.cleaned_data["kind"],
            selection=form.selection,
            until=form.cleaned_data["until"],
            actor=actor_of(request),
        )
    except NothingSelected as nothing:
        form.add_error(None, str(nothing))
        return _ask(request, form)
    return _preview(request, plan, ConfirmForm(initial={"plan": plan.key}, auto_id="confirm_%s"))


@require_safe
@permission_required("vouchers.change_voucher", raise_exception=True)
def change(request: StaffRequest, change_id: Any) -> HttpResponse:
    """How far a change is. Whoever looks has it go on, should nobody be at it."""
    row = services.changes().filter(pk=change_id).first()
    if row is None:
        raise Http404
    jobs.nudge(row)
    context = {
        "change": row,
        "standing": services.standing(row),
        "uncertain": services.uncertain(row),
        "is_open": row.ended_at is None,
    }
    return render_page(request, CHANGE, context, partial="progress")


@called("Stop a change of vouchers")
@require_POST
@permission_required("vouchers.change_voucher", raise_exception=True)
def stop(request: StaffRequest, change_id: Any) -> HttpResponse:
    row = VoucherChange.objects.filter(pk=change_id).first()
    if row is None:
        raise Http404
    services.stop(change=row, actor=actor_of(request))
    return go_to(request, reverse("vouchers:change", args=[change_id]))


def _begin(request: StaffRequest) -> HttpResponse:
    form, actor = ConfirmForm(request.POST, auto_id="confirm_%s"), actor_of(request)
    if not form.is_valid():
        return _start_again(request, status=422)
    token = form.cleaned_data["form_token"]
    begun = services.begun_by(token=token, actor=actor)
    if begun is not None:  # a second click, whether or not the plan is still kept
        return go_to(request, reverse("vouchers:change", args=[begun.pk]))
    try:
        plan = services.kept_plan(key=form.cleaned_data["plan"], actor=actor)
    except services.PlanGone:
        return _start_again(request, status=GONE)
    if not plan.changing:
        return _preview(request, plan, form, status=422)
    if plan.is_typed and not form.is_number(len(plan.changing)):
        return _preview(request, plan, form, status=422)
    if plan.selection.voucher:
        outcome = services.change_one(made=plan, actor=actor, token=token)
        if outcome.unknown or outcome.under_way:  # its page says so, and looks
            return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
        if outcome.done:  # what was not done the voucher's page says by itself
            say(request, outcome)
        page = reverse("vouchers:voucher", args=[plan.selection.voucher])
        return go_to(request, f"{page}?act={outcome.act_id}")
    begun = services.begin(made=plan, actor=actor, token=token)
    return go_to(request, reverse("vouchers:change", args=[begun.pk]))


def _ask(request: StaffRequest, form: ChangeForm) -> HttpResponse:
    """The form once more, with what was typed: on the list, or alone where a page of its own sent the selection."""
    focus_first_error(form)
    run = form.cleaned_data.get("run")
    # "Change the end" beside a voucher or a sheet asks for the date here, and that is no mistake of anybody's.
    asks_end = request.POST.get("kind") == Kind.EXPIRY and "until" not in request.POST
    if asks_end:
        form.errors.pop("until", None)
    if (run or form.cleaned_data.get("voucher")) and not form.errors and asks_end:
        return _list(request, form, run, asks_end=True)
    return _list(request, form, run, status=422)


def _is_of_another(request: StaffRequest, form: ChangeForm) -> bool:
    """Whether the hidden fields name another voucher or run than the address does, or none that can be, or too much."""
    asked = {name: request.GET.get(name, "") for name in ("voucher", "run")}
    sent = {name: request.POST.get(name, "") for name in asked}
    if {"voucher", "run"} & form.errors.keys() or (any(asked.values()) and asked != sent):
        return True
    return sum(bool(each) for each in (*sent.values(), request.POST.get("codes", "").strip())) > 1


def _again(request: StaffRequest) -> HttpResponse:
    """The form was not complete: a whole one with all that was typed, of what the address names."""
    run, voucher = services.run_named(request.GET.get("run", "")), request.GET.get("voucher", "")
    voucher = voucher if could_be_an_id(voucher) else ""
    of_this = {"run": run.pk if run else None, "voucher": voucher}
    form = as_typed(ChangeForm, request.POST, initial=of_this, zone=_zone(request))
    without_place = {"codes" if voucher or run else "", "" if run else "sheet"} - {""}
    labels = {form[name].label for name in without_place}
    typed = [(label, text) for label, text in left_over(request.POST, form) if label in labels]
    return _list(request, form, run, voucher=voucher, typed=typed, incomplete=True, status=422)


def _start_again(request: StaffRequest, status: int) -> HttpResponse:
    typed = left_over(request.POST, ConfirmForm())
    return _list(request, ChangeForm(zone=_zone(request)), None, gone=True, typed=typed, status=status)


def _list(
    request: StaffRequest, form: ChangeForm, run: BatchRun | None, *, status: int = 200, **context: Any
) -> HttpResponse:
    pages = Paginator(services.changes(), A_PAGE)
    voucher = form.cleaned_data.get("voucher", "") if form.is_bound else ""
    of_this = {"voucher": voucher} | context
    address = {"run": run.pk if run else "", "voucher": of_this["voucher"]}
    context = of_this | {
        "form": form,
        "run": run,
        "page": pages.get_page(request.GET.get("page")),
        "query": urlencode({name: value for name, value in address.items() if value}),
    }
    return render_page(request, CHANGES, context, partial="change", status=status)


def _preview(request: StaffRequest, plan: Plan, form: ConfirmForm, status: int = 200) -> HttpResponse:
    focus_first_error(form)
    return render_page(request, PREVIEW, {"plan": plan, "form": form}, partial="change", status=status)


def _zone(request: StaffRequest) -> ZoneInfo:
    """The zone in which dates are typed: the shop's, else the account's."""
    return ZoneInfo(request.shop.time_zone) if request.shop else ZoneInfo(settings.TIME_ZONE)
