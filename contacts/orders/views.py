"""Orders of a customer: one found by its number, which never stands in an address, and what a purchase would earn."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from contacts.orders import services
from contacts.orders.customer import GONE, NoCustomer, Whose
from contacts.orders.forms import NumberForm, PurchaseForm
from contacts.orders.services import Found
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.typed_again import as_typed

TEMPLATE = "contacts/orders/orders.html"
ORDER = "contacts/orders/order.html"
SEES_ALL = "contacts.view_all_transactions"


@called("Look at orders")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.view_orders", raise_exception=True)
@sensitive_post_parameters("number")
def orders(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Two questions on one page; neither writes anything."""
    try:
        if request.method != "POST":
            return _page(request, services.open_page(contact_uuid=contact_uuid))
        if request.POST.get("step") == "lines":
            return _lines(request, contact_uuid)
        if request.POST.get("step") == "earn":
            return _earn(request, contact_uuid)
        if request.POST.get("step") == "find":
            return _find(request, contact_uuid)
        return _again(request, contact_uuid)
    except NoCustomer:
        return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)


@require_safe
@permission_required("contacts.view_orders", raise_exception=True)
def order(request: StaffRequest, contact_uuid: str, order_uuid: str) -> HttpResponse:
    """One order by its id at Piggy: an address that can be kept and shown to a colleague."""
    try:
        whose, found = services.read(
            contact_uuid=contact_uuid, order_uuid=order_uuid, sees_all=request.user.has_perm(SEES_ALL)
        )
    except NoCustomer:
        return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)
    context = {"whose": whose, "found": found, "contact_uuid": contact_uuid, "order_uuid": order_uuid}
    return render_page(request, ORDER, context, status=_status(found))


def _find(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    form = NumberForm(request.POST)
    if not form.is_valid():
        focus_first_error(form)
        return _page(request, services.open_page(contact_uuid=contact_uuid), number=form, status=422)
    whose, found = services.find(
        contact_uuid=contact_uuid,
        number=form.cleaned_data["number"],
        sees_all=request.user.has_perm(SEES_ALL),
    )
    return _page(request, whose, number=form, found=found, status=_status(found))


def _again(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Neither question, as far as one can tell: both stand there as they were typed."""
    number, purchase = as_typed(NumberForm, request.POST), as_typed(PurchaseForm, request.POST)
    whose = services.open_page(contact_uuid=contact_uuid)
    return _page(request, whose, number=number, purchase=purchase, incomplete=True, status=422)


def _lines(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The lines as well; the total stays as it was typed, right or wrong, and nothing is asked yet."""
    form = PurchaseForm(initial={"total": request.POST.get("total", "")})
    form.fields["name_1"].widget.attrs["autofocus"] = True
    return _page(request, services.open_page(contact_uuid=contact_uuid), purchase=form, with_lines=True)


def _earn(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    if request.shop is None:
        after = reverse("contacts:orders", args=[contact_uuid])
        return go_to(request, f"{reverse('accounts:pick-shop')}?next={after}")
    form = PurchaseForm(request.POST)
    whose = services.open_page(contact_uuid=contact_uuid)
    if not form.is_valid():
        focus_first_error(form)
        return _page(request, whose, purchase=form, status=422)
    form.fields["total"].widget.attrs["autofocus"] = True  # what it came to stands just above
    earning = services.simulate(
        contact_uuid=contact_uuid,
        shop=request.shop,
        cents=form.cleaned_data["cents"],
        lines=form.cleaned_data["lines"],
    )
    status = (503 if earning.is_down else 409) if earning.problem else 200
    return _page(request, whose, purchase=form, earning=earning, status=status)


def _page(request: StaffRequest, whose: Whose, *, status: int = 200, **context: Any) -> HttpResponse:
    purchase = context.get("purchase")
    shown = {
        "with_lines": "lines" in request.GET or "lines" in request.POST or (purchase and purchase.has_lines),
        "whose": whose,
        "contact_uuid": whose.contact_uuid,
        "number": NumberForm(),
        "purchase": PurchaseForm(),
        **context,
    }
    return render_page(request, TEMPLATE, shown, status=status)


def _status(found: Found) -> int:
    return 404 if found.missing else 403 if found.hidden else 503 if found.error else 200
