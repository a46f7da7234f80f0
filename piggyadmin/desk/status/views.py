"""How the dashboard and Piggy are doing, for an admin and for a monitor."""

import time
from secrets import compare_digest

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.lock.session import is_locked
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.desk.status import services
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import OnceForm

may_see = permission_required("desk.view_status", raise_exception=True)


@require_safe
@may_see
def status(request: StaffRequest) -> HttpResponse:
    context = {"status": _status(request), "form": OnceForm(auto_id=False), "scan_form": OnceForm(auto_id=False)}
    return render_page(request, "desk/status.html", context, partial="status")


@login_not_required  # a monitor has no session; `_may_read` says who may
@require_safe
def status_json(request: HttpRequest) -> HttpResponse:
    """The same for a monitor, with the token of STATUS_TOKEN, or for an admin who is signed in.

    200 once it could be made, and what is wrong stands in `state`; with `?strict=1` a `state` of "look" is a 503.
    """
    if not _may_read(request):
        answer = {"detail": "Send “Authorization: Bearer” with the token of STATUS_TOKEN, or sign in as an admin."}
        return JsonResponse(answer, status=401, headers={"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
    told = _status(request)
    failed = not told.is_fine and request.GET.get("strict") == "1"
    return JsonResponse(told.as_json(), status=503 if failed else 200, headers={"Cache-Control": "no-store"})


def _may_read(request: HttpRequest) -> bool:
    """Whether this is the monitor, or an admin at an unlocked screen. Raises PermissionDenied for anybody else's."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        given, kept = token.strip().encode(), settings.STATUS_TOKEN.encode()
        return bool(kept) and compare_digest(given, kept)
    if not request.user.is_authenticated or is_locked(request.session, time.time()):
        return False
    if not request.user.has_perm("desk.view_status"):
        raise PermissionDenied
    return True


@called("Read all contacts")
@require_POST
@may_see
def read_all(request: StaffRequest) -> HttpResponse:
    form = OnceForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The form was not complete. Nothing was done.", extra_tags="refused")
    else:
        services.read_all(actor=actor_of(request), token=form.cleaned_data["form_token"])
        messages.success(request, "All contacts are being read. Search works meanwhile.", extra_tags="done")
    return go_to(request, reverse("desk:status"))


def _status(request: HttpRequest) -> services.Status:
    return services.status(proposed_address=request.build_absolute_uri(reverse("piggy-webhook")))
