"""The end of a shift: one slip to read and to print."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from piggyadmin.accounts.request import StaffRequest
from piggyadmin.desk.shift import services
from piggyadmin.desk.shift.forms import SlipForm
from piggyadmin.htmx import render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.services import SEE_ALL


@require_safe
@permission_required("desk.view_shift", raise_exception=True)
def shift(request: StaffRequest) -> HttpResponse:
    """Everybody their own; whoever may see all, anybody's."""
    all_people = request.user.has_perm("desk.view_all_shifts")
    if "person" in request.GET and not all_people:
        raise PermissionDenied
    form = SlipForm(request.GET, staff=request.user, shop=request.shop, all_people=all_people)
    context = {"form": form, "at": timezone.now()}
    if not form.is_valid():
        focus_first_error(form)
        return render_page(request, "desk/shift.html", context, status=422)
    slip = services.slip_of(
        person=form.of_person,
        shop=form.of_shop,
        day=form.cleaned_data["day"],
        zone=form.zone,
        sees_all=request.user.has_perm(SEE_ALL),
    )
    return render_page(request, "desk/shift.html", context | {"slip": slip, "paper": form.cleaned_data["paper"]})
