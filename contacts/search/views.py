"""Search in the copy while somebody types. What was typed travels by POST: no name or address stands in a URL."""

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from contacts.search import suggesting
from contacts.search.forms import SearchForm
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial


@require_POST
@permission_required("contacts.search_contacts", raise_exception=True)
def search(request: StaffRequest) -> HttpResponse:
    """The rows under the box: a part of a page, for htmx alone. Without it the box itself is sent, to /find/."""
    if not wants_partial(request):
        return go_to(request, reverse("desk:today"))
    form = SearchForm(request.POST)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    context = {
        "text": text,
        "suggestions": suggesting.suggest(
            text,
            time_zone=zone_of(request),
            sees_identity=request.user.has_perm("contacts.see_identity"),
            may=request.user.get_all_permissions(),
        ),
    }
    return render_page(request, "contacts/search/_suggestions.html", context)


def zone_of(request: StaffRequest) -> str:
    return request.shop.time_zone if request.shop else settings.TIME_ZONE
