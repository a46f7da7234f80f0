"""Print claim links. A page that shows them comes only in answer to a POST, once that is written in the ledger.

With htmx the cards stand in the place of the page's part `#sheets`, so that reading the page again shows none.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import render_page
from vouchers.claim_links import paper
from vouchers.claim_links.forms import LinkPrintForm
from vouchers.claim_links.orders import gives_words
from vouchers.models import ClaimLinkOrder
from vouchers.printing.views import PRINTER

FORM, PAPER = "vouchers/claim_links/print.html", "vouchers/claim_links/paper.html"
NOT_NOW = 409


@called("Print claim links")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.see_codes", raise_exception=True)
def print_links(request: StaffRequest, order_id: UUID) -> HttpResponse:
    order = ClaimLinkOrder.objects.select_related("shop").filter(pk=order_id).first()
    if order is None:
        raise Http404
    initial = {"printer": request.session.get(PRINTER, "")}
    form = LinkPrintForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        return _form(request, order, form, status=422 if form.is_bound else 200)
    typed = form.cleaned_data
    try:
        printed = paper.print_links(order=order, size=typed["size"], actor=actor_of(request), token=typed["form_token"])
    except (paper.NothingToPrint, paper.OldForm):
        return _form(request, order, LinkPrintForm(initial=initial), is_old=True, status=NOT_NOW)
    request.session[PRINTER] = str(typed["printer"].pk) if typed["printer"] else ""
    context = {"paper": printed, "order": order, "printer": typed["printer"]}
    response = render_page(request, PAPER, context, partial="sheets")
    response["Cache-Control"] = "no-store, private"
    return response


def _form(
    request: StaffRequest, order: ClaimLinkOrder, form: LinkPrintForm, *, status: int, **context: Any
) -> HttpResponse:
    context |= {
        "order": order,
        "form": form,
        "made": paper.made(order),
        "prints": paper.prints(order),
        "gives": gives_words(order.credits, order.unit_name, order.unit_hundredths),
    }
    return render_page(request, FORM, context, partial="sheets", status=status)
