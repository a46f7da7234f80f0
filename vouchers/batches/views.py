"""The list of runs, one run with its progress, and steering it: pause, go on, cancel, decide."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.door import Target, form_token
from piggyadmin.ledger.services import acts, acts_of
from vouchers.batches import jobs, progress, services
from vouchers.batches.forms import ListForm, SteerForm
from vouchers.models import BatchRun

TEMPLATE = "vouchers/batches/run.html"
PAGE_SIZE = 50
ACTS_SHOWN = 10
LOST_RACE = 409
State = BatchRun.State
# Where its vouchers are taken away: addresses of other subjects, shown where they are there.
TAKEAWAY = (("vouchers:batch-files", "Export"), ("vouchers:batch-sheets", "Print"))


@require_safe
@permission_required("vouchers.view_promotion", raise_exception=True)
def batches(request: StaffRequest) -> HttpResponse:
    """Every run with its maker, the latest first."""
    form = ListForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    runs = _narrowed(request, BatchRun.objects.select_related("staff", "approved_by"), asked)
    made = Count("vouchers", filter=Q(vouchers__number__isnull=False))
    page = Paginator(runs, PAGE_SIZE).get_page(asked.get("page") or 1)
    counts = dict(runs.filter(pk__in=[run.pk for run in page]).order_by().values_list("pk").annotate(made=made))
    context = {
        "form": form,
        "page": page,
        "rows": [(run, counts.get(run.pk, 0)) for run in page],
        "is_narrow": bool(asked.get("who") or asked.get("state")),
    }
    status = 200 if form.is_valid() else 422
    return render_page(request, "vouchers/batches/list.html", context, partial="list", status=status)


@require_safe
@permission_required("vouchers.view_promotion", raise_exception=True)
def batch(request: StaffRequest, run_id: object) -> HttpResponse:
    """One run: how far it is, what is not certain. Asked again by itself while there is something to come."""
    run = _run(run_id)
    jobs.nudge(run.pk)
    if run.staff_id == request.user.pk and run.told_at is None and run.ended_at is not None:
        progress.tell(run, at=timezone.now())
    return _show(request, run)


@require_safe
@permission_required("vouchers.make_batch", raise_exception=True)
def cancel(request: StaffRequest, run_id: object) -> HttpResponse:
    """The question before the rest of a run is cancelled."""
    run = _run(run_id)
    if run.state not in (State.RUNNING, State.PAUSED):
        return go_to(request, reverse("vouchers:batch", args=[run.pk]))
    context = {"run": run, "picture": progress.picture(run), "token": form_token()}
    return render_page(request, "vouchers/batches/cancel.html", context)


@called("Steer a batch")
@require_POST
@permission_required("vouchers.make_batch", raise_exception=True)
def steer(request: StaffRequest, run_id: object) -> HttpResponse:
    """Pause it, go on, cancel what is not sent, or decide about one that nobody can be sure of."""
    run = _run(run_id)
    form = SteerForm(request.POST)
    if not form.is_valid():
        return _show(request, run, problem="This form is not complete. Press one of the buttons.", status=422)
    typed = form.cleaned_data
    if typed["step"] == "decide" and not typed["reason"]:
        return _show(request, run, problem="Write what you found at Piggy, and what was decided.", status=422)
    done = services.steer(
        run=run,
        step=typed["step"],
        actor=actor_of(request),
        token=typed["form_token"],
        reason=typed["reason"],
    )
    if not done:
        told = "The batch is not where it was when you pressed that. This is how it stands now."
        return _show(request, _run(run_id), problem=told, status=LOST_RACE)
    messages.info(request, done, "done")
    return go_to(request, reverse("vouchers:batch", args=[run.pk]))


def _run(run_id: object) -> BatchRun:
    return get_object_or_404(BatchRun.objects.select_related("staff", "approved_by", "shop", "act"), pk=run_id)


def _narrowed(request: StaffRequest, runs: QuerySet[BatchRun], asked: dict[str, Any]) -> QuerySet[BatchRun]:
    if asked.get("who"):
        runs = runs.filter(staff=request.user)
    return runs.filter(state=asked["state"]) if asked.get("state") else runs


def _show(request: StaffRequest, run: BatchRun, *, problem: str = "", status: int = 200) -> HttpResponse:
    picture = progress.picture(run)
    is_asked_again = request.method != "POST" and wants_partial(request)
    context = {
        "run": run,
        "picture": picture,
        "problem": problem,
        "now": timezone.now(),
        "token": form_token(),
        # What lies outside the part that is asked again comes along only when it has changed: it is said aloud.
        "has_changed": is_asked_again and request.GET.get("seen") != picture.seen,
    }
    if not is_asked_again or context["has_changed"]:
        context |= _around(request, run, picture)
    return render_page(request, TEMPLATE, context, partial="" if problem else "run", status=status)


def _around(request: StaffRequest, run: BatchRun, picture: progress.Picture) -> dict[str, Any]:
    may = request.user.has_perm
    is_over = run.ended_at is not None
    return {
        "may_steer": may("vouchers.make_batch") and not is_over,
        "takeaway": _takeaway(run) if may("vouchers.see_codes") and picture.made else [],
        "acts": list((acts_of(target=Target("batch", str(run.pk))) | acts().filter(pk=run.act_id))[:ACTS_SHOWN]),
    }


def _takeaway(run: BatchRun) -> list[tuple[str, str]]:
    found = []
    for name, words in TAKEAWAY:
        try:
            found.append((reverse(name, args=[run.pk]), words))
        except NoReverseMatch:
            continue
    return found
