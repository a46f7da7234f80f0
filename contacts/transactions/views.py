"""What was given, taken and claimed: in one's own shop, or in every one."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contacts.transactions import exporting, services
from contacts.transactions.actions import EXPORTED
from contacts.transactions.forms import TransactionFilter
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import Target, record

TEMPLATE = "contacts/transactions/transactions.html"
EVERY_SHOP = "contacts.view_all_transactions"


@require_safe
@permission_required("contacts.view_transactions", raise_exception=True)
def transactions(request: StaffRequest) -> HttpResponse:
    """One page of a filter that the URL holds. Who may see one shop only has to stand in it."""
    sees_all = request.user.has_perm(EVERY_SHOP)
    if not sees_all and request.shop is None:
        return go_to(request, f"{reverse('accounts:pick-shop')}?next={request.path}")
    return _page(request, TransactionFilter(request.GET, own_shop=None if sees_all else request.shop))


@called("Export transactions")
@require_POST
@permission_required(EVERY_SHOP, raise_exception=True)
def export(request: StaffRequest) -> HttpResponseBase:
    """The transactions of a filter as a file. The export is an act itself, recorded before the first byte leaves."""
    filtering = TransactionFilter(request.POST, own_shop=None)
    if not filtering.is_valid():
        return _page(request, filtering)
    entries, total = services.all_of(filtering)
    figures = {"rows": len(entries), **({"of": total} if total else {"cut": True}), **filtering.figures()}
    record(EXPORTED, by=actor_of(request), target=Target("transactions", ""), figures=figures)
    response = StreamingHttpResponse(exporting.csv_lines(entries), content_type="text/csv; charset=utf-8")
    name = exporting.file_name(len(entries), total, timezone.now())
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(request: StaffRequest, filtering: TransactionFilter) -> HttpResponse:
    context: dict[str, Any] = {"form": filtering, "listed": None, "most": services.MOST_EXPORTED}
    if not filtering.is_valid():
        return render_page(request, TEMPLATE, context, partial="list", status=422)
    listed = services.open_page(filtering)
    context |= {"listed": listed, "shop": filtering.asked_shop, "narrowed": filtering.is_narrowed}
    return render_page(request, TEMPLATE, context, partial="list", status=503 if listed.error else 200)
