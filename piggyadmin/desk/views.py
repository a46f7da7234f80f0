from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.lookup import scanned
from contacts.lookup import services as lookup
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.desk import services
from piggyadmin.desk.forms import BoxForm
from piggyadmin.desk.keys import places_for
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
    found, status, leads_to = None, 422, ""
    if form.is_valid():
        may_search = request.user.has_perm("contacts.search_contacts")
        if may_search and (holder := services.holder_of_card(text=form.cleaned_data["q"])):
            scanned.remember(request.session, contact_uuid=holder, card=form.cleaned_data["q"])
            return go_to(request, reverse("contacts:contact", args=[holder]))
        try:
            found, leads_to = services.find_or_offer(
                text=form.cleaned_data["q"],
                staff=request.user,
                time_zone=request.shop.time_zone if request.shop else settings.TIME_ZONE,
                sees_identity=request.user.has_perm("contacts.see_identity"),
                may=request.user.get_all_permissions(),
            )
        except NotReadable as error:
            form.add_error("q", str(error))
    if found is not None:
        if found.only and not leads_to:
            leads_to = _url(found.only)
        if leads_to:
            return go_to(request, leads_to)
        status = 200 if found.hits or found.offers else 503 if found.failed else 404
    context = {"form": form, "found": found, "rows": [(hit, _url(hit)) for hit in found.hits] if found else []}
    return render_page(request, TEMPLATE, _context(request) | context, partial="found", status=status)


@require_safe
@permission_required("desk.use_box", raise_exception=True)
def last_customer(request: StaffRequest, number: int) -> HttpResponse:
    """Alt+1 to Alt+8 from any page: this person's last customers, the latest first. Fewer than that: today's page."""
    recent = lookup.recent(staff=request.user)
    if not 1 <= number <= len(recent):
        messages.info(request, f"You have opened {len(recent)} customers so far." if recent else "Nobody opened yet.")
        return go_to(request, reverse("desk:today"))
    return go_to(request, reverse("contacts:contact", args=[recent[number - 1].contact_uuid]))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("desk.use_box", raise_exception=True)
def keys(request: StaffRequest) -> HttpResponse:
    """All keys, and the switch for those of one letter (WCAG 2.1.4)."""
    if request.method == "POST":
        request.user.single_keys = request.POST.get("single_keys") == "on"
        request.user.save(update_fields=["single_keys"])
        return go_to(request, reverse("desk:keys"))
    return render_page(
        request, "desk/keys.html", {"places": places_for(request.user.get_all_permissions())}, partial="keys"
    )


def _url(hit: services.Hit) -> str:
    return reverse("contacts:contact" if hit.kind == "contact" else "vouchers:voucher", args=[hit.uuid])


def _context(request: StaffRequest) -> dict[str, object]:
    actor = actor_of(request)
    return {"recent": services.last_customers(staff=request.user), "waiting": waiting_for(actor)}
