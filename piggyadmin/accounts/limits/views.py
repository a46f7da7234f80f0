"""The page of limits, for admins."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.limits import services
from piggyadmin.accounts.limits.forms import LimitsForm
from piggyadmin.accounts.models import Limit, Shop
from piggyadmin.accounts.roles import ROLE_NAMES
from piggyadmin.htmx import go_to, render_page

may_manage = permission_required("accounts.manage_limits", raise_exception=True)


@require_safe
@may_manage
def table(request: HttpRequest) -> HttpResponse:
    """Kinds by roles: the amount for every shop, and which shops have their own, in words."""
    limits = list(Limit.objects.select_related("shop"))
    amounts = {(row.kind, row.role): row.amount for row in limits if row.shop is None}
    kinds = [
        (
            kind,
            [
                (
                    role,
                    words,
                    services.in_words(kind, amounts.get((kind, role))),
                    [
                        (row.shop, services.in_words(kind, row.amount))
                        for row in limits
                        if (row.kind, row.role) == (kind, role) and row.shop
                    ],
                )
                for role, words in ROLE_NAMES.items()
            ],
        )
        for kind in Limit.Kind
    ]
    return render_page(request, "accounts/limits/table.html", {"kinds": kinds}, partial="limits")


@called("Change limits")
@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def change(request: HttpRequest, kind: str, role: str) -> HttpResponse:
    if kind not in Limit.Kind.values or role not in ROLE_NAMES:
        raise Http404
    shops = list(Shop.objects.filter(is_active=True))
    form = LimitsForm(request.POST or None, kind=kind, role=role, shops=shops)
    if form.is_valid():
        with transaction.atomic():
            changed = [
                services.set_limit(by=actor_of(request), kind=kind, role=role, shop=shop, amount=amount)
                for shop, amount in form.amounts().items()
            ]
        words = "Limits saved." if any(changed) else "Nothing was different."
        messages.success(request, words, extra_tags="done")
        return go_to(request, reverse("accounts:limits"))
    context = {"form": form, "kind": Limit.Kind(kind), "role_name": ROLE_NAMES[role], "role": role}
    status = 422 if form.is_bound else 200
    return render_page(request, "accounts/limits/change.html", context, partial="form", status=status)
