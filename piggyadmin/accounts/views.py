"""Signing in, being paused, and picking the shop."""

from collections.abc import Mapping
from typing import Any

from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts import lockout
from piggyadmin.accounts.adapter import is_own_path
from piggyadmin.accounts.forms import SignInForm
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.accounts.shops.picking import DEVICE_COOKIE, allowed_shop, pick_shop
from piggyadmin.htmx import go_to, render_page

YEAR_SECONDS = 365 * 24 * 60 * 60


class SignInView(LoginView):
    """allauth's sign-in, answering a wrong password with 422 like every other form here."""

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """What django-axes answers instead of `response` once a name has been tried too often."""
    until = lockout.free_again_at(lockout.name_of(request, credentials) or "")
    answer = render_page(request, "accounts/locked_out.html", {"until": until}, partial="words", status=429)
    if until is not None:
        answer["Retry-After"] = str(max(1, int((until - timezone.now()).total_seconds()) + 1))
    return answer


def next_path(request: HttpRequest) -> str:
    """Where the person was going: a path of ours, or the start."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if is_own_path(wanted) else "/"


@require_http_methods(["GET", "HEAD", "POST"])
def pick_shop_page(request: StaffRequest) -> HttpResponse:
    after = next_path(request)
    if request.method == "POST":
        shop = allowed_shop(request.user, request.POST.get("shop"))
        if shop is not None:
            pick_shop(request.session, request.user, shop)
            response = go_to(request, after)
            response.set_cookie(DEVICE_COOKIE, str(shop.pk), max_age=YEAR_SECONDS, httponly=True, samesite="Lax")
            return response
    context = {
        "shops": request.user.allowed_shops(),
        "next": after,
        "wrong": request.method == "POST",
    }
    status = 422 if context["wrong"] else 200
    return render_page(request, "accounts/pick_shop.html", context, partial="form", status=status)
