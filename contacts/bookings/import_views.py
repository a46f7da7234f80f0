"""Bring in bookings from a file: choose it, see what it would do, then import exactly that."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.bookings import importing
from contacts.bookings.import_forms import ConfirmForm, FileForm
from contacts.bookings.reading import COLUMNS, MOST_BYTES, MOST_ROWS, NotABookingFile
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import TokenRefused
from piggyadmin.ledger.pages import say

CLASH = 409


@called("Import bookings")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.edit_booking", raise_exception=True)
def bring_in(request: StaffRequest) -> HttpResponse:
    """First what a file would do, with nothing kept; then, by a second form, exactly that."""
    if request.method != "POST":
        return _page(request, {})
    if "plan" in request.POST:
        return _confirm(request)
    form = FileForm(request.POST, request.FILES, zone=_zone(request))
    if not form.is_valid():
        return _page(request, {"form": form}, status=422)
    try:
        plan = importing.look_at(
            data=form.cleaned_data["file"].read(), as_of=form.cleaned_data["as_of"], actor=actor_of(request)
        )
    except NotABookingFile as error:
        form.add_error("file", str(error))
        return _page(request, {"form": form}, status=422)
    return _page(request, {"plan": plan})


def _confirm(request: StaffRequest) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, {"gone": True}, status=422)
    key = form.cleaned_data["plan"]
    try:
        outcome = importing.carry_out(key=key, actor=actor_of(request), token=form.cleaned_data["form_token"])
    except importing.PlanStale:
        return _again(request, key)
    except (importing.PlanGone, TokenRefused):
        return _page(request, {"gone": True}, status=CLASH)
    say(request, outcome)
    return go_to(request, reverse("bookings:import"))


def _again(request: StaffRequest, key: str) -> HttpResponse:
    """Bookings were changed since the file was shown: show it anew, on what is there now."""
    try:
        plan = importing.look_again(key=key, actor=actor_of(request))
    except importing.PlanGone:
        return _page(request, {"gone": True}, status=CLASH)
    return _page(request, {"plan": plan, "stale": True}, status=CLASH)


def _page(request: StaffRequest, given: dict[str, Any], status: int = 200) -> HttpResponse:
    zone = _zone(request)
    context: dict[str, Any] = {
        "form": FileForm(zone=zone),
        "columns": COLUMNS,
        "most_rows": MOST_ROWS,
        "most_mb": MOST_BYTES // 1024 // 1024,
        "heading": ",".join(COLUMNS),
        "zone": zone.key,
        **given,
    }
    plan = context.get("plan")
    if isinstance(plan, importing.Plan):
        context["confirm"] = ConfirmForm(initial={"plan": plan.key})
    return render_page(request, "contacts/bookings/import.html", context, status=status)


def _zone(request: StaffRequest) -> ZoneInfo:
    """The zone in which the file's age is typed: the shop's, else the account's."""
    return ZoneInfo(request.shop.time_zone) if request.shop else ZoneInfo(settings.TIME_ZONE)
