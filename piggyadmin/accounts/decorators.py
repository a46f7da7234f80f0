"""What a view may ask for beyond a permission: a shop, a fresh sign-in; and what still works on a locked session."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from piggyadmin.accounts.lock.kept import keep_request, page_of
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, wants_partial

View = Callable[..., HttpResponseBase]
AnyView = TypeVar("AnyView", bound=View)


def works_when_locked(view: AnyView) -> AnyView:
    """Mark a view that a locked session may reach: the lock itself and signing out."""
    view.works_when_locked = True  # type: ignore[attr-defined]
    return view


def called(words: str) -> Callable[[AnyView], AnyView]:
    """Say in words what sending this view's form does, for when one is kept and shown again: "Redeem a voucher"."""

    def name(view: AnyView) -> AnyView:
        view.words = words  # type: ignore[attr-defined]
        return view

    return name


def shop_required(view: View) -> View:
    """Lead to the list of shops when none is picked. Every write happens in a shop."""

    @wraps(view)
    def checked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.shop is None:
            return go_to(request, f"{reverse('accounts:pick-shop')}?{urlencode({'next': _page_before(request)})}")
        return view(request, *args, **kwargs)

    return checked


def _page_before(request: HttpRequest) -> str:
    """The page to come back to: for a POST the one its form stood on, for an address that only acts has no page."""
    if request.method != "POST" or wants_partial(request):
        return page_of(request)
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() and came_from.path else request.path


def fresh_sign_in_required(view: View) -> View:
    """Ask for the password (or a code) again when the last one is older than ACCOUNT_REAUTHENTICATION_TIMEOUT.

    allauth's own decorator sends a POST again by itself after that. This one keeps it, as the idle lock does, and the
    person sends it.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_reauthentication_required(request, app=""):
            return view(request, *args, **kwargs)
        methods = get_adapter(request).get_reauthentication_methods(request.user)
        where = methods[0]["url"] if methods else reverse("account_login")
        after = page_of(request)
        if request.method == "POST" and keep_request(request):
            after = reverse("accounts:kept")
        return go_to(request, f"{where}?{urlencode({'next': after})}")

    return checked
