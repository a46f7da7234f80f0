"""Pairs of customers that may be one person: the list, and one pair after the other, without a mouse.

What is said here is kept with us; nothing is written to Piggy and nothing is merged.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.duplicates import jobs, reviewing, scans, services, verdicts
from contacts.duplicates.forms import FilterForm, LeaveForm, ReopenForm, ScanForm, VerdictForm
from contacts.models import DuplicatePair
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.forms import focus_first_error

LIST, PAIR, LIVE, GONE = (f"contacts/duplicates/{name}.html" for name in ("list", "pair", "_live", "gone"))
MAY = "contacts.review_duplicates"
LOST_RACE = 409
KEPT = {
    "same": "Kept: one person. Nothing is merged yet.",
    "different": "Kept: not the same person.",
    "family": "Kept: family.",
}


def gone_has_a_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """When the pair is not listed any more the page says so, and leads on."""

    @wraps(view)
    def shown(request: StaffRequest, pair_id: UUID) -> HttpResponse:
        try:
            return view(request, pair_id)
        except verdicts.PairGone:
            return _gone_page(request, {"next": _next_url(request)})

    return shown


@require_safe
@permission_required(MAY, raise_exception=True)
def pairs(request: StaffRequest) -> HttpResponse:
    """The pairs, best first; the filter lives in the URL."""
    form = FilterForm(request.GET)
    asked = form.asked
    first = services.next_pair(asked)
    context = {
        "form": form,
        "asked": asked,
        "tabs": list(services.SHOWN.items()),
        "score_query": _query(asked, show="").removeprefix("?"),
        "query": _query(asked),
        "found": services.list_pairs(asked=asked, number=form.number),
        "first_url": reverse("contacts:pair", args=[first.pk]) + _query(asked) if first and asked.is_to_decide else "",
        "sees_identity": request.user.has_perm("contacts.see_identity"),
    }
    return render_page(request, LIST, context | _scan_context(), status=422 if form.errors else 200)


@called("Look through all customers for duplicates")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def scan(request: StaffRequest) -> HttpResponse:
    """How far the search is; a POST begins one."""
    if request.method == "POST":
        form = ScanForm(request.POST)
        if form.is_valid():
            begun = scans.begin(actor=actor_of(request), token=form.cleaned_data["form_token"])
            words = "The search has begun." if begun else "A search is under way already. It goes on."
            messages.add_message(request, messages.INFO, words, extra_tags="done")
        return go_to(request, reverse("contacts:duplicates"))
    if not wants_partial(request):
        return go_to(request, reverse("contacts:duplicates"))
    return render_page(request, LIST, _scan_context(), partial="scan")


@called("Say whether two customers are one person")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
@gone_has_a_page
def pair(request: StaffRequest, pair_id: UUID) -> HttpResponse:
    """One pair side by side, from the copy; a POST keeps what the reviewer says, and opens the next one."""
    shown = verdicts.open_pair(pair_id)
    if request.method != "POST":
        return _pair_page(request, shown)
    keepers = (shown.first_uuid, shown.second_uuid)
    form = VerdictForm(request.POST, keepers=keepers)
    if not form.is_valid():
        return _pair_page(request, shown, form=form, status=422)
    said = form.cleaned_data
    try:
        decided = verdicts.decide(
            pair_id=pair_id,
            verdict=form.said,
            seen=said["seen"],
            actor=actor_of(request),
            token=said["form_token"],
            why=said["why"],
            words=said["words"],
            keep=form.keep,
        )
    except verdicts.Changed as changed:
        return _pair_page(request, changed.pair, form=form, changed=changed, status=LOST_RACE)
    messages.add_message(request, messages.INFO, KEPT[form.said], extra_tags="done")
    merge_url = _merge_url(keepers, form.keep) if request.user.has_perm("contacts.propose_merge") else ""
    return go_to(request, merge_url or _next_url(request, after=decided.pair))


@require_safe
@permission_required(MAY, raise_exception=True)
@gone_has_a_page
def live(request: StaffRequest, pair_id: UUID) -> HttpResponse:
    """The pair with both as Piggy has them now, each on the side where the page has them: its form stands already."""
    shown = verdicts.open_pair(pair_id)
    check = reviewing.check_live(shown)
    if check.gone:
        return _gone_page(request, {"one_is_gone": True, "next": _next_url(request, after=shown)})
    shown, status = verdicts.open_pair(pair_id), 503 if check.error else 200
    return _pair_page(request, shown, check=check, left=request.GET.get("left", ""), status=status)


@require_safe
@permission_required(MAY, raise_exception=True)
@gone_has_a_page
def following(request: StaffRequest, pair_id: UUID) -> HttpResponse:
    """Leave this pair for later: the next one."""
    return go_to(request, _next_url(request, after=verdicts.open_pair(pair_id)))


@called("Take back what was said of two customers")
@require_POST
@permission_required(MAY, raise_exception=True)
@gone_has_a_page
def reopen(request: StaffRequest, pair_id: UUID) -> HttpResponse:
    """Take a verdict back: the pair is to be decided again."""
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _pair_page(request, verdicts.open_pair(pair_id), incomplete=True, status=422)
    said = form.cleaned_data
    try:
        verdicts.decide(
            pair_id=pair_id, verdict="open", seen=said["seen"], actor=actor_of(request), token=said["form_token"]
        )
    except verdicts.Changed as changed:
        return _pair_page(request, changed.pair, changed=changed, status=LOST_RACE)
    messages.add_message(request, messages.INFO, "Taken back. The pair is to be decided again.", extra_tags="done")
    return go_to(request, reverse("contacts:pair", args=[pair_id]))


@called("Take a customer out of a family")
@require_POST
@permission_required(MAY, raise_exception=True)
@gone_has_a_page
def leave(request: StaffRequest, pair_id: UUID) -> HttpResponse:
    """Take one customer out of the household of this pair."""
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _pair_page(request, verdicts.open_pair(pair_id), incomplete=True, status=422)
    said = form.cleaned_data
    done = verdicts.leave_family(
        pair_id=pair_id, contact_uuid=said["contact"], actor=actor_of(request), token=said["form_token"]
    )
    words = "Taken out of the family." if done else "They are in no family of these two any more."
    messages.add_message(request, messages.INFO, words, extra_tags="done")
    return go_to(request, reverse("contacts:pair", args=[pair_id]))


def _pair_page(
    request: StaffRequest,
    shown: DuplicatePair,
    *,
    form: VerdictForm | None = None,
    check: reviewing.LiveCheck | None = None,
    changed: verdicts.Changed | None = None,
    incomplete: bool = False,
    left: str = "",
    status: int = 200,
) -> HttpResponse:
    review = reviewing.open_review(shown, left=left)
    keepers = (review.left.uuid, review.right.uuid)
    if changed is not None and form is not None:  # what was typed stays; it is about the pair as it is shown now
        typed = request.POST.copy()
        typed["form_token"], typed["seen"] = form_token(), review.state
        form = VerdictForm(typed, keepers=keepers)
    elif form is None:
        form = VerdictForm(initial={"seen": review.state}, keepers=keepers)
    else:
        form = VerdictForm(request.POST, keepers=keepers)
        focus_first_error(form)
    sees_identity = request.user.has_perm("contacts.see_identity")
    asked = FilterForm(request.GET).asked
    context = {
        "review": review,
        "pair": shown,
        "form": form,
        "lines": review.lines(sees_identity=sees_identity),
        "check": check,
        "changed": changed,
        "incomplete": incomplete or "seen" in form.errors or "form_token" in form.errors,
        "new_token": form_token(),
        "query": _query(asked),
        "live_query": _query(asked, left=review.left.uuid),
        "merge_url": _merge_url(keepers, review.keep_uuid) if shown.verdict == "same" else "",
        "sees_identity": sees_identity,
    }
    return render_page(request, LIVE if check and wants_partial(request) else PAIR, context, status=status)


def _gone_page(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    template = "contacts/duplicates/_gone.html" if wants_partial(request) else GONE
    return render_page(request, template, context, status=404)


def _scan_context() -> dict[str, Any]:
    running, last = services.last_scans()
    if running is not None:
        jobs.nudge(running.pk)
    return {"running": running, "last": last, "scan_form": ScanForm(auto_id=False)}


def _query(asked: services.Filter, **other: str) -> str:
    """The filter as the end of an address; what goes without saying is left out."""
    told = {"show": "" if asked.show == services.OPEN else asked.show} | other
    if asked.score is not None:
        told["score"] = f"{asked.score:g}"
    told = {name: value for name, value in told.items() if value}
    return f"?{urlencode(told)}" if told else ""


def _next_url(request: StaffRequest, *, after: DuplicatePair | None = None) -> str:
    """Where to go on: the pair that follows in the filter of this address, else the list."""
    asked = FilterForm(request.GET).asked
    following = services.next_pair(asked, after=after)
    if following is None:
        return reverse("contacts:duplicates") + _query(asked)
    return reverse("contacts:pair", args=[following.pk]) + _query(asked)


def _merge_url(keepers: tuple[str, str], keep: str) -> str:
    """The page that proposes to merge the other one into `keep`."""
    if keep not in keepers:
        return ""
    source = keepers[1] if keep == keepers[0] else keepers[0]
    try:
        return f"{reverse('contacts:propose-merge')}?{urlencode({'source': source, 'destination': keep})}"
    except NoReverseMatch:
        return ""
