"""The visits of a customer: the list, one to make, one to change."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contacts.orders.customer import GONE, NoCustomer, Whose, read_with, unread
from contacts.visits import fields, services
from contacts.visits.forms import NewVisitForm, VisitForm
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.models import Shop
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.listing import Page
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing, say
from piggyadmin.ledger.services import SEE_ALL
from piggyadmin.middleware import page_status
from piggyadmin.moments import offset_words
from piggyadmin.piggy.errors import PiggyError, PiggyRejected

LIST, EDIT = "contacts/visits/visits.html", "contacts/visits/edit.html"
CLASH = 409
ROWS = 50
MOST_PAGES = 1_000
View = Callable[..., HttpResponse]


def _or_gone(view: View) -> View:
    """Say so when there is no such customer (any more), or no such visit of theirs."""

    @wraps(view)
    def shown(request: StaffRequest, contact_uuid: str, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, contact_uuid, **kwargs)
        except NoCustomer:
            return render_page(request, GONE, {"contact_uuid": contact_uuid}, status=404)
        except services.NoVisit:
            return render_page(request, "contacts/visits/gone.html", {"contact_uuid": contact_uuid}, status=404)

    return shown


@require_safe
@permission_required("contacts.view_visits", raise_exception=True)
@_or_gone
def visits(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The newest first."""
    page = services.open_page(contact_uuid=contact_uuid)
    pages = max(1, -(-len(page.visits) // ROWS))
    shown = Page(min(_page_number(request), pages), pages, len(page.visits))
    context = {
        "page": page,
        "whose": page.whose,
        "contact_uuid": contact_uuid,
        "shown": shown,
        "rows": page.visits[shown.first - 1 : shown.last] if page.visits else [],
        "may_open_acts": request.user.has_perm(SEE_ALL),
    }
    return render_page(request, LIST, context, status=503 if page.error else 200)


@called("Make a visit")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.edit_visit", raise_exception=True)
@shop_required
@renewing
@_or_gone
def new(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Say that the customer was here, in the shop one stands in."""
    shop = _shop(request)
    whose = read_with(contact_uuid)
    zone = ZoneInfo(shop.time_zone)
    if request.method != "POST":
        return _form_page(request, whose, NewVisitForm(zone=zone, shop=shop.pk))
    form = NewVisitForm(request.POST, zone=zone)
    if not form.is_valid():
        return _form_page(request, whose, form, status=422)
    if form.cleaned_data["shop"] != shop.pk:
        # Another tab changed the shop; a visit's shop stays for good, so nothing is guessed.
        return _form_page(request, whose, form, moved=True, status=CLASH)
    outcome = services.create(
        contact_uuid=contact_uuid,
        actor=actor_of(request),
        values=form.cleaned,
        token=form.cleaned_data["form_token"],
    )
    return _after(request, whose, form, outcome)


@called("Change a visit")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.edit_visit", raise_exception=True)
@shop_required
@renewing
@_or_gone
def edit(request: StaffRequest, contact_uuid: str, visit_uuid: str) -> HttpResponse:
    """Only what was changed is sent, and only if nobody else changed the visit since the page was shown."""
    zone = ZoneInfo(_shop(request).time_zone)
    if request.method != "POST":
        sight = services.open_visit(contact_uuid=contact_uuid, visit_uuid=visit_uuid)
        form = VisitForm(zone=zone, values=fields.values_of(sight.visit))
        return _form_page(request, sight.whose, form, sight=sight)
    form = VisitForm(request.POST, zone=zone)
    if not form.is_valid():
        return _form_page(request, read_with(contact_uuid), form, visit_uuid=visit_uuid, status=422)
    try:
        saving = services.save(
            contact_uuid=contact_uuid,
            visit_uuid=visit_uuid,
            actor=actor_of(request),
            typed=form.cleaned,
            changed_since=form.changed_since,
            token=form.cleaned_data["form_token"],
        )
    except PiggyError as error:  # before anything was sent: what was typed stays
        whose = unread(contact_uuid, error)
        return _form_page(request, whose, form, visit_uuid=visit_uuid, is_unread=True, status=page_status(error))
    if saving.others:
        return _form_page(
            request,
            read_with(contact_uuid),
            form,
            visit_uuid=visit_uuid,
            others=fields.in_words(saving.others),
            status=CLASH,
        )
    if saving.outcome is None:
        messages.info(request, "Nothing was changed, so nothing was sent.", extra_tags="plain")
        return go_to(request, _list_url(contact_uuid))
    if saving.outcome.done and saving.unkept:
        told = f"Piggy kept its own: {fields.in_words(saving.unkept)}. The list shows what Piggy has."
        messages.warning(request, told, extra_tags="unknown")
    return _after(request, read_with(contact_uuid), form, saving.outcome, visit_uuid=visit_uuid)


def _after(
    request: StaffRequest, whose: Whose, form: VisitForm, outcome: Outcome, *, visit_uuid: str = ""
) -> HttpResponse:
    """To the list when it is done; else the form again, with what came of it."""
    if outcome.done:
        say(request, outcome)
        return go_to(request, _list_url(whose.contact_uuid))
    if outcome.refused:
        _renew(form, outcome)
    status = CLASH if look_of(outcome) == "refused" else 200
    return _form_page(request, whose, form, visit_uuid=visit_uuid, outcome=outcome, status=status)


def _renew(form: VisitForm, outcome: Outcome) -> None:
    """A form that comes back after a refusal gets a token of its own; what Piggy said stands beside its fields."""
    form.data = {**{name: form.data.get(name, "") for name in form.data}, "form_token": form_token()}
    for name in outcome.error.fields if isinstance(outcome.error, PiggyRejected) else ():
        if name == "external_id":
            form.add_error(name, "Piggy does not take this code. Another visit may have it: each has its own.")
        elif name in fields.NAMES:
            form.add_error(name, "Piggy does not take this. Change it, or leave it as it was.")


def _form_page(
    request: StaffRequest,
    whose: Whose,
    form: VisitForm,
    *,
    status: int = 200,
    sight: services.Sight | None = None,
    visit_uuid: str = "",
    **context: Any,
) -> HttpResponse:
    shop = _shop(request)
    if form.errors:
        focus_first_error(form)
    context |= {
        "whose": whose,
        "contact_uuid": whose.contact_uuid,
        "form": form,
        "is_new": isinstance(form, NewVisitForm),
        "visit_uuid": visit_uuid or (sight.visit.uuid if sight else ""),
        "sight": sight,
        "open_act": sight.open_act if sight else None,
        "may_open_acts": request.user.has_perm(SEE_ALL),
        "zone": f"{shop.time_zone}, now {offset_words(timezone.now(), ZoneInfo(shop.time_zone))}",
    }
    return render_page(request, EDIT, context, status=status)


def _list_url(contact_uuid: str) -> str:
    return reverse("contacts:visits", args=[contact_uuid])


def _page_number(request: StaffRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(1, int(text)), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _shop(request: StaffRequest) -> Shop:
    assert request.shop is not None  # shop_required let it through
    return request.shop
