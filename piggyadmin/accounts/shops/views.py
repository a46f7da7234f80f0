"""The page of shops, for admins."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.models import Shop
from piggyadmin.accounts.shops import services
from piggyadmin.accounts.shops.forms import ZoneForm
from piggyadmin.htmx import go_to, render_page
from piggyadmin.zones import known_zones

may_manage = permission_required("accounts.manage_shops", raise_exception=True)


@require_safe
@may_manage
def list_shops(request: HttpRequest) -> HttpResponse:
    context = {"shops": Shop.objects.order_by("-is_active", "name")}
    return render_page(request, "accounts/shops/list.html", context, partial="shops")


@called("Read shops from Piggy")
@require_POST
@may_manage
def read(request: HttpRequest) -> HttpResponse:
    try:
        found = services.refresh_shops(by=actor_of(request))
    except services.NoShopsListedError:
        messages.error(request, "Piggy lists no shops. Ours are left as they were.", extra_tags="refused")
    else:
        words = f"Read from Piggy: {found.added} new, {found.changed} changed, {found.gone} gone."
        messages.success(request, words, extra_tags="done")
    return go_to(request, reverse("accounts:shops"))


@called("Change a shop")
@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def change(request: HttpRequest, shop_id: uuid.UUID) -> HttpResponse:
    shop = get_object_or_404(Shop, pk=shop_id)
    form = ZoneForm(request.POST or None, initial={"time_zone": shop.time_zone})
    if form.is_valid():
        time_zone = form.cleaned_data["time_zone"]
        services.set_time_zone(by=actor_of(request), shop=shop, time_zone=time_zone)
        messages.success(request, f"{shop.name}: times are shown in {time_zone}.", extra_tags="done")
        return go_to(request, reverse("accounts:shops"))
    context = {"shop": shop, "form": form, "zones": sorted(known_zones())}
    status = 422 if form.is_bound else 200
    return render_page(request, "accounts/shops/change.html", context, partial="form", status=status)
