"""The account's referrals: its terms, a list by status, and the list as a file."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contacts.referrals import exporting, services
from contacts.referrals.actions import EXPORTED
from contacts.referrals.forms import ReferralFilter
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import render_page
from piggyadmin.ledger.door import Target, record

TEMPLATE = "contacts/referrals/account.html"


@require_safe
@permission_required("catalogue.view_setup", raise_exception=True)
def settings_page(request: StaffRequest) -> HttpResponse:
    """What both sides get, and who brought whom."""
    return _page(request, ReferralFilter(request.GET))


@called("Export referrals")
@require_POST
@permission_required("contacts.export_contacts", raise_exception=True)
def export(request: StaffRequest) -> HttpResponseBase:
    """The referrals of a filter as a file. The export is an act itself, recorded before the first byte leaves."""
    filtering = ReferralFilter(request.POST)
    if not filtering.is_valid():
        return _page(request, filtering)
    found, is_cut = services.all_of_account(status=filtering.wanted)
    figures = {"rows": len(found), **filtering.figures(), **({"cut": True} if is_cut else {})}
    record(EXPORTED, by=actor_of(request), target=Target("referrals", ""), figures=figures)
    response = StreamingHttpResponse(exporting.csv_lines(found), content_type="text/csv; charset=utf-8")
    name = exporting.file_name(len(found), timezone.now(), is_cut=is_cut)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(request: StaffRequest, filtering: ReferralFilter) -> HttpResponse:
    context = {"form": filtering, "most": services.MOST_EXPORTED, "listed": None, "terms": None}
    if not filtering.is_valid():
        return render_page(request, TEMPLATE, context, status=422)
    terms, listed = services.of_account(
        status=filtering.wanted,
        page=filtering.cleaned_data["page"] or 1,
        sees_identity=request.user.has_perm("contacts.see_identity"),
    )
    context |= {"terms": terms, "listed": listed}
    return render_page(request, TEMPLATE, context, status=503 if listed.error else 200)
