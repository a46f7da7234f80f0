"""What every request passes: its id, the content security policy, the sign-in, and Piggy's failures as pages."""

import logging
import re
import uuid
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import is_valid_path
from django_htmx.http import HttpResponseClientRedirect

from piggyadmin.htmx import render_page, wants_partial
from piggyadmin.piggy.errors import PiggyError, PiggyOutcomeUnknown, PiggyRateLimited, PiggyUnavailable
from piggyadmin.piggy.request_id import request_id
from piggyadmin.typed import sent_by

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OUR_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """One id a request: logged, sent to Piggy as X-Request-Id, shown on error pages for support."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        token = request_id.set(given if OUR_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex[:16])
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class ContentSecurityPolicyMiddleware:
    """Scripts, styles, pictures and forms of our own only; nobody may frame us."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            # Balances and names stay out of shared caches and of the back button after sign-out.
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class StaffOnlyMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in. htmx is led there whole: a sign-in form never lands inside a panel."""

    # Wider than its base, which only ever redirects: htmx follows redirects by itself and would swap the sign-in form.
    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if not wants_partial(request):
            return super().handle_no_permission(request, view_func)
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = page.path or "/"
        return HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}")


class NotAllowedMiddleware:
    """An address that only takes what a form sends, typed in or gone back to, is answered in words: Django has none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or not isinstance(response, HttpResponse) or response.content:
            return response
        words = "This address takes what a page of ours sends. Nothing was done."
        context = {"title": "This is no page to open", "words": words, "page": _page_above(request.path)}
        page = render_page(request, "wrong.html", context, partial="alert", status=405)
        page["Allow"] = response.headers.get("Allow", "")
        return page


def _page_above(path: str) -> str:
    """The address of the page that an address for forms stands under; "" where there is none but the start."""
    while path := path.rstrip("/").rpartition("/")[0]:
        if is_valid_path(f"{path}/"):
            return f"{path}/"
    return ""


class PiggyErrorMiddleware:
    """A Piggy failure that no service turned into a result becomes a page (htmx: the part) with a clear sentence."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, PiggyError):
            return None
        logger.warning("piggy error page: %s code=%s", type(exception).__name__, exception.code)
        response = render_page(
            request,
            "piggy_error.html",
            {
                "error": exception,
                "unknown": isinstance(exception, PiggyOutcomeUnknown),
                "sent": sent_by(request),
                "request_id": request_id.get(),
            },
            partial="alert",
            status=page_status(exception),
        )
        if isinstance(exception, PiggyRateLimited) and exception.retry_after:
            response["Retry-After"] = str(int(exception.retry_after) + 1)
        return response


def page_status(error: PiggyError) -> int:
    """The status of our own page for a Piggy failure: 503 when trying again later helps, else 502."""
    return 503 if isinstance(error, PiggyUnavailable | PiggyRateLimited) else 502
