"""All customers of the copy: a filter that lives in the URL, a text that does not, and the list as a file."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contacts.models import ContactCopy
from contacts.search import exporting, listing
from contacts.search.actions import CONTACTS_EXPORTED
from contacts.search.forms import ListFilter, SearchForm
from contacts.search.suggesting import typed_as
from contacts.search.views import zone_of
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import render_page
from piggyadmin.ledger.door import Target, record

TEMPLATE = "contacts/search/list.html"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.search_contacts", raise_exception=True)
def customers(request: StaffRequest) -> HttpResponse:
    """The list. A text to search for comes by POST, beside the filter that the URL holds."""
    filtering = ListFilter(request.GET)
    search = SearchForm(request.POST if request.method == "POST" else None)
    text = search.cleaned_data["q"].strip() if search.is_valid() else ""
    context = {"form": filtering, "search": search, "text": text, "listed": None}
    status = 422 if search.is_bound and not search.is_valid() else 200
    if not filtering.is_valid():
        return render_page(request, TEMPLATE, context, partial="list", status=422)
    sees_identity = request.user.has_perm("contacts.see_identity")
    if text:
        context["listed"] = listing.searched(filtering, text, time_zone=zone_of(request), sees_identity=sees_identity)
        context["typed"] = typed_as(text, time_zone=zone_of(request))
    else:
        context["listed"] = listing.listed(filtering, sees_identity=sees_identity)
    return render_page(request, TEMPLATE, context, partial="list", status=status)


@require_POST
@permission_required("contacts.export_contacts", raise_exception=True)
def export(request: StaffRequest) -> HttpResponseBase:
    """The customers of a filter as a file. The export is an act itself, recorded before the first byte leaves."""
    filtering = ListFilter(request.POST)
    if not filtering.is_valid():
        context = {"form": filtering, "search": SearchForm(), "text": "", "listed": None}
        return render_page(request, TEMPLATE, context, partial="list", status=422)
    newest = ContactCopy.objects.order_by("-id").values_list("id", flat=True).first() or 0
    copies = filtering.narrow(ContactCopy.objects.filter(id__lte=newest))
    rows = copies.count()
    record(
        CONTACTS_EXPORTED,
        by=actor_of(request),
        target=Target("contacts", ""),
        figures={"rows": rows, **filtering.figures()},
    )
    response = StreamingHttpResponse(exporting.csv_lines(copies), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{exporting.file_name(rows, timezone.now())}"'
    return response
