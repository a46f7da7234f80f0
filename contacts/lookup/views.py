from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from contacts.lookup import scanned, services
from contacts.lookup.more import more_for
from contacts.rewards import proving
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.frame import make_ready
from piggyadmin.htmx import go_to, render_page, wants_partial

PANELS = ("identifiers", "transactions", "prepaid", "vouchers", "rewards")
TEMPLATE = "contacts/lookup/contact.html"


@require_safe
@permission_required("contacts.view_contact", raise_exception=True)
def contact(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """One customer: who, the figures, and what Piggy knows of them, each with the moment it was read."""
    card = scanned.take(request.session, contact_uuid=contact_uuid)
    page = services.open_contact(
        contact_uuid=contact_uuid,
        shop_uuid=_shop_uuid(request),
        staff=request.user,
        make_ready=lambda: make_ready(request),
    )
    if page.missing and page.survivor_uuid:
        messages.info(request, "The customer you asked for was merged into this one.", extra_tags="plain")
        return go_to(request, reverse("contacts:contact", args=[page.survivor_uuid]))
    if page.missing:
        known = {"contact_uuid": contact_uuid, "tombstone": page.tombstone}
        return render_page(request, "contacts/lookup/gone.html", known, status=404)
    doubt = scanned.judged(card, page.identifiers.value)
    if card and doubt is None and request.shop and request.user.has_perm("contacts.claim_reward"):
        proving.note(request.session, contact_uuid=contact_uuid, shop=request.shop)  # nobody scans it twice
    context = _context(request, contact_uuid) | {
        "page": page,
        "contact": page.contact.value,
        "copy": page.copy if page.contact.error else None,
        "acts": page.acts,
        "scanned": doubt,
        "held": page.held,
        "suspects": page.suspects,
        "bookings": page.bookings,
        "half_replaced": page.half_replaced,
        "more": more_for(
            may=frozenset(request.user.get_all_permissions()),
            contact_uuid=contact_uuid,
            anonymous=bool(page.contact.value and page.contact.value.is_anonymous),
        ),
    }
    return render_page(request, TEMPLATE, context, status=503 if page.contact.error else 200)


@require_safe
@permission_required("contacts.view_contact", raise_exception=True)
def panel(request: StaffRequest, contact_uuid: str, panel: str) -> HttpResponse:
    """One panel read again, for htmx; anybody else is led to the page that holds it."""
    if panel not in PANELS:
        raise Http404
    if not wants_partial(request):
        return redirect("contacts:contact", contact_uuid)
    answer = services.read_panel(contact_uuid=contact_uuid, shop_uuid=_shop_uuid(request), name=panel)
    context = _context(request, contact_uuid) | {"page": {panel: answer}}
    return render_page(request, TEMPLATE, context, partial=panel, status=503 if answer.error else 200)


def _shop_uuid(request: StaffRequest) -> str | None:
    return request.shop.piggy_uuid if request.shop else None


def _context(request: StaffRequest, contact_uuid: str) -> dict[str, object]:
    return {
        "contact_uuid": contact_uuid,
        "sees_identity": request.user.has_perm("contacts.see_identity"),
        "may_check": request.user.has_perm("vouchers.check_voucher"),
    }
