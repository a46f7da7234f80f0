"""The pages for what goes wrong in Django itself, whole or as a part, and the liveness check."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from piggyadmin.htmx import render_page
from piggyadmin.ledger.door import NoShop, TokenRefused


def _wrong(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    return render_page(request, "wrong.html", {"title": title, "words": words}, partial="alert", status=status)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, TokenRefused | NoShop):  # the ledger's own refusals say what to do next
        return _wrong(request, 403, "Nothing was done", str(exception))
    return _wrong(
        request, 403, "Not yours to open", "Your role may not do this. Ask an admin of your shop if you need to."
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _wrong(request, 404, "Nothing stands here", "The address may be mistyped, or what it showed is gone.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _wrong(request, 400, "That was not understood", "The request was not complete. Go back and try again.")


def server_error(request: HttpRequest) -> HttpResponse:
    return _wrong(
        request,
        500,
        "Something broke on our side",
        "Look at the audit page before you repeat what you did: it says whether it happened.",
    )


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _wrong(
        request,
        403,
        "This page was open too long",
        "Nothing was done. Open the page again, then repeat what you wanted to do.",
    )


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers: for load balancers and the demo's start. It asks neither Piggy nor the database."""
    return JsonResponse({"status": "ok"})
