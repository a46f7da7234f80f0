"""The pages for what goes wrong in Django itself, whole or as a part, and the liveness check."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from piggyadmin.htmx import render_page, wants_partial
from piggyadmin.ledger.door import NoShop, TokenRefused


def _wrong(request: HttpRequest, status: int, title: str, words: str, back: str = "") -> HttpResponse:
    context = {"title": title, "words": words, "back": back}
    return render_page(request, "wrong.html", context, partial="alert", status=status)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, TokenRefused | NoShop):  # the ledger's own refusals say what to do next
        return _wrong(request, 403, "Nothing was done", str(exception))
    return _wrong(
        request, 403, "Not yours to open", "Your role may not do this. Ask an admin of your shop if you need to."
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _wrong(request, 404, "Nothing stands here", "The address may be mistyped, or what it showed is gone.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _too_big(request)
    return _wrong(request, 400, "That was not understood", "The request was not complete. Go back and try again.")


def _too_big(request: HttpRequest) -> HttpResponse:
    """A long list was pasted. Nobody has read it: it stands on the page that sent it, if htmx has kept that."""
    most = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    words = f"Nothing was done: a form takes {most} of text at most. "
    if wants_partial(request):
        words += "What you pasted still stands below: send it in parts."
    else:
        words += "Open the page again, and paste it in parts."
    answer = _wrong(request, 413, "That is too much at once", words, back=_page_before(request))
    if wants_partial(request):
        answer["HX-Reswap"] = "afterbegin show:top"  # above the form, whose text would be lost otherwise
    return answer


def _page_before(request: HttpRequest) -> str:
    """The path of our own page that sent this; "" where the browser does not tell."""
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return ""
    parts = urlsplit(address)
    path = "/" + parts.path.lstrip("/")  # two would name another host
    return f"{path}?{parts.query}" if parts.query else path


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
