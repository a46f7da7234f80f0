"""The one place, with middleware.py, that knows whether htmx asked for a page or for a part of it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def wants_partial(request: HttpRequest) -> bool:
    """True when htmx will swap the answer into a part of the page that stays.

    Boosted links and history restores carry `HX-Request` too, and want a whole page.
    """
    htmx = getattr(request, "htmx", None)
    if htmx is None or not htmx:
        return False
    return not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only its partial named `partial` when htmx asked for a part."""
    if partial and wants_partial(request):
        template = f"{template}#{partial}"
    response = render(request, template, dict(context or {}), status=status)
    # Patched, never assigned: sessions have already put Cookie there.
    patch_vary_headers(response, ("HX-Request",))
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Lead the whole browser to `url` (a path of ours), whoever asked: a form (303) or htmx (HX-Redirect)."""
    if wants_partial(request):
        return HttpResponseClientRedirect(url)
    response = redirect(url)
    response.status_code = 303
    return response
