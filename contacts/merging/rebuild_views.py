"""The list of what a person rebuilds by hand after a wrong merge, one tick each."""

from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.held.kinds import row_of
from contacts.merging import rebuilding, services
from contacts.merging.forms import StepForm
from contacts.merging.kind import KIND
from contacts.models import Merge
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import OnceForm

TEMPLATE = "contacts/merging/rebuild.html"
LOST_RACE = 409


@called("Rebuild a customer")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.propose_merge", raise_exception=True)
def rebuild(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    """GET shows the list, or how to begin one; POST begins it, or ticks a step."""
    try:
        row = row_of(KIND, merge_id)
    except Merge.DoesNotExist as none:
        raise Http404 from none
    if request.method != "POST":
        return _page(request, row)
    if "step" in request.POST:
        return _tick(request, row)
    form = OnceForm(request.POST)
    if not form.is_valid():
        return _page(request, row, problem="The form was not complete. Nothing was done.", status=422)
    try:
        rebuilding.begin(row, by=actor_of(request), token=form.cleaned_data["form_token"])
    except rebuilding.NothingToRebuild as no:
        return _page(request, row, problem=str(no), status=LOST_RACE)
    return go_to(request, _url(row))


def _tick(request: StaffRequest, row: Merge) -> HttpResponse:
    form = StepForm(request.POST)
    if not form.is_valid():
        return _page(request, row, problem="The form was not complete. Nothing was ticked.", status=422)
    step, token = form.cleaned_data["step"], form.cleaned_data["form_token"]
    if not rebuilding.tick(row, step_id=step, by=actor_of(request), token=token):
        return _page(request, row, problem="Somebody had ticked this before. Look who, and when.", status=LOST_RACE)
    return go_to(request, _url(row))


def _page(request: StaffRequest, row: Merge, *, problem: str = "", status: int = 200) -> HttpResponse:
    steps = rebuilding.steps_of(row, sees_identity=request.user.has_perm("contacts.see_identity"))
    context = {
        "row": row,
        "steps": [(step, StepForm(initial={"step": step.row.pk}, auto_id=False)) for step in steps],
        "done": sum(step.row.done_at is not None for step in steps),
        "begin_form": OnceForm(),
        "has_picture": rebuilding.picture_of(row) is not None,
        "came_about": services.came_about(row),
        "problem": problem,
    }
    return render_page(request, TEMPLATE, context, status=status)


def _url(row: Merge) -> str:
    return reverse("contacts:rebuild", args=[row.pk])
