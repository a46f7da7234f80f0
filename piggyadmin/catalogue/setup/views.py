"""The account's set-up, to look at: shops, subscription types, forms, automations and the brand kit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.listing import CatalogueList, wants_file
from piggyadmin.catalogue.setup import services
from piggyadmin.catalogue.setup.forms import AutomationFilter, FormFilter, ShopFilter, TypeFilter
from piggyadmin.catalogue.setup.services import Listed, ShopLine, safe_link
from piggyadmin.catalogue.setup.wording import (
    EVENTS,
    FORM_STATUSES,
    FORM_TYPES,
    SHOP_TYPES,
    STRATEGIES,
    said,
)
from piggyadmin.htmx import render_page

if TYPE_CHECKING:
    from piggyadmin.piggy.payloads import Automation, Form, SubscriptionType

may_see_programme = permission_required("catalogue.view_programme", raise_exception=True)
may_see_setup = permission_required("catalogue.view_setup", raise_exception=True)

SHOPS = CatalogueList[ShopLine](
    "shops",
    (
        ("shop_uuid", lambda line: line.shop.uuid),
        ("name", lambda line: line.shop.name),
        ("type", lambda line: line.shop.type),
        ("reference", lambda line: line.shop.reference),
        ("in_dashboard", lambda line: line.is_ours),
        ("time_zone", lambda line: line.ours.time_zone if line.ours else None),
    ),
)
TYPES: CatalogueList[SubscriptionType] = CatalogueList(
    "subscription_types",
    (
        ("subscription_type_uuid", lambda each: each.uuid),
        ("name", lambda each: each.name),
        ("description", lambda each: each.description),
        ("strategy", lambda each: each.strategy),
        ("active", lambda each: each.active),
    ),
)
FORMS: CatalogueList[Form] = CatalogueList(
    "forms",
    (
        ("form_uuid", lambda each: each.uuid),
        ("name", lambda each: each.name),
        ("status", lambda each: each.status),
        ("type", lambda each: each.type),
        ("url", lambda each: each.url),
    ),
)
AUTOMATIONS: CatalogueList[Automation] = CatalogueList(
    "automations",
    (
        ("automation_uuid", lambda each: each.uuid),
        ("name", lambda each: each.name),
        ("status", lambda each: each.status),
        ("event", lambda each: each.event),
        ("can_be_run", lambda each: each.can_be_run),
        ("created_at", lambda each: each.created_at),
        ("updated_at", lambda each: each.updated_at),
    ),
)


@require_safe
@may_see_programme
def shops(request: StaffRequest) -> HttpResponse:
    """Piggy's shops, and what of each is ours."""
    form = ShopFilter(request.GET)
    asked = _asked(form)
    listed = services.shops(words=asked.get("q", ""), kind=asked.get("type", ""))
    if form.is_valid() and wants_file(request):
        return SHOPS.file(listed.items, read_at=listed.read_at)
    rows = [(line, said(SHOP_TYPES, line.shop.type)) for line in listed.items]
    return _list(request, "shops", form, listed, rows)


@require_safe
@may_see_programme
def shop(request: StaffRequest, shop_uuid: str) -> HttpResponse:
    """One shop, read by its id."""
    try:
        sight = services.shop(shop_uuid=shop_uuid)
    except services.NoShop:
        return render_page(request, "catalogue/setup/no_shop.html", {"shop_uuid": shop_uuid}, status=404)
    context = {"sight": sight, "type_words": said(SHOP_TYPES, sight.line.shop.type)}
    return render_page(request, "catalogue/setup/shop.html", context)


@require_safe
@may_see_setup
def subscription_types(request: StaffRequest) -> HttpResponse:
    """What customers can be written about."""
    form = TypeFilter(request.GET)
    asked = _asked(form)
    listed = services.subscription_types(words=asked.get("q", ""), strategy=asked.get("strategy", ""))
    if form.is_valid() and wants_file(request):
        return TYPES.file(listed.items, read_at=listed.read_at)
    return _list(
        request, "subscription_types", form, listed, [(each, said(STRATEGIES, each.strategy)) for each in listed.items]
    )


@require_safe
@may_see_setup
def forms(request: StaffRequest) -> HttpResponse:
    """The account's forms, each with its public page."""
    form = FormFilter(request.GET)
    asked = _asked(form)
    listed = services.forms(status=asked.get("status", ""), kind=asked.get("type", ""), words=asked.get("q", ""))
    if form.is_valid() and wants_file(request):
        return FORMS.file(listed.items, read_at=listed.read_at)
    rows = [
        (each, said(FORM_STATUSES, each.status), said(FORM_TYPES, each.type), safe_link(each.url))
        for each in listed.items
    ]
    return _list(request, "forms", form, listed, rows)


@require_safe
@may_see_setup
def automations(request: StaffRequest) -> HttpResponse:
    """What Piggy does by itself, and which of it can be run for a customer by hand."""
    form = AutomationFilter(request.GET)
    asked = _asked(form)
    listed = services.automations(status=asked.get("status", ""), words=asked.get("q", ""))
    if form.is_valid() and wants_file(request):
        return AUTOMATIONS.file(listed.items, read_at=listed.read_at)
    rows = [(each, said(EVENTS, each.event)) for each in listed.items]
    return _list(request, "automations", form, listed, rows)


@require_safe
@may_see_setup
def brand(request: StaffRequest) -> HttpResponse:
    """Colours, logos and typeface of the account."""
    return render_page(request, "catalogue/setup/brand.html", {"brand": services.brand()})


def _asked(form: django_forms.Form) -> dict[str, Any]:
    """What was asked for; nothing where the filter cannot be read, which the page says beside the field."""
    return form.cleaned_data if form.is_valid() else {}


def _list(
    request: StaffRequest, name: str, form: django_forms.Form, listed: Listed[Any], rows: list[Any]
) -> HttpResponse:
    context = {"form": form, "listed": listed, "rows": rows, "narrowed": any(_asked(form).values())}
    return render_page(
        request, f"catalogue/setup/{name}.html", context, partial="list", status=200 if form.is_valid() else 422
    )
