"""What every signed-in request passes: the idle lock, and the shop with its time zone."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from piggyadmin.accounts.lock import kept
from piggyadmin.accounts.lock import session as clocks
from piggyadmin.accounts.models import Staff
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.accounts.shops.picking import picked_shop
from piggyadmin.htmx import go_to

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SEEN_EVERY = timedelta(minutes=5)  # how old "last seen" may be before it is written again


def is_polling(request: HttpRequest) -> bool:
    """True for a request that a page makes by itself: it says so, and it keeps nobody signed in."""
    return request.headers.get("X-Polling") == "1"


class IdleLockMiddleware:
    """Asks for the password after a while without the person's own doing, and ends the session after a long shift."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and clocks.is_over(request.session, time.time()):
            logout(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if getattr(view, "works_when_locked", False):
            return None
        now = time.time()
        if clocks.is_locked(request.session, now):
            if not request.session.get(clocks.LOCKED):
                clocks.lock(request.session)
            return locked_answer(request)
        if not is_polling(request) and clocks.stamp(request.session, now):
            note_seen(request.user)
        if request.method == "POST" and kept.SENT_KEY in request.POST:
            kept.throw_away(request.session, request.POST[kept.SENT_KEY])
        return None


def note_seen(staff: Staff) -> None:
    now = timezone.now()
    if staff.last_seen_at is None or now - staff.last_seen_at > SEEN_EVERY:
        Staff.objects.filter(pk=staff.pk).update(last_seen_at=now)


def locked_answer(request: HttpRequest) -> HttpResponse:
    """What a locked session gets: nothing for polling, else the way to the password; a form is kept for later."""
    if is_polling(request):
        # The dialog may stand over half-typed words: the page must stay, so nothing is swapped and nobody is led away.
        return HttpResponse(status=204, headers={"HX-Trigger": "session-locked"})
    if request.method == "POST":
        kept.keep_request(request)
    return go_to(request, f"{reverse('accounts:lock')}?{urlencode({'next': kept.page_of(request)})}")


class ShopMiddleware:
    """Sets `request.shop` (None when none is picked) and shows times in the shop's zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        shop = picked_shop(request.session, request.user) if request.user.is_authenticated else None
        cast(StaffRequest, request).shop = shop
        if shop is not None:
            timezone.activate(shop.time_zone)
        try:
            return self.get_response(request)
        finally:
            # Threads are used again for other requests: an active zone would show the next person wrong times.
            timezone.deactivate()
