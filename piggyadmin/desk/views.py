from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.desk import services
from piggyadmin.desk.forms import BoxForm
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.services import waiting_for
from piggyadmin.typed import NotReadable

TEMPLATE = "desk/today.html"


@require_safe
@permission_required("desk.use_box", raise_exception=True)
def today(request: StaffRequest) -> HttpResponse:
    """Where a day begins: the box, the last customers, what waits for this person."""
    return render_page(request, TEMPLATE, _context(request) | {"form": BoxForm()})


@require_http_methods(["POST", "GET", "HEAD"])
@permission_required("desk.use_box", raise_exception=True)
def find(request: StaffRequest) -> HttpResponse:
    """Find what was typed. By POST, so that no code or address stands in a URL; a bare visit leads to the box."""
    if request.method != "POST":
        return go_to(request, reverse("desk:today"))
    form = BoxForm(request.POST)
    found, status = None, 422
    if form.is_valid():
        try:
            found = services.find(
                text=form.cleaned_data["q"],
                staff=request.user,
                time_zone=request.shop.time_zone if request.shop else settings.TIME_ZONE,
                sees_identity=request.user.has_perm("contacts.see_identity"),
            )
        except NotReadable as error:
            form.add_error("q", str(error))
    if found is not None:
        if found.only:
            return go_to(request, _url(found.only))
        status = 200 if found.hits else 503 if found.failed else 404
    context = {"form": form, "found": found, "rows": [(hit, _url(hit)) for hit in found.hits] if found else []}
    return render_page(request, TEMPLATE, _context(request) | context, partial="found", status=status)


def _url(hit: services.Hit) -> str:
    return reverse("contacts:contact" if hit.kind == "contact" else "vouchers:voucher", args=[hit.uuid])


def _context(request: StaffRequest) -> dict[str, object]:
    actor = actor_of(request)
    return {"recent": services.last_customers(staff=request.user), "waiting": waiting_for(actor)}
