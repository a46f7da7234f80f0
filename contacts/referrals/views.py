"""Whom a customer brought."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from contacts.orders.customer import GONE, NoCustomer
from contacts.referrals import services
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import render_page

MOST_PAGES = 10_000


@require_safe
@permission_required("contacts.view_referrals", raise_exception=True)
def referrals(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """A page of them, each with what became of it."""
    text = request.GET.get("page", "")
    page = min(max(1, int(text)), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    try:
        whose, listed = services.of_customer(
            contact_uuid=contact_uuid, page=page, sees_identity=request.user.has_perm("contacts.see_identity")
        )
    except NoCustomer:
        return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)
    context = {"whose": whose, "listed": listed, "contact_uuid": contact_uuid}
    status = 503 if listed.error else 200
    return render_page(request, "contacts/referrals/referrals.html", context, status=status)
