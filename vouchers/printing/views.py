"""Printed sheets. A page that shows codes comes only in answer to a POST, once that is written in the ledger.

With htmx the sheets stand in the place of the page's part `#sheets`, so that reading the page again shows no codes.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from vouchers.files.ready import NotReady
from vouchers.files.services import find_run
from vouchers.models import BatchRun, Printer
from vouchers.printing import services
from vouchers.printing.forms import LayoutForm, OpenForm, PrintForm, RangeForm
from vouchers.printing.layouts import LAYOUTS, RECEIPT

OVERVIEW, ONE, PAPER = "vouchers/printing/sheets.html", "vouchers/printing/sheet.html", "vouchers/printing/paper.html"
NOT_NOW = 409
MOST_LINKS = 500  # sheets; above it a grid of links is no help
PRINTER = "printer"  # the session's key: whoever prints one sheet prints the next on the same printer


@called("Print sheets")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.see_codes", raise_exception=True)
def sheets(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """All sheets of a run: choose the layout, print some of them, see which were printed."""
    run = _run_or_404(run_id)
    if request.method != "POST":
        return _open_one(request, run) if "number" in request.GET else _overview(request, run)
    return _lay_out(request, run) if request.POST.get("step") == "layout" else _print_range(request, run)


@called("Print a sheet")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.see_codes", raise_exception=True)
def sheet(request: StaffRequest, run_id: UUID, number: int) -> HttpResponse:
    """One sheet: what is known of it; its labels after a POST."""
    run = _run_or_404(run_id)
    found = services.sheets_of(run=run)
    try:
        facts = services.sheet_facts(found, number=number)
    except services.NoSheet as none:
        raise Http404 from none
    form = _print_form(request, run.sheet_size)
    context = {"sheets": found, "facts": facts, "change_url": _change_url() if facts.usable else ""}
    if form.is_valid():
        try:
            token = form.cleaned_data["form_token"]
            size = form.cleaned_data["size"]
            paper = services.print_sheets(
                run=run, size=size, first=number, last=number, actor=actor_of(request), token=token
            )
        except (NotReady, services.NoSheet, services.OldForm):
            context["is_old"] = not found.why_not
            return _one(request, run, context, status=NOT_NOW)
        return _paper(request, paper, form.cleaned_data["printer"])
    return _one(request, run, context | _shown_again(form), status=422 if form.is_bound else 200)


@called("Print a receipt")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.see_codes", raise_exception=True)
def receipt(request: StaffRequest, run_id: UUID, number: int) -> HttpResponse:
    """One voucher as a receipt of 80 mm, whatever the layout of its run."""
    run = _run_or_404(run_id)
    found = services.sheets_of(run=run)
    if not 1 <= number <= found.rows:
        raise Http404
    form = _print_form(request, RECEIPT.size)
    context: dict[str, Any] = {"sheets": found, "receipt": number}
    if form.is_valid():
        try:
            token = form.cleaned_data["form_token"]
            paper = services.print_receipt(run=run, number=number, actor=actor_of(request), token=token)
        except (NotReady, services.NoSheet, services.OldForm):
            context["is_old"] = not found.why_not
            return _one(request, run, context, status=NOT_NOW)
        return _paper(request, paper, form.cleaned_data["printer"])
    return _one(request, run, context | _shown_again(form), status=422 if form.is_bound else 200)


def _open_one(request: StaffRequest, run: BatchRun) -> HttpResponse:
    found = services.sheets_of(run=run)
    form = OpenForm(request.GET, most=_most(found))
    if not form.is_valid():
        return _overview(request, run, open_form=form, status=422)
    name = "vouchers:batch-sheet" if form.cleaned_data["what"] == "sheet" else "vouchers:batch-receipt"
    return go_to(request, reverse(name, args=[run.pk, form.cleaned_data["number"]]))


def _lay_out(request: StaffRequest, run: BatchRun) -> HttpResponse:
    form = LayoutForm(request.POST, too_long=services.too_long_for(run))
    if not form.is_valid():
        return _overview(request, run, layout_form=form, status=422)
    size = form.cleaned_data["size"]
    found = services.sheets_of(run=run)
    if found.printed and size != run.sheet_size and not form.cleaned_data["sure"]:
        return _overview(request, run, layout_form=form, wanted=LAYOUTS[size], status=NOT_NOW)
    services.choose_layout(run=run, size=size)
    return go_to(request, reverse("vouchers:batch-sheets", args=[run.pk]))


def _print_range(request: StaffRequest, run: BatchRun) -> HttpResponse:
    found = services.sheets_of(run=run)
    form = RangeForm(request.POST, total=found.total)
    if found.why_not:
        return _overview(request, run, status=NOT_NOW)
    if form.is_broken:
        return _overview(request, run, is_old=True, status=422)
    if not form.is_valid():
        return _overview(request, run, range_form=form, status=422)
    typed = form.cleaned_data
    asked = {"size": typed["size"], "first": typed["first"], "last": typed["last"], "token": typed["form_token"]}
    try:
        paper = services.print_sheets(run=run, actor=actor_of(request), **asked)
    except (NotReady, services.NoSheet, services.OldForm):
        return _overview(request, run, is_old=True, status=NOT_NOW)
    return _paper(request, paper, typed["printer"])


def _overview(request: StaffRequest, run: BatchRun, *, status: int = 200, **context: Any) -> HttpResponse:
    found = services.sheets_of(run=run)
    begin = {"first": 1, "last": min(found.total, services.MOST_SHEETS), "size": run.sheet_size}
    shown = {
        "run": run,
        "sheets": found,
        "layout_form": LayoutForm(initial={"size": run.sheet_size}, too_long=set()),
        "range_form": RangeForm(initial=begin | _printer(request), total=found.total),
        "open_form": OpenForm(most=_most(found)),
        "grid": range(1, found.total + 1) if 1 < found.total <= MOST_LINKS else (),
    }
    return render_page(request, OVERVIEW, shown | context, partial="sheets", status=status)


def _most(found: services.Sheets) -> dict[str, int]:
    return {"sheet": found.total, "receipt": found.rows}


def _one(request: StaffRequest, run: BatchRun, context: dict[str, Any], *, status: int) -> HttpResponse:
    if "form" not in context:
        size = RECEIPT.size if "receipt" in context else run.sheet_size
        context["form"] = PrintForm(initial={"size": size} | _printer(request))
    return render_page(request, ONE, {"run": run} | context, partial="sheets", status=status)


def _paper(request: StaffRequest, paper: services.Paper, printer: Printer | None) -> HttpResponse:
    request.session[PRINTER] = str(printer.pk) if printer else ""
    return render_page(request, PAPER, {"run": paper.run, "paper": paper, "printer": printer}, partial="sheets")


def _print_form(request: StaffRequest, size: int) -> PrintForm:
    return PrintForm(request.POST if request.method == "POST" else None, initial={"size": size} | _printer(request))


def _shown_again(form: PrintForm) -> dict[str, Any]:
    return {"is_old": True} if form.is_bound and form.is_broken else {"form": form}


def _printer(request: StaffRequest) -> dict[str, str]:
    return {"printer": request.session.get(PRINTER, "")}


def _change_url() -> str:
    """Where vouchers are withdrawn, from a preview on."""
    try:
        return reverse("vouchers:change-preview")
    except NoReverseMatch:
        return ""


def _run_or_404(run_id: UUID) -> BatchRun:
    run = find_run(run_id)
    if run is None:
        raise Http404
    return run
