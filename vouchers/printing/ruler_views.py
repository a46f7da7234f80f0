"""The ruler test page, and the printers whose paper has to be shifted."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from vouchers.models import Printer
from vouchers.printing import brand
from vouchers.printing.forms import PrinterForm
from vouchers.printing.layouts import LAYOUTS, RECEIPT

TEMPLATE = "vouchers/printing/ruler.html"
A4 = [(layout, range(layout.size)) for layout in LAYOUTS.values() if layout is not RECEIPT]
RULER_MM = 100
TICKS = "".join(f"M{at} 0v{5 if at % 10 == 0 else 3.5 if at % 5 == 0 else 2}" for at in range(RULER_MM + 1))
"""One stroke for each millimetre, as the path of a drawing."""


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.see_codes", raise_exception=True)
def ruler(request: StaffRequest) -> HttpResponse:
    """A page to measure what a printer does to a millimetre, and a form to add that printer."""
    form = PrinterForm(request.POST or None)
    if form.is_valid():
        return go_to(request, _url(form.save()))
    return _page(request, None, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.see_codes", raise_exception=True)
def printer(request: StaffRequest, printer_id: UUID) -> HttpResponse:
    """The same page, shifted for one printer: change its offset, or take it off the list."""
    found = get_object_or_404(Printer, pk=printer_id)
    if request.method == "POST" and request.POST.get("step") == "delete":
        found.delete()
        return go_to(request, reverse("vouchers:ruler"))
    # A form changes the row it is about even when it refuses what was typed: give it one of its own.
    form = PrinterForm(request.POST or None, instance=Printer.objects.get(pk=found.pk))
    if form.is_valid():
        return go_to(request, _url(form.save()))
    return _page(request, found, form)


@require_safe
@permission_required("vouchers.see_codes", raise_exception=True)
def offset(request: StaffRequest, printer_id: UUID) -> HttpResponse:
    """A printer's offset as a style sheet: the pages' policy allows no style in the page itself."""
    found = get_object_or_404(Printer, pk=printer_id)
    style = f":root {{ --right: {found.right_mm}mm; --down: {found.down_mm}mm; }}\n"
    return HttpResponse(style, content_type="text/css; charset=utf-8")


@require_safe
@permission_required("vouchers.see_codes", raise_exception=True)
def brand_style(request: StaffRequest) -> HttpResponse:
    """The account's colour as a style sheet, empty where there is none: sheets are black then."""
    color = brand.accent()
    style = f":root {{ --brand: {color}; }}\n" if color else ""
    response = HttpResponse(style, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    return response


def _page(request: StaffRequest, chosen: Printer | None, form: PrinterForm) -> HttpResponse:
    context: dict[str, Any] = {"chosen": chosen, "form": form, "printers": Printer.objects.all()}
    context |= {"ticks": TICKS, "tens": range(0, RULER_MM + 1, 10), "layouts": A4}
    return render_page(request, TEMPLATE, context, partial="sheets", status=422 if form.is_bound else 200)


def _url(saved: Printer) -> str:
    return reverse("vouchers:printer", args=[saved.pk])
