"""The catalogue's first page: every part of the account in one place, leading to its list."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.start import services
from piggyadmin.htmx import render_page


@require_safe
@permission_required("catalogue.view_programme", raise_exception=True)
def start(request: StaffRequest) -> HttpResponse:
    """What there is, and how much of it; only what this person may open."""
    start = services.count(may=frozenset(request.user.get_all_permissions()))
    return render_page(request, "catalogue/start.html", {"start": start})
