"""The lock: the password again, then on with what one was doing."""

import time
from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.http import HttpRequest, HttpResponse
from django.urls import resolve, reverse
from django.urls.exceptions import Resolver404
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from piggyadmin.accounts.decorators import works_when_locked
from piggyadmin.accounts.forms import LockForm
from piggyadmin.accounts.lock import kept
from piggyadmin.accounts.lock import session as clocks
from piggyadmin.accounts.views import next_path
from piggyadmin.htmx import go_to, render_page, wants_partial

FOR_MACHINES = ("next", "step", "order", "plan", "key", "zone", "seal")  # fields of a form that tell nobody anything


@works_when_locked
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """Ask for the password. The dialog over a page asks too, by htmx's headers, and gets 204 when it may go."""
    form = LockForm(request.POST or None, user=request.user)
    if form.is_valid():
        clocks.unlock(request.session, time.time())
        reauthenticate_by_password(request)
        if wants_partial(request):
            return HttpResponse(status=204, headers={"HX-Trigger": "session-unlocked"})
        return go_to(request, reverse("accounts:kept") if kept.kept_forms(request.session) else next_path(request))
    # No side list and no box: nothing of it works before the password.
    context = {"form": form, "next": next_path(request), "kept": kept.kept_forms(request.session), "navigation": ()}
    return render_page(request, "accounts/lock.html", context, partial="form", status=422 if form.is_bound else 200)


@works_when_locked
@require_POST
def lock_now(request: HttpRequest) -> HttpResponse:
    """The page has locked itself: from now on no request of this session is answered without the password."""
    clocks.lock(request.session)
    return HttpResponse(status=204)


@works_when_locked
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The person is typing and sends nothing yet. Too late, the page is told to lock itself."""
    now = time.time()
    if clocks.is_locked(request.session, now):
        return HttpResponse(status=204, headers={"HX-Trigger": "session-locked"})
    clocks.stamp(request.session, now)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
def kept_forms(request: HttpRequest) -> HttpResponse:
    """Show what was sent while locked. The person sends it, by a form with the same fields; POST throws it away."""
    if request.method == "POST":
        kept.throw_away(request.session, request.POST.get("kept", ""))
        if not kept.kept_forms(request.session):
            return go_to(request, next_path(request))
        return go_to(request, reverse("accounts:kept"))
    shown = [shown_form(form) for form in kept.kept_forms(request.session)]
    return render_page(request, "accounts/kept.html", {"forms": shown, "sent_key": kept.SENT_KEY})


def shown_form(form: kept.KeptForm) -> dict[str, Any]:
    """What the page shows of a kept form: where it goes in words, its fields without what is for machines only."""
    visible = [
        (name.replace("_", " ").strip().capitalize(), value)
        for name, value in form.fields
        if value and not name.startswith("_") and not name.endswith("token") and name not in FOR_MACHINES
    ]
    return {"form": form, "words": words_of(form.path), "visible": visible, "at": datetime.fromtimestamp(form.at, UTC)}


def words_of(path: str) -> str:
    """What a form's address is called: the `words` of its view, else its name: "Vouchers: check"."""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return path
    named = [match.namespace.capitalize(), (match.url_name or "").replace("-", " ").replace("_", " ")]
    return str(getattr(match.func, "words", ": ".join(part for part in named if part) or path))
